//! What the store knows of incoming email: which messages were seen, and what became of them.

/// The tables of schema version 1.
pub(super) const TABLES: &[&str] = &[];
