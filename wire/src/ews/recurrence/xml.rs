//! Recurrences and occurrences as elements, in the order of types.xsd.

use jiff::civil::Date;

use super::{
    DayOfWeek, DayOfWeekIndex, DeletedOccurrence, Month, OccurrenceInfo, Pattern, Range, RangeEnd,
    Recurrence,
};
use crate::ews::ItemId;
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};

/// How many days a list may name: seven and three kinds, with room for those who repeat some.
const MAX_DAYS: usize = 32;

impl Recurrence {
    /// Reads the open element: `Recurrence` of a calendar item or of a task.
    pub(crate) fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let (mut pattern, mut range) = (None, None);
        r.children(|r, el| {
            if el.ns != Ns::Types {
                return Ok(());
            }
            if let Some(end) = RangeKind::of(el.name) {
                range = Some(read_range(r, end)?);
            } else if let Some(read) = Parts::read_pattern(r, &el)? {
                pattern = Some(read);
            }
            Ok(())
        })?;
        let pattern = pattern.ok_or_else(|| r.missing("Recurrence", "a pattern"))?;
        let range = range.ok_or_else(|| r.missing("Recurrence", "a range"))?;
        Ok(Self { pattern, range })
    }

    /// Appends it under a name (`t:Recurrence`).
    pub(crate) fn write(&self, w: &mut Writer, name: &str) {
        w.open(name);
        self.pattern.write(w);
        self.range.write(w);
        w.close(name);
    }
}

#[derive(Clone, Copy)]
enum RangeKind {
    NoEnd,
    EndDate,
    Numbered,
}

impl RangeKind {
    fn of(name: &str) -> Option<Self> {
        match name {
            "NoEndRecurrence" => Some(Self::NoEnd),
            "EndDateRecurrence" => Some(Self::EndDate),
            "NumberedRecurrence" => Some(Self::Numbered),
            _ => None,
        }
    }
}

fn read_range(r: &mut Reader, kind: RangeKind) -> Result<Range, ReadError> {
    let (mut start, mut end, mut number) = (None, None, None);
    r.children(|r, el| {
        match (el.ns, el.name) {
            (Ns::Types, "StartDate") => start = Some(date(r)?),
            (Ns::Types, "EndDate") => end = Some(date(r)?),
            (Ns::Types, "NumberOfOccurrences") => number = Some(r.parse("int")?),
            _ => {}
        }
        Ok(())
    })?;
    let start = start.ok_or_else(|| r.missing("the range of a recurrence", "StartDate"))?;
    let end = match kind {
        RangeKind::NoEnd => RangeEnd::NoEnd,
        RangeKind::EndDate => {
            RangeEnd::EndDate(end.ok_or_else(|| r.missing("EndDateRecurrence", "EndDate"))?)
        }
        RangeKind::Numbered => RangeEnd::Numbered(
            number.ok_or_else(|| r.missing("NumberedRecurrence", "NumberOfOccurrences"))?,
        ),
    };
    Ok(Range { start, end })
}

impl Range {
    fn write(self, w: &mut Writer) {
        let name = self.end.element();
        w.open_in("t:", name);
        w.display("t:StartDate", self.start);
        match self.end {
            RangeEnd::NoEnd => {}
            RangeEnd::EndDate(end) => w.display("t:EndDate", end),
            RangeEnd::Numbered(number) => w.display("t:NumberOfOccurrences", number),
        }
        w.close_in("t:", name);
    }
}

/// The children that patterns have, whichever of them.
#[derive(Default)]
struct Parts {
    interval: Option<i32>,
    days: Option<Vec<DayOfWeek>>,
    index: Option<DayOfWeekIndex>,
    day_of_month: Option<i32>,
    month: Option<Month>,
    first_day: Option<DayOfWeek>,
}

