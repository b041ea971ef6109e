use super::{at, ms};
use crate::MailboxIx;
use crate::limits::exchange::*;

fn other(costs: &[std::time::Duration]) -> Request<'_> {
    Request { kind: Kind::Other, costs }
}

fn admitted(held: u64) -> Admission {
    Admission::Admit { held: ms(held), answered: 1, rest: None }
}

#[test]
fn the_excess_request_fails_and_those_under_way_live() {
    let policy = ExchangePolicy { max_concurrency: Some(2), ..ExchangePolicy::unlimited() };
    let mut user = Account::new(&policy, at(0));
    assert_eq!(user.admit(at(0), other(&[ms(100)])), admitted(100));
    assert_eq!(user.admit(at(10), other(&[ms(100)])), admitted(100));
    let refused = Admission::Refuse(LimitRefusal::Concurrency { limit: 2 });
    assert_eq!(user.admit(at(99), other(&[ms(1)])), refused);
    assert_eq!(user.left(at(99)).concurrency, Some(0));
    assert_eq!(user.admit(at(100), other(&[ms(1)])), admitted(1), "its end is outside");
    assert_eq!(user.left(at(110)).concurrency, Some(2));
}

#[test]
fn synchronisation_calls_have_a_limit_of_their_own() {
    let policy = ExchangePolicy { concurrent_sync_calls: Some(1), ..ExchangePolicy::unlimited() };
    let mut user = Account::new(&policy, at(0));
    let sync = Request { kind: Kind::Sync, costs: &[ms(50)] };
    assert_eq!(user.admit(at(0), sync), admitted(50));
    assert_eq!(user.admit(at(1), other(&[ms(50)])), admitted(50), "others are not counted");
    let refusal = LimitRefusal::SyncCalls { limit: 1 };
    assert_eq!(user.admit(at(2), sync), Admission::Refuse(refusal));
    assert_eq!(refusal.back_off(), Some(ms(5_000)));
    assert_eq!(user.admit(at(50), sync), admitted(50));
}

/// 1 s of burst, a quarter second a second, blocked at 2 s overdrawn.
fn small() -> ServerTimePolicy {
    ServerTimePolicy {
        max_burst: Some(ms(1_000)),
        recharge_per_hour: Some(ms(900_000)),
        cutoff: Some(ms(2_000)),
    }
}

#[test]
fn exhausted_budgets_delay_first_and_refuse_later() {
    let mut budget = ServerTime::new(small(), at(0));
    assert_eq!(budget.spend(at(0), ms(1_500)), Verdict::After(ms(0)));
    assert_eq!(budget.left_ms(at(0)), Some(-500));
    assert_eq!(budget.spend(at(0), ms(1_500)), Verdict::After(ms(2_001)), "until it is positive");
    let blocked = Verdict::Blocked(Some(ms(8_001)));
    assert_eq!(budget.spend(at(0), ms(1)), blocked, "2,000 ms overdrawn");
    assert_eq!(budget.spend(at(8_000), ms(1)), Verdict::Blocked(Some(ms(1))), "not yet positive");
    assert_eq!(budget.spend(at(8_001), ms(1)), Verdict::After(ms(0)), "a refusal costs nothing");
    assert_eq!(budget.left_ms(at(3_600_000)), Some(1_000), "never more than the burst");
}

#[test]
fn no_single_delay_is_longer_than_a_minute() {
    let policy = ServerTimePolicy { cutoff: None, ..small() };
    let mut budget = ServerTime::new(policy, at(0));
    assert_eq!(budget.spend(at(0), ms(100_000)), Verdict::After(ms(0)));
    assert_eq!(budget.spend(at(0), ms(1)), Verdict::After(ms(60_000)));
}

#[test]
fn null_is_unlimited() {
    let mut user = Account::new(&ExchangePolicy::unlimited(), at(0));
    for _ in 0..100 {
        let sync = Request { kind: Kind::Sync, costs: &[ms(3_600_000); 2] };
        let all = Admission::Admit { held: ms(7_200_000), answered: 2, rest: None };
        assert_eq!(user.admit(at(0), sync), all);
        assert_eq!(user.submit(at(0), 100_000), Ok(at(0)));
        assert_eq!((user.hang(), user.subscribe()), (Ok(()), Ok(())));
    }
    let left = user.left(at(0));
    assert_eq!((left.concurrency, left.server_time_ms, left.recipients), (None, None, None));
    let never = ServerTimePolicy { recharge_per_hour: Some(ms(0)), ..small() };
    let mut budget = ServerTime::new(never, at(0));
    assert_eq!(budget.spend(at(0), ms(9_000)), Verdict::After(ms(0)));
    assert_eq!(budget.spend(at(9_000_000), ms(1)), Verdict::Blocked(None), "nothing comes back");
}

