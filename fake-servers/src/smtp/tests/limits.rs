use super::super::{Budget, GreylistOptions, ServiceTimes};
use super::*;
use crate::{Delay, Refusal};

fn submit(client: &mut Client, recipients: &[&str]) -> String {
    let recipients: Vec<_> = recipients.iter().map(|to| format!("RCPT TO:<{to}>\r\n")).collect();
    let recipients = recipients.concat();
    client.ask(format!("MAIL FROM:<ann@here.example>\r\n{recipients}DATA\r\nhi\r\n.\r\n"))
}

fn last_line(heard: &str) -> &str {
    heard.lines().last().unwrap_or_default()
}

fn refused(refusal: Refusal) -> ServerEvent {
    ServerEvent::Refused { mailbox: Some(ANN), refusal }
}

#[test]
fn exchange_takes_thirty_messages_in_any_minute() {
    let bench = Bench::new(SmtpOptions::exchange_online());
    let mut client = bench.log_in();
    for _ in 0..30 {
        assert_eq!(last_line(&submit(&mut client, &["x@y"]))[..3], *"250");
        client.wait(Duration::from_secs(1));
    }
    let heard = client.ask("MAIL FROM:<ann@here.example>\r\nRCPT TO:<x@y>\r\n");
    let words =
        "421 4.4.2 Message submission rate for this client has exceeded the configured limit\r\n";
    assert_eq!(heard, words);
    let logged_out = ServerEvent::LoggedOut { mailbox: ANN };
    assert_eq!(client.events(), [refused(Refusal::MessageRate), logged_out]);
    assert!(client.was_closed());

    let mut again = bench.log_in();
    again.now = client.now;
    again.wait(Duration::from_secs(30));
    assert_eq!(last_line(&submit(&mut again, &["x@y"]))[..3], *"250", "the first came free");
}

#[test]
fn exchange_lets_a_mailbox_in_three_times_at_once() {
    let bench = Bench::new(SmtpOptions::exchange_online());
    let mut clients: Vec<_> = (0..3).map(|_| bench.log_in()).collect();
    let mut fourth = bench.connect();
    let heard = fourth.ask(LOG_IN);
    assert_eq!(last_line(&heard), "432 4.3.2 Concurrent connections limit exceeded.");
    assert_eq!(fourth.events(), [refused(Refusal::Connections)]);
    assert_eq!(codes(&fourth.ask("MAIL FROM:<a@b>\r\n")), ["530"]);

    clients[1].say("QUIT\r\n");
    assert_eq!(last_line(&fourth.ask(LOG_IN))[..3], *"235", "one place came free");
    let mut fifth = bench.connect();
    assert_eq!(last_line(&fifth.ask(LOG_IN))[..3], *"432");
    clients[0].lose();
    assert_eq!(last_line(&fifth.ask(LOG_IN))[..3], *"235", "another");
}

#[test]
fn recipients_of_accepted_messages_are_counted_over_a_rolling_day() {
    let options = SmtpOptions {
        recipients: Some(Budget { limit: 5, window: Duration::from_hours(24) }),
        ..SmtpOptions::exchange_online()
    };
    let mut client = Bench::new(options).log_in();
    assert_eq!(last_line(&submit(&mut client, &["a@y", "b@y", "c@y"]))[..3], *"250");
    let heard = submit(&mut client, &["a@y", "b@y", "c@y"]);
    assert_eq!(
        last_line(&heard),
        "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException"
    );
    assert_eq!(client.events(), [refused(Refusal::RecipientQuota)]);
    assert_eq!(last_line(&submit(&mut client, &["a@y", "b@y"]))[..3], *"250", "two were left");
    client.wait(Duration::from_hours(24));
    assert_eq!(last_line(&submit(&mut client, &["a@y", "b@y", "c@y"]))[..3], *"250");
}

#[test]
fn too_many_recipients_are_refused_one_by_one_and_the_others_kept() {
    let options = SmtpOptions { recipients_per_message: 2, ..SmtpOptions::generic() };
    let mut client = Bench::new(options).log_in();
    let heard = submit(&mut client, &["a@y", "b@y", "c@y"]);
    assert_eq!(codes(&heard), ["250", "250", "250", "452", "354", "250"]);
    assert!(heard.contains("452 4.5.3 "));
    assert_eq!(client.events()[0], refused(Refusal::TooManyRecipients));
}

