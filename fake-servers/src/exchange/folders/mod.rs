//! The operations on folders.
//!
//! - [`shape`]: a folder as a client wants to see it.
//! - [`read`]: getting, finding and synchronising folders.
//! - [`write`]: making, changing, moving and removing them.

mod read;
mod shape;
mod write;

pub(super) use read::{find, get, invalid_state, sync};
pub(super) use write::{copy, create, delete, discard_item, empty, relocate, update};
