//! `ResolveNames`: who is meant by a part of a name or an address.

use crate::ews::folders::BaseShape;
use crate::ews::record::{Part, el, one_of};
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};
use crate::ews::{FolderRef, Item, ItemClass, Mailbox};

record! {
    /// Asks who is meant.
    #[derive(Eq)]
    pub struct ResolveNames {
        /// Whether contacts are wanted as a whole.
        attribute full_contacts: bool = "ReturnFullContactData",
        /// Where to look.
        maybe_attribute scope: SearchScope = "SearchScope",
        /// How much of contacts is wanted.
        maybe_attribute shape: BaseShape = "ContactDataShape",
        /// In which folders of contacts.
        maybe folders: Vec<FolderRef> = el("m:ParentFolderIds").lists(one_of()),
        /// The part of a name or an address.
        one entry: String = el("m:UnresolvedEntry"),
    }
}

words! {
    /// Where names are looked for, in this order.
    pub enum SearchScope {
        /// In the directory.
        ActiveDirectory = "ActiveDirectory",
        /// In the directory, then among contacts.
        ActiveDirectoryContacts = "ActiveDirectoryContacts",
        /// Among contacts.
        Contacts = "Contacts",
        /// Among contacts, then in the directory.
        ContactsActiveDirectory = "ContactsActiveDirectory",
    }
}

content! {
    /// Who may be meant. Several are a warning, `ErrorNameResolutionMultipleResults`.
    pub struct Resolutions {
        /// All who may be.
        maybe set: ResolutionSet = el("m:ResolutionSet"),
    }
}

record! {
    /// All who may be meant.
    #[derive(Default)]
    pub struct ResolutionSet {
        /// Where the next page starts.
        maybe_attribute next_offset: i32 = "IndexedPagingOffset",
        /// The same as a fraction, above the line.
        maybe_attribute numerator: i32 = "NumeratorOffset",
        /// Below the line.
        maybe_attribute denominator: i32 = "AbsoluteDenominator",
        /// Whether these are all.
        maybe_attribute is_last: bool = "IncludesLastItemInRange",
        /// How many there are.
        maybe_attribute total: i32 = "TotalItemsInView",
        /// One each; at most 100.
        each resolutions: Resolution = el("t:Resolution"),
    }
}

record! {
    /// Somebody who may be meant.
    pub struct Resolution {
        /// Name and address.
        one mailbox: Mailbox = el("t:Mailbox"),
        /// The contact or the directory's entry, if it was asked for.
        maybe contact: Item = Contact,
    }
}

impl Resolution {
    /// A name and an address alone.
    pub const fn of(mailbox: Mailbox) -> Self {
        Self { mailbox, contact: None }
    }
}

/// An item that is a contact.
struct Contact;

impl Part<Item> for Contact {
    fn is(&self, child: &Element) -> bool {
        child.is(Ns::Types, ItemClass::Contact.element())
    }

    fn read(&self, reader: &mut Reader, _: &Element) -> Result<Item, ReadError> {
        Item::read(reader, ItemClass::Contact)
    }

    fn write(&self, writer: &mut Writer, value: &Item) {
        value.write(writer);
    }
}
