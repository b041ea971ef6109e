//! The incoming workload: new messages come in from a POP3 server, each stored in one commit with
//! the cursor that says so.
//!
//! `session` leads the conversation, `link` carries it, `plan` decides what is new, `deliver`
//! makes a record of a message or of its failure, `refusal` knows what a `-ERR` means.

mod deliver;
mod known;
mod link;
mod plan;
mod refusal;
mod session;

pub(crate) use known::KnownServers;
pub(crate) use session::run;

#[cfg(test)]
mod tests;
