//! What a client wants to be told of folders: a basic set and single properties beside it.

use crate::ews::record::el;

record! {
    /// What to say of each folder.
    pub struct FolderShape {
        /// The basic set.
        one base: BaseShape = el("t:BaseShape"),
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
