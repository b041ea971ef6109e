//! The operations of all protocols, as a file writes them: those of EWS by Microsoft's names.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a server is asked to do.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Operation {
    /// A connection is opened, the greeting is due.
    Connect,
    /// CAPA or EHLO.
    Capabilities,
    /// POP3 PASS, SMTP AUTH, the credentials of a request to Exchange.
    Login,
    /// POP3 STAT.
    Stat,
    /// POP3 LIST.
    List,
    /// POP3 UIDL.
    Uidl,
    /// POP3 RETR or TOP.
    Retr,
    /// POP3 DELE.
    Dele,
    /// QUIT.
    Quit,
    /// SMTP MAIL FROM.
    Mail,
    /// SMTP RCPT TO.
    Rcpt,
    /// SMTP DATA, before the 354.
    Data,
    /// SMTP: the dot at the end of a message.
    FinalDot,
    /// Exchange: POX autodiscovery.
    Autodiscover,
    /// EWS `GetFolder`.
    #[serde(rename = "GetFolder")]
    GetFolder,
    /// EWS `FindFolder`.
    #[serde(rename = "FindFolder")]
    FindFolder,
    /// EWS `SyncFolderHierarchy`.
    #[serde(rename = "SyncFolderHierarchy")]
    SyncFolderHierarchy,
    /// EWS `CreateFolder`.
    #[serde(rename = "CreateFolder")]
    CreateFolder,
    /// EWS `UpdateFolder`.
    #[serde(rename = "UpdateFolder")]
    UpdateFolder,
    /// EWS `DeleteFolder`.
    #[serde(rename = "DeleteFolder")]
    DeleteFolder,
    /// EWS `EmptyFolder`.
    #[serde(rename = "EmptyFolder")]
    EmptyFolder,
    /// EWS `MoveFolder`.
    #[serde(rename = "MoveFolder")]
    MoveFolder,
    /// EWS `CopyFolder`.
    #[serde(rename = "CopyFolder")]
    CopyFolder,
    /// EWS `FindItem`.
    #[serde(rename = "FindItem")]
    FindItem,
    /// EWS `GetItem`.
    #[serde(rename = "GetItem")]
    GetItem,
    /// EWS `SyncFolderItems`.
    #[serde(rename = "SyncFolderItems")]
    SyncFolderItems,
    /// EWS `CreateItem`.
    #[serde(rename = "CreateItem")]
    CreateItem,
    /// EWS `UpdateItem`.
    #[serde(rename = "UpdateItem")]
    UpdateItem,
    /// EWS `DeleteItem`.
    #[serde(rename = "DeleteItem")]
    DeleteItem,
    /// EWS `MoveItem`.
    #[serde(rename = "MoveItem")]
    MoveItem,
    /// EWS `CopyItem`.
    #[serde(rename = "CopyItem")]
    CopyItem,
    /// EWS `SendItem`.
    #[serde(rename = "SendItem")]
    SendItem,
    /// EWS `MarkAllItemsAsRead`.
    #[serde(rename = "MarkAllItemsAsRead")]
    MarkAllItemsAsRead,
    /// EWS `MarkAsJunk`.
    #[serde(rename = "MarkAsJunk")]
    MarkAsJunk,
    /// EWS `CreateAttachment`.
    #[serde(rename = "CreateAttachment")]
    CreateAttachment,
    /// EWS `GetAttachment`.
    #[serde(rename = "GetAttachment")]
    GetAttachment,
    /// EWS `DeleteAttachment`.
    #[serde(rename = "DeleteAttachment")]
    DeleteAttachment,
    /// EWS `Subscribe`.
    #[serde(rename = "Subscribe")]
    Subscribe,
    /// EWS `Unsubscribe`.
    #[serde(rename = "Unsubscribe")]
    Unsubscribe,
    /// EWS `GetEvents`.
    #[serde(rename = "GetEvents")]
    GetEvents,
    /// EWS `GetStreamingEvents`.
    #[serde(rename = "GetStreamingEvents")]
    GetStreamingEvents,
    /// EWS `ConvertId`.
    #[serde(rename = "ConvertId")]
    ConvertId,
    /// EWS `ResolveNames`.
    #[serde(rename = "ResolveNames")]
    ResolveNames,
    /// EWS `ExpandDL`.
    #[serde(rename = "ExpandDL")]
    ExpandDl,
    /// EWS `GetServerTimeZones`.
    #[serde(rename = "GetServerTimeZones")]
    GetServerTimeZones,
    /// EWS `GetUserAvailability`.
    #[serde(rename = "GetUserAvailability")]
    GetUserAvailability,
    /// EWS `GetUserConfiguration`.
    #[serde(rename = "GetUserConfiguration")]
    GetUserConfiguration,
    /// EWS `GetUserOofSettings`.
    #[serde(rename = "GetUserOofSettings")]
    GetUserOofSettings,
    /// EWS `SetUserOofSettings`.
    #[serde(rename = "SetUserOofSettings")]
    SetUserOofSettings,
}

macro_rules! operations {
    ($($variant:ident $name:literal,)*) => {
        impl Operation {
            /// All of them, with their names and what they are.
            pub(in crate::scenario) const ALL: &[(&str, fake_servers::Operation)] =
                &[$(($name, fake_servers::Operation::$variant),)*];
        }

        impl From<Operation> for fake_servers::Operation {
            fn from(written: Operation) -> Self {
                match written { $(Operation::$variant => Self::$variant,)* }
            }
        }
    };
}

operations! {
    Connect "connect",
    Capabilities "capabilities",
    Login "login",
    Stat "stat",
    List "list",
    Uidl "uidl",
    Retr "retr",
    Dele "dele",
    Quit "quit",
    Mail "mail",
    Rcpt "rcpt",
    Data "data",
    FinalDot "final-dot",
    Autodiscover "autodiscover",
    GetFolder "GetFolder",
    FindFolder "FindFolder",
    SyncFolderHierarchy "SyncFolderHierarchy",
    CreateFolder "CreateFolder",
    UpdateFolder "UpdateFolder",
    DeleteFolder "DeleteFolder",
    EmptyFolder "EmptyFolder",
    MoveFolder "MoveFolder",
    CopyFolder "CopyFolder",
    FindItem "FindItem",
    GetItem "GetItem",
    SyncFolderItems "SyncFolderItems",
    CreateItem "CreateItem",
    UpdateItem "UpdateItem",
    DeleteItem "DeleteItem",
    MoveItem "MoveItem",
    CopyItem "CopyItem",
    SendItem "SendItem",
    MarkAllItemsAsRead "MarkAllItemsAsRead",
    MarkAsJunk "MarkAsJunk",
    CreateAttachment "CreateAttachment",
    GetAttachment "GetAttachment",
    DeleteAttachment "DeleteAttachment",
    Subscribe "Subscribe",
    Unsubscribe "Unsubscribe",
    GetEvents "GetEvents",
    GetStreamingEvents "GetStreamingEvents",
    ConvertId "ConvertId",
    ResolveNames "ResolveNames",
    ExpandDl "ExpandDL",
    GetServerTimeZones "GetServerTimeZones",
    GetUserAvailability "GetUserAvailability",
    GetUserConfiguration "GetUserConfiguration",
    GetUserOofSettings "GetUserOofSettings",
    SetUserOofSettings "SetUserOofSettings",
}
