//! What a server can be asked to do, in one list for all protocols, so that one fault can say "any
//! login".

/// Which request a server machine is about to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// The connection was opened, the greeting is due.
    Connect,
    /// CAPA or EHLO/HELO.
    Capabilities,
    /// POP3 PASS; SMTP AUTH; HTTP: a request's credentials.
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
    /// POP3 or SMTP QUIT.
    Quit,
    /// SMTP MAIL FROM.
    Mail,
    /// SMTP RCPT TO.
    Rcpt,
    /// SMTP DATA, before the 354.
    Data,
    /// SMTP: the final dot.
    FinalDot,
    /// POX autodiscovery over HTTP.
    Autodiscover,
    /// EWS `GetFolder`.
    GetFolder,
    /// EWS `FindFolder`.
    FindFolder,
    /// EWS `SyncFolderHierarchy`.
    SyncFolderHierarchy,
    /// EWS `CreateFolder`.
    CreateFolder,
    /// EWS `UpdateFolder`.
    UpdateFolder,
    /// EWS `DeleteFolder`.
    DeleteFolder,
    /// EWS `EmptyFolder`.
    EmptyFolder,
    /// EWS `MoveFolder`.
    MoveFolder,
    /// EWS `CopyFolder`.
    CopyFolder,
    /// EWS `FindItem`.
    FindItem,
    /// EWS `GetItem`.
    GetItem,
    /// EWS `SyncFolderItems`.
    SyncFolderItems,
    /// EWS `CreateItem`.
    CreateItem,
    /// EWS `UpdateItem`.
    UpdateItem,
    /// EWS `DeleteItem`.
    DeleteItem,
    /// EWS `MoveItem`.
    MoveItem,
    /// EWS `CopyItem`.
    CopyItem,
    /// EWS `SendItem`.
    SendItem,
    /// EWS `MarkAllItemsAsRead`.
    MarkAllItemsAsRead,
    /// EWS `MarkAsJunk`.
    MarkAsJunk,
    /// EWS `CreateAttachment`.
    CreateAttachment,
    /// EWS `GetAttachment`.
    GetAttachment,
    /// EWS `DeleteAttachment`.
    DeleteAttachment,
    /// EWS Subscribe.
    Subscribe,
    /// EWS Unsubscribe.
    Unsubscribe,
    /// EWS `GetEvents`.
    GetEvents,
    /// EWS `GetStreamingEvents`.
    GetStreamingEvents,
    /// EWS `ConvertId`.
    ConvertId,
    /// EWS `ResolveNames`.
    ResolveNames,
    /// EWS `ExpandDL`.
    ExpandDl,
    /// EWS `GetServerTimeZones`.
    GetServerTimeZones,
    /// EWS `GetUserAvailability`.
    GetUserAvailability,
    /// EWS `GetUserConfiguration`.
    GetUserConfiguration,
    /// EWS `GetUserOofSettings`.
    GetUserOofSettings,
    /// EWS `SetUserOofSettings`.
    SetUserOofSettings,
}

macro_rules! ews {
    ($($operation:ident $name:literal,)*) => {
        impl Operation {
            /// The operations of EWS, by the names that Microsoft gives them.
            pub const EWS: &'static [(&'static str, Self)] = &[$(($name, Self::$operation),)*];

            /// Its name in EWS, if it is one of EWS's.
            #[must_use]
            pub const fn ews_name(self) -> Option<&'static str> {
                match self {
                    $(Self::$operation => Some($name),)*
                    _ => None,
                }
            }
        }
    };
}

ews! {
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

impl Operation {
    /// The operation of EWS with this name: the local name of the first element of a SOAP body.
    /// Three of them are called a `Request` there (ews-clients.md).
    #[must_use]
    pub fn of_ews(element: &str) -> Option<Self> {
        let name = element.strip_suffix("Request").unwrap_or(element);
        Self::EWS.iter().find(|(known, _)| *known == name).map(|(_, operation)| *operation)
    }

    /// Its place among all operations, below 64.
    #[must_use]
    pub(super) const fn bit(self) -> u64 {
        1 << self as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_of_ews_are_found_by_their_elements() {
        assert_eq!(Operation::of_ews("GetItem"), Some(Operation::GetItem));
        let oof = Operation::of_ews("GetUserOofSettingsRequest");
        assert_eq!(oof, Some(Operation::GetUserOofSettings));
        assert_eq!(Operation::of_ews("Connect"), None, "not EWS's");
        for (name, operation) in Operation::EWS {
            assert_eq!(operation.ews_name(), Some(*name));
            assert_eq!(Operation::of_ews(name), Some(*operation));
        }
        assert_eq!(Operation::Connect.ews_name(), None);
    }

    #[test]
    fn every_operation_has_a_bit_of_its_own() {
        let all = Operation::EWS.iter().map(|(_, operation)| operation.bit());
        assert_eq!(all.fold(0, |mask, bit| mask ^ bit).count_ones() as usize, Operation::EWS.len());
    }
}
