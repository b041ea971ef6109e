//! What people do in the application beside the engine: rules for folders, links by hand, requests
//! for single messages, a look at what is linked to what, and email taken back before it is sent.

use fake_servers::MailboxIx;
use fake_servers::exchange::ExchangeServer;
use fake_servers::store::{FolderNo, SharedStore, lock_store};
use sync_engine::{MailboxId, Tracking, TrackingError, TrackingRule};

use super::{Desk, folders, newest};
use crate::log::{ShownEmail, WorldEvent};
use crate::scenario::Deed;

/// Does it, and yields what came of it. The application can name only folders that the engine has
/// told it of; with others nothing happens.
pub(super) fn perform(
    desk: &Desk,
    mail: &SharedStore,
    ix: MailboxIx,
    deed: &Deed,
) -> Vec<WorldEvent> {
    let page = Page { tracking: &desk.tracking, mail, ix, mailbox: MailboxId(ix.0) };
    match deed {
        Deed::TrackFolder { names, regarding } => {
            let regarding = regarding.as_deref();
            names.iter().filter_map(|name| page.track(name, regarding)).collect()
        }
        Deed::UntrackFolder(name) => page.untrack(name).into_iter().collect(),
        Deed::LinkFolder { name, regarding } => {
            page.link_folder(name, regarding.as_deref()).into_iter().collect()
        }
        Deed::LinkMail { from, to } => page.link_mail(from, to),
        Deed::ShowTracking => page.show().into_iter().collect(),
        Deed::TakeBack { newest } => {
            let taken = desk.application.take_back(page.mailbox, *newest).into_iter();
            taken.map(|email| WorldEvent::TakenBack { mailbox: ix, email }).collect()
        }
        Deed::RequestTracking { newest, from, regarding } => {
            page.request(*newest, from.as_deref(), regarding.as_deref())
        }
        _ => Vec::new(),
    }
}

/// The application's page of one mailbox.
struct Page<'d> {
    tracking: &'d Tracking,
    mail: &'d SharedStore,
    ix: MailboxIx,
    mailbox: MailboxId,
}

impl Page<'_> {
    /// The engine's id of a folder.
    fn id(&self, name: &str) -> Option<String> {
        let folders = self.tracking.folders(self.mailbox).ok()?;
        folders.into_iter().find(|folder| folder.name == name).map(|folder| folder.id)
    }

    /// The server's number of a folder.
    fn number(&self, name: &str) -> Option<u32> {
        let mail = lock_store(self.mail);
        let found = mail.mailbox(self.ix).and_then(|mailbox| folders::find(mailbox, name));
        found.map(|folder| folder.0)
    }

    /// The rule that acts on a folder.
    fn rule(&self, name: &str) -> Option<TrackingRule> {
        let id = self.id(name)?;
        let rules = self.tracking.rules(self.mailbox).ok()?;
        rules.into_iter().find(|rule| rule.ended.is_none() && rule.folder == id)
    }

    fn track(&self, name: &str, regarding: Option<&str>) -> Option<WorldEvent> {
        let (mailbox, folder) = (self.ix, self.number(name)?);
        match self.tracking.add_rule(self.mailbox, &self.id(name)?, regarding) {
            Ok(_) => {
                let regarding = regarding.map(str::to_owned);
                Some(WorldEvent::FolderTracked { mailbox, folder, regarding })
            }
            Err(TrackingError::TooManyRules(_) | TrackingError::Queue(_)) => {
                Some(WorldEvent::TrackingRefused { mailbox })
            }
            // It may be tracked already.
            Err(_) => None,
        }
    }

    fn untrack(&self, name: &str) -> Option<WorldEvent> {
        let folder = self.number(name)?;
        self.tracking.remove_rule(self.rule(name)?.id).ok()?;
        Some(WorldEvent::FolderUntracked { mailbox: self.ix, folder })
    }

    fn link_folder(&self, name: &str, regarding: Option<&str>) -> Option<WorldEvent> {
        let folder = self.number(name)?;
        self.tracking.set_regarding(self.rule(name)?.id, regarding).ok()?;
        let regarding = regarding.map(str::to_owned);
        Some(WorldEvent::FolderLinked { mailbox: self.ix, folder, regarding })
    }

    fn link_mail(&self, from: &str, to: &str) -> Vec<WorldEvent> {
        let emails = self.tracking.emails(self.mailbox).unwrap_or_default();
        let linked = emails.into_iter().filter(|(_, it)| it.regarding.as_deref() == Some(from));
        let changed = linked.filter_map(|(email, _)| {
            let done = self.tracking.link(self.mailbox, email, Some(to)).ok()?;
            let regarding = to.to_owned();
            done.then_some(WorldEvent::LinkedByHand { mailbox: self.ix, email, regarding })
        });
        changed.collect()
    }

    /// The app in Outlook knows messages by their ids on the server.
    fn request(&self, count: u32, from: Option<&str>, regarding: Option<&str>) -> Vec<WorldEvent> {
        let wanted = {
            let mail = lock_store(self.mail);
            let Some(mailbox) = mail.mailbox(self.ix) else { return Vec::new() };
            let folder = from.map_or(Some(FolderNo::INBOX), |name| folders::find(mailbox, name));
            folder.map_or_else(Vec::new, |folder| newest(mailbox, folder, count))
        };
        let asked = wanted.into_iter().filter_map(|stored| {
            let id = ExchangeServer::item_id(self.ix, stored.uid);
            self.tracking.track(self.mailbox, &id, regarding).ok()?;
            let (item, regarding) = (stored.message.item, regarding.map(str::to_owned));
            Some(WorldEvent::TrackingRequested { item, mailbox: self.ix, regarding })
        });
        asked.collect()
    }

    fn show(&self) -> Option<WorldEvent> {
        let rules = self.tracking.rules(self.mailbox).ok()?;
        let acting = rules.iter().filter(|rule| rule.ended.is_none()).count();
        let emails = self.tracking.emails(self.mailbox).ok()?.into_iter();
        let emails = emails.map(|(email, it)| {
            let (tracked, regarding) = (it.tracked, it.regarding);
            ShownEmail { email, tracked, regarding }
        });
        Some(WorldEvent::TrackingShown {
            mailbox: self.ix,
            rules: u32::try_from(acting).unwrap_or(u32::MAX),
            emails: emails.collect(),
        })
    }
}
