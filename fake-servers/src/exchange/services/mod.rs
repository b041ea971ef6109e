//! What Exchange offers beside folders, items and events.
//!
//! - [`convert_id`]: ids in other forms.
//! - [`names`]: who is meant by a part of a name.
//! - [`time_zones`]: zones and their rules.
//! - [`availability`]: who is busy when, from [`busy`], in a [`local_zone`], and [`suggestions`] of
//!   when to meet.
//! - [`configuration`]: settings that programs keep in mailboxes.
//! - [`oof`]: what mailboxes answer while their owners are away.

pub(super) mod availability;
mod busy;
pub(super) mod configuration;
pub(super) mod convert_id;
mod local_zone;
pub(super) mod names;
pub(super) mod oof;
mod suggestions;
pub(super) mod time_zones;

#[cfg(test)]
mod tests;
