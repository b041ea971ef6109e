//! A server and a client that speaks to it in bytes, as clients do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use schema_check::Batch;
use wire::ews::folders::BaseShape;
use wire::ews::folders::{DeleteType, FolderShape};
use wire::ews::items::{
    CreateItem, DeleteItem, FindItem, GetItem, ItemTraversal, MessageDisposition, SendItem,
    SyncFolderItems,
};
use wire::ews::value::MimeContent;
use wire::ews::{
    Fault, Field, FolderRef, Item, ItemClass, ItemId, ItemRef, ItemShape, Request, RequestEnvelope,
    Response, ResponseBody, ResponseCode, ResponseEnvelope, SyncState,
};

use crate::exchange::versions::ExchangeVersion;
use crate::exchange::{ExchangeOptions, ExchangeServer, ExchangeSession};
use crate::store::{Body, BodyKind, MailStore, Message, SharedStore, lock_store};
use crate::{
    Action, Actions, Fault as ServerFault, FaultPlan, ItemIds, MailboxIx, ServerEvent, Session,
};

pub(super) const ANN: MailboxIx = MailboxIx(0);
pub(super) const BOB: MailboxIx = MailboxIx(1);
const HOST: &str = "mail.example.com";

pub(super) fn start() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap()
}

pub(super) fn second(n: i64) -> Timestamp {
    start() + SignedDuration::from_secs(n)
}

/// Mailboxes of Ann and Bob behind one server.
pub(super) struct World {
    pub(super) store: SharedStore,
    pub(super) server: ExchangeServer,
    pub(super) ids: ItemIds,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(|_| {}, Vec::new())
    }

    pub(super) fn with(set: impl FnOnce(&mut ExchangeOptions), faults: Vec<ServerFault>) -> Self {
        let mut store = MailStore::new(HOST);
        for name in ["ann", "bob"] {
            let address = format!("{name}@example.com");
            store.add_mailbox(&address, name, "secret").unwrap();
        }
        let store = store.shared();
        let ids = ItemIds::starting_at(crate::ItemId(100));
        let mut options = ExchangeOptions::new(HOST, ExchangeVersion::Exchange2019);
        options.local_domains = vec!["example.com".into()];
        set(&mut options);
        let faults = FaultPlan::new(faults, 1);
        let server = ExchangeServer::new(options, store.clone(), ids.clone(), faults, 1);
        Self { store, server, ids }
    }

    /// The same mailboxes behind a server that has just started.
    pub(super) fn restarted(self) -> Self {
        let mut options = ExchangeOptions::new(HOST, ExchangeVersion::Exchange2019);
        options.local_domains = vec!["example.com".into()];
        let faults = FaultPlan::new(Vec::new(), 1);
        let server = ExchangeServer::new(options, self.store.clone(), self.ids.clone(), faults, 1);
        Self { server, ..self }
    }

    pub(super) fn deliver(&self, mailbox: MailboxIx, seed: u64) -> crate::ItemId {
        let body = Body::Generated { seed, octets: 2_000, kind: BodyKind::Plain };
        let item = self.ids.next_id();
        let message = Message { item, arrived: start(), body };
        lock_store(&self.store).deliver(mailbox, message).unwrap();
        item
    }

    pub(super) fn ann(&self) -> Client {
        Client::new(self, "ann")
    }

    pub(super) fn bob(&self) -> Client {
        Client::new(self, "bob")
    }
}

/// A connection with somebody at the other end.
pub(super) struct Client {
    pub(super) session: ExchangeSession,
    user: &'static str,
    pub(super) now: Timestamp,
    pub(super) events: Vec<ServerEvent>,
    /// Every answer is judged by the published schema in the end.
    answers: Batch,
}

impl Drop for Client {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.answers.assert_valid();
        }
    }
}

