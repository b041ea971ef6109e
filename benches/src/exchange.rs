//! Quiet Exchange cycles as calls of hyper and the codec: what the engine asks when nothing is new,
//! and what the fake server answers, each written and read anew every time.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use fake_servers::exchange::versions::ExchangeVersion;
use fake_servers::exchange::{ExchangeOptions, ExchangeServer};
use fake_servers::store::MailStore;
use fake_servers::{Action, Actions, FaultPlan, ItemId, ItemIds, Session};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use hyper::{Request, Response, StatusCode, header};
use jiff::Timestamp;
use syncsim::world::virtual_world::HttpDialogue;
use wire::ews::folders::BaseShape;
use wire::ews::items::SyncFolderItems;
use wire::ews::services::{
    Category, CategoryList, ConfigurationName, CreateUserConfiguration, GetUserConfiguration,
    UserConfiguration,
};
use wire::ews::{
    Base64, Field, FolderRef, ItemShape, RequestEnvelope, RequestHeader, Response as Answer,
    ResponseBody, ResponseEnvelope, SyncState,
};

const USER: &str = "quiet@example.com";
/// `quiet@example.com:secret`.
const AUTHORIZATION: &str = "Basic cXVpZXRAZXhhbXBsZS5jb206c2VjcmV0";
const XML: &str = "text/xml; charset=utf-8";
const PATH: &str = "/EWS/Exchange.asmx";

/// What cycles ask that find nothing: the folder's changes, and the list of categories in every
/// third, which is every 15 minutes.
pub struct QuietCycles {
    changes: Asked,
    list: Asked,
    exchanges: AtomicU64,
    date: HeaderValue,
}

/// A request and its answer.
struct Asked {
    request: RequestEnvelope,
    answer: ResponseEnvelope,
}

impl QuietCycles {
    /// Cycles to a look at the list.
    const CYCLES: u64 = 3;

    /// Exchanges in as many cycles.
    const EXCHANGES: u64 = Self::CYCLES + 1;

    /// Asks the fake server for its changes from the beginning and again when there are none, and
    /// for a list that has the two categories of the engine.
    ///
    /// # Errors
    /// When it does not answer as it should.
    pub fn learn(now: Timestamp) -> io::Result<Self> {
        let mut mail = MailStore::new("example.com");
        mail.add_mailbox(USER, USER, "secret").map_err(io::Error::other)?;
        let options = ExchangeOptions::new("exchange", ExchangeVersion::Exchange2019);
        let ids = ItemIds::starting_at(ItemId(1));
        let faults = FaultPlan::new(Vec::new(), 0);
        let server = ExchangeServer::new(options, mail.shared(), ids, faults, 0);
        let mut session = server.session();
        let first = said(&mut session, now, &sync(None))?;
        let state = match &first.body {
            ResponseBody::Response(Answer::SyncFolderItems(messages)) => {
                messages.first().map(|message| message.content.state.clone())
            }
            _ => None,
        };
        let state = state.ok_or_else(|| io::Error::other("no state in the first answer"))?;
        said(&mut session, now, &keep_list(now)?)?;
        let mut asked = |request: RequestEnvelope| -> io::Result<Asked> {
            let answer = said(&mut session, now, &request)?;
            Ok(Asked { request, answer })
        };
        Ok(Self {
            changes: asked(sync(Some(state)))?,
            list: asked(look())?,
            exchanges: AtomicU64::new(0),
            date: HeaderValue::from_static("Mon, 02 Mar 2026 00:00:00 GMT"),
        })
    }

    /// How many cycles so many exchanges are.
    #[must_use]
    pub const fn cycles(exchanges: u64) -> u64 {
        exchanges * Self::CYCLES / Self::EXCHANGES
    }
}

fn list_name() -> ConfigurationName {
    let folder = FolderRef::Distinguished { name: CategoryList::FOLDER.to_owned(), mailbox: None };
    ConfigurationName { name: CategoryList::CONFIGURATION.to_owned(), folder }
}

/// A mailbox gets a list as the engine leaves it.
fn keep_list(now: Timestamp) -> io::Result<RequestEnvelope> {
    let mut list = CategoryList::empty(now).map_err(io::Error::other)?;
    for (name, last) in
        [("Tracked to Dynamics 365", 1), ("Tracked to Dynamics 365 (Undeliverable)", 2)]
    {
        let guid = format!("{{00000000-0000-0000-0000-00000000000{last}}}");
        let category = Category { name: name.to_owned(), color: 7, guid };
        list.add(&category, now).map_err(io::Error::other)?;
    }
    let xml = Some(Base64(list.as_bytes().to_vec()));
    let configuration = UserConfiguration { xml, ..UserConfiguration::empty(list_name()) };
    let request = CreateUserConfiguration { configuration };
    Ok(enveloped(wire::ews::Request::CreateUserConfiguration(request)))
}

