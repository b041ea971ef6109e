//! What the benches share: measured figures beside their bounds, and scenarios and documents as
//! subjects.

mod codec;
mod subject;
mod table;

pub use codec::sync_answer;
pub use subject::{Subject, SubjectError};
pub use table::{Bound, Figure, Table};
