//! What a change of a meeting means for those who are invited: who is told, that it is a later
//! version, and whether their answers still hold.

use wire::ews::items::SendInvitationsOrCancellations as Whom;
use wire::ews::value::Attendee;
use wire::ews::{Field, ItemClass, Properties, Property, Value};

use super::send::{Method, Telling, tell};
use super::{INVITED, addresses};
use crate::MailboxIx;
use crate::exchange::call::{Call, Named};
use crate::exchange::problem::Outcome;
use crate::store::{Overlay, Uid};

/// A meeting as it was.
pub(in crate::exchange) struct Before {
    guests: Vec<String>,
    time: Properties,
}

/// A meeting as it is before a change; nothing of what is none.
pub(in crate::exchange) fn before(call: &Call<'_>, named: Named<'_>) -> Outcome<Option<Before>> {
    let known = call.known(named.ix, named.uid)?;
    if known.class() != ItemClass::CalendarItem {
        return Ok(None);
    }
    let all = known.at(named.occurrence)?.properties();
    Ok(Some(Before { guests: addresses(&all), time: time(&all) }))
}

/// What makes a change significant: answers were given for that time ([MS-OXOCAL] 3.1.4.7.3.1).
fn time(all: &Properties) -> Properties {
    const TIME: [Field; 3] = [Field::CalendarStart, Field::CalendarEnd, Field::CalendarRecurrence];
    let set = TIME.into_iter().map(Property::Field);
    set.filter_map(|field| Some((field.clone(), all.get(&field)?.clone()))).collect()
}

/// Tells of a change: all who are invited or those who are so since, and those who are no more
/// ([MS-OXWSMTGS] 2.2.5.3).
pub(in crate::exchange) fn updated(
    call: &mut Call<'_>,
    named: Named<'_>,
    before: &Before,
    whom: Whom,
) -> Outcome<()> {
    let meeting = (named.ix, named.uid);
    let all = call.known(named.ix, named.uid)?.at(named.occurrence)?.properties();
    let guests = addresses(&all);
    let without = |these: &[String], those: &[String]| {
        let those: Vec<String> = those.iter().map(|it| it.to_lowercase()).collect();
        let left = these.iter().filter(|it| !those.contains(&it.to_lowercase()));
        left.cloned().collect::<Vec<_>>()
    };
    let removed = without(&before.guests, &guests);
    let (to, keep) = match whom {
        Whom::SendToNone => return Ok(()),
        Whom::SendOnlyToAll => (guests, false),
        Whom::SendToAllAndSaveCopy => (guests, true),
        Whom::SendOnlyToChanged => (without(&guests, &before.guests), false),
        Whom::SendToChangedAndSaveCopy => (without(&guests, &before.guests), true),
    };
    if all.bool(Field::CalendarMeetingRequestWasSent) == Some(true) {
        raise(call, meeting)?;
        if named.occurrence.is_none() && time(&all) != before.time {
            forget_answers(call, meeting)?;
        }
    }
    let request = Telling { method: Method::Request, to: Some(to), occurrence: None, keep };
    tell(call, meeting, request)?;
    let occurrence = named.occurrence;
    tell(call, meeting, Telling { method: Method::Cancel, to: Some(removed), occurrence, keep })
}

/// Each update and each cancellation is a later version of the meeting ([MS-OXOCAL] 3.1.5.4).
pub(in crate::exchange) fn raise(call: &mut Call<'_>, (ix, uid): (MailboxIx, Uid)) -> Outcome<()> {
    let all = call.known(ix, uid)?.properties();
    if all.bool(Field::CalendarIsOrganizer) == Some(true) && !addresses(&all).is_empty() {
        let number = all.int(Field::CalendarAppointmentSequenceNumber).unwrap_or(0);
        call.mailbox_mut(ix)?.describe(uid, |overlay| {
            let number = number.saturating_add(1);
            overlay.properties.set(Field::CalendarAppointmentSequenceNumber, number);
        });
    }
    Ok(())
}

fn forget_answers(call: &mut Call<'_>, (ix, uid): (MailboxIx, Uid)) -> Outcome<()> {
    call.mailbox_mut(ix)?.describe(uid, |overlay| {
        change_guests(overlay, |guest| {
            guest.response_type = Some("Unknown".to_owned());
            guest.last_response_time = None;
        });
    });
    Ok(())
}

/// Changes what is kept of everybody who is invited.
pub(super) fn change_guests(overlay: &mut Overlay, change: impl Fn(&mut Attendee)) {
    for field in INVITED {
        let property = Property::Field(field);
        if let Some(Value::Attendees(mut list)) = overlay.properties.remove(&property) {
            list.iter_mut().for_each(&change);
            overlay.properties.set(property, list);
        }
    }
}
