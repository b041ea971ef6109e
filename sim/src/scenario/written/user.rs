//! What users and administrators do to Exchange mailboxes from elsewhere, as a file writes it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Moment, Names, Octets, Span};

/// Something that happens to Exchange mailboxes from elsewhere: their users' other clients, or an
/// administrator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct User {
    /// Its name, to which windows refer.
    #[schemars(length(min = 1))]
    pub name: String,
    /// To which mailboxes. Default: to all on an Exchange server.
    pub mailboxes: Option<Names>,
    /// When. Default: at the start.
    pub at: Option<Moment>,
    /// How often again after that. Default: never.
    pub every: Option<Span>,
    /// For how long, with `every`. Default: to the end of the run.
    #[serde(rename = "for")]
    pub lasting: Option<Span>,
    /// What happens.
    pub does: Deed,
}

/// What happens to a mailbox.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum Deed {
    /// The mailbox comes to lie in another database: every synchronisation state given out so far
    /// is invalid.
    LoseSyncState,
    /// The server forgets all subscriptions to the mailbox, as when it comes to be served by
    /// another one.
    LoseSubscriptions,
    /// The newest messages are moved from the inbox to a folder, which is made if it is missing.
    MoveMail(MoveMail),
    /// The newest messages of the inbox are deleted for good.
    DeleteMail(Newest),
    /// The newest messages of the inbox get a category, such as "Tracked to Dynamics 365".
    Categorize(Categorize),
    /// A category gets another name in the mailbox's list, and so it does on the items that have
    /// it, as in Outlook. Without such a category nothing happens.
    RenameCategory(RenameCategory),
    /// A category is deleted from the mailbox's list; items keep its name. Without such a category
    /// nothing happens.
    DeleteCategory(#[schemars(length(min = 1))] String),
    /// The application is told to track a folder under the inbox, as soon as the engine has seen
    /// it; until then nothing happens, so say `every`.
    TrackFolder(#[schemars(length(min = 1))] String),
    /// A folder is made under the inbox.
    CreateFolder(#[schemars(length(min = 1))] String),
    /// A folder under the inbox gets another name.
    RenameFolder(RenameFolder),
    /// A folder under the inbox is deleted with all that is in it.
    DeleteFolder(#[schemars(length(min = 1))] String),
    /// Something large is put into a folder that nobody synchronises.
    Fill(Octets),
    /// What `fill` has put there is deleted.
    Free,
}

/// The newest messages are moved from the inbox to a folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct MoveMail {
    /// How many.
    #[schemars(range(min = 1))]
    pub newest: u32,
    /// The folder under the inbox.
    #[schemars(length(min = 1))]
    pub to: String,
}

/// The newest messages of the inbox.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Newest {
    /// How many.
    #[schemars(range(min = 1))]
    pub newest: u32,
}

/// The newest messages of the inbox get a category.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Categorize {
    /// How many.
    #[schemars(range(min = 1))]
    pub newest: u32,
    /// The category, in place of those they have.
    #[schemars(length(min = 1))]
    pub category: String,
}

/// A folder gets another name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct RenameFolder {
    /// The name it has.
    #[schemars(length(min = 1))]
    pub from: String,
    /// The name it gets.
    #[schemars(length(min = 1))]
    pub to: String,
}

/// A category gets another name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct RenameCategory {
    /// The name it has.
    #[schemars(length(min = 1))]
    pub from: String,
    /// The name it gets.
    #[schemars(length(min = 1))]
    pub to: String,
}
