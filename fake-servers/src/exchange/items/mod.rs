//! Items: what is known of them, and the operations on them.
//!
//! - [`known`]: everything that is known of an item; [`defaults`]: what it has without being told.
//! - [`parse`] and [`compose`]: between a message's bytes and its properties; [`mapi`]: its
//!   extended ones.
//! - [`shape`]: an item as a client wants to see it.

mod compose;
mod defaults;
mod known;
mod mapi;
mod parse;
mod shape;
