//! Fetching what the store's list says is to be fetched, a few messages to a request.

use super::super::refusal::{Refusal, Source};
use super::super::requests::Fetched;
use super::super::session::Session;
use super::deliver::{self, Delivered, Failing};
use crate::store::exchange::{self, FolderKey, ItemState, OpenItem};
use crate::{CycleContext, CycleError, CycleReport, ErrorClass, Reason, ServerId, StoreError};

/// Items in one request (domain.md 4.4, "recommended batch 10").
const BATCH: usize = 10;

/// Octets that the items of one request may have together, as far as the server tells.
const BATCH_OCTETS: u64 = 8 * 1024 * 1024;

/// What an item without a size is taken for.
const USUAL_OCTETS: u64 = 64 * 1024;

/// What stands in an answer beside the messages.
const AROUND: u64 = 1024 * 1024;

/// The part of a cycle that takes messages in.
pub(super) struct Round<'c> {
    ctx: &'c CycleContext,
    pub(super) server: ServerId,
    /// Messages taken in so far; those that were known do not count.
    taken: u32,
    /// Items set aside, and reports of non-delivery that were taken in: they may be moved away.
    pub(super) undelivered: Vec<Undelivered>,
}

/// An item that could not be delivered, or says that another was not.
pub(super) struct Undelivered {
    pub(super) item: String,
    /// It failed for the last time.
    pub(super) set_aside: bool,
    pub(super) categories: Vec<String>,
}

impl<'c> Round<'c> {
    pub(super) fn new(ctx: &'c CycleContext, server: ServerId) -> Self {
        Self { ctx, server, taken: 0, undelivered: Vec::new() }
    }

