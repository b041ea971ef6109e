//! What a message's bytes are made from. Ten thousand mailboxes with a hundred messages each fit in
//! memory because only recipes are stored.

use std::sync::Arc;

use jiff::Timestamp;

use super::generate;
use crate::ItemId;

/// A message as it is handed to a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which item of the run it is. A generated message says so in its
    /// `Message-ID: <item-NUMBER@HOST>`.
    pub item: ItemId,
    /// When it arrived; also the `Date` of a generated message.
    pub arrived: Timestamp,
    /// Its bytes.
    pub body: Body,
}

/// The bytes of a message, header included, or how to make them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Made when asked for, the same each time.
    Generated {
        /// What tells it from others of the same kind and size.
        seed: u64,
        /// How many octets it shall have. A kind's header and frame take a few hundred; asked for
        /// fewer than those, a message has as many as they need.
        octets: u32,
        /// What it looks like.
        kind: BodyKind,
    },
    /// These bytes.
    Raw(Arc<[u8]>),
    /// None: an appointment, a contact, a task. It is all properties, and no POP3 client sees it.
    Absent,
}

/// What a generated message looks like. All are valid by RFC 5322 but [`BodyKind::Poison`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum BodyKind {
    /// US-ASCII text.
    #[default]
    Plain,
    /// Text and an attachment in base64.
    Multipart,
    /// Text in which most lines begin with dots, some being nothing else.
    DotHeavy,
    /// UTF-8 text sent as it is (8BITMIME, RFC 6152).
    EightBit,
    /// Noise without a header: nothing that a MIME parser could begin with.
    Poison,
}

impl Message {
    /// How many octets [`Self::render`] yields.
    #[must_use]
    pub fn octets(&self, to: &str, host: &str) -> u64 {
        match &self.body {
            Body::Generated { octets, kind, seed } => {
                generate::size(&self.recipe(*seed, *octets, *kind, None, to, host)) as u64
            }
            Body::Raw(bytes) => bytes.len() as u64,
            Body::Absent => 0,
        }
    }

    /// The message as it stands on the server: CRLF line ends, no dot-stuffing. `to` is the address
    /// it lies at, `host` what stands after the `@` of its Message-ID.
    #[must_use]
    pub fn render(&self, to: &str, host: &str) -> Vec<u8> {
        self.render_from(None, to, host)
    }

    /// The same, written by somebody rather than by a stranger.
    #[must_use]
    pub fn render_from(&self, from: Option<&str>, to: &str, host: &str) -> Vec<u8> {
        match &self.body {
            Body::Generated { octets, kind, seed } => {
                generate::render(&self.recipe(*seed, *octets, *kind, from, to, host))
            }
            Body::Raw(bytes) => bytes.to_vec(),
            Body::Absent => Vec::new(),
        }
    }

    fn recipe<'a>(
        &self,
        seed: u64,
        octets: u32,
        kind: BodyKind,
        from: Option<&'a str>,
        to: &'a str,
        host: &'a str,
    ) -> generate::Recipe<'a> {
        let octets = usize::try_from(octets).unwrap_or(usize::MAX);
        generate::Recipe { item: self.item, date: self.arrived, seed, octets, kind, from, to, host }
    }
}
