//! The conversation of one incoming cycle, from the connection to QUIT.

use wire::pop3::{BodyLimits, Command, ListingError, StatusLine, scan_listing, uid_listing};

use super::deliver::{Delivered, Failing, deliver};
use super::known::Traits;
use super::link::Link;
use super::plan::{Identity, Listing, Plan, Work, content_key};
use super::refusal;
use crate::millis::Millis;
use crate::store::incoming as items;
use crate::{
    BackOff, ByteStream, ContentHash, CycleContext, CycleError, CycleReport, ErrorClass, Event,
    Reason, ServerId, StoreError, connection,
};

/// How much CAPA may say: many times what any server has to tell.
const CAPA: BodyLimits = BodyLimits { octets: 16 * 1024, line: 512 };

/// How much a listing may say: some 200,000 messages.
const LISTING: BodyLimits = BodyLimits { octets: 16 * 1024 * 1024, line: 512 };

/// Runs one cycle.
pub(crate) async fn run(ctx: CycleContext) -> CycleReport {
    let mut report = CycleReport::default();
    if let Err(error) = cycle(&ctx, &mut report).await {
        report.error = Some(error);
    }
    report
}

async fn cycle(ctx: &CycleContext, report: &mut CycleReport) -> Result<(), CycleError> {
    let Some(server) = ctx.config.mailbox(ctx.mailbox).incoming else { return Ok(()) };
    check_login_delay(ctx, server)?;
    let stream = connection::open(ctx, server).await?;
    let result = converse(ctx, server, stream, report).await;
    connection::closed(ctx, server);
    result
}

/// A crash or a restart must not make the engine come sooner than the server allows.
fn check_login_delay(ctx: &CycleContext, server: ServerId) -> Result<(), CycleError> {
    if ctx.pop3.get(server).is_some_and(|traits| traits.login_delay.is_none()) {
        return Ok(());
    }
    let not_before = ctx.store.read(|reader| items::login_not_before(reader, ctx.mailbox))?;
    match not_before {
        Some(moment) if ctx.services.clock.now() < moment => {
            let detail = format!("the server's LOGIN-DELAY lasts until {moment}");
            Err(CycleError::new(ErrorClass::Transient, Reason::LoginDelay, detail)
                .with_back_off(BackOff::Until(moment)))
        }
        _ => Ok(()),
    }
}

async fn converse(
    ctx: &CycleContext,
    server: ServerId,
    stream: Box<dyn ByteStream>,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let mut link = Link::new(stream, ctx.config.server(server).request_timeout);
    log_in(ctx, server, &mut link, report).await?;
    let (status, body) = link.ask_for_body(Command::Uidl(None), LISTING).await?;
    let listing = match status {
        StatusLine::Ok { .. } => Listing::of_uids(uid_listing(&body)),
        StatusLine::Err { code, text } => {
            let detail = format!("UIDL: {}", refusal::words(code.as_ref(), &text));
            match refusal::of_system(code.as_ref(), &detail) {
                Some(error) => return Err(error),
                None => list_numbers(&mut link).await?,
            }
        }
    };
    let plan = ctx.store.read(|reader| {
        listing.plan(|each| items::for_each_item(reader, ctx.mailbox, |i, s| each(i, s)))
    })?;
    forget_gone(ctx, &plan)?;
    let nonsense = plan.nonsense;
    let delete = ctx.config.mailbox(ctx.mailbox).process_and_delete_emails;
    let mut round = Round { ctx, plan: &plan, link, report, delete, deleted: Vec::new() };
    if round.take_all().await? == Way::Open {
        round.delete_stored().await?;
        round.quit().await?;
    }
    if nonsense {
        let detail = "the listing holds lines that name no message";
        return Err(CycleError::new(ErrorClass::Transient, Reason::ProtocolViolation, detail));
    }
    Ok(())
}