#[test]
fn a_message_too_large_is_refused_before_or_after_it_was_sent() {
    let bench = Bench::new(SmtpOptions { message_octets: 100, ..SmtpOptions::generic() });
    let mut client = bench.log_in();
    assert!(client.ask("MAIL FROM:<a@b> SIZE=101\r\n").starts_with("552 5.3.4 "));
    assert_eq!(client.events(), [refused(Refusal::TooLarge)]);
    let to_bob = "MAIL FROM:<a@b> SIZE=100\r\nRCPT TO:<bob@here.example>\r\nDATA\r\n";
    assert_eq!(codes(&client.ask(to_bob)), ["250", "250", "354"]);
    for _ in 0..10_000 {
        assert_eq!(client.ask("0123456789".repeat(100)), "");
    }
    assert!(client.ask("\r\n.\r\n").starts_with("552 5.3.4 "));
    assert_eq!(client.events(), [refused(Refusal::TooLarge)]);

    // The dialogue goes on, and the very same connection can send a smaller one.
    client.ask(to_bob);
    let exact = "0".repeat(98);
    assert_eq!(codes(&client.ask(format!("{exact}\r\n.\r\n"))), ["250"]);
    assert_eq!(bench.messages(BOB), [format!("{exact}\r\n").as_bytes()]);
}

#[test]
fn a_full_mailbox_cannot_send() {
    let bench = Bench::new(SmtpOptions { mailbox_octets: Some(8), ..SmtpOptions::generic() });
    let mut client = bench.log_in();
    for _ in 0..2 {
        assert_eq!(last_line(&submit(&mut client, &["ann@here.example"]))[..3], *"250");
    }
    let heard = submit(&mut client, &["x@y"]);
    assert!(last_line(&heard).starts_with("554 5.2.2 mailbox full;"), "{heard}");
    assert_eq!(client.events(), [refused(Refusal::MailboxFull)]);
}

#[test]
fn a_new_pair_of_addresses_is_put_off() {
    let greylist = GreylistOptions {
        delay: Duration::from_mins(5),
        retention: Duration::from_hours(24),
        capacity: 100,
    };
    let options = SmtpOptions { greylist: Some(greylist), ..SmtpOptions::generic() };
    let mut client = Bench::new(options).log_in();
    let heard = submit(&mut client, &["x@y"]);
    assert_eq!(codes(&heard)[..3], ["250", "451", "503"], "no recipient, no message");
    assert!(heard.contains("451 4.7.1 "));
    assert_eq!(client.events()[0], refused(Refusal::Greylisted));
    client.wait(Duration::from_mins(5));
    client.say("RSET\r\n");
    assert_eq!(last_line(&submit(&mut client, &["x@y"]))[..3], *"250");
}

#[test]
fn service_takes_its_time_after_the_work_is_done() {
    let second = Duration::from_secs(1);
    let service = ServiceTimes { message: Delay::Fixed(second), ..ServiceTimes::default() };
    let mut client = Bench::new(SmtpOptions { service, ..SmtpOptions::generic() }).log_in();
    client.say("MAIL FROM:<a@b>\r\nRCPT TO:<x@y>\r\nDATA\r\n");
    client.ask("hi\r\n.\r\n");
    let held = ServerEvent::Held { mailbox: Some(ANN), held: second };
    assert!(
        matches!(
            client.actions.as_slice(),
            [
                Action::Event(ServerEvent::Accepted { .. }),
                Action::Event(event),
                Action::Pause(pause),
                Action::Send(_),
            ] if *event == held && *pause == second
        ),
        "{:?}",
        client.actions
    );
}

#[test]
fn mailboxes_do_not_share_budgets() {
    let options = SmtpOptions {
        messages: Some(Budget { limit: 1, window: Duration::from_mins(1) }),
        ..SmtpOptions::generic()
    };
    let bench = Bench::new(options);
    let mut ann = bench.log_in();
    assert_eq!(
        codes(&ann.ask("MAIL FROM:<a@b>\r\nRSET\r\nMAIL FROM:<a@b>\r\n")),
        ["250", "250", "421"]
    );
    let mut bob = bench.connect();
    let heard =
        bob.ask("EHLO b\r\nAUTH LOGIN Ym9iQGhlcmUuZXhhbXBsZQ==\r\nc2VjcmV0\r\nMAIL FROM:<a@b>\r\n");
    assert_eq!(last_line(&heard)[..3], *"250");
}
