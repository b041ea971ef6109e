//! Takes a play from its start to its end in the runtime it is called in.

use super::stage::Stage;
use crate::log::SharedLog;
use crate::time::SimTime;
use crate::world::agenda::{Agenda, Turn};
use crate::world::{Ending, Play, RunClock};

/// Performs a play.
pub(super) async fn direct(mut play: Play) -> Ending {
    let log = play.log.clone();
    let mut stage = Stage::new(&mut play);
    let mut agenda = Agenda::new(play);
    stage.start_engine();
    let ending = loop {
        let now = stage.fabric.sim_now();
        match agenda.turn(now) {
            Turn::Change(change) => stage.change(&change).await,
            Turn::Wait(until) => wait(&log, now, until).await,
            Turn::End(ending) => break ending,
        }
    };
    stage.fall();
    ending
}

/// Until the log wants something or the time has come.
async fn wait(log: &SharedLog, now: SimTime, until: SimTime) {
    tokio::select! {
        biased;
        () = log.changed() => {}
        () = tokio::time::sleep(until.since(now)) => {}
    }
}
