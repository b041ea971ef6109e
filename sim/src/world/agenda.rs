//! What is still to happen in a run besides the engine's and the servers' own doing: the script,
//! the load, the deadline, and what the log asks for. Both worlds follow it.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::{Change, Cue, Ending, Load, Play};
use crate::log::SharedLog;
use crate::time::SimTime;

/// The rest of a run.
pub(super) struct Agenda {
    script: Peekable<IntoIter<Cue>>,
    load: Box<dyn Load>,
    deadline: SimTime,
    /// When an engine killed by the log is started again.
    restart: Option<SimTime>,
    log: SharedLog,
}

/// What a world has to do next.
pub(super) enum Turn {
    /// Change this now and ask again.
    Change(Change),
    /// Let time pass until then, or until the log has changed.
    Wait(SimTime),
    /// The run is over.
    End(Ending),
}

impl Agenda {
    /// Takes over a play's script and load. Cues of one moment keep their order.
    pub(super) fn new(play: Play) -> Self {
        let mut script = play.script;
        script.sort_by_key(|cue| cue.at);
        Self {
            script: script.into_iter().peekable(),
            load: play.load,
            deadline: play.deadline,
            restart: None,
            log: play.log,
        }
    }

    /// Decides what is next at `now`, and lets the load act when it is due. What the log asks for
    /// comes first, then the script, then the load.
    pub(super) fn turn(&mut self, now: SimTime) -> Turn {
        if self.log.stop_asked() {
            return Turn::End(Ending::Stopped);
        }
        if now >= self.deadline {
            return Turn::End(Ending::Deadline);
        }
        if let Some(restart_after) = self.log.take_kill() {
            self.restart = Some(now.plus(restart_after));
            return Turn::Change(Change::CrashEngine);
        }
        if let Some(Cue { change, .. }) = self.script.next_if(|cue| cue.at <= now) {
            if matches!(change, Change::CrashEngine | Change::StartEngine) {
                self.restart = None;
            }
            return Turn::Change(change);
        }
        if self.restart.take_if(|at| *at <= now).is_some() {
            return Turn::Change(Change::StartEngine);
        }
        if self.load.next().is_some_and(|at| at <= now) {
            self.load.act(now);
            assert!(self.load.next().is_none_or(|at| at > now), "the load leaves things undone");
            return self.turn(now);
        }
        let cue = self.script.peek().map(|cue| cue.at);
        let next = [cue, self.restart, self.load.next()].into_iter().flatten().min();
        Turn::Wait(next.map_or(self.deadline, |at| at.min(self.deadline)))
    }
}
