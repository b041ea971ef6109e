//! Calendars: series and their occurrences, iCalendar both ways, meetings between mailboxes.

use jiff::Timestamp;
use jiff::civil::date;
use wire::ews::folders::{BaseShape, DeleteType};
use wire::ews::items::{
    ConflictResolution, CreateItem, DeleteItem, FieldUpdate, GetItem, ItemUpdate,
    SendInvitationsOrCancellations, SendMeetingInvitations, UpdateItem,
};
use wire::ews::recurrence::{Pattern, Range, RangeEnd, Recurrence};
use wire::ews::search::View;
use wire::ews::value::{Attendee, MimeContent};
use wire::ews::{
    ExtendedField, Field, FolderRef, Item, ItemClass, ItemId, ItemRef, ItemShape, Mailbox,
    PropertyType, Request, Response, ResponseCode, TimeZoneDefinition, Value,
};

use super::kit::{Client, World, find};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn appointment(start: &str, end: &str) -> Item {
    Item::new(ItemClass::CalendarItem)
        .with(Field::ItemSubject, "Jour fixe")
        .with(Field::CalendarStart, at(start))
        .with(Field::CalendarEnd, at(end))
        .with(Field::CalendarStartTimeZone, TimeZoneDefinition::named("W. Europe Standard Time"))
}

/// Every day at nine in Berlin, over the change of clocks.
fn daily() -> Item {
    let range = Range { start: date(2026, 3, 28), end: RangeEnd::Numbered(4) };
    let recurrence = Recurrence { pattern: Pattern::Daily { interval: 1 }, range };
    appointment("2026-03-28T08:00:00Z", "2026-03-28T09:00:00Z")
        .with(Field::CalendarRecurrence, recurrence)
}

impl Client {
    fn invite(&mut self, item: Item) -> Result<ItemId, ResponseCode> {
        let request = CreateItem {
            message_disposition: None,
            send_meeting_invitations: Some(SendMeetingInvitations::SendToAllAndSaveCopy),
            saved_item_folder: None,
            items: vec![item],
        };
        let Response::CreateItem(answers) = self.ask(Request::CreateItem(request)) else {
            panic!()
        };
        let answer = answers.into_iter().next().unwrap();
        if !answer.code.is_ok() {
            return Err(answer.code);
        }
        Ok(answer.content.first().and_then(Item::id).cloned().unwrap_or_default())
    }

    fn occurrence(&mut self, master: &ItemId, index: i32) -> Result<Item, ResponseCode> {
        let item = ItemRef::Occurrence { master: master.id.clone(), change_key: None, index };
        let shape = ItemShape::new(BaseShape::AllProperties);
        let request = GetItem { shape, item_ids: vec![item] };
        let Response::GetItem(answers) = self.ask(Request::GetItem(request)) else { panic!() };
        let answer = answers.into_iter().next().unwrap();
        if answer.code.is_ok() { Ok(answer.content.items[0].clone()) } else { Err(answer.code) }
    }

    fn agenda(&mut self, start: &str, end: &str) -> Vec<Item> {
        let view = View::Calendar { max: None, start: at(start), end: at(end) };
        let shape = ItemShape::new(BaseShape::AllProperties);
        self.found(wire::ews::items::FindItem { view: Some(view), shape, ..find("calendar") })
    }

    fn remove(&mut self, id: &ItemId, tell: SendMeetingInvitations) -> ResponseCode {
        let request = DeleteItem {
            delete_type: DeleteType::HardDelete,
            send_meeting_cancellations: Some(tell),
            affected_task_occurrences: None,
            suppress_read_receipts: None,
            item_ids: vec![ItemRef::Id(id.clone())],
        };
        let Response::DeleteItem(answers) = self.ask(Request::DeleteItem(request)) else {
            panic!()
        };
        answers[0].code.clone()
    }

