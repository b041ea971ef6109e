//! What becomes of a user name and a password.

use std::time::Duration;

use jiff::Timestamp;

use super::answer::Answer;
use super::maildrop::Maildrop;
use super::server::Shared;
use crate::store::lock_store;
use crate::{Actions, MailboxIx, Refusal, ServerEvent};

/// What Gmail understands as a wish for its recent mode (domain.md 5.2).
const RECENT_PREFIX: &str = "recent:";

/// The user a client has named. USER never says whether there is one (RFC 1939 section 13).
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) mailbox: Option<MailboxIx>,
    view: View,
}

/// Which of its messages a mailbox shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// What the options say.
    Normal,
    /// What arrived within this time.
    Recent(Duration),
}

impl Candidate {
    /// Whom a user name means.
    pub(super) fn named(server: &Shared, name: &str) -> Self {
        let recent = server.options.recent.and_then(|reach| {
            let user = name.strip_prefix(RECENT_PREFIX)?;
            Some((user, View::Recent(reach)))
        });
        let (user, view) = recent.unwrap_or((name, View::Normal));
        Self { mailbox: lock_store(&server.store).by_user(user), view }
    }

    /// Lets the candidate in, or says why not.
    pub(super) fn log_in(
        self,
        server: &Shared,
        password: &str,
        now: Timestamp,
        out: &mut Actions,
    ) -> Result<Maildrop, Answer> {
        let mut refuse = |refusal, text| {
            out.event(ServerEvent::Refused { mailbox: self.mailbox, refusal });
            Answer::refused(refusal, server.options.response_codes, text)
        };
        let store = lock_store(&server.store);
        let fitting = self.mailbox.filter(|mailbox| store.password_fits(*mailbox, password));
        let Some((mailbox, messages)) = fitting.and_then(|ix| Some((ix, store.mailbox(ix)?)))
        else {
            return Err(refuse(Refusal::Credentials, "user name or password not accepted"));
        };
        server.lock(mailbox, now).map_err(|refusal| {
            refuse(
                refusal,
                match refusal {
                    Refusal::LoginDelay => "too soon after the last login",
                    _ => "the maildrop is locked by another session",
                },
            )
        })?;
        out.event(ServerEvent::LoggedIn { mailbox });
        Ok(Maildrop::open(mailbox, messages, &server.options, self.view, now))
    }
}
