//! Clients beside the engine: whose inboxes, how many, how long.

use std::time::Duration;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Server, Watcher};
use super::super::place::At;
use super::super::written::{self, Names, Span};
use super::names::{Mailboxes, Windows};
use super::{period, user};

/// The longest that a server holds a stream open, and what these clients ask for (domain.md 4.4).
const LONGEST: u8 = 30;
/// The most such clients of a scenario: each is a task and a connection.
const MOST: u64 = 100_000;

pub(super) fn resolve(
    written: Vec<written::Watcher>,
    servers: &[Server],
    population: &Mailboxes<'_>,
    windows: &mut Windows,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Watcher> {
    let (mut all, mut total) = (Vec::new(), 0_u64);
    for (index, entry) in written.into_iter().enumerate() {
        let at = root.key("watcher").index(index);
        let (names, key) = match &entry.mailboxes {
            Some(names) => (names, "mailboxes"),
            None => (&Names::One("*".to_owned()), "name"),
        };
        let holds = |mailbox: &_| user::is_on_exchange(mailbox, servers);
        let lacking = "an Exchange server";
        let mailboxes = population.choose(names, holds, lacking, &at.key(key), problems);
        let clients = entry.clients.unwrap_or(1);
        total += u64::from(clients) * mailboxes.len() as u64;
        if total > MOST {
            let problem = Problem::new(format!("{total} watching clients"));
            let expected = format!("at most {MOST} in all");
            problems.add(at.key("name").span(), problem.expecting(expected));
            break;
        }
        let period = period(entry.from, entry.lasting.as_ref());
        let window = windows.add(&entry.name, period, &at, problems);
        let minutes = minutes(entry.connection_timeout.as_ref(), &at, problems);
        all.push(Watcher { name: entry.name, mailboxes, clients, period, minutes, window });
    }
    all
}

fn minutes(written: Option<&Span>, at: &At<'_>, problems: &mut Problems<'_>) -> u8 {
    let Some(Span(span)) = written else { return LONGEST };
    let fits = |minutes: &u8| Duration::from_mins(u64::from(*minutes)) == *span;
    (1..=LONGEST).find(fits).unwrap_or_else(|| {
        let problem = Problem::new("no time-out that Exchange takes");
        let expected = "whole minutes from \"1m\" to \"30m\"";
        problems.add(at.key("connection_timeout").span(), problem.expecting(expected));
        LONGEST
    })
}
