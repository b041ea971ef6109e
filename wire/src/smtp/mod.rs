//! SMTP submission (RFC 5321, RFC 6409): the parts of its text that client and server share.

mod command;
mod ehlo;
mod enhanced;
mod reply;
mod sasl;

pub use command::{
    ArgumentError, BodyKind, MailArguments, RcptArguments, parse_mail, parse_rcpt, split_verb,
};
pub use ehlo::{AuthMechanism, Extension, ehlo_reply};
pub use enhanced::{Class, EnhancedCode, NotAnEnhancedCode};
pub use reply::{Reply, ReplyError};
pub use sasl::{Credentials, decode_base64, parse_plain};
