//! What users and strangers do in a run: mail that arrives on a server, and emails that users put
//! in Pending Send, each source on its own timing and its own stream of chance.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use fake_servers::store::{Body, BodyKind, Message, SharedStore, lock_store};
use fake_servers::{ItemId, ItemIds, MailboxIx, Refusal, ServerEvent, log_normal};
use rand::RngCore;
use rand_pcg::Pcg64Mcg;
use sync_engine::{MailboxId, NewContent, NewEmail, Protocol};

use crate::log::{Entry, SharedLog, WorldEvent};
use crate::random::stream;
use crate::run::application::Application;
use crate::run::config::{DOMAIN, address};
use crate::run::moments::Moments;
use crate::scenario::{Content, LoadIx, Scenario, Send, Size, Timing};
use crate::time::SimTime;
use crate::world::Load;

/// The domain of everybody outside the organisation.
const OUTSIDE: &str = "elsewhere.example";

/// Where traffic goes.
pub(super) struct Outlets {
    /// The servers' mailboxes.
    pub(super) mail: SharedStore,
    /// The application that users press Send in; without one nobody does.
    pub(super) application: Option<Arc<Application>>,
    /// The run's log.
    pub(super) log: SharedLog,
    /// Numbers of items; shared with the servers, which make items too.
    pub(super) items: ItemIds,
}

/// All sources, merged in order of time; those of one moment in the order of the scenario.
pub(super) struct Traffic {
    scenario: Arc<Scenario>,
    sources: Vec<Source>,
    upcoming: BinaryHeap<Reverse<(SimTime, usize)>>,
    outlets: Outlets,
}

/// One load for one mailbox.
struct Source {
    moments: Moments,
    load: LoadIx,
    mailbox: MailboxIx,
    /// Sizes and contents are drawn from here.
    random: Pcg64Mcg,
}

impl Traffic {
    /// The traffic of a scenario with a seed.
    #[must_use]
    pub(super) fn new(scenario: &Arc<Scenario>, seed: u64, outlets: Outlets) -> Self {
        let (sources, upcoming) = (Vec::new(), BinaryHeap::new());
        let mut traffic = Self { scenario: Arc::clone(scenario), sources, upcoming, outlets };
        for (index, load) in scenario.arrivals.iter().enumerate() {
            traffic.add(seed, &load.name, LoadIx::Arrivals(index), &load.timing, &load.to);
        }
        let sends = if traffic.outlets.application.is_some() { &*scenario.sends } else { &[] };
        for (index, load) in sends.iter().enumerate() {
            traffic.add(seed, &load.name, LoadIx::Send(index), &load.timing, &load.from);
        }
        traffic
    }

    fn add(&mut self, seed: u64, name: &str, load: LoadIx, timing: &Timing, of: &[MailboxIx]) {
        let timing = Arc::new(timing.clone());
        for &mailbox in of {
            let owner = &self.scenario.mailboxes[mailbox.0 as usize].name;
            let when = stream(seed, &format!("load/{name}/{owner}/when"));
            let random = stream(seed, &format!("load/{name}/{owner}/what"));
            let moments = Moments::new(Arc::clone(&timing), when);
            let Some((at, _)) = moments.next() else { continue };
            self.upcoming.push(Reverse((at, self.sources.len())));
            self.sources.push(Source { moments, load, mailbox, random });
        }
    }

    fn make(&mut self, index: usize, at: SimTime) {
        let source = &mut self.sources[index];
        let (load, mailbox) = (source.load, source.mailbox);
        let (size, content) = match load {
            LoadIx::Arrivals(i) => {
                (self.scenario.arrivals[i].size, self.scenario.arrivals[i].content)
            }
            LoadIx::Send(i) => (self.scenario.sends[i].size, self.scenario.sends[i].content),
        };
        let octets = draw(size, &mut source.random);
        let seed = source.random.next_u64();
        let message = Message {
            item: self.outlets.items.next_id(),
            arrived: self.scenario.run.start + at.since_start(),
            body: Body::Generated { seed, octets, kind: kind(content) },
        };
        match load {
            LoadIx::Arrivals(_) => self.arrive(at, mailbox, message),
            LoadIx::Send(i) => self.submit(at, i, mailbox, &message),
        }
    }

