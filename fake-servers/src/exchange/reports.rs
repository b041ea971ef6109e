//! Reports of what could not be delivered, as messages of their own (RFC 3464).

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use xxhash_rust::xxh3::xxh3_64;

use super::server::Shared;
use crate::MailboxIx;

/// Nobody has the address.
pub(super) fn unknown(server: &Shared, sender: MailboxIx, to: &str, now: Timestamp) -> Vec<u8> {
    let reason = "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found";
    report(server, sender, to, "5.1.1", reason, now)
}

/// The mailbox has no room.
pub(super) fn full(server: &Shared, sender: MailboxIx, to: &str, now: Timestamp) -> Vec<u8> {
    let reason = "554 5.2.2 mailbox full; STOREDRV.Deliver; quota exceeded";
    report(server, sender, to, "5.2.2", reason, now)
}

fn report(
    server: &Shared,
    sender: MailboxIx,
    to: &str,
    status: &str,
    reason: &str,
    now: Timestamp,
) -> Vec<u8> {
    let name = &server.options.name;
    let date = DateTimePrinter::new().timestamp_to_string(&now).unwrap_or_default();
    let id = xxh3_64(format!("{} {to} {now}", sender.0).as_bytes());
    format!(
        "From: Microsoft Outlook <postmaster@{name}>\r\nSubject: Undeliverable mail\r\n\
         Date: {date}\r\nMessage-ID: <ndr-{id:016x}@{name}>\r\nMIME-Version: 1.0\r\n\
         Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; \
         report-type=delivery-status;\r\n\tboundary=\"_ndr_{id:016x}_\"\r\n\r\n\
         --_ndr_{id:016x}_\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         Delivery has failed to these recipients:\r\n\r\n{to}\r\n\r\n{reason}\r\n\r\n\
         --_ndr_{id:016x}_\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns;{name}\r\n\r\nFinal-Recipient: rfc822;{to}\r\nAction: failed\r\n\
         Status: {status}\r\nDiagnostic-Code: smtp;{reason}\r\n\r\n--_ndr_{id:016x}_--\r\n"
    )
    .into_bytes()
}
