//! Meetings that change: who is told what, in which version, and by which way.

use jiff::Timestamp;
use jiff::civil::date;
use wire::ews::folders::{BaseShape, DeleteType};
use wire::ews::items::{
    ConflictResolution, CreateItem, DeleteItem, FieldUpdate, GetItem, ItemUpdate,
    SendInvitationsOrCancellations as Whom, SendMeetingInvitations, UpdateItem,
};
use wire::ews::recurrence::{Pattern, Range, RangeEnd, Recurrence};
use wire::ews::value::Attendee;
use wire::ews::{
    Field, Item, ItemClass, ItemId, ItemRef, ItemShape, Mailbox, Request, Response, Value,
};
use xxhash_rust::xxh3::xxh3_64;

use super::kit::{ANN, BOB, Client, World};
use crate::store::{Body, Message, lock_store};
use crate::{ItemId as Number, MailboxIx, ServerEvent};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn guests(names: &[&str]) -> Value {
    let guest =
        |name: &&str| Attendee { mailbox: Mailbox::new(name.to_string()), ..Attendee::default() };
    names.iter().map(guest).collect::<Vec<_>>().into()
}

fn meeting() -> Item {
    Item::new(ItemClass::CalendarItem)
        .with(Field::ItemSubject, "Jour fixe")
        .with(Field::CalendarStart, at("2026-01-05T08:00:00Z"))
        .with(Field::CalendarEnd, at("2026-01-05T09:00:00Z"))
        .with(Field::CalendarRequiredAttendees, guests(&["bob@example.com", "far@elsewhere.org"]))
}

impl Client {
    fn call_together(&mut self, item: Item) -> ItemId {
        let request = CreateItem {
            message_disposition: None,
            send_meeting_invitations: Some(SendMeetingInvitations::SendOnlyToAll),
            saved_item_folder: None,
            items: vec![item],
        };
        let Response::CreateItem(answers) = self.ask(Request::CreateItem(request)) else {
            panic!()
        };
        answers[0].content.first().and_then(Item::id).cloned().unwrap()
    }

    fn alter(&mut self, id: &ItemId, field: Field, value: Value, whom: Whom) {
        let update = FieldUpdate::set(ItemClass::CalendarItem, field, value);
        let change = ItemUpdate { item: ItemRef::Id(id.clone()), updates: vec![update] };
        let request = UpdateItem {
            conflict_resolution: ConflictResolution::AlwaysOverwrite,
            message_disposition: None,
            send_invitations_or_cancellations: Some(whom),
            suppress_read_receipts: None,
            saved_item_folder: None,
            changes: vec![change],
        };
        let Response::UpdateItem(answers) = self.ask(Request::UpdateItem(request)) else {
            panic!()
        };
        assert!(answers[0].is_ok(), "{answers:?}");
    }

    fn nth(&mut self, master: &ItemId, index: i32) -> Item {
        let item = ItemRef::Occurrence { master: master.id.clone(), change_key: None, index };
        let shape = ItemShape::new(BaseShape::AllProperties);
        let request = GetItem { shape, item_ids: vec![item] };
        let Response::GetItem(answers) = self.ask(Request::GetItem(request)) else { panic!() };
        answers[0].content.items[0].clone()
    }

    fn call_off(&mut self, id: &ItemId) {
        let request = DeleteItem {
            delete_type: DeleteType::HardDelete,
            send_meeting_cancellations: Some(SendMeetingInvitations::SendOnlyToAll),
            affected_task_occurrences: None,
            suppress_read_receipts: None,
            item_ids: vec![ItemRef::Id(id.clone())],
        };
        let Response::DeleteItem(answers) = self.ask(Request::DeleteItem(request)) else {
            panic!()
        };
        assert!(answers[0].is_ok());
    }

    /// The number of recipients of each message sent since the last look, and whether those are
    /// strangers of this name.
    fn sent_to(&mut self, names: &[&str]) -> Vec<Vec<bool>> {
        let hashes: Vec<u64> = names.iter().map(|name| xxh3_64(name.as_bytes())).collect();
        let events = std::mem::take(&mut self.events).into_iter();
        let sent = events.filter_map(|event| match event {
            ServerEvent::Accepted { recipients, .. } => Some(recipients),
            _ => None,
        });
        sent.map(|list| hashes.iter().map(|hash| list.contains(hash)).collect()).collect()
    }
}

fn sequence(item: &Item) -> Option<i64> {
    item.properties.int(Field::CalendarAppointmentSequenceNumber)
}

