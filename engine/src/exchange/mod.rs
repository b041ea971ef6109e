//! Email over Exchange Web Services, both ways, and what a mailbox's folders and categories say
//! about it.
//!
//! `session` says requests and reads answers, `refusal` knows what a refusal means, `requests` is
//! the vocabulary of the cycles. `incoming` and `outgoing` are the two workloads.

pub(crate) mod incoming;
pub(crate) mod outgoing;
mod refusal;
mod requests;
mod session;

#[cfg(test)]
mod tests;