    fn set(&mut self, id: &ItemId, field: Field, value: Value) -> Result<ItemId, ResponseCode> {
        let update = FieldUpdate::set(ItemClass::CalendarItem, field, value);
        let change = ItemUpdate { item: ItemRef::Id(id.clone()), updates: vec![update] };
        let request = UpdateItem {
            conflict_resolution: ConflictResolution::AlwaysOverwrite,
            message_disposition: None,
            send_invitations_or_cancellations: Some(SendInvitationsOrCancellations::SendToNone),
            suppress_read_receipts: None,
            saved_item_folder: None,
            changes: vec![change],
        };
        let Response::UpdateItem(answers) = self.ask(Request::UpdateItem(request)) else {
            panic!()
        };
        let answer = answers.into_iter().next().unwrap();
        if !answer.code.is_ok() {
            return Err(answer.code);
        }
        Ok(answer.content.items[0].id().unwrap().clone())
    }
}

#[test]
fn a_series_is_seen_as_its_occurrences() {
    let world = World::new();
    let mut ann = world.ann();
    let master = ann.invite(daily()).unwrap();
    let all = ann.all(&master).properties;
    assert_eq!(all.text(Field::CalendarItemType), Some("RecurringMaster"));
    let Some(Value::Occurrence(last)) = all.field(Field::CalendarLastOccurrence) else { panic!() };
    assert_eq!(last.start, at("2026-03-31T07:00:00Z"), "summer has come");
    let seen = ann.agenda("2026-03-29T00:00:00Z", "2026-03-31T07:00:00Z");
    let starts: Vec<_> =
        seen.iter().map(|it| it.properties.date_time(Field::CalendarStart).unwrap()).collect();
    assert_eq!(starts, [at("2026-03-29T07:00:00Z"), at("2026-03-30T07:00:00Z")]);
    assert_eq!(seen[0].properties.text(Field::CalendarItemType), Some("Occurrence"));
    assert_eq!(ann.list("calendar").len(), 1, "without a view it is one item");
    let id = seen[0].id().unwrap().clone();
    assert_eq!(ann.all(&id).properties.text(Field::ItemSubject), Some("Jour fixe"));
    let code = ResponseCode::ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange;
    assert_eq!(ann.occurrence(&master, 5).unwrap_err(), code);
}

#[test]
fn what_a_field_says_is_also_known_by_its_number() {
    let world = World::new();
    let mut ann = world.ann();
    for (item, recurs) in
        [(daily(), true), (appointment("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z"), false)]
    {
        let id = ann.invite(item).unwrap();
        let number = ExtendedField::numbered("Appointment", 33_315, PropertyType::Boolean);
        let shape = ItemShape::new(BaseShape::IdOnly).with(number.clone());
        let found = ann.get(&id, shape).unwrap().properties;
        assert_eq!(found.get(&number.into()), Some(&Value::Bool(recurs)));
    }
}

#[test]
fn occurrences_are_changed_and_deleted_one_by_one() {
    let world = World::new();
    let mut ann = world.ann();
    let master = ann.invite(daily()).unwrap();
    let second = ann.occurrence(&master, 2).unwrap().id().unwrap().clone();
    let changed = ann.set(&second, Field::ItemSubject, "Later".into()).unwrap();
    let second = ann.all(&changed).properties;
    assert_eq!(second.text(Field::CalendarItemType), Some("Exception"));
    assert_eq!(second.text(Field::ItemSubject), Some("Later"));
    let third = ann.occurrence(&master, 3).unwrap().id().unwrap().clone();
    assert_eq!(ann.remove(&third, SendMeetingInvitations::SendToNone), ResponseCode::NoError);
    let code = ResponseCode::ErrorCalendarOccurrenceIsDeletedFromRecurrence;
    assert_eq!(ann.occurrence(&master, 3).unwrap_err(), code);
    let all = ann.all(&master).properties;
    assert!(all.field(Field::CalendarModifiedOccurrences).is_some());
    assert!(all.field(Field::CalendarDeletedOccurrences).is_some());
    assert_eq!(ann.agenda("2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z").len(), 3);
    let mime = String::from_utf8(ann.mime(&master)).unwrap();
    assert!(mime.contains("EXDATE") && mime.contains("RECURRENCE-ID"), "{mime}");
    for index in [1, 2, 4] {
        let id = ann.occurrence(&master, index).unwrap().id().unwrap().clone();
        assert_eq!(ann.remove(&id, SendMeetingInvitations::SendToNone), ResponseCode::NoError);
    }
    assert!(ann.list("calendar").is_empty(), "with its last occurrence it is gone");
}

