//! Which part of what was found is wanted.

use jiff::Timestamp;

use crate::ews::folders::BasePoint;
use crate::ews::record;
use crate::ews::xml::{Element, Ns, ReadError, ReadErrorKind, Writer, parse_time, with_time};

/// A part of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// `IndexedPageItemView`: so many from this place on.
    Indexed {
        /// How many at most; all without.
        max: Option<i32>,
        /// From which on.
        offset: i32,
        /// Counted from where.
        base: BasePoint,
    },
    /// `FractionalPageItemView`: so many from this fraction of all on.
    Fractional {
        /// How many at most; all without.
        max: Option<i32>,
        /// The fraction's numerator.
        numerator: i32,
        /// The fraction's denominator.
        denominator: i32,
    },
    /// `CalendarView`: whatever overlaps this time, with recurrences expanded.
    Calendar {
        /// How many at most.
        max: Option<i32>,
        /// From when.
        start: Timestamp,
        /// To when, exclusive.
        end: Timestamp,
    },
    /// `ContactsView`: the names between these.
    Contacts {
        /// How many at most.
        max: Option<i32>,
        /// The first name.
        initial: Option<String>,
        /// The last name.
        last: Option<String>,
    },
}

impl View {
    /// A page.
    pub const fn page(offset: i32, max: i32) -> Self {
        Self::Indexed { max: Some(max), offset, base: BasePoint::Beginning }
    }

    /// How many entries are wanted at most.
    pub const fn max(&self) -> Option<i32> {
        match self {
            Self::Indexed { max, .. }
            | Self::Fractional { max, .. }
            | Self::Calendar { max, .. }
            | Self::Contacts { max, .. } => *max,
        }
    }

    /// Reads it, if this element is one.
    pub(crate) fn read(element: &Element) -> Result<Option<Self>, ReadError> {
        if element.ns != Ns::Messages {
            return Ok(None);
        }
        let max = element.attr_parse("MaxEntriesReturned", "int")?;
        Ok(Some(match element.name {
            "IndexedPageItemView" => Self::Indexed {
                max,
                offset: int(element, "Offset")?,
                base: record::attribute(element, "BasePoint")?
                    .ok_or_else(|| missing(element, "BasePoint"))?,
            },
            "FractionalPageItemView" => Self::Fractional {
                max,
                numerator: int(element, "Numerator")?,
                denominator: int(element, "Denominator")?,
            },
            "CalendarView" => Self::Calendar {
                max,
                start: time(element, "StartDate")?,
                end: time(element, "EndDate")?,
            },
            "ContactsView" => Self::Contacts {
                max,
                initial: element.attr_string("InitialName")?,
                last: element.attr_string("FinalName")?,
            },
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        let name = match self {
            Self::Indexed { .. } => "m:IndexedPageItemView",
            Self::Fractional { .. } => "m:FractionalPageItemView",
            Self::Calendar { .. } => "m:CalendarView",
            Self::Contacts { .. } => "m:ContactsView",
        };
        w.open(name);
        if let Some(max) = self.max() {
            w.attr_display("MaxEntriesReturned", max);
        }
        match self {
            Self::Indexed { offset, base, .. } => {
                w.attr_display("Offset", offset);
                w.attr("BasePoint", base.word());
            }
            Self::Fractional { numerator, denominator, .. } => {
                w.attr_display("Numerator", numerator);
                w.attr_display("Denominator", denominator);
            }
            Self::Calendar { start, end, .. } => {
                with_time(*start, |text| w.attr("StartDate", text));
                with_time(*end, |text| w.attr("EndDate", text));
            }
            Self::Contacts { initial, last, .. } => {
                w.attr_opt("InitialName", initial.as_deref());
                w.attr_opt("FinalName", last.as_deref());
            }
        }
        w.close(name);
    }
}

fn int(element: &Element, name: &'static str) -> Result<i32, ReadError> {
    element.attr_parse(name, "int")?.ok_or_else(|| missing(element, name))
}

fn time(element: &Element, name: &'static str) -> Result<Timestamp, ReadError> {
    let text = element.attr(name)?.ok_or_else(|| missing(element, name))?;
    parse_time(&text).ok_or_else(|| ReadError::value(element.position, "dateTime", &text))
}

fn missing(element: &Element, what: &'static str) -> ReadError {
    ReadError::new(element.position, ReadErrorKind::Missing { of: "view", what })
}
