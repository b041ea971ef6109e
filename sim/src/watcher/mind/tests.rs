use proptest::prelude::*;
use wire::ews::{Field, Item, ItemClass, ItemId, ResponseCode, Value};

use super::*;
use crate::log::Hindrance;

fn page(items: &[&str], state: &str, is_last: bool) -> SyncedItems {
    let created = |id: &&str| {
        let id = Value::ItemId(ItemId::new(*id));
        ItemChange::Create(Item::new(ItemClass::Message).with(Field::ItemId, id))
    };
    let changes = Some(items.iter().map(created).collect());
    SyncedItems { state: SyncState::from(state), is_last, changes }
}

fn refused(code: ResponseCode) -> Trouble {
    Trouble::Refused { code, back_off: None }
}

fn id(text: &str) -> SubscriptionId {
    SubscriptionId::from(text)
}

/// One that streams the subscription `s1` and has listed up to `a`.
fn streaming() -> Mind {
    let mut mind = Mind::new();
    assert_eq!(mind.step(), Step::Subscribe);
    mind.subscribed(id("s1"));
    assert_eq!(mind.step(), Step::CatchUp(None), "before a stream, whatever was there");
    assert_eq!(mind.listed(page(&["1"], "a", true)), ["1"]);
    assert_eq!(mind.step(), Step::Stream(id("s1")));
    mind.streaming();
    mind
}

#[test]
fn a_lost_subscription_is_made_anew_and_the_gap_is_listed_from_the_kept_state() {
    for code in [
        ResponseCode::ErrorSubscriptionNotFound,
        ResponseCode::ErrorExpiredSubscription,
        ResponseCode::ErrorInvalidSubscription,
        ResponseCode::ErrorMissedNotificationEvents,
    ] {
        let mut mind = streaming();
        mind.notified("2");
        let lost = mind.failed(&refused(code));
        assert_eq!(lost, WatcherEvent::Lost { what: Loss::Subscription });
        assert_eq!(mind.subscription(), None, "it is never used again");
        assert_eq!(mind.step(), Step::Subscribe, "at once");
        mind.subscribed(id("s2"));
        assert_eq!(mind.step(), Step::CatchUp(Some(SyncState::from("a"))));
        assert_eq!(mind.listed(page(&["2", "3"], "b", false)), ["3"], "2 was told of");
        assert_eq!(mind.step(), Step::CatchUp(Some(SyncState::from("b"))), "the next page");
        assert_eq!(mind.listed(page(&["4"], "c", true)), ["4"]);
        assert_eq!(mind.step(), Step::Stream(id("s2")));
    }
}

#[test]
fn a_server_that_loses_each_subscription_is_not_asked_without_end() {
    let mut mind = streaming();
    let lost = refused(ResponseCode::ErrorSubscriptionNotFound);
    mind.failed(&lost);
    mind.subscribed(id("s2"));
    mind.listed(page(&[], "a", true));
    mind.failed(&lost);
    assert_eq!(mind.step(), Step::Pause(2 * FIRST_PAUSE));
    mind.rested();
    assert_eq!(mind.step(), Step::Subscribe);
}

#[test]
fn a_cut_connection_leaves_the_subscription_but_may_have_lost_what_was_on_it() {
    let mut mind = streaming();
    assert_eq!(mind.failed(&Trouble::Cut), WatcherEvent::Lost { what: Loss::Connection });
    assert_eq!(mind.step(), Step::Pause(FIRST_PAUSE));
    mind.rested();
    assert_eq!(mind.step(), Step::CatchUp(Some(SyncState::from("a"))));
    mind.listed(page(&["2"], "b", true));
    assert_eq!(mind.step(), Step::Stream(id("s1")));
}

#[test]
fn one_without_a_place_lists_what_there_is_and_asks_again() {
    let mut mind = Mind::new();
    let why = Hindrance::TooManySubscriptions;
    let put_off = mind.failed(&refused(ResponseCode::ErrorExceededSubscriptionCount));
    assert_eq!(put_off, WatcherEvent::PutOff { why, pause: FIRST_PAUSE });
    assert_eq!(mind.step(), Step::CatchUp(None));
    mind.listed(page(&[], "a", true));
    assert_eq!(mind.step(), Step::Pause(FIRST_PAUSE));
    mind.rested();
    assert_eq!(mind.step(), Step::Subscribe);
    mind.subscribed(id("s1"));
    mind.listed(page(&[], "b", true));
    let why = Hindrance::TooManyConnections;
    let put_off = mind.failed(&refused(ResponseCode::ErrorExceededConnectionCount));
    assert_eq!(put_off, WatcherEvent::PutOff { why, pause: 2 * FIRST_PAUSE });
    mind.rested();
    assert_eq!(mind.step(), Step::CatchUp(Some(SyncState::from("b"))), "with its subscription");
}

