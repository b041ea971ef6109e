//! Who was asked to come back later, and who comes before that. A client's own word for how long it
//! waits is no proof; the server knows what it asked for.

use std::collections::BTreeMap;

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::reply::Reply;
use crate::http::HttpRequest;
use crate::{MailboxIx, ServerEvent};

/// The pauses that were asked for and are not over, by mailbox and client.
#[derive(Debug, Default)]
pub(super) struct Patience {
    until: BTreeMap<(MailboxIx, u64), Timestamp>,
}

impl Patience {
    /// A request came, and this is its answer: both may have something to be told of.
    pub(super) fn see(&mut self, http: &HttpRequest, reply: &mut Reply, now: Timestamp) {
        let Some(mailbox) = reply.asked else { return };
        if self.until.is_empty() && reply.pause.is_none() {
            return;
        }
        let client = xxh3_64(http.field("user-agent").unwrap_or_default().as_bytes());
        let until = self.until.get(&(mailbox, client)).copied();
        if let Some(until) = until {
            if let Ok(by) = until.duration_since(now).try_into()
                && until > now
            {
                reply.events.insert(0, ServerEvent::Early { mailbox, client, by });
            } else {
                self.until.remove(&(mailbox, client));
            }
        }
        if let Some(pause) = reply.pause {
            reply.events.push(ServerEvent::PauseAsked { mailbox, client, pause });
            let asked = now.checked_add(pause).unwrap_or(Timestamp::MAX);
            let until = until.map_or(asked, |until| until.max(asked));
            self.until.insert((mailbox, client), until);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::http::Answer;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_772_409_600 + second).unwrap()
    }

    fn asked(patience: &mut Patience, agent: &str, second: i64, pause: u64) -> Vec<ServerEvent> {
        let http = HttpRequest {
            method: "POST".into(),
            path: "/".into(),
            fields: vec![("user-agent".into(), agent.into())],
            body: Vec::new(),
            keep_alive: true,
        };
        let mut reply = Reply::plain(Some(MailboxIx(1)), Answer::status(503));
        reply.pause = (pause > 0).then(|| Duration::from_secs(pause));
        patience.see(&http, &mut reply, at(second));
        reply.events
    }

    #[test]
    fn who_comes_before_the_pause_is_over_is_early() {
        let mut patience = Patience::default();
        let client = xxh3_64(b"a");
        let mailbox = MailboxIx(1);
        assert_eq!(asked(&mut patience, "a", 0, 0), []);
        let pause = Duration::from_secs(10);
        assert_eq!(
            asked(&mut patience, "a", 0, 10),
            [ServerEvent::PauseAsked { mailbox, client, pause }]
        );
        assert_eq!(asked(&mut patience, "b", 5, 0), [], "another client was not asked");
        let by = Duration::from_secs(1);
        assert_eq!(asked(&mut patience, "a", 9, 0), [ServerEvent::Early { mailbox, client, by }]);
        assert_eq!(asked(&mut patience, "a", 10, 0), []);
        assert_eq!(asked(&mut patience, "a", 9, 0), [], "it was over once");
    }

    #[test]
    fn a_shorter_pause_ends_no_longer_one() {
        let mut patience = Patience::default();
        asked(&mut patience, "a", 0, 10);
        assert_eq!(asked(&mut patience, "a", 1, 2).len(), 2);
        assert_eq!(asked(&mut patience, "a", 5, 0).len(), 1);
    }
}
