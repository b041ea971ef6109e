use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::check::expectation::{Period, Statistic, Unit};
use crate::check::filter::Filter;
use crate::check::metric::Metric;
use crate::check::testing::{expect, roster};

const HOUR: Period = Period { from: SimTime(3_600_000), until: Some(SimTime(7_200_000)) };

type Limits = (Statistic, Option<u64>, Option<u64>);

/// Judges one bound on occurrences at these times.
fn judged(
    metric: Metric,
    period: Period,
    limits: Limits,
    occurrences: &[(u64, Occurrence)],
    end: u64,
) -> (String, Verdict) {
    let mut expecting = Expecting::new(expect(metric, Filter::default(), period, limits));
    for (at, occurrence) in occurrences {
        expecting.see(SimTime(*at), &Labels::default(), *occurrence, &roster());
    }
    let judgement = expecting.judge(SimTime(end));
    assert_eq!(judgement, expecting.judge(SimTime(end)), "judging changes nothing");
    (judgement.observed(), judgement.verdict)
}

fn delays(limits: Limits, samples: &[u64]) -> (String, Verdict) {
    let samples: Vec<_> = samples.iter().map(|ms| (1, Occurrence::Lasted(*ms))).collect();
    judged(Metric::DelayIncoming, Period::WHOLE_RUN, limits, &samples, 10_000)
}

fn says(text: &str, verdict: Verdict) -> (String, Verdict) {
    (text.into(), verdict)
}

use Occurrence::{Down, Happened, Lasted, Up};
use Statistic::{At, Count, Drained, Last, Max, Mean, Min, P50, P95, Peak, Rate, Sum};
use Verdict::{Fail, Pass, Vacuous};

#[test]
fn each_statistic_of_durations_has_its_bounds() {
    let samples = [100, 200, 300, 401];
    let cases = [
        (Count, "count 4", 4, 4),
        (Min, "min 100ms", 100, 100),
        (Max, "max 401ms", 401, 401),
        (Sum, "sum 1.001s", 1_001, 1_001),
        (P50, "p50 200ms", 200, 200),
        (P95, "p95 401ms", 401, 401),
        // 250.25, so at least 250 and at most 251.
        (Mean, "mean 250ms", 250, 251),
    ];
    for (statistic, text, at_least, at_most) in cases {
        let of = |min, max| delays((statistic, min, max), &samples);
        assert_eq!(of(Some(at_least), Some(at_most)), says(text, Pass));
        assert_eq!(of(Some(at_least + 1), None).1, Fail, "{text}");
        assert_eq!(of(None, Some(at_most - 1)).1, Fail, "{text}");
    }
}

#[test]
fn a_statistic_of_nothing_is_vacuous_and_a_count_of_nothing_is_none() {
    for statistic in [Min, Max, Mean, P50, P95, Sum] {
        assert_eq!(delays((statistic, None, Some(9)), &[]).1, Vacuous, "{statistic}");
    }
    assert_eq!(delays((Count, None, Some(0)), &[]), says("count 0", Pass));
    assert_eq!(delays((Count, Some(1), None), &[]), says("count 0", Fail));
}

#[test]
fn a_quantile_exactly_at_its_bound_is_within_it() {
    // The histogram holds 300,000 and 300,031 for the same number.
    assert_eq!(delays((P95, None, Some(300_000)), &[300_000; 20]), says("p95 5m", Pass));
    assert_eq!(delays((P95, None, Some(299_999)), &[300_000; 20]), says("p95 5m", Fail));
    let mut one_late = [300_000; 20];
    one_late[3] = 300_001;
    assert_eq!(delays((P95, None, Some(300_000)), &one_late), says("p95 5m", Pass));
    one_late[4] = 300_001;
    let (text, verdict) = delays((P95, None, Some(300_000)), &one_late);
    assert_eq!((text.as_str(), verdict), ("p95 5m0.001s", Fail));
}

