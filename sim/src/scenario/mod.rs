//! Scenario files: who the mailboxes are, what the servers do to them, and what must hold. What is
//! wrong in a file is said all at once, with the place, the line and the nearest known name.

mod diagnostic;
mod load;
mod model;
mod nearest;
mod place;
mod probe;
mod resolve;
mod schema;
mod single;
mod structure;
#[cfg(test)]
mod tests;
mod written;

pub use diagnostic::{Diagnostic, Place, render};
pub use load::{Loaded, load, parse};

pub use model::{
    Activity, Always, Arrivals, Bound, Content, Costs, Credentials, Customization, Deed, Engine,
    EngineTrigger, EwsOptions, ExchangePreset, ExchangeProfile, Expectation, Face, Fault, Filter,
    Group, Invariant, Limit, LoadIx, Mailbox, Meant, Period, Pop3Options, Pop3Preset, Profile,
    Range, Restarted, Run, Scenario, Seeds, Seen, Send, Server, Size, SmtpOptions, SmtpPreset,
    Stop, Strike, Throws, Timing, User, Watcher, Ways, Window, WindowIx, WorldKind,
};
pub use probe::{Probe, Source};
pub use schema::json_schema;
pub(crate) use schema::without_null;
pub(crate) use single::{fault_schema, read_fault};
