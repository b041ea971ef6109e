//! Takes a play from its start to its end: the script, the load, and what the log asks for.

use super::stage::Stage;
use crate::log::{SharedLog, WorldEvent};
use crate::time::SimTime;
use crate::world::{Change, Cue, Direction, Ending, Load, Play, RunClock};

/// What is still to happen.
struct Director {
    script: std::iter::Peekable<std::vec::IntoIter<Cue>>,
    load: Box<dyn Load>,
    deadline: SimTime,
    /// When an engine killed by the log is started again.
    restart: Option<SimTime>,
    log: SharedLog,
}

/// Performs a play in the runtime it is called in.
pub(super) async fn direct(mut play: Play) -> Ending {
    let mut stage = Stage::new(&mut play);
    play.script.sort_by_key(|cue| cue.at);
    let mut director = Director {
        script: play.script.into_iter().peekable(),
        load: play.load,
        deadline: play.deadline,
        restart: None,
        log: play.log,
    };
    stage.start_engine();
    let ending = director.run(&mut stage).await;
    stage.fall();
    ending
}

impl Director {
    async fn run(&mut self, stage: &mut Stage) -> Ending {
        loop {
            if self.log.stop_asked() {
                return Ending::Stopped;
            }
            let now = stage.fabric.sim_now();
            if now >= self.deadline {
                return Ending::Deadline;
            }
            if let Some(restart_after) = self.log.take_kill() {
                stage.crash_engine().await;
                self.restart = Some(now.plus(restart_after));
            } else if let Some(cue) = self.script.next_if(|cue| cue.at <= now) {
                self.change(stage, &cue.change).await;
            } else if self.restart.is_some_and(|at| at <= now) {
                self.restart = None;
                stage.start_engine();
            } else if self.load.next().is_some_and(|at| at <= now) {
                self.load.act(now);
                assert!(
                    self.load.next().is_none_or(|at| at > now),
                    "the load leaves things undone"
                );
            } else {
                self.wait(now).await;
            }
        }
    }

    /// Until the log wants something or the next thing is due.
    async fn wait(&mut self, now: SimTime) {
        let cue = self.script.peek().map(|cue| cue.at);
        let next = [cue, self.restart, self.load.next()].into_iter().flatten().min();
        let until = next.map_or(self.deadline, |at| at.min(self.deadline));
        tokio::select! {
            biased;
            () = self.log.changed() => {}
            () = tokio::time::sleep(until.since(now)) => {}
        }
    }

    async fn change(&mut self, stage: &mut Stage, change: &Change) {
        match *change {
            Change::Partition(host) => {
                stage.fabric.cut(host, Direction::ToServer);
                stage.fabric.cut(host, Direction::ToEngine);
            }
            Change::PartitionOneWay(host, direction) => stage.fabric.cut(host, direction),
            Change::Repair(host) => stage.fabric.repair(host),
            Change::Hold(host) => stage.fabric.hold(host),
            Change::Release(host) => stage.fabric.release(host),
            Change::CrashServer(host) => stage.crash_server(host).await,
            Change::StartServer(host) => stage.start_server(host),
            Change::CrashEngine => {
                self.restart = None;
                stage.crash_engine().await;
            }
            Change::StartEngine => {
                self.restart = None;
                stage.start_engine();
            }
            Change::Window { window, open: true } => {
                stage.record(WorldEvent::WindowOpened { window });
            }
            Change::Window { window, open: false } => {
                stage.record(WorldEvent::WindowClosed { window });
            }
        }
    }
}
