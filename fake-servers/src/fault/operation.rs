//! What a server can be asked to do, in one table for all protocols, so that one fault can say "any
//! login". Scenario files and their schema take names and descriptions from here.

macro_rules! operations {
    (
        all { $($operation:ident $name:literal $what:literal,)* }
        ews { $($ews:ident $ews_name:literal,)* }
    ) => {
        /// Which request a server machine is about to answer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation {
            $(#[doc = $what] $operation,)*
            $(#[doc = concat!("EWS `", $ews_name, "`.")] $ews,)*
        }

        impl Operation {
            /// All of them, with their names and what they are.
            pub const ALL: &'static [(&'static str, &'static str, Self)] = &[
                $(($name, $what, Self::$operation),)*
                $(($ews_name, concat!("EWS `", $ews_name, "`."), Self::$ews),)*
            ];

            /// The operations of EWS, by the names that Microsoft gives them.
            pub const EWS: &'static [(&'static str, Self)] = &[$(($ews_name, Self::$ews),)*];

            /// Its name in EWS, if it is one of EWS's.
            #[must_use]
            pub const fn ews_name(self) -> Option<&'static str> {
                match self {
                    $(Self::$ews => Some($ews_name),)*
                    _ => None,
                }
            }
        }
    };
}

operations! {
    all {
        Connect "connect" "A connection is opened, the greeting is due.",
        Capabilities "capabilities" "CAPA or EHLO.",
        StartTls "starttls" "POP3 STLS, SMTP STARTTLS, and the handshake of a connection that begins with TLS: servers know them only when they are served on real sockets.",
        Login "login" "POP3 PASS, SMTP AUTH, the credentials of a request to Exchange.",
        Stat "stat" "POP3 STAT.",
        List "list" "POP3 LIST.",
        Uidl "uidl" "POP3 UIDL.",
        Retr "retr" "POP3 RETR or TOP.",
        Dele "dele" "POP3 DELE.",
        Quit "quit" "QUIT.",
        Mail "mail" "SMTP MAIL FROM.",
        Rcpt "rcpt" "SMTP RCPT TO.",
        Data "data" "SMTP DATA, before the 354.",
        FinalDot "final-dot" "SMTP: the dot at the end of a message.",
        Autodiscover "autodiscover" "Exchange: POX autodiscovery.",
    }
    ews {
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
        CreateUserConfiguration "CreateUserConfiguration",
        UpdateUserConfiguration "UpdateUserConfiguration",
        DeleteUserConfiguration "DeleteUserConfiguration",
        GetUserOofSettings "GetUserOofSettings",
        SetUserOofSettings "SetUserOofSettings",
    }
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
    fn faults_can_name_every_operation_that_the_wire_knows() {
        for name in wire::ews::Request::NAMES {
            assert!(Operation::of_ews(name).is_some(), "{name}");
        }
        // Asked for by clients and answered as unknown, so the wire has no types for it.
        let untyped = |name: &str| !wire::ews::Request::NAMES.contains(&name);
        let names = Operation::EWS.iter().map(|(name, _)| *name).filter(|name| untyped(name));
        assert_eq!(names.collect::<Vec<_>>(), ["ExpandDL"]);
    }

    #[test]
    fn every_operation_has_a_bit_of_its_own() {
        let all = Operation::ALL.iter().map(|(_, _, operation)| operation.bit());
        assert_eq!(all.fold(0, |mask, bit| mask ^ bit).count_ones() as usize, Operation::ALL.len());
    }
}
