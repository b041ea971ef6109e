use xxhash_rust::xxh3::xxh3_64;

use super::*;
use crate::{Channel, Handshake};

#[test]
fn a_message_is_submitted_and_lies_in_the_inbox() {
    let bench = Bench::new(SmtpOptions::generic());
    let mut client = Client::new(bench.server.session());
    client.open();
    assert_eq!(client.heard(), "220 mail.example ESMTP\r\n");
    assert_eq!(
        client.ask("EHLO client.example\r\n"),
        "250-mail.example Hello\r\n250-SIZE 52428800\r\n250-PIPELINING\r\n250-8BITMIME\r\n\
         250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN\r\n"
    );
    let login = client.ask(format!("AUTH PLAIN {ANN_PLAIN}\r\n"));
    assert_eq!(login, "235 2.7.0 Authentication successful\r\n");
    assert_eq!(client.events(), [ServerEvent::LoggedIn { mailbox: ANN }]);

    let mail = client.ask("MAIL FROM:<ann@here.example> SIZE=60 BODY=8BITMIME\r\n");
    assert_eq!(mail, "250 2.1.0 Sender OK\r\n");
    let rcpt = client.ask("RCPT TO:<Bob@Here.example>\r\nRCPT TO:<eve@elsewhere.example>\r\n");
    assert_eq!(rcpt, "250 2.1.5 Recipient OK\r\n250 2.1.5 Recipient OK\r\n");
    assert_eq!(codes(&client.ask("DATA\r\n")), ["354"]);
    let message = b"Message-ID: <1@x>\r\n\r\n..dots\r\nna\xc3\xafve\r\n";
    let sent = b"Message-ID: <1@x>\r\n\r\n...dots\r\nna\xc3\xafve\r\n.\r\n";
    assert_eq!(client.ask(sent), "250 2.0.0 Accepted for delivery\r\n");
    let accepted = ServerEvent::Accepted {
        mailbox: ANN,
        message: xxh3_64(b"1@x"),
        content: xxh3_64(message),
        recipients: vec![xxh3_64(b"bob@here.example"), xxh3_64(b"eve@elsewhere.example")],
    };
    let bytes = message.len() as u64;
    let delivered = ServerEvent::Delivered { item: ItemId(100), mailbox: BOB, bytes };
    assert_eq!(client.events(), [accepted, delivered]);
    assert_eq!(bench.messages(BOB), [message]);

    assert_eq!(client.ask("QUIT\r\n"), "221 2.0.0 Goodbye\r\n");
    assert!(client.was_closed());
    assert_eq!(client.events(), [ServerEvent::LoggedOut { mailbox: ANN }]);
    assert_eq!(client.ask("NOOP\r\n"), "", "nobody listens any more");
}

#[test]
fn pipelined_commands_are_answered_in_order_and_one_recipient_may_fail_alone() {
    let options =
        SmtpOptions { local_domains: vec!["here.example".into()], ..SmtpOptions::generic() };
    let bench = Bench::new(options);
    let mut client = bench.log_in();
    let heard = client.ask(
        "MAIL FROM:<ann@here.example>\r\nRCPT TO:<nobody@here.example>\r\n\
         RCPT TO:<bob@here.example>\r\nDATA\r\n",
    );
    assert_eq!(codes(&heard), ["250", "550", "250", "354"]);
    assert!(heard.contains("550 5.1.1 "), "{heard}");
    assert_eq!(
        codes(&client.ask("hi\r\n.\r\nMAIL FROM:<>\r\nRSET\r\nQUIT\r\n")),
        ["250", "250", "250", "221"]
    );
    assert_eq!(bench.messages(BOB), [b"hi\r\n"]);
}

#[test]
fn every_way_to_log_in() {
    let bench = Bench::new(SmtpOptions::generic());
    let name = "YW5uQGhlcmUuZXhhbXBsZQ==";
    let ways: [&[&str]; 4] = [
        &[&format!("AUTH PLAIN {ANN_PLAIN}\r\n")],
        &["AUTH plain\r\n", &format!("{ANN_PLAIN}\r\n")],
        &["auth LOGIN\r\n", &format!("{name}\r\n"), "c2VjcmV0\r\n"],
        &[&format!("AUTH LOGIN {name}\r\n"), "c2VjcmV0\r\n"],
    ];
    for way in ways {
        let mut client = bench.connect();
        client.say("EHLO client\r\n");
        let heard: Vec<_> = way.iter().map(|line| client.ask(line)).collect();
        let (last, before) = heard.split_last().unwrap();
        assert!(before.iter().all(|line| line.starts_with("334 ")), "{way:?}: {heard:?}");
        assert_eq!(last, "235 2.7.0 Authentication successful\r\n", "{way:?}");
        // It holds over RSET and another EHLO, but there is no second login.
        let heard = client.ask("RSET\r\nEHLO again\r\nAUTH LOGIN\r\nMAIL FROM:<a@b>\r\n");
        assert_eq!(codes(&heard), ["250", "250", "503", "250"]);
    }
    let mut client = bench.connect();
    client.say("EHLO client\r\n");
    let prompts = client.ask("AUTH LOGIN\r\nYQ==\r\n");
    assert_eq!(prompts, "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n");
}

