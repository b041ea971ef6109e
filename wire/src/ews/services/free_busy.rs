//! The answer to `GetUserAvailability`: who is busy when.

use super::{AvailabilityZone, Suggestions};
use crate::ews::ResponseMessage;
use crate::ews::record::el;

record! {
    /// When people are free, and when they might meet.
    #[derive(Default)]
    pub struct Availability {
        /// One each, in the order of the request.
        maybe free_busy: Vec<FreeBusy> =
            el("m:FreeBusyResponseArray").lists(el("m:FreeBusyResponse")),
        /// When they might meet.
        maybe suggestions: Suggestions = el("m:SuggestionsResponse"),
    }
}

record! {
    /// When one of them is busy.
    #[derive(Default)]
    pub struct FreeBusy {
        /// Whether that is known.
        maybe message: ResponseMessage<()> = el("m:ResponseMessage"),
        /// When he is.
        maybe view: FreeBusyView = el("m:FreeBusyView"),
    }
}

record! {
    /// When somebody is busy, in the detail that was asked for and allowed.
    #[derive(Eq)]
    pub struct FreeBusyView {
        /// In how much detail: `MergedOnly`, `FreeBusy`, `DetailedMerged`, ...
        one kind: String = el("t:FreeBusyViewType"),
        /// One digit for each interval: 0 free, 1 tentative, 2 busy, 3 out of office, 4 unknown.
        maybe merged: String = el("t:MergedFreeBusy"),
        /// One each appointment.
        maybe events: Vec<BusyEvent> = el("t:CalendarEventArray").lists(el("t:CalendarEvent")),
        /// When he works.
        maybe working_hours: WorkingHours = el("t:WorkingHours"),
    }
}

record! {
    /// An appointment.
    #[derive(Eq)]
    pub struct BusyEvent {
        /// Its beginning, local in the zone of the request.
        one start: String = el("t:StartTime"),
        /// Its end.
        one end: String = el("t:EndTime"),
        /// What it makes of him.
        one busy: BusyType = el("t:BusyType"),
        /// What it is about.
        maybe details: BusyEventDetails = el("t:CalendarEventDetails"),
    }
}

words! {
    /// What an appointment makes of somebody.
    pub enum BusyType {
        /// Nothing.
        Free = "Free",
        /// Perhaps busy.
        Tentative = "Tentative",
        /// Busy.
        Busy = "Busy",
        /// Out of office.
        OutOfOffice = "OOF",
        /// At work, but not there.
        WorkingElsewhere = "WorkingElsewhere",
        /// It is not known.
        NoData = "NoData",
    }
}

record! {
    /// What an appointment is about.
    #[derive(Eq, Default)]
    pub struct BusyEventDetails {
        /// Its id.
        maybe id: String = el("t:ID"),
        /// What it is called.
        maybe subject: String = el("t:Subject"),
        /// Where it takes place.
        maybe location: String = el("t:Location"),
        /// Whether others are invited.
        one is_meeting: bool = el("t:IsMeeting"),
        /// Whether it is one of a series.
        one is_recurring: bool = el("t:IsRecurring"),
        /// Whether it differs from its series.
        one is_exception: bool = el("t:IsException"),
        /// Whether he is reminded of it.
        one is_reminder_set: bool = el("t:IsReminderSet"),
        /// Whether it is private.
        one is_private: bool = el("t:IsPrivate"),
    }
}

record! {
    /// When somebody works.
    #[derive(Eq)]
    pub struct WorkingHours {
        /// In which zone.
        one zone: AvailabilityZone = el("t:TimeZone"),
        /// On which days, from when till when.
        one periods: Vec<WorkingPeriod> =
            el("t:WorkingPeriodArray").lists(el("t:WorkingPeriod")),
    }
}

record! {
    /// Days with the same working hours.
    #[derive(Eq)]
    pub struct WorkingPeriod {
        /// The weekdays, with spaces between them.
        one days: String = el("t:DayOfWeek"),
        /// From when, in minutes since midnight.
        one start: i32 = el("t:StartTimeInMinutes"),
        /// Till when.
        one end: i32 = el("t:EndTimeInMinutes"),
    }
}
