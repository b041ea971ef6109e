//! What folders, categories and the application say of an email: tracked or not, and linked to
//! what (domain.md 1.10 and 1.11).

use std::collections::BTreeSet;

use wire::ews::{FolderId, FolderRef, ResponseCode};

use super::super::requests::{FolderChange, Listed};
use super::super::session::Session;
use super::categories::Categories;
use super::deliver::{Delivered, Failing, deliver};
use super::fetch::Round;
use super::follow::follow;
use crate::store::emails;
use crate::store::exchange::{self, FolderKey, ItemState, OpenItem};
use crate::store::tracking::{self, Link, Rule};
use crate::store::{Reader, Transaction};
use crate::{
    ContentHash, CycleContext, CycleError, CycleReport, EmailId, Event, MessageKey, RuleEnd,
    StoreError, TrackedBy,
};

/// How far the folders under the Inbox have been seen.
const HIERARCHY: FolderKey = FolderKey(-1);

/// Pages of folders taken in one cycle.
const MOST_PAGES: u32 = 100;

/// What is to be told once it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Tracked(EmailId, TrackedBy),
    Untracked(EmailId),
}

impl Told {
    pub(super) fn tell(told: impl IntoIterator<Item = Self>, ctx: &CycleContext) {
        let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
        for told in told {
            ctx.emit(match told {
                Self::Tracked(email, by) => Event::EmailTracked { cycle, mailbox, email, by },
                Self::Untracked(email) => Event::EmailUntracked { cycle, mailbox, email },
            });
        }
    }
}

/// An item was listed, marked by the category or not: put on, the category tracks its email; taken off, it untracks it and the
/// record stays. An email that is still to come is tracked when it does.
pub(super) fn by_category(
    tx: &Transaction<'_>,
    ctx: &CycleContext,
    listed: &Listed,
    marked: bool,
) -> Result<Option<Told>, StoreError> {
    let mailbox = ctx.mailbox;
    if !exchange::mark(tx, mailbox, &listed.item, marked)? {
        return Ok(None);
    }
    let Some((_, ItemState::Stored(email))) = exchange::state(tx, mailbox, &listed.item)? else {
        return Ok(None);
    };
    if marked {
        return track(tx, ctx, email, None, TrackedBy::Category, None);
    }
    let Some(link) = tracking::link(tx, email)?.filter(|link| link.tracked) else {
        return Ok(None);
    };
    tracking::set_link(tx, mailbox, email, None, &Link { tracked: false, ..link })?;
    Ok(Some(Told::Untracked(email)))
}

/// Tracks an email and, if there is something to link it to, links it.
fn track(
    tx: &Transaction<'_>,
    ctx: &CycleContext,
    email: EmailId,
    message: Option<MessageKey>,
    by: TrackedBy,
    regarding: Option<&str>,
) -> Result<Option<Told>, StoreError> {
    let before = tracking::link(tx, email)?;
    let kept = before.as_ref().and_then(|link| link.regarding.clone());
    let held = before.as_ref().is_some_and(|link| link.held);
    let regarding = regarding.map(str::to_owned).or(kept);
    let link = Link { tracked: true, by, regarding, held };
    if before.as_ref() == Some(&link) {
        return Ok(None);
    }
    tracking::set_link(tx, ctx.mailbox, email, message, &link)?;
    Ok(Some(Told::Tracked(email, by)))
}

