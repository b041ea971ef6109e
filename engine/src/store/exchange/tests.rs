use super::*;
use crate::Store;

const ANN: MailboxId = MailboxId(0);
const INBOX: FolderKey = FolderKey::INBOX;

fn seen(item: &str, second: i64, seen: i64) -> SeenItem<'_> {
    let received = Some(Timestamp::from_second(second).unwrap());
    SeenItem { item, received, seen, bytes: Some(7) }
}

fn open(store: &Store) -> Vec<(String, ItemState)> {
    let open = store.read(|reader| open_items(reader, ANN, INBOX, 9)).unwrap();
    open.into_iter().map(|open| (open.item, open.state)).collect()
}

#[test]
fn the_oldest_first_and_failures_last() {
    let store = Store::in_memory().unwrap();
    store
        .transaction(|tx| {
            for item in [seen("c", 3, 1), seen("b", 2, 3), seen("a", 2, 2), seen("f", 1, 4)] {
                assert!(note(tx, ANN, INBOX, &item)?);
            }
            assert!(!note(tx, ANN, INBOX, &seen("a", 9, 9))?, "it is known");
            assert!(note(tx, MailboxId(1), INBOX, &seen("a", 1, 1))?);
            set(tx, ANN, "f", ItemState::Failing(2))?;
            set(tx, ANN, "c", ItemState::Interrupted)
        })
        .unwrap();
    let expected = [
        ("a".into(), ItemState::Seen),
        ("b".into(), ItemState::Seen),
        ("c".into(), ItemState::Interrupted),
        ("f".into(), ItemState::Failing(2)),
    ];
    assert_eq!(open(&store), expected);
}

#[test]
fn what_is_stored_set_aside_or_gone_is_not_fetched() {
    let store = Store::in_memory().unwrap();
    store
        .transaction(|tx| {
            for item in ["a", "b", "c", "d"] {
                note(tx, ANN, INBOX, &seen(item, 1, 1))?;
            }
            set(tx, ANN, "a", ItemState::Stored(EmailId(5)))?;
            set(tx, ANN, "b", ItemState::SetAside(5))?;
            forget(tx, ANN, "c")
        })
        .unwrap();
    assert_eq!(open(&store), [("d".into(), ItemState::Seen)]);
    store
        .read(|reader| {
            let stored = Some((INBOX, ItemState::Stored(EmailId(5))));
            assert_eq!(state(reader, ANN, "a")?, stored);
            assert_eq!(state(reader, ANN, "b")?, Some((INBOX, ItemState::SetAside(5))));
            assert_eq!(state(reader, ANN, "c")?, None);
            assert_eq!(stored_items(reader, ANN, INBOX)?, ["a"]);
            assert_eq!(items(reader, ANN, INBOX)?, ["a", "b", "d"]);
            Ok(())
        })
        .unwrap();
    store.transaction(|tx| forget_folder(tx, ANN, INBOX)).unwrap();
    assert_eq!(open(&store), []);
}

#[test]
fn drafts_states_and_places_come_back() {
    let store = Store::in_memory().unwrap();
    let made = Draft::Made { item: "id".into(), change_key: Some("ck".into()) };
    store
        .transaction(|tx| {
            set_draft(tx, ANN, EmailId(1), &Draft::Asked)?;
            set_draft(tx, ANN, EmailId(2), &made)?;
            set_sync_state(tx, ANN, INBOX, "one")?;
            set_sync_state(tx, ANN, INBOX, "two")?;
            set_place(tx, ANN, "Undeliverable", Some("folder"))
        })
        .unwrap();
    store
        .read(|reader| {
            assert_eq!(draft(reader, EmailId(1))?, Some(Draft::Asked));
            assert_eq!(draft(reader, EmailId(2))?, Some(made.clone()));
            assert_eq!(draft(reader, EmailId(3))?, None);
            assert_eq!(sync_state(reader, ANN, INBOX)?.as_deref(), Some("two"));
            assert_eq!(place(reader, ANN, "Undeliverable")?.as_deref(), Some("folder"));
            Ok(())
        })
        .unwrap();
    store
        .transaction(|tx| {
            drop_draft(tx, EmailId(2))?;
            drop_sync_state(tx, ANN, INBOX)?;
            set_place(tx, ANN, "Undeliverable", None)
        })
        .unwrap();
    store
        .read(|reader| {
            assert_eq!(draft(reader, EmailId(2))?, None);
            assert_eq!(sync_state(reader, ANN, INBOX)?, None);
            assert_eq!(place(reader, ANN, "Undeliverable")?, None);
            Ok(())
        })
        .unwrap();
}