#[test]
fn an_appointment_comes_as_icalendar_and_goes_as_such() {
    let world = World::new();
    let mut ann = world.ann();
    let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:42\r\nSUMMARY:Lunch\r\n\
        DTSTART;TZID=Tokyo Standard Time:20260105T120000\r\n\
        DTEND;TZID=Tokyo Standard Time:20260105T130000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let item = Item::new(ItemClass::CalendarItem)
        .with(Field::ItemMimeContent, MimeContent::new(text.into()));
    let id = ann.create(item, None, None).unwrap().unwrap();
    let all = ann.all(&id).properties;
    assert_eq!(all.text(Field::CalendarUID), Some("42"));
    assert_eq!(all.date_time(Field::CalendarStart), Some(at("2026-01-05T03:00:00Z")));
    let mime = String::from_utf8(ann.mime(&id)).unwrap();
    assert!(mime.starts_with("BEGIN:VCALENDAR\r\n"), "{mime}");
    assert!(mime.contains("BEGIN:VTIMEZONE\r\nTZID:Tokyo Standard Time\r\n"), "{mime}");
    let broken = Item::new(ItemClass::CalendarItem)
        .with(Field::ItemMimeContent, MimeContent::new(b"BEGIN:VCALENDAR".to_vec()));
    assert_eq!(ann.create(broken, None, None), Err(ResponseCode::ErrorMimeContentInvalid));
}

#[test]
fn a_time_without_a_zone_is_of_the_zone_that_is_named() {
    let world = World::new();
    let mut ann = world.ann();
    let local = Value::Local(date(2026, 1, 5).at(9, 0, 0, 0));
    let item = Item::new(ItemClass::CalendarItem)
        .with(Field::CalendarStart, local.clone())
        .with(Field::CalendarEnd, local.clone())
        .with(Field::CalendarStartTimeZone, TimeZoneDefinition::named("Tokyo Standard Time"));
    let id = ann.create(item, None, None).unwrap().unwrap();
    let start = ann.all(&id).properties.date_time(Field::CalendarStart);
    assert_eq!(start, Some(at("2026-01-05T00:00:00Z")));
    let code = ResponseCode::ErrorCalendarEndDateIsEarlierThanStartDate;
    let later = Value::DateTime(at("2026-01-06T00:00:00Z"));
    assert_eq!(ann.set(&id, Field::CalendarStart, later), Err(code));
}

#[test]
fn occurrences_stay_in_their_order() {
    let world = World::new();
    let mut ann = world.ann();
    let master = ann.invite(daily()).unwrap();
    let mut move_third = |to: &str| {
        let third = ann.occurrence(&master, 3).unwrap().id().unwrap().clone();
        ann.set(&third, Field::CalendarStart, Value::DateTime(at(to)))
    };
    let code = ResponseCode::ErrorOccurrenceCrossingBoundary;
    assert_eq!(move_third("2026-03-27T10:00:00Z").unwrap_err(), code);
    assert_eq!(move_third("2026-03-31T07:00:00Z").unwrap_err(), code);
    move_third("2026-03-30T15:00:00Z").unwrap();
    let mut long = daily();
    long.properties.set(Field::CalendarEnd, Value::DateTime(at("2026-03-31T08:00:00Z")));
    assert_eq!(ann.invite(long).unwrap_err(), ResponseCode::ErrorOccurrenceTimeSpanTooBig);
}