#[test]
fn a_failed_login_says_why() {
    let bench = Bench::new(SmtpOptions::generic());
    let mut client = bench.connect();
    assert_eq!(codes(&client.ask("AUTH LOGIN\r\n")), ["503"], "not before EHLO");
    client.say("EHLO client\r\n");
    assert_eq!(client.ask("AUTH CRAM-MD5\r\n")[..9], *"504 5.5.4");
    assert_eq!(client.ask("AUTH PLAIN !\r\n")[..9], *"501 5.5.2");
    assert_eq!(client.ask("AUTH LOGIN\r\n*\r\n").lines().last().unwrap()[..9], *"501 5.7.0");
    assert_eq!(client.ask("AUTH PLAIN =\r\n")[..9], *"501 5.5.2");

    let wrong = "AUTH LOGIN YW5uQGhlcmUuZXhhbXBsZQ==\r\nd3Jvbmc=\r\n";
    let heard = client.ask(wrong);
    assert_eq!(heard.lines().last(), Some("535 5.7.8 Authentication credentials invalid"));
    let refused = |mailbox| ServerEvent::Refused { mailbox, refusal: crate::Refusal::Credentials };
    assert_eq!(client.events(), [refused(Some(ANN))]);
    client.ask("AUTH LOGIN bm9ib2R5\r\nd3Jvbmc=\r\n");
    assert_eq!(client.events(), [refused(None)], "nobody of that name");
    assert!(!client.was_closed());
    client.ask(wrong);
    assert!(client.was_closed(), "after the third");
}

#[test]
fn nothing_is_taken_from_a_stranger() {
    let bench = Bench::new(SmtpOptions::generic());
    let mut client = bench.connect();
    assert_eq!(client.ask("MAIL FROM:<a@b>\r\n"), "503 5.5.1 Bad sequence of commands\r\n");
    let heard = client.ask("HELO client\r\nMAIL FROM:<a@b>\r\nRCPT TO:<b@c>\r\nDATA\r\n");
    assert_eq!(codes(&heard), ["250", "530", "503", "503"]);
    assert!(heard.starts_with("250 mail.example Hello\r\n530 5.7.0 "), "{heard}");
}

#[test]
fn commands_that_mailin_would_not_take_are_answered_properly() {
    let bench = Bench::new(SmtpOptions::generic());
    let mut client = bench.log_in();
    let cases = [
        ("NOOP at all\r\n", "250 2.0.0"),
        ("noop \r\n", "250 2.0.0"),
        ("VRFY ann\r\n", "252 2.0.0"),
        ("VRFY\r\n", "501 5.5.4"),
        ("HELP\r\n", "502 5.5.1"),
        ("STARTTLS\r\n", "502 5.5.1"),
        ("FETCH\r\n", "500 5.5.2"),
        ("\r\n", "500 5.5.2"),
        ("EHLO\r\n", "501 5.5.4"),
        ("DATA now\r\n", "501 5.5.4"),
        ("MAIL TO:<a@b>\r\n", "501 5.5.4"),
        ("MAIL FROM:<a b>\r\n", "501 5.1.7"),
        ("MAIL FROM:<a@b> RET=HDRS\r\n", "555 5.5.4"),
        ("MAIL FROM:<>\r\n", "250 2.1.0"),
        ("MAIL FROM:<a@b>\r\n", "503 5.5.1"),
        ("RCPT TO:<>\r\n", "501 5.1.3"),
        ("RCPT TO:<\"a <b>\"@c>\r\n", "250 2.1.5"),
        ("RSET \r\n", "250 2.0.0"),
    ];
    for (command, start) in cases {
        assert_eq!(client.ask(command)[..9], *start, "{command:?}");
    }
}

