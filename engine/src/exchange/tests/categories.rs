//! The category in the mailbox's own list (domain.md 1.11): made, followed by its id, made again,
//! taken out; and never anybody else's harm.

use wire::ews::services::CategoryList;

use super::*;
use crate::{AlertScope, ApplicationVersion, EmailTracking, Reason, Severity, Tracking};

const OURS: &str = "Tracked to Dynamics 365";
const GIVEN_UP: &str = "Tracked to Dynamics 365 (Undeliverable)";

/// What a person has made of the list.
const THEIRS: &str = "<?xml version=\"1.0\"?>\n<categories default=\"Red\" lastSavedSession=\"5\" \
    lastSavedTime=\"2020-01-01T00:00:00.000\" xmlns=\"CategoryList.xsd\">\n <category name=\"Red\" \
    color=\"0\" keyboardShortcut=\"3\" guid=\"{1}\" theirs=\"yes\"/>\n</categories>";

const BLOWS: [Blow; 4] = [Blow::LostBefore, Blow::LostAfter, Blow::SilentBefore, Blow::SilentAfter];

pub(super) fn fresh(change: impl FnOnce(&mut EngineConfig)) -> (Bench, Office) {
    let (office, server) = Office::new();
    (Bench::curious(server, change), office)
}

fn list(office: &Office) -> CategoryList {
    CategoryList::read(office.with(|mail| mail.list.clone()).unwrap().as_bytes()).unwrap()
}

fn names(office: &Office) -> Vec<String> {
    list(office).categories().map(|category| category.name.clone()).collect()
}

/// A person changes the list.
fn edit(office: &Office, change: impl FnOnce(&mut CategoryList)) {
    let mut list = list(office);
    change(&mut list);
    let text = String::from_utf8(list.as_bytes().to_vec()).unwrap();
    office.with(|mail| mail.list = Some(text));
}

fn guid(office: &Office, name: &str) -> String {
    list(office).by_name(name).unwrap().guid.clone()
}

fn rename(office: &Office, from: &str, to: &str) {
    let guid = guid(office, from);
    edit(office, |list| assert!(list.rename(&guid, to, start()).unwrap()));
}

pub(super) fn delete(office: &Office, name: &str) {
    let guid = guid(office, name);
    edit(office, |list| assert!(list.remove(&guid, start()).unwrap()));
}

async fn minutes(minutes: u64) {
    tokio::time::sleep(Duration::from_mins(minutes)).await;
}

fn is_tracked(bench: &Bench, email: i64) -> Option<bool> {
    let tracking = Tracking::new(Arc::clone(&bench.ctx.config), bench.ctx.store.clone());
    let link = tracking.email(EmailId(email)).unwrap();
    link.map(|EmailTracking { tracked, .. }| tracked)
}

#[tokio::test(start_paused = true)]
async fn the_categories_are_made_and_looked_at_every_15_minutes() {
    let (mut bench, office) = fresh(|_| {});
    assert_eq!(bench.received().await, ["category made"]);
    let made = ["GetUserConfiguration", "CreateUserConfiguration", "SyncFolderItems"];
    assert_eq!(office.asked(), made);
    assert_eq!(names(&office), [OURS, GIVEN_UP]);
    for _ in 0..2 {
        minutes(5).await;
        assert_eq!(bench.received().await, [""; 0]);
        assert_eq!(office.asked(), ["SyncFolderItems"]);
    }
    minutes(5).await;
    bench.received().await;
    assert_eq!(office.asked(), ["GetUserConfiguration", "SyncFolderItems"]);
}

