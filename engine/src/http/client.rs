//! A cycle's requests to one server, one after the other, over one connection at a time.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Request, Uri};
use tokio::time::timeout;

use super::connection::Connection;
use super::message::{Answer, Ask, HttpError, Repeat};
use crate::{Authentication, Credentials, CycleContext, ServerId, connection};

/// Whose mailbox a request is about, for routing.
const ANCHOR: HeaderName = HeaderName::from_static("x-anchormailbox");

/// The requests of one cycle.
pub(crate) struct Client<'c> {
    ctx: &'c CycleContext,
    server: ServerId,
    connection: Option<Connection>,
    /// The head of every request.
    head: Head,
}

struct Head {
    path: Uri,
    host: HeaderValue,
    authorization: HeaderValue,
    anchor: Option<HeaderValue>,
}

impl<'c> Client<'c> {
    /// A client of an Exchange server, for the cycle's mailbox. Opens nothing yet.
    pub(crate) fn new(ctx: &'c CycleContext, server: ServerId) -> Self {
        let profile = ctx.config.server(server);
        let mailbox = ctx.config.mailbox(ctx.mailbox);
        let exchange = &profile.exchange;
        let credentials = exchange.service_account.as_ref().unwrap_or(&mailbox.credentials);
        let host = match profile.endpoint.port {
            80 | 443 => profile.endpoint.host.clone(),
            port => format!("{}:{port}", profile.endpoint.host),
        };
        let anchor = exchange.use_x_anchor_mailbox.then(|| value(&mailbox.address));
        let head = Head {
            path: exchange.path.parse().unwrap_or_default(),
            host: value(&host),
            authorization: authorization(exchange.authentication, credentials),
            anchor,
        };
        Self { ctx, server, connection: None, head }
    }

    /// Says a request and gives its whole answer, each request within the profile's time-out.
    ///
    /// A server may close a connection while nobody uses it, and nobody is told in time. When
    /// that is what a request met, it is said once more over a new connection: always when not a
    /// byte of it had left, and otherwise only when saying it twice does no harm.
    ///
    /// Nothing is said while the server has told the mailbox to wait, whichever of its cycles it
    /// was that was told.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Result<Answer, HttpError> {
        self.may_ask(ask)?;
        let limit = self.ctx.config.server(self.server).request_timeout;
        let kept = self.connection.take().or_else(|| self.ctx.http.take(self.server));
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.fresh(ask).await?,
        };
        loop {
            let used = connection.used;
            let exchange = connection.exchange(self.head.request(ask.body.clone()), ask);
            let failed = match timeout(limit, exchange).await {
                Ok(Ok(answer)) => {
                    self.connection = Some(connection);
                    return Ok(answer);
                }
                Ok(Err(failed)) => failed,
                Err(_) => {
                    connection.close();
                    return Err(HttpError::Timeout(ask.name, limit));
                }
            };
            connection.close();
            let broke_unused = used && failed.silent && matches!(failed.error, HttpError::Lost(_));
            if !(broke_unused && (failed.unsent || ask.repeat == Repeat::Safe)) {
                return Err(failed.error);
            }
            connection = self.fresh(ask).await?;
        }
    }

    fn may_ask(&self, ask: &Ask) -> Result<(), HttpError> {
        let now = || self.ctx.services.clock.now();
        let hold = self.ctx.holds.at(self.ctx.mailbox, self.server, now);
        hold.map_or(Ok(()), |hold| Err(HttpError::Held(ask.name, hold)))
    }

    /// A new connection to ask over, if that is still wanted when it is there.
    async fn fresh(&mut self, ask: &Ask) -> Result<Connection, HttpError> {
        self.may_ask(ask)?;
        let connection = self.open(ask).await?;
        match self.may_ask(ask) {
            Ok(()) => Ok(connection),
            Err(held) => {
                self.connection = Some(connection);
                Err(held)
            }
        }
    }

    async fn open(&self, ask: &Ask) -> Result<Connection, HttpError> {
        let stream =
            connection::open(self.ctx, self.server).await.map_err(HttpError::NoConnection)?;
        let connection = Connection::over(self.ctx, self.server, stream).await;
        connection.map_err(|_| {
            connection::closed(self.ctx, self.server);
            HttpError::Lost(ask.name)
        })
    }

    /// The cycle is over: leaves the connection to the next.
    pub(crate) fn finish(self) {
        if let Some(connection) = self.connection {
            self.ctx.http.give(connection);
        }
    }
}

/// What the engine calls itself before an HTTP server.
pub const USER_AGENT: &str = "sync-engine";

impl Head {
    fn request(&self, body: Bytes) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = hyper::Method::POST;
        *request.uri_mut() = self.path.clone();
        let headers = request.headers_mut();
        headers.reserve(6);
        headers.insert(header::HOST, self.host.clone());
        headers.insert(header::AUTHORIZATION, self.authorization.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/xml"));
        let content_type = HeaderValue::from_static("text/xml; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, content_type);
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        if let Some(anchor) = &self.anchor {
            headers.insert(ANCHOR, anchor.clone());
        }
        request
    }
}

/// Basic (RFC 7617) or Bearer (RFC 6750).
fn authorization(by: Authentication, credentials: &Credentials) -> HeaderValue {
    let mut said = value(&match by {
        Authentication::Basic => {
            let both = format!("{}:{}", credentials.user, credentials.password);
            format!("Basic {}", BASE64_STANDARD.encode(both))
        }
        Authentication::OAuth => format!("Bearer {}", credentials.password),
    });
    said.set_sensitive(true);
    said
}

/// A validated configuration has nothing in it that could not stand in a header.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_bytes(text.as_bytes()).unwrap_or_else(|_| HeaderValue::from_static(""))
}