async fn log_in(
    ctx: &CycleContext,
    server: ServerId,
    link: &mut Link,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let pause = ctx.config.settings.mailbox_backoff_on_transient_error;
    let known = ctx.pop3.get(server);
    let refused = |command: &str, status: StatusLine, traits: Traits| {
        refusal::check(status)
            .map_err(|(code, text)| refusal::of_login(command, code.as_ref(), &text, traits, pause))
    };
    refused(refusal::GREETING, link.greeting().await?, known.unwrap_or_default())?;
    let traits = match known {
        Some(traits) => traits,
        None => ask_traits(ctx, server, link).await?,
    };
    let credentials = &ctx.config.mailbox(ctx.mailbox).credentials;
    refused("USER", link.ask(Command::User(&credentials.user)).await?, traits)?;
    refused("PASS", link.ask(Command::Pass(&credentials.password)).await?, traits)?;
    if let Some(delay) = traits.login_delay {
        let moment = Millis::after(ctx.services.clock.now(), delay).timestamp();
        ctx.store.transaction(|tx| items::set_login_not_before(tx, ctx.mailbox, moment))?;
        report.not_before = Some(moment);
    }
    Ok(())
}

/// A server without CAPA refuses it, which says nothing about the rest (RFC 2449, section 5).
async fn ask_traits(
    ctx: &CycleContext,
    server: ServerId,
    link: &mut Link,
) -> Result<Traits, CycleError> {
    let (status, body) = link.ask_for_body(Command::Capa, CAPA).await?;
    let traits = if status.is_ok() { Traits::of(&body) } else { Traits::default() };
    ctx.pop3.learn(server, traits);
    Ok(traits)
}

/// Without UIDL only the numbers are left; their sizes are not looked at, since they may lie.
async fn list_numbers<'a>(link: &mut Link) -> Result<Listing<'a>, CycleError> {
    let (status, body) = link.ask_for_body(Command::List(None), LISTING).await?;
    refusal::check(status).map_err(|(code, text)| {
        let detail = format!("LIST: {}", refusal::words(code.as_ref(), &text));
        refusal::of_system(code.as_ref(), &detail).unwrap_or_else(|| {
            CycleError::new(ErrorClass::Transient, Reason::Refused, detail.as_str())
        })
    })?;
    let mut nonsense = false;
    let mut numbers = Vec::new();
    for line in scan_listing(&body) {
        match line {
            Ok(entry) => numbers.push(entry.number),
            Err(ListingError::NoSize { number }) => numbers.push(number),
            Err(_) => nonsense = true,
        }
    }
    Ok(Listing::of_numbers(numbers, nonsense))
}

/// What is no longer on the server need not be known, but for the records themselves.
fn forget_gone(ctx: &CycleContext, plan: &Plan<'_>) -> Result<(), StoreError> {
    if plan.gone.is_empty() {
        return Ok(());
    }
    ctx.store
        .transaction(|tx| plan.gone.iter().try_for_each(|uid| items::forget(tx, ctx.mailbox, uid)))
}

/// Whether the conversation can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    /// The connection is of no more use, though nothing is wrong with the mailbox.
    Closed,
}

/// The part of the conversation that moves messages.
struct Round<'a> {
    ctx: &'a CycleContext,
    plan: &'a Plan<'a>,
    link: Link,
    report: &'a mut CycleReport,
    delete: bool,
    /// What DELE was answered `+OK` for; gone only when QUIT is answered too.
    deleted: Vec<Identity<'a>>,
}

impl<'a> Round<'a> {
    /// Fetches what is new, then what failed before, at most as many as a cycle may.
    async fn take_all(&mut self) -> Result<Way, CycleError> {
        let plan = self.plan;
        let most = self.ctx.config.settings.incoming_maximum_emails_per_cycle;
        let (mut taken, mut complete) = (0, true);
        let mut seen = Vec::new();
        for (at, work) in plan.fresh.iter().chain(&plan.retry).enumerate() {
            if taken >= most {
                self.report.more = at < plan.fresh.len();
                return Ok(Way::Open);
            }
            let Some((delivered, content)) = self.take(*work).await? else {
                self.report.more = at + 1 < plan.fresh.len();
                return Ok(Way::Closed);
            };
            complete &= content.is_some();
            seen.extend(content);
            taken += u32::from(delivered != Delivered::Known);
        }
        if complete {
            self.forget_unseen(&seen)?;
        }
        Ok(Way::Open)
    }

