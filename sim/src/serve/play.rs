//! Takes a served scenario through its time: the script and the load when they are due, and what
//! the control interface orders, until somebody says stop.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::stage::Stage;
use crate::time::SimTime;
use crate::world::{Change, Cue, Load, RunClock};

/// What is still to happen.
pub(super) struct Agenda {
    /// By time, those of one moment in the order in which they were added.
    cues: BTreeMap<(SimTime, u64), Change>,
    added: u64,
    load: Box<dyn Load>,
    clock: Arc<dyn RunClock>,
}

impl Agenda {
    /// A script and a load.
    pub(super) fn new(script: Vec<Cue>, load: Box<dyn Load>, clock: Arc<dyn RunClock>) -> Self {
        let mut agenda = Self { cues: BTreeMap::new(), added: 0, load, clock };
        for cue in script {
            agenda.add(cue);
        }
        agenda
    }

    fn add(&mut self, cue: Cue) {
        self.cues.insert((cue.at, self.added), cue.change);
        self.added += 1;
    }

    /// Makes everything happen in its time. Never ends by itself; may be dropped at any await.
    pub(super) async fn play(&mut self, stage: &mut Stage, mut orders: mpsc::Receiver<Cue>) {
        loop {
            let now = self.clock.sim_now();
            self.catch_up(now, stage).await;
            let cue = self.cues.first_key_value().map(|((at, _), _)| *at);
            let next = [cue, self.load.next()].into_iter().flatten().min();
            let timer = next.map(|at| self.clock.timer(at.since(now)));
            tokio::select! {
                biased;
                Some(order) = orders.recv() => self.add(order),
                () = tokio::time::sleep(timer.unwrap_or_default()), if timer.is_some() => {}
                else => return std::future::pending().await,
            }
        }
    }

    async fn catch_up(&mut self, now: SimTime, stage: &mut Stage) {
        while let Some(entry) = self.cues.first_entry()
            && entry.key().0 <= now
        {
            let change = entry.remove();
            stage.change(&change).await;
        }
        if self.load.next().is_some_and(|at| at <= now) {
            self.load.act(now);
        }
    }
}
