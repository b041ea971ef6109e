//! Faults: a matcher says which requests, an effect says what happens to them. Every server
//! machine asks its plan once per request and does as it is told.
//!
//! - `model`: what a fault is, as data; `operation`: on what.
//! - `ews`: Exchange's ways to refuse, by name.
//! - `plan`: which fault strikes a request.
//! - `delay`: how long a delay is, drawn from its distribution.
//! - `apply`: what a struck request's answer becomes; shared by all machines.

mod apply;
mod delay;
mod ews;
mod model;
mod operation;
mod plan;

pub use apply::{Aftermath, FirstHandshake, apply};
pub use delay::log_normal;
pub use ews::{EwsRefusal, EwsShape, Form};
pub use model::{Delay, Effect, Fault, Matcher, Which};
pub use operation::Operation;
pub use plan::FaultPlan;
