//! When a cycle runs: the next run is computed at the end of each cycle ([`interval`]), and a
//! queue with limits decides who starts once that time has come ([`scheduler`]), unless the mailbox
//! was told to wait ([`holds`]). Nothing here does I/O or reads a clock.

pub(crate) mod holds;
pub(crate) mod interval;
pub(crate) mod scheduler;
mod standing;

pub(crate) use standing::{History, Standing};