#[test]
fn a_pause_that_was_asked_for_is_kept_to_the_millisecond() {
    for (trouble, pause) in [
        (
            Trouble::Refused {
                code: ResponseCode::ErrorServerBusy,
                back_off: Some(Duration::from_millis(297_749)),
            },
            Duration::from_millis(297_749),
        ),
        (
            Trouble::Status { status: 503, back_off: Some(Duration::from_secs(20)) },
            Duration::from_secs(20),
        ),
        (Trouble::Status { status: 503, back_off: None }, FIRST_PAUSE),
        (Trouble::Status { status: 503, back_off: Some(Duration::ZERO) }, FIRST_PAUSE),
    ] {
        let mut mind = streaming();
        mind.closed();
        let put_off = mind.failed(&trouble);
        assert_eq!(put_off, WatcherEvent::PutOff { why: Hindrance::Busy, pause });
        assert_eq!(mind.step(), Step::Pause(pause));
    }
}

#[test]
fn pauses_grow_up_to_a_limit_until_a_stream_comes_about() {
    let mut mind = streaming();
    let mut pauses = Vec::new();
    for _ in 0..40 {
        mind.failed(&Trouble::Unreachable);
        let Step::Pause(pause) = mind.step() else { panic!("{:?}", mind.step()) };
        pauses.push(pause.as_secs());
        mind.rested();
    }
    assert_eq!(pauses[..8], [5, 10, 20, 40, 80, 160, 300, 300]);
    assert_eq!(pauses[39], 300);
    mind.streaming();
    mind.failed(&Trouble::Unreachable);
    assert_eq!(mind.step(), Step::Pause(FIRST_PAUSE));
}

#[test]
fn an_invalid_state_means_a_list_from_the_beginning_once() {
    let mut mind = streaming();
    mind.closed();
    mind.failed(&refused(ResponseCode::ErrorInvalidSyncStateData));
    assert_eq!(mind.step(), Step::CatchUp(None));
    mind.failed(&refused(ResponseCode::ErrorInvalidSyncStateData));
    assert_eq!(mind.step(), Step::Pause(2 * FIRST_PAUSE), "the server makes no sense");
}

fn troubles() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        Just(Trouble::Cut),
        Just(Trouble::Unreachable),
        Just(Trouble::Status { status: 503, back_off: None }),
        Just(refused(ResponseCode::ErrorSubscriptionNotFound)),
        Just(refused(ResponseCode::ErrorExceededSubscriptionCount)),
        Just(refused(ResponseCode::ErrorExceededConnectionCount)),
        Just(refused(ResponseCode::ErrorInvalidSyncStateData)),
        Just(refused(ResponseCode::ErrorServerBusy)),
    ]
}

proptest! {
    /// Whatever goes wrong, before every stream the list has come to its end, and a subscription
    /// that was lost is never streamed.
    #[test]
    fn nothing_is_streamed_before_the_gap_is_closed(
        outcomes in proptest::collection::vec((proptest::option::of(troubles()), any::<bool>()), 1..80),
    ) {
        let mut mind = Mind::new();
        let (mut made, mut has_listed, mut lost) = (0, false, BTreeSet::new());
        for (trouble, flag) in outcomes {
            let step = mind.step();
            if let Step::Stream(subscription) = &step {
                prop_assert!(std::mem::take(&mut has_listed), "a stream over a gap");
                prop_assert!(!lost.contains(&subscription.0), "a lost subscription");
            }
            if let (Some(trouble), false) = (&trouble, matches!(step, Step::Pause(_))) {
                has_listed = false;
                if let (Step::Stream(id), true) = (&step, trouble.loses_subscription()) {
                    lost.insert(id.0.clone());
                }
                mind.failed(trouble);
                continue;
            }
            match step {
                Step::Subscribe => {
                    made += 1;
                    mind.subscribed(id(&made.to_string()));
                }
                Step::CatchUp(_) => {
                    mind.listed(page(&[], "s", flag));
                    has_listed = flag;
                }
                Step::Stream(_) => {
                    mind.streaming();
                    mind.closed();
                }
                Step::Pause(pause) => {
                    prop_assert!(pause <= LONGEST_PAUSE);
                    mind.rested();
                    has_listed = false;
                }
            }
        }
    }
}