#[tokio::test(start_paused = true)]
async fn what_others_have_in_the_list_stays_as_it_was() {
    let (mut bench, office) = fresh(|_| {});
    office.with(|mail| mail.list = Some(THEIRS.into()));
    assert_eq!(bench.received().await, ["category made"]);
    assert_eq!(names(&office), ["Red", OURS, GIVEN_UP]);
    let list = office.with(|mail| mail.list.clone()).unwrap();
    assert!(list.contains("guid=\"{1}\" theirs=\"yes\"/>\n"), "{list}");
    assert!(list.contains("default=\"Red\" lastSavedSession=\"5\""), "{list}");
    for rubbish in ["", "<other/>", "<categories>"] {
        let (mut bench, office) = fresh(|_| {});
        office.with(|mail| mail.list = Some(rubbish.into()));
        let story = bench.received().await.join(" ");
        let after = office.with(|mail| mail.list.clone()).unwrap();
        match rubbish {
            "" => assert_eq!(names(&office), [OURS, GIVEN_UP]),
            _ => assert_eq!((after.as_str(), story.as_str()), (rubbish, "list unreadable")),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_renamed_category_tracks_by_its_new_name_at_once() {
    let (mut bench, office) = fresh(|_| {});
    let ids = ["one", "two", "three"].map(|subject| office.deliver("inbox", subject));
    office.categorise(&ids[0], &[OURS]);
    let story = bench.received().await;
    assert!(story.contains(&"1 tracked by Category".to_owned()), "{story:?}");
    minutes(5).await;
    // As Outlook does: in the list, and on the items.
    rename(&office, OURS, "Sales");
    office.categorise(&ids[0], &["Sales"]);
    office.categorise(&ids[1], &["sales"]);
    assert_eq!(bench.received().await, ["2 tracked by Category"]);
    assert_eq!(is_tracked(&bench, 1), Some(true), "not for a moment untracked");
    minutes(5).await;
    office.categorise(&ids[2], &[OURS]);
    assert_eq!(bench.received().await, [""; 0], "that name is nobody's now");
    office.categorise(&ids[0], &["Red"]);
    assert_eq!(bench.received().await, ["1 untracked"]);
    assert_eq!(names(&office), ["Sales", GIVEN_UP], "and nothing was made");
}

#[tokio::test(start_paused = true)]
async fn a_name_is_not_retroactive() {
    let (mut bench, office) = fresh(|_| {});
    let ids = ["one", "two"].map(|subject| office.deliver("inbox", subject));
    office.categorise(&ids[0], &["Sales"]);
    bench.received().await;
    rename(&office, OURS, "Sales");
    minutes(15).await;
    assert_eq!(bench.received().await, [""; 0]);
    office.categorise(&ids[1], &["Sales"]);
    assert_eq!(bench.received().await, ["2 tracked by Category"]);
    assert_eq!(is_tracked(&bench, 1), None);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_category_is_there_again_in_15_minutes() {
    let (mut bench, office) = fresh(|_| {});
    office.with(|mail| mail.list = Some(THEIRS.into()));
    bench.received().await;
    let before = guid(&office, OURS);
    rename(&office, OURS, "Sales");
    minutes(15).await;
    bench.received().await;
    delete(&office, "Sales");
    minutes(5).await;
    assert_eq!(bench.received().await, [""; 0], "not yet");
    minutes(10).await;
    assert_eq!(bench.received().await, ["category made"]);
    assert_eq!(names(&office), ["Red", GIVEN_UP, "Sales"], "items are still marked with that");
    assert_eq!(guid(&office, "Sales"), before);
}

#[tokio::test(start_paused = true)]
async fn a_category_of_that_name_is_taken_for_ours() {
    let (mut bench, office) = fresh(|_| {});
    let theirs = THEIRS.replace("\"Red\" color", "\"TRACKED to Dynamics 365\" color");
    office.with(|mail| mail.list = Some(theirs));
    let id = office.deliver("inbox", "one");
    bench.received().await;
    assert_eq!(names(&office), ["TRACKED to Dynamics 365", GIVEN_UP]);
    rename(&office, OURS, "Sales");
    office.categorise(&id, &["Sales"]);
    assert_eq!(bench.received().await, ["1 tracked by Category"], "known by its own id");
}

#[tokio::test(start_paused = true)]
async fn switched_off_they_are_taken_out_and_nothing_is_tracked() {
    let (mut bench, office) = fresh(|_| {});
    office.with(|mail| mail.list = Some(THEIRS.into()));
    let id = office.deliver("inbox", "one");
    bench.received().await;
    rename(&office, OURS, "Sales");
    bench.received().await;
    let mut config = (*bench.ctx.config).clone();
    config.settings.track_categorized_items = false;
    bench.ctx.config = Arc::new(config.clone());
    office.categorise(&id, &["Sales"]);
    assert_eq!(bench.received().await, [""; 0], "not tracked from the first moment");
    minutes(15).await;
    assert_eq!(bench.received().await, ["category removed"]);
    assert_eq!(names(&office), ["Red"]);
    minutes(30).await;
    office.asked();
    assert_eq!(bench.received().await, [""; 0]);
    assert_eq!(office.asked(), ["SyncFolderItems"], "nothing is left to do");
    config.settings.track_categorized_items = true;
    bench.ctx.config = Arc::new(config);
    assert_eq!(bench.received().await, ["category made"]);
    assert_eq!(is_tracked(&bench, 1), None);
}

#[tokio::test(start_paused = true)]
async fn an_application_without_the_feature_does_nothing_about_it() {
    let (mut bench, office) = fresh(|config| {
        config.settings.application_version = ApplicationVersion(9, 1, 0, 4_038);
    });
    bench.received().await;
    assert_eq!(office.asked(), ["SyncFolderItems"]);
}

#[tokio::test(start_paused = true)]
async fn what_the_list_refuses_is_no_trouble_of_the_email() {
    for operation in ["GetUserConfiguration", "CreateUserConfiguration"] {
        for code in ["ErrorAccessDenied", "ErrorItemSave"] {
            let (mut bench, office) = fresh(|_| {});
            let id = office.deliver("inbox", "one");
            office.blow(operation, Blow::Message(0, code));
            assert_eq!(bench.received().await, ["1 stored"], "{operation} {code}");
            office.asked();
            bench.received().await;
            assert_eq!(office.asked(), ["SyncFolderItems"], "it is not asked again at once");
            minutes(15).await;
            assert_eq!(bench.received().await, ["category made"]);
            office.categorise(&id, &[OURS]);
            assert_eq!(bench.received().await, ["1 tracked by Category"]);
        }
    }
    let (mut bench, office) = fresh(|_| {});
    office.blow("GetUserConfiguration", Blow::Message(0, "ErrorServerBusy"));
    assert!(bench.receive().await.0.error.is_some(), "that is about the mailbox");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_list_is_left_alone_and_told_once_with_an_alert_that_counts() {
    let (mut bench, office) = fresh(|_| {});
    bench.received().await;
    let good = office.with(|mail| mail.list.replace("<categories><cat".into())).unwrap();
    minutes(16).await;
    assert_eq!(bench.received().await, ["list unreadable"]);
    bench.crash();
    minutes(16).await;
    office.deliver("inbox", "one");
    assert_eq!(bench.received().await, ["1 stored"], "its email does not suffer, nor is it told");
    let alerts = bench.ctx.store.alerts().unwrap();
    let alert = &alerts[0];
    let scope = AlertScope::Mailbox(MailboxId(0), Workload::Incoming);
    assert_eq!((alerts.len(), alert.scope, alert.count), (1, scope, 2));
    assert_eq!((alert.severity, alert.reason), (Severity::Warning, Reason::CategoryListUnreadable));
    assert!(alert.text.contains("\"<categories><cat\""), "{}", alert.text);
    assert_eq!(office.with(|mail| mail.list.clone()).unwrap(), "<categories><cat");

    office.with(|mail| mail.list = Some(good));
    minutes(16).await;
    assert_eq!(bench.received().await, [""; 0], "what was known of it is known still");
    office.with(|mail| mail.list = Some("no list".into()));
    minutes(16).await;
    assert_eq!(bench.received().await, ["list unreadable"], "it is another time");
    assert_eq!(bench.ctx.store.alerts().unwrap()[0].count, 3);
}

/// Receives until the categories are in the list, and for an hour more; how often they were made.
async fn settle(bench: &mut Bench) -> usize {
    let mut made = 0;
    for _ in 0..20 {
        let (_, story) = bench.receive().await;
        made += story.iter().filter(|line| *line == "category made").count();
        minutes(5).await;
    }
    made
}

#[tokio::test(start_paused = true)]
async fn a_lost_request_makes_no_second_category_and_loses_nobodys() {
    for theirs in [None, Some(THEIRS)] {
        for operation in
            ["GetUserConfiguration", "CreateUserConfiguration", "UpdateUserConfiguration"]
        {
            for first in BLOWS {
                for second in BLOWS {
                    let (mut bench, office) = fresh(|_| {});
                    office.with(|mail| mail.list = theirs.map(Into::into));
                    office.blow(operation, first.clone());
                    office.blow("GetUserConfiguration", second.clone());
                    let case = format!("{} {operation} {first:?} {second:?}", theirs.is_some());
                    assert_eq!(settle(&mut bench).await, 1, "{case}");
                    let others = theirs.map(|_| "Red");
                    let all: Vec<_> = others.into_iter().chain([OURS, GIVEN_UP]).collect();
                    assert_eq!(names(&office), all, "{case}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_step_makes_no_second_category_and_loses_nobodys() {
    for operation in ["GetUserConfiguration", "UpdateUserConfiguration"] {
        for blow in [Blow::SilentBefore, Blow::SilentAfter] {
            let (mut bench, office) = fresh(|_| {});
            office.with(|mail| mail.list = Some(THEIRS.into()));
            office.blow(operation, blow.clone());
            crashes::die_in(&mut bench, false).await;
            settle(&mut bench).await;
            assert_eq!(names(&office), ["Red", OURS, GIVEN_UP], "{operation} {blow:?}");
            // The same when it is made once more.
            delete(&office, OURS);
            minutes(15).await;
            office.blow(operation, blow.clone());
            crashes::die_in(&mut bench, false).await;
            assert_eq!(settle(&mut bench).await, 1);
            assert_eq!(names(&office), ["Red", GIVEN_UP, OURS], "{operation} {blow:?}");
        }
    }
    let (mut bench, office) = fresh(|_| {});
    let before = bench.world.events().len();
    bench.world.recorder.kill_after(before + 2, bench.ctx.store.clone());
    crashes::die_in(&mut bench, false).await;
    bench.world.recorder.restart();
    settle(&mut bench).await;
    assert_eq!(names(&office), [OURS, GIVEN_UP]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_request_of_taking_them_out_leaves_nothing_behind() {
    for operation in ["GetUserConfiguration", "UpdateUserConfiguration"] {
        for blow in BLOWS {
            let (mut bench, office) = fresh(|_| {});
            office.with(|mail| mail.list = Some(THEIRS.into()));
            bench.received().await;
            let mut config = (*bench.ctx.config).clone();
            config.settings.track_categorized_items = false;
            bench.ctx.config = Arc::new(config);
            minutes(15).await;
            office.blow(operation, blow.clone());
            let before = bench.world.events().len();
            settle(&mut bench).await;
            let story = bench.told_since(before);
            let removed = story.iter().filter(|line| *line == "category removed").count();
            assert_eq!((removed, names(&office)), (1, vec!["Red".into()]), "{operation} {blow:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_given_up_is_marked_by_the_name_of_its_category_now() {
    let (mut bench, office) = fresh(|config| config.settings.item_attempts = 1);
    bench.received().await;
    rename(&office, GIVEN_UP, "Hopeless");
    minutes(15).await;
    let entry = office::Entry { mime: String::new(), ..office::entry("one") };
    let id = office.put("inbox", entry);
    bench.received().await;
    assert_eq!(office.categories(&id), ["Hopeless"]);
}
