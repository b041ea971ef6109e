//! Sort orders.

use crate::ews::Property;
use crate::ews::record;
use crate::ews::xml::{Ns, ReadError, Reader, Writer};

/// One key of a sort order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldOrder {
    /// Which way.
    pub direction: SortDirection,
    /// By what.
    pub property: Property,
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

impl FieldOrder {
    /// Reads the keys in the open `SortOrder`, the most important first.
    pub(crate) fn read_list(r: &mut Reader) -> Result<Vec<Self>, ReadError> {
        let mut list = Vec::new();
        r.children(|r, el| {
            if !el.is(Ns::Types, "FieldOrder") {
                return Ok(());
            }
            let direction =
                record::attribute(&el, "Order")?.ok_or_else(|| r.missing("FieldOrder", "Order"))?;
            let property = Property::read_list(r)?.pop();
            let property = property.ok_or_else(|| r.missing("FieldOrder", "a property"))?;
            list.push(Self { direction, property });
            Ok(())
        })?;
        Ok(list)
    }

    pub(crate) fn write_list(list: &[Self], w: &mut Writer, name: &str) {
        w.open(name);
        for order in list {
            w.open("t:FieldOrder");
            w.attr("Order", order.direction.word());
            order.property.write(w);
            w.close("t:FieldOrder");
        }
        w.close(name);
    }
}
