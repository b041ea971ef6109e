//! A quiet Exchange cycle as calls of hyper and the codec: what the engine asks when nothing is
//! new, and what the fake server answers, each written and read anew every time.

use std::io;

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
use wire::ews::{
    Field, FolderRef, ItemShape, RequestEnvelope, RequestHeader, ResponseBody, ResponseEnvelope,
    SyncState,
};

const USER: &str = "quiet@example.com";
/// `quiet@example.com:secret`.
const AUTHORIZATION: &str = "Basic cXVpZXRAZXhhbXBsZS5jb206c2VjcmV0";
const XML: &str = "text/xml; charset=utf-8";
const PATH: &str = "/EWS/Exchange.asmx";

/// The one exchange of a cycle that finds nothing.
pub struct QuietSync {
    request: RequestEnvelope,
    answer: ResponseEnvelope,
    date: HeaderValue,
}

impl QuietSync {
    /// Asks the fake server twice: from the beginning, and again when nothing has changed.
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
            ResponseBody::Response(wire::ews::Response::SyncFolderItems(messages)) => {
                messages.first().map(|message| message.content.state.clone())
            }
            _ => None,
        };
        let state = state.ok_or_else(|| io::Error::other("no state in the first answer"))?;
        let request = sync(Some(state));
        let answer = said(&mut session, now, &request)?;
        Ok(Self {
            request,
            answer,
            date: HeaderValue::from_static("Mon, 02 Mar 2026 00:00:00 GMT"),
        })
    }
}

/// The engine's own request.
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
    RequestEnvelope { header: RequestHeader::version("Exchange2013"), request }
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

impl HttpDialogue for QuietSync {
    fn request(&self) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(Bytes::from(self.request.write())));
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
        if RequestEnvelope::read(body).is_err() {
            let mut refused = Response::new(Full::default());
            *refused.status_mut() = StatusCode::BAD_REQUEST;
            return refused;
        }
        let mut response = Response::new(Full::new(Bytes::from(self.answer.write())));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(XML));
        headers.insert(header::DATE, self.date.clone());
        response
    }

    fn read(&self, body: &[u8]) -> bool {
        ResponseEnvelope::read(body).is_ok_and(|answer| answer == self.answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_answer_has_a_state_and_no_change() {
        let quiet = QuietSync::learn(Timestamp::UNIX_EPOCH).unwrap();
        let ResponseBody::Response(wire::ews::Response::SyncFolderItems(messages)) =
            &quiet.answer.body
        else {
            panic!("{:?}", quiet.answer)
        };
        let content = &messages[0].content;
        assert!(content.is_last && content.changes.as_ref().is_none_or(Vec::is_empty));
    }
}
