//! Items on their way out: submitted by a user, taken by a server, recorded as sent.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use fake_servers::{ItemId, MailboxIx, ServerEvent};
use sync_engine::{EmailId, Event, MailboxId, Priority, Workload};

use super::accounts::{Leaving, Page};
use super::known::Known;
use super::{Phase, Split};
use crate::check::fact::{Fate, Hop, Wrong};
use crate::check::findings::Story;
use crate::check::lanes::Lanes;
use crate::check::roster::mailbox_ix;
use crate::log::HostIx;
use crate::time::SimTime;

const WORKLOAD: Workload = Workload::Outgoing;

/// An email that is not settled yet.
#[derive(Debug)]
struct Mail {
    item: Option<ItemId>,
    born: SimTime,
    /// The lane's clock at its birth.
    clock: Split,
    queued: Option<Queued>,
    /// Recipients for whom a server has taken it.
    accepted: Vec<u64>,
    /// Recipients refused for good.
    refused: u32,
    /// Outcomes declared unknowable for which it has not been taken once more yet.
    unknown: u32,
    /// It was put off by itself: since when, until when, and what the lane had spent on schedule.
    deferred: Option<Deferral>,
    /// Of the lane's schedule wait, what was this email's own back-off.
    own_back_off: u64,
}

#[derive(Debug)]
struct Queued {
    message: u64,
    content: u64,
    recipients: u32,
    rank: Rank,
}

/// What a server took.
#[derive(Debug, Clone, Copy)]
struct Sent {
    mailbox: MailboxIx,
    message: u64,
    content: u64,
}

#[derive(Debug)]
struct Deferral {
    lasts: u64,
    schedule: u64,
}

/// The order in which a mailbox's emails go out first: the urgent before others, then in the order
/// in which they were queued.
type Rank = (MailboxIx, Reverse<Priority>, u64, EmailId);

#[derive(Debug)]
pub(super) struct Outgoing {
    mails: BTreeMap<(MailboxIx, EmailId), Mail>,
    by_message: BTreeMap<(MailboxIx, u64), EmailId>,
    /// Never tried so far. Once tried, an email may be overtaken: it may have to wait.
    untried: BTreeSet<Rank>,
    /// Message-IDs of those settled, by mailbox.
    settled: Known,
    /// How many had been queued when the mailbox's cycle began: that cycle need not know later
    /// ones.
    queued_at_start: Vec<u64>,
    queued: u64,
}

impl Outgoing {
    pub(super) fn new(mailboxes: usize) -> Self {
        Self {
            mails: BTreeMap::new(),
            by_message: BTreeMap::new(),
            untried: BTreeSet::new(),
            settled: Known::default(),
            queued_at_start: vec![0; mailboxes],
            queued: 0,
        }
    }

    /// A user pressed Send. The engine's own event about it may come before or after.
    pub(super) fn submitted(
        &mut self,
        page: &mut Page<'_>,
        lanes: &Lanes,
        item: ItemId,
        mailbox: MailboxIx,
        email: EmailId,
    ) {
        self.get_or_begin(page, lanes, mailbox, email).item = Some(item);
    }

    /// A user took it back: nobody expects it any more, and if it is sent all the same, that is
    /// once too often.
    pub(super) fn taken_back(
        &mut self,
        page: &mut Page<'_>,
        lanes: &Lanes,
        mailbox: MailboxIx,
        email: EmailId,
    ) {
        if let Some((_, leaving)) = self.leave(page, lanes, mailbox, email) {
            page.settle(leaving, Fate::TakenAway);
        }
    }

    pub(super) fn see_server(&mut self, page: &mut Page<'_>, host: HostIx, event: &ServerEvent) {
        if let ServerEvent::Accepted { mailbox, message, content, recipients } = event {
            let sent = Sent { mailbox: *mailbox, message: *message, content: *content };
            self.accept(page, host, sent, recipients);
        }
    }

