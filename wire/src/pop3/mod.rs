//! POP3 (RFC 1939, with the extensions of RFC 2449 and RFC 3206) as typed values and bytes, for a
//! client and for a server.
//!
//! A client writes a [`Command`] and hands what comes back to a [`ReplyReader`], which yields a
//! [`StatusLine`] and, where the command has one, the multi-line body with dot-stuffing undone.
//! Listing bodies are read line by line with [`scan_listing`] and [`uid_listing`], because one
//! broken line must not cost the others. A server parses a [`Command`] from each line and writes
//! the same types back.

mod capability;
mod command;
mod dot;
mod listing;
mod reader;
mod response;
mod scan;

pub use capability::{Capabilities, Capability, Expire};
pub use command::{Command, CommandError, MAX_COMMAND_LINE};
pub use dot::{BodyError, BodyLimits, TERMINATOR, Unstuffer, stuff, write_body};
pub use listing::{
    DropListing, ListingError, MAX_UID, ScanEntry, UidEntry, scan_listing, uid_listing,
};
pub use reader::{DEFAULT_STATUS_LINE_LIMIT, ReadError, ReplyReader};
pub use response::{MAX_RESPONSE_LINE, NotPop3, RespCode, StatusLine, write_err, write_ok};
