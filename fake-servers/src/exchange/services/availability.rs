//! `GetUserAvailability`: who is busy when, from the calendars of the store. Times travel as local
//! ones of a zone that the client gives as MAPI has it; without one they are UTC.

use jiff::civil::DateTime;
use wire::ews::services::{
    Availability, AvailabilityTime, AvailabilityZone, BusyEvent, BusyEventDetails, BusyType,
    FreeBusy, FreeBusyView, GetUserAvailability, MailboxData, SuggestionOptions, Suggestions,
    TimeWindow, WorkingHours, WorkingPeriod,
};
use wire::ews::{ResponseCode, ResponseMessage};

use super::super::call::Call;
use super::super::problem::{Outcome, Problem, message};
use super::local_zone::LocalZone;
use super::suggestions::Guest;
use super::{busy, suggestions};

/// The largest stretch of time that can be asked for, in days.
const MOST_DAYS: i64 = 62;
/// Minutes of one part, unless the request says otherwise.
const STEP: i32 = 30;
/// The most mailboxes that can be asked for.
const MOST_MAILBOXES: usize = 100;

/// Something in a calendar: local times in the zone of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Busy {
    pub(super) start: DateTime,
    pub(super) end: DateTime,
    pub(super) kind: BusyType,
    /// What it is about, for those who may know.
    pub(super) details: Option<BusyEventDetails>,
}

/// Who is busy when.
pub(in crate::exchange) fn ask(call: &Call<'_>, request: &GetUserAvailability) -> Availability {
    let window = window(request);
    let answer = |asked: &MailboxData| match &window {
        Ok(window) => match view(call, request, asked, window) {
            Ok(view) => FreeBusy { message: Some(ResponseMessage::ok(())), view: Some(view) },
            Err(problem) => FreeBusy { message: Some(problem.message()), view: None },
        },
        Err(problem) => FreeBusy { message: Some(problem.clone().message()), view: None },
    };
    // Either half can be asked for alone.
    let asked = request.free_busy.is_some() || request.suggestions.is_none();
    Availability {
        free_busy: asked.then(|| request.mailboxes.iter().map(answer).collect()),
        suggestions: request.suggestions.as_ref().map(|it| suggest(call, request, it)),
    }
}

fn suggest(
    call: &Call<'_>,
    request: &GetUserAvailability,
    options: &SuggestionOptions,
) -> Suggestions {
    let days = Window::of(&options.window, STEP).and_then(|window| {
        not_too_many(request)?;
        let zone = LocalZone::of(request.zone.as_ref());
        let guest = |asked: &'_ MailboxData| {
            let mailbox = call.store.by_address(&asked.email.address);
            mailbox.map(|it| busy::times(call, it, window.start, window.end, zone, false))
        };
        let guests: Vec<_> =
            request.mailboxes.iter().map(|asked| Guest { asked, busy: guest(asked) }).collect();
        Ok(suggestions::days(&guests, &window, options))
    });
    let (outcome, days) = match days {
        Ok(days) => (Ok(()), Some(days)),
        Err(problem) => (Err(problem), None),
    };
    Suggestions { message: Some(message(outcome)), days }
}

/// What is asked for, if it can be.
fn window(request: &GetUserAvailability) -> Outcome<Window> {
    let options = request.free_busy.as_ref().ok_or_else(|| {
        let text = "The free/busy view options are missing.";
        Problem::new(ResponseCode::Other("ErrorInvalidFreeBusyViewType".to_owned()), text)
    })?;
    not_too_many(request)?;
    Window::of(&options.window, options.interval.unwrap_or(STEP))
}

fn not_too_many(request: &GetUserAvailability) -> Outcome<()> {
    if request.mailboxes.len() <= MOST_MAILBOXES {
        return Ok(());
    }
    let code = ResponseCode::Other("ErrorFreeBusyDLLimitReached".to_owned());
    Err(Problem::new(code, "There are too many mailboxes in the request."))
}

/// A stretch of time in equal parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start: DateTime,
    pub(super) end: DateTime,
    pub(super) interval: i64,
}

impl Window {
    fn of(window: &TimeWindow, interval: i32) -> Outcome<Self> {
        let TimeWindow { start, end } = window;
        // An offset or a Z at the end says nothing here: times are local.
        let local = |text: &str| text.get(..19).unwrap_or(text).parse::<DateTime>().ok();
        let invalid = || {
            let text = "The time window is not valid.";
            Problem::new(ResponseCode::ErrorInvalidTimeInterval, text)
        };
        let start = local(start).ok_or_else(invalid)?;
        let end = local(end).filter(|end| *end > start).ok_or_else(invalid)?;
        if end.duration_since(start).as_hours() > MOST_DAYS * 24 {
            let text = "The requested time duration specified is too long.";
            return Err(Problem::new(ResponseCode::ErrorTimeIntervalTooBig, text));
        }
        let interval = i64::from(interval);
        if !(5..=1440).contains(&interval) {
            let code = ResponseCode::Other("ErrorInvalidMergedFreeBusyInterval".to_owned());
            return Err(Problem::new(code, "The interval must be between 5 and 1440 minutes."));
        }
        Ok(Self { start, end, interval })
    }