    pub(super) fn see_engine(&mut self, page: &mut Page<'_>, lanes: &Lanes, event: &Event) {
        match *event {
            Event::CycleStarted { mailbox, workload: WORKLOAD, .. } => {
                self.queued_at_start[mailbox.0 as usize] = self.queued;
            }
            Event::EmailQueued { email, mailbox, message, content, priority, recipients } => {
                let mailbox = mailbox_ix(mailbox);
                self.queued += 1;
                let rank = (mailbox, Reverse(priority), self.queued, email);
                let (message, content) = (message.0, content.0);
                self.untried.insert(rank);
                self.by_message.insert((mailbox, message), email);
                self.get_or_begin(page, lanes, mailbox, email).queued =
                    Some(Queued { message, content, recipients, rank });
                page.waits(mailbox, WORKLOAD);
            }
            Event::SendStarted { mailbox, email, .. } => {
                self.keep_order(page, mailbox_ix(mailbox), email);
                if let Some(mail) = self.mail(mailbox, email) {
                    mail.resume(lanes.read(page.at, mailbox_ix(mailbox), WORKLOAD));
                }
            }
            Event::RecipientRefused { mailbox, email, .. } => {
                if let Some(mail) = self.mail(mailbox, email) {
                    mail.refused += 1;
                }
            }
            Event::SendDeferred { mailbox, email, until, .. } => {
                let lasts = page.roster.sim_time(until).0.saturating_sub(page.at.0);
                let spent = lanes.read(page.at, mailbox_ix(mailbox), WORKLOAD);
                if let Some(mail) = self.mail(mailbox, email) {
                    mail.deferred = Some(Deferral { lasts, schedule: spent[Phase::Schedule] });
                }
            }
            Event::SendOutcomeUnknown { mailbox, email, .. } => {
                page.declared_unknown();
                if let Some(mail) = self.mail(mailbox, email) {
                    mail.unknown += 1;
                }
            }
            Event::EmailSent { mailbox, email, .. } => {
                self.sent(page, lanes, mailbox_ix(mailbox), email);
            }
            Event::EmailFailed { mailbox, email, .. } => {
                if let Some((_, leaving)) = self.leave(page, lanes, mailbox_ix(mailbox), email) {
                    page.settle(leaving, Fate::Failed);
                }
            }
            _ => {}
        }
    }

    fn mail(&mut self, mailbox: MailboxId, email: EmailId) -> Option<&mut Mail> {
        self.mails.get_mut(&(mailbox_ix(mailbox), email))
    }

    fn get_or_begin(
        &mut self,
        page: &mut Page<'_>,
        lanes: &Lanes,
        mailbox: MailboxIx,
        email: EmailId,
    ) -> &mut Mail {
        self.mails.entry((mailbox, email)).or_insert_with(|| {
            page.born(mailbox, WORKLOAD);
            Mail {
                item: None,
                born: page.at,
                clock: lanes.read(page.at, mailbox, WORKLOAD),
                queued: None,
                accepted: Vec::new(),
                refused: 0,
                unknown: 0,
                deferred: None,
                own_back_off: 0,
            }
        })
    }

    fn accept(
        &mut self,
        page: &mut Page<'_>,
        host: HostIx,
        Sent { mailbox, message, content }: Sent,
        recipients: &[u64],
    ) {
        let lane = (mailbox, WORKLOAD);
        let email = self.by_message.get(&(mailbox, message));
        let Some(mail) = email.and_then(|email| self.mails.get_mut(&(mailbox, *email))) else {
            let known = self.settled.contains(mailbox, message);
            let wrong = if known { Wrong::Duplicated } else { Wrong::Altered };
            page.wrong(None, lane, wrong);
            return;
        };
        if mail.queued.as_ref().is_some_and(|queued| queued.content != content) {
            page.wrong(mail.item, lane, Wrong::Altered);
        }
        if recipients.iter().any(|recipient| mail.accepted.contains(recipient)) {
            // Each outcome declared unknowable excuses one repetition, but not where it can be
            // looked up before a repeat, as with Exchange.
            if mail.unknown > 0 && !page.roster.can_look_up_sends(host) {
                mail.unknown -= 1;
                page.declared_duplicate();
            } else {
                page.wrong(mail.item, lane, Wrong::Duplicated);
            }
            let before = mail.accepted.len();
            for recipient in recipients {
                if !mail.accepted[..before].contains(recipient) {
                    mail.accepted.push(*recipient);
                }
            }
        } else {
            mail.accepted.extend_from_slice(recipients);
        }
    }