#[test]
fn those_are_told_whom_a_change_is_for() {
    let world = World::new();
    let (mut ann, mut bob) = (world.ann(), world.bob());
    let names = ["bob@example.com", "far@elsewhere.org", "new@elsewhere.org"];
    let mine = ann.call_together(meeting());
    assert_eq!(ann.sent_to(&names), [[true, true, false]]);
    assert_eq!(sequence(&ann.all(&mine)), Some(0));

    let others = guests(&["bob@example.com", "new@elsewhere.org"]);
    ann.alter(&mine, Field::CalendarRequiredAttendees, others, Whom::SendOnlyToChanged);
    assert_eq!(ann.sent_to(&names), [[false, false, true], [false, true, false]]);
    assert_eq!(bob.list("inbox").len(), 1, "nothing is new to him");

    ann.alter(&mine, Field::CalendarLocation, "Room 2".into(), Whom::SendToNone);
    assert!(ann.sent_to(&names).is_empty());
    assert_eq!(sequence(&ann.all(&mine)), Some(1), "what nobody hears of is no later version");

    let later = Value::DateTime(at("2026-01-05T10:00:00Z"));
    ann.alter(&mine, Field::CalendarEnd, later, Whom::SendToAllAndSaveCopy);
    assert_eq!(ann.sent_to(&names), [[true, false, true]]);
    assert_eq!(ann.list("sentitems").len(), 1);
    let entry = bob.list("calendar");
    let entry = bob.all(&entry[0]);
    assert_eq!(sequence(&entry), Some(2));
    assert_eq!(entry.properties.date_time(Field::CalendarEnd), Some(at("2026-01-05T10:00:00Z")));
    let update = bob.list("inbox")[0].clone();
    let update = bob.all(&update).properties;
    assert_eq!(update.text(Field::MeetingRequestType), Some("FullUpdate"));
}

#[test]
fn answers_hold_for_as_long_as_the_time_does() {
    let world = World::new();
    let (mut ann, mut bob) = (world.ann(), world.bob());
    let mine = ann.call_together(meeting());
    let offer = bob.list("inbox")[0].clone();
    let accept = Item::new(ItemClass::AcceptItem).with(Field::ResponseReferenceItemId, offer);
    let request = CreateItem {
        message_disposition: Some(wire::ews::items::MessageDisposition::SendOnly),
        send_meeting_invitations: None,
        saved_item_folder: None,
        items: vec![accept],
    };
    bob.ask(Request::CreateItem(request));
    let mut states = |ann: &mut Client| {
        let all = ann.all(&mine).properties;
        let Some(Value::Attendees(list)) = all.field(Field::CalendarRequiredAttendees) else {
            panic!()
        };
        let entry = bob.list("calendar")[0].clone();
        let own = bob.all(&entry).properties;
        let own = own.text(Field::CalendarMyResponseType).map(ToOwned::to_owned);
        (list[0].response_type.clone().unwrap(), own.unwrap())
    };
    assert_eq!(states(&mut ann), ("Accept".to_owned(), "Accept".to_owned()));
    ann.alter(&mine, Field::CalendarLocation, "Room 2".into(), Whom::SendOnlyToAll);
    assert_eq!(states(&mut ann), ("Accept".to_owned(), "Accept".to_owned()));
    let earlier = Value::DateTime(at("2026-01-05T07:00:00Z"));
    ann.alter(&mine, Field::CalendarStart, earlier, Whom::SendOnlyToAll);
    assert_eq!(states(&mut ann), ("Unknown".to_owned(), "NoResponseReceived".to_owned()));
}

#[test]
fn one_occurrence_is_called_off_and_the_others_are_not() {
    let world = World::new();
    let (mut ann, mut bob) = (world.ann(), world.bob());
    let range = Range { start: date(2026, 1, 5), end: RangeEnd::Numbered(4) };
    let recurrence = Recurrence { pattern: Pattern::Daily { interval: 1 }, range };
    let mine = ann.call_together(meeting().with(Field::CalendarRecurrence, recurrence));
    let second = ann.nth(&mine, 2).id().unwrap().clone();
    ann.call_off(&second);
    let told = bob.list("inbox")[0].clone();
    let told = bob.all(&told);
    assert_eq!(told.class, ItemClass::MeetingCancellation);
    assert_eq!(told.properties.text(Field::ItemSubject), Some("Canceled: Jour fixe"));
    let theirs = bob.list("calendar")[0].clone();
    let cancelled = |bob: &mut Client, n| {
        let one = bob.nth(&theirs, n).properties;
        (one.bool(Field::CalendarIsCancelled), one.date_time(Field::CalendarStart).unwrap())
    };
    assert_eq!(cancelled(&mut bob, 2), (Some(true), at("2026-01-06T08:00:00Z")));
    assert_eq!(cancelled(&mut bob, 3), (Some(false), at("2026-01-07T08:00:00Z")));
    assert_eq!(sequence(&bob.all(&theirs)), Some(1));
    let third = ann.nth(&mine, 3).id().unwrap().clone();
    let reference =
        Item::new(ItemClass::CancelCalendarItem).with(Field::ResponseReferenceItemId, third);
    let request = CreateItem {
        message_disposition: Some(wire::ews::items::MessageDisposition::SendAndSaveCopy),
        send_meeting_invitations: None,
        saved_item_folder: None,
        items: vec![reference],
    };
    ann.ask(Request::CreateItem(request));
    assert_eq!(cancelled(&mut bob, 3).0, Some(true));
    assert_eq!(cancelled(&mut bob, 4).0, Some(false));
    assert_eq!(ann.list("calendar").len(), 1);
}