    /// One digit for each part: the busiest that anything in it makes of him.
    fn merged(&self, busy: &[Busy]) -> String {
        let minutes = |at: DateTime| at.duration_since(self.start).as_secs().div_euclid(60);
        let parts = (minutes(self.end) + self.interval - 1) / self.interval;
        let mut digits = vec![0u8; usize::try_from(parts).unwrap_or(0)];
        for event in busy {
            let first = minutes(event.start).max(0) / self.interval;
            // A part that an event only touches at its end is none of its own.
            let last = (minutes(event.end) - 1).min(minutes(self.end) - 1) / self.interval;
            for part in first..=last {
                if let Some(digit) = usize::try_from(part).ok().and_then(|at| digits.get_mut(at)) {
                    *digit = (*digit).max(weight(event.kind));
                }
            }
        }
        digits.into_iter().map(|digit| char::from(b'0' + digit)).collect()
    }
}

pub(super) const fn weight(busy: BusyType) -> u8 {
    match busy {
        BusyType::Free | BusyType::WorkingElsewhere => 0,
        BusyType::Tentative => 1,
        BusyType::Busy => 2,
        BusyType::OutOfOffice => 3,
        BusyType::NoData => 4,
    }
}

fn view(
    call: &Call<'_>,
    request: &GetUserAvailability,
    asked: &MailboxData,
    window: &Window,
) -> Outcome<FreeBusyView> {
    let mailbox = call.store.by_address(&asked.email.address).ok_or_else(|| {
        let text = "Unable to resolve e-mail address to an Active Directory object.";
        Problem::new(ResponseCode::ErrorMailRecipientNotFound, text)
    })?;
    let zone = LocalZone::of(request.zone.as_ref());
    let wanted = request.free_busy.as_ref().and_then(|it| it.view.as_deref());
    let wanted = wanted.unwrap_or("FreeBusyMerged");
    // Without the right to open the calendar there is less to see ("FreeBusyViewType").
    let detailed = wanted.contains("Detailed") && call.mailbox(mailbox).is_ok();
    let kind = if detailed { wanted.to_owned() } else { wanted.replace("Detailed", "FreeBusy") };
    let events = detailed || kind.contains("FreeBusy");
    let busy = busy::times(call, mailbox, window.start, window.end, zone, detailed);
    Ok(FreeBusyView {
        merged: kind.contains("Merged").then(|| window.merged(&busy)),
        events: (events && !busy.is_empty()).then(|| busy.into_iter().map(event).collect()),
        working_hours: events.then(|| working_hours(request.zone.as_ref())),
        kind,
    })
}

fn event(busy: Busy) -> BusyEvent {
    let text = |at: DateTime| at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let Busy { start, end, kind, details } = busy;
    BusyEvent { start: text(start), end: text(end), busy: kind, details }
}

/// The hours of a mailbox that never set any, on the clocks of the request.
fn working_hours(zone: Option<&AvailabilityZone>) -> WorkingHours {
    let never = || AvailabilityTime {
        bias: 0,
        time: "00:00:00".to_owned(),
        day_order: 0,
        month: 0,
        day_of_week: "Sunday".to_owned(),
        year: None,
    };
    let utc = || AvailabilityZone { bias: 0, standard: never(), daylight: never() };
    let days = "Monday Tuesday Wednesday Thursday Friday".to_owned();
    let (start, end) = suggestions::WORK;
    WorkingHours {
        zone: zone.cloned().unwrap_or_else(utc),
        periods: vec![WorkingPeriod { days, start, end }],
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn window(start: &str, end: &str, interval: i32) -> Outcome<Window> {
        Window::of(&TimeWindow { start: start.to_owned(), end: end.to_owned() }, interval)
    }

    #[test]
    fn what_cannot_be_asked_for() {
        let code =
            |start, end, interval| window(start, end, interval).unwrap_err().code.to_string();
        let (day, next) = ("2026-01-05T00:00:00", "2026-01-06T00:00:00");
        assert_eq!(code(next, day, 30), "ErrorInvalidTimeInterval");
        assert_eq!(code("soon", next, 30), "ErrorInvalidTimeInterval");
        assert_eq!(code(day, "2026-03-10T00:00:00", 30), "ErrorTimeIntervalTooBig");
        assert_eq!(code(day, next, 4), "ErrorInvalidMergedFreeBusyInterval");
        assert!(window("2026-01-05T00:00:00Z", next, 5).is_ok());
    }

    #[test]
    fn the_busiest_counts_and_edges_do_not() {
        let window = window("2026-01-05T09:00:00", "2026-01-05T12:00:00", 30).unwrap();
        let at = |hour, minute| date(2026, 1, 5).at(hour, minute, 0, 0);
        let busy = |start, end, kind| Busy { start, end, kind, details: None };
        let events = [
            busy(at(8, 0), at(9, 30), BusyType::Busy),
            busy(at(10, 15), at(10, 45), BusyType::Tentative),
            busy(at(10, 30), at(11, 0), BusyType::OutOfOffice),
            busy(at(11, 30), at(13, 0), BusyType::Free),
        ];
        assert_eq!(window.merged(&events), "201300");
        assert_eq!(window.merged(&[]), "000000");
    }
}
