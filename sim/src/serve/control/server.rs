//! The control interface's server: connections and requests, of which neither can be too many nor
//! too large.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::answer::{Answer, Outgoing, Refusal};
use super::deck::Deck;
use super::model::NewMessage;
use super::openapi;
use super::query::Query;
use super::route::{Call, find};

/// Connections at once.
const CONNECTIONS: usize = 256;
/// Octets of a request's body.
const LARGEST_BODY: usize = 64 << 20;
/// How long a client may take over a request's head, and over its body.
const PATIENCE: Duration = Duration::from_secs(30);
/// Until the next try to accept, after the system would not let us.
const AGAIN: Duration = Duration::from_millis(50);

/// Serves until it is dropped.
pub(in crate::serve) async fn serve(listener: TcpListener, deck: Arc<Deck>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(AGAIN).await;
            continue;
        };
        let deck = Arc::clone(&deck);
        tokio::spawn(async move {
            let _place = place;
            let service = service_fn(move |request| respond(Arc::clone(&deck), request));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), service);
            // What goes wrong with a connection is its client's matter.
            let _ = connection.await;
        });
    }
}

async fn respond(
    deck: Arc<Deck>,
    request: Request<Incoming>,
) -> Result<Response<Outgoing>, Infallible> {
    let answer = answer(&deck, request).await;
    Ok(answer.map_or_else(Refusal::into_response, |a| a.into_response(&deck.record.hub)))
}

async fn answer(deck: &Arc<Deck>, request: Request<Incoming>) -> Result<Answer, Refusal> {
    let (head, body) = request.into_parts();
    let (route, values) = find(head.method.as_str(), head.uri.path())?;
    let query = Query::read(head.uri.query().unwrap_or_default(), route.query)?;
    let [first, second] = [0, 1].map(|n| values.get(n).map_or("", String::as_str));
    match route.call {
        Call::OpenApi => Ok(Answer::ok(&openapi::openapi())),
        Call::State => Ok(deck.state()),
        Call::Ledger => Ok(deck.ledger()),
        Call::Events => deck.events(&query),
        Call::Mailboxes => deck.mailboxes(&query),
        Call::Mailbox => deck.one_mailbox(first),
        Call::Messages => deck.messages(first),
        Call::Message => deck.message(first, second),
        Call::Accepted => deck.accepted(&query),
        Call::AcceptedMessage => deck.accepted_message(first),
        Call::Budgets => deck.budgets(&query),
        Call::Faults => Ok(deck.list_faults()),
        Call::StopFault => deck.stop_fault(first),
        Call::Deliver => {
            let bytes = json_body(&head, body).await?;
            let new = NewMessage::read(parse(&bytes)?);
            deck.deliver(first, new.map_err(|error| Refusal::bad(format!("the body: {error}")))?)
        }
        Call::StartFault => {
            let bytes = json_body(&head, body).await?;
            deck.start_fault(&parse(&bytes)?)
        }
    }
}

/// A body that says it is JSON. That is asked for so that no web page in somebody's browser can
/// send one without the browser asking us first.
async fn json_body(head: &hyper::http::request::Parts, body: Incoming) -> Result<Bytes, Refusal> {
    let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let error = "the body must be application/json, and its Content-Type say so";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error));
    }
    let too_large = || {
        let error = format!("the body is larger than {LARGEST_BODY} octets");
        Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, error))
    };
    // Who announces too much need not send it first.
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return too_large();
    }
    match tokio::time::timeout(PATIENCE, Limited::new(body, LARGEST_BODY).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => too_large(),
        Ok(Err(error)) => Err(Refusal::bad(format!("the body did not come whole: {error}"))),
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time")),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| Refusal::bad(format!("the body: {error}")))
}
