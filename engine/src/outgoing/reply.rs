//! What an SMTP reply means for the recipient, the message or the session (domain.md 5.3). The
//! enhanced code (RFC 3463) decides before the basic one: basic codes are few, and 432 and 554
//! mean several things each. Words decide only where the codes leave two meanings.

use crate::{ErrorClass, Reason};

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// Class, subject and detail; zeros when there is none. A detail above 255 is 255.
    pub(super) enhanced: [u8; 3],
    pub(super) text: String,
}

impl Reply {
    pub(super) fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// Whether the words hold this one, in small letters.
    fn says(&self, word: &str) -> bool {
        self.text.to_ascii_lowercase().contains(word)
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.code)?;
        if self.enhanced != [0; 3] {
            let [class, subject, detail] = self.enhanced;
            write!(f, " {class}.{subject}.{detail}")?;
        }
        write!(f, " {}", self.text.trim_end().replace(['\r', '\n'], " "))
    }
}

/// What the reply answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The connection itself, EHLO, RSET.
    Session,
    /// AUTH.
    Auth,
    /// MAIL.
    Sender,
    /// RCPT.
    Recipient,
    /// DATA, or the final dot.
    Message,
}

/// What to do about a reply that is not positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The session is over, and the message is not to blame.
    End(ErrorClass, Reason),
    /// The same, and the mailbox is to send nothing for the pause that goes with the reason.
    Pause(Reason),
    /// This recipient or message goes back to Pending Send; the others go on.
    Defer(Reason),
    /// No more recipients in this transaction; the rest go in another.
    NextTransaction,
    /// This recipient or message is refused for good.
    Refuse(Reason),
}

/// Classifies a reply that is not positive.
pub(super) fn classify(stage: Stage, reply: &Reply) -> Verdict {
    match reply.code {
        400..500 => transient(stage, reply),
        500..600 => permanent(stage, reply),
        _ => Verdict::End(ErrorClass::Transient, Reason::ProtocolViolation),
    }
}

fn transient(stage: Stage, reply: &Reply) -> Verdict {
    use ErrorClass::{Permanent, Transient};
    let system = Verdict::End(Transient, Reason::SystemTemporary);
    let rate = Verdict::Pause(Reason::RateLimited);
    match (reply.code, reply.enhanced) {
        // RFC 4954, section 6: only a new password helps. Exchange's 432 has 4.3.2 instead.
        (432, [4, 7, 12]) => Verdict::End(Permanent, Reason::CredentialsRejected),
        // 4.4.2 is a rate at Exchange, and elsewhere a client that was silent for too long.
        (421, [4, 4, 2]) if reply.says("timeout") || reply.says("timed out") => system,
        (432, _) | (421, [4, 4, 2] | [4, 7, _]) => rate,
        (421, _) | (_, [4, 3, _]) => system,
        _ if matches!(stage, Stage::Session | Stage::Auth) => system,
        (_, [4, 7, _]) if says_rate(reply) => rate,
        (_, [4, 7, _]) => Verdict::Defer(Reason::Greylisted),
        (452, [4, 5, 3] | [0, 0, 0]) if stage == Stage::Recipient => Verdict::NextTransaction,
        (452, [0, 0, 0]) => system,
        (_, [4, 2, 2]) => Verdict::Defer(Reason::QuotaExceeded),
        _ if reply.says("greylist") => Verdict::Defer(Reason::Greylisted),
        _ => Verdict::Defer(Reason::Refused),
    }
}

/// Greylisting and rates share 4.7.x outside 421; only the words part them.
fn says_rate(reply: &Reply) -> bool {
    reply.says("rate") || reply.says("too many") || reply.says("too much") || reply.says("too fast")
}

