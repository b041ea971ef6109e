//! Times at which people might meet: the other half of `GetUserAvailability`, from the same
//! calendars.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Time, Weekday};
use wire::ews::services::{
    AttendeeConflict, BusyType, Empty, IndividualConflict, MailboxData, Suggestion, SuggestionDay,
    SuggestionOptions, SuggestionQuality,
};

use super::availability::{Busy, Window, weight};

/// Minutes between two times that are looked at, `SuggestionIntervalInMinutes` where it is not
/// given.
const STEP: i64 = 30;
/// Working hours: minutes since midnight, on the days from Monday to Friday.
pub(super) const WORK: (i32, i32) = (8 * 60, 17 * 60);

/// Somebody who would come, and when he is busy; nothing if that is not known.
pub(super) struct Guest<'a> {
    pub(super) asked: &'a MailboxData,
    pub(super) busy: Option<Vec<Busy>>,
}

/// What is wanted of a time ("`SuggestionsViewOptions`").
#[derive(Debug, Clone, Copy)]
struct Wish {
    minutes: i64,
    /// Percent of people, beyond half of them, who have to be free at a good time.
    threshold: usize,
    least: SuggestionQuality,
    most: usize,
    most_outside_work: usize,
}

impl Wish {
    fn of(options: &SuggestionOptions) -> Self {
        let number =
            |given: Option<i32>, usual: i32| usize::try_from(given.unwrap_or(usual)).unwrap_or(0);
        Self {
            minutes: i64::from(options.duration.unwrap_or(60).clamp(1, 24 * 60)),
            threshold: number(options.good_threshold, 25),
            least: options.minimum_quality.unwrap_or(SuggestionQuality::Fair),
            most: number(options.results_by_day, 10),
            most_outside_work: number(options.non_work_results_by_day, 0),
        }
    }
}