#[test]
fn a_batch_is_charged_item_by_item_and_capped_at_a_minute() {
    let mut policy = ExchangePolicy::exchange_2013();
    policy.server_time = ServerTimePolicy::default();
    let mut user = Account::new(&policy, at(0));
    let cut =
        Admission::Admit { held: ms(60_000), answered: 3, rest: Some(LimitRefusal::BatchTime) };
    assert_eq!(user.admit(at(0), other(&[ms(20_000); 10])), cut);
    let one = Admission::Admit { held: ms(90_000), answered: 1, rest: None };
    assert_eq!(user.admit(at(0), other(&[ms(90_000)])), one, "a single item is no batch");

    let policy = ExchangePolicy { server_time: small(), ..ExchangePolicy::unlimited() };
    let mut user = Account::new(&policy, at(0));
    let Admission::Admit { held, answered: 2, rest: Some(LimitRefusal::ServerTime { back_off }) } =
        user.admit(at(0), other(&[ms(600), ms(4_000), ms(1)]))
    else {
        panic!("the third item meets the cut-off")
    };
    assert_eq!(held, ms(4_600));
    assert!(back_off.is_some_and(|wait| wait > ms(0)));
}

#[test]
fn places_are_given_back() {
    let policy = ExchangePolicy {
        hanging_connections: Some(1),
        max_subscriptions: Some(1),
        ..ExchangePolicy::unlimited()
    };
    let mut user = Account::new(&policy, at(0));
    assert_eq!(user.hang(), Ok(()));
    assert_eq!(user.hang(), Err(LimitRefusal::HangingConnections { limit: 1 }));
    assert_eq!(user.subscribe(), Ok(()));
    assert_eq!(user.subscribe(), Err(LimitRefusal::Subscriptions { limit: 1 }));
    user.unhang();
    user.unsubscribe();
    assert_eq!((user.hang(), user.subscribe()), (Ok(()), Ok(())));
}

#[test]
fn a_search_is_cut_where_the_client_can_see_it() {
    let policy = ExchangePolicy::exchange_online();
    let page = |items, paged, restricted, has_code| {
        find_page(&policy, FindRequest { items, paged, restricted, has_code })
    };
    assert_eq!(page(1_000, true, false, true), FindPage::Whole);
    assert_eq!(page(1_001, true, false, true), FindPage::Cut(1_000));
    assert_eq!(page(251, true, true, true), FindPage::Cut(250));
    let refused = |limit, has_code| FindPage::Refused(LimitRefusal::FindCount { limit, has_code });
    assert_eq!(page(1_001, false, false, true), refused(1_000, true));
    assert_eq!(page(1_001, true, false, false), refused(1_000, false));
}

#[test]
fn eighty_messages_leave_thirty_a_minute() {
    let mut user = Account::new(&ExchangePolicy::exchange_online(), at(0));
    let leave: Vec<_> = (0..80).map(|_| user.submit(at(0), 1).unwrap()).collect();
    let count = |ms| leave.iter().filter(|t| **t == at(ms)).count();
    assert_eq!((count(0), count(60_000), count(120_000)), (30, 30, 20), "domain.md 6, incident 2");
    let left = user.left(at(0));
    assert_eq!((left.messages, left.messages_waiting), (Some(0), 30));
}

#[test]
fn the_days_recipients_come_back_as_the_window_rolls() {
    let policy = ExchangePolicy { recipients_per_day: Some(10), ..ExchangePolicy::unlimited() };
    let mut user = Account::new(&policy, at(0));
    assert!(user.submit(at(0), 6).is_ok());
    assert!(user.submit(at(1_000), 4).is_ok());
    let refused = Err(LimitRefusal::Recipients { free_in: Some(ms(86_400_000 - 2_000)) });
    assert_eq!(user.submit(at(2_000), 1), refused);
    assert!(user.submit(at(86_400_000), 6).is_ok());
    assert_eq!(user.submit(at(86_400_000), 11), Err(LimitRefusal::Recipients { free_in: None }));
}

#[test]
fn impersonation_is_charged_to_the_target() {
    let (service, a, b) = (MailboxIx(0), MailboxIx(1), MailboxIx(2));
    let policy = ExchangePolicy { max_concurrency: Some(1), ..ExchangePolicy::unlimited() };
    let mut limits = ExchangeLimits::new(policy);
    let mut free = |charged| {
        let admission = limits.account(charged, at(0)).admit(at(0), other(&[ms(10)]));
        matches!(admission, Admission::Admit { .. })
    };
    assert!(free(Charged::of(service, Some(a))));
    assert!(free(Charged::of(service, Some(b))), "another target, another budget");
    assert!(free(Charged::of(a, None)), "the target's own budget is not the service account's");
    assert!(!free(Charged::of(service, Some(a))));
    assert!(free(Charged::of(service, Some(service))), "nobody impersonates himself");
    assert!(!free(Charged::of(service, None)));
    assert_eq!(Charged::subscription(a), Charged::of(a, None));
}
