//! What the benches share: measured figures beside their bounds, and scenarios as subjects.

mod subject;
mod table;

pub use subject::{Subject, SubjectError};
pub use table::{Bound, Figure, Table};
