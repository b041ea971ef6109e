//! Performs a play in the virtual world.

use super::director::direct;
use crate::world::validate::validate;
use crate::world::{Ending, Play, WorldError};

/// Runs a play to its end on this thread. The same play with the same seed is the same run.
///
/// # Errors
/// When the play cannot be performed as written.
pub fn play(play: Play) -> Result<Ending, WorldError> {
    validate(&play)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    Ok(runtime.block_on(direct(play)))
}