    /// Fetches one message and delivers it. None when the message was longer than may be, so that
    /// the rest of it stands between us and the next answer.
    async fn take(
        &mut self,
        work: Work<'a>,
    ) -> Result<Option<(Delivered, Option<ContentHash>)>, CycleError> {
        let most = self.ctx.config.settings.maximum_message_size;
        let limits = BodyLimits::octets(usize::try_from(most).unwrap_or(usize::MAX));
        let retr = Command::Retr(work.number);
        let failing = || Failing::of(self.plan, work, None);
        let raw = match self.link.ask_for_body(retr, limits).await {
            Ok((StatusLine::Ok { .. }, raw)) => raw,
            Ok((StatusLine::Err { code, text }, _)) => {
                let detail = format!("RETR: {}", refusal::words(code.as_ref(), &text));
                let error = refusal::of_system(code.as_ref(), &detail);
                let Some(error) = error else {
                    failing().record(self.ctx, Reason::Refused, None)?;
                    return Ok(Some((Delivered::Failed, None)));
                };
                failing().interrupted(self.ctx, error.reason)?;
                return Err(error);
            }
            Err(error) if error.is_too_long() => {
                failing().record(self.ctx, Reason::MessageTooLarge, None)?;
                return Ok(None);
            }
            Err(error) => {
                failing().interrupted(self.ctx, error.reason())?;
                return Err(error.into());
            }
        };
        let delivered = deliver(self.ctx, self.plan, work, &raw).await?;
        self.report.items += u32::from(delivered == Delivered::Stored);
        if self.delete && delivered != Delivered::Failed {
            self.delete_one(work.number, work.identity).await?;
        }
        Ok(Some((delivered, Some(ContentHash::of(&raw)))))
    }

    /// Known by content or place, and not met although everything was fetched: gone.
    fn forget_unseen(&self, seen: &[ContentHash]) -> Result<(), StoreError> {
        if self.plan.unlisted.is_empty() {
            return Ok(());
        }
        let kept: Vec<String> = seen.iter().map(|content| content_key(*content)).collect();
        let places = self.plan.places();
        self.ctx.store.transaction(|tx| {
            for (key, _) in &self.plan.unlisted {
                if !kept.contains(key) && !places.contains(key) {
                    items::forget(tx, self.ctx.mailbox, key)?;
                }
            }
            Ok(())
        })
    }

    /// Messages stored in an earlier cycle whose deletion was never confirmed, or not wanted then.
    async fn delete_stored(&mut self) -> Result<(), CycleError> {
        if self.delete {
            for &(number, uid) in &self.plan.stored {
                self.delete_one(number, Identity::Uid(uid)).await?;
            }
        }
        Ok(())
    }

    /// A refusal is no error: the message is met again in the next cycle.
    async fn delete_one(&mut self, number: u32, identity: Identity<'a>) -> Result<(), CycleError> {
        if self.link.ask(Command::Dele(number)).await?.is_ok() {
            self.deleted.push(identity);
        }
        Ok(())
    }

    /// Only QUIT deletes (RFC 1939, section 6). Without its `+OK` the messages count as still
    /// there. Where nothing was to be deleted, the answer to QUIT decides nothing.
    async fn quit(&mut self) -> Result<(), CycleError> {
        let answer = self.link.ask(Command::Quit).await;
        if self.deleted.is_empty() {
            return Ok(());
        }
        if !answer?.is_ok() {
            return Ok(());
        }
        let (cycle, mailbox) = (self.ctx.cycle, self.ctx.mailbox);
        self.ctx.store.transaction(|tx| {
            for identity in &self.deleted {
                if let Identity::Uid(uid) = identity {
                    items::forget(tx, mailbox, uid)?;
                }
            }
            Ok(())
        })?;
        let count = u32::try_from(self.deleted.len()).unwrap_or(u32::MAX);
        self.ctx.emit(Event::DeletedOnServer { cycle, mailbox, count });
        Ok(())
    }
}
