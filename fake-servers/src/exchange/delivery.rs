//! Messages on their way: what was accepted is delivered at once, or when the sender's limit of
//! messages per minute lets it (domain.md 4.1).

use jiff::Timestamp;

use super::server::Shared;
use crate::ServerEvent;

/// When the next message that was held back is due.
pub(super) fn next_due(_: &Shared) -> Option<Timestamp> {
    None
}

/// Delivers what was held back until now.
pub(super) fn deliver_due(_: &Shared, _: Timestamp, _: impl FnMut(ServerEvent)) {}
