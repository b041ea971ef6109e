//! What becomes of a struck request's answer. Both protocol machines come here, so that a reset or
//! a dribble means the same in each.

use std::time::Duration;

use super::{Delay, Effect, Form};
use crate::{Action, Actions, Handshake, MailboxIx, ServerEvent};

/// How the connection stands after an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aftermath {
    /// It goes on.
    Open,
    /// It stays open but the server never says anything again. The machine ignores all input and
    /// keeps its locks until the connection is lost.
    Hung,
    /// The close or reset is among the actions. The machine releases its locks and ignores all
    /// input; its driver does not call `lost`.
    Closed,
}

/// What becomes of a handshake that is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstHandshake {
    /// It goes so.
    Goes(Handshake),
    /// It goes as it should, after so long.
    Late(Duration),
    /// The server never says anything.
    Never,
}

impl Effect {
    /// Whether the server does the work of the request. If not, its normal answer is never needed.
    #[must_use]
    pub const fn does_the_work(&self) -> bool {
        match self {
            Self::Reply { .. }
            | Self::Reset
            | Self::Hang
            | Self::Garbage(_)
            | Self::Ews(_)
            | Self::Flood { .. } => false,
            Self::Delay(_)
            | Self::Truncate { .. }
            | Self::Dribble { .. }
            | Self::CommitThenFail
            | Self::Handshake(_)
            | Self::DuplicateUidls
            | Self::ChangingUidls
            | Self::LieAboutSizes(_) => true,
        }
    }

    /// What becomes of the TLS handshake that a connection begins with. Before it nothing can be
    /// said, so whatever is no answer as usual breaks the connection.
    #[must_use]
    pub fn first_handshake(&self) -> FirstHandshake {
        match self {
            Self::Handshake(handshake) => FirstHandshake::Goes(*handshake),
            Self::Delay(delay) => {
                let Delay::Fixed(held) = delay else { unreachable!("the plan draws every delay") };
                FirstHandshake::Late(*held)
            }
            Self::Hang => FirstHandshake::Never,
            Self::Reply { .. }
            | Self::Reset
            | Self::CommitThenFail
            | Self::Truncate { .. }
            | Self::Garbage(_)
            | Self::Flood { .. }
            | Self::Ews(_) => FirstHandshake::Goes(Handshake::Cut),
            Self::Dribble { .. }
            | Self::DuplicateUidls
            | Self::ChangingUidls
            | Self::LieAboutSizes(_) => FirstHandshake::Goes(Handshake::Sound),
        }
    }

    /// How a TLS handshake goes that follows the answer.
    #[must_use]
    pub const fn handshake(&self) -> Handshake {
        match self {
            Self::Handshake(handshake) => *handshake,
            _ => Handshake::Sound,
        }
    }
}

/// Carries out the effect of fault number `fault` on a request whose normal answer would be
/// `answer` (empty when the effect does not do the work), and reports it. Effects that only change
/// what POP3 lists leave the answer as it is: they are in it already.
///
/// # Panics
/// On a delay that has not been drawn: effects come from [`super::FaultPlan::strike`].
pub fn apply(
    (fault, effect): (u16, Effect),
    mailbox: Option<MailboxIx>,
    mut answer: Vec<u8>,
    out: &mut Actions,
) -> Aftermath {
    out.event(ServerEvent::FaultApplied { fault, mailbox });
    match effect {
        Effect::Reply { line, close, refusal } => {
            out.event(ServerEvent::Refused { mailbox, refusal });
            out.send(line);
            out.send("\r\n");
            if close {
                out.push(Action::Close);
                return Aftermath::Closed;
            }
        }
        // Only a server of EWS knows its own version and how often it was asked, so it hands over
        // the refusal's bytes as the answer (`exchange::refusals`).
        Effect::Ews(refusal) => {
            out.event(ServerEvent::Refused { mailbox, refusal: refusal.shape.refusal() });
            if refusal.shape.form() == Form::Drop {
                return reset(out);
            }
            out.send(answer);
        }
        Effect::Delay(delay) => {
            let Delay::Fixed(held) = delay else { unreachable!("the plan draws every delay") };
            out.hold(mailbox, held);
            out.send(answer);
        }
        Effect::Reset | Effect::CommitThenFail => return reset(out),
        Effect::Hang => return Aftermath::Hung,
        Effect::Truncate { after } => {
            answer.truncate(after);
            out.send(answer);
            return reset(out);
        }
        Effect::Dribble { chunk, pause } => {
            out.push(Action::Dribble { bytes: answer, chunk: chunk.max(1), pause });
        }
        Effect::Garbage(bytes) => out.send(bytes),
        Effect::Flood { unit, total } => out.push(Action::Flood { unit, total }),
        Effect::Handshake(_)
        | Effect::DuplicateUidls
        | Effect::ChangingUidls
        | Effect::LieAboutSizes(_) => {
            out.send(answer);
        }
    }
    Aftermath::Open
}

