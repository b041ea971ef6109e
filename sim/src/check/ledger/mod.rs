//! The ledger follows every item from the moment it exists on one side until it is settled on the
//! other, and says what became of it and where its time went.

mod blame;
mod totals;

pub use blame::{Phase, Split};
pub use totals::Totals;
