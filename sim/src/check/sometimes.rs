//! Probes: what must be seen at least once, because a run that never saw it proves nothing.

use super::charge::Probe;
use super::findings::Seen;
use super::sighting::Sighting;
use crate::log::{Entry, WorldEvent};
use crate::time::SimTime;

#[derive(Debug)]
pub(super) struct Sometimes {
    probes: Vec<(Sighting, Seen)>,
    crashed: bool,
}

impl Sometimes {
    pub(super) fn new(probes: Vec<Probe>) -> Self {
        let unseen = |Probe { name, sighting }| (sighting, Seen { name, times: 0, first: None });
        Self { probes: probes.into_iter().map(unseen).collect(), crashed: false }
    }

    pub(super) fn see(&mut self, at: SimTime, entry: &Entry) {
        for (sighting, seen) in &mut self.probes {
            if sighting.is_in(entry, self.crashed) {
                seen.times += 1;
                seen.first.get_or_insert(at);
            }
        }
        if matches!(entry, Entry::World { event: WorldEvent::EngineCrashed }) {
            self.crashed = true;
        }
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.probes.iter().map(|(_, seen)| seen.clone()).collect()
    }
}
