//! What happens to Exchange mailboxes from elsewhere: to whom, when, what.

use std::time::Duration;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Deed, Face, Mailbox, Period, Server, Timing, User};
use super::super::place::At;
use super::super::written::{
    self, Categorize, CreateFolder, LinkFolder, LinkMail, MoveFolder, MoveMail, Names, Newest,
    NewestSent, PlacedFolder, RenameCategory, RenameFolder, RequestTracking, TrackFolder,
};
use super::names::{Mailboxes, Pattern, Windows};
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
        let Some(deed) = deed(entry.does, &at.key("does"), problems) else { continue };
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

/// Folders that one deed makes or tracks.
const MOST_FOLDERS: u64 = 1_000;

fn deed(written: written::Deed, at: &At<'_>, problems: &mut Problems<'_>) -> Option<Deed> {
    Some(match written {
        written::Deed::LoseSyncState => Deed::LoseSyncState,
        written::Deed::LoseSubscriptions => Deed::LoseSubscriptions,
        written::Deed::MoveMail(MoveMail { newest, from, to }) => {
            Deed::MoveMail { newest, from, to }
        }
        written::Deed::DeleteMail(Newest { newest }) => Deed::DeleteMail { newest },
        written::Deed::TakeBack(NewestSent { newest }) => Deed::TakeBack { newest },
        written::Deed::Categorize(Categorize { newest, category }) => {
            Deed::Categorize { newest, category }
        }
        written::Deed::Uncategorize(Newest { newest }) => Deed::Uncategorize { newest },
        written::Deed::RenameCategory(RenameCategory { from, to }) => {
            Deed::RenameCategory { from, to }
        }
        written::Deed::DeleteCategory(name) => Deed::DeleteCategory(name),
        written::Deed::SpoilCategories => Deed::SpoilCategories,
        written::Deed::TrackFolder(folder) => {
            let (name, regarding) = match folder {
                TrackFolder::Named(name) => (name, None),
                TrackFolder::Linked(LinkFolder { folder, regarding }) => (folder, Some(regarding)),
            };
            Deed::TrackFolder { names: names(name, &at.key("track_folder"), problems)?, regarding }
        }
        written::Deed::UntrackFolder(name) => Deed::UntrackFolder(name),
        written::Deed::LinkFolder(LinkFolder { folder: name, regarding }) => {
            Deed::LinkFolder { name, regarding: Some(regarding) }
        }
        written::Deed::UnlinkFolder(name) => Deed::LinkFolder { name, regarding: None },
        written::Deed::LinkMail(LinkMail { from, to }) => Deed::LinkMail { from, to },
        written::Deed::RequestTracking(RequestTracking { newest, from, regarding }) => {
            Deed::RequestTracking { newest, from, regarding }
        }
        written::Deed::ShowTracking => Deed::ShowTracking,
        written::Deed::CreateFolder(folder) => {
            let (name, inside) = match folder {
                CreateFolder::Named(name) => (name, None),
                CreateFolder::Placed(PlacedFolder { folder, inside }) => (folder, Some(inside)),
            };
            Deed::CreateFolder { names: names(name, &at.key("create_folder"), problems)?, inside }
        }
        written::Deed::RenameFolder(RenameFolder { from, to }) => Deed::RenameFolder { from, to },
        written::Deed::MoveFolder(MoveFolder { folder: name, into }) => {
            Deed::MoveFolder { name, into }
        }
        written::Deed::DeleteFolder(name) => Deed::DeleteFolder(name),
        written::Deed::Fill(octets) => Deed::Fill(octets.0),
        written::Deed::Free => Deed::Free,
    })
}

/// One name of a folder, which may be anything, or all that a name with a range makes.
fn names(text: String, at: &At<'_>, problems: &mut Problems<'_>) -> Option<Vec<String>> {
    if !text.contains('{') {
        return Some(vec![text]);
    }
    let pattern = Pattern::parse(&text, " ._-");
    let why = match &pattern {
        Ok(pattern) if pattern.count() <= MOST_FOLDERS => return Some(pattern.names().collect()),
        Ok(_) => format!("these are more than {MOST_FOLDERS} folders"),
        Err(why) => why.clone(),
    };
    let problem = Problem::new(format!("`{text}` cannot be expanded: {why}"));
    let expected = "a name, or one with a range in it such as \"Customer {01..26}\"";
    problems.add(at.span(), problem.expecting(expected));
    None
}
