//! The virtual world: one thread, one paused clock, connections in memory. It is driven by events,
//! so idle time costs nothing.

mod arrival;
mod connection;
mod connector;
mod courier;
mod director;
mod fabric;
mod floor;
mod http_floor;
mod life;
mod net;
mod pipe;
mod play;
mod post;
mod route;
mod stage;
mod stream;
#[cfg(test)]
mod stream_tests;
#[cfg(test)]
mod tests;
mod upheaval;

pub use courier::Courier;
pub use fabric::Fabric;
pub use floor::{Dialogue, Floor};
pub use http_floor::{HttpDialogue, HttpFloor};
pub use play::play;
pub use stream::VirtualStream;
