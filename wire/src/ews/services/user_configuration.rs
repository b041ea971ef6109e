//! `GetUserConfiguration` and its kin: settings that programs keep in a mailbox, by name and
//! folder.

use crate::ews::record::{Base64, el, one_of};
use crate::ews::{FolderRef, ItemId};

record! {
    /// Asks for settings.
    #[derive(Eq)]
    pub struct GetUserConfiguration {
        /// Which ones.
        one name: ConfigurationName = el("m:UserConfigurationName"),
        /// Which of their parts: `Id`, `Dictionary`, `XmlData`, `BinaryData`, `All`.
        one properties: String = el("m:UserConfigurationProperties"),
    }
}

record! {
    /// Makes settings that are not there yet.
    #[derive(Eq)]
    pub struct CreateUserConfiguration {
        /// Them.
        one configuration: UserConfiguration = el("m:UserConfiguration"),
    }
}

record! {
    /// Changes settings that are there. A part that is left out stays as it was.
    #[derive(Eq)]
    pub struct UpdateUserConfiguration {
        /// What they become.
        one configuration: UserConfiguration = el("m:UserConfiguration"),
    }
}

record! {
    /// Deletes settings.
    #[derive(Eq)]
    pub struct DeleteUserConfiguration {
        /// Which ones.
        one name: ConfigurationName = el("m:UserConfigurationName"),
    }
}

record! {
    /// The name of settings.
    #[derive(Eq)]
    pub struct ConfigurationName {
        /// Their name.
        attribute name: String = "Name",
        /// The folder they are kept in.
        one folder: FolderRef = one_of(),
    }
}

content! {
    /// Settings that were found.
    #[derive(Eq)]
    pub struct UserConfigurationFound {
        /// The settings.
        maybe configuration: UserConfiguration = el("m:UserConfiguration"),
    }
}

record! {
    /// Settings.
    #[derive(Eq)]
    pub struct UserConfiguration {
        /// Their name.
        one name: ConfigurationName = el("t:UserConfigurationName"),
        /// The item they are kept in.
        maybe item: ItemId = el("t:ItemId"),
        /// Settings as names and values.
        maybe dictionary: Vec<ConfigurationEntry> =
            el("t:Dictionary").lists(el("t:DictionaryEntry")),
        /// Settings as XML.
        maybe xml: Base64 = el("t:XmlData"),
        /// Settings as whatever else.
        maybe binary: Base64 = el("t:BinaryData"),
    }
}

impl UserConfiguration {
    /// Settings without content.
    pub const fn empty(name: ConfigurationName) -> Self {
        Self { name, item: None, dictionary: None, xml: None, binary: None }
    }
}

record! {
    /// A setting.
    #[derive(Eq)]
    pub struct ConfigurationEntry {
        /// Its name.
        one key: ConfigurationObject = el("t:DictionaryKey"),
        /// Its value.
        one value: ConfigurationObject = el("t:DictionaryValue"),
    }
}

record! {
    /// A name or a value.
    #[derive(Eq)]
    pub struct ConfigurationObject {
        /// Its type.
        one kind: ConfigurationObjectKind = el("t:Type"),
        /// Itself; several strings of an array.
        each values: String = el("t:Value"),
    }
}

words! {
    /// The types of names and values.
    pub enum ConfigurationObjectKind {
        /// A date and time.
        DateTime = "DateTime",
        /// True or false.
        Boolean = "Boolean",
        /// A number of 8 bits.
        Byte = "Byte",
        /// Text.
        String = "String",
        /// A number of 32 bits.
        Integer32 = "Integer32",
        /// A number of 32 bits without a sign.
        UnsignedInteger32 = "UnsignedInteger32",
        /// A number of 64 bits.
        Integer64 = "Integer64",
        /// A number of 64 bits without a sign.
        UnsignedInteger64 = "UnsignedInteger64",
        /// Texts.
        StringArray = "StringArray",
        /// Bytes, in base64.
        ByteArray = "ByteArray",
    }
}
