//! Addresses with something to them: who was invited and what they answered, who is on a list.

use jiff::Timestamp;

use crate::ews::Mailbox;
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};

/// Somebody invited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attendee {
    /// Who.
    pub mailbox: Mailbox,
    /// The answer: `Accept`, `Decline`, `Tentative`, `NoResponseReceived`, ...
    pub response_type: Option<String>,
    /// When it came.
    pub last_response_time: Option<Timestamp>,
    /// The start proposed instead.
    pub proposed_start: Option<Timestamp>,
    /// The end proposed instead.
    pub proposed_end: Option<Timestamp>,
}

/// Somebody on a distribution list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Member {
    /// The name of the entry.
    pub key: Option<String>,
    /// Who.
    pub mailbox: Option<Mailbox>,
    /// `Normal`, `Demoted` or `Unrecognized`.
    pub status: Option<String>,
}

impl Attendee {
    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let mut attendee = Self::default();
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "Mailbox") => attendee.mailbox = Mailbox::read(r)?,
                (Ns::Types, "ResponseType") => attendee.response_type = Some(r.string()?),
                (Ns::Types, "LastResponseTime") => {
                    attendee.last_response_time = Some(r.date_time()?);
                }
                (Ns::Types, "ProposedStart") => attendee.proposed_start = Some(r.date_time()?),
                (Ns::Types, "ProposedEnd") => attendee.proposed_end = Some(r.date_time()?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(attendee)
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.open("t:Attendee");
        self.mailbox.write(w, "t:Mailbox");
        w.element_opt("t:ResponseType", self.response_type.as_deref());
        w.date_time_opt("t:LastResponseTime", self.last_response_time);
        w.date_time_opt("t:ProposedStart", self.proposed_start);
        w.date_time_opt("t:ProposedEnd", self.proposed_end);
        w.close("t:Attendee");
    }
}

impl Member {
    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        let mut member = Self { key: element.attr_string("Key")?, ..Self::default() };
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "Mailbox") => member.mailbox = Some(Mailbox::read(r)?),
                (Ns::Types, "Status") => member.status = Some(r.string()?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(member)
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.open("t:Member");
        w.attr_opt("Key", self.key.as_deref());
        if let Some(mailbox) = &self.mailbox {
            mailbox.write(w, "t:Mailbox");
        }
        w.element_opt("t:Status", self.status.as_deref());
        w.close("t:Member");
    }
}
