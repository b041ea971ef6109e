//! Between an item's properties and iCalendar, its MimeContent.

use wire::ews::recurrence::Recurrence;
use wire::ews::value::{Attendee as Invited, Body};
use wire::ews::{Field, Mailbox, Properties, ResponseCode, TimeZoneDefinition, Value};

use super::{tell, time};
use crate::exchange::calendar::Zone;
use crate::exchange::calendar::ical::{
    Answer, Attendee, Busy, Calendar, Class, Event, Importance, Person, Role, When,
};
use crate::exchange::problem::{Outcome, Problem};
use crate::store::Occurrences;

/// An item as iCalendar. The properties may be those of a single item, a master or an occurrence.
pub(in crate::exchange) fn write(all: &Properties, kept: &Occurrences) -> Vec<u8> {
    let invited = super::super::meetings::addresses(all);
    message(all, kept, if invited.is_empty() { "PUBLISH" } else { "REQUEST" })
}

/// As [`write`], to be sent with this method.
pub(in crate::exchange) fn message(all: &Properties, kept: &Occurrences, method: &str) -> Vec<u8> {
    let Some(mut event) = event(all) else { return Vec::new() };
    let mut exceptions = Vec::new();
    if let Some(series) = time::series(all, kept) {
        for (&date, changed) in kept {
            if changed.is_none() {
                event.deleted.push(date);
                continue;
            }
            let number = series.rule.number_of(date);
            let mut one = all.clone();
            if number.is_some_and(|it| tell::occurrence(&mut one, kept, it + 1).is_ok()) {
                let exception = self::event(&one);
                exceptions.extend(exception.map(|it| Event { occurrence: Some(date), ..it }));
            }
        }
    }
    Calendar { method: Some(method.to_owned()), event, exceptions }.write().into_bytes()
}

fn event(all: &Properties) -> Option<Event> {
    let when = time::when(all)?;
    let text = |field| all.text(field).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    let original = all.date_time(Field::CalendarOriginalStart);
    let recurrence = match all.field(Field::CalendarRecurrence) {
        Some(Value::Recurrence(recurrence)) => Some((**recurrence).clone()),
        _ => None,
    };
    let reminder = all.bool(Field::ItemReminderIsSet).unwrap_or(false).then(|| {
        let minutes = all.int(Field::ItemReminderMinutesBeforeStart).unwrap_or(15);
        i32::try_from(minutes).unwrap_or(15)
    });
    Some(Event {
        uid: text(Field::CalendarUID),
        sequence: number(all.int(Field::CalendarAppointmentSequenceNumber)),
        stamp: all.date_time(Field::CalendarDateTimeStamp),
        occurrence: original.map(|it| it.to_zoned(when.zone.time_zone()).date()),
        recurrence,
        deleted: Vec::new(),
        subject: text(Field::ItemSubject),
        body: text(Field::ItemTextBody).or_else(|| text(Field::ItemBody)),
        html: None,
        location: text(Field::CalendarLocation),
        categories: match all.field(Field::ItemCategories) {
            Some(Value::Strings(list)) => list.clone(),
            _ => Vec::new(),
        },
        class: word(all, Field::ItemSensitivity, &CLASSES),
        importance: word(all, Field::ItemImportance, &IMPORTANCES),
        busy: word(all, Field::CalendarLegacyFreeBusyStatus, &BUSY),
        cancelled: all.bool(Field::CalendarIsCancelled).unwrap_or(false),
        reminder,
        organizer: match all.field(Field::CalendarOrganizer) {
            Some(Value::Mailbox(mailbox)) => person(mailbox),
            _ => None,
        },
        attendees: ROLES.iter().flat_map(|&(field, role)| invited(all, field, role)).collect(),
        when,
    })
}

fn number(number: Option<i64>) -> i32 {
    number.and_then(|number| i32::try_from(number).ok()).unwrap_or(0)
}

const ROLES: [(Field, Role); 3] = [
    (Field::CalendarRequiredAttendees, Role::Required),
    (Field::CalendarOptionalAttendees, Role::Optional),
    (Field::CalendarResources, Role::Resource),
];

const CLASSES: [(&str, Class); 4] = [
    ("Normal", Class::Normal),
    ("Personal", Class::Personal),
    ("Private", Class::Private),
    ("Confidential", Class::Confidential),
];

const IMPORTANCES: [(&str, Importance); 3] =
    [("Low", Importance::Low), ("Normal", Importance::Normal), ("High", Importance::High)];

const BUSY: [(&str, Busy); 5] = [
    ("Free", Busy::Free),
    ("Tentative", Busy::Tentative),
    ("Busy", Busy::Busy),
    ("OOF", Busy::Oof),
    ("WorkingElsewhere", Busy::WorkingElsewhere),
];

const ANSWERS: [(&str, Answer); 4] = [
    ("Unknown", Answer::None),
    ("Accept", Answer::Accepted),
    ("Tentative", Answer::Tentative),
    ("Decline", Answer::Declined),
];

fn word<T: Copy + Default>(all: &Properties, field: Field, words: &[(&str, T)]) -> T {
    all.text(field).map_or(T::default(), |text| of_word(text, words))
}

fn of_word<T: Copy + Default>(text: &str, words: &[(&str, T)]) -> T {
    words.iter().find(|(word, _)| *word == text).map_or(T::default(), |&(_, value)| value)
}

