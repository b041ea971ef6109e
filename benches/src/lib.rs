//! What the benches share: measured figures beside their bounds, and scenarios, documents and
//! dialogues as subjects.

mod codec;
mod exchange;
mod subject;
mod table;

pub use codec::sync_answer;
pub use exchange::QuietCycles;
pub use subject::{Subject, SubjectError};
pub use table::{Bound, Figure, Table};
