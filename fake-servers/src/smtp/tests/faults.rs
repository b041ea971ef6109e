use super::*;
use crate::{Channel, Effect, Handshake, Matcher, Operation, Refusal, Which};

const MESSAGE: &str = "MAIL FROM:<a@b>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\nhi\r\n.\r\n";

/// A fault that strikes the first request of this kind.
fn once(operation: Operation, effect: Effect) -> Vec<Fault> {
    let matcher = Matcher {
        operations: vec![operation],
        mailboxes: None,
        from: None,
        until: None,
        which: Which::First(1),
    };
    vec![Fault { name: "fault".into(), matcher, effect }]
}

fn bench(operation: Operation, effect: Effect) -> Bench {
    Bench::with_faults(SmtpOptions::generic(), once(operation, effect))
}

fn reply(line: &str, close: bool) -> Effect {
    Effect::Reply { line: line.into(), close, refusal: Refusal::Scripted }
}

fn applied(mailbox: Option<MailboxIx>) -> ServerEvent {
    ServerEvent::FaultApplied { fault: 0, mailbox }
}

#[test]
fn commit_then_fail_accepts_delivers_and_says_nothing() {
    let bench = bench(Operation::FinalDot, Effect::CommitThenFail);
    let mut client = bench.log_in();
    client.say("MAIL FROM:<a@b>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\n");
    assert_eq!(client.ask("hi\r\n.\r\n"), "");
    let actions = client.actions.as_slice();
    assert!(
        matches!(
            actions,
            [
                Action::Event(ServerEvent::Accepted { mailbox: ANN, .. }),
                Action::Event(ServerEvent::Delivered { mailbox: BOB, .. }),
                Action::Event(ServerEvent::FaultApplied { .. }),
                Action::Reset,
                Action::Event(ServerEvent::LoggedOut { mailbox: ANN }),
            ]
        ),
        "{actions:?}"
    );
    assert_eq!(bench.messages(BOB), [b"hi\r\n"]);
}

#[test]
fn a_reset_at_the_final_dot_commits_nothing() {
    let bench = bench(Operation::FinalDot, Effect::Reset);
    let mut client = bench.log_in();
    client.ask(MESSAGE);
    let logged_out = ServerEvent::LoggedOut { mailbox: ANN };
    assert_eq!(client.events(), [applied(Some(ANN)), logged_out]);
    assert!(client.actions.contains(&Action::Reset));
    assert_eq!(bench.messages(BOB).len(), 0);
}

#[test]
fn a_scripted_refusal_of_a_message_leaves_the_connection_usable() {
    let bench = bench(Operation::FinalDot, reply("451 4.3.0 Try later", false));
    let mut client = bench.log_in();
    assert_eq!(codes(&client.ask(MESSAGE)), ["250", "250", "354", "451"]);
    assert_eq!(bench.messages(BOB).len(), 0);
    assert_eq!(codes(&client.ask(MESSAGE)), ["250", "250", "354", "250"]);
    assert_eq!(bench.messages(BOB).len(), 1);
}

#[test]
fn the_greeting_can_be_a_refusal() {
    let bench = bench(Operation::Connect, reply("421 4.3.2 Shutting down", true));
    let mut client = bench.connect();
    assert_eq!(client.heard(), "421 4.3.2 Shutting down\r\n");
    assert!(client.was_closed());
    assert_eq!(client.ask("EHLO client\r\n"), "");
}

#[test]
fn a_server_that_hangs_keeps_the_mailboxs_place() {
    let options = SmtpOptions { connections: Some(1), ..SmtpOptions::generic() };
    let bench = Bench::with_faults(options, once(Operation::Mail, Effect::Hang));
    let mut client = bench.log_in();
    assert_eq!(client.ask(MESSAGE), "");
    assert_eq!(client.events(), [applied(Some(ANN))]);
    let mut other = bench.connect();
    assert_eq!(codes(&other.ask(LOG_IN)), ["250", "432"]);
    client.lose();
    assert_eq!(codes(&other.ask(LOG_IN)), ["250", "235"]);
}

#[test]
fn a_fault_on_one_mailbox_goes_by_the_name_it_logs_in_with() {
    let mut faults = once(Operation::Login, reply("454 4.7.0 Temporary failure", false));
    faults[0].matcher.mailboxes = Some(vec![BOB]);
    let bench = Bench::with_faults(SmtpOptions::generic(), faults);
    bench.log_in();
    let mut bob = bench.connect();
    let login = "EHLO b\r\nAUTH LOGIN Ym9iQGhlcmUuZXhhbXBsZQ==\r\nc2VjcmV0\r\n";
    assert_eq!(codes(&bob.ask(login)), ["250", "334", "454"]);
    assert_eq!(codes(&bob.ask(login)), ["250", "334", "235"]);
}

#[test]
fn every_operation_can_be_struck() {
    use Operation::{Capabilities, Connect, Data, FinalDot, Login, Mail, Quit, Rcpt};
    for operation in [Connect, Capabilities, Login, Mail, Rcpt, Data, FinalDot, Quit] {
        let bench = bench(operation, Effect::Truncate { after: 2 });
        let mut client = bench.connect();
        client.say(format!("{LOG_IN}{MESSAGE}QUIT\r\n"));
        let heard = client.heard();
        let last = heard.lines().last().unwrap();
        assert_eq!(last.len(), 2, "{operation:?}: {heard}");
        let resets = client.actions.iter().filter(|action| **action == Action::Reset).count();
        assert_eq!(resets, 1, "{operation:?}");
        let committed = matches!(operation, FinalDot | Quit);
        assert_eq!(bench.messages(BOB).len(), usize::from(committed), "{operation:?}");
    }
}

#[test]
fn starttls_can_be_refused_and_its_handshake_go_wrong() {
    let starttls = |effect| {
        let bench = bench(Operation::StartTls, effect);
        let mut client = Client::new(bench.server.session_on(Channel::Upgradable));
        client.say("EHLO client\r\n");
        let heard = client.ask("STARTTLS\r\n");
        (heard, client)
    };
    let (heard, mut client) = starttls(reply("454 4.7.0 not now", false));
    assert_eq!(heard, "454 4.7.0 not now\r\n");
    assert!(client.ask("STARTTLS\r\n").starts_with("220"), "the next is taken");
    let (heard, mut client) = starttls(Effect::Handshake(Handshake::WrongName));
    assert!(heard.starts_with("220"));
    assert_eq!(client.actions.last(), Some(&Action::StartTls(Handshake::WrongName)));
    assert!(client.ask("AUTH PLAIN x\r\n").starts_with("503"), "EHLO is forgotten");
    let (heard, client) = starttls(Effect::CommitThenFail);
    assert_eq!((heard.as_str(), client.actions.last()), ("", Some(&Action::Reset)));
}
