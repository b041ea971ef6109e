//! Faults: a matcher says which requests, an effect says what happens to them. Every server
//! machine asks its plan once per request and does as it is told.
//!
//! - `model`: what a fault is, as data.
//! - `plan`: which fault strikes a request.
//! - `delay`: how long a delay is, drawn from its distribution.
//! - `apply`: what a struck request's answer becomes; shared by all machines.

mod apply;
mod delay;
mod model;
mod plan;

pub use apply::{Aftermath, apply};
pub use delay::log_normal;
pub use model::{Delay, Effect, Fault, Matcher, Operation, Which};
pub use plan::FaultPlan;
