//! One outgoing cycle: the scan of Pending Send, and connections for as long as something is due.

use mail_send::Credentials;

use super::link::{AuthOffer, Features, Link};
use super::reply::{Reply, Stage, Verdict, classify};
use super::settle::settle;
use super::transaction::{Ended, Transaction};
use crate::store::outgoing;
use crate::{
    BackOff, ByteStream, CycleContext, CycleError, CycleReport, EmailId, ErrorClass, Event, Reason,
    ServerId, Settings, Step, connection,
};

/// Runs one cycle.
pub(crate) async fn run(ctx: CycleContext) -> CycleReport {
    let mut report = CycleReport::default();
    if let Err(error) = cycle(&ctx, &mut report).await {
        report.error = Some(error);
    }
    report
}

async fn cycle(ctx: &CycleContext, report: &mut CycleReport) -> Result<(), CycleError> {
    let Some(server) = ctx.config.mailbox(ctx.mailbox).outgoing else { return Ok(()) };
    let most = ctx.config.server(server).messages_per_connection.max(1);
    loop {
        let now = ctx.services.clock.now();
        let earliest = ctx.store.read(|reader| outgoing::earliest_due(reader, ctx.mailbox))?;
        if earliest.is_none_or(|due| due > now) {
            report.next_due = earliest;
            return Ok(());
        }
        let batch = ctx.store.read(|reader| outgoing::due(reader, ctx.mailbox, now, most))?;
        let stream = connection::open(ctx, server).await?;
        let result = serve(ctx, server, stream, &batch, report).await;
        connection::closed(ctx, server);
        result?;
    }
}

/// Sends these emails, one after the other, over one connection.
async fn serve(
    ctx: &CycleContext,
    server: ServerId,
    stream: Box<dyn ByteStream>,
    batch: &[EmailId],
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let profile = ctx.config.server(server);
    let mut link = Link::new(stream, profile.request_timeout);
    let features = greet(ctx, &mut link).await?;
    let mut left = profile.messages_per_connection.max(1);
    'emails: for &email in batch {
        loop {
            if left == 0 {
                break 'emails;
            }
            left -= 1;
            if !send(ctx, &mut link, features, email, report).await? {
                break;
            }
        }
    }
    // Everything is settled by now, so the answer to QUIT decides nothing.
    let _ = link.command("QUIT", "QUIT\r\n").await;
    Ok(())
}

/// One attempt at one email. Says whether it is worth another at once: the server took some of
/// its recipients and wants the others in a transaction of their own.
async fn send(
    ctx: &CycleContext,
    link: &mut Link,
    features: Features,
    email: EmailId,
    report: &mut CycleReport,
) -> Result<bool, CycleError> {
    let now = ctx.services.clock.now();
    // Canceled since the scan: nothing to send.
    let Some(attempt) = ctx.store.transaction(|tx| outgoing::begin(tx, email, now))? else {
        return Ok(false);
    };
    let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
    ctx.emit(Event::SendStarted { cycle, mailbox, email, attempt: attempt.number });
    ctx.spend(Step::Send).await;
    let ended = if ctx.customize().await.is_err() {
        Ended::deferred(&ctx.config.settings, Reason::CustomizationFailed, "a customization threw")
    } else {
        Transaction { ctx, link, features, attempt: &attempt }.run().await?
    };
    let settled = settle(ctx, &attempt, &ended)?;
    report.items += u32::from(settled.sent);
    match ended.session {
        Some(error) => Err(error),
        None => Ok(settled.again_now),
    }
}

/// Greeting, EHLO, AUTH.
async fn greet(ctx: &CycleContext, link: &mut Link) -> Result<Features, CycleError> {
    let mailbox = ctx.config.mailbox(ctx.mailbox);
    let settings = &ctx.config.settings;
    let greeting = link.greeting().await?;
    if !greeting.is_positive() {
        return Err(refused(settings, Stage::Session, "greeting", &greeting));
    }
    // The name of this host is nobody's business and proves nothing; the sender's domain is
    // what a submission server knows (RFC 6409, section 4.3).
    let domain = mailbox.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let features = link
        .ehlo(domain)
        .await?
        .map_err(|reply| refused(settings, Stage::Session, "EHLO", &reply))?;
    let credentials = Credentials::Plain {
        username: mailbox.credentials.user.as_str(),
        secret: mailbox.credentials.password.as_str(),
    };
    match features.auth {
        AuthOffer::None => Ok(features),
        AuthOffer::Foreign => {
            let detail = "the server offers neither AUTH PLAIN nor AUTH LOGIN";
            Err(CycleError::new(ErrorClass::Permanent, Reason::Refused, detail))
        }
        offer @ (AuthOffer::Plain | AuthOffer::Login) => {
            let reply = link.authenticate(offer, &credentials).await?;
            if reply.code == 235 {
                Ok(features)
            } else {
                Err(refused(settings, Stage::Auth, "AUTH", &reply))
            }
        }
    }
}

/// A refusal that ends the session, whatever it was about.
pub(super) fn refused(
    settings: &Settings,
    stage: Stage,
    command: &str,
    reply: &Reply,
) -> CycleError {
    let detail = format!("{command}: {reply}");
    match classify(stage, reply) {
        Verdict::End(class, reason) => CycleError::new(class, reason, detail),
        Verdict::Pause(reason) => CycleError::new(ErrorClass::Transient, reason, detail)
            .with_back_off(BackOff::For(pause_for(settings, reason))),
        Verdict::Defer(reason) | Verdict::Refuse(reason) => {
            CycleError::new(ErrorClass::Transient, reason, detail)
        }
        Verdict::NextTransaction => CycleError::new(ErrorClass::Transient, Reason::Refused, detail),
    }
}

/// How long a mailbox sends nothing for this reason.
pub(super) fn pause_for(settings: &Settings, reason: Reason) -> std::time::Duration {
    match reason {
        Reason::QuotaExceeded => settings.quota_backoff,
        _ => settings.rate_limit_backoff,
    }
}