#[test]
fn only_occurrences_in_the_period_count() {
    let seen = [(3_599_999, 1), (3_600_000, 2), (7_199_999, 4), (7_200_000, 8)];
    let seen = seen.map(|(at, times)| (at, Happened(times)));
    let count = |end| judged(Metric::MailSent, HOUR, (Count, None, Some(9)), &seen, end);
    assert_eq!(count(9_000_000), says("count 6", Pass));
    // A period that never came proves nothing.
    assert_eq!(judged(Metric::MailSent, HOUR, (Count, None, Some(9)), &[], 3_000_000).1, Vacuous);
}

#[test]
fn only_occurrences_that_match_count() {
    let filter = Filter { workload: Some(sync_engine::Workload::Incoming), ..Filter::default() };
    let mut expecting = Expecting::new(expect(
        Metric::ScheduleGap,
        filter,
        Period::WHOLE_RUN,
        (Count, None, Some(1)),
    ));
    for workload in sync_engine::Workload::ALL {
        let labels = Labels { workload: Some(workload), ..Labels::default() };
        expecting.see(SimTime(1), &labels, Lasted(1), &roster());
    }
    assert_eq!(expecting.judge(SimTime(9)).samples, 1);
}

#[test]
fn rates_look_at_the_busiest_and_the_quietest_stretch() {
    let rate = |min, max, seen: &[u64], end| {
        let seen: Vec<_> = seen.iter().map(|at| (*at, Happened(1))).collect();
        let per = Duration::from_secs(1);
        judged(Metric::MailSent, Period::WHOLE_RUN, (Rate { per }, min, max), &seen, end)
    };
    // Three, one and two in whole seconds, then four in a broken one.
    let seen = [0, 1, 999, 1_500, 2_000, 2_999, 3_000, 3_001, 3_002, 3_003];
    assert_eq!(rate(None, Some(4), &seen, 3_500), says("rate per 1s 4", Pass));
    assert_eq!(rate(None, Some(3), &seen, 3_500).1, Fail);
    assert_eq!(rate(Some(1), None, &seen, 3_500), says("rate per 1s 1", Pass));
    assert_eq!(rate(Some(2), None, &seen, 3_500).1, Fail);
    assert_eq!(rate(Some(1), Some(4), &seen, 3_500), says("rate per 1s 1..4", Pass));
    // Silence afterwards is quiet too.
    assert_eq!(rate(Some(1), None, &seen, 6_000), says("rate per 1s 0", Fail));
    // Nothing at all is too little, but never put an upper bound to the test.
    assert_eq!(rate(Some(1), None, &[], 3_500).1, Fail);
    assert_eq!(rate(None, Some(1), &[], 3_500).1, Vacuous);
    // Not one whole stretch.
    assert_eq!(rate(Some(1), None, &[1], 900), says("rate per 1s no samples", Vacuous));
}

fn level(period: Period, limits: Limits, changes: &[(u64, Occurrence)]) -> (String, Verdict) {
    judged(Metric::BacklogOnServer, period, limits, changes, 10_000)
}

const PART: Period = Period { from: SimTime(1_000), until: Some(SimTime(3_000)) };

#[test]
fn levels_are_known_between_their_changes() {
    // 1 from 500, 2 from 1,500, 1 from 2,000, 0 from 3,500.
    let changes = [(500, Up), (1_500, Up), (2_000, Down), (3_500, Down)];
    let cases = [
        (PART, Peak, "peak 2"),
        (PART, Min, "min 1"),
        (PART, Last, "last 1"),
        (PART, Mean, "mean 1.250"),
        (Period::WHOLE_RUN, Last, "last 0"),
        (Period::WHOLE_RUN, Min, "min 0"),
        (PART, At(SimTime(1_499)), "at 00:00:01.499 1"),
        (PART, At(SimTime(1_500)), "at 00:00:01.500 2"),
        (PART, At(SimTime(9_000)), "at 00:00:09.000 0"),
    ];
    for (period, statistic, text) in cases {
        let (observed, verdict) = level(period, (statistic, None, Some(2_000)), &changes);
        assert_eq!((observed.as_str(), verdict), (text, Pass));
    }
    assert_eq!(level(PART, (Peak, None, Some(1)), &changes).1, Fail);
    assert_eq!(level(PART, (Mean, None, Some(1_249)), &changes).1, Fail);
    assert_eq!(level(PART, (At(SimTime(11_000)), None, Some(1)), &changes).1, Vacuous);
}