/// An email has arrived in a folder, or was found to be there: the folder's rule acts on it, and
/// so does the category it came with.
///
/// - A rule with a regarding links it, whatever it was linked to before; one without leaves an
///   earlier link alone.
/// - Of two users' rules for the same message, the one that was processed first wins.
pub(super) fn on_arrival(
    tx: &Transaction<'_>,
    ctx: &CycleContext,
    key: FolderKey,
    item: &str,
    email: EmailId,
    raw: &[u8],
) -> Result<Option<Told>, StoreError> {
    if key == FolderKey::INBOX {
        if exchange::is_marked(tx, ctx.mailbox, item)? {
            return track(tx, ctx, email, None, TrackedBy::Category, None);
        }
        return Ok(None);
    }
    let rules = tracking::rules(tx, ctx.mailbox)?;
    let Some(rule) = rules.iter().find(|rule| rule.key() == key) else { return Ok(None) };
    let by = TrackedBy::Folder;
    let message = crate::email::message_key(raw);
    let first = match message {
        Some(message) => tracking::first_link(tx, ctx.mailbox, message)?,
        None => None,
    };
    let Some(first) = first else {
        return track(tx, ctx, email, message, by, rule.regarding.as_deref());
    };
    let link = Link { tracked: true, by, regarding: first.regarding, held: true };
    tracking::set_link(tx, ctx.mailbox, email, message, &link)?;
    Ok(Some(Told::Tracked(email, by)))
}

/// Follows the folders that have rules, each like the Inbox.
pub(super) async fn folders(
    ctx: &CycleContext,
    session: &mut Session<'_>,
    known: &mut Categories,
    round: &mut Round<'_>,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let wanted = |reader: &Reader<'_>| {
        let rules = tracking::rules(reader, ctx.mailbox)?;
        let rules: Vec<Rule> = rules.into_iter().filter(|rule| rule.ended.is_none()).collect();
        let wanted = !rules.is_empty() || tracking::folders_wanted(reader, ctx.mailbox)?;
        Ok((rules, wanted))
    };
    let (rules, wanted) = ctx.store.read(wanted)?;
    if !wanted {
        return Ok(());
    }
    let under_inbox = follow_hierarchy(ctx, session).await?;
    for rule in rules {
        if under_inbox.contains(&rule.folder) {
            follow_rule(ctx, session, known, round, report, &rule).await?;
        } else {
            end(ctx, session, &rule).await?;
        }
    }
    Ok(())
}

async fn follow_rule(
    ctx: &CycleContext,
    session: &mut Session<'_>,
    known: &mut Categories,
    round: &mut Round<'_>,
    report: &mut CycleReport,
    rule: &Rule,
) -> Result<(), CycleError> {
    let folder = FolderRef::Id(FolderId::new(rule.folder.as_str()));
    report.more |= follow(ctx, session, known, rule.key(), &folder).await?;
    round.take_all(session, rule.key(), report).await?;
    let Some(regarding) = rule.regarding.as_deref() else { return Ok(()) };
    // Whatever a person or an earlier rule has linked them to: the folder says otherwise.
    let read =
        |reader: &Reader<'_>| tracking::out_of_line(reader, ctx.mailbox, rule.key(), regarding);
    let emails = ctx.store.read(read)?;
    if emails.is_empty() {
        return Ok(());
    }
    let told = ctx.store.transaction(|tx| {
        let by = TrackedBy::Folder;
        emails
            .iter()
            .map(|&email| track(tx, ctx, email, None, by, Some(regarding)))
            .collect::<Result<Vec<_>, _>>()
    })?;
    Told::tell(told.into_iter().flatten(), ctx);
    Ok(())
}

/// A rule whose folder is not under the Inbox any more: what it has tracked stays so.
async fn end(ctx: &CycleContext, session: &mut Session<'_>, rule: &Rule) -> Result<(), CycleError> {
    let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
    let why = match session.get_folder(&rule.folder).await {
        Ok(()) => RuleEnd::OutsideInbox,
        Err(refusal) if refusal.class == crate::ErrorClass::Item => RuleEnd::FolderDeleted,
        Err(refusal) => return Err(refusal.into()),
    };
    ctx.store.transaction(|tx| {
        exchange::forget_folder(tx, mailbox, rule.key())?;
        tracking::end_rule(tx, rule.id, why)
    })?;
    ctx.emit(Event::TrackingRuleEnded { cycle, mailbox, rule: rule.id, why });
    Ok(())
}

