//! What a client gives of an appointment, on its way into the store.

use jiff::Timestamp;
use jiff::civil::Date;
use wire::ews::{Field, Item, Properties, Property, RequestHeader, ResponseCode, Value};
use xxhash_rust::xxh3::xxh3_128;

use super::{Touched, exists, mime, settle, time};
use crate::MailboxIx;
use crate::exchange::calendar::Zone;
use crate::exchange::problem::{Outcome, Problem};
use crate::store::{Occurrences, Overlay};

/// The zone of a request: what it says in its header, or UTC.
pub(in crate::exchange) fn home(header: &RequestHeader) -> Zone {
    header.time_zone.as_ref().and_then(Zone::defined).unwrap_or(Zone::UTC)
}

/// A value, with a local time as the moment it is in a zone.
pub(in crate::exchange) fn at_home(value: Value, zone: Zone) -> Value {
    let Value::Local(local) = value else { return value };
    // A time that clocks skip is read by the clock of before.
    let moment = zone.time_zone().to_ambiguous_timestamp(local).compatible();
    Value::DateTime(moment.unwrap_or(Timestamp::MAX))
}

/// An item, with its local times as the moments they are in its zone, or in that of the request.
pub(in crate::exchange) fn localized(item: &Item, home: Zone) -> Item {
    let zone = time::zone(&item.properties).unwrap_or(home);
    let all = item.properties.iter().cloned();
    let properties = all.map(|(property, value)| (property, at_home(value, zone))).collect();
    Item { class: item.class, properties }
}

/// Makes a new appointment whole, whether it came as properties or as iCalendar. `seed` tells it
/// from all others.
pub(in crate::exchange) fn prepare(
    overlay: &mut Overlay,
    home: Zone,
    now: Timestamp,
    seed: (MailboxIx, u32),
) -> Outcome<()> {
    let mut kept = Occurrences::new();
    let content = overlay.properties.remove(&Property::Field(Field::ItemMimeContent));
    if let Some(Value::Mime(content)) = content {
        let (mut all, occurrences) = mime::read(&content.content, home)?;
        // What was set beside it counts more.
        for (property, value) in std::mem::take(&mut overlay.properties) {
            all.set(property, value);
        }
        overlay.properties = all;
        kept = occurrences;
    }
    settle(&mut overlay.properties, &mut overlay.occurrences, Touched::ALL, home, now)?;
    overlay.occurrences = kept;
    if overlay.properties.field(Field::CalendarUID).is_none() {
        overlay.properties.set(Field::CalendarUID, uid(seed, now));
    }
    Ok(())
}

/// In the form of the service: an id of the class of calendar items and 16 octets of its own
/// ([MS-OXOCAL] 2.2.1.27, `PidLidGlobalObjectId`).
fn uid((ix, next): (MailboxIx, u32), now: Timestamp) -> String {
    let own = xxh3_128(format!("{} {next} {}", ix.0, now.as_nanosecond()).as_bytes());
    format!("040000008200E00074C5B7101A82E00800000000000000000000000000000000000000001{own:032X}0")
}

/// The day of an occurrence, by its number from 1.
pub(in crate::exchange) fn day(master: &Properties, number: u32) -> Outcome<Date> {
    exists(master, &Occurrences::new(), number)?;
    let series = time::series(master, &Occurrences::new());
    let day = series.and_then(|it| it.rule.nth(number - 1));
    day.ok_or_else(Problem::item_not_found)
}

/// Checks what makes an occurrence an exception.
pub(in crate::exchange) fn excepted(
    master: &Properties,
    kept: &Occurrences,
    changed: &mut Properties,
    day: Date,
) -> Outcome<()> {
    let was_moved = [Field::CalendarStart, Field::CalendarEnd]
        .iter()
        .any(|field| changed.date_time(*field).is_some());
    changed.remove(&Property::Field(Field::CalendarRecurrence));
    let plain = time::series(master, &Occurrences::new()).and_then(|series| series.of(day));
    let plain = plain.ok_or_else(Problem::item_not_found)?;
    let start = changed.date_time(Field::CalendarStart).unwrap_or(plain.start);
    let end = changed.date_time(Field::CalendarEnd);
    // Without an end of its own, what is moved lasts as long as it would have.
    let end = end.unwrap_or_else(|| {
        let length = plain.end.duration_since(plain.start);
        start.saturating_add(length).unwrap_or(start)
    });
    if end < start {
        let text = "EndDate is earlier than StartDate.";
        let code = ResponseCode::ErrorCalendarEndDateIsEarlierThanStartDate;
        return Err(Problem::new(code, text));
    }
    if was_moved {
        keeps_its_place(master, kept, day, (start, end))?;
    }
    changed.set(Field::CalendarStart, start);
    changed.set(Field::CalendarEnd, end);
    Ok(())
}

/// Occurrences stay in their order and do not overlap (EWSREF `ErrorOccurrenceCrossingBoundary`).
fn keeps_its_place(
    master: &Properties,
    kept: &Occurrences,
    day: Date,
    (start, end): (Timestamp, Timestamp),
) -> Outcome<()> {
    let Some(series) = time::series(master, kept) else { return Ok(()) };
    let Some(number) = series.rule.number_of(day) else { return Ok(()) };
    let at = |number| series.rule.nth(number).map(|date| series.of(date));
    let before = (0..number).rev().find_map(|number| at(number).flatten());
    let after = (number + 1..).map_while(at).flatten().next();
    if before.is_none_or(|it| it.end <= start) && after.is_none_or(|it| end <= it.start) {
        return Ok(());
    }
    let text = "The occurrence would cross or overlap the one before or after it.";
    Err(Problem::new(ResponseCode::ErrorOccurrenceCrossingBoundary, text))
}
