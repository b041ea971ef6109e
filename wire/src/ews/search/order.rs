//! Sort orders.

use crate::ews::Property;
use crate::ews::record::one_of;

record! {
    /// One key of a sort order, the most important first.
    #[derive(Eq)]
    pub struct FieldOrder {
        /// Which way.
        attribute direction: SortDirection = "Order",
        /// By what.
        one property: Property = one_of(),
    }
}

words! {
    /// Which way to sort.
    pub enum SortDirection {
        /// The smallest first.
        Ascending = "Ascending",
        /// The largest first.
        Descending = "Descending",
    }
}
