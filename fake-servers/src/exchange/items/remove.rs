//! `DeleteItem`.

use wire::ews::items::DeleteItem;
use wire::ews::{ItemClass, ItemRef, ResponseCode, ResponseMessage};

use crate::exchange::call::Call;
use crate::exchange::folders::discard_item;
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
    discard_item(call, named.ix, named.uid, request.delete_type)
}
