//! `GetUserAvailability`: who is busy when, from the calendars of the store. Times travel as local
//! ones of a zone that the client gives as MAPI has it; without one they are UTC.

use jiff::civil::DateTime;
use wire::ews::services::{
    Availability, BusyEvent, BusyType, FreeBusy, FreeBusyOptions, FreeBusyView,
    GetUserAvailability, MailboxData, Suggestions, TimeWindow,
};
use wire::ews::{ResponseCode, ResponseMessage};

use super::super::call::Call;
use super::super::problem::{Outcome, Problem, message};
use super::local_zone::LocalZone;

/// The largest stretch of time that can be asked for, in days.
const MOST_DAYS: i64 = 62;
/// The most mailboxes that can be asked for.
const MOST_MAILBOXES: usize = 100;

/// Something in a calendar: local times in the zone of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Busy {
    pub(super) start: DateTime,
    pub(super) end: DateTime,
    pub(super) kind: BusyType,
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
    Availability {
        free_busy: Some(request.mailboxes.iter().map(answer).collect()),
        suggestions: request
            .suggestions
            .as_ref()
            .map(|_| Suggestions { message: Some(message(no_suggestions())), days: None }),
    }
}

/// Times for meetings are nothing that a synchroniser asks for.
fn no_suggestions() -> Outcome<()> {
    Err(Problem::invalid_operation("Suggestions are not supported by this server."))
}

/// What is asked for, if it can be.
fn window(request: &GetUserAvailability) -> Outcome<Window> {
    let options = request.free_busy.as_ref().ok_or_else(|| {
        let text = "The free/busy view options are missing.";
        Problem::new(ResponseCode::Other("ErrorInvalidFreeBusyViewType".to_owned()), text)
    })?;
    if request.mailboxes.len() > MOST_MAILBOXES {
        let code = ResponseCode::Other("ErrorFreeBusyDLLimitReached".to_owned());
        return Err(Problem::new(code, "There are too many mailboxes in the request."));
    }
    Window::of(options)
}

/// A stretch of time in equal parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    start: DateTime,
    end: DateTime,
    interval: i64,
}

impl Window {
    fn of(options: &FreeBusyOptions) -> Outcome<Self> {
        let TimeWindow { start, end } = &options.window;
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
        let interval = i64::from(options.interval.unwrap_or(30));
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

const fn weight(busy: BusyType) -> u8 {
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
    let busy = super::busy::times(call, mailbox, window.start, window.end, zone);
    let wanted = request.free_busy.as_ref().and_then(|it| it.view.as_deref());
    let wanted = wanted.unwrap_or("FreeBusyMerged");
    let events = wanted.contains("FreeBusy") || wanted.contains("Detailed");
    Ok(FreeBusyView {
        kind: if events { wanted.replace("Detailed", "FreeBusy") } else { wanted.to_owned() },
        merged: wanted.contains("Merged").then(|| window.merged(&busy)),
        events: (events && !busy.is_empty()).then(|| busy.iter().map(event).collect()),
        working_hours: None,
    })
}

fn event(busy: &Busy) -> BusyEvent {
    let text = |at: DateTime| at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    BusyEvent { start: text(busy.start), end: text(busy.end), busy: busy.kind, details: None }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn options(start: &str, end: &str, interval: i32) -> FreeBusyOptions {
        let window = TimeWindow { start: start.to_owned(), end: end.to_owned() };
        FreeBusyOptions { window, interval: Some(interval), view: None }
    }

    #[test]
    fn what_cannot_be_asked_for() {
        let code = |start, end, interval| {
            Window::of(&options(start, end, interval)).unwrap_err().code.to_string()
        };
        let (day, next) = ("2026-01-05T00:00:00", "2026-01-06T00:00:00");
        assert_eq!(code(next, day, 30), "ErrorInvalidTimeInterval");
        assert_eq!(code("soon", next, 30), "ErrorInvalidTimeInterval");
        assert_eq!(code(day, "2026-03-10T00:00:00", 30), "ErrorTimeIntervalTooBig");
        assert_eq!(code(day, next, 4), "ErrorInvalidMergedFreeBusyInterval");
        assert!(Window::of(&options("2026-01-05T00:00:00Z", next, 5)).is_ok());
    }

    #[test]
    fn the_busiest_counts_and_edges_do_not() {
        let window =
            Window::of(&options("2026-01-05T09:00:00", "2026-01-05T12:00:00", 30)).unwrap();
        let at = |hour, minute| date(2026, 1, 5).at(hour, minute, 0, 0);
        let busy = |start, end, kind| Busy { start, end, kind };
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
