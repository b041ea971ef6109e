//! Email that is not sent must not lie in the user's Drafts for ever: whoever makes a draft to send
//! it has to take it away again. The server counts them, and the books say when there is nothing
//! left to send.

use std::collections::BTreeMap;

use fake_servers::{MailboxIx, ServerEvent};
use sync_engine::{Outcome, Workload};

use super::fact::Fact;
use crate::log::Entry;

/// Drafts, and what they may still be for.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    there: BTreeMap<MailboxIx, u32>,
    /// Emails in Pending Send, where there are any.
    unsent: BTreeMap<MailboxIx, u32>,
}

impl Drafts {
    /// Takes an entry into account, and what was concluded from it so far.
    pub(super) fn see(&mut self, entry: &Entry, facts: &mut Vec<Fact>) {
        if let Entry::Server { event: ServerEvent::Drafts { mailbox, count }, .. } = *entry {
            let before = match count {
                0 => self.there.remove(&mailbox),
                _ => self.there.insert(mailbox, count),
            };
            let before = before.unwrap_or_default();
            facts.push(Fact::Drafts { mailbox, before, now: count });
        }
        for place in 0..facts.len() {
            match facts[place] {
                Fact::Waits { mailbox, workload: Workload::Outgoing } => {
                    *self.unsent.entry(mailbox).or_default() += 1;
                }
                Fact::WaitsNoMore { mailbox, workload: Workload::Outgoing } => {
                    self.waits_no_more(mailbox);
                }
                Fact::CycleEnded {
                    mailbox,
                    workload: Workload::Outgoing,
                    outcome: Outcome::Completed,
                    ..
                } => facts.extend(self.left(mailbox)),
                _ => {}
            }
        }
    }

    fn waits_no_more(&mut self, mailbox: MailboxIx) {
        if let Some(unsent) = self.unsent.get_mut(&mailbox) {
            *unsent -= 1;
            if *unsent == 0 {
                self.unsent.remove(&mailbox);
            }
        }
    }

    /// A cycle that did all it came for leaves a draft only of what is to be sent later.
    fn left(&self, mailbox: MailboxIx) -> Option<Fact> {
        let drafts = *self.there.get(&mailbox)?;
        let unsent = self.unsent.contains_key(&mailbox);
        (!unsent).then_some(Fact::DraftsLeft { mailbox, drafts })
    }
}

#[cfg(test)]
mod tests {
    use sync_engine::Priority;
    use sync_engine::Workload::Outgoing;

    use super::*;
    use crate::check::charge::Invariant;
    use crate::check::testing::*;

    fn drafts(count: u32) -> ServerEvent {
        ServerEvent::Drafts { mailbox: MailboxIx(0), count }
    }

    #[test]
    fn a_draft_of_what_is_not_to_be_sent_is_left_behind() {
        let mut run = Run::new(charge());
        run.engine(queued(1, 0, Priority::Normal)).engine(started(1, 0, Outgoing, 0));
        run.server(SMTP, drafts(1)).engine(deferred(1, 0, 60_000));
        run.engine(ended(1, 0, Outgoing, 60_000));
        assert_eq!(run.breaches(), [], "it waits to be sent");
        run.at(60_000).engine(started(2, 0, Outgoing, 60_000)).engine(failed(1, 0));
        run.engine(ended(2, 0, Outgoing, 120_000));
        insta::assert_debug_snapshot!(run.breaches(), @r#"
        [
            (
                NoDraftLeft,
                "outgoing: nothing is to be sent any more, and 1 draft is still there",
            ),
        ]
        "#);
    }

    #[test]
    fn a_draft_that_is_sent_or_deleted_is_gone() {
        let mut run = Run::new(charge());
        run.engine(queued(1, 0, Priority::Normal)).engine(started(1, 0, Outgoing, 0));
        run.server(SMTP, drafts(1)).server(SMTP, drafts(0)).engine(failed(1, 0));
        run.engine(ended(1, 0, Outgoing, 60_000));
        assert_eq!(run.breaches(), []);
    }

    #[test]
    fn a_cycle_that_could_not_finish_may_leave_one() {
        let mut run = Run::new(charge());
        run.engine(started(1, 0, Outgoing, 0)).server(SMTP, drafts(1));
        run.engine(ended_with(1, 0, Outgoing, 60_000, Outcome::Postponed));
        assert_eq!(run.breaches(), []);
        let mut charge = charge();
        charge.always.retain(|watched| *watched != Invariant::NoDraftLeft);
        let mut run = Run::new(charge);
        run.engine(started(1, 0, Outgoing, 0)).server(SMTP, drafts(2));
        run.engine(ended(1, 0, Outgoing, 60_000));
        assert_eq!(run.breaches(), []);
    }
}
