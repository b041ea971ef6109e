//! The engine's two categories in the mailbox's list (domain.md 1.11): made when they are missing,
//! known by their ids whatever they are called, and taken out when the feature is off.
//!
//! - Items carry names, the list has the ids. An item whose categories matter is therefore judged
//!   by a list read after it was listed: what a person has renamed there is the same category.
//! - The ids are the engine's own and the same everywhere, so a lost answer, a crash or a lost
//!   store makes no second category: what is there is recognised. A category of the same name
//!   that somebody else has made is taken for ours, since a list has no name twice; its id is
//!   stored.
//! - The list has no change key, so whoever writes last wins. It is written only when something of
//!   ours is to come or go, and only as the request after it was read: what a person changes in
//!   between is lost, anything else of theirs never.
//! - What is no list at all may still be somebody's: it is left as it is, and a person is told.

use jiff::{SignedDuration, Timestamp};
use wire::ews::ResponseCode;
use wire::ews::services::{Category, CategoryList};

use super::super::refusal::Refusal;
use super::super::requests::{Change, KeptList, NoList, Page};
use super::super::session::Session;
use crate::store::alerts::{AlertScope, Severity, raise};
use crate::store::categories::{self, Known, Presence, Row};
use crate::store::{Transaction, exchange};
use crate::{ApplicationVersion, CycleContext, CycleError, ErrorClass, Event, Reason, StoreError};

/// From one look at the list to the next, when nothing else asks for one: a deleted category is
/// there again, and a disabled one gone, in about 15 min.
const INTERVAL: SignedDuration = SignedDuration::from_mins(15);

/// A category as the engine makes it.
struct Made {
    name: &'static str,
    guid: &'static str,
    color: i32,
}

/// The category that tracks.
const TRACKED: Made = Made {
    name: "Tracked to Dynamics 365",
    guid: "{9d2ae1c4-5b0f-4c37-8a6e-3f1d70c2b911}",
    color: 7,
};

/// The category of what was given up (domain.md 1.5, "Item rule").
const UNDELIVERABLE: Made = Made {
    name: "Tracked to Dynamics 365 (Undeliverable)",
    guid: "{9d2ae1c4-5b0f-4c37-8a6e-3f1d70c2b912}",
    color: 0,
};

impl Made {
    fn known(&self) -> Known {
        Known { guid: self.guid.to_owned(), name: self.name.to_owned() }
    }

    /// The category in a list.
    fn find(&self, list: &CategoryList, known: &Known) -> Option<Known> {
        let found = list
            .by_guid(&known.guid)
            .or_else(|| list.by_guid(self.guid))
            .or_else(|| list.by_name(&known.name));
        found.map(|Category { guid, name, .. }| Known { guid: guid.clone(), name: name.clone() })
    }
}

/// What the categories are called in one mailbox.
#[derive(Debug, Clone)]
pub(super) struct Categories {
    /// Whether they track at all.
    pub(super) on: bool,
    presence: Presence,
    unreadable: bool,
    checked: Option<Timestamp>,
    tracked: Known,
    undeliverable: Known,
    /// What they were called when the cycle began: items may still be.
    former: Option<[String; 2]>,
}

impl Categories {
    /// What they are called at the start of a cycle. Looks at the list when it is time.
    pub(super) async fn of(
        ctx: &CycleContext,
        session: &mut Session<'_>,
    ) -> Result<Self, CycleError> {
        let settings = &ctx.config.settings;
        let row = ctx.store.read(|reader| categories::load(reader, ctx.mailbox))?;
        let mut this = Self::loaded(settings.tracks_categories(), row);
        let exists = settings.application_version >= ApplicationVersion::CATEGORIES;
        let is_due = this
            .checked
            .is_none_or(|checked| ctx.services.clock.now().duration_since(checked) >= INTERVAL);
        if exists && is_due && (this.on || this.presence != Presence::Removed) {
            this.look(ctx, session).await?;
        }
        Ok(this)
    }