/// Brings the store's list of the folders under the Inbox up to date, and gives their ids.
async fn follow_hierarchy(
    ctx: &CycleContext,
    session: &mut Session<'_>,
) -> Result<BTreeSet<String>, CycleError> {
    let mailbox = ctx.mailbox;
    let inbox = session.folder("inbox");
    let mut state = ctx.store.read(|reader| exchange::sync_state(reader, mailbox, HIERARCHY))?;
    for _ in 0..MOST_PAGES {
        let page = match session.sync_folders(&inbox, state.as_deref()).await {
            Ok(page) => page,
            Err(refusal)
                if refusal.code == Some(ResponseCode::ErrorInvalidSyncStateData)
                    && state.is_some() =>
            {
                ctx.store.transaction(|tx| {
                    tracking::drop_folder(tx, mailbox, None)?;
                    exchange::drop_sync_state(tx, mailbox, HIERARCHY)
                })?;
                state = None;
                continue;
            }
            Err(refusal) => return Err(refusal.into()),
        };
        if !page.changes.is_empty() || state.as_ref() != Some(&page.state) {
            ctx.store.transaction(|tx| {
                for change in &page.changes {
                    match change {
                        FolderChange::Present { id, name } => {
                            tracking::set_folder(tx, mailbox, id, name)?;
                        }
                        FolderChange::Gone(id) => tracking::drop_folder(tx, mailbox, Some(id))?,
                    }
                }
                tracking::set_folders_wanted(tx, mailbox, false)?;
                exchange::set_sync_state(tx, mailbox, HIERARCHY, &page.state)
            })?;
        }
        state = Some(page.state);
        if page.last {
            break;
        }
    }
    let folders = ctx.store.read(|reader| tracking::folders(reader, mailbox))?;
    Ok(folders.into_iter().map(|(id, _)| id).collect())
}

/// Does what the application asked for: each item it named becomes a record, if it is none yet,
/// and is tracked and linked. Filters do not apply (domain.md 1.8, "Manual tracking").
pub(super) async fn requests(
    ctx: &CycleContext,
    session: &mut Session<'_>,
    round: &mut Round<'_>,
    report: &mut CycleReport,
) -> Result<(), CycleError> {
    let mailbox = ctx.mailbox;
    for request in ctx.store.read(|reader| tracking::pending_requests(reader, mailbox))? {
        let known = ctx.store.read(|reader| exchange::state(reader, mailbox, &request.item))?;
        let email = match known {
            Some((_, ItemState::Stored(email))) => Some(email),
            _ => take_in(ctx, session, round, report, &request.item).await?,
        };
        let told = ctx.store.transaction(|tx| {
            tracking::settle_request(tx, request.id, email)?;
            let Some(email) = email else { return Ok(None) };
            track(tx, ctx, email, None, TrackedBy::Application, request.regarding.as_deref())
        })?;
        Told::tell(told, ctx);
    }
    Ok(())
}

/// Fetches an item of any folder and delivers it.
async fn take_in(
    ctx: &CycleContext,
    session: &mut Session<'_>,
    round: &Round<'_>,
    report: &mut CycleReport,
    item: &str,
) -> Result<Option<EmailId>, CycleError> {
    let answers = match session.get_messages(&[item], round.limit()).await {
        Ok(answers) => answers,
        Err(refusal) if refusal.class == crate::ErrorClass::Item => return Ok(None),
        Err(refusal) => return Err(refusal.into()),
    };
    let fetched = match answers.into_iter().next() {
        Some(Ok(fetched)) => fetched,
        Some(Err(refusal)) if refusal.class != crate::ErrorClass::Item => {
            return Err(refusal.into());
        }
        Some(Err(_)) | None => return Ok(None),
    };
    let open = OpenItem { item: item.to_owned(), state: ItemState::Seen, bytes: None };
    let delivered = deliver(ctx, FolderKey::INBOX, &Failing::of(&open), &fetched).await?;
    if let Delivered::Failed { .. } = delivered {
        return Ok(None);
    }
    report.items += u32::from(delivered == Delivered::Stored);
    let content = ContentHash::of(&fetched.mime);
    Ok(ctx.store.read(|reader| emails::received_with(reader, ctx.mailbox, content))?)
}
