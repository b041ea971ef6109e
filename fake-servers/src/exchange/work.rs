//! From an HTTP request to what it is answered with: who asks, whether a fault strikes, what the
//! budgets say, then the operation itself.

use jiff::Timestamp;
use wire::ews::{
    Fault, ReadError, ReadErrorKind, RequestEnvelope, Response, ResponseCode, ResponseEnvelope,
};

use super::call::Call;
use super::dispatch::{Done, dispatch};
use super::login::{self, Caller, Unknown};
use super::refusals::{self, HttpAnswer, Refused};
use super::reply::Reply;
use super::server::Shared;
use super::versions::EwsAccess;
use super::{autodiscover, batch, delivery, strict, versions};
use crate::http::{Answer, HttpRequest};
use crate::limits::exchange::{Admission, Charged, Kind};
use crate::store::lock_store;
use crate::{
    Actions, Channel, Effect, EwsRefusal, EwsShape, MailboxIx, Operation, Refusal, ServerEvent,
};

/// Where EWS is, in whatever case (ews-clients.md).
const EWS: &str = "/ews/exchange.asmx";
const AUTODISCOVER: &str = "/autodiscover/autodiscover.xml";

/// Answers a request; the first of a connection is a login, to faults.
pub(super) fn serve(
    server: &Shared,
    channel: Channel,
    first: bool,
    http: &HttpRequest,
    now: Timestamp,
) -> Reply {
    let mut reply = answer(server, channel, first, http, now);
    server.patience(|patience| patience.see(http, &mut reply, now));
    reply
}

/// Whether the body of a request with this head is worth its memory: strangers are refused
/// whatever it is.
pub(super) fn wants_body(server: &Shared, head: &HttpRequest, now: Timestamp) -> bool {
    let ways = server.options.authentication(now);
    is_here(head) && login::account(head, ways, &lock_store(&server.store)).is_ok()
}

fn is_here(http: &HttpRequest) -> bool {
    [EWS, AUTODISCOVER].iter().any(|path| http.path.eq_ignore_ascii_case(path))
}

fn answer(
    server: &Shared,
    channel: Channel,
    first: bool,
    http: &HttpRequest,
    now: Timestamp,
) -> Reply {
    if !is_here(http) {
        return Reply::plain(None, Answer::status(404));
    }
    let ways = server.options.authentication(now);
    let account = match login::account(http, ways, &lock_store(&server.store)) {
        Ok(account) => account,
        Err(unknown) => return unauthorized(server, unknown, now),
    };
    // Each request brings its credentials; a login is what opens a connection.
    let login = if first { server.strike(Operation::Login, Some(account), now) } else { None };
    if let Some(struck) = &login
        && !struck.1.does_the_work()
    {
        return struck_down(server, struck.clone(), Some(account), None, 1, now);
    }
    let mut reply = known(server, channel, account, http, now);
    reply.struck = reply.struck.or(login);
    reply
}

/// Answers a request of somebody who is known.
fn known(
    server: &Shared,
    channel: Channel,
    account: MailboxIx,
    http: &HttpRequest,
    now: Timestamp,
) -> Reply {
    if !http.path.eq_ignore_ascii_case(EWS) {
        return autodiscover::serve(server, channel, account, http, now);
    }
    if server.options.version.ews_access(now, server.options.allow_listed) != EwsAccess::Open {
        let refusal = EwsRefusal::usual(EwsShape::EwsDisabled);
        return refused(server, refusal, Some(account), None, 1, now);
    }
    if http.method != "POST" {
        let page = b"<html><head><title>Exchange Web Services</title></head></html>".to_vec();
        let answer = Answer { body: page, ..Answer::status(200) };
        return Reply::plain(Some(account), answer.with("Content-Type", "text/html"));
    }
    match RequestEnvelope::read(&http.body) {
        Ok(envelope) => soap(server, account, http, envelope, now),
        Err(error) => {
            let fault = unreadable(&http.body, &error);
            let answer = fault_answer(server, fault);
            Reply::refused(Some(account), answer, Refusal::InvalidRequest)
        }
    }
}

fn unauthorized(server: &Shared, unknown: Unknown, now: Timestamp) -> Reply {
    let mut answer = Answer::status(401);
    for challenge in server.options.challenges(now) {
        answer = answer.with("WWW-Authenticate", challenge);
    }
    match unknown {
        // That is how clients ask which ways there are.
        Unknown::Unnamed => Reply::plain(None, answer),
        Unknown::Wrong(mailbox) => Reply::refused(mailbox, answer, Refusal::Credentials),
    }
}

