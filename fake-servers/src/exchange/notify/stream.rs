//! `GetStreamingEvents`: a connection that stays open. Events go out when they happen, a sign of
//! life whenever nothing did for 45 seconds, and at the end the word that it is closed.

use jiff::{SignedDuration, Timestamp};
use wire::ews::events::{
    ConnectionStatus, Event, GetStreamingEvents, Notification, StreamedEvents,
};
use wire::ews::{Response, ResponseCode, ResponseEnvelope, ResponseMessage, SubscriptionId};

use super::events::Teller;
use super::names;
use super::subscribe::{expire, find};
use super::subscriptions::{Subscription, Way};
use crate::exchange::call::Call;
use crate::exchange::dispatch::Done;
use crate::exchange::hanging::{Hanging, Turn};
use crate::exchange::problem::{Outcome, Problem};
use crate::exchange::server::Shared;
use crate::limits::exchange::{Account, Charged, LimitRefusal};
use crate::store::lock_store;
use crate::{Bell, MailboxIx, Refusal, ServerEvent};

/// How often there is a sign of life (field.md 3.2).
const ALIVE: SignedDuration = SignedDuration::from_secs(45);

/// A connection that carries events.
struct Stream {
    subscriptions: Vec<(u64, MailboxIx)>,
    charged: Charged,
    bell: Bell,
    /// Under which number it is woken.
    who: u64,
    alive_at: Timestamp,
    ends_at: Timestamp,
}

/// Opens a stream, or says why not.
pub(in crate::exchange) fn open(call: &mut Call<'_>, request: &GetStreamingEvents) -> Done {
    expire(call.server, call.now);
    let mut found = Vec::new();
    let (mut gone, mut problem) = (Vec::new(), None);
    for id in &request.subscriptions {
        match streamed(call, id) {
            Ok(it) => found.push(it),
            Err(why) => {
                gone.push(id.clone());
                problem = problem.or(Some(why));
            }
        }
    }
    // One that is unknown fails the whole request.
    if let Some(problem) = problem {
        return Done::Response(refused(problem, gone));
    }
    if !(1..=30).contains(&request.timeout) || found.is_empty() {
        let text = "The connection timeout must be between 1 and 30 minutes.";
        let problem = Problem::new(ResponseCode::ErrorInvalidArgument, text);
        return Done::Response(refused(problem, Vec::new()));
    }
    match hang(call, found, SignedDuration::from_mins(request.timeout.into())) {
        Ok(stream) => Done::Hanging(alive(), Box::new(stream)),
        Err(problem) => Done::Fault(problem.fault()),
    }
}

fn streamed(call: &Call<'_>, id: &SubscriptionId) -> Outcome<(u64, MailboxIx)> {
    let number = find(call, id)?;
    if let Ok(Subscription { way: Way::Stream(_), mailbox, .. }) =
        call.server.subscriptions().get(number)
    {
        return Ok((number, *mailbox));
    }
    let text = "The subscription is not a streaming subscription.";
    Err(Problem::new(ResponseCode::ErrorInvalidSubscription, text))
}

fn hang(
    call: &mut Call<'_>,
    subscriptions: Vec<(u64, MailboxIx)>,
    lasts: SignedDuration,
) -> Outcome<Stream> {
    let target = call.own();
    let charged = Charged::of(call.caller.account, Some(target));
    let hung = call.server.account(charged, call.now, Account::hang);
    if let Err(limit) = hung {
        let refusal = Refusal::Concurrency;
        call.events.push(ServerEvent::Refused { mailbox: Some(target), refusal });
        let text = "You have exceeded the available concurrent connections for your account.  \
                    Try again once your other requests have completed.";
        let problem = Problem::new(ResponseCode::ErrorExceededConnectionCount, text);
        return Err(match limit {
            LimitRefusal::HangingConnections { limit } => problem.of_policy(limit),
            _ => problem,
        });
    }
    let (bell, who) = (Bell::new(), call.server.subscriptions().next_stream());
    for (number, mailbox) in &subscriptions {
        call.server.subscriptions().attach(*number, call.now);
        if let Ok(mailbox) = call.store.mailbox_mut(*mailbox) {
            mailbox.hang(who, bell.clone());
        }
    }
    let later = |by| call.now.checked_add(by).unwrap_or(Timestamp::MAX);
    let (alive_at, ends_at) = (later(ALIVE), later(lasts));
    Ok(Stream { subscriptions, charged, bell, who, alive_at, ends_at })
}

