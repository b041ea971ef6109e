//! `DeleteItem`.

use wire::ews::folders::DeleteType;
use wire::ews::items::{DeleteItem, SendMeetingInvitations};
use wire::ews::{ItemClass, ItemRef, ResponseCode, ResponseMessage};

use crate::exchange::appointments;
use crate::exchange::call::{Call, Named};
use crate::exchange::folders::discard_item;
use crate::exchange::meetings::{self, Method, Telling};
use crate::exchange::problem::{Outcome, Problem, message};

/// `DeleteItem`
pub(in crate::exchange) fn delete(
    call: &mut Call<'_>,
    request: &DeleteItem,
) -> Vec<ResponseMessage<()>> {
    let mut answers = Vec::with_capacity(request.item_ids.len());
    for item in &request.item_ids {
        answers.push(message(delete_one(call, request, item)));
    }
    answers
}

fn delete_one(call: &mut Call<'_>, request: &DeleteItem, item: &ItemRef) -> Outcome<()> {
    let named = call.named(item)?;
    // Exchange refuses to guess who is to be told, and how much of a series goes
    // (ews-clients.md).
    match call.known(named.ix, named.uid)?.class() {
        ItemClass::Task if request.affected_task_occurrences.is_none() => {
            let text = "AffectedTaskOccurrences attribute must be specified for tasks.";
            return Err(Problem::new(ResponseCode::ErrorAffectedTaskOccurrencesRequired, text));
        }
        ItemClass::CalendarItem if request.send_meeting_cancellations.is_none() => {
            let text = "SendMeetingCancellations attribute must be specified for calendar items.";
            return Err(Problem::new(ResponseCode::ErrorSendMeetingCancellationsRequired, text));
        }
        _ => {}
    }
    let cancel = request.send_meeting_cancellations;
    if let Some(how) = cancel.filter(|how| *how != SendMeetingInvitations::SendToNone)
        && call.known(named.ix, named.uid)?.class() == ItemClass::CalendarItem
    {
        let keep = how == SendMeetingInvitations::SendToAllAndSaveCopy;
        meetings::raise(call, (named.ix, named.uid))?;
        let occurrence = named.occurrence;
        let telling = Telling { occurrence, ..Telling::all(Method::Cancel, keep) };
        meetings::tell(call, (named.ix, named.uid), telling)?;
    }
    if let Some(number) = named.occurrence {
        return delete_occurrence(call, &named, number);
    }
    discard_item(call, named.ix, named.uid, request.delete_type)
}

/// Deletes one occurrence of a series, and with the last of them the series.
pub(in crate::exchange) fn delete_occurrence(
    call: &mut Call<'_>,
    named: &Named<'_>,
    number: u32,
) -> Outcome<()> {
    let (ix, uid, now) = (named.ix, named.uid, call.now);
    let known = call.known(ix, uid)?.at(Some(number))?;
    let mut occurrences = known.occurrences().clone();
    let master = known.kept();
    occurrences.insert(appointments::day(&master, number)?, None);
    let left = appointments::series(&master, &occurrences).is_some_and(|it| it.first().is_some());
    if !left {
        return discard_item(call, ix, uid, DeleteType::HardDelete);
    }
    let mailbox = call.mailbox_mut(ix)?;
    let change = mailbox.change(uid, now, |overlay| overlay.occurrences = occurrences);
    change.ok_or_else(Problem::item_not_found)
}
