//! What happens to Exchange mailboxes from elsewhere: to whom, when, what.

use std::time::Duration;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Deed, Face, Mailbox, Period, Server, Timing, User};
use super::super::place::At;
use super::super::written::{
    self, Categorize, MoveMail, Names, Newest, RenameCategory, RenameFolder,
};
use super::names::{Mailboxes, Windows};
use super::period;

pub(super) fn resolve(
    written: Vec<written::User>,
    servers: &[Server],
    population: &Mailboxes<'_>,
    windows: &mut Windows,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<User> {
    let is_exchange = |mailbox: &Mailbox| is_on_exchange(mailbox, servers);
    let mut all = Vec::new();
    for (index, entry) in written.into_iter().enumerate() {
        let at = root.key("user").index(index);
        let (names, key) = match &entry.mailboxes {
            Some(names) => (names, "mailboxes"),
            None => (&Names::One("*".to_owned()), "name"),
        };
        let lacking = "an Exchange server";
        let mailboxes = population.choose(names, is_exchange, lacking, &at.key(key), problems);
        let (timing, open) = timing(&entry, &at, problems);
        let window = windows.add(&entry.name, open, &at, problems);
        let deed = deed(entry.does);
        all.push(User { name: entry.name, mailboxes, timing, deed, window });
    }
    all
}

/// Whether an Exchange server has this mailbox.
pub(super) fn is_on_exchange(mailbox: &Mailbox, servers: &[Server]) -> bool {
    let host = mailbox.incoming.or(mailbox.outgoing);
    host.is_some_and(|host| matches!(servers[usize::from(host.0)].face, Face::Ews { .. }))
}

fn timing(entry: &written::User, at: &At<'_>, problems: &mut Problems<'_>) -> (Timing, Period) {
    let open = period(entry.at.clone(), entry.lasting.as_ref());
    let Some(every) = entry.every.as_ref().map(|span| span.0) else {
        if entry.lasting.is_some() {
            let problem = Problem::new("`for` means nothing without `every`");
            problems.add(at.key("for").span(), problem.expecting("`every` beside it"));
        }
        let just_after = open.from.plus(Duration::from_millis(1));
        let open = Period { from: open.from, until: Some(just_after) };
        return (Timing::Once { at: open.from, count: 1 }, open);
    };
    if every.is_zero() {
        let problem = Problem::new("no time between one and the next");
        problems.add(at.key("every").span(), problem.expecting("at least \"1ms\""));
    }
    (Timing::Regular { count: 1, every, period: open }, open)
}

fn deed(written: written::Deed) -> Deed {
    match written {
        written::Deed::LoseSyncState => Deed::LoseSyncState,
        written::Deed::LoseSubscriptions => Deed::LoseSubscriptions,
        written::Deed::MoveMail(MoveMail { newest, to }) => Deed::MoveMail { newest, to },
        written::Deed::DeleteMail(Newest { newest }) => Deed::DeleteMail { newest },
        written::Deed::Categorize(Categorize { newest, category }) => {
            Deed::Categorize { newest, category }
        }
        written::Deed::RenameCategory(RenameCategory { from, to }) => {
            Deed::RenameCategory { from, to }
        }
        written::Deed::DeleteCategory(name) => Deed::DeleteCategory(name),
        written::Deed::TrackFolder(name) => Deed::TrackFolder(name),
        written::Deed::CreateFolder(name) => Deed::CreateFolder(name),
        written::Deed::RenameFolder(RenameFolder { from, to }) => Deed::RenameFolder { from, to },
        written::Deed::DeleteFolder(name) => Deed::DeleteFolder(name),
        written::Deed::Fill(octets) => Deed::Fill(octets.0),
        written::Deed::Free => Deed::Free,
    }
}