    fn arrive(&self, at: SimTime, mailbox: MailboxIx, message: Message) {
        let item = message.item;
        let owner = &self.scenario.mailboxes[mailbox.0 as usize];
        let Some(host) = owner.incoming else {
            unreachable!("the scenario layer lets nothing arrive where nothing comes in")
        };
        let mut mail = lock_store(&self.outlets.mail);
        let Ok(target) = mail.mailbox_mut(mailbox) else {
            unreachable!("the store holds the whole population")
        };
        // The report of it goes back to where the message came from.
        let more = message.octets(&target.account().address, DOMAIN);
        let event = if target.quota().has_room(target.octets(), more) {
            let Ok(bytes) = mail.deliver(mailbox, message) else {
                unreachable!("it was there just now")
            };
            ServerEvent::Delivered { item, mailbox, bytes }
        } else {
            ServerEvent::Refused { mailbox: Some(mailbox), refusal: Refusal::MailboxFull }
        };
        drop(mail);
        self.record(at, &Entry::Server { host, event });
    }

    fn submit(&self, at: SimTime, send: usize, mailbox: MailboxIx, message: &Message) {
        let load = &self.scenario.sends[send];
        let Some(application) = &self.outlets.application else { return };
        let recipients = self.recipients(load, message.item);
        let host = self.scenario.mailboxes[mailbox.0 as usize].outgoing;
        let speaks = host.map(|host| self.scenario.servers[usize::from(host.0)].protocol());
        // Exchange sends a message to whom its header names; SMTP asks no header.
        let to = match speaks {
            Some(Protocol::Ews) => recipients.join(", "),
            _ => format!("recipients@{OUTSIDE}"),
        };
        let from = address(&self.scenario.mailboxes[mailbox.0 as usize]);
        let email = NewEmail {
            mailbox: MailboxId(mailbox.0),
            recipients,
            priority: load.priority,
            content: NewContent::Raw {
                bytes: message.render_from(Some(&from), &to, DOMAIN),
                message_id: format!("item-{}@{DOMAIN}", message.item.0),
            },
        };
        let submitted = match application.submit(at, email) {
            Ok(submitted) => submitted,
            Err(error) => unreachable!("the application submits valid emails only: {error}"),
        };
        let (item, email) = (message.item, submitted.email);
        self.record(at, &Entry::World { event: WorldEvent::Submitted { item, mailbox, email } });
    }

    fn recipients(&self, load: &Send, ItemId(item): ItemId) -> Vec<String> {
        let strangers = if load.to.is_empty() { load.recipients } else { 0 };
        let outside = (1..=strangers).map(|n| format!("recipient-{n}.{item}@{OUTSIDE}"));
        let inside = load.to.iter().map(|ix| address(&self.scenario.mailboxes[ix.0 as usize]));
        let nobody = (1..=load.unknown_recipients).map(|n| format!("nobody-{n}.{item}@{DOMAIN}"));
        outside.chain(inside).chain(nobody).collect()
    }

    fn record(&self, at: SimTime, entry: &Entry) {
        self.outlets.log.record(at, entry);
    }
}

impl Load for Traffic {
    fn next(&self) -> Option<SimTime> {
        self.upcoming.peek().map(|Reverse((at, _))| *at)
    }

    fn act(&mut self, now: SimTime) {
        while let Some(&Reverse((at, index))) = self.upcoming.peek()
            && at <= now
        {
            self.upcoming.pop();
            let Some((_, count)) = self.sources[index].moments.next() else { continue };
            for _ in 0..count {
                self.make(index, now);
            }
            let moments = &mut self.sources[index].moments;
            moments.advance();
            if let Some((next, _)) = moments.next() {
                self.upcoming.push(Reverse((next, index)));
            }
        }
    }
}

/// Octets of the next message; a drawn size stays within a hundred times its upper quantile.
#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn draw(size: Size, random: &mut Pcg64Mcg) -> u32 {
    let octets = match size {
        Size::Fixed(octets) => octets as f64,
        Size::LogNormal { p50, p99 } => {
            log_normal(p50 as f64, p99 as f64, random).min(p99 as f64 * 100.0)
        }
    };
    octets.clamp(1.0, f64::from(u32::MAX)) as u32
}

fn kind(content: Content) -> BodyKind {
    match content {
        Content::Plain => BodyKind::Plain,
        Content::Multipart => BodyKind::Multipart,
        Content::Dots => BodyKind::DotHeavy,
        Content::EightBit => BodyKind::EightBit,
        Content::Poison => BodyKind::Poison,
    }
}
