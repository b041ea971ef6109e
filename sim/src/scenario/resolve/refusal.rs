//! How each protocol says no: the line, and the operations in which real servers say it.

use std::time::Duration;

use fake_servers::{Effect, EwsRefusal, Operation, Refusal};
use sync_engine::Protocol;

use super::super::written::Refuse;
use super::ews;

/// A refusal in the words of a protocol.
pub(super) struct Words {
    /// What it does to a request.
    pub effect: Effect,
    /// Where it is said unless a fault names operations; empty is anywhere, with Exchange in any
    /// operation of EWS.
    pub operations: &'static [Operation],
}

/// A refusal as a server of this protocol gives it, asking for `back_off` if it is one that asks;
/// `None` when the protocol has no such words.
pub(super) fn words(
    refuse: Refuse,
    back_off: Option<Duration>,
    protocol: Protocol,
) -> Option<Words> {
    let (line, close, refusal, operations): Row = match protocol {
        Protocol::Pop3 => pop3(refuse)?,
        Protocol::Smtp => smtp(refuse)?,
        Protocol::Ews => {
            let shape = ews::shape(refuse)?;
            let refusal = EwsRefusal { back_off, ..EwsRefusal::usual(shape) };
            let effect = Effect::Ews(refusal);
            return Some(Words { effect, operations: ews::operations(shape) });
        }
    };
    let effect = Effect::Reply { line: line.to_owned(), close, refusal };
    Some(Words { effect, operations })
}

const TLS: &[Operation] = &[Operation::StartTls];

type Row = (&'static str, bool, Refusal, &'static [Operation]);

/// Response codes of RFC 2449, 8 and RFC 3206.
fn pop3(refuse: Refuse) -> Option<Row> {
    const LOGIN: &[Operation] = &[Operation::Login];
    Some(match refuse {
        Refuse::InUse => {
            ("-ERR [IN-USE] Another client has the maildrop open", false, Refusal::InUse, LOGIN)
        }
        Refuse::LoginDelay => {
            ("-ERR [LOGIN-DELAY] Too soon after the last login", false, Refusal::LoginDelay, LOGIN)
        }
        Refuse::SysTemp => {
            ("-ERR [SYS/TEMP] Temporary trouble", false, Refusal::SystemTemporary, LOGIN)
        }
        Refuse::SysPerm => {
            ("-ERR [SYS/PERM] The maildrop is damaged", false, Refusal::SystemPermanent, LOGIN)
        }
        Refuse::Auth => {
            ("-ERR [AUTH] Invalid user name or password", false, Refusal::Credentials, LOGIN)
        }
        Refuse::Shutdown => {
            ("-ERR [SYS/TEMP] The server is going down", true, Refusal::SystemTemporary, &[])
        }
        // RFC 2595 section 4 has an example of it; there is no response code.
        Refuse::TlsUnavailable => {
            ("-ERR TLS is not available now", false, Refusal::SystemTemporary, TLS)
        }
        _ => return None,
    })
}

/// Enhanced codes of RFC 3463; Exchange Online's own lines as in domain.md 5.3.
fn smtp(refuse: Refuse) -> Option<Row> {
    const MAIL: &[Operation] = &[Operation::Mail];
    const RCPT: &[Operation] = &[Operation::Rcpt];
    const FINAL_DOT: &[Operation] = &[Operation::FinalDot];
    Some(match refuse {
        Refuse::SysTemp => ("451 4.3.0 Temporary trouble", false, Refusal::SystemTemporary, MAIL),
        Refuse::SysPerm => {
            ("554 5.3.0 The mail system is damaged", false, Refusal::SystemPermanent, MAIL)
        }
        Refuse::Auth => (
            "535 5.7.8 Invalid user name or password",
            false,
            Refusal::Credentials,
            &[Operation::Login],
        ),
        Refuse::RateLimit => (
            "421 4.4.2 Message submission rate for this client has exceeded the configured limit",
            true,
            Refusal::MessageRate,
            MAIL,
        ),
        Refuse::Connections => {
            ("432 4.3.2 Concurrent connections limit exceeded.", false, Refusal::Connections, MAIL)
        }
        Refuse::Quota => (
            "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
            false,
            Refusal::RecipientQuota,
            FINAL_DOT,
        ),
        Refuse::MailboxFull => (
            "554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException",
            false,
            Refusal::MailboxFull,
            FINAL_DOT,
        ),
        Refuse::Greylist => ("451 4.7.1 Greylisted", false, Refusal::Greylisted, RCPT),
        Refuse::UnknownRecipient => {
            ("550 5.1.1 No such recipient", false, Refusal::UnknownRecipient, RCPT)
        }
        Refuse::TooManyRecipients => {
            ("452 4.5.3 Too many recipients", false, Refusal::TooManyRecipients, RCPT)
        }
        Refuse::TooLarge => ("552 5.3.4 The message is too large", false, Refusal::TooLarge, MAIL),
        Refuse::Shutdown => {
            ("421 4.3.2 The service is going down", true, Refusal::SystemTemporary, &[])
        }
        // RFC 3207 section 4.
        Refuse::TlsUnavailable => (
            "454 4.7.0 TLS not available due to temporary reason",
            false,
            Refusal::SystemTemporary,
            TLS,
        ),
        _ => return None,
    })
}
