//! `GetUserAvailability`: when people are free and when they might meet. Its element is called a
//! request, its times are in a zone that the client gives, and its answer has no list.

use crate::ews::record::el;

use super::SuggestionOptions;

record! {
    /// Asks when people are free.
    #[derive(Eq)]
    pub struct GetUserAvailability {
        /// The zone of all times.
        maybe zone: AvailabilityZone = el("t:TimeZone"),
        /// Who.
        one mailboxes: Vec<MailboxData> = el("m:MailboxDataArray").lists(el("t:MailboxData")),
        /// In which stretch of time, and in how much detail.
        maybe free_busy: FreeBusyOptions = el("t:FreeBusyViewOptions"),
        /// What times for a meeting to suggest.
        maybe suggestions: SuggestionOptions = el("t:SuggestionsViewOptions"),
    }
}

record! {
    /// A time zone as MAPI has it: two biases and when they switch.
    #[derive(Eq)]
    pub struct AvailabilityZone {
        /// What to add to local time to get UTC, in minutes.
        one bias: i32 = el("t:Bias"),
        /// When standard time begins.
        one standard: AvailabilityTime = el("t:StandardTime"),
        /// When daylight saving time begins.
        one daylight: AvailabilityTime = el("t:DaylightTime"),
    }
}

record! {
    /// When one of a zone's two times begins.
    #[derive(Eq)]
    pub struct AvailabilityTime {
        /// What it adds to the zone's bias, in minutes.
        one bias: i32 = el("t:Bias"),
        /// At which time of day, such as `02:00:00`.
        one time: String = el("t:Time"),
        /// On which of the month's weekdays: 5 is the last.
        one day_order: i32 = el("t:DayOrder"),
        /// The month, from 1; 0 when there is no such time.
        one month: i32 = el("t:Month"),
        /// The weekday.
        one day_of_week: String = el("t:DayOfWeek"),
        /// The year, if it is for one only.
        maybe year: String = el("t:Year"),
    }
}

record! {
    /// Somebody of interest.
    #[derive(Eq)]
    pub struct MailboxData {
        /// His mailbox.
        one email: AvailabilityMailbox = el("t:Email"),
        /// In which role he would come.
        one kind: AttendeeKind = el("t:AttendeeType"),
        /// Whether times at which he is busy are not to be suggested.
        maybe exclude_conflicts: bool = el("t:ExcludeConflicts"),
    }
}

record! {
    /// An address, as the older operations write it.
    #[derive(Eq)]
    pub struct AvailabilityMailbox {
        /// The name for people.
        maybe name: String = el("t:Name"),
        /// The address.
        one address: String = el("t:Address"),
        /// How to read it: `SMTP`.
        maybe routing_type: String = el("t:RoutingType"),
    }
}

words! {
    /// In which role somebody would come to a meeting.
    pub enum AttendeeKind {
        /// He calls it.
        Organizer = "Organizer",
        /// He must come.
        Required = "Required",
        /// He may come.
        Optional = "Optional",
        /// It is where it takes place.
        Room = "Room",
        /// It is needed.
        Resource = "Resource",
    }
}

record! {
    /// In which stretch of time, and in how much detail.
    #[derive(Eq)]
    pub struct FreeBusyOptions {
        /// The stretch of time.
        one window: TimeWindow = el("t:TimeWindow"),
        /// The length of one digit of the merged view, in minutes.
        maybe interval: i32 = el("t:MergedFreeBusyIntervalInMinutes"),
        /// How much detail: `MergedOnly`, `FreeBusy`, `DetailedMerged`, ...
        maybe view: String = el("t:RequestedView"),
    }
}

record! {
    /// A stretch of local time in the zone of the request, as it was written: `T`, no offset.
    #[derive(Eq)]
    pub struct TimeWindow {
        /// Its beginning.
        one start: String = el("t:StartTime"),
        /// Its end.
        one end: String = el("t:EndTime"),
    }
}

impl AvailabilityMailbox {
    /// An address alone.
    pub fn new(address: impl Into<String>) -> Self {
        Self { name: None, address: address.into(), routing_type: None }
    }
}
