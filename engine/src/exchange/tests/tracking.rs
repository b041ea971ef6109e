//! Every row of domain.md 1.10, and 1.11.

use super::*;
use crate::{
    EmailTracking, RecipientKind, RuleEnd, RuleId, TrackRequest, TrackedBy, Tracking, TrackingError,
};

const ANN: MailboxId = MailboxId(0);

fn tracking(bench: &Bench) -> Tracking {
    Tracking::new(Arc::clone(&bench.ctx.config), bench.ctx.store.clone())
}

/// A mailbox with two folders under its Inbox.
fn with_folders() -> (Bench, Office) {
    let (bench, office) = Bench::office(|_| {});
    office.folder("Create", "F1", "Customers");
    office.folder("Create", "F2", "Others");
    (bench, office)
}

type Linked = Option<(bool, Option<String>)>;

fn linked(bench: &Bench, email: i64) -> Linked {
    let link = tracking(bench).email(EmailId(email)).unwrap();
    link.map(|EmailTracking { tracked, regarding, .. }| (tracked, regarding))
}

fn to(regarding: &str) -> Linked {
    Some(regarding).map(|regarding| (true, Some(regarding.to_owned())))
}

#[tokio::test(start_paused = true)]
async fn mail_in_a_folder_with_a_rule_is_tracked_and_linked() {
    let (mut bench, office) = with_folders();
    tracking(&bench).add_rule(ANN, "F1", Some("account 1")).unwrap();
    office.deliver("F1", "one");
    office.deliver("inbox", "two");
    assert_eq!(bench.received().await, ["1 stored", "2 stored", "2 tracked by Folder"]);
    assert_eq!((linked(&bench, 1), linked(&bench, 2)), (None, to("account 1")));
    office.asked();
    assert_eq!(bench.received().await, [""; 0]);
    assert_eq!(office.asked(), ["SyncFolderItems", "SyncFolderHierarchy", "SyncFolderItems"]);
}

#[tokio::test(start_paused = true)]
async fn a_manual_link_is_overwritten_by_the_next_cycle() {
    let (mut bench, office) = with_folders();
    tracking(&bench).add_rule(ANN, "F1", Some("account 1")).unwrap();
    office.deliver("F1", "one");
    bench.received().await;
    assert!(tracking(&bench).link(ANN, EmailId(1), Some("account 9")).unwrap());
    assert_eq!(bench.received().await, ["1 tracked by Folder"]);
    assert_eq!(linked(&bench, 1), to("account 1"));
    assert!(!tracking(&bench).link(ANN, EmailId(77), None).unwrap());
}

#[tokio::test(start_paused = true)]
async fn without_its_rule_old_mail_stays_linked_and_new_mail_is_not_tracked() {
    let (mut bench, office) = with_folders();
    let rule = tracking(&bench).add_rule(ANN, "F1", Some("account 1")).unwrap();
    office.deliver("F1", "one");
    bench.received().await;
    tracking(&bench).remove_rule(rule).unwrap();
    office.deliver("F1", "two");
    assert_eq!(bench.received().await, [""; 0]);
    assert_eq!(
        (linked(&bench, 1), tracking(&bench).rules(ANN).unwrap()),
        (to("account 1"), vec![])
    );
    assert!(matches!(
        tracking(&bench).remove_rule(rule),
        Err(TrackingError::UnknownRule(unknown)) if unknown == rule
    ));
}

#[tokio::test(start_paused = true)]
async fn without_a_regarding_old_links_stay_and_new_mail_has_none() {
    let (mut bench, office) = with_folders();
    let rule = tracking(&bench).add_rule(ANN, "F1", Some("account 1")).unwrap();
    office.deliver("F1", "one");
    bench.received().await;
    tracking(&bench).set_regarding(rule, None).unwrap();
    office.deliver("F1", "two");
    assert_eq!(bench.received().await, ["2 stored", "2 tracked by Folder"]);
    assert_eq!((linked(&bench, 1), linked(&bench, 2)), (to("account 1"), Some((true, None))));
}

#[tokio::test(start_paused = true)]
async fn another_regarding_relinks_everything_in_the_folder() {
    let (mut bench, office) = with_folders();
    let rule = tracking(&bench).add_rule(ANN, "F1", Some("account 1")).unwrap();
    office.deliver("F1", "one");
    bench.received().await;
    tracking(&bench).set_regarding(rule, Some("account 2")).unwrap();
    office.deliver("F1", "two");
    let story = bench.received().await;
    assert_eq!(story, ["2 stored", "2 tracked by Folder", "1 tracked by Folder"]);
    assert_eq!((linked(&bench, 1), linked(&bench, 2)), (to("account 2"), to("account 2")));
}

