//! Worlds: what gives a run its time, its network and its hosts. The same play runs in any of
//! them, and the verdict must be the same.

mod agenda;
mod calendar;
mod cue;
mod desk;
mod driver;
#[cfg(test)]
mod driver_tests;
mod engine_stream;
mod error;
mod host;
mod link;
mod load;
mod play;
mod retransmission;
mod shaper;
#[cfg(test)]
mod test_kit;
pub mod turmoil_world;
mod validate;
pub mod virtual_world;

pub use calendar::RunClock;
pub(crate) use cue::window_event;
pub use cue::{Change, Cue};
pub use desk::Desk;
pub use driver::{SessionStream, drive};
pub use error::WorldError;
pub use host::{Bystander, EngineHost, Seams, ServerHost};
pub use link::{Direction, Jitter, Link, Loss};
pub use load::Load;
pub use play::{Ending, Play};
pub(crate) use shaper::{Passage, Shaper};
