//! Simulated mail servers as protocol machines without I/O over one mailbox store: POP3, SMTP
//! submission and Exchange, with limits as budgets, and faults as matcher and effect.

mod bell;
mod event;
pub mod exchange;
mod fault;
pub mod http;
mod item_ids;
pub mod limits;
pub mod pop3;
mod session;
pub mod smtp;
pub mod store;

pub use bell::{Bell, Listening};
pub use event::{Refusal, ServerEvent};
pub use fault::{
    Aftermath, Delay, Effect, EwsRefusal, EwsShape, Fault, FaultPlan, FirstHandshake, Form,
    Matcher, Operation, Which, apply, log_normal,
};
pub use item_ids::ItemIds;
pub use session::{Action, Actions, Channel, Handshake, Session, flood_pieces};

use serde::{Deserialize, Serialize};

/// A mailbox of the simulated servers: its place in the population.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailboxIx(pub u32);

/// A message, from the moment it exists anywhere: unique in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemId(pub u64);