/// The engine's request for the list.
fn look() -> RequestEnvelope {
    enveloped(wire::ews::Request::GetUserConfiguration(GetUserConfiguration {
        name: list_name(),
        properties: "XmlData".to_owned(),
    }))
}

fn enveloped(request: wire::ews::Request) -> RequestEnvelope {
    RequestEnvelope { header: RequestHeader::version("Exchange2013"), request }
}

/// The list in an answer, read.
fn list(answer: &ResponseEnvelope) -> Option<CategoryList> {
    let ResponseBody::Response(Answer::GetUserConfiguration(messages)) = &answer.body else {
        return None;
    };
    let found = messages.first()?.content.configuration.as_ref()?;
    CategoryList::read(&found.xml.as_ref()?.0).ok()
}

/// The engine's request for changes.
fn sync(state: Option<SyncState>) -> RequestEnvelope {
    let shape = ItemShape::new(BaseShape::IdOnly)
        .with(Field::ItemDateTimeReceived)
        .with(Field::ItemSize)
        .with(Field::ItemCategories);
    let request = wire::ews::Request::SyncFolderItems(SyncFolderItems {
        shape,
        folder: FolderRef::Distinguished { name: "inbox".to_owned(), mailbox: None },
        state,
        ignore: None,
        max_changes: 512,
        scope: None,
    });
    enveloped(request)
}

fn said(
    session: &mut impl Session,
    now: Timestamp,
    request: &RequestEnvelope,
) -> io::Result<ResponseEnvelope> {
    let body = request.write();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: exchange\r\nAuthorization: {AUTHORIZATION}\r\n\
         Content-Type: {XML}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut out = Actions::default();
    session.receive(now, &[head.as_bytes(), &body].concat(), &mut out);
    let bytes: Vec<u8> = out
        .drain()
        .flat_map(|action| if let Action::Send(bytes) = action { bytes } else { Vec::new() })
        .collect();
    let start = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    let body = start.and_then(|start| bytes.get(start..)).unwrap_or_default();
    ResponseEnvelope::read(body).map_err(io::Error::other)
}

impl HttpDialogue for QuietCycles {
    fn request(&self) -> Request<Full<Bytes>> {
        let nth = self.exchanges.fetch_add(1, Ordering::Relaxed);
        let asked = if nth.is_multiple_of(Self::EXCHANGES) { &self.list } else { &self.changes };
        let mut request = Request::new(Full::new(Bytes::from(asked.request.write())));
        *request.method_mut() = hyper::Method::POST;
        *request.uri_mut() = hyper::Uri::from_static(PATH);
        let headers = request.headers_mut();
        headers.insert(header::HOST, HeaderValue::from_static("exchange"));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(AUTHORIZATION));
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/xml"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(XML));
        headers.insert(header::USER_AGENT, HeaderValue::from_static("sync-engine"));
        headers.insert("x-anchormailbox", HeaderValue::from_static(USER));
        request
    }

    fn answer(&self, body: &[u8]) -> Response<Full<Bytes>> {
        let Ok(read) = RequestEnvelope::read(body) else {
            let mut refused = Response::new(Full::default());
            *refused.status_mut() = StatusCode::BAD_REQUEST;
            return refused;
        };
        let asked = match read.request {
            wire::ews::Request::GetUserConfiguration(_) => &self.list,
            _ => &self.changes,
        };
        let mut response = Response::new(Full::new(Bytes::from(asked.answer.write())));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(XML));
        headers.insert(header::DATE, self.date.clone());
        response
    }

    fn read(&self, body: &[u8]) -> bool {
        ResponseEnvelope::read(body).is_ok_and(|answer| {
            answer == self.changes.answer || (answer == self.list.answer && list(&answer).is_some())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_answer_has_a_state_and_no_change() {
        let quiet = QuietCycles::learn(Timestamp::UNIX_EPOCH).unwrap();
        let ResponseBody::Response(Answer::SyncFolderItems(messages)) = &quiet.changes.answer.body
        else {
            panic!("{:?}", quiet.changes.answer)
        };
        let content = &messages[0].content;
        assert!(content.is_last && content.changes.as_ref().is_none_or(Vec::is_empty));
    }

    #[test]
    fn every_third_cycle_looks_at_a_list_of_two() {
        let quiet = QuietCycles::learn(Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(list(&quiet.list.answer).map(|list| list.categories().count()), Some(2));
        assert_eq!(QuietCycles::cycles(400), 300);
    }
}
