//! The mailboxes behind every server face: a message that comes in over SMTP, or from a
//! scenario's load, lies in the inbox that POP3 reads.
//!
//! - [`body`]: what a message's bytes are made from.
//! - [`generate`]: makes them when somebody asks.
//! - [`mailbox`]: one mailbox, its messages in order of arrival, their unique ids.
//! - [`mail_store`]: all mailboxes, found by index, address or user.
//! - [`quota`]: how large a mailbox may become.
//! - [`archive`]: what was accepted for sending, where somebody wants to read it.
//!
//! What an Exchange face adds; a mailbox that none has written to pays a pointer for it.
//!
//! - [`folder`]: folders, those that every mailbox has and those that users make.
//! - [`tree`]: what one mailbox keeps of them; [`overlay`] is what it knows of one item.
//! - [`dumpster`]: what is deleted and can be had back.
//! - [`out_of_office`]: what it answers while its owner is away.
//! - [`items`] and [`branches`]: changes of items and of folders.
//! - [`sync`]: what a client that synchronises has not seen yet.
//! - [`settings`]: what programs keep in a mailbox for themselves.
//! - [`journal`]: the last things that happened, for subscriptions.

mod archive;
mod body;
mod branches;
mod dumpster;
mod folder;
mod generate;
mod items;
mod journal;
mod mail_store;
mod mailbox;
mod out_of_office;
mod overlay;
mod quota;
mod settings;
mod sync;
mod tree;

pub use archive::{AcceptedMail, Archive};
pub use body::{Body, BodyKind, Message};
pub use branches::FolderError;
pub use folder::{FolderNo, FolderView};
pub use items::Draft;
pub use journal::{Forgotten, Happening, Passage, Thing, What};
pub use mail_store::{AddError, Attendant, MailStore, SharedStore, UnknownMailbox, lock_store};
pub use mailbox::{Account, Mailbox, Stored, Uid, UniqueId};
pub use out_of_office::OutOfOffice;
pub use overlay::{Occurrences, Overlay};
pub use quota::Quota;
pub use settings::{Settings, SettingsContent, SettingsError};
pub use sync::{Change, FolderChange, Lost, SyncPage, SyncPoint};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tree_tests;
