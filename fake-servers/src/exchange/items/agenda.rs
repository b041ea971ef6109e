//! What of a calendar lies in a stretch of time: series as their occurrences.

use jiff::Timestamp;
use wire::ews::{Field, ItemClass};

use super::known::Known;
use crate::exchange::appointments;
use crate::exchange::calendar::View;

/// When an item, or those of its occurrences that a window shows, begin and end.
pub(in crate::exchange) fn seen<'a>(
    known: &Known<'a>,
    view: &View,
) -> Vec<(Timestamp, Timestamp, Known<'a>)> {
    if known.class() != ItemClass::CalendarItem {
        return Vec::new();
    }
    let all = known.kept();
    if let Some(series) = appointments::series(&all, known.occurrences()) {
        let shown = view.occurrences(&series).into_iter();
        return shown
            .filter_map(|found| {
                let number = series.rule.number_of(found.date)? + 1;
                Some((found.start, found.end, Known { occurrence: Some(number), ..*known }))
            })
            .collect();
    }
    let Some(start) = all.date_time(Field::CalendarStart) else { return Vec::new() };
    let end = all.date_time(Field::CalendarEnd).unwrap_or(start);
    if view.shows(start, end) { vec![(start, end, *known)] } else { Vec::new() }
}
