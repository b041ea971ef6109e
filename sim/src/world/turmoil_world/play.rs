//! Performs a play in the turmoil world.

use super::stage::Stage;
use crate::world::agenda::{Agenda, Turn};
use crate::world::validate::{validate, validate_tick};
use crate::world::{Ending, Play, WorldError};

/// Runs a play to its end on this thread. Everything happens at ticks: a cue takes effect at the
/// first one at or after its time, and the run stops at the end of the one in which the log asked.
///
/// # Errors
/// When the play cannot be performed as written, or turmoil gives up.
pub fn play(mut play: Play) -> Result<Ending, WorldError> {
    validate(&play)?;
    validate_tick(&play)?;
    let mut stage = Stage::new(&mut play);
    let mut agenda = Agenda::new(play);
    let ending = loop {
        match agenda.turn(stage.now()) {
            Turn::Change(change) => stage.change(&change),
            Turn::Wait(_) => stage.step()?,
            Turn::End(ending) => break ending,
        }
    };
    stage.fall();
    Ok(ending)
}