impl Parts {
    fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let mut parts = Self::default();
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "Interval") => parts.interval = Some(r.parse("int")?),
                (Ns::Types, "DaysOfWeek") => parts.days = Some(days(r)?),
                (Ns::Types, "DayOfWeekIndex") => {
                    parts.index = Some(word(r, "DayOfWeekIndex", DayOfWeekIndex::parse)?);
                }
                (Ns::Types, "DayOfMonth") => parts.day_of_month = Some(r.parse("int")?),
                (Ns::Types, "Month") => parts.month = Some(word(r, "Month", Month::parse)?),
                (Ns::Types, "FirstDayOfWeek") => {
                    parts.first_day = Some(word(r, "DayOfWeek", DayOfWeek::parse)?);
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(parts)
    }

    /// Reads the open element if it is a pattern.
    fn read_pattern(r: &mut Reader, el: &Element) -> Result<Option<Pattern>, ReadError> {
        let known = Pattern::ELEMENTS.iter().find(|known| **known == el.name);
        let Some(&name) = known else { return Ok(None) };
        let parts = Self::read(r)?;
        let r = &*r;
        let lacks = |what| move || r.missing(name, what);
        let interval = || parts.interval.ok_or_else(lacks("Interval"));
        let day_of_month = || parts.day_of_month.ok_or_else(lacks("DayOfMonth"));
        let index = || parts.index.ok_or_else(lacks("DayOfWeekIndex"));
        let month = || parts.month.ok_or_else(lacks("Month"));
        let days = parts.days.as_deref().unwrap_or_default();
        let day = || days.first().copied().ok_or_else(lacks("DaysOfWeek"));
        Ok(Some(match name {
            "RelativeYearlyRecurrence" => {
                Pattern::RelativeYearly { days: day()?, index: index()?, month: month()? }
            }
            "AbsoluteYearlyRecurrence" => {
                Pattern::AbsoluteYearly { day_of_month: day_of_month()?, month: month()? }
            }
            "RelativeMonthlyRecurrence" => {
                Pattern::RelativeMonthly { interval: interval()?, days: day()?, index: index()? }
            }
            "AbsoluteMonthlyRecurrence" => {
                Pattern::AbsoluteMonthly { interval: interval()?, day_of_month: day_of_month()? }
            }
            "WeeklyRecurrence" => Pattern::Weekly {
                interval: interval()?,
                days: days.to_vec(),
                first_day: parts.first_day,
            },
            "DailyRecurrence" => Pattern::Daily { interval: interval()? },
            "DailyRegeneration" => Pattern::DailyRegeneration { interval: interval()? },
            "WeeklyRegeneration" => Pattern::WeeklyRegeneration { interval: interval()? },
            "MonthlyRegeneration" => Pattern::MonthlyRegeneration { interval: interval()? },
            _ => Pattern::YearlyRegeneration { interval: interval()? },
        }))
    }
}

impl Pattern {
    fn write(&self, w: &mut Writer) {
        let name = self.element();
        w.open_in("t:", name);
        match self {
            Self::RelativeYearly { days, index, month } => {
                w.display("t:DaysOfWeek", days);
                w.display("t:DayOfWeekIndex", index);
                w.display("t:Month", month);
            }
            Self::AbsoluteYearly { day_of_month, month } => {
                w.display("t:DayOfMonth", day_of_month);
                w.display("t:Month", month);
            }
            Self::RelativeMonthly { interval, days, index } => {
                w.display("t:Interval", interval);
                w.display("t:DaysOfWeek", days);
                w.display("t:DayOfWeekIndex", index);
            }
            Self::AbsoluteMonthly { interval, day_of_month } => {
                w.display("t:Interval", interval);
                w.display("t:DayOfMonth", day_of_month);
            }
            Self::Weekly { interval, days, first_day } => {
                w.display("t:Interval", interval);
                let days: Vec<_> = days.iter().map(|day| day.as_str()).collect();
                w.element("t:DaysOfWeek", &days.join(" "));
                w.element_opt("t:FirstDayOfWeek", first_day.map(DayOfWeek::as_str));
            }
            Self::Daily { interval }
            | Self::DailyRegeneration { interval }
            | Self::WeeklyRegeneration { interval }
            | Self::MonthlyRegeneration { interval }
            | Self::YearlyRegeneration { interval } => w.display("t:Interval", interval),
        }
        w.close_in("t:", name);
    }
}

