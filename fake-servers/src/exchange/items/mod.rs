//! Items: what is known of them, and the operations on them.
//!
//! - [`known`]: everything that is known of an item; [`defaults`]: what it has without being told.
//! - [`parse`] and [`compose`]: between a message's bytes and its properties; [`mapi`]: its
//!   extended ones.
//! - [`shape`]: an item as a client wants to see it.
//! - [`get`], [`find`], [`sync`]: reading; [`create`], [`update`], [`relocate`], [`remove`]:
//!   writing; [`attach`]: attachments, [`enclosed`]: items among them; [`reply`]: replies and forwards.
//! - [`agenda`]: what of a calendar lies in a stretch of time.

mod agenda;
mod attach;
mod bodies;
mod compose;
mod create;
mod defaults;
mod enclosed;
mod find;
mod get;
mod known;
mod mapi;
mod parse;
mod relocate;
mod remove;
mod reply;
mod shape;
mod sync;
mod typed;
mod update;

pub(super) use agenda::seen;
pub(super) use attach::{attach, detach, get_attachments};
pub(super) use compose::message as compose_message;
pub(super) use create::create;
pub(super) use find::find;
pub(super) use get::get;
pub(super) use known::{Known, item_id, owner};
pub(super) use parse::properties as parse_message;
pub(super) use relocate::{copy, mark_all, mark_junk, relocate};
pub(super) use remove::{delete, delete_occurrence};
pub(super) use sync::sync;
pub(super) use update::{conflict, update};
