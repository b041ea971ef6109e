//! Expansion held against rules of thumb, and against calcard's expansion of the RRULEs we write.

pub(super) mod oracle;
mod rules;