impl Client {
    fn new(world: &World, user: &'static str) -> Self {
        let mut session = world.server.session();
        let mut out = Actions::default();
        session.open(start(), &mut out);
        assert!(out.is_empty());
        let (events, answers) = (Vec::new(), Batch::default());
        Self { session, user, now: start(), events, answers }
    }

    /// Sends bytes and yields what is written back.
    pub(super) fn send(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Actions::default();
        self.session.receive(self.now, bytes, &mut out);
        self.take(&mut out)
    }

    pub(super) fn take(&mut self, out: &mut Actions) -> Vec<u8> {
        let mut written = Vec::new();
        for action in out.drain() {
            match action {
                Action::Send(bytes) | Action::Dribble { bytes, .. } => written.extend(bytes),
                Action::Event(event) => self.events.push(event),
                _ => {}
            }
        }
        written
    }

    pub(super) fn head(&self, path: &str, length: usize) -> String {
        let login = STANDARD.encode(format!("{}:secret", self.user));
        format!(
            "POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Basic {login}\r\n\
             Content-Type: text/xml; charset=utf-8\r\nContent-Length: {length}\r\n\r\n"
        )
    }

    /// Posts a document and yields the status and the body.
    pub(super) fn post(&mut self, body: &[u8]) -> (u16, Vec<u8>) {
        let head = self.head("/EWS/Exchange.asmx", body.len());
        let answer = self.send(&[head.as_bytes(), body].concat());
        split(&answer)
    }

    pub(super) fn ask_envelope(&mut self, envelope: &RequestEnvelope) -> ResponseBody {
        let (status, body) = self.post(&envelope.write());
        let name = envelope.request.name();
        self.answers.add(format!("{name} {}", self.answers.len()), body.clone());
        let answer = ResponseEnvelope::read(&body).unwrap();
        assert!(answer.server.is_some(), "every answer says which server it is");
        let fault = matches!(answer.body, ResponseBody::Fault(_));
        assert_eq!(status, if fault { 500 } else { 200 });
        answer.body
    }

    pub(super) fn ask(&mut self, request: Request) -> Response {
        match self.ask_envelope(&RequestEnvelope::new("Exchange2016", request)) {
            ResponseBody::Response(response) => response,
            ResponseBody::Fault(fault) => panic!("{fault:?}"),
        }
    }

    pub(super) fn fault(&mut self, request: Request) -> Fault {
        match self.ask_envelope(&RequestEnvelope::new("Exchange2016", request)) {
            ResponseBody::Fault(fault) => fault,
            ResponseBody::Response(response) => panic!("{response:?}"),
        }
    }

    /// Creates one item; its id, unless it was only sent.
    pub(super) fn create(
        &mut self,
        item: Item,
        disposition: Option<MessageDisposition>,
        folder: Option<&str>,
    ) -> Result<Option<ItemId>, ResponseCode> {
        let request = CreateItem {
            message_disposition: disposition,
            send_meeting_invitations: Some(wire::ews::items::SendMeetingInvitations::SendToNone),
            saved_item_folder: folder.map(FolderRef::distinguished),
            items: vec![item],
        };
        let Response::CreateItem(answers) = self.ask(Request::CreateItem(request)) else {
            panic!()
        };
        let answer = answers.into_iter().next().unwrap();
        if answer.code.is_ok() {
            Ok(answer.content.first().map(|item| item.id().unwrap().clone()))
        } else {
            Err(answer.code)
        }
    }

    pub(super) fn get(&mut self, id: &ItemId, shape: ItemShape) -> Result<Item, ResponseCode> {
        let request = GetItem { shape, item_ids: vec![ItemRef::Id(id.clone())] };
        let Response::GetItem(answers) = self.ask(Request::GetItem(request)) else { panic!() };
        let answer = answers.into_iter().next().unwrap();
        if answer.code.is_ok() { Ok(answer.content.items[0].clone()) } else { Err(answer.code) }
    }

