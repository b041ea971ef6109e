//! Every request the engine says, as it says it, against Microsoft's schema.

use std::collections::BTreeSet;

use schema_check::Batch;

use super::*;
use crate::Tracking;

/// A mailbox whose cycles say everything there is to say.
async fn everything() -> Vec<String> {
    let (mut bench, office) = Bench::office(|config| {
        let account = crate::Credentials { user: "svc".into(), password: "p".into() };
        config.servers[0].exchange.service_account = Some(account);
        config.servers[0].exchange.use_impersonation = true;
        config.servers[0].exchange.move_undelivered_emails = true;
        config.mailboxes[0].process_and_delete_emails = true;
        config.settings.item_attempts = 1;
    });
    office.folder("Create", "F1", "Customers");
    let tracking = Tracking::new(Arc::clone(&bench.ctx.config), bench.ctx.store.clone());
    tracking.add_rule(MailboxId(0), "F1", Some("account")).unwrap();
    office.deliver("inbox", "bad");
    office.deliver("inbox", "good");
    office.blow("GetItem", Blow::Message(0, "ErrorItemCorrupt"));
    bench.received().await;
    office.folder("Delete", "F1", "Customers");
    bench.received().await;
    for (blow, operation) in [(Blow::LostAfter, "CreateItem"), (Blow::LostAfter, "SendItem")] {
        let email = bench.queue(operation, Priority::Normal);
        office.blow(operation, blow);
        bench.send().await;
        tokio::time::sleep(Duration::from_mins(10)).await;
        bench.send().await;
        assert_eq!(bench.outbox().state(email).unwrap(), Some(crate::EmailState::Sent));
    }
    let several = NewEmail {
        mailbox: MailboxId(0),
        recipients: ["bob", "cyd", "dan"].map(|name| format!("{name}@example.net")).into(),
        priority: Priority::Normal,
        content: NewContent::Raw {
            bytes: b"To: bob@example.net\r\nCc: cyd@example.net\r\nSubject: x\r\n\r\nHi\r\n"
                .to_vec(),
            message_id: "several@example.com".into(),
        },
    };
    bench.outbox().submit(several).unwrap();
    bench.send().await;
    let (mut curious, office) = categories::fresh(|_| {});
    curious.received().await;
    categories::delete(&office, "Tracked to Dynamics 365");
    tokio::time::sleep(Duration::from_mins(15)).await;
    curious.received().await;
    let seen = [bench.server.seen(), curious.server.seen()].concat();
    seen.into_iter().map(|seen| seen.body).collect()
}

#[tokio::test(start_paused = true)]
async fn every_request_is_valid() {
    let mut batch = Batch::default();
    let mut names = BTreeSet::new();
    for body in everything().await {
        let operation = body.split("<s:Body><m:").nth(1).unwrap().split([' ', '>']).next().unwrap();
        let operation = operation.to_owned();
        names.insert(operation.clone());
        batch.add(operation, body);
    }
    let expected = [
        "CreateFolder",
        "CreateItem",
        "CreateUserConfiguration",
        "DeleteItem",
        "FindFolder",
        "FindItem",
        "GetFolder",
        "GetItem",
        "GetUserConfiguration",
        "MoveItem",
        "SendItem",
        "SyncFolderHierarchy",
        "SyncFolderItems",
        "UpdateItem",
        "UpdateUserConfiguration",
    ];
    assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    batch.assert_valid();
}