#[tokio::test(start_paused = true)]
async fn mail_that_moves_keeps_its_link_or_gets_the_new_folders() {
    let (mut bench, office) = with_folders();
    tracking(&bench).add_rule(ANN, "F1", Some("account 1")).unwrap();
    let plain = tracking(&bench).add_rule(ANN, "F2", None).unwrap();
    let id = office.deliver("F1", "one");
    bench.received().await;
    let id = office.shift("F1", &id, "F2");
    assert_eq!(bench.received().await, ["1 known"], "a folder without a regarding");
    assert_eq!(linked(&bench, 1), to("account 1"));
    tracking(&bench).set_regarding(plain, Some("account 2")).unwrap();
    assert_eq!(bench.received().await, ["1 tracked by Folder"], "and now it has one");
    office.shift("F2", &id, "F1");
    assert_eq!(bench.received().await, ["1 known", "1 tracked by Folder"]);
    assert_eq!(linked(&bench, 1), to("account 1"));
}

#[tokio::test(start_paused = true)]
async fn mail_moved_out_of_the_inbox_before_the_cycle_is_tracked_by_its_folder_only() {
    let (mut bench, office) = with_folders();
    tracking(&bench).add_rule(ANN, "F1", Some("account 1")).unwrap();
    let tracked = office.deliver("inbox", "tracked");
    office.shift("inbox", &tracked, "F1");
    let reply = office.deliver("inbox", "reply");
    office.shift("inbox", &reply, "F2");
    assert_eq!(bench.received().await, ["1 stored", "1 tracked by Folder"]);
    assert_eq!(linked(&bench, 2), None, "F2 has no rule");
}

