//! What the store knows of outgoing email: the records waiting to be sent, and their attempts.

/// The tables of schema version 1.
pub(super) const TABLES: &[&str] = &[];