#[test]
fn a_recipients_name_may_be_anything_between_quotes() {
    let bench = Bench::new(SmtpOptions::generic());
    let mut client = bench.log_in();
    client.say("MAIL FROM:<>\r\nRCPT TO:<\"A <b>\"@c>\r\nDATA\r\n.\r\n");
    let events = client.events();
    let [ServerEvent::Accepted { recipients, message: 0, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(recipients, &[xxh3_64(b"\"a <b>\"@c")]);
}

#[test]
fn lines_that_are_too_long_or_end_wrongly_are_refused_and_skipped() {
    let bench = Bench::new(SmtpOptions::generic());
    let mut client = bench.log_in();
    let long = "x".repeat(511 - 5);
    assert_eq!(client.ask(format!("NOOP {long}\r\n"))[..9], *"500 5.5.2", "513 octets");
    assert_eq!(client.ask(format!("NOOP {}\r\n", &long[1..]))[..9], *"250 2.0.0", "512 octets");
    assert_eq!(
        client.ask(format!("{}\r\nNOOP\r\n", "x".repeat(100_000))),
        "500 5.5.2 Line too long\r\n250 2.0.0 OK\r\n"
    );
    assert_eq!(client.ask("NOOP\nNOOP\r\n").lines().count(), 2);
    assert_eq!(client.ask(b"NO\xffOP\r\n")[..9], *"500 5.5.2");
}

#[test]
fn enough_nonsense_ends_the_connection() {
    let options = SmtpOptions { protocol_errors: 3, ..SmtpOptions::generic() };
    let mut client = Bench::new(options).log_in();
    assert_eq!(codes(&client.ask("A\r\nRCPT TO:<a@b>\r\n")), ["500", "503"]);
    assert!(!client.was_closed());
    let heard = client.ask("C\r\nNOOP\r\n");
    assert_eq!(codes(&heard), ["421"]);
    assert!(client.was_closed());
}

#[test]
fn only_crlf_dot_crlf_ends_a_message() {
    let bench = Bench::new(SmtpOptions::generic());
    let mut client = bench.log_in();
    client.say("MAIL FROM:<>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\n");
    let text = "a\n.\r\nb\r.\r\nc\n.\nd\r\n\n.\r\n";
    assert_eq!(codes(&client.ask(format!("{text}.\r\n"))), ["250"]);
    assert_eq!(bench.messages(BOB), [text.as_bytes()]);
}

#[test]
fn an_address_in_no_mailbox_is_taken_unless_its_domain_is_ours() {
    let options =
        SmtpOptions { local_domains: vec!["here.example".into()], ..SmtpOptions::generic() };
    let mut client = Bench::new(options).log_in();
    let heard = client.ask("MAIL FROM:<>\r\nRCPT TO:<x@elsewhere>\r\nRCPT TO:<x@HERE.example>\r\n");
    assert_eq!(codes(&heard), ["250", "250", "550"]);
}

#[test]
fn a_received_field_is_in_the_copy_and_not_in_what_was_accepted() {
    let bench = Bench::new(SmtpOptions { received_field: true, ..SmtpOptions::generic() });
    let mut client = bench.log_in();
    client.say("MAIL FROM:<>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\nhi\r\n.\r\n");
    let events = client.events();
    let Some(ServerEvent::Accepted { content, .. }) = events.first() else { panic!("{events:?}") };
    assert_eq!(*content, xxh3_64(b"hi\r\n"));
    let field = "Received: by mail.example with ESMTPA; Mon, 12 Jan 1970 13:46:40 -0000\r\n";
    assert_eq!(bench.messages(BOB), [format!("{field}hi\r\n").as_bytes()]);
}

#[test]
fn a_lost_connection_commits_nothing() {
    let bench = Bench::new(SmtpOptions::generic());
    let mut client = bench.log_in();
    client.say("MAIL FROM:<>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\nhi\r\n.\r");
    assert_eq!(client.lose(), [Action::Event(ServerEvent::LoggedOut { mailbox: ANN })]);
    assert_eq!(bench.messages(BOB), [[0_u8; 0]; 0]);
}

#[test]
fn starttls_is_offered_on_some_channels_only_and_forgets_everything() {
    let bench = Bench::new(SmtpOptions::generic());
    let on = |channel| {
        let mut client = Client::new(bench.server.session_on(channel));
        client.open();
        client
    };
    for channel in [Channel::Plain, Channel::Secure] {
        let mut client = on(channel);
        assert!(!client.ask("EHLO client\r\n").contains("STARTTLS"), "{channel:?}");
        let refusal = if channel == Channel::Plain { "502" } else { "503" };
        assert!(client.ask("STARTTLS\r\n").starts_with(refusal), "{channel:?}");
    }

    let mut client = on(Channel::Upgradable);
    assert!(client.ask("EHLO client\r\n").contains("250 STARTTLS\r\n"));
    assert!(client.ask("STARTTLS now\r\n").starts_with("501"));
    // What comes with it was sent in the clear and counts for nothing (RFC 3207 section 6).
    assert_eq!(client.ask("STARTTLS\r\nNOOP\r\nQU"), "220 2.0.0 Ready to start TLS\r\n");
    assert_eq!(client.actions.last(), Some(&Action::StartTls(Handshake::Sound)));
    let plain = format!("AUTH PLAIN {ANN_PLAIN}\r\n");
    assert!(client.ask(&plain).starts_with("503"), "EHLO is forgotten");
    assert!(!client.ask("EHLO client\r\n").contains("STARTTLS"));
    assert!(client.ask(&plain).starts_with("235"));
    assert!(client.ask("STARTTLS\r\n").starts_with("503"));
}

#[test]
fn who_is_logged_in_gets_no_tls_any_more() {
    let bench = Bench::new(SmtpOptions::generic());
    let mut client = Client::new(bench.server.session_on(Channel::Upgradable));
    client.say(LOG_IN);
    assert!(client.ask("STARTTLS\r\n").starts_with("503"));
}