fn to_word<T: Copy + PartialEq>(value: T, words: &[(&'static str, T)]) -> &'static str {
    words.iter().find(|(_, known)| *known == value).map_or("", |&(word, _)| word)
}

fn person(mailbox: &Mailbox) -> Option<Person> {
    Some(Person { name: mailbox.name.clone(), address: mailbox.address.clone()? })
}

fn invited(all: &Properties, field: Field, role: Role) -> Vec<Attendee> {
    let Some(Value::Attendees(list)) = all.field(field) else { return Vec::new() };
    let rsvp = all.bool(Field::CalendarIsResponseRequested).unwrap_or(true);
    let attendee = |it: &Invited| {
        let answer = it.response_type.as_deref().unwrap_or("Unknown");
        Some(Attendee {
            person: person(&it.mailbox)?,
            role,
            answer: of_word(answer, &ANSWERS),
            rsvp,
        })
    };
    list.iter().filter_map(attendee).collect()
}

/// What iCalendar says of an item, and of a series' changed occurrences. `home` is the zone of
/// times that say none.
pub(in crate::exchange) fn read(content: &[u8], home: Zone) -> Outcome<(Properties, Occurrences)> {
    let Letter { all, kept, .. } = parsed(content, home)?;
    Ok((all, kept))
}

/// A message with iCalendar in it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::exchange) struct Letter {
    /// In capitals.
    pub(in crate::exchange) method: String,
    /// The item.
    pub(in crate::exchange) all: Properties,
    /// What became of its occurrences.
    pub(in crate::exchange) kept: Occurrences,
    /// The day of the one occurrence that it is about, if it is not about all.
    pub(in crate::exchange) occurrence: Option<jiff::civil::Date>,
}

/// What a message with iCalendar in it says.
pub(in crate::exchange) fn read_message(content: &[u8]) -> Outcome<Letter> {
    parsed(content, Zone::UTC)
}

fn parsed(content: &[u8], home: Zone) -> Outcome<Letter> {
    let calendar = Calendar::read(content, home)
        .map_err(|error| Problem::new(ResponseCode::ErrorMimeContentInvalid, error.to_string()))?;
    let method = calendar.method.as_deref().unwrap_or("PUBLISH").to_ascii_uppercase();
    let all = properties(&calendar.event, calendar.event.recurrence.as_ref());
    let mut kept = Occurrences::new();
    kept.extend(calendar.event.deleted.iter().map(|&date| (date, None)));
    for exception in &calendar.exceptions {
        let Some(date) = exception.occurrence else { continue };
        let mut changed = properties(exception, None);
        // Only what differs makes the exception.
        changed
            .retain(|property| !matches!(property, wire::ews::Property::Field(Field::CalendarUID)));
        let changed =
            changed.into_iter().filter(|(property, value)| all.get(property) != Some(value));
        kept.insert(date, Some(changed.collect()));
    }
    Ok(Letter { method, all, kept, occurrence: calendar.event.occurrence })
}

fn properties(event: &Event, recurrence: Option<&Recurrence>) -> Properties {
    let mut all = Properties::default();
    let When { zone, all_day, .. } = event.when;
    all.set(Field::ItemSubject, event.subject.clone().unwrap_or_default());
    let body = match (&event.html, &event.body) {
        (Some(html), _) => Body::html(html.clone()),
        (None, text) => Body::text(text.clone().unwrap_or_default()),
    };
    all.set(Field::ItemBody, body);
    all.set(Field::CalendarLocation, event.location.clone().unwrap_or_default());
    all.set(Field::CalendarStart, event.when.starts());
    all.set(Field::CalendarEnd, event.when.ends());
    all.set(Field::CalendarIsAllDayEvent, all_day);
    all.set(Field::CalendarStartTimeZone, TimeZoneDefinition::named(zone.id()));
    all.set(Field::ItemSensitivity, to_word(event.class, &CLASSES));
    all.set(Field::ItemImportance, to_word(event.importance, &IMPORTANCES));
    all.set(Field::CalendarLegacyFreeBusyStatus, to_word(event.busy, &BUSY));
    all.set(Field::CalendarIsCancelled, event.cancelled);
    all.set(Field::CalendarAppointmentSequenceNumber, event.sequence);
    all.set(Field::ItemReminderIsSet, event.reminder.is_some());
    all.set(Field::ItemReminderMinutesBeforeStart, event.reminder.unwrap_or(0));
    if !event.categories.is_empty() {
        all.set(Field::ItemCategories, event.categories.clone());
    }
    if let Some(uid) = &event.uid {
        all.set(Field::CalendarUID, uid.clone());
    }
    if let Some(recurrence) = recurrence {
        all.set(Field::CalendarRecurrence, recurrence.clone());
    }
    if let Some(organizer) = &event.organizer {
        all.set(Field::CalendarOrganizer, mailbox(organizer));
    }
    for (field, role) in ROLES {
        let of_role = event.attendees.iter().filter(|it| it.role == role);
        let list: Vec<_> = of_role
            .map(|it| Invited {
                mailbox: mailbox(&it.person),
                response_type: Some(to_word(it.answer, &ANSWERS).to_owned()),
                ..Invited::default()
            })
            .collect();
        if !list.is_empty() {
            all.set(field, list);
        }
    }
    all
}

fn mailbox(person: &Person) -> Mailbox {
    Mailbox {
        name: Some(person.name.clone().unwrap_or_else(|| person.address.clone())),
        routing_type: Some("SMTP".to_owned()),
        mailbox_type: Some("Mailbox".to_owned()),
        ..Mailbox::new(&person.address)
    }
}