fn reset(out: &mut Actions) -> Aftermath {
    out.push(Action::Reset);
    Aftermath::Closed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refusal;

    const ANSWER: &[u8] = b"250 2.0.0 OK\r\n";

    /// The actions after the report that the fault was applied.
    fn applied(effect: Effect) -> (Vec<Action>, Aftermath) {
        let mailbox = Some(MailboxIx(3));
        let answer = if effect.does_the_work() { ANSWER.to_vec() } else { Vec::new() };
        let mut out = Actions::default();
        let aftermath = apply((1, effect), mailbox, answer, &mut out);
        let mut actions: Vec<_> = out.drain().collect();
        let report = actions.remove(0);
        assert_eq!(report, Action::Event(ServerEvent::FaultApplied { fault: 1, mailbox }));
        (actions, aftermath)
    }

    fn send(bytes: &[u8]) -> Action {
        Action::Send(bytes.to_vec())
    }

    #[test]
    fn a_scripted_reply_replaces_the_answer_and_is_reported_as_a_refusal() {
        let refused = Action::Event(ServerEvent::Refused {
            mailbox: Some(MailboxIx(3)),
            refusal: Refusal::SystemTemporary,
        });
        let reply = |close| Effect::Reply {
            line: "421 4.3.2 later".into(),
            close,
            refusal: Refusal::SystemTemporary,
        };
        let line = send(b"421 4.3.2 later\r\n");
        assert_eq!(applied(reply(false)), (vec![refused.clone(), line.clone()], Aftermath::Open));
        let closed = (vec![refused, line, Action::Close], Aftermath::Closed);
        assert_eq!(applied(reply(true)), closed);
    }

    #[test]
    fn a_delay_is_reported_and_then_waited_for() {
        let held = Duration::from_secs(9);
        let event = ServerEvent::Held { mailbox: Some(MailboxIx(3)), held };
        let actions = vec![Action::Event(event), Action::Pause(held), send(ANSWER)];
        assert_eq!(applied(Effect::Delay(Delay::Fixed(held))), (actions, Aftermath::Open));
    }

    #[test]
    fn broken_connections_say_nothing_or_a_part() {
        assert_eq!(applied(Effect::Reset), (vec![Action::Reset], Aftermath::Closed));
        assert_eq!(applied(Effect::CommitThenFail), (vec![Action::Reset], Aftermath::Closed));
        assert_eq!(applied(Effect::Hang), (vec![], Aftermath::Hung));
        let part = (vec![send(b"250 "), Action::Reset], Aftermath::Closed);
        assert_eq!(applied(Effect::Truncate { after: 4 }), part);
        let all = (vec![send(ANSWER), Action::Reset], Aftermath::Closed);
        assert_eq!(applied(Effect::Truncate { after: 4_000 }), all);
    }

    #[test]
    fn before_a_first_handshake_nothing_is_said() {
        use FirstHandshake::{Goes, Late, Never};
        let held = Duration::from_secs(9);
        let line = "-ERR later".to_owned();
        let reply = Effect::Reply { line, close: false, refusal: Refusal::SystemTemporary };
        for (effect, becomes) in [
            (Effect::Handshake(Handshake::Expired), Goes(Handshake::Expired)),
            (Effect::Delay(Delay::Fixed(held)), Late(held)),
            (Effect::Hang, Never),
            (reply, Goes(Handshake::Cut)),
            (Effect::Reset, Goes(Handshake::Cut)),
            (Effect::Garbage(vec![0]), Goes(Handshake::Cut)),
        ] {
            assert_eq!(effect.first_handshake(), becomes, "{effect:?}");
        }
    }

    #[test]
    fn a_dribble_always_moves() {
        let pause = Duration::from_secs(1);
        let dribble = Action::Dribble { bytes: ANSWER.to_vec(), chunk: 1, pause };
        let got = applied(Effect::Dribble { chunk: 0, pause });
        assert_eq!(got, (vec![dribble], Aftermath::Open));
    }

    #[test]
    fn a_flood_is_described_and_not_built() {
        let flood = Effect::Flood { unit: b"x".to_vec(), total: u64::MAX };
        let action = Action::Flood { unit: b"x".to_vec(), total: u64::MAX };
        assert_eq!(applied(flood), (vec![action], Aftermath::Open));
    }

    #[test]
    fn wrong_bytes_go_out_verbatim() {
        let got = applied(Effect::Garbage(vec![0xff, 0, b'\n']));
        assert_eq!(got, (vec![send(&[0xff, 0, b'\n'])], Aftermath::Open));
    }
}
