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
    /// The newest messages of a folder are moved to another, which is made under the inbox if it is
    /// missing.
    MoveMail(MoveMail),
    /// The newest messages of the inbox are deleted for good.
    DeleteMail(Newest),
    /// The newest emails that wait to be sent are taken back in the application.
    TakeBack(NewestSent),
    /// The newest messages of the inbox get a category, such as "Tracked to Dynamics 365".
    Categorize(Categorize),
    /// The newest messages of the inbox lose the categories they have.
    Uncategorize(Newest),
    /// A category gets another name in the mailbox's list, and so it does on the items that have
    /// it, as in Outlook. Without such a category nothing happens.
    RenameCategory(RenameCategory),
    /// A category is deleted from the mailbox's list; items keep its name. Without such a category
    /// nothing happens.
    DeleteCategory(#[schemars(length(min = 1))] String),
    /// Some program overwrites the mailbox's list of categories with what is no list. Without a
    /// list nothing happens.
    SpoilCategories,
    /// The application is told to track a folder under the inbox, as soon as the engine has seen
    /// it; until then nothing happens, so say `every`.
    TrackFolder(TrackFolder),
    /// The application deletes the rule of a folder.
    UntrackFolder(#[schemars(length(min = 1))] String),
    /// The application changes what a folder's rule links email to.
    LinkFolder(LinkFolder),
    /// The application removes the link of a folder's rule, and nothing else of it.
    UnlinkFolder(#[schemars(length(min = 1))] String),
    /// Email that is linked to one thing is linked to another by hand.
    LinkMail(LinkMail),
    /// The app in the user's Outlook asks for the newest messages of a folder to be tracked, and
    /// linked.
    RequestTracking(RequestTracking),
    /// The application shows which rules act and what each email is linked to. Only what it shows
    /// is held against what users have asked for, so say `every`.
    ShowTracking,
    /// A folder is made, unless there is one of its name in the same place.
    CreateFolder(CreateFolder),
    /// A folder of the user's own gets another name.
    RenameFolder(RenameFolder),
    /// A folder of the user's own is put into another folder.
    MoveFolder(MoveFolder),
    /// A folder of the user's own is deleted with all that is in it.
    DeleteFolder(#[schemars(length(min = 1))] String),
    /// Something large is put into a folder that nobody synchronises.
    Fill(Octets),
    /// What `fill` has put there is deleted.
    Free,
}

/// The newest messages of a folder are moved to another.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct MoveMail {
    /// How many.
    #[schemars(range(min = 1))]
    pub newest: u32,
    /// The folder they are in. Default: the inbox.
    #[schemars(length(min = 1))]
    pub from: Option<String>,
    /// The folder they go to.
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

/// The newest emails that wait to be sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct NewestSent {
    /// How many, as far as there are any.
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

/// A folder is made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum CreateFolder {
    /// Under the inbox. With a range in its name, "Customer {01..26}", it is many.
    Named(#[schemars(length(min = 1))] String),
    /// Elsewhere.
    Placed(PlacedFolder),
}

/// A folder is made in another.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct PlacedFolder {
    /// Its name, or a name with a range in it for many.
    #[schemars(length(min = 1))]
    pub folder: String,
    /// In which one. "Top of Information Store" is beside the inbox.
    #[schemars(length(min = 1))]
    pub inside: String,
}

/// A folder is put into another.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct MoveFolder {
    /// Which one.
    #[schemars(length(min = 1))]
    pub folder: String,
    /// Into which one. "Inbox" is the inbox, "Top of Information Store" is beside it.
    #[schemars(length(min = 1))]
    pub into: String,
}

/// A folder comes to be tracked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum TrackFolder {
    /// Its email is linked to nothing. With a range in its name, "Customer {01..26}", it is many.
    Named(#[schemars(length(min = 1))] String),
    /// Its email is linked to something.
    Linked(LinkFolder),
}

/// What email in a folder is linked to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct LinkFolder {
    /// The folder's name.
    #[schemars(length(min = 1))]
    pub folder: String,
    /// The application's name for a record, such as "account 7".
    #[schemars(length(min = 1))]
    pub regarding: String,
}

/// Email that is linked to one thing is linked to another.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct LinkMail {
    /// What it is linked to.
    #[schemars(length(min = 1))]
    pub from: String,
    /// What it is linked to then.
    #[schemars(length(min = 1))]
    pub to: String,
}

/// The app in Outlook asks for messages to be tracked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct RequestTracking {
    /// How many.
    #[schemars(range(min = 1))]
    pub newest: u32,
    /// The folder they are in. Default: the inbox.
    #[schemars(length(min = 1))]
    pub from: Option<String>,
    /// The application's name for the record they are linked to, such as "account 7". Default: to
    /// none.
    #[schemars(length(min = 1))]
    pub regarding: Option<String>,
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
