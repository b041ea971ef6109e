//! What a client wants to be told of folders: a basic set and single properties beside it.

use crate::ews::Property;
use crate::ews::record::{el, one_of};

record! {
    /// What to say of each folder.
    pub struct FolderShape {
        /// The basic set.
        one base: BaseShape = el("t:BaseShape"),
        /// Properties beside it. Those unknown here are not refused: clients ask for whatever
        /// any version has (ews-clients.md).
        list additional: Property = el("t:AdditionalProperties").lists(one_of()),
    }
}

words! {
    /// A basic set of properties.
    pub enum BaseShape {
        /// The id alone.
        IdOnly = "IdOnly",
        /// What most want.
        Default = "Default",
        /// Everything.
        AllProperties = "AllProperties",
    }
}
