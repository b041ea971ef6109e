//! Exchange's throttling: a policy says what a user may use, and one machine per user says of each
//! request, when it arrives, whether it is answered, how much later, or in which words it is not.
//!
//! - [`policy`]: the parameters, each with its documented default.
//! - [`refusal`]: what is said when a budget does not have enough.
//! - `intervals`: requests at once, whose ends are known when they begin.
//! - `server_time`: milliseconds of server time that recharge (burst, recharge rate, cut-off).
//! - `outbox`: messages per minute, which are accepted and delivered later.
//! - `find`: how many items a search may hold.
//! - `account`: all budgets of one user.
//! - `ledger`: all users of a server, and whom a request is charged to.

mod account;
mod find;
mod intervals;
mod ledger;
mod outbox;
pub mod policy;
mod refusal;
mod server_time;

pub use account::{Account, Admission, BudgetsLeft, Kind, Request};
pub use find::{FindPage, FindRequest, find_page};
pub use ledger::{Charged, ExchangeLimits};
pub use outbox::Outbox;
pub use policy::{ExchangePolicy, FindCount, ServerTimePolicy};
pub use refusal::LimitRefusal;
pub use server_time::{ServerTime, Verdict};

#[cfg(test)]
mod tests;