impl Problem {
    /// With the policy that was met, as the answer names it (field.md 3.5, T8).
    fn of_policy(mut self, limit: u32) -> Self {
        self.values.push(("Policy".to_owned(), "HangingConnectionLimit".to_owned()));
        self.values.push(("HangingConnectionLimit".to_owned(), limit.to_string()));
        self
    }
}

impl Hanging for Stream {
    fn mailbox(&self) -> MailboxIx {
        self.charged.mailbox
    }

    fn wake_at(&self) -> Timestamp {
        self.alive_at.min(self.ends_at)
    }

    fn bell(&self) -> Bell {
        self.bell.clone()
    }

    fn turn(&mut self, server: &Shared, now: Timestamp) -> Turn {
        let mut turn = Turn::default();
        let (notifications, lost) = self.news(server);
        if !notifications.is_empty() {
            let notifications = Some(notifications);
            turn.say(server, said(StreamedEvents { notifications, ..StreamedEvents::default() }));
        }
        if !lost.is_empty() {
            let text = "The specified subscription was not found.";
            let problem = Problem::new(ResponseCode::ErrorSubscriptionNotFound, text);
            turn.say(server, refused(problem, lost));
            turn.over = true;
        } else if now >= self.ends_at {
            let status = Some(ConnectionStatus::Closed);
            turn.say(server, said(StreamedEvents { status, ..StreamedEvents::default() }));
            turn.over = true;
        } else if now >= self.alive_at && turn.documents.is_empty() {
            turn.say(server, alive());
        }
        if !turn.documents.is_empty() {
            self.alive_at = now.checked_add(ALIVE).unwrap_or(Timestamp::MAX);
        }
        if turn.over {
            self.lost(server, now);
        }
        turn
    }

    fn lost(&mut self, server: &Shared, now: Timestamp) {
        let mut store = lock_store(&server.store);
        for (number, mailbox) in std::mem::take(&mut self.subscriptions) {
            server.subscriptions().detach(number, now);
            if let Ok(mailbox) = store.mailbox_mut(mailbox) {
                mailbox.unhang(self.who);
            }
        }
        drop(store);
        server.account(self.charged, now, Account::unhang);
    }
}

impl Stream {
    /// What happened since the last time, by subscription, and which of them are gone.
    fn news(&self, server: &Shared) -> (Vec<Notification>, Vec<SubscriptionId>) {
        let store = lock_store(&server.store);
        let mut subscriptions = server.subscriptions();
        let (mut notifications, mut lost) = (Vec::new(), Vec::new());
        for &(number, ix) in &self.subscriptions {
            let id = names::subscription(ix, number);
            let Ok(subscription) = subscriptions.get(number) else {
                lost.push(id);
                continue;
            };
            let Some(mailbox) = store.mailbox(ix) else { continue };
            let Ok(happenings) = mailbox.happenings(subscription.seen) else {
                lost.push(id);
                continue;
            };
            let teller = Teller { ix, mailbox, watermarks: false };
            let mut events: Vec<Event> = Vec::new();
            for happening in happenings {
                subscription.seen = happening.watermark;
                if subscription.interest.covers(&happening.what) {
                    events.push(teller.tell(happening));
                }
            }
            if !events.is_empty() {
                notifications.push(Notification {
                    subscription: id,
                    previous_watermark: None,
                    more_events: None,
                    events,
                });
            }
        }
        (notifications, lost)
    }
}

impl Turn {
    fn say(&mut self, server: &Shared, response: Response) {
        let version = server.options.server_version();
        self.documents.push(ResponseEnvelope::new(version, response).write());
    }
}

fn said(content: StreamedEvents) -> Response {
    Response::GetStreamingEvents(vec![ResponseMessage::ok(content)])
}

fn alive() -> Response {
    said(StreamedEvents { status: Some(ConnectionStatus::Ok), ..StreamedEvents::default() })
}

fn refused(problem: Problem, gone: Vec<SubscriptionId>) -> Response {
    let mut message: ResponseMessage<StreamedEvents> = problem.message();
    message.content.lost = (!gone.is_empty()).then_some(gone);
    message.content.status = Some(ConnectionStatus::Closed);
    Response::GetStreamingEvents(vec![message])
}