#[test]
fn a_level_that_never_moves_is_still_a_level() {
    assert_eq!(level(Period::WHOLE_RUN, (Last, None, Some(0)), &[]), says("last 0", Pass));
    assert_eq!(level(Period::WHOLE_RUN, (Peak, Some(1), None), &[]), says("peak 0", Fail));
}

#[test]
fn drained_is_back_at_zero_for_good() {
    let drained = |period, changes: &[_]| level(period, (Drained, None, Some(2_000)), changes);
    let whole = Period::WHOLE_RUN;
    assert_eq!(drained(whole, &[(500, Up), (1_500, Down)]), says("drained 1.500s", Pass));
    assert_eq!(drained(whole, &[(500, Up), (2_001, Down)]), says("drained 2.001s", Fail));
    // Up again before the end of the period: not for good.
    let again = [(500, Up), (1_500, Down), (1_600, Up), (1_900, Down)];
    assert_eq!(drained(whole, &again), says("drained 1.900s", Pass));
    // After the end of the period the first time counts, whatever comes later.
    let later = [(1_500, Up), (2_900, Down), (4_000, Up), (5_000, Down)];
    assert_eq!(drained(PART, &later), says("drained 1.900s", Pass));
    let after = [(1_500, Up), (3_200, Down), (4_000, Up), (5_000, Down)];
    assert_eq!(drained(PART, &after), says("drained 2.200s", Fail));
    // High from before the period.
    assert_eq!(drained(PART, &[(500, Up), (2_000, Down)]), says("drained 1s", Pass));
}

#[test]
fn what_never_rose_never_drained_and_what_is_not_back_has_failed_when_it_is_late() {
    let whole = Period::WHOLE_RUN;
    let not_back = "drained not yet after 10s";
    assert_eq!(level(whole, (Drained, None, Some(1)), &[]), says("drained no samples", Vacuous));
    let high = [(500, Up)];
    assert_eq!(level(whole, (Drained, None, Some(9_999)), &high), says(not_back, Fail));
    assert_eq!(level(whole, (Drained, None, Some(20_000)), &high), says(not_back, Vacuous));
}

#[test]
fn the_worst_bound_decides_and_all_are_shown() {
    let time = |ms| Some(Quantity::of(Unit::Time, ms));
    let bounds = vec![
        Bound { statistic: Min, min: time(1), max: None },
        Bound { statistic: Max, min: None, max: time(3) },
        Bound { statistic: Sum, min: time(2), max: time(9) },
        Bound { statistic: Count, min: Some(Quantity::Count(2)), max: Some(Quantity::Count(2)) },
    ];
    let (metric, filter) = (Metric::DelayIncoming, Filter::default());
    let expectation =
        crate::check::Expectation::new("it", metric, filter, Period::WHOLE_RUN, bounds).unwrap();
    let mut expecting = Expecting::new(expectation);
    for ms in [1, 4] {
        expecting.see(SimTime(1), &Labels::default(), Lasted(ms), &roster());
    }
    let judgement = expecting.judge(SimTime(9));
    assert_eq!(judgement.verdict, Fail);
    insta::assert_snapshot!(judgement.observed(), @"min 1ms, max 4ms, sum 5ms, count 2");
    insta::assert_snapshot!(
        judgement.bound(),
        @"min >= 1ms, max <= 3ms, 2ms <= sum <= 9ms, count = 2"
    );
}

proptest! {
    /// Quantiles are judged as if all samples had been kept and sorted.
    #[test]
    fn quantiles_are_judged_exactly(
        samples in prop::collection::vec(0u64..1_000_000, 1..100),
        bound in 0u64..1_000_000,
    ) {
        let mut sorted = samples.clone();
        sorted.sort_unstable();
        let exact = sorted[(sorted.len() * 95).div_ceil(100) - 1];
        let expected = |held: bool| if held { Pass } else { Fail };
        prop_assert_eq!(delays((P95, None, Some(bound)), &samples).1, expected(exact <= bound));
        prop_assert_eq!(delays((P95, Some(bound), None), &samples).1, expected(exact >= bound));
    }
}
