//! Where two runs of one seed part: both run again, side by side, and every event of the one is
//! held against that of the other. Neither log is kept.

use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::execute::Runner;
use super::guard::guarded;
use crate::log::{Entry, Fold, Wish};
use crate::run::RunRequest;
use crate::time::SimTime;

/// How many events one run may be ahead of the other.
const AHEAD: usize = 1024;

/// An event and its time.
type Event = (SimTime, Entry);

/// The first event that is not the same in both runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// How many events before it were the same.
    pub(super) same: u64,
    /// What the first run had; `None` when it was over.
    pub(super) first: Option<Event>,
    /// What the second run had; `None` when it was over.
    pub(super) second: Option<Event>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |event: &Option<Event>| match event {
            None => "the end".to_owned(),
            Some((at, entry)) => match serde_json::to_string(entry) {
                Ok(text) => format!("{at} {text}"),
                Err(_) => format!("{at} {entry:?}"),
            },
        };
        writeln!(f, "they part after {} equal events:", self.same)?;
        writeln!(f, "  first   {}", told(&self.first))?;
        write!(f, "  second  {}", told(&self.second))
    }
}

/// Runs twice side by side and says where the runs part, if they do.
#[must_use]
pub(super) fn first_difference(runner: Runner, request: &RunRequest) -> Option<Difference> {
    thread::scope(|scope| {
        let [first, second] = [(), ()].map(|()| {
            let (tell, heard) = sync_channel(AHEAD);
            scope.spawn(move || {
                // What breaks here broke in the first place or is the difference looked for.
                let _ = guarded(|| runner(request, Some(Box::new(Witness(Some(tell))))));
            });
            heard
        });
        compare(&first, &second)
    })
}

fn compare(first: &Receiver<Event>, second: &Receiver<Event>) -> Option<Difference> {
    let mut same = 0;
    loop {
        match (first.recv().ok(), second.recv().ok()) {
            (None, None) => return None,
            (one, other) if one == other => same += 1,
            (first, second) => return Some(Difference { same, first, second }),
        }
    }
}

/// Tells every event to whoever compares, for as long as anybody does.
struct Witness(Option<SyncSender<Event>>);

impl Fold for Witness {
    fn see(&mut self, at: SimTime, entry: &Entry) -> Wish {
        if let Some(tell) = &self.0
            && tell.send((at, entry.clone())).is_err()
        {
            self.0 = None;
        }
        Wish::GoOn
    }
}
