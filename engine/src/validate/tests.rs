use super::*;
use crate::testing::{mailbox, profile};

fn good() -> EngineConfig {
    EngineConfig {
        servers: vec![profile("pop", Protocol::Pop3), profile("smtp", Protocol::Smtp)],
        mailboxes: vec![Mailbox {
            incoming: Some(ServerId(0)),
            outgoing: Some(ServerId(1)),
            ..mailbox("ann")
        }],
        ..EngineConfig::default()
    }
}

/// The messages for a good configuration changed in one way.
fn refusal(change: impl FnOnce(&mut EngineConfig)) -> String {
    let mut config = good();
    change(&mut config);
    validate(&config).map_or_else(|errors| errors.to_string(), |()| "accepted".into())
}

#[test]
fn what_is_right_is_accepted() {
    assert_eq!(validate(&good()), Ok(()));
    assert_eq!(validate(&EngineConfig::default()), Ok(()));
}

#[test]
fn mailboxes() {
    let messages = refusal(|config| {
        let ann = config.mailboxes[0].clone();
        config.mailboxes.extend([
            Mailbox { address: "ANN@example.com".into(), user: "bob".into(), ..ann.clone() },
            Mailbox { address: "other@example.com".into(), ..ann.clone() },
            Mailbox { kind: RecipientKind::Alias, ..mailbox("info") },
            Mailbox { kind: RecipientKind::DistributionList, ..mailbox("all") },
            Mailbox { act: true, incoming: Some(ServerId(0)), ..mailbox("act") },
            Mailbox { incoming: Some(ServerId(7)), ..mailbox("lost") },
            Mailbox { incoming: Some(ServerId(1)), outgoing: Some(ServerId(0)), ..mailbox("x") },
        ]);
        let mut evil = mailbox("evil");
        evil.credentials.password = "a\r\nDELE 1".into();
        config.mailboxes.push(evil);
    });
    insta::assert_snapshot!(messages);
}

#[test]
fn servers() {
    let messages = refusal(|config| {
        let mut bad = profile("pop", Protocol::Pop3);
        bad.endpoint = crate::Endpoint { host: String::new(), port: 0 };
        bad.max_concurrent_connections = 301;
        bad.min_polling_interval = Duration::from_hours(25);
        bad.request_timeout = Duration::ZERO;
        bad.messages_per_connection = 0;
        config.servers.push(bad);
        config.servers[1].max_concurrent_connections = 0;
    });
    insta::assert_snapshot!(messages);
}

#[test]
fn settings() {
    let messages = refusal(|config| {
        config.settings = Settings {
            active_mailbox_minimum_backoff: Duration::ZERO,
            outgoing_scan_interval: Duration::from_micros(300),
            idle_mailbox_maximum_backoff: Duration::from_mins(1),
            active_mailbox_maximum_backoff_for_act: Duration::from_mins(3),
            max_mailbox_transient_failures: 0,
            incoming_workers: 0,
            maximum_message_size: 0,
            ..Settings::default()
        };
    });
    insta::assert_snapshot!(messages);
}

#[test]
fn bounds_themselves_are_inside() {
    for connections in [1, 300] {
        let answer = refusal(|config| config.servers[0].max_concurrent_connections = connections);
        assert_eq!(answer, "accepted");
    }
    let answer = refusal(|config| {
        config.settings.idle_mailbox_maximum_backoff =
            config.settings.active_mailbox_minimum_backoff;
        config.servers[0].min_polling_interval = Duration::from_hours(24);
    });
    assert_eq!(answer, "accepted");
}

fn exchange() -> EngineConfig {
    EngineConfig {
        servers: vec![
            profile("exchange", Protocol::Ews),
            profile("pop", Protocol::Pop3),
            profile("smtp", Protocol::Smtp),
        ],
        mailboxes: vec![Mailbox {
            incoming: Some(ServerId(0)),
            outgoing: Some(ServerId(0)),
            act: true,
            ..mailbox("ann")
        }],
        ..EngineConfig::default()
    }
}

#[test]
fn one_exchange_server_serves_all_three_workloads() {
    assert_eq!(validate(&exchange()), Ok(()));
}

#[test]
fn what_does_not_go_together_with_exchange() {
    let mut config = exchange();
    config.servers.push(profile("other", Protocol::Ews));
    let both = |incoming, outgoing| (Some(ServerId(incoming)), Some(ServerId(outgoing)));
    for (name, (incoming, outgoing)) in
        [("in", both(0, 2)), ("out", both(1, 0)), ("two", both(0, 3))]
    {
        config.mailboxes.push(Mailbox { incoming, outgoing, ..mailbox(name) });
    }
    let mut queue = Mailbox { kind: RecipientKind::Queue, act: true, ..mailbox("queue") };
    queue.incoming = Some(ServerId(0));
    let mut colon = Mailbox { incoming: Some(ServerId(0)), ..mailbox("colon") };
    colon.credentials.user = "a:b".into();
    config.mailboxes.extend([queue, colon]);
    config.servers[0].exchange.path = "EWS/Exchange.asmx".into();
    config.servers[0].exchange.idle_connection_timeout = Duration::ZERO;
    config.servers[3].exchange.use_impersonation = true;
    config.settings.maximum_attachment_size = 1 << 40;
    insta::assert_snapshot!(validate(&config).unwrap_err());
}

#[test]
fn delegate_access_synchronises_email_only() {
    let mut config = exchange();
    config.servers[0].exchange.service_account =
        Some(crate::Credentials { user: "service".into(), password: "secret".into() });
    insta::assert_snapshot!(validate(&config).unwrap_err(), @"mailbox ann@example.com: appointments, contacts and tasks cannot be synchronised through delegate access; use impersonation");
    config.servers[0].exchange.use_impersonation = true;
    assert_eq!(validate(&config), Ok(()));
}
