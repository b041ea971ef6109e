//! What happens to Exchange mailboxes from elsewhere: their users' phones and Outlooks, and the
//! administrator who moves them. The engine hears of it only by what it finds.

mod application;
mod categories;
mod folders;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use fake_servers::exchange::ExchangeServer;
use fake_servers::store::{
    Body, BodyKind, Draft, FolderNo, Mailbox, Message, SharedStore, Stored, Uid, lock_store,
};
use fake_servers::{ItemIds, MailboxIx, ServerEvent};
use jiff::Timestamp;
use sync_engine::Tracking;

use crate::log::{Entry, HostIx, SharedLog, WorldEvent};
use crate::random::stream;
use crate::run::application::Application;
use crate::run::moments::Moments;
use crate::run::servers::Servers;
use crate::scenario::{Deed, Scenario};
use crate::time::SimTime;
use crate::world::Load;

/// The category that tracks (domain.md 1.11).
const TRACKED: &str = "Tracked to Dynamics 365";

/// The application, as its users have it before them.
pub(super) struct Desk {
    pub(super) application: Arc<Application>,
    pub(super) tracking: Tracking,
}

/// Everybody who does something, merged in order of time.
pub(super) struct Users {
    scenario: Arc<Scenario>,
    moments: Vec<Moments>,
    upcoming: BinaryHeap<Reverse<(SimTime, usize)>>,
    mail: SharedStore,
    log: SharedLog,
    items: ItemIds,
    /// The application, where there is an engine beside it.
    desk: Option<Desk>,
    /// The Exchange servers.
    servers: BTreeMap<HostIx, ExchangeServer>,
    /// What was put into mailboxes to fill them.
    fillings: BTreeMap<MailboxIx, Vec<Uid>>,
}

impl Users {
    /// The users of a scenario.
    #[must_use]
    pub(super) fn new(
        scenario: &Arc<Scenario>,
        servers: &Servers,
        mail: &SharedStore,
        log: &SharedLog,
        items: &ItemIds,
        desk: Option<Desk>,
    ) -> Self {
        let (mut moments, mut upcoming) = (Vec::new(), BinaryHeap::new());
        for (index, user) in scenario.users.iter().enumerate() {
            // Nothing is left to chance: neither timing draws.
            let own = Moments::new(Arc::new(user.timing.clone()), stream(0, "users"));
            upcoming.extend(own.next().map(|(at, _)| Reverse((at, index))));
            moments.push(own);
        }
        Self {
            scenario: Arc::clone(scenario),
            moments,
            upcoming,
            mail: Arc::clone(mail),
            log: log.clone(),
            items: items.clone(),
            desk,
            servers: servers.all_exchange(),
            fillings: BTreeMap::new(),
        }
    }

    fn perform(&mut self, index: usize, at: SimTime) {
        let scenario = Arc::clone(&self.scenario);
        let now = scenario.run.start + at.since_start();
        let user = &scenario.users[index];
        for &ix in &user.mailboxes {
            let owner = &scenario.mailboxes[ix.0 as usize];
            let Some(host) = owner.incoming.or(owner.outgoing) else { continue };
            match &user.deed {
                deed if deed.is_of_tracking() || matches!(deed, Deed::TakeBack { .. }) => {
                    self.tell_application(at, ix, deed);
                    continue;
                }
                Deed::LoseSubscriptions => {
                    if let Some(server) = self.servers.get(&host) {
                        server.lose_subscriptions(ix, now);
                    }
                    continue;
                }
                _ => {}
            }
            let done = {
                let mut store = lock_store(&self.mail);
                let Ok(mailbox) = store.mailbox_mut(ix) else { continue };
                match &user.deed {
                    Deed::Fill(octets) => {
                        let item = self.items.next_id();
                        let uid = fill(mailbox, item, *octets, now);
                        self.fillings.entry(ix).or_default().extend(uid);
                        Done::default()
                    }
                    Deed::Free => {
                        for uid in self.fillings.remove(&ix).unwrap_or_default() {
                            mailbox.discard(uid, now);
                        }
                        Done::default()
                    }
                    deed => do_to(ix, mailbox, deed, now),
                }
            };
            self.tell(at, host, ix, done);
        }
    }

    /// Somebody uses the application, where there is one.
    fn tell_application(&self, at: SimTime, ix: MailboxIx, deed: &Deed) {
        let Some(desk) = &self.desk else { return };
        for event in application::perform(desk, &self.mail, ix, deed) {
            self.log.record(at, &Entry::World { event });
        }
    }

