//! How what was found is grouped. Nobody here groups, but a server has to know that it was asked
//! to: items that are not grouped are no answer.

use crate::ews::record::Choice;
use crate::ews::value::Tree;
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};

/// `GroupBy` or `DistinguishedGroupBy`, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping(pub Tree);

impl Choice for Grouping {
    fn is(child: &Element) -> bool {
        child.ns == Ns::Messages && matches!(child.name, "GroupBy" | "DistinguishedGroupBy")
    }

    fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        Tree::read(r, element).map(Self)
    }

    fn write(&self, w: &mut Writer) {
        w.open_in("m:", &self.0.name);
        self.0.write_content(w);
        w.close_in("m:", &self.0.name);
    }
}
