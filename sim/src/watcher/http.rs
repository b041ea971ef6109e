//! Such a client's conversation: one HTTP connection over whatever network it is given, requests in
//! envelopes one after the other, and answers that go on.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper_util::rt::TokioIo;
use sync_engine::Endpoint;
use tokio::sync::oneshot;
use tokio::time::timeout;
use wire::ews::{Limits, Request, RequestEnvelope, Response, ResponseBody, ResponseEnvelope};

use super::documents::Documents;
use super::trouble::{Trouble, retry_after};
use crate::world::Seams;

/// The schema it speaks.
const VERSION: &str = "Exchange2013";
/// For a connection to come about, and for an answer that does not go on to be whole.
const PATIENCE: Duration = Duration::from_mins(1);
/// Without a word on an answer that goes on, a connection is taken for dead. Servers give a sign of
/// life every 45 seconds (field.md 3.2); this is two of them and a little.
const SILENCE: Duration = Duration::from_secs(100);
/// Octets of an answer.
const LONGEST: usize = 4 * 1024 * 1024;
/// How deep its elements may nest.
const DEPTH: usize = 100;

/// How a server lets clients in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ways {
    /// User name and password.
    Basic,
    /// A token.
    Bearer,
}

/// Whose mailbox, where, and how it is opened.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    endpoint: Endpoint,
    headers: HeaderMap,
}

impl Account {
    /// A mailbox at an endpoint; the secret is a password or a token.
    #[must_use]
    pub(crate) fn new(endpoint: Endpoint, address: &str, ways: Ways, secret: &str) -> Self {
        let authorization = match ways {
            Ways::Basic => {
                format!("Basic {}", BASE64_STANDARD.encode(format!("{address}:{secret}")))
            }
            Ways::Bearer => format!("Bearer {secret}"),
        };
        let mut headers = HeaderMap::new();
        for (name, text) in [
            (header::HOST, endpoint.host.as_str()),
            (header::AUTHORIZATION, authorization.as_str()),
            (header::CONTENT_TYPE, "text/xml; charset=utf-8"),
            (header::ACCEPT, "text/xml"),
            (header::USER_AGENT, "watcher"),
            // Subscriptions live on one server of several (domain.md 4.4).
            (HeaderName::from_static("x-anchormailbox"), address),
            (HeaderName::from_static("x-preferserveraffinity"), "true"),
        ] {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        }
        Self { endpoint, headers }
    }
}

/// The conversation.
pub(super) struct Conversation {
    account: Arc<Account>,
    seams: Seams,
    connection: Option<Connection>,
}

struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// Its task ends with this.
    _life: oneshot::Sender<()>,
}

impl Conversation {
    /// Says nothing yet.
    pub(super) const fn new(account: Arc<Account>, seams: Seams) -> Self {
        Self { account, seams, connection: None }
    }

    /// Says a request and reads its answer.
    pub(super) async fn ask(&mut self, request: Request) -> Result<Response, Trouble> {
        let asking = async {
            let (answer, connection) = self.send(request).await?;
            let body = Limited::new(answer.into_body(), LONGEST);
            let whole = body.collect().await.map_err(|error| {
                let is_long = error.is::<LengthLimitError>();
                if is_long { Trouble::Garbled(error.to_string()) } else { Trouble::Cut }
            })?;
            self.connection = Some(connection);
            understood(&whole.to_bytes())
        };
        timeout(PATIENCE, asking).await.unwrap_or(Err(Trouble::Cut))
    }

    /// Says a request whose answer goes on.
    pub(super) async fn open(&mut self, request: Request) -> Result<Stream, Trouble> {
        let sent = timeout(PATIENCE, self.send(request)).await.unwrap_or(Err(Trouble::Cut));
        let (answer, connection) = sent?;
        Ok(Stream { body: answer.into_body(), documents: Documents::default(), connection })
    }

    /// The stream has ended in order; its connection can be used again.
    pub(super) fn take_back(&mut self, stream: Stream) {
        self.connection = Some(stream.connection);
    }

    /// Says a request; the head of an answer that is an envelope, or several. The connection is
    /// kept only by whoever reads the answer to its end.
    async fn send(
        &mut self,
        request: Request,
    ) -> Result<(hyper::Response<Incoming>, Connection), Trouble> {
        // The other side may have closed it since.
        let kept = self.connection.take().filter(|kept| !kept.sender.is_closed());
        let mut connection = match kept {
            Some(kept) => kept,
            None => self.connect().await?,
        };
        let body = Bytes::from(RequestEnvelope::new(VERSION, request).write());
        let mut http = hyper::Request::new(Full::new(body));
        *http.method_mut() = hyper::Method::POST;
        *http.uri_mut() = hyper::Uri::from_static("/EWS/Exchange.asmx");
        http.headers_mut().clone_from(&self.account.headers);
        connection.sender.ready().await.map_err(|_| Trouble::Cut)?;
        let answer = connection.sender.send_request(http).await.map_err(|error| {
            if error.is_parse() { Trouble::Garbled(error.to_string()) } else { Trouble::Cut }
        })?;
        match answer.status().as_u16() {
            // A fault may come with either.
            200 | 500 => Ok((answer, connection)),
            status => {
                let asked = answer.headers().get(header::RETRY_AFTER);
                let now = self.seams.clock.now();
                let back_off =
                    asked.and_then(|asked| asked.to_str().ok()).and_then(|it| retry_after(it, now));
                Err(Trouble::Status { status, back_off })
            }
        }
    }

    async fn connect(&self) -> Result<Connection, Trouble> {
        let stream = self.seams.connector.connect(&self.account.endpoint).await;
        let stream = TokioIo::new(stream.map_err(|_| Trouble::Unreachable)?);
        let (sender, carrier) = http1::handshake(stream).await.map_err(|_| Trouble::Cut)?;
        let (life, end) = oneshot::channel();
        self.seams.spawner.spawn(Box::pin(async move {
            let carrier = pin!(carrier);
            // How it ends, whoever waits for an answer on it finds out.
            tokio::select! {
                biased;
                _ = end => {}
                _ = carrier => {}
            }
        }));
        Ok(Connection { sender, _life: life })
    }
}

/// An answer that goes on.
pub(super) struct Stream {
    body: Incoming,
    documents: Documents,
    connection: Connection,
}

impl Stream {
    /// The next document; none when the answer has come to its end.
    pub(super) async fn next(&mut self) -> Result<Option<Response>, Trouble> {
        loop {
            if let Some(document) = self.documents.next() {
                return understood(&document).map(Some);
            }
            let frame = timeout(SILENCE, self.body.frame()).await.map_err(|_| Trouble::Cut)?;
            let Some(frame) = frame else {
                let is_torn = self.documents.is_torn();
                return if is_torn { Err(Trouble::Cut) } else { Ok(None) };
            };
            let frame = frame.map_err(|_| Trouble::Cut)?;
            if let Ok(octets) = frame.into_data()
                && self.documents.feed(&octets).is_err()
            {
                return Err(Trouble::Garbled("a document without end".to_owned()));
            }
        }
    }
}

/// What an envelope says, if it is an answer.
fn understood(document: &[u8]) -> Result<Response, Trouble> {
    let limits = Limits { bytes: LONGEST, depth: DEPTH };
    match ResponseEnvelope::read_within(document, limits).map(|envelope| envelope.body) {
        Ok(ResponseBody::Response(response)) => Ok(response),
        Ok(ResponseBody::Fault(fault)) => Err(Trouble::of_fault(&fault)),
        Err(error) => Err(Trouble::Garbled(error.to_string())),
    }
}
