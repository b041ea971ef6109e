//! `GetEvents`: what happened after a watermark, or that nothing did.

use wire::ews::events::{Event, Events, GetEvents, Notification, Status};
use wire::ews::{ResponseCode, ResponseMessage};

use super::events::Teller;
use super::names;
use super::subscribe::{end, expire, find, lost};
use super::subscriptions::{Interest, Way};
use crate::MailboxIx;
use crate::exchange::call::Call;
use crate::exchange::problem::{Outcome, Problem, message};
use crate::store::Happening;

/// How many events one answer carries.
const MOST: usize = 50;

/// What happened after a watermark.
pub(in crate::exchange) fn get_events(
    call: &mut Call<'_>,
    request: &GetEvents,
) -> ResponseMessage<Events> {
    expire(call.server, call.now);
    message(get(call, request))
}

fn get(call: &mut Call<'_>, request: &GetEvents) -> Outcome<Events> {
    let number = find(call, &request.subscription)?;
    let found = call.server.subscriptions().get(number).cloned();
    let subscription = found.map_err(lost)?;
    if !matches!(subscription.way, Way::Pull(_)) {
        let text = "The subscription is not a pull subscription.";
        return Err(Problem::new(ResponseCode::ErrorInvalidPullSubscriptionId, text));
    }
    let mailbox = subscription.mailbox;
    let since = names::watermark_number(mailbox, &request.watermark).ok_or_else(|| {
        let text = "The watermark is invalid.";
        Problem::new(ResponseCode::ErrorInvalidWatermark, text)
    })?;
    let Some((events, more)) = told(call, mailbox, &subscription.interest, since)? else {
        return Err(missed(call, number));
    };
    call.server.subscriptions().used(number, call.now);
    let notification = Notification {
        subscription: request.subscription.clone(),
        previous_watermark: Some(request.watermark.clone()),
        more_events: Some(more),
        events,
    };
    Ok(Events { notification: Some(notification) })
}

/// Events after a watermark and whether there are more; `None` if some are forgotten.
fn told(
    call: &Call<'_>,
    ix: MailboxIx,
    interest: &Interest,
    since: u64,
) -> Outcome<Option<(Vec<Event>, bool)>> {
    let mailbox = call.mailbox(ix)?;
    let Ok(happenings) = mailbox.happenings(since) else { return Ok(None) };
    let happenings: Vec<&Happening> = happenings.collect();
    let newest = happenings.last().map_or(since, |it| it.watermark);
    let wanted: Vec<&Happening> =
        happenings.into_iter().filter(|it| interest.covers(&it.what)).collect();
    let teller = Teller { ix, mailbox, watermarks: true };
    let mut events: Vec<Event> =
        wanted.iter().take(MOST).map(|happening| teller.tell(happening)).collect();
    if events.is_empty() {
        let watermark = Some(names::watermark(ix, newest));
        events.push(Event::Status(Status { watermark }));
    }
    Ok(Some((events, wanted.len() > MOST)))
}

/// A client that came so late has to begin anew.
fn missed(call: &mut Call<'_>, number: u64) -> Problem {
    if let Err(problem) = end(call, number) {
        return problem;
    }
    let text = "Events were missed because they were not fetched in time.";
    Problem::new(ResponseCode::ErrorMissedNotificationEvents, text)
}
