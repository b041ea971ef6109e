//! The words of the server, each with its enhanced code. Texts of refusals are those of
//! domain.md 5.3 where it quotes a provider, and plain descriptions otherwise.

use mailin::Response;
use wire::smtp::{Class, EnhancedCode, Reply};

use crate::Refusal;

use Class::{Permanent, Success, Transient};

/// A reply that is always the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    code: u16,
    enhanced: EnhancedCode,
    text: &'static str,
}

/// A refusal that counts in reports, and its words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Denial {
    pub(super) refusal: Refusal,
    pub(super) words: Words,
}

const fn words(
    code: u16,
    (class, subject, detail): (Class, u16, u16),
    text: &'static str,
) -> Words {
    Words { code, enhanced: EnhancedCode::new(class, subject, detail), text }
}

const fn denial(refusal: Refusal, words: Words) -> Denial {
    Denial { refusal, words }
}

impl Words {
    pub(super) fn reply(self) -> Reply {
        Reply::new(self.code, Some(self.enhanced), self.text)
    }

    /// As `mailin` wants it from a handler.
    pub(super) fn response(self) -> Response {
        Response::custom(self.code, format!("{} {}", self.enhanced, self.text))
    }
}

pub(super) const READY_FOR_TLS: Words = words(220, (Success, 0, 0), "Ready to start TLS");
pub(super) const SENDER_OK: Words = words(250, (Success, 1, 0), "Sender OK");
pub(super) const RECIPIENT_OK: Words = words(250, (Success, 1, 5), "Recipient OK");
pub(super) const ACCEPTED: Words = words(250, (Success, 0, 0), "Accepted for delivery");
pub(super) const LOGGED_IN: Words = words(235, (Success, 7, 0), "Authentication successful");
pub(super) const NOT_VERIFIED: Words =
    words(252, (Success, 0, 0), "Cannot verify the user, but will take a message");

pub(super) const TOO_MANY_ERRORS: Words =
    words(421, (Transient, 7, 0), "Too many errors on this connection, closing it");
pub(super) const LINE_TOO_LONG: Words = words(500, (Permanent, 5, 2), "Line too long");
pub(super) const BARE_LINE_FEED: Words =
    words(500, (Permanent, 5, 2), "Commands end with CR LF, not with LF");
pub(super) const NOT_UNDERSTOOD: Words = words(500, (Permanent, 5, 2), "Command not recognised");
pub(super) const BAD_ARGUMENTS: Words = words(501, (Permanent, 5, 4), "Invalid arguments");
pub(super) const BAD_SENDER: Words = words(501, (Permanent, 1, 7), "Bad sender address syntax");
pub(super) const BAD_RECIPIENT: Words =
    words(501, (Permanent, 1, 3), "Bad recipient address syntax");
pub(super) const BAD_ENCODING: Words = words(501, (Permanent, 5, 2), "Cannot decode the response");
pub(super) const LOGIN_CANCELLED: Words = words(501, (Permanent, 7, 0), "Authentication cancelled");
pub(super) const NOT_OFFERED: Words = words(502, (Permanent, 5, 1), "Command not implemented");
pub(super) const OUT_OF_TURN: Words = words(503, (Permanent, 5, 1), "Bad sequence of commands");
pub(super) const UNKNOWN_MECHANISM: Words =
    words(504, (Permanent, 5, 4), "Authentication mechanism not offered");
pub(super) const LOGIN_NEEDED: Words = words(530, (Permanent, 7, 0), "Authentication required");
pub(super) const UNKNOWN_PARAMETER: Words =
    words(555, (Permanent, 5, 4), "Parameter not recognised");

pub(super) const MESSAGE_RATE: Denial = denial(
    Refusal::MessageRate,
    words(
        421,
        (Transient, 4, 2),
        "Message submission rate for this client has exceeded the configured limit",
    ),
);
pub(super) const CONNECTIONS: Denial = denial(
    Refusal::Connections,
    words(432, (Transient, 3, 2), "Concurrent connections limit exceeded."),
);
pub(super) const GREYLISTED: Denial =
    denial(Refusal::Greylisted, words(451, (Transient, 7, 1), "Greylisted, try again later"));
pub(super) const TOO_MANY_RECIPIENTS: Denial =
    denial(Refusal::TooManyRecipients, words(452, (Transient, 5, 3), "Too many recipients"));
pub(super) const CREDENTIALS: Denial = denial(
    Refusal::Credentials,
    words(535, (Permanent, 7, 8), "Authentication credentials invalid"),
);
pub(super) const UNKNOWN_RECIPIENT: Denial =
    denial(Refusal::UnknownRecipient, words(550, (Permanent, 1, 1), "No such recipient here"));
pub(super) const TOO_LARGE: Denial = denial(
    Refusal::TooLarge,
    words(552, (Permanent, 3, 4), "Message size exceeds fixed maximum message size"),
);
pub(super) const RECIPIENT_QUOTA: Denial = denial(
    Refusal::RecipientQuota,
    words(554, (Permanent, 2, 0), "STOREDRV.Submission.Exception:SubmissionQuotaExceededException"),
);
pub(super) const MAILBOX_FULL: Denial = denial(
    Refusal::MailboxFull,
    words(
        554,
        (Permanent, 2, 2),
        "mailbox full; STOREDRV.Submission.Exception:QuotaExceededException",
    ),
);

/// The enhanced code for a reply of `mailin`'s own, which have none. Those that continue a dialogue
/// (3xx) never carry one (RFC 2034 section 4).
pub(super) fn enhanced_for(code: u16) -> Option<EnhancedCode> {
    let (class, subject, detail) = match code {
        200..300 => (Success, 0, 0),
        421 => (Transient, 3, 0),
        400..500 => (Transient, 0, 0),
        500 | 501 => (Permanent, 5, 2),
        502 | 503 => (Permanent, 5, 1),
        504..600 => (Permanent, 0, 0),
        _ => return None,
    };
    Some(EnhancedCode::new(class, subject, detail))
}
