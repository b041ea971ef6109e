//! What a search looks for, in which order it wants it, and which part of it.

mod order;
mod restriction;
mod view;

pub use order::{FieldOrder, SortDirection};
pub use restriction::{Comparison, ContainmentComparison, ContainmentMode, Operand, Restriction};
pub use view::View;
