//! Patterns and ranges. Numbers are what the client wrote, however absurd: whoever applies a
//! pattern refuses what cannot be (a schema's `xs:int` lets `Interval` be -7).

use jiff::civil::Date;

use super::{DayOfWeek, DayOfWeekIndex, Month};

/// How something recurs, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// On which days.
    pub pattern: Pattern,
    /// From when to when.
    pub range: Range,
}

/// On which days something recurs (types.xsd, `RecurrencePatternTypes`). The last four are for
/// tasks only (`TaskRecurrencePatternTypes`): the next occurrence is made when one is completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// The last Friday of November.
    RelativeYearly {
        /// Which kind of day.
        days: DayOfWeek,
        /// Which of them.
        index: DayOfWeekIndex,
        /// In which month.
        month: Month,
    },
    /// Every 24 December.
    AbsoluteYearly {
        /// The day; in a shorter month its last day is meant.
        day_of_month: i32,
        /// The month.
        month: Month,
    },
    /// The second Tuesday of every third month.
    RelativeMonthly {
        /// Every so many months.
        interval: i32,
        /// Which kind of day.
        days: DayOfWeek,
        /// Which of them.
        index: DayOfWeekIndex,
    },
    /// The 15th of every month.
    AbsoluteMonthly {
        /// Every so many months.
        interval: i32,
        /// The day; in a shorter month its last day is meant.
        day_of_month: i32,
    },
    /// Monday and Thursday of every second week.
    Weekly {
        /// Every so many weeks.
        interval: i32,
        /// On which days, in the order given.
        days: Vec<DayOfWeek>,
        /// When a week begins: it decides which weeks an interval above 1 hits.
        first_day: Option<DayOfWeek>,
    },
    /// Every third day.
    Daily {
        /// Every so many days.
        interval: i32,
    },
    /// So many days after completion.
    DailyRegeneration {
        /// How many.
        interval: i32,
    },
    /// So many weeks after completion.
    WeeklyRegeneration {
        /// How many.
        interval: i32,
    },
    /// So many months after completion.
    MonthlyRegeneration {
        /// How many.
        interval: i32,
    },
    /// So many years after completion.
    YearlyRegeneration {
        /// How many.
        interval: i32,
    },
}

/// From when to when something recurs (types.xsd, `RecurrenceRangeTypes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first day on which an occurrence may be.
    pub start: Date,
    /// How it ends.
    pub end: RangeEnd,
}

/// How a recurrence ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeEnd {
    /// Never.
    NoEnd,
    /// On this day at the latest.
    EndDate(Date),
    /// After so many occurrences, those that were deleted included.
    Numbered(i32),
}

impl Pattern {
    /// The elements that are patterns, in the schema's order.
    pub const ELEMENTS: [&str; 10] = [
        "RelativeYearlyRecurrence",
        "AbsoluteYearlyRecurrence",
        "RelativeMonthlyRecurrence",
        "AbsoluteMonthlyRecurrence",
        "WeeklyRecurrence",
        "DailyRecurrence",
        "DailyRegeneration",
        "WeeklyRegeneration",
        "MonthlyRegeneration",
        "YearlyRegeneration",
    ];

    /// The name of its element.
    pub const fn element(&self) -> &'static str {
        match self {
            Self::RelativeYearly { .. } => "RelativeYearlyRecurrence",
            Self::AbsoluteYearly { .. } => "AbsoluteYearlyRecurrence",
            Self::RelativeMonthly { .. } => "RelativeMonthlyRecurrence",
            Self::AbsoluteMonthly { .. } => "AbsoluteMonthlyRecurrence",
            Self::Weekly { .. } => "WeeklyRecurrence",
            Self::Daily { .. } => "DailyRecurrence",
            Self::DailyRegeneration { .. } => "DailyRegeneration",
            Self::WeeklyRegeneration { .. } => "WeeklyRegeneration",
            Self::MonthlyRegeneration { .. } => "MonthlyRegeneration",
            Self::YearlyRegeneration { .. } => "YearlyRegeneration",
        }
    }

    /// Whether the next occurrence waits for the completion of one: tasks only.
    pub const fn regenerates(&self) -> bool {
        matches!(
            self,
            Self::DailyRegeneration { .. }
                | Self::WeeklyRegeneration { .. }
                | Self::MonthlyRegeneration { .. }
                | Self::YearlyRegeneration { .. }
        )
    }
}

impl RangeEnd {
    /// The name of the range's element.
    pub const fn element(&self) -> &'static str {
        match self {
            Self::NoEnd => "NoEndRecurrence",
            Self::EndDate(_) => "EndDateRecurrence",
            Self::Numbered(_) => "NumberedRecurrence",
        }
    }
}