#[test]
fn what_cannot_be_viewed_is_refused() {
    let world = World::new();
    let mut ann = world.ann();
    for (folder, end, code) in [
        (
            "inbox",
            "2026-02-01T00:00:00Z",
            ResponseCode::ErrorCalendarFolderIsInvalidForCalendarView,
        ),
        ("calendar", "2028-02-01T00:00:00Z", ResponseCode::ErrorCalendarViewRangeTooBig),
        (
            "calendar",
            "2025-01-01T00:00:00Z",
            ResponseCode::ErrorCalendarEndDateIsEarlierThanStartDate,
        ),
    ] {
        let view = View::Calendar { max: None, start: at("2026-01-01T00:00:00Z"), end: at(end) };
        let request = wire::ews::items::FindItem { view: Some(view), ..find(folder) };
        let Response::FindItem(answers) = ann.ask(Request::FindItem(request)) else { panic!() };
        assert_eq!(answers[0].code, code, "{folder}");
    }
}

#[test]
fn a_meeting_is_offered_accepted_and_called_off() {
    let world = World::new();
    let (mut ann, mut bob) = (world.ann(), world.bob());
    let guest = Attendee { mailbox: Mailbox::new("bob@example.com"), ..Attendee::default() };
    let meeting = appointment("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z")
        .with(Field::CalendarRequiredAttendees, vec![guest]);
    let mine = ann.invite(meeting).unwrap();
    assert_eq!(ann.list("sentitems").len(), 1);

    let inbox = bob.list("inbox");
    let offer = bob.all(&inbox[0]);
    assert_eq!(offer.class, ItemClass::MeetingRequest);
    let entry = bob.list("calendar");
    let tentative = bob.all(&entry[0]).properties;
    assert_eq!(tentative.text(Field::CalendarMyResponseType), Some("NoResponseReceived"));
    assert_eq!(tentative.text(Field::CalendarLegacyFreeBusyStatus), Some("Tentative"));

    let accept =
        Item::new(ItemClass::AcceptItem).with(Field::ResponseReferenceItemId, inbox[0].clone());
    let request = CreateItem {
        message_disposition: Some(wire::ews::items::MessageDisposition::SendAndSaveCopy),
        send_meeting_invitations: None,
        saved_item_folder: None::<FolderRef>,
        items: vec![accept],
    };
    let Response::CreateItem(answers) = bob.ask(Request::CreateItem(request)) else { panic!() };
    assert!(answers[0].is_ok(), "{answers:?}");
    let accepted = bob.all(&entry[0]).properties;
    assert_eq!(accepted.text(Field::CalendarMyResponseType), Some("Accept"));
    assert!(bob.list("inbox").is_empty(), "the invitation is done with");

    let answers = ann.list("inbox");
    let answer = ann.all(&answers[0]);
    assert_eq!(answer.class, ItemClass::MeetingResponse);
    let Some(Value::Attendees(guests)) =
        ann.all(&mine).properties.field(Field::CalendarRequiredAttendees).cloned()
    else {
        panic!()
    };
    assert_eq!(guests[0].response_type.as_deref(), Some("Accept"));
    let accept =
        Item::new(ItemClass::AcceptItem).with(Field::ResponseReferenceItemId, mine.clone());
    assert_eq!(ann.invite(accept), Err(ResponseCode::ErrorCalendarIsOrganizerForAccept));

    let gone = ann.remove(&mine, SendMeetingInvitations::SendOnlyToAll);
    assert_eq!(gone, ResponseCode::NoError);
    let inbox = bob.list("inbox");
    assert_eq!(bob.all(&inbox[0]).class, ItemClass::MeetingCancellation);
    assert_eq!(bob.all(&entry[0]).properties.bool(Field::CalendarIsCancelled), Some(true));
}
