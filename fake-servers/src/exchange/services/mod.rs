//! What Exchange offers beside folders, items and events.
//!
//! - [`convert_id`]: ids in other forms.
//! - [`names`]: who is meant by a part of a name.
//! - [`time_zones`]: zones and their rules.
//! - [`availability`]: who is busy when.
//! - [`configuration`]: settings that programs keep in mailboxes.
//! - [`oof`]: what mailboxes answer while their owners are away.

pub(super) mod availability;
pub(super) mod configuration;
pub(super) mod convert_id;
pub(super) mod names;
pub(super) mod oof;
pub(super) mod time_zones;
