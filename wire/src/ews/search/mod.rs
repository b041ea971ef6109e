//! What a search looks for, in which order it wants it, and which part of it.

mod grouping;
mod order;
mod restriction;
mod view;

pub use grouping::Grouping;
pub use order::{FieldOrder, SortDirection};
pub use restriction::{Comparison, ContainmentComparison, ContainmentMode, Operand, Restriction};
pub use view::View;
