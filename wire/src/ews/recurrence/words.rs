//! The closed lists of words that patterns are made of.

use std::fmt;

/// Declares an enum whose variants are the schema's words.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$doc])* $variant),+
        }

        impl $name {
            /// Every word, in the schema's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant)),+
                }
            }

            /// The variant that is written so.
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $(stringify!($variant) => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// A day of the week, or a kind of day (types.xsd, `DayOfWeekType`).
    DayOfWeek {
        /// Sunday.
        Sunday,
        /// Monday.
        Monday,
        /// Tuesday.
        Tuesday,
        /// Wednesday.
        Wednesday,
        /// Thursday.
        Thursday,
        /// Friday.
        Friday,
        /// Saturday.
        Saturday,
        /// Any day.
        Day,
        /// Monday to Friday.
        Weekday,
        /// Saturday or Sunday.
        WeekendDay,
    }
}

words! {
    /// Which of a month's days of one kind (types.xsd, `DayOfWeekIndexType`).
    DayOfWeekIndex {
        /// The first.
        First,
        /// The second.
        Second,
        /// The third.
        Third,
        /// The fourth.
        Fourth,
        /// The last.
        Last,
    }
}

words! {
    /// A month of the year (types.xsd, `MonthNamesType`).
    Month {
        /// January.
        January,
        /// February.
        February,
        /// March.
        March,
        /// April.
        April,
        /// May.
        May,
        /// June.
        June,
        /// July.
        July,
        /// August.
        August,
        /// September.
        September,
        /// October.
        October,
        /// November.
        November,
        /// December.
        December,
    }
}

impl DayOfWeek {
    /// Whether a day of the calendar is meant.
    pub const fn covers(self, day: jiff::civil::Weekday) -> bool {
        let sunday_based = day.to_sunday_zero_offset();
        let weekend = sunday_based == 0 || sunday_based == 6;
        match self {
            Self::Day => true,
            Self::Weekday => !weekend,
            Self::WeekendDay => weekend,
            one => one as i8 == sunday_based,
        }
    }

    /// The word for a day of the calendar.
    pub const fn of(day: jiff::civil::Weekday) -> Self {
        match day {
            jiff::civil::Weekday::Sunday => Self::Sunday,
            jiff::civil::Weekday::Monday => Self::Monday,
            jiff::civil::Weekday::Tuesday => Self::Tuesday,
            jiff::civil::Weekday::Wednesday => Self::Wednesday,
            jiff::civil::Weekday::Thursday => Self::Thursday,
            jiff::civil::Weekday::Friday => Self::Friday,
            jiff::civil::Weekday::Saturday => Self::Saturday,
        }
    }

    /// The one day of the calendar it names, if it names one.
    pub const fn weekday(self) -> Option<jiff::civil::Weekday> {
        match self {
            Self::Sunday => Some(jiff::civil::Weekday::Sunday),
            Self::Monday => Some(jiff::civil::Weekday::Monday),
            Self::Tuesday => Some(jiff::civil::Weekday::Tuesday),
            Self::Wednesday => Some(jiff::civil::Weekday::Wednesday),
            Self::Thursday => Some(jiff::civil::Weekday::Thursday),
            Self::Friday => Some(jiff::civil::Weekday::Friday),
            Self::Saturday => Some(jiff::civil::Weekday::Saturday),
            Self::Day | Self::Weekday | Self::WeekendDay => None,
        }
    }
}

impl Month {
    /// 1 to 12.
    pub const fn number(self) -> i8 {
        self as i8 + 1
    }

    /// The month of a number from 1 to 12.
    pub fn of(number: i8) -> Option<Self> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        Self::ALL.get(place).copied()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Weekday;

    use super::*;

    #[test]
    fn words_are_read_as_written() {
        for &day in DayOfWeek::ALL {
            assert_eq!(DayOfWeek::parse(day.as_str()), Some(day));
            assert_eq!(day.weekday().map(DayOfWeek::of), day.weekday().map(|_| day));
        }
        for (number, &month) in (1..).zip(Month::ALL) {
            assert_eq!(Month::of(number), Some(month));
            assert_eq!(month.number(), number);
        }
        assert_eq!(Month::of(0), None);
        assert_eq!(Month::of(13), None);
        assert_eq!(DayOfWeek::parse("monday"), None, "words are told apart by case");
    }

    #[test]
    fn kinds_of_days_cover_their_days() {
        let covered = |kind: DayOfWeek| -> Vec<_> {
            let days = Weekday::Monday.cycle_forward().take(7);
            days.filter(|&day| kind.covers(day)).collect()
        };
        assert_eq!(covered(DayOfWeek::WeekendDay), [Weekday::Saturday, Weekday::Sunday]);
        assert_eq!(covered(DayOfWeek::Weekday).len(), 5);
        assert_eq!(covered(DayOfWeek::Day).len(), 7);
        assert_eq!(covered(DayOfWeek::Tuesday), [Weekday::Tuesday]);
    }
}
