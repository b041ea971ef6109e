//! Tracking, held against what users have asked for, email by email. What follows from their wishes
//! (domain.md 1.10, 1.11) is worked out here anew; the engine is asked for nothing but what it did.
//!
//! - [`wishes`]: where users put mail, and which folders have rules.
//! - [`records`]: which record is which item.
//! - [`debts`]: what is to be tracked and is not, and what is tracked for nothing.
//! - [`links`]: what each email should be linked to, and what the application shows.

mod debts;
mod links;
mod records;
mod wishes;

use fake_servers::ServerEvent;

use self::debts::{Debts, Known};
use self::links::Links;
use self::records::Records;
use self::wishes::{Wishes, whose};
use super::fact::Fact;
use crate::log::Entry;

/// All that is known of tracking.
#[derive(Debug)]
pub(super) struct Tracking {
    /// Whether users ask for anything, so that items need be told apart.
    watched: bool,
    records: Records,
    wishes: Wishes,
    debts: Debts,
    links: Links,
}

impl Tracking {
    pub(super) fn new(watched: bool, regardings: &[String]) -> Self {
        Self {
            watched,
            records: Records::default(),
            wishes: Wishes::default(),
            debts: Debts::default(),
            links: Links::new(regardings),
        }
    }

    pub(super) fn see(&mut self, entry: &Entry, facts: &mut Vec<Fact>) {
        let Self { watched, records, wishes, debts, links } = self;
        let watched = *watched;
        if watched {
            records.see(entry);
        }
        match entry {
            Entry::Engine { event } => {
                debts.see_engine(event, &Known { watched, records, wishes }, facts);
                if watched {
                    // What a cycle has done follows from what was wished when it began.
                    links.see_engine(event, records, wishes);
                    wishes.see_engine(event);
                }
            }
            Entry::World { event } => {
                links.doubt(whose(event), wishes);
                wishes.see_world(event);
                debts.see_world(event, &Known { watched, records, wishes }, facts);
                links.see_world(event, records, wishes, facts);
            }
            Entry::Server { event: ServerEvent::TakenAway { item, mailbox }, .. } => {
                links.doubt(Some(*mailbox), wishes);
                wishes.take_away((*mailbox, *item));
                debts.take_away((*mailbox, *item), facts);
            }
            Entry::Server { .. } | Entry::Watcher { .. } => {}
        }
    }
}