#[tokio::test(start_paused = true)]
async fn a_renamed_folder_is_tracked_on_and_a_deleted_or_moved_one_is_not() {
    for (what, why) in [("Delete", RuleEnd::FolderDeleted), ("Moved", RuleEnd::OutsideInbox)] {
        let (mut bench, office) = with_folders();
        let rule = tracking(&bench).add_rule(ANN, "F1", Some("account 1")).unwrap();
        office.deliver("F1", "one");
        bench.received().await;
        office.folder("Update", "F1", "Clients");
        office.deliver("F1", "two");
        assert_eq!(bench.received().await, ["2 stored", "2 tracked by Folder"]);
        assert_eq!(tracking(&bench).folders(ANN).unwrap()[0].name, "Clients");
        office.folder(what, "F1", "Clients");
        assert_eq!(bench.received().await, [format!("rule 1 ended: {why:?}")]);
        assert_eq!(bench.received().await, [""; 0]);
        let rules = tracking(&bench).rules(ANN).unwrap();
        assert_eq!((rules[0].id, rules[0].ended), (rule, Some(why)));
        assert_eq!((linked(&bench, 1), linked(&bench, 2)), (to("account 1"), to("account 1")));
        let again = tracking(&bench).add_rule(ANN, "F1", None).unwrap();
        assert_eq!(tracking(&bench).rules(ANN).unwrap().len(), 1, "it takes the place");
        assert_ne!(again, rule);
    }
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_never_was_under_the_inbox_ends_its_rule() {
    let (mut bench, _office) = with_folders();
    tracking(&bench).add_rule(ANN, "elsewhere", None).unwrap();
    assert_eq!(bench.received().await, ["rule 1 ended: FolderDeleted"]);
}

#[tokio::test(start_paused = true)]
async fn of_two_users_rules_for_one_message_the_first_wins() {
    let (mut bench, office) = Bench::office(|config| {
        let second = Mailbox { incoming: Some(ServerId(0)), ..mailbox("bob") };
        config.mailboxes.push(second);
    });
    office.folder("Create", "F1", "Customers");
    office.deliver("F1", "one");
    tracking(&bench).add_rule(ANN, "F1", Some("account 1")).unwrap();
    tracking(&bench).add_rule(MailboxId(1), "F1", Some("account 2")).unwrap();
    bench.received().await;
    bench.ctx.mailbox = MailboxId(1);
    assert_eq!(bench.received().await, ["2 stored", "2 tracked by Folder"]);
    assert_eq!(bench.received().await, [""; 0], "and it stays so");
    assert_eq!((linked(&bench, 1), linked(&bench, 2)), (to("account 1"), to("account 1")));
}

#[tokio::test(start_paused = true)]
async fn rules_are_refused_where_there_can_be_none() {
    let (bench, _office) = Bench::office(|config| {
        config.servers.push(profile("pop", Protocol::Pop3));
        let incoming = Some(ServerId(0));
        config.mailboxes.extend([
            Mailbox { incoming: Some(ServerId(1)), ..mailbox("pop") },
            Mailbox { incoming, kind: RecipientKind::Queue, ..mailbox("queue") },
        ]);
    });
    let tracking = tracking(&bench);
    let add = |mailbox: u32, folder: &str| tracking.add_rule(MailboxId(mailbox), folder, None);
    assert!(matches!(add(9, "F"), Err(TrackingError::UnknownMailbox(_))));
    assert!(matches!(add(1, "F"), Err(TrackingError::NotExchange(_))));
    assert!(matches!(add(2, "F"), Err(TrackingError::Queue(_))));
    for number in 0..25 {
        add(0, &format!("F{number}")).unwrap();
    }
    assert!(matches!(add(0, "F25"), Err(TrackingError::TooManyRules(_))));
    assert!(matches!(add(0, "F3"), Err(TrackingError::FolderHasRule(_))));
    tracking.remove_rule(RuleId(1)).unwrap();
    add(0, "F25").unwrap();
}

#[tokio::test(start_paused = true)]
async fn folders_are_listed_when_somebody_asks() {
    let (mut bench, office) = with_folders();
    bench.received().await;
    assert_eq!(office.asked(), ["SyncFolderItems"], "nobody has asked");
    assert_eq!(tracking(&bench).folders(ANN).unwrap(), []);
    bench.received().await;
    let folders = tracking(&bench).folders(ANN).unwrap();
    let names: Vec<&str> = folders.iter().map(|folder| folder.name.as_str()).collect();
    assert_eq!(names, ["Customers", "Others"]);
}

#[tokio::test(start_paused = true)]
async fn a_category_tracks_and_taken_off_untracks() {
    let (mut bench, office) = Bench::office(|_| {});
    let id = office.deliver("inbox", "one");
    bench.received().await;
    office.categorise(&id, &["Blue", "Tracked to Dynamics 365"]);
    assert_eq!(bench.received().await, ["1 tracked by Category"]);
    assert_eq!(linked(&bench, 1), Some((true, None)));
    office.categorise(&id, &["Tracked to Dynamics 365"]);
    assert_eq!(bench.received().await, [""; 0]);
    office.categorise(&id, &["Blue"]);
    assert_eq!(bench.received().await, ["1 untracked"]);
    assert_eq!(linked(&bench, 1), Some((false, None)), "the record stays");
}

#[tokio::test(start_paused = true)]
async fn the_category_feature_can_be_off_or_not_there_yet() {
    for change in [false, true] {
        let (mut bench, office) = Bench::office(|config| {
            if change {
                config.settings.application_version = crate::ApplicationVersion(9, 1, 0, 4_038);
            } else {
                config.settings.track_categorized_items = false;
            }
        });
        let categories = vec!["Tracked to Dynamics 365".to_owned()];
        office.put("inbox", office::Entry { categories, ..office::entry("one") });
        assert_eq!(bench.received().await, ["1 stored"]);
        let seen = bench.server.seen();
        assert!(seen.iter().all(|seen| !seen.body.contains("item:Categories")));
    }
}

#[tokio::test(start_paused = true)]
async fn the_app_asks_and_the_next_cycle_answers() {
    let (mut bench, office) = Bench::office(|_| {});
    let inbox = office.deliver("inbox", "one");
    let elsewhere = office.deliver("archive", "two");
    let tracking = tracking(&bench);
    let requests = [
        tracking.track(ANN, &inbox, Some("case 1")).unwrap(),
        tracking.track(ANN, &elsewhere, None).unwrap(),
        tracking.track(ANN, "nothing", None).unwrap(),
    ];
    let states = || requests.map(|request| tracking.request(request).unwrap().unwrap());
    assert_eq!(states(), [TrackRequest::Pending; 3]);
    let story = bench.received().await;
    assert_eq!(
        story,
        ["1 stored", "1 tracked by Application", "2 stored", "2 tracked by Application"]
    );
    let expected = [
        TrackRequest::Tracked(EmailId(1)),
        TrackRequest::Tracked(EmailId(2)),
        TrackRequest::Failed,
    ];
    assert_eq!(states(), expected);
    assert_eq!(linked(&bench, 1), to("case 1"));
    assert_eq!(tracking.email(EmailId(2)).unwrap().unwrap().by, TrackedBy::Application);
    assert_eq!(bench.received().await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_request_survives_a_crash() {
    let (mut bench, office) = Bench::office(|_| {});
    let elsewhere = office.deliver("archive", "two");
    let request = tracking(&bench).track(ANN, &elsewhere, Some("case 1")).unwrap();
    let before = bench.world.events().len();
    // The process dies as it tells that the email is stored, before the request is settled.
    bench.world.recorder.kill_after(before + 2, bench.ctx.store.clone());
    let (_, story) = bench.receive().await;
    assert_eq!(story, ["1 stored"]);
    bench.world.recorder.restart();
    bench.crash();
    assert_eq!(tracking(&bench).request(request).unwrap(), Some(TrackRequest::Pending));
    assert_eq!(bench.received().await, ["1 known", "1 tracked by Application"]);
    assert_eq!(linked(&bench, 1), to("case 1"));
}
