//! `Subscribe` and `Unsubscribe`.

use jiff::{SignedDuration, Timestamp};
use wire::ews::events::{Subscribe, Subscribed, SubscriptionRequest, Unsubscribe};
use wire::ews::{FolderRef, ResponseCode, ResponseMessage, SubscriptionId, Watermark};

use super::names;
use super::subscriptions::{Gone, Interest, Way};
use crate::MailboxIx;
use crate::exchange::call::Call;
use crate::exchange::problem::{Outcome, Problem, message};
use crate::exchange::server::Shared;
use crate::limits::exchange::{Account, Charged};
use crate::store::FolderNo;

/// Makes a subscription.
pub(in crate::exchange) fn subscribe(
    call: &mut Call<'_>,
    request: &Subscribe,
) -> ResponseMessage<Subscribed> {
    expire(call.server, call.now);
    message(make(call, &request.request))
}

fn make(call: &mut Call<'_>, request: &SubscriptionRequest) -> Outcome<Subscribed> {
    let (way, from) = match request {
        SubscriptionRequest::Pull(it) => (pull(it.timeout)?, it.watermark.as_ref()),
        SubscriptionRequest::Streaming(_) => (Way::Stream(0), None),
        SubscriptionRequest::Push(_) => {
            let text = "Push subscriptions are not supported by this server.";
            return Err(Problem::invalid_operation(text));
        }
    };
    let (mailbox, folders) = places(call, request.folders())?;
    let kinds = request.kinds().to_vec();
    if kinds.is_empty() {
        return Err(invalid("A subscription needs at least one event type."));
    }
    let newest = call.mailbox_mut(mailbox)?.watch();
    let seen = match from {
        Some(from) => known(call, mailbox, from)?,
        None => newest,
    };
    let charged = Charged::subscription(mailbox);
    if call.server.account(charged, call.now, Account::subscribe).is_err() {
        let text = "You have exceeded the available subscriptions for your account. Remove \
                    unnecessary subscriptions and try your request again.";
        return Err(Problem::new(ResponseCode::ErrorExceededSubscriptionCount, text));
    }
    let interest = Interest { kinds, folders };
    let number = call.server.subscriptions().add(mailbox, interest, way, seen, call.now);
    let pulled = matches!(way, Way::Pull(_));
    Ok(Subscribed {
        subscription: Some(names::subscription(mailbox, number)),
        watermark: pulled.then(|| names::watermark(mailbox, seen)),
    })
}

fn pull(minutes: i32) -> Outcome<Way> {
    if !(1..=1440).contains(&minutes) {
        return Err(invalid("The timeout must be between 1 and 1440 minutes."));
    }
    Ok(Way::Pull(SignedDuration::from_mins(minutes.into())))
}

/// Which folders of which mailbox are to be watched: all of them must be in one.
fn places(
    call: &Call<'_>,
    folders: Option<&[FolderRef]>,
) -> Outcome<(MailboxIx, Option<Vec<FolderNo>>)> {
    let Some(folders) = folders else { return Ok((call.own(), None)) };
    let found: Vec<_> = folders.iter().map(|it| call.folder(it)).collect::<Outcome<_>>()?;
    let Some(&(mailbox, _)) = found.first() else {
        return Err(invalid("A subscription needs at least one folder, or all."));
    };
    if found.iter().any(|(other, _)| *other != mailbox) {
        return Err(invalid("All folders of a subscription must be in the same mailbox."));
    }
    Ok((mailbox, Some(found.into_iter().map(|(_, no)| no).collect())))
}

/// The number of a watermark that is remembered.
pub(super) fn known(call: &Call<'_>, mailbox: MailboxIx, mark: &Watermark) -> Outcome<u64> {
    let number = names::watermark_number(mailbox, mark).ok_or_else(|| {
        let text = "The watermark is invalid.";
        Problem::new(ResponseCode::ErrorInvalidWatermark, text)
    })?;
    if call.mailbox(mailbox)?.happenings(number).is_err() {
        let text = "The event for this watermark is no longer there.";
        return Err(Problem::new(ResponseCode::ErrorEventNotFound, text));
    }
    Ok(number)
}

/// Ends a subscription.
pub(in crate::exchange) fn unsubscribe(
    call: &mut Call<'_>,
    request: &Unsubscribe,
) -> ResponseMessage<()> {
    expire(call.server, call.now);
    message(find(call, &request.subscription).and_then(|number| end(call, number)))
}

/// Ends it and gives its place in the budget back.
pub(super) fn end(call: &mut Call<'_>, number: u64) -> Outcome<()> {
    let removed = call.server.subscriptions().remove(number);
    let mailbox = removed.map_err(lost)?;
    give_back(call.server, mailbox, call.now);
    // A connection that streams it hears of its end at once.
    if let Ok(mailbox) = call.mailbox_mut(mailbox) {
        mailbox.ring();
    }
    Ok(())
}

/// The number of a living subscription whose mailbox the caller may open.
pub(super) fn find(call: &Call<'_>, id: &SubscriptionId) -> Outcome<u64> {
    let number = names::subscription_number(id).ok_or_else(|| {
        let text = "The subscription ID is not valid.";
        Problem::new(ResponseCode::ErrorInvalidSubscription, text)
    })?;
    let found = call.server.subscriptions().get(number).map(|it| it.mailbox);
    match found {
        Ok(mailbox) if call.mailbox(mailbox).is_err() => {
            let text = "Access to the subscription is denied.";
            Err(Problem::new(ResponseCode::ErrorSubscriptionAccessDenied, text))
        }
        Ok(_) => Ok(number),
        Err(gone) => Err(lost(gone)),
    }
}

/// The client has to begin anew.
pub(super) fn lost(gone: Gone) -> Problem {
    match gone {
        Gone::Expired => {
            Problem::new(ResponseCode::ErrorExpiredSubscription, "The subscription has expired.")
        }
        Gone::Unknown => Problem::new(
            ResponseCode::ErrorSubscriptionNotFound,
            "The specified subscription was not found.",
        ),
    }
}

/// Buries subscriptions that nobody has used for too long.
pub(super) fn expire(server: &Shared, now: Timestamp) {
    let whose = server.subscriptions().expire(now);
    for mailbox in whose {
        give_back(server, mailbox, now);
    }
}

fn give_back(server: &Shared, mailbox: MailboxIx, now: Timestamp) {
    server.account(Charged::subscription(mailbox), now, Account::unsubscribe);
}

fn invalid(text: &str) -> Problem {
    Problem::new(ResponseCode::ErrorInvalidSubscriptionRequest, text)
}