    fn tell(&self, at: SimTime, host: HostIx, mailbox: MailboxIx, done: Done) {
        for stored in &done.taken {
            let event = ServerEvent::TakenAway { item: stored.message.item, mailbox };
            self.log.record(at, &Entry::Server { host, event });
        }
        for event in done.events {
            self.log.record(at, &Entry::World { event });
        }
    }
}

impl Load for Users {
    fn next(&self) -> Option<SimTime> {
        self.upcoming.peek().map(|Reverse((at, _))| *at)
    }

    fn act(&mut self, now: SimTime) {
        while let Some(&Reverse((at, index))) = self.upcoming.peek()
            && at <= now
        {
            self.upcoming.pop();
            self.perform(index, now);
            self.moments[index].advance();
            if let Some((next, _)) = self.moments[index].next() {
                self.upcoming.push(Reverse((next, index)));
            }
        }
    }
}

/// What came of a deed.
#[derive(Default)]
struct Done {
    /// The messages that are no longer in the inbox because of it.
    taken: Vec<Stored>,
    /// What is to be told of it beside.
    events: Vec<WorldEvent>,
}

/// Does something to a mailbox. What cannot be done, because the folder is missing or there
/// already, is not done.
fn do_to(ix: MailboxIx, mailbox: &mut Mailbox, deed: &Deed, now: Timestamp) -> Done {
    let mut done = Done::default();
    match deed {
        Deed::LoseSyncState => mailbox.forget_states(),
        Deed::MoveMail { newest: count, from, to } => {
            return folders::move_mail(ix, mailbox, (*count, from.as_deref(), to), now);
        }
        Deed::DeleteMail { newest: count } => {
            let deleted = newest(mailbox, FolderNo::INBOX, *count);
            for stored in &deleted {
                mailbox.discard(stored.uid, now);
            }
            done.taken = deleted;
        }
        Deed::Categorize { newest: count, category } => {
            done.events = categorize(ix, mailbox, *count, Some(category), now);
        }
        Deed::Uncategorize { newest: count } => {
            done.events = categorize(ix, mailbox, *count, None, now);
        }
        Deed::RenameCategory { from, to } => categories::rename(mailbox, from, to, now),
        Deed::DeleteCategory(name) => categories::delete(mailbox, name, now),
        Deed::SpoilCategories => categories::spoil(mailbox),
        Deed::CreateFolder { names, inside } => {
            done.events = folders::create(ix, mailbox, names, inside.as_deref(), now);
        }
        Deed::RenameFolder { from, to } => {
            if let Some(folder) = folders::find(mailbox, from) {
                // Another of that name may be there.
                let _ = mailbox.change_folder(folder, Some(to), None, now);
            }
        }
        Deed::MoveFolder { name, into } => {
            done.events = folders::put(ix, mailbox, name, into, now);
        }
        Deed::DeleteFolder(name) => done.events = folders::delete(ix, mailbox, name, now),
        Deed::TrackFolder { .. }
        | Deed::UntrackFolder(_)
        | Deed::LinkFolder { .. }
        | Deed::LinkMail { .. }
        | Deed::RequestTracking { .. }
        | Deed::ShowTracking
        | Deed::TakeBack { .. }
        | Deed::LoseSubscriptions
        | Deed::Fill(_)
        | Deed::Free => {}
    }
    done
}

fn newest(mailbox: &Mailbox, folder: FolderNo, count: u32) -> Vec<Stored> {
    mailbox.items(folder).iter().rev().take(count as usize).cloned().collect()
}

/// Gives the newest of the inbox a category in place of those they have, or none.
fn categorize(
    ix: MailboxIx,
    mailbox: &mut Mailbox,
    count: u32,
    category: Option<&String>,
    now: Timestamp,
) -> Vec<WorldEvent> {
    let tracks = category.is_some_and(|category| category == TRACKED);
    let mut events = Vec::new();
    for stored in newest(mailbox, FolderNo::INBOX, count) {
        mailbox
            .change(stored.uid, now, |it| it.categorize(category.into_iter().cloned().collect()));
        events.push(WorldEvent::Categorized { item: stored.message.item, mailbox: ix, tracks });
    }
    events
}

/// Puts something of a size into the junk folder; it is generated when asked for, which nobody
/// does.
fn fill(
    mailbox: &mut Mailbox,
    item: fake_servers::ItemId,
    octets: u64,
    now: Timestamp,
) -> Option<Uid> {
    let least = u32::try_from(octets).unwrap_or(u32::MAX);
    let body = Body::Generated { seed: item.0, octets: least, kind: BodyKind::Plain };
    let message = Message { item, arrived: now, body };
    let draft = Draft { message, octets, overlay: fake_servers::store::Overlay::default() };
    mailbox.add(FolderNo::JUNK, draft, now)
}
