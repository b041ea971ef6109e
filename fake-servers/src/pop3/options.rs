//! What a POP3 server can be set to, and presets with the sources of their numbers.

use std::time::Duration;

use wire::pop3::{Capabilities, Capability};

use crate::Delay;

/// How a POP3 server behaves.
#[allow(clippy::struct_excessive_bools, reason = "each is one thing a server can do or cannot")]
#[derive(Debug, Clone, PartialEq)]
pub struct Pop3Options {
    /// The text of its greeting, also its `IMPLEMENTATION`.
    pub name: String,
    /// Whether it knows CAPA; servers older than RFC 2449 answer `-ERR`.
    pub capa: bool,
    /// Whether it knows UIDL, which RFC 1939 makes optional.
    pub uidl: bool,
    /// Whether it knows TOP, which RFC 1939 makes optional.
    pub top: bool,
    /// Whether it announces PIPELINING. It takes pipelined commands in any case.
    pub pipelining: bool,
    /// Whether refusals carry response codes (RFC 2449 section 8, RFC 3206).
    pub response_codes: bool,
    /// The least time from one login to a mailbox to the next; announced, and enforced with
    /// `[LOGIN-DELAY]` (RFC 2449 section 6.5).
    pub login_delay: Option<Duration>,
    /// How many messages a session lists at most, the oldest first.
    pub window: Option<u32>,
    /// Whether a message is no longer listed once it was retrieved in a session that ended with
    /// QUIT.
    pub hide_fetched: bool,
    /// Whether `recent:` before a user name asks for what arrived within this time, fetched or
    /// not, however much it is.
    pub recent: Option<Duration>,
    /// What becomes of messages the client deletes.
    pub deletes: Deletes,
    /// Commands that cannot be understood or come out of turn before the connection is closed.
    /// RFC 1939 sets no bound; a server without one can be kept busy with nonsense.
    pub protocol_errors: u32,
    /// How long its work takes.
    pub service: Pop3ServiceTimes,
}

/// What becomes of messages the client deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletes {
    /// They are removed at QUIT (RFC 1939 section 6).
    AtQuit,
    /// They stay: the user's settings on the server decide, not the client (domain.md 5.2, Gmail's
    /// after-POP option).
    Ignored,
}

/// How long the server takes over its work, beyond what links and faults add.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pop3ServiceTimes {
    /// Over each command.
    pub command: Delay,
    /// On top of that for each message that LIST or UIDL list: both go over the whole maildrop, so
    /// their cost grows with what is in it and not with what is new (domain.md 5.1).
    pub listed_message: Duration,
}

impl Default for Pop3ServiceTimes {
    fn default() -> Self {
        Self { command: Delay::Fixed(Duration::ZERO), listed_message: Duration::ZERO }
    }
}

impl Pop3Options {
    /// The presets' names.
    pub const PRESETS: [&str; 2] = ["generic-pop3-smtp", "gmail-pop"];

    /// The options of a preset, if there is one of that name.
    #[must_use]
    pub fn preset(name: &str) -> Option<Self> {
        match name {
            "generic-pop3-smtp" => Some(Self::generic()),
            "gmail-pop" => Some(Self::gmail()),
            _ => None,
        }
    }

    /// `generic-pop3-smtp`: everything in RFC 1939 and RFC 2449 that helps a client, and nothing
    /// withheld. 20 protocol errors is our number, chosen not to bind.
    #[must_use]
    pub fn generic() -> Self {
        Self {
            name: "POP3 server ready".into(),
            capa: true,
            uidl: true,
            top: true,
            pipelining: true,
            response_codes: true,
            login_delay: None,
            window: None,
            hide_fetched: false,
            recent: None,
            deletes: Deletes::AtQuit,
            protocol_errors: 20,
            service: Pop3ServiceTimes::default(),
        }
    }

    /// `gmail-pop`: lists the oldest 250 not yet fetched, or with `recent:` all of the last 30
    /// days; what becomes of a fetched message is set on Gmail's side, and the default there is to
    /// keep it (domain.md 5.2; Gmail counts conversations, this counts messages).
    #[must_use]
    pub fn gmail() -> Self {
        Self {
            name: "Gpop ready".into(),
            window: Some(250),
            hide_fetched: true,
            recent: Some(Duration::from_hours(30 * 24)),
            deletes: Deletes::Ignored,
            ..Self::generic()
        }
    }

    /// What CAPA answers.
    pub(super) fn capabilities(&self) -> Capabilities {
        let mut list = vec![Capability::User];
        let mut add = |wanted: bool, capability| {
            if wanted {
                list.push(capability);
            }
        };
        add(self.top, Capability::Top);
        add(self.uidl, Capability::Uidl);
        add(self.pipelining, Capability::Pipelining);
        add(self.response_codes, Capability::RespCodes);
        add(self.response_codes, Capability::AuthRespCode);
        if let Some(delay) = self.login_delay {
            // Whole seconds, and never fewer than are enforced.
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
            list.push(Capability::LoginDelay { seconds, per_user: false });
        }
        list.push(Capability::Implementation(self.name.clone()));
        Capabilities(list)
    }
}