    fn keep_order(&mut self, page: &mut Page<'_>, mailbox: MailboxIx, email: EmailId) {
        let mail = self.mails.get(&(mailbox, email));
        let Some(rank) = mail.and_then(|mail| mail.queued.as_ref()).map(|queued| queued.rank)
        else {
            return;
        };
        if !self.untried.contains(&rank) {
            return;
        }
        let known = self.queued_at_start[mailbox.0 as usize];
        let first = (mailbox, Reverse(Priority::High), 0, EmailId(i64::MIN));
        while let Some(ahead) =
            self.untried.range(first..rank).find(|(_, _, queued, _)| *queued <= known).copied()
        {
            let overtaken = self.mails.get(&(mailbox, ahead.3)).and_then(|mail| mail.item);
            page.wrong(overtaken, (mailbox, WORKLOAD), Wrong::Overtaken);
            self.untried.remove(&ahead);
        }
        self.untried.remove(&rank);
    }

    fn sent(&mut self, page: &mut Page<'_>, lanes: &Lanes, mailbox: MailboxIx, email: EmailId) {
        let Some((mail, leaving)) = self.leave(page, lanes, mailbox, email) else { return };
        let recipients = mail.queued.as_ref().map_or(0, |queued| queued.recipients);
        let taken = u32::try_from(mail.accepted.len()).unwrap_or(u32::MAX);
        let missing = recipients.saturating_sub(mail.refused).saturating_sub(taken);
        if taken == 0 {
            page.lose(leaving, Hop::SentWithoutServer);
        } else if missing > 0 {
            page.lose(leaving, Hop::SentWithoutSome(missing));
        } else {
            page.settle(leaving, Fate::Transferred);
        }
    }

    fn leave(
        &mut self,
        page: &Page<'_>,
        lanes: &Lanes,
        mailbox: MailboxIx,
        email: EmailId,
    ) -> Option<(Mail, Leaving)> {
        let mut mail = self.mails.remove(&(mailbox, email))?;
        if let Some(queued) = &mail.queued {
            self.untried.remove(&queued.rank);
            self.by_message.remove(&(mailbox, queued.message));
            self.settled.insert(mailbox, queued.message);
        }
        let now = lanes.read(page.at, mailbox, WORKLOAD);
        mail.resume(now);
        let leaving = Leaving {
            item: mail.item,
            mailbox,
            workload: WORKLOAD,
            born: mail.born,
            split: mail.split(now),
            waited: mail.queued.is_some(),
        };
        Some((mail, leaving))
    }

    /// The stories of those still waiting.
    pub(super) fn pending<'a>(
        &'a self,
        at: SimTime,
        lanes: &'a Lanes,
    ) -> impl Iterator<Item = Story> + 'a {
        self.mails.iter().map(move |((mailbox, _), mail)| Story {
            item: mail.item,
            mailbox: *mailbox,
            workload: WORKLOAD,
            born: mail.born,
            settled: None,
            split: mail.split(lanes.read(at, *mailbox, WORKLOAD)),
        })
    }
}

impl Mail {
    /// Ends a deferral: what the lane spent on schedule since then was this email's back-off, as
    /// far as it was put off.
    fn resume(&mut self, now: Split) {
        if let Some(Deferral { lasts, schedule }) = self.deferred.take() {
            self.own_back_off += now[Phase::Schedule].saturating_sub(schedule).min(lasts);
        }
    }

    fn split(&self, now: Split) -> Split {
        let mut split = now - self.clock;
        split.shift(Phase::Schedule, Phase::BackOff, self.own_back_off);
        split
    }
}
