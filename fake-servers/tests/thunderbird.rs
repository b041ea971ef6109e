//! Thunderbird's own types against the fake Exchange: it reads what they write, and they read what
//! it answers, for a day in the life of a mail client.

#![allow(clippy::unwrap_used, reason = "tests may, their helpers included")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ews::create_item::CreateItem;
use ews::get_folder::GetFolder;
use ews::get_item::GetItem;
use ews::response::ResponseClass;
use ews::server_version::ExchangeServerVersion;
use ews::soap::{Envelope, Header};
use ews::sync_folder_hierarchy::SyncFolderHierarchy;
use ews::sync_folder_items::{Change, SyncFolderItems};
use ews::update_item::{ConflictResolution, ItemChange, ItemChangeDescription, ItemChangeInner};
use ews::update_item::{UpdateItem, Updates};
use ews::{
    BaseFolderId, BaseItemId, BaseShape, FolderShape, ItemShape, Message, MessageDisposition,
    MimeContent, Operation, OperationResponse, PathToElement, RealItem,
};
use fake_servers::exchange::versions::ExchangeVersion;
use fake_servers::exchange::{ExchangeOptions, ExchangeServer, ExchangeSession};
use fake_servers::store::{Body, BodyKind, MailStore, Message as Mail};
use fake_servers::{
    Action, Actions, Effect, EwsRefusal, EwsShape, Fault, FaultPlan, ItemId, ItemIds, MailboxIx,
    Matcher, Operation as Asked, Session, Which,
};
use jiff::Timestamp;

struct Thunderbird {
    session: ExchangeSession,
}

impl Thunderbird {
    fn of(server: &ExchangeServer) -> Self {
        Self { session: server.session() }
    }

    fn ask<T: Operation + Clone>(&mut self, operation: &T) -> Result<T::Response, ews::Error> {
        let version = ExchangeServerVersion::Exchange2013_SP1;
        let headers = vec![Header::RequestServerVersion { version }];
        let body = Envelope { headers, body: operation.clone() }.as_xml_document().unwrap();
        let login = STANDARD.encode("ann:secret");
        let head = format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: mail\r\nAuthorization: Basic {login}\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        let mut out = Actions::default();
        self.session.receive(now(), &[head.as_bytes(), &body].concat(), &mut out);
        let mut answer = Vec::new();
        for action in out.drain() {
            if let Action::Send(bytes) = action {
                answer.extend(bytes);
            }
        }
        let at = answer.windows(4).position(|at| at == b"\r\n\r\n").unwrap();
        Envelope::<T::Response>::from_xml_document(&answer[at + 4..]).map(|it| it.body)
    }

