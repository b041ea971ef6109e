//! A person, a list or a room as EWS names it wherever an address stands.

use super::ItemId;
use super::xml::{Ns, ReadError, Reader, Writer};

/// `EmailAddressType`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mailbox {
    /// The name for people.
    pub name: Option<String>,
    /// The address.
    pub address: Option<String>,
    /// How to read the address: `SMTP`, which it is without, or `EX`.
    pub routing_type: Option<String>,
    /// What it is: `Mailbox`, `OneOff`, `Contact`, `PublicDL`, ...
    pub mailbox_type: Option<String>,
    /// The contact or the private list behind it.
    pub item_id: Option<ItemId>,
    /// The name as it was written first.
    pub original_display_name: Option<String>,
}

impl Mailbox {
    /// An address alone.
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: Some(address.into()), ..Self::default() }
    }

    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let mut mailbox = Self::default();
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "Name") => mailbox.name = Some(r.string()?),
                (Ns::Types, "EmailAddress" | "Address") => mailbox.address = Some(r.string()?),
                (Ns::Types, "RoutingType") => mailbox.routing_type = Some(r.string()?),
                (Ns::Types, "MailboxType") => mailbox.mailbox_type = Some(r.string()?),
                (Ns::Types, "ItemId") => mailbox.item_id = Some(ItemId::read(&el)?),
                (Ns::Types, "OriginalDisplayName") => {
                    mailbox.original_display_name = Some(r.string()?);
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(mailbox)
    }

    /// `name` is the role it stands in: `t:Mailbox`, `t:Organizer`, ...
    pub(crate) fn write(&self, w: &mut Writer, name: &str) {
        w.open(name);
        w.element_opt("t:Name", self.name.as_deref());
        w.element_opt("t:EmailAddress", self.address.as_deref());
        w.element_opt("t:RoutingType", self.routing_type.as_deref());
        w.element_opt("t:MailboxType", self.mailbox_type.as_deref());
        if let Some(id) = &self.item_id {
            id.write(w, "t:ItemId");
        }
        w.element_opt("t:OriginalDisplayName", self.original_display_name.as_deref());
        w.close(name);
    }
}
