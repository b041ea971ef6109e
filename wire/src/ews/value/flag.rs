//! The follow-up flag of an item.

use jiff::Timestamp;

use crate::ews::xml::{Ns, ReadError, Reader, Writer};

/// A follow-up flag.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flag {
    /// `NotFlagged`, `Flagged` or `Complete`.
    pub status: String,
    /// When to start.
    pub start: Option<Timestamp>,
    /// When it is due.
    pub due: Option<Timestamp>,
    /// When it was done.
    pub complete: Option<Timestamp>,
}

impl Flag {
    /// A flag without dates.
    pub fn new(status: impl Into<String>) -> Self {
        Self { status: status.into(), ..Self::default() }
    }

    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let mut flag = Self::default();
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "FlagStatus") => flag.status = r.string()?,
                (Ns::Types, "StartDate") => flag.start = Some(r.date_time()?),
                (Ns::Types, "DueDate") => flag.due = Some(r.date_time()?),
                (Ns::Types, "CompleteDate") => flag.complete = Some(r.date_time()?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(flag)
    }

    /// Writes the children of the element that is open.
    pub(crate) fn write(&self, w: &mut Writer) {
        w.element("t:FlagStatus", &self.status);
        w.date_time_opt("t:StartDate", self.start);
        w.date_time_opt("t:DueDate", self.due);
        w.date_time_opt("t:CompleteDate", self.complete);
    }
}