/// Day by day, the best times first.
pub(super) fn days(
    guests: &[Guest<'_>],
    window: &Window,
    options: &SuggestionOptions,
) -> Vec<SuggestionDay> {
    let wish = Wish::of(options);
    let mut days = Vec::new();
    let mut date = window.start.date();
    while date.at(0, 0, 0, 0) < window.end {
        days.push(day(guests, window, wish, date));
        date = date.saturating_add(1.day());
    }
    days
}

fn day(guests: &[Guest<'_>], window: &Window, wish: Wish, date: Date) -> SuggestionDay {
    let steps = (0..24 * 60 / STEP).map(|step| date.at(0, 0, 0, 0) + (step * STEP).minutes());
    let ends = |start: DateTime| start.saturating_add(wish.minutes.minutes());
    let within = steps.filter(|start| *start >= window.start && ends(*start) <= window.end);
    let mut found: Vec<Suggestion> = within
        .filter_map(|start| at(guests, wish, start, ends(start)))
        .filter(|it| rank(it.quality) <= rank(wish.least))
        .collect();
    // Times stay in their order among those that are as good.
    found.sort_by_key(|it| rank(it.quality));
    let mut outside = 0;
    found.retain(|it| {
        outside += usize::from(!it.is_work_time);
        it.is_work_time || outside <= wish.most_outside_work
    });
    found.truncate(wish.most);
    SuggestionDay {
        date: text(date.at(0, 0, 0, 0)),
        quality: found.first().map_or(SuggestionQuality::Poor, |it| it.quality),
        suggestions: Some(found),
    }
}

/// How good a time is; nothing where somebody is busy at whose cost there is to be no meeting.
fn at(guests: &[Guest<'_>], wish: Wish, start: DateTime, end: DateTime) -> Option<Suggestion> {
    let mut free = 0;
    let mut conflicts = Vec::with_capacity(guests.len());
    for guest in guests {
        let Some(busy) = &guest.busy else {
            conflicts.push(AttendeeConflict::Unknown(Empty {}));
            continue;
        };
        let then = busy.iter().filter(|it| it.start < end && start < it.end).map(|it| it.kind);
        let busy = then.max_by_key(|kind| weight(*kind)).unwrap_or(BusyType::Free);
        let is_free = weight(busy) == 0;
        if !is_free && guest.asked.exclude_conflicts == Some(true) {
            return None;
        }
        free += usize::from(is_free);
        conflicts.push(AttendeeConflict::Individual(IndividualConflict { busy }));
    }
    Some(Suggestion {
        time: text(start),
        is_work_time: is_work(start, end),
        quality: quality(free, guests.len(), wish.threshold),
        conflicts: Some(conflicts),
    })
}

/// By how many are free ("`SuggestionQuality`").
fn quality(free: usize, all: usize, threshold: usize) -> SuggestionQuality {
    let percent = (100 * free).checked_div(all).unwrap_or(100);
    match percent {
        100.. => SuggestionQuality::Excellent,
        percent if percent >= threshold + 50 => SuggestionQuality::Good,
        50.. => SuggestionQuality::Fair,
        _ => SuggestionQuality::Poor,
    }
}

const fn rank(quality: SuggestionQuality) -> u8 {
    match quality {
        SuggestionQuality::Excellent => 0,
        SuggestionQuality::Good => 1,
        SuggestionQuality::Fair => 2,
        SuggestionQuality::Poor => 3,
    }
}

fn is_work(start: DateTime, end: DateTime) -> bool {
    let minutes = |time: Time| 60 * i32::from(time.hour()) + i32::from(time.minute());
    let free = matches!(start.weekday(), Weekday::Saturday | Weekday::Sunday);
    !free
        && start.date() == end.date()
        && minutes(start.time()) >= WORK.0
        && minutes(end.time()) <= WORK.1
}

fn text(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use wire::ews::services::{AttendeeKind, AvailabilityMailbox, TimeWindow};

    use super::*;

    fn data(exclude: bool) -> MailboxData {
        MailboxData {
            email: AvailabilityMailbox::new("a@x"),
            kind: AttendeeKind::Required,
            exclude_conflicts: Some(exclude),
        }
    }

    fn options() -> SuggestionOptions {
        SuggestionOptions {
            good_threshold: None,
            results_by_day: Some(3),
            non_work_results_by_day: None,
            duration: Some(60),
            minimum_quality: Some(SuggestionQuality::Fair),
            window: TimeWindow { start: String::new(), end: String::new() },
            current_time: None,
            global_object_id: None,
        }
    }

    fn busy(start: i8, end: i8) -> Vec<Busy> {
        let at = |hour| date(2026, 1, 5).at(hour, 0, 0, 0);
        let (start, end, kind) = (at(start), at(end), BusyType::Busy);
        vec![Busy { start, end, kind, details: None }]
    }

    fn times(days: &[SuggestionDay]) -> Vec<(&str, SuggestionQuality)> {
        let all = days.iter().flat_map(|day| day.suggestions.as_deref().unwrap_or_default());
        all.map(|it| (&it.time[11..16], it.quality)).collect()
    }

    #[test]
    fn the_best_times_come_first_and_within_working_hours() {
        use SuggestionQuality::{Excellent, Fair, Poor};
        let (open, closed) = (data(false), data(true));
        // Monday and Tuesday; one is busy till ten on Monday, the other after eleven.
        let window = Window {
            start: date(2026, 1, 5).at(0, 0, 0, 0),
            end: date(2026, 1, 6).at(0, 0, 0, 0),
            interval: 30,
        };
        let guests = |asked| {
            [
                Guest { asked: &open, busy: Some(busy(0, 10)) },
                Guest { asked, busy: Some(busy(11, 23)) },
            ]
        };
        let found = days(&guests(&open), &window, &options());
        assert_eq!(times(&found), [("10:00", Excellent), ("08:00", Fair), ("08:30", Fair)]);
        let found = days(&guests(&closed), &window, &options());
        assert_eq!(times(&found), [("10:00", Excellent), ("08:00", Fair), ("08:30", Fair)]);
        let few = SuggestionOptions { results_by_day: Some(100), ..options() };
        let found = days(&guests(&closed), &window, &few);
        assert!(times(&found).iter().all(|(time, _)| *time <= "10:00"), "{found:?}");
        let excellent = SuggestionOptions { minimum_quality: Some(Excellent), ..options() };
        let late = SuggestionOptions { non_work_results_by_day: Some(1), ..excellent.clone() };
        let nobody = [Guest { asked: &open, busy: Some(busy(0, 23)) }];
        let found = days(&nobody, &window, &excellent);
        assert_eq!((found[0].quality, times(&found).len()), (Poor, 0));
        let found = days(&nobody, &window, &late);
        assert_eq!(times(&found), [("23:00", Excellent)]);
    }

    #[test]
    fn how_good_a_time_is_depends_on_how_many_are_free() {
        use SuggestionQuality::{Excellent, Fair, Good, Poor};
        for (free, all, quality) in
            [(0, 0, Excellent), (4, 4, Excellent), (3, 4, Good), (2, 4, Fair), (1, 4, Poor)]
        {
            assert_eq!(super::quality(free, all, 25), quality, "{free} of {all}");
        }
    }
}