fn soap(
    server: &Shared,
    account: MailboxIx,
    http: &HttpRequest,
    mut envelope: RequestEnvelope,
    now: Timestamp,
) -> Reply {
    if let Some(version) = &envelope.header.version
        && !server.options.version.understands(version)
    {
        let text = "The specified server version is invalid.";
        let fault = Fault::new(ResponseCode::ErrorInvalidServerVersion, text);
        let answer = fault_answer(server, fault);
        return Reply::refused(Some(account), answer, Refusal::InvalidRequest);
    }
    if let Some(fault) = unknown_to_schema(&http.body, &envelope) {
        let answer = fault_answer(server, fault);
        return Reply::refused(Some(account), answer, Refusal::InvalidRequest);
    }
    let sid = envelope.header.impersonation.as_ref();
    let who = login::impersonate(account, sid, &server.options, &lock_store(&server.store));
    let caller = match who {
        Ok(caller) => caller,
        Err(problem) => {
            let answer = fault_answer(server, problem.fault());
            return Reply::refused(Some(account), answer, Refusal::AccountRefused);
        }
    };
    let reach = strict::reach(&envelope.request, server.options.strict);
    if let Some(fault) = reach.and_then(|reach| strict::fault(&http.body, reach)) {
        let answer = fault_answer(server, fault);
        return Reply::refused(Some(caller.mailbox), answer, Refusal::InvalidRequest);
    }
    admitted(server, caller, &mut envelope, now)
}

/// An operation of a later version than the request names is no element that the schema has.
fn unknown_to_schema(body: &[u8], envelope: &RequestEnvelope) -> Option<Fault> {
    let name = envelope.request.name();
    let operation = Operation::of_ews(name)?;
    if versions::is_in_schema(operation, envelope.header.version.as_deref()) {
        return None;
    }
    let position = body.windows(name.len()).position(|at| at == name.as_bytes());
    let text = format!(
        "Could not find schema information for the element \
         'http://schemas.microsoft.com/exchange/services/2006/messages:{name}'."
    );
    Some(strict::schema_fault(body, position.unwrap_or(0), &text))
}

/// Asks faults and budgets, and does what is left of the request after them.
fn admitted(
    server: &Shared,
    caller: Caller,
    envelope: &mut RequestEnvelope,
    now: Timestamp,
) -> Reply {
    let operation = Operation::of_ews(envelope.request.name());
    let parts = batch::parts(&envelope.request);
    let asked = Some(caller.mailbox);
    let struck = operation.and_then(|operation| server.strike(operation, asked, now));
    if let Some(struck) = &struck
        && !struck.1.does_the_work()
    {
        return struck_down(server, struck.clone(), asked, operation, parts, now);
    }
    let target = (caller.account != caller.mailbox).then_some(caller.mailbox);
    let charged = Charged::of(caller.account, target);
    let kind = match operation {
        Some(Operation::SyncFolderItems | Operation::SyncFolderHierarchy) => Kind::Sync,
        _ => Kind::Other,
    };
    let (held, answered, rest) = match server.admit(charged, kind, parts, now) {
        Admission::Admit { held, answered, rest } => (held, answered, rest),
        Admission::Refuse(limit) => {
            return refused(server, limit.into(), asked, operation, parts, now);
        }
    };
    if rest.is_some() {
        batch::truncate(&mut envelope.request, answered);
    }
    let mut reply = perform(server, caller, envelope, now);
    if let (Some(limit), Some(operation)) = (rest, operation) {
        let refusal = EwsRefusal::from(limit);
        reply.pause = refusals::stated_pause(&refusal);
        batch::append(&mut reply.answer.body, &refusal, operation, parts - answered);
        let refusal = refusal.shape.refusal();
        reply.events.push(ServerEvent::Refused { mailbox: asked, refusal });
    }
    reply.held = held;
    reply.struck = struck;
    reply
}

fn perform(server: &Shared, caller: Caller, envelope: &RequestEnvelope, now: Timestamp) -> Reply {
    let mut store = lock_store(&server.store);
    let mut call = Call {
        server,
        store: &mut store,
        caller,
        header: &envelope.header,
        now,
        events: Vec::new(),
        once_written: Vec::new(),
        touched: Vec::new(),
    };
    let done = dispatch(&mut call, &envelope.request);
    let drafts = call.drafts();
    let (mut events, once_written) = (call.events, call.once_written);
    events.extend(drafts);
    drop(store);
    if let Done::Response(response) = &done {
        report_errors(response, caller.mailbox, &mut events);
    }
    let version = server.options.server_version();
    let (answer, hanging) = match done {
        Done::Response(response) => {
            (Answer::xml(200, ResponseEnvelope::new(version, response).write()), None)
        }
        Done::Hanging(response, hanging) => {
            let first = ResponseEnvelope::new(version, response).write();
            (Answer::xml(200, first), Some(hanging))
        }
        Done::Fault(fault) => (fault_answer(server, fault), None),
    };
    Reply { hanging, events, once_written, ..Reply::plain(Some(caller.mailbox), answer) }
}

