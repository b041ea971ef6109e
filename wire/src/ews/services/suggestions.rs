//! The other half of `GetUserAvailability`: times at which people might meet.

use super::{BusyType, TimeWindow};
use crate::ews::ResponseMessage;
use crate::ews::record::{el, one_of};

record! {
    /// What times to suggest.
    #[derive(Eq)]
    pub struct SuggestionOptions {
        /// How many percent may be busy at a good time.
        maybe good_threshold: i32 = el("t:GoodThreshold"),
        /// How many to suggest each day.
        maybe results_by_day: i32 = el("t:MaximumResultsByDay"),
        /// How many of them outside working hours.
        maybe non_work_results_by_day: i32 = el("t:MaximumNonWorkHourResultsByDay"),
        /// How long the meeting is, in minutes.
        maybe duration: i32 = el("t:MeetingDurationInMinutes"),
        /// How good a time must be.
        maybe minimum_quality: SuggestionQuality = el("t:MinimumSuggestionQuality"),
        /// In which stretch of time.
        one window: TimeWindow = el("t:DetailedSuggestionsWindow"),
        /// When the meeting is now, local in the zone of the request.
        maybe current_time: String = el("t:CurrentMeetingTime"),
        /// Which meeting it is.
        maybe global_object_id: String = el("t:GlobalObjectId"),
    }
}

words! {
    /// How good a time is.
    pub enum SuggestionQuality {
        /// Nobody is busy.
        Excellent = "Excellent",
        /// Few are busy.
        Good = "Good",
        /// Some are busy.
        Fair = "Fair",
        /// Many are busy.
        Poor = "Poor",
    }
}

record! {
    /// When people might meet.
    #[derive(Eq, Default)]
    pub struct Suggestions {
        /// Whether that is known.
        maybe message: ResponseMessage<()> = el("m:ResponseMessage"),
        /// Day by day.
        maybe days: Vec<SuggestionDay> =
            el("m:SuggestionDayResultArray").lists(el("t:SuggestionDayResult")),
    }
}

record! {
    /// When people might meet on one day.
    #[derive(Eq)]
    pub struct SuggestionDay {
        /// The day's beginning, local in the zone of the request.
        one date: String = el("t:Date"),
        /// How good the day is.
        one quality: SuggestionQuality = el("t:DayQuality"),
        /// The times.
        maybe suggestions: Vec<Suggestion> = el("t:SuggestionArray").lists(el("t:Suggestion")),
    }
}

record! {
    /// A time at which people might meet.
    #[derive(Eq)]
    pub struct Suggestion {
        /// The time, local in the zone of the request.
        one time: String = el("t:MeetingTime"),
        /// Whether all work then.
        one is_work_time: bool = el("t:IsWorkTime"),
        /// How good it is.
        one quality: SuggestionQuality = el("t:SuggestionQuality"),
        /// Who is busy then, in the order of the request.
        maybe conflicts: Vec<AttendeeConflict> =
            el("t:AttendeeConflictDataArray").lists(one_of()),
    }
}

choice! {
    /// Who is busy at a time.
    #[derive(Eq)]
    pub enum AttendeeConflict {
        /// It is not known.
        Unknown(Empty) = el("t:UnknownAttendeeConflictData"),
        /// One person.
        Individual(IndividualConflict) = el("t:IndividualAttendeeConflictData"),
        /// A list too long to look at each member.
        TooBigGroup(Empty) = el("t:TooBigGroupAttendeeConflictData"),
        /// A list.
        Group(GroupConflict) = el("t:GroupAttendeeConflictData"),
    }
}

record! {
    /// Nothing but the element itself.
    #[derive(Copy, Eq, Default)]
    pub struct Empty {}
}

record! {
    /// What one person is then.
    #[derive(Copy, Eq)]
    pub struct IndividualConflict {
        /// Free or busy.
        one busy: BusyType = el("t:BusyType"),
    }
}

record! {
    /// What the members of a list are then.
    #[derive(Copy, Eq)]
    pub struct GroupConflict {
        /// How many there are.
        one members: i32 = el("t:NumberOfMembers"),
        /// How many are free.
        one available: i32 = el("t:NumberOfMembersAvailable"),
        /// How many are busy.
        one with_conflict: i32 = el("t:NumberOfMembersWithConflict"),
        /// Of how many it is not known.
        one without_data: i32 = el("t:NumberOfMembersWithNoData"),
    }
}