    /// The only message of an answer, which tells of success.
    fn one<T: Operation + Clone>(
        &mut self,
        operation: &T,
    ) -> <T::Response as OperationResponse>::Message {
        let answer = self.ask(operation).unwrap();
        match answer.into_response_messages().into_iter().next().unwrap() {
            ResponseClass::Success(message) => message,
            ResponseClass::Error(error) => panic!("{error:?}"),
            ResponseClass::Warning(_) => panic!("a warning"),
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap()
}

fn server(faults: Vec<Fault>) -> ExchangeServer {
    let mut store = MailStore::new("example.com");
    let ann = store.add_mailbox("ann@example.com", "ann", "secret").unwrap();
    let ids = ItemIds::starting_at(ItemId(1));
    for seed in 0..3 {
        let body = Body::Generated { seed, octets: 4_000, kind: BodyKind::Multipart };
        store.deliver(ann, Mail { item: ids.next_id(), arrived: now(), body }).unwrap();
    }
    assert_eq!(ann, MailboxIx(0));
    let options = ExchangeOptions::new("mail.example.com", ExchangeVersion::Exchange2013);
    ExchangeServer::new(options, store.shared(), ids, FaultPlan::new(faults, 1), 1)
}

fn folder(id: &str) -> BaseFolderId {
    BaseFolderId::DistinguishedFolderId { id: id.into(), change_key: None, mailbox: None }
}

fn shape(base_shape: BaseShape) -> ItemShape {
    ItemShape { base_shape, ..ItemShape::default() }
}

fn sync(state: Option<String>) -> SyncFolderItems {
    SyncFolderItems {
        item_shape: shape(BaseShape::IdOnly),
        sync_folder_id: folder("inbox"),
        sync_state: state,
        ignore: None,
        max_changes_returned: 100,
        sync_scope: None,
    }
}

#[test]
fn folders_are_read() {
    let mut client = Thunderbird::of(&server(Vec::new()));
    let names = ["msgfolderroot", "inbox", "deleteditems", "drafts", "outbox", "sentitems"];
    let request = GetFolder {
        folder_shape: FolderShape { base_shape: BaseShape::AllProperties },
        folder_ids: names.map(folder).into(),
    };
    let answer = client.ask(&request).unwrap();
    assert_eq!(answer.response_messages().len(), names.len());
    let request = SyncFolderHierarchy {
        folder_shape: FolderShape { base_shape: BaseShape::IdOnly },
        sync_folder_id: Some(folder("msgfolderroot")),
        sync_state: None,
    };
    let hierarchy = client.one(&request);
    assert_eq!(hierarchy.changes.inner.len(), 9);
    assert!(hierarchy.includes_last_folder_in_range);
}

#[test]
fn mail_is_synchronised_read_and_marked() {
    let mut client = Thunderbird::of(&server(Vec::new()));
    let first = client.one(&sync(None));
    assert!(first.includes_last_item_in_range);
    let ids: Vec<ews::ItemId> = first
        .changes
        .inner
        .iter()
        .map(|change| match change {
            Change::Create { item } => item.inner_message().item_id.clone().unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids.len(), 3);
    let id = |id: &ews::ItemId| BaseItemId::ItemId { id: id.id.clone(), change_key: None };
    let mut all = shape(BaseShape::AllProperties);
    all.include_mime_content = Some(true);
    let items = client.one(&GetItem { item_shape: all, item_ids: vec![id(&ids[0])] });
    let message = items.items.inner[0].inner_message();
    assert_eq!(message.subject.as_deref(), Some("Figures of the quarter (1)"));
    let mime = STANDARD.decode(&message.mime_content.as_ref().unwrap().content).unwrap();
    assert_eq!(mime.len(), 4_000);
    assert_eq!(message.is_read, Some(false));

    let read = ItemChangeDescription::SetItemField {
        field_uri: PathToElement::FieldURI { field_URI: "message:IsRead".into() },
        message: Message { is_read: Some(true), ..Message::default() },
    };
    let changes = vec![ItemChange {
        item_change: ItemChangeInner {
            item_id: id(&ids[0]),
            updates: Updates { inner: vec![read] },
        },
    }];
    let update = UpdateItem {
        item_changes: changes,
        message_disposition: MessageDisposition::SaveOnly,
        conflict_resolution: Some(ConflictResolution::AlwaysOverwrite),
    };
    client.one(&update);
    let second = client.one(&sync(Some(first.sync_state)));
    assert!(matches!(&*second.changes.inner, [Change::ReadFlagChange { is_read: true, .. }]));
}

#[test]
fn mail_is_sent_as_mime() {
    let mut client = Thunderbird::of(&server(Vec::new()));
    let mime = "From: ann@example.com\r\nTo: ann@example.com\r\nSubject: Me\r\n\r\nHi\r\n";
    let mime_content = MimeContent { character_set: None, content: STANDARD.encode(mime) };
    let message = Message { mime_content: Some(mime_content), ..Message::default() };
    let request = CreateItem {
        message_disposition: Some(MessageDisposition::SendOnly),
        saved_item_folder_id: None,
        items: vec![RealItem::Message(message)],
    };
    assert!(client.one(&request).items.inner.is_empty());
    assert_eq!(client.one(&sync(None)).changes.inner.len(), 4);
}

#[test]
fn a_busy_server_says_for_how_long() {
    let fault = |shape| Fault {
        name: "busy".into(),
        matcher: Matcher {
            operations: vec![Asked::SyncFolderItems],
            mailboxes: None,
            from: None,
            until: None,
            which: Which::Every,
        },
        effect: Effect::Ews(EwsRefusal::usual(shape)),
    };
    let mut client = Thunderbird::of(&server(vec![fault(EwsShape::ServerBusy)]));
    let Err(ews::Error::RequestFault(refused)) = client.ask(&sync(None)) else { panic!() };
    let told = format!("{:?}", refused.detail.unwrap().message_xml);
    assert!(told.contains("297749"), "{told}");
    let mut client = Thunderbird::of(&server(vec![fault(EwsShape::ServerBusyMessage)]));
    let answer = client.ask(&sync(None)).unwrap();
    let ResponseClass::Error(error) = &answer.response_messages()[0] else { panic!() };
    assert!(format!("{error:?}").contains("297749"), "{error:?}");
}
