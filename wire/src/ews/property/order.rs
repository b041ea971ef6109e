//! Which fields each class of item has, and in which order: Exchange refuses elements that come in
//! any other (types.xsd, `ItemType` and what extends it).

use std::sync::LazyLock;

use super::Field;
use Field as F;

/// From which field of the table to which.
type Range = (Field, Field);

const ITEM: Range = (F::ItemMimeContent, F::ItemInferenceClassification);
const MESSAGE: Range = (F::MessageSender, F::MessageReminderMessageData);
const REFERENCE: Range = (F::ResponseReferenceItemId, F::ResponseReferenceItemId);
const PROPOSED: Range = (F::MeetingProposedStart, F::MeetingProposedEnd);
const BUSY: Range =
    (F::MeetingRequestIntendedFreeBusyStatus, F::MeetingRequestIntendedFreeBusyStatus);

/// What `MeetingMessageType` has, up to its own end.
const MEETING: [Range; 5] = [
    ITEM,
    MESSAGE,
    (F::MeetingAssociatedCalendarItemId, F::MeetingResponseType),
    (F::CalendarUID, F::CalendarDateTimeStamp),
    (F::CalendarIsOrganizer, F::CalendarIsOrganizer),
];

const fn one(field: Field) -> Range {
    (field, field)
}

macro_rules! classes {
    ($($name:ident: $($range:expr),*;)*) => {
        /// The class of an item, which is the name of its element. Replies and answers to meeting
        /// requests are items as well, to whoever creates them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum ItemClass {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                $name,
            )*
        }

        impl ItemClass {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name of its element.
            pub const fn element(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The class whose element has this name.
            pub fn from_element(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name),)*
                    _ => None,
                }
            }
        }

        const RANGES: &[&[Range]] = &[$(&[$($range),*]),*];
    };
}

classes! {
    Item: ITEM;
    Message: ITEM, MESSAGE;
    CalendarItem: ITEM, (F::CalendarUID, F::CalendarEndTimeZoneId), BUSY,
        (F::CalendarJoinOnlineMeetingUrl, F::CalendarActivityData);
    Contact: ITEM, (F::ContactFileAs, F::ContactDirectReports);
    DistributionList: ITEM, one(F::ContactDisplayName), one(F::ContactFileAs),
        one(F::ContactSource), one(F::ListMembers);
    MeetingMessage: MEETING[0], MEETING[1], MEETING[2], MEETING[3], MEETING[4];
    MeetingRequest: MEETING[0], MEETING[1], MEETING[2], MEETING[3], MEETING[4],
        one(F::MeetingRequestType), BUSY, (F::CalendarStart, F::CalendarMeetingRequestWasSent),
        (F::CalendarItemType, F::CalendarResources),
        (F::CalendarConflictingMeetingCount, F::CalendarEnhancedLocation),
        one(F::MeetingRequestChangeHighlights), (F::CalendarStartWallClock, F::CalendarEndTimeZoneId);
    MeetingResponse: MEETING[0], MEETING[1], MEETING[2], MEETING[3], MEETING[4],
        (F::CalendarStart, F::CalendarEnd), one(F::CalendarLocation), one(F::CalendarRecurrence),
        one(F::CalendarItemType), PROPOSED, one(F::CalendarEnhancedLocation);
    MeetingCancellation: MEETING[0], MEETING[1], MEETING[2], MEETING[3], MEETING[4],
        (F::CalendarStart, F::CalendarEnd), one(F::CalendarLocation), one(F::CalendarRecurrence),
        one(F::CalendarItemType), one(F::CalendarEnhancedLocation);
    Task: ITEM, (F::TaskActualWork, F::TaskTotalWork);
    PostItem: ITEM, one(F::MessageConversationIndex), one(F::MessageConversationTopic),
        one(F::MessageFrom), one(F::MessageInternetMessageId), one(F::MessageIsRead),
        one(F::PostedTime), one(F::MessageReferences), one(F::MessageSender);
    ReplyToItem: ITEM, MESSAGE, REFERENCE, one(F::ResponseNewBodyContent);
    ForwardItem: ITEM, MESSAGE, REFERENCE, one(F::ResponseNewBodyContent);
    ReplyAllToItem: ITEM, MESSAGE, REFERENCE, one(F::ResponseNewBodyContent);
    AcceptItem: ITEM, MESSAGE, REFERENCE, PROPOSED;
    TentativelyAcceptItem: ITEM, MESSAGE, REFERENCE, PROPOSED;
    DeclineItem: ITEM, MESSAGE, REFERENCE, PROPOSED;
    CancelCalendarItem: ITEM, MESSAGE, REFERENCE, one(F::ResponseNewBodyContent);
    RemoveItem: ITEM, MESSAGE, REFERENCE;
    SuppressReadReceipt: REFERENCE;
    PostReplyItem: ITEM, MESSAGE, REFERENCE, one(F::ResponseNewBodyContent);
}