fn permanent(stage: Stage, reply: &Reply) -> Verdict {
    use ErrorClass::{Permanent, Transient};
    let recipient = stage == Stage::Recipient;
    match (reply.code, reply.enhanced) {
        // Authentication is required, failed, or must be stronger (RFC 4954, section 6).
        (530 | 534 | 535 | 538, _) | (_, [5, 7, 8 | 9]) => {
            Verdict::End(Permanent, Reason::CredentialsRejected)
        }
        // Clears with the rolling window, whatever its first digit says.
        (_, [5, 2, 0]) if !recipient && reply.says("quota") => {
            Verdict::Pause(Reason::QuotaExceeded)
        }
        // The sender's own mailbox is full; at RCPT it would be the recipient's.
        (_, [5, 2, 2]) if !recipient => Verdict::Pause(Reason::QuotaExceeded),
        _ if stage == Stage::Session => Verdict::End(Transient, Reason::Refused),
        _ if stage == Stage::Auth => Verdict::End(Permanent, Reason::Refused),
        // Some servers say 552 for 452 at RCPT (RFC 5321, section 4.5.3.1.10).
        (552, [0, 0, 0]) if recipient => Verdict::NextTransaction,
        (_, [5, 3, 4]) | (552, [0, 0, 0]) => Verdict::Refuse(Reason::MessageTooLarge),
        _ if recipient => Verdict::Refuse(Reason::RecipientRefused),
        _ => Verdict::Refuse(Reason::Refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ErrorClass::{Permanent, Transient};
    use Stage::{Auth, Message, Recipient, Sender, Session};
    use Verdict::{Defer, End, NextTransaction, Pause, Refuse};

    fn reply(line: &str) -> Reply {
        let (code, rest) = line.split_once(' ').unwrap();
        let (first, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let digits: Vec<u8> = first.split('.').filter_map(|part| part.parse().ok()).collect();
        let code = code.parse().unwrap();
        match <[u8; 3]>::try_from(digits) {
            Ok(enhanced) => Reply { code, enhanced, text: text.into() },
            Err(_) => Reply { code, enhanced: [0; 3], text: rest.into() },
        }
    }

    #[test]
    fn every_reply_of_the_field_has_its_class() {
        let rows = [
            (
                Message,
                "421 4.4.2 Message submission rate for this client has exceeded the configured limit",
                Pause(Reason::RateLimited),
            ),
            (Session, "421 4.4.2 Error: timeout exceeded", End(Transient, Reason::SystemTemporary)),
            (
                Session,
                "432 4.3.2 Concurrent connections limit exceeded.",
                Pause(Reason::RateLimited),
            ),
            (
                Auth,
                "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
                Pause(Reason::RateLimited),
            ),
            (
                Auth,
                "432 4.7.12 A password transition is needed",
                End(Permanent, Reason::CredentialsRejected),
            ),
            (Sender, "421 4.7.0 Try again later", Pause(Reason::RateLimited)),
            (
                Recipient,
                "450 4.7.1 Error: too much mail from this client",
                Pause(Reason::RateLimited),
            ),
            (Sender, "421 4.3.2 Service not active", End(Transient, Reason::SystemTemporary)),
            (Session, "421 Service not available", End(Transient, Reason::SystemTemporary)),
            (
                Message,
                "452 4.3.1 Insufficient system resources",
                End(Transient, Reason::SystemTemporary),
            ),
            (Sender, "452 Insufficient system storage", End(Transient, Reason::SystemTemporary)),
            (
                Auth,
                "454 4.7.0 Temporary authentication failure",
                End(Transient, Reason::SystemTemporary),
            ),
            (Recipient, "450 4.7.1 Greylisted, come back in 5 minutes", Defer(Reason::Greylisted)),
            (Recipient, "451 4.7.1 Please try again later", Defer(Reason::Greylisted)),
            (Recipient, "450 Greylisting in action", Defer(Reason::Greylisted)),
            (Recipient, "450 mailbox busy", Defer(Reason::Refused)),
            (Message, "451 4.2.0 Mailbox busy", Defer(Reason::Refused)),
            (Recipient, "452 4.2.2 Mailbox full", Defer(Reason::QuotaExceeded)),
            (Recipient, "452 4.5.3 Too many recipients", NextTransaction),
            (Recipient, "452 Too many recipients", NextTransaction),
            (Recipient, "552 Too many recipients", NextTransaction),
            (
                Message,
                "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
                Pause(Reason::QuotaExceeded),
            ),
            (
                Message,
                "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException",
                Refuse(Reason::Refused),
            ),
            (
                Message,
                "554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException",
                Pause(Reason::QuotaExceeded),
            ),
            (Recipient, "552 5.2.2 Mailbox full", Refuse(Reason::RecipientRefused)),
            (Sender, "552 5.3.4 Message size exceeds fixed limit", Refuse(Reason::MessageTooLarge)),
            (Message, "552 message too big", Refuse(Reason::MessageTooLarge)),
            (Recipient, "550 5.1.1 User unknown", Refuse(Reason::RecipientRefused)),
            (Recipient, "550 5.1.10 Recipient not found", Refuse(Reason::RecipientRefused)),
            (Recipient, "550 5.7.1 Not allowed", Refuse(Reason::RecipientRefused)),
            (Message, "550 5.7.1 Looks like spam", Refuse(Reason::Refused)),
            (
                Auth,
                "535 5.7.8 Username and Password not accepted",
                End(Permanent, Reason::CredentialsRejected),
            ),
            (
                Sender,
                "530 5.7.57 Client not authenticated",
                End(Permanent, Reason::CredentialsRejected),
            ),
            (Auth, "504 Unrecognized authentication type", End(Permanent, Reason::Refused)),
            (Session, "554 No SMTP service here", End(Transient, Reason::Refused)),
            (Message, "250 2.0.0 too early", End(Transient, Reason::ProtocolViolation)),
        ];
        for (stage, line, verdict) in rows {
            assert_eq!(classify(stage, &reply(line)), verdict, "{stage:?}: {line}");
        }
    }

    #[test]
    fn a_reply_reads_as_it_came_and_on_one_line() {
        let mut reply = reply("554 5.2.2 mailbox full");
        reply.text.push_str("\nsorry\r\n");
        assert_eq!(reply.to_string(), "554 5.2.2 mailbox full sorry");
    }
}