    fn loaded(on: bool, row: Option<Row>) -> Self {
        let unreadable = row.as_ref().is_some_and(|row| row.unreadable);
        let (checked, presence, tracked, undeliverable) = match row {
            Some(row) => (Some(row.checked), row.presence, row.tracked, row.undeliverable),
            None => (None, Presence::Missing, None, None),
        };
        Self {
            on,
            presence,
            unreadable,
            checked,
            tracked: tracked.unwrap_or_else(|| TRACKED.known()),
            undeliverable: undeliverable.unwrap_or_else(|| UNDELIVERABLE.known()),
            former: None,
        }
    }

    /// A page of items was listed: when one has categories, or may have lost ours, what they are
    /// called now decides.
    pub(super) async fn judge(
        &mut self,
        ctx: &CycleContext,
        session: &mut Session<'_>,
        page: &Page,
    ) -> Result<(), CycleError> {
        if !self.on {
            return Ok(());
        }
        let matters = ctx.store.read(|reader| {
            for change in &page.changes {
                if let Change::Present(listed) = change
                    && (!listed.categories.is_empty()
                        || exchange::is_marked(reader, ctx.mailbox, &listed.item)?)
                {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        if matters { self.look(ctx, session).await } else { Ok(()) }
    }

    /// Whether a person has put the category on an item with these.
    pub(super) fn track(&self, names: &[String]) -> bool {
        self.on && self.are_among(names, &self.tracked, 0)
    }

    /// Whether an item with these was given up, and nobody has said otherwise since.
    pub(super) fn give_up(&self, names: &[String]) -> bool {
        self.on && self.are_among(names, &self.undeliverable, 1)
    }

    /// What marks an item that is given up.
    pub(super) fn undeliverable(&self) -> &str {
        &self.undeliverable.name
    }

    fn are_among(&self, names: &[String], known: &Known, place: usize) -> bool {
        let former = self.former.as_ref().map(|former| former[place].as_str());
        names.iter().any(|name| same(name, &known.name) || former.is_some_and(|it| same(name, it)))
    }

    /// Reads the list, and writes it if anything of ours is to come or to go. Whatever the mailbox
    /// has against it, its email is not to suffer: the list is looked at again later.
    async fn look(
        &mut self,
        ctx: &CycleContext,
        session: &mut Session<'_>,
    ) -> Result<(), CycleError> {
        let done = match session.category_list().await {
            Ok(Err(NoList(what))) => Ok(self.leave_alone(ctx, &what)?),
            Ok(Ok(kept)) => {
                self.unreadable = false;
                if self.on {
                    self.keep(ctx, session, kept).await
                } else {
                    self.take_out(ctx, session, kept).await
                }
            }
            Err(refusal) => Err(Trouble::Refused(refusal)),
        };
        match done {
            Ok(()) => Ok(()),
            Err(Trouble::Refused(refusal)) if is_the_lists(&refusal) => Ok(self.save(ctx)?),
            Err(Trouble::Refused(refusal)) => Err(refusal.into()),
            Err(Trouble::Store(error)) => Err(error.into()),
            Err(Trouble::TooLong) => Ok(self.save(ctx)?),
        }
    }

    /// What is there is no list. A person has to look at it: the alert counts how often it was
    /// found, the event is told once.
    fn leave_alone(&mut self, ctx: &CycleContext, what: &str) -> Result<(), StoreError> {
        let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
        let news = !std::mem::replace(&mut self.unreadable, true);
        self.save_with(ctx, |tx, now| {
            let scope = AlertScope::Mailbox(mailbox, ctx.workload);
            raise(tx, now, Severity::Warning, scope, Reason::CategoryListUnreadable, what)
        })?;
        if news {
            ctx.emit(Event::CategoryListUnreadable { cycle, mailbox });
        }
        Ok(())
    }

    /// Sees to it that ours are in the list, and learns what they are called.
    async fn keep(
        &mut self,
        ctx: &CycleContext,
        session: &mut Session<'_>,
        kept: KeptList,
    ) -> Result<(), Trouble> {
        let now = ctx.services.clock.now();
        let is_new = kept == KeptList::None;
        let mut list = match kept {
            KeptList::List(list) => list,
            KeptList::None | KeptList::Empty => CategoryList::empty(now)?,
        };
        let before = [self.tracked.name.clone(), self.undeliverable.name.clone()];
        let mut missing = false;
        for (made, known) in
            [(&TRACKED, &mut self.tracked), (&UNDELIVERABLE, &mut self.undeliverable)]
        {
            if let Some(found) = made.find(&list, known) {
                *known = found;
            } else {
                missing = true;
                made.guid.clone_into(&mut known.guid);
                let Known { guid, name } = known.clone();
                list.add(&Category { guid, name, color: made.color }, now)?;
            }
        }
        if before != [self.tracked.name.clone(), self.undeliverable.name.clone()] {
            self.former = Some(before);
        }
        if missing {
            if self.presence == Presence::Listed {
                // Should the answer be lost, the next look is the one that finds them made.
                self.presence = Presence::Missing;
                self.save(ctx)?;
            }
            session.write_category_list(&list, is_new).await?;
        }
        let news = self.presence != Presence::Listed;
        self.presence = Presence::Listed;
        self.save(ctx)?;
        if news {
            ctx.emit(Event::CategoryMade { cycle: ctx.cycle, mailbox: ctx.mailbox });
        }
        Ok(())
    }

    /// Sees to it that ours are not in the list.
    async fn take_out(
        &mut self,
        ctx: &CycleContext,
        session: &mut Session<'_>,
        kept: KeptList,
    ) -> Result<(), Trouble> {
        let now = ctx.services.clock.now();
        let mut removed = self.presence == Presence::Listed;
        match kept {
            KeptList::None | KeptList::Empty => {}
            KeptList::List(mut list) => {
                let mut changed = false;
                for guid in [&self.tracked.guid, &self.undeliverable.guid] {
                    changed |= list.remove(guid, now)?;
                }
                if changed {
                    session.write_category_list(&list, false).await?;
                }
                removed |= changed;
            }
        }
        self.presence = Presence::Removed;
        self.save(ctx)?;
        if removed {
            ctx.emit(Event::CategoryRemoved { cycle: ctx.cycle, mailbox: ctx.mailbox });
        }
        Ok(())
    }

    /// What is known now, as of now.
    fn save(&mut self, ctx: &CycleContext) -> Result<(), StoreError> {
        self.save_with(ctx, |_, _| Ok(()))
    }

    /// The same, with more in the same commit.
    fn save_with(
        &mut self,
        ctx: &CycleContext,
        more: impl FnOnce(&Transaction<'_>, Timestamp) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let checked = ctx.services.clock.now();
        self.checked = Some(checked);
        let other = |known: &Known, made: &Made| (*known != made.known()).then(|| known.clone());
        let row = Row {
            checked,
            presence: self.presence,
            unreadable: self.unreadable,
            tracked: other(&self.tracked, &TRACKED),
            undeliverable: other(&self.undeliverable, &UNDELIVERABLE),
        };
        ctx.store.transaction(|tx| {
            categories::save(tx, ctx.mailbox, &row)?;
            more(tx, checked)
        })
    }
}

/// Why a look at the list came to nothing.
enum Trouble {
    Refused(Refusal),
    Store(StoreError),
    /// The list takes no more.
    TooLong,
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<wire::ews::ReadError> for Trouble {
    fn from(_: wire::ews::ReadError) -> Self {
        Self::TooLong
    }
}

/// Whether a refusal is about the list alone: a right to the calendar that the account lacks, or a
/// list that cannot be had. An answer that is too long is a list that is too long.
fn is_the_lists(refusal: &Refusal) -> bool {
    refusal.class == ErrorClass::Item
        || refusal.code == Some(ResponseCode::ErrorAccessDenied)
        || refusal.reason == Reason::AnswerTooLong
}

/// Whether two names are one to Outlook.
fn same(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}
