//! A cycle's conversation with an Exchange server: a request goes out in an envelope and comes
//! back as an answer or a refusal, whatever shape the server gave it.

use hyper::body::Bytes;
use wire::ews::{
    ConnectingSid, FolderRef, Limits, Mailbox, Request, RequestEnvelope, RequestHeader, Response,
    ResponseBody, ResponseEnvelope,
};

use super::refusal::Refusal;
use crate::http::{Ask, Client, HttpError, Repeat, excerpt};
use crate::millis::Millis;
use crate::schedule::holds::Hold;
use crate::{BackOff, CycleContext, CycleError, ErrorClass, Reason, ServerId};

/// The schema the engine speaks: all that it needs is in there, and every supported server knows
/// it.
const VERSION: &str = "Exchange2013";

/// How deep the elements of an answer may nest.
const DEPTH: usize = 100;

/// The conversation.
pub(super) struct Session<'c> {
    ctx: &'c CycleContext,
    server: ServerId,
    http: Client<'c>,
    header: RequestHeader,
    /// Whose folders are meant, when the account is not the mailbox's own and does not stand in
    /// for it either.
    delegate: bool,
    /// The server has served these credentials in this cycle.
    trusted: bool,
}

impl<'c> Session<'c> {
    /// A conversation about the cycle's mailbox. Says nothing yet.
    pub(super) fn new(ctx: &'c CycleContext, server: ServerId) -> Self {
        let exchange = &ctx.config.server(server).exchange;
        let address = &ctx.config.mailbox(ctx.mailbox).address;
        let impersonation =
            exchange.use_impersonation.then(|| ConnectingSid::PrimarySmtpAddress(address.clone()));
        let header = RequestHeader { impersonation, ..RequestHeader::version(VERSION) };
        let delegate = exchange.service_account.is_some() && !exchange.use_impersonation;
        Self { ctx, server, http: Client::new(ctx, server), header, delegate, trusted: false }
    }

    /// Whether categories matter to this engine.
    pub(super) fn tracks_categories(&self) -> bool {
        self.ctx.config.settings.tracks_categories()
    }

    /// Whether the server has served a request in this cycle.
    pub(super) fn is_trusted(&self) -> bool {
        self.trusted
    }

    /// A distinguished folder of the cycle's mailbox.
    pub(super) fn folder(&self, name: &str) -> FolderRef {
        let address = &self.ctx.config.mailbox(self.ctx.mailbox).address;
        let mailbox = self.delegate.then(|| Box::new(Mailbox::new(address.as_str())));
        FolderRef::Distinguished { name: name.to_owned(), mailbox }
    }

    /// Says a request. The answer's body may have so many octets.
    pub(super) async fn ask(
        &mut self,
        request: Request,
        limit: usize,
    ) -> Result<Response, Refusal> {
        let name = request.name();
        let repeat = repeat(name);
        let envelope = RequestEnvelope { header: self.header.clone(), request };
        let body = Bytes::from(envelope.write());
        let ask = Ask { name, body, repeat, limit };
        let answer = match self.http.ask(&ask).await {
            Ok(answer) => answer,
            Err(error @ (HttpError::NoConnection(_) | HttpError::Held(..))) => {
                return Err(Refusal::unasked(error.into()));
            }
            Err(error) => return Err(Refusal::unanswered(error.into())),
        };
        let read = match answer.status {
            // A fault may come with either (T1, T3); nothing else is ever in an envelope.
            200 | 500 => {
                let limits = Limits { bytes: limit, depth: DEPTH };
                Some(ResponseEnvelope::read_within(&answer.body, limits))
            }
            _ => None,
        };
        match read {
            Some(Ok(envelope)) => {
                self.trusted = true;
                match envelope.body {
                    ResponseBody::Response(response) if response.name() == name => Ok(response),
                    ResponseBody::Response(response) => {
                        let detail = format!("{name} was answered by {}", response.name());
                        Err(unreadable(detail))
                    }
                    ResponseBody::Fault(fault) => {
                        Err(self.told(Refusal::of_fault(name, answer.status, &fault)))
                    }
                }
            }
            Some(Err(error)) if answer.status == 200 => {
                // What stands before the place is often what explains it.
                let from = error.position.saturating_sub(60).min(answer.body.len());
                let offending = excerpt(&answer.body[from..]);
                let detail = format!("the answer to {name} is unreadable: {error}: {offending}");
                Err(unreadable(detail))
            }
            _ => {
                let now = self.ctx.services.clock.now();
                Err(self.told(Refusal::of_status(name, &answer, self.trusted, now)))
            }
        }
    }

    /// The server has refused something. A pause that it gives in its own words is about the
    /// mailbox, so nobody asks for anything there before it is over.
    pub(super) fn told(&self, refusal: Refusal) -> Refusal {
        if let Some(back_off) = refusal.back_off {
            let now = self.ctx.services.clock.now();
            let until = match back_off {
                BackOff::For(wait) => Millis::after(now, wait),
                BackOff::Until(until) => Millis::not_before(until),
            };
            // A pause that is over already asks for nothing.
            if until > Millis::not_before(now) {
                let hold = Hold { until, reason: refusal.reason };
                self.ctx.holds.tell(self.ctx.mailbox, self.server, hold);
            }
        }
        refusal
    }

    /// The cycle is over.
    pub(super) fn finish(self) {
        self.http.finish();
    }
}

/// An answer nobody can read leaves open what the server did.
fn unreadable(detail: String) -> Refusal {
    let (class, reason) = (ErrorClass::Transient, Reason::ProtocolViolation);
    Refusal::unanswered(CycleError::new(class, reason, detail))
}

/// Requests that only look may be said twice.
fn repeat(name: &str) -> Repeat {
    let looks = ["Get", "Find", "Sync"].iter().any(|verb| name.starts_with(verb));
    if looks { Repeat::Safe } else { Repeat::Unsafe }
}