/// As another server's mail comes in: by SMTP, into the inbox that all faces share.
fn comes_in(world: &World, to: MailboxIx, method: &str, lines: &str) {
    let text = format!(
        "From: far@elsewhere.org\r\nTo: x@example.com\r\nSubject: Plan\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/calendar; method={method}\r\n\r\n\
         BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n{lines}\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let body = Body::Raw(text.into_bytes().into());
    let message = Message { item: Number(7), arrived: at("2026-01-01T00:00:00Z"), body };
    lock_store(&world.store).deliver(to, message).unwrap();
}

#[test]
fn invitations_from_elsewhere_do_what_those_from_here_do() {
    let world = World::new();
    let (mut ann, mut bob) = (world.ann(), world.bob());
    let event = |sequence: u32, hour: u32| {
        format!(
            "UID:plan-1\r\nSUMMARY:Plan\r\nSEQUENCE:{sequence}\r\n\
             DTSTART:20260105T{hour:02}0000Z\r\nDTEND:20260105T{:02}0000Z\r\n\
             ORGANIZER:mailto:far@elsewhere.org\r\nATTENDEE:mailto:bob@example.com\r\n",
            hour + 1
        )
    };
    comes_in(&world, BOB, "REQUEST", &event(1, 8));
    let offer = bob.list("inbox")[0].clone();
    assert_eq!(bob.all(&offer).class, ItemClass::MeetingRequest);
    let entry = bob.list("calendar")[0].clone();
    let entry_of = |bob: &mut Client| bob.all(&entry).properties;
    let start = entry_of(&mut bob).date_time(Field::CalendarStart);
    assert_eq!(start, Some(at("2026-01-05T08:00:00Z")));
    let organizer = entry_of(&mut bob);
    let Some(Value::Mailbox(organizer)) = organizer.field(Field::CalendarOrganizer) else {
        panic!()
    };
    assert_eq!(organizer.address.as_deref(), Some("far@elsewhere.org"));

    // A later version moves it, an earlier one that comes late does not.
    comes_in(&world, BOB, "REQUEST", &event(2, 10));
    comes_in(&world, BOB, "REQUEST", &event(1, 8));
    let start = entry_of(&mut bob).date_time(Field::CalendarStart);
    assert_eq!(start, Some(at("2026-01-05T10:00:00Z")));
    let late = bob.list("inbox")[0].clone();
    let late = bob.all(&late).properties;
    assert_eq!(late.bool(Field::MeetingIsOutOfDate), Some(true));
    assert_eq!(bob.list("calendar").len(), 1);
    comes_in(&world, BOB, "CANCEL", &event(3, 10));
    assert_eq!(entry_of(&mut bob).bool(Field::CalendarIsCancelled), Some(true));

    let mine = ann.call_together(meeting());
    let uid = ann.all(&mine).properties.text(Field::CalendarUID).unwrap().to_owned();
    let reply = format!(
        "UID:{uid}\r\nDTSTART:20260105T080000Z\r\nDTEND:20260105T090000Z\r\n\
         ATTENDEE;PARTSTAT=DECLINED:mailto:far@elsewhere.org\r\n"
    );
    comes_in(&world, ANN, "REPLY", &reply);
    let answer = ann.list("inbox")[0].clone();
    assert_eq!(ann.all(&answer).class, ItemClass::MeetingResponse);
    let all = ann.all(&mine).properties;
    let Some(Value::Attendees(list)) = all.field(Field::CalendarRequiredAttendees) else {
        panic!()
    };
    let answers: Vec<_> = list.iter().map(|it| it.response_type.as_deref()).collect();
    assert_eq!(answers[1], Some("Decline"));
    assert_ne!(answers[0], Some("Decline"));
}