/// Reports what a request's parts were refused for, each kind once.
fn report_errors(response: &Response, mailbox: MailboxIx, events: &mut Vec<ServerEvent>) {
    // That nobody has made these settings yet is what one may ask for.
    if matches!(response, Response::GetUserConfiguration(_)) {
        return;
    }
    let mut kinds: Vec<Refusal> = response.errors().into_iter().filter_map(kind_of).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let refused = |refusal| ServerEvent::Refused { mailbox: Some(mailbox), refusal };
    events.extend(kinds.into_iter().map(refused));
}

/// What an error counts as in reports; most only say that something is not so.
fn kind_of(code: &ResponseCode) -> Option<Refusal> {
    Some(match code {
        ResponseCode::ErrorInvalidSyncStateData => Refusal::SyncStateLost,
        ResponseCode::ErrorQuotaExceeded => Refusal::MailboxFull,
        ResponseCode::ErrorSubmissionQuotaExceeded => Refusal::RecipientQuota,
        ResponseCode::ErrorMessageSizeExceeded => Refusal::TooLarge,
        ResponseCode::ErrorInvalidRecipients => Refusal::UnknownRecipient,
        ResponseCode::ErrorItemNotFound => Refusal::ItemNotFound,
        ResponseCode::ErrorIrresolvableConflict => Refusal::Conflict,
        ResponseCode::ErrorExceededSubscriptionCount => Refusal::Subscriptions,
        ResponseCode::ErrorExceededFindCountLimit => Refusal::FindCount,
        ResponseCode::ErrorExceededConnectionCount => Refusal::Concurrency,
        ResponseCode::ErrorSubscriptionNotFound
        | ResponseCode::ErrorExpiredSubscription
        | ResponseCode::ErrorMissedNotificationEvents => Refusal::SubscriptionLost,
        _ => return None,
    })
}

/// A fault does the work of answering.
pub(super) fn struck_down(
    server: &Shared,
    (number, effect): (u16, Effect),
    asked: Option<MailboxIx>,
    operation: Option<Operation>,
    parts: usize,
    now: Timestamp,
) -> Reply {
    let (answer, pause) = match &effect {
        Effect::Ews(refusal) => {
            let answer = in_exchanges_words(server, refusal, operation, parts, now);
            (answer, refusals::stated_pause(refusal))
        }
        _ => (Answer::status(503), None),
    };
    let mut reply = Reply::plain(asked, answer);
    reply.pause = pause;
    reply.struck = Some((number, effect));
    reply
}

/// A limit refuses.
fn refused(
    server: &Shared,
    refusal: EwsRefusal,
    asked: Option<MailboxIx>,
    operation: Option<Operation>,
    parts: usize,
    now: Timestamp,
) -> Reply {
    let answer = in_exchanges_words(server, &refusal, operation, parts, now);
    let pause = refusals::stated_pause(&refusal);
    Reply { pause, ..Reply::refused(asked, answer, refusal.shape.refusal()) }
}

fn in_exchanges_words(
    server: &Shared,
    refusal: &EwsRefusal,
    operation: Option<Operation>,
    parts: usize,
    now: Timestamp,
) -> Answer {
    let challenges = server.options.challenges(now);
    let numbers = server.options.version.numbers();
    let refused = Refused { operation, items: parts, numbers, challenges: &challenges };
    match refusals::answer(refusal, refused) {
        Some(HttpAnswer { status, headers, body }) => Answer { status, fields: headers, body },
        None => Answer::status(503),
    }
}

fn fault_answer(server: &Shared, fault: Fault) -> Answer {
    let version = server.options.server_version();
    Answer::xml(500, ResponseEnvelope::fault(version, fault).write())
}

/// Why a request cannot be read, in Exchange's words.
fn unreadable(body: &[u8], error: &ReadError) -> Fault {
    match &error.kind {
        ReadErrorKind::Operation(name) => {
            let text = format!("The request is invalid: {name} is not an operation.");
            Fault::new(ResponseCode::ErrorInvalidOperation, text)
        }
        ReadErrorKind::Combination => {
            let text = "The attributes of an extended property do not belong together.";
            Fault::new(ResponseCode::ErrorInvalidExtendedProperty, text)
        }
        ReadErrorKind::Unexpected(_)
        | ReadErrorKind::Missing { .. }
        | ReadErrorKind::Value { .. } => {
            strict::schema_fault(body, error.position, &error.kind.to_string())
        }
        other => {
            let text = format!("The request is invalid: {other}.");
            Fault::new(ResponseCode::ErrorInvalidRequest, text)
        }
    }
}

/// When the next message that was held back is due.
pub(super) fn next_due(server: &Shared) -> Option<Timestamp> {
    delivery::next_due(server)
}

/// Delivers what was held back until now.
pub(super) fn deliver_due(server: &Shared, now: Timestamp, out: &mut Actions) {
    delivery::deliver_due(server, now, |event| out.event(event));
}