impl OccurrenceInfo {
    /// Reads the open element: `FirstOccurrence`, `LastOccurrence`, `Occurrence`.
    pub(crate) fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let (mut id, mut start, mut end, mut original_start) = (None, None, None, None);
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "ItemId") => id = Some(ItemId::read(&el)?),
                (Ns::Types, "Start") => start = Some(r.date_time()?),
                (Ns::Types, "End") => end = Some(r.date_time()?),
                (Ns::Types, "OriginalStart") => original_start = Some(r.date_time()?),
                _ => {}
            }
            Ok(())
        })?;
        let r = &*r;
        let lacks = |what| move || r.missing("an occurrence", what);
        Ok(Self {
            id: id.ok_or_else(lacks("ItemId"))?,
            start: start.ok_or_else(lacks("Start"))?,
            end: end.ok_or_else(lacks("End"))?,
            original_start: original_start.ok_or_else(lacks("OriginalStart"))?,
        })
    }

    /// Appends it under a name.
    pub(crate) fn write(&self, w: &mut Writer, name: &str) {
        w.open(name);
        self.id.write(w, "t:ItemId");
        w.date_time("t:Start", self.start);
        w.date_time("t:End", self.end);
        w.date_time("t:OriginalStart", self.original_start);
        w.close(name);
    }

    /// Reads the list in the open element: `ModifiedOccurrences`.
    pub(crate) fn read_list(r: &mut Reader) -> Result<Vec<Self>, ReadError> {
        let mut list = Vec::new();
        r.children(|r, el| {
            if el.is(Ns::Types, "Occurrence") {
                list.push(Self::read(r)?);
            }
            Ok(())
        })?;
        Ok(list)
    }

    /// Appends a list under a name.
    pub(crate) fn write_list(list: &[Self], w: &mut Writer, name: &str) {
        w.open(name);
        for occurrence in list {
            occurrence.write(w, "t:Occurrence");
        }
        w.close(name);
    }
}

impl DeletedOccurrence {
    /// Reads the list in the open element: `DeletedOccurrences`.
    pub(crate) fn read_list(r: &mut Reader) -> Result<Vec<Self>, ReadError> {
        let mut list = Vec::new();
        r.children(|r, el| {
            if !el.is(Ns::Types, "DeletedOccurrence") {
                return Ok(());
            }
            r.children(|r, el| {
                if el.is(Ns::Types, "Start") {
                    list.push(Self { start: r.date_time()? });
                }
                Ok(())
            })
        })?;
        Ok(list)
    }

    /// Appends a list under a name.
    pub(crate) fn write_list(list: &[Self], w: &mut Writer, name: &str) {
        w.open(name);
        for deleted in list {
            w.open("t:DeletedOccurrence");
            w.date_time("t:Start", deleted.start);
            w.close("t:DeletedOccurrence");
        }
        w.close(name);
    }
}

/// `xs:date`, whose time zone, which .NET clients add, says nothing here.
pub(super) fn date(r: &mut Reader) -> Result<Date, ReadError> {
    let at = r.position();
    let text = r.text()?;
    let parsed = text.trim().get(..10).and_then(|date| date.parse().ok());
    parsed.ok_or_else(|| ReadError::value(at, "date", &text))
}

fn days(r: &mut Reader) -> Result<Vec<DayOfWeek>, ReadError> {
    let at = r.position();
    let text = r.text()?;
    let day = |word| DayOfWeek::parse(word).ok_or_else(|| ReadError::value(at, "DayOfWeek", word));
    text.split_ascii_whitespace().take(MAX_DAYS).map(day).collect()
}

pub(super) fn word<T>(
    r: &mut Reader,
    what: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, ReadError> {
    let at = r.position();
    let text = r.text()?;
    parse(text.trim()).ok_or_else(|| ReadError::value(at, what, &text))
}
