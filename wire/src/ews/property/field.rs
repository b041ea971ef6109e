//! The macro behind the table of fields, and what kinds of values there are.

/// What kind of value a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, words from a list included.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Double,
    /// A point in time.
    DateTime,
    /// Text or HTML, and which of the two.
    Body,
    /// Bytes.
    Bytes,
    /// A whole message, bytes with a character set.
    Mime,
    /// One address.
    Mailbox,
    /// Several addresses.
    Mailboxes,
    /// Addresses with answers.
    Attendees,
    /// Attachments, or what is told of them.
    Attachments,
    /// Several texts.
    Strings,
    /// Header fields of a message.
    Headers,
    /// An item.
    ItemId,
    /// A folder.
    FolderId,
    /// What the caller may do.
    Rights,
    /// Which replies are possible.
    ResponseObjects,
    /// A follow-up flag.
    Flag,
    /// How something recurs.
    Recurrence,
    /// One occurrence of a series.
    Occurrence,
    /// Changed occurrences of a series.
    Occurrences,
    /// Deleted occurrences of a series.
    Deleted,
    /// A time zone in its older form.
    MeetingTimeZone,
    /// A time zone.
    TimeZone,
    /// A dictionary of email addresses.
    EmailAddresses,
    /// A dictionary of postal addresses.
    PhysicalAddresses,
    /// A dictionary of telephone numbers.
    PhoneNumbers,
    /// A dictionary of instant messaging addresses.
    ImAddresses,
    /// The members of a distribution list.
    Members,
    /// The place of all extended properties.
    Extended,
    /// Something kept as it came.
    Tree,
    /// Not a field of items.
    None,
}

/// Declares `Field` from rows of name, URI and kind.
macro_rules! fields {
    ($($name:ident $uri:literal $kind:ident;)*) => {
        /// A field that has a URI.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Field {
            $(
                #[doc = concat!("`", $uri, "`")]
                $name,
            )*
        }

        impl Field {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its URI, such as `item:Subject`.
            pub const fn uri(self) -> &'static str {
                const URIS: &[&str] = &[$($uri),*];
                URIS[self as usize]
            }

            /// What kind of value it holds.
            pub const fn kind(self) -> $crate::ews::property::Kind {
                const KINDS: &[$crate::ews::property::Kind] =
                    &[$($crate::ews::property::Kind::$kind),*];
                KINDS[self as usize]
            }
        }
    };
}

pub(super) use fields;