const FIELDS: usize = Field::ALL.len();

/// For each class and field its place in the schema, counted from 1; 0 means that the class does
/// not have it.
static PLACES: [[u16; FIELDS]; RANGES.len()] = places();

const fn places() -> [[u16; FIELDS]; RANGES.len()] {
    let mut places = [[0; FIELDS]; RANGES.len()];
    let mut class = 0;
    while class < RANGES.len() {
        let (mut range, mut place) = (0, 1);
        while range < RANGES[class].len() {
            let (from, to) = RANGES[class][range];
            let mut field = from as usize;
            while field <= to as usize {
                places[class][field] = place;
                place += 1;
                field += 1;
            }
            range += 1;
        }
        class += 1;
    }
    places
}

/// The fields by the names of their elements.
// By length first: most names are told apart without looking at a character.
static NAMES: LazyLock<Vec<(&'static str, Field)>> = LazyLock::new(|| {
    let mut names: Vec<_> = Field::ALL.iter().map(|&field| (field.element(), field)).collect();
    names.sort_unstable_by_key(|(name, field)| (name.len(), *name, *field));
    names
});

impl Field {
    /// The name of its element.
    pub fn element(self) -> &'static str {
        let uri = self.uri();
        uri.split_once(':').map_or(uri, |(_, name)| name)
    }

    /// The field with this URI.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let (_, element) = uri.split_once(':')?;
        Self::with_element(element).find(|field| field.uri() == uri)
    }

    /// All fields, of whatever class, whose element has this name.
    fn with_element(name: &str) -> impl Iterator<Item = Self> {
        let names = &*NAMES;
        let from = names.partition_point(|(known, _)| (known.len(), *known) < (name.len(), name));
        names[from..].iter().take_while(move |(known, _)| *known == name).map(|(_, field)| *field)
    }
}

impl ItemClass {
    /// Whether items of this class have a field.
    pub fn has(self, field: Field) -> bool {
        self.place(field) > 0
    }

    /// Where a field stands among those of this class; 0 for none of them.
    pub(crate) fn place(self, field: Field) -> u16 {
        PLACES[self as usize][field as usize]
    }

    /// This class's field whose element has this name.
    pub(crate) fn field(self, element: &str) -> Option<Field> {
        Field::with_element(element).find(|&field| self.has(field))
    }

    /// The fields of this class in the schema's order.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        RANGES[self as usize]
            .iter()
            .flat_map(|&(from, to)| Field::ALL[from as usize..=to as usize].iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_uri() {
        for &field in Field::ALL {
            assert_eq!(Field::from_uri(field.uri()), Some(field));
        }
        assert_eq!(Field::from_uri("item:Nothing"), None);
        assert_eq!(Field::from_uri("Subject"), None);
    }

    #[test]
    fn no_class_has_an_element_twice() {
        for &class in ItemClass::ALL {
            let mut names: Vec<_> = class.fields().map(Field::element).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{class:?}");
        }
    }

    #[test]
    fn one_element_is_another_field_in_another_class() {
        assert_eq!(ItemClass::Task.field("IsRecurring"), Some(Field::TaskIsRecurring));
        assert_eq!(ItemClass::CalendarItem.field("IsRecurring"), Some(Field::CalendarIsRecurring));
        assert_eq!(ItemClass::Message.field("IsRecurring"), None);
        assert!(
            ItemClass::DistributionList.place(Field::ContactDisplayName)
                < ItemClass::DistributionList.place(Field::ContactFileAs)
        );
    }
}