    /// Fetches what is open in a folder, at most as many as a cycle may.
    pub(super) async fn take_all(
        &mut self,
        session: &mut Session<'_>,
        key: FolderKey,
        report: &mut CycleReport,
    ) -> Result<(), CycleError> {
        let most = self.ctx.config.settings.incoming_maximum_emails_per_cycle;
        // One more than may be taken says whether there is more.
        let limit = most.saturating_sub(self.taken).saturating_add(1);
        let read = |reader: &crate::store::Reader<'_>| {
            exchange::open_items(reader, self.ctx.mailbox, key, limit)
        };
        let open = self.ctx.store.read(read)?;
        let mut rest = open.as_slice();
        while !rest.is_empty() {
            if self.taken >= most {
                report.more |= rest.iter().any(|item| !matches!(item.state, ItemState::Failing(_)));
                return Ok(());
            }
            let room = most - self.taken;
            let batch = self.batch(rest, room as usize);
            rest = &rest[batch.len()..];
            self.take(session, key, batch, report).await?;
        }
        Ok(())
    }

    /// The items of the next request. What has failed before goes alone, so that its failure is
    /// its own.
    fn batch<'i>(&self, open: &'i [OpenItem], room: usize) -> &'i [OpenItem] {
        let mut octets = 0;
        let fits = |item: &&OpenItem| {
            octets += item.bytes.unwrap_or(USUAL_OCTETS);
            item.state == ItemState::Seen && octets <= BATCH_OCTETS && !self.too_large(item)
        };
        let count = open.iter().take(BATCH.min(room)).take_while(fits).count();
        &open[..count.max(1)]
    }

    fn too_large(&self, item: &OpenItem) -> bool {
        // The size on the server has more in it than the message, but hardly a twentieth more.
        let limit = self.ctx.config.settings.maximum_message_size;
        item.bytes.is_some_and(|bytes| bytes > limit.saturating_add(limit / 20))
    }

    async fn take(
        &mut self,
        session: &mut Session<'_>,
        key: FolderKey,
        batch: &[OpenItem],
        report: &mut CycleReport,
    ) -> Result<(), CycleError> {
        if let [item] = batch
            && self.too_large(item)
        {
            let failing = Failing::of(item);
            return Ok(self.failed(&failing, Reason::MessageTooLarge, None)?);
        }
        let ids: Vec<&str> = batch.iter().map(|item| item.item.as_str()).collect();
        let answers = match session.get_messages(&ids, self.limit()).await {
            Ok(answers) => answers,
            Err(refusal) if refusal.reason == Reason::AnswerTooLong && batch.len() > 1 => {
                for item in batch {
                    let alone = std::slice::from_ref(item);
                    Box::pin(self.take(session, key, alone, report)).await?;
                }
                return Ok(());
            }
            Err(refusal) => return self.interrupted(batch, refusal),
        };
        if answers.len() != batch.len() {
            let detail = format!("{} items were asked for, {} came", batch.len(), answers.len());
            return Err(CycleError::new(ErrorClass::Transient, Reason::ProtocolViolation, detail));
        }
        for (item, answer) in batch.iter().zip(answers) {
            self.take_one(key, item, answer, report).await?;
        }
        Ok(())
    }

    /// What an answer may have: one message of the largest size, in Base64.
    pub(super) fn limit(&self) -> usize {
        let largest = self.ctx.config.settings.maximum_message_size.max(BATCH_OCTETS);
        let limit = (largest / 3 + 1).saturating_mul(4).saturating_add(AROUND);
        usize::try_from(limit).unwrap_or(usize::MAX)
    }

    /// The request failed, and one of its items may be to blame.
    fn interrupted(&mut self, batch: &[OpenItem], refusal: Refusal) -> Result<(), CycleError> {
        if refusal.source != Source::Silence {
            return Err(refusal.into());
        }
        let too_long = refusal.reason == Reason::AnswerTooLong;
        for item in batch {
            let failing = Failing::of(item);
            if too_long {
                self.failed(&failing, Reason::MessageTooLarge, None)?;
            } else if failing.interrupted(self.ctx, refusal.reason, batch.len() > 1)? {
                self.set_aside(&failing);
            }
        }
        if too_long { Ok(()) } else { Err(refusal.into()) }
    }

    async fn take_one(
        &mut self,
        key: FolderKey,
        item: &OpenItem,
        answer: Result<Fetched, Refusal>,
        report: &mut CycleReport,
    ) -> Result<(), CycleError> {
        let mailbox = self.ctx.mailbox;
        let failing = Failing::of(item);
        let fetched = match answer {
            Ok(fetched) => fetched,
            // It went between the listing and now: moved or deleted, which is no error.
            Err(refusal) if refusal.is_missing() => {
                self.ctx.store.transaction(|tx| exchange::forget(tx, mailbox, &item.item))?;
                return Ok(());
            }
            Err(refusal) if refusal.class == ErrorClass::Item => {
                self.taken += 1;
                return Ok(self.failed(&failing, refusal.reason, None)?);
            }
            Err(refusal) => return Err(refusal.into()),
        };
        let delivered = deliver::deliver(self.ctx, key, &failing, &fetched).await?;
        match delivered {
            Delivered::Stored => {
                report.items += 1;
                self.taken += 1;
                if is_non_delivery_report(&fetched.class) {
                    self.undelivered(&item.item, false, fetched.categories);
                }
            }
            Delivered::Known => {}
            Delivered::Failed { set_aside } => {
                self.taken += 1;
                if set_aside {
                    self.undelivered(&item.item, true, fetched.categories);
                }
            }
        }
        Ok(())
    }

    fn failed(
        &mut self,
        failing: &Failing,
        reason: Reason,
        arrived: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        if failing.record(self.ctx, reason, arrived)? {
            self.set_aside(failing);
        }
        Ok(())
    }

    fn set_aside(&mut self, failing: &Failing) {
        self.undelivered(&failing.item, true, Vec::new());
    }

    fn undelivered(&mut self, item: &str, set_aside: bool, categories: Vec<String>) {
        let item = item.to_owned();
        self.undelivered.push(Undelivered { item, set_aside, categories });
    }
}

/// `REPORT.IPM.Note.NDR` and the reports on other kinds of message.
fn is_non_delivery_report(class: &str) -> bool {
    let mut words = class.split('.');
    let is = |word: Option<&str>, name| word.is_some_and(|word| word.eq_ignore_ascii_case(name));
    is(words.next(), "REPORT") && is(words.next_back(), "NDR")
}
