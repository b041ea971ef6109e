//! Accepting and declining, and calling a meeting off.

use wire::ews::folders::DeleteType;
use wire::ews::items::{Items, MessageDisposition};
use wire::ews::value::Attendee;
use wire::ews::{Field, ItemClass, ItemRef, Property, ResponseCode, Value};

use super::send::{self, Method, Telling};
use super::{INVITED, entry, raise, tell};
use crate::MailboxIx;
use crate::exchange::call::Call;
use crate::exchange::folders::discard_item;
use crate::exchange::items::{delete_occurrence, owner};
use crate::exchange::problem::{Outcome, Problem};
use crate::store::{Occurrences, Overlay, Uid};

/// Answers an invitation, given by its message or by the entry in the calendar.
pub(in crate::exchange) fn answer(
    call: &mut Call<'_>,
    class: ItemClass,
    reference: &ItemRef,
    how: Option<MessageDisposition>,
) -> Outcome<Items> {
    let (answer, busy) = match class {
        ItemClass::AcceptItem => ("Accept", "Busy"),
        ItemClass::TentativelyAcceptItem => ("Tentative", "Tentative"),
        ItemClass::DeclineItem => ("Decline", "Free"),
        _ => return Ok(Items::default()),
    };
    let (ix, message, uid) = meant(call, reference)?;
    may_answer(call, ix, uid, class)?;
    let now = call.now;
    let set = |overlay: &mut Overlay| {
        overlay.properties.set(Field::CalendarMyResponseType, answer);
        overlay.properties.set(Field::CalendarLegacyFreeBusyStatus, busy);
        overlay.properties.set(Field::CalendarAppointmentReplyTime, now);
    };
    call.mailbox_mut(ix)?.change(uid, now, set).ok_or_else(Problem::item_not_found)?;
    if how != Some(MessageDisposition::SaveOnly) {
        let keep = how == Some(MessageDisposition::SendAndSaveCopy);
        reply(call, ix, uid, answer, keep)?;
    }
    if let Some(message) = message {
        discard_item(call, ix, message, DeleteType::MoveToDeletedItems)?;
    }
    if class == ItemClass::DeclineItem {
        discard_item(call, ix, uid, DeleteType::MoveToDeletedItems)?;
        return Ok(Items::default());
    }
    call.item_of(ix, uid).map(Items::one)
}

/// The invitation's message, if it was meant, and the entry in the calendar.
fn meant(call: &Call<'_>, reference: &ItemRef) -> Outcome<(MailboxIx, Option<Uid>, Uid)> {
    let named = call.named(reference)?;
    let known = call.known(named.ix, named.uid)?;
    match known.class() {
        ItemClass::CalendarItem => Ok((named.ix, None, named.uid)),
        ItemClass::MeetingRequest => {
            let all = known.kept();
            let uid = all.text(Field::CalendarUID).and_then(|uid| entry(known.mailbox, uid));
            let uid = uid.ok_or_else(Problem::item_not_found)?;
            Ok((named.ix, Some(named.uid), uid))
        }
        _ => {
            let text = "The reference item does not support the requested operation.";
            Err(Problem::new(ResponseCode::ErrorInvalidReferenceItem, text))
        }
    }
}

fn may_answer(call: &Call<'_>, ix: MailboxIx, uid: Uid, class: ItemClass) -> Outcome<()> {
    let all = call.known(ix, uid)?.properties();
    if all.bool(Field::CalendarIsCancelled) == Some(true) && class == ItemClass::AcceptItem {
        let text = "The meeting was canceled.";
        return Err(Problem::new(ResponseCode::ErrorCalendarIsCancelledForAccept, text));
    }
    if all.bool(Field::CalendarIsOrganizer) == Some(true) {
        let code = match class {
            ItemClass::AcceptItem => ResponseCode::ErrorCalendarIsOrganizerForAccept,
            ItemClass::DeclineItem => ResponseCode::ErrorCalendarIsOrganizerForDecline,
            _ => ResponseCode::ErrorCalendarIsOrganizerForTentative,
        };
        return Err(Problem::new(code, "The organizer cannot answer an own invitation."));
    }
    Ok(())
}

/// Tells the organizer what was answered: an event with oneself as the only attendee.
fn reply(call: &mut Call<'_>, ix: MailboxIx, uid: Uid, answer: &str, keep: bool) -> Outcome<()> {
    let known = call.known(ix, uid)?;
    let mut all = known.properties();
    let me = owner(known.mailbox);
    let organizer = match all.field(Field::CalendarOrganizer) {
        Some(Value::Mailbox(organizer)) => organizer.address.clone(),
        _ => None,
    };
    let Some(organizer) = organizer else { return Ok(()) };
    for field in INVITED {
        all.remove(&Property::Field(field));
    }
    let attendee =
        Attendee { mailbox: me, response_type: Some(answer.to_owned()), ..Attendee::default() };
    all.set(Field::CalendarRequiredAttendees, vec![attendee]);
    let prefix = match answer {
        "Accept" => "Accepted",
        "Decline" => "Declined",
        _ => "Tentative",
    };
    let subject = format!("{prefix}: {}", all.text(Field::ItemSubject).unwrap_or_default());
    all.set(Field::ItemSubject, subject);
    send::send(call, ix, &all, (&Occurrences::new(), "REPLY"), &[organizer], keep)
}

/// `CancelCalendarItem`: everybody is told, and the meeting goes.
pub(in crate::exchange) fn cancel(call: &mut Call<'_>, reference: &ItemRef) -> Outcome<Items> {
    let named = call.named(reference)?;
    let all = call.known(named.ix, named.uid)?.properties();
    if all.bool(Field::CalendarIsOrganizer) != Some(true) {
        let text = "Only the organizer can cancel a meeting.";
        return Err(Problem::new(ResponseCode::ErrorCalendarIsNotOrganizer, text));
    }
    raise(call, (named.ix, named.uid))?;
    let occurrence = named.occurrence;
    let telling = Telling { occurrence, ..Telling::all(Method::Cancel, true) };
    tell(call, (named.ix, named.uid), telling)?;
    if let Some(number) = occurrence {
        delete_occurrence(call, &named, number)?;
        return Ok(Items::default());
    }
    discard_item(call, named.ix, named.uid, DeleteType::MoveToDeletedItems)?;
    Ok(Items::default())
}