    pub(super) fn all(&mut self, id: &ItemId) -> Item {
        self.get(id, ItemShape::new(BaseShape::AllProperties)).unwrap()
    }

    pub(super) fn mime(&mut self, id: &ItemId) -> Vec<u8> {
        let shape = ItemShape::new(BaseShape::IdOnly).with(Field::ItemMimeContent);
        let item = self.get(id, shape).unwrap();
        match item.properties.field(Field::ItemMimeContent) {
            Some(wire::ews::Value::Mime(mime)) => mime.content.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// The ids of a folder's items, newest first.
    pub(super) fn list(&mut self, folder: &str) -> Vec<ItemId> {
        let items = self.found(find(folder));
        items.into_iter().map(|item| item.id().unwrap().clone()).collect()
    }

    pub(super) fn found(&mut self, request: FindItem) -> Vec<Item> {
        let Response::FindItem(answers) = self.ask(Request::FindItem(request)) else { panic!() };
        assert!(answers[0].is_ok(), "{answers:?}");
        answers.into_iter().next().unwrap().content.root.unwrap().items
    }

    pub(super) fn delete(&mut self, id: &ItemId, how: DeleteType) -> ResponseCode {
        let request = DeleteItem {
            delete_type: how,
            send_meeting_cancellations: None,
            affected_task_occurrences: None,
            suppress_read_receipts: None,
            item_ids: vec![ItemRef::Id(id.clone())],
        };
        let Response::DeleteItem(answers) = self.ask(Request::DeleteItem(request)) else {
            panic!()
        };
        answers[0].code.clone()
    }

    pub(super) fn send_item(&mut self, id: &ItemId, save: bool) -> ResponseCode {
        let request = SendItem {
            save_item_to_folder: save,
            item_ids: vec![ItemRef::Id(id.clone())],
            saved_item_folder: None,
        };
        let Response::SendItem(answers) = self.ask(Request::SendItem(request)) else { panic!() };
        answers[0].code.clone()
    }

    pub(super) fn sync(
        &mut self,
        folder: &str,
        state: &SyncState,
        most: i32,
    ) -> wire::ews::ResponseMessage<wire::ews::items::SyncedItems> {
        let request = SyncFolderItems {
            shape: ItemShape::new(BaseShape::IdOnly),
            folder: FolderRef::distinguished(folder),
            state: (!state.0.is_empty()).then(|| state.clone()),
            ignore: None,
            max_changes: most,
            scope: None,
        };
        let request = Request::SyncFolderItems(request);
        let Response::SyncFolderItems(answers) = self.ask(request) else { panic!() };
        answers.into_iter().next().unwrap()
    }
}

pub(super) fn find(folder: &str) -> FindItem {
    FindItem {
        traversal: ItemTraversal::Shallow,
        shape: ItemShape::new(BaseShape::IdOnly),
        view: None,
        grouping: None,
        restriction: None,
        sort_order: None,
        parents: vec![FolderRef::distinguished(folder)],
        query: None,
    }
}

/// Status and body of an answer.
pub(super) fn split(answer: &[u8]) -> (u16, Vec<u8>) {
    let end = answer.windows(4).position(|at| at == b"\r\n\r\n").unwrap() + 4;
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    (head[9..12].parse().unwrap(), answer[end..].to_vec())
}

pub(super) fn folder_shape() -> FolderShape {
    FolderShape { base: BaseShape::AllProperties, additional: Vec::new() }
}

/// A message that comes as bytes.
pub(super) fn as_mime(to: &str, id: &str) -> (Item, Vec<u8>) {
    let bytes = format!(
        "From: ann@example.com\r\nTo: {to}\r\nSubject: Hello\r\nMessage-ID: <{id}>\r\n\r\nHi\r\n"
    )
    .into_bytes();
    let mime = MimeContent::new(bytes.clone());
    (Item::new(ItemClass::Message).with(Field::ItemMimeContent, mime), bytes)
}
