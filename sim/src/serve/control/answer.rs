//! What a call comes to: a status, and JSON, a message, or events without end.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::{Either, Full};
use hyper::body::{Body, Bytes, Frame};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;
use tokio::sync::mpsc;

use super::model::{Mistake, Problem};
use crate::scenario::Diagnostic;
use crate::serve::hub::Hub;

/// What goes out.
pub(super) type Outgoing = Either<Full<Bytes>, Lines>;

/// What a call comes to.
#[derive(Debug)]
pub(super) enum Answer {
    /// JSON.
    Json(StatusCode, String),
    /// A message (RFC 5322).
    Message(Vec<u8>),
    /// The events from this number on.
    Events(u64),
    /// Done, and nothing to say.
    Done,
}

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) problem: Problem,
    /// The methods that there are instead.
    pub(super) allow: Option<String>,
}

impl Answer {
    /// 200 with this in JSON.
    pub(super) fn ok(value: &impl Serialize) -> Self {
        Self::with(StatusCode::OK, value)
    }

    /// A status with this in JSON.
    pub(super) fn with(status: StatusCode, value: &impl Serialize) -> Self {
        Self::Json(status, json(value))
    }

    /// The response; events come out of the hub.
    pub(super) fn into_response(self, hub: &Arc<Hub>) -> Response<Outgoing> {
        match self {
            Self::Json(status, text) => full(status, "application/json", text.into()),
            Self::Message(bytes) => full(StatusCode::OK, "message/rfc822", bytes.into()),
            Self::Done => {
                let mut response = full(StatusCode::NO_CONTENT, "text/plain", Bytes::new());
                response.headers_mut().remove(CONTENT_TYPE);
                response
            }
            Self::Events(from) => {
                let lines = Either::Right(Lines::of(Arc::clone(hub), from));
                with_type(Response::new(lines), "application/x-ndjson")
            }
        }
    }
}

impl Refusal {
    /// A refusal in a sentence.
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, problem: Problem { error: error.into(), mistakes: Vec::new() }, allow: None }
    }

    /// 400.
    pub(super) fn bad(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 404.
    pub(super) fn not_found(error: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error)
    }

    pub(super) fn into_response(self) -> Response<Outgoing> {
        let mut response = full(self.status, "application/json", json(&self.problem).into());
        if let Some(Ok(allow)) = self.allow.map(HeaderValue::try_from) {
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}

impl From<Vec<Diagnostic>> for Refusal {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        let mistake = |one: Diagnostic| Mistake {
            message: one.message,
            expected: one.expected,
            help: one.help,
        };
        let mistakes: Vec<_> = diagnostics.into_iter().map(mistake).collect();
        let error = mistakes.first().map(|first| first.message.clone()).unwrap_or_default();
        let problem = Problem { error, mistakes };
        Self { status: StatusCode::BAD_REQUEST, problem, allow: None }
    }
}

fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value);
    text.unwrap_or_else(|error| unreachable!("strings and numbers only: {error}")) + "\n"
}

fn full(status: StatusCode, kind: &'static str, bytes: Bytes) -> Response<Outgoing> {
    let mut response = with_type(Response::new(Either::Left(Full::new(bytes))), kind);
    *response.status_mut() = status;
    response
}

fn with_type(mut response: Response<Outgoing>, kind: &'static str) -> Response<Outgoing> {
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Events as they happen, until there are none any more or the reader is gone.
pub(super) struct Lines(mpsc::Receiver<Bytes>);

impl Lines {
    fn of(hub: Arc<Hub>, mut cursor: u64) -> Self {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            loop {
                let lines = tokio::select! {
                    biased;
                    () = sender.closed() => return,
                    lines = hub.read(&mut cursor) => lines,
                };
                let Some(lines) = lines else { return };
                if sender.send(lines.into()).await.is_err() {
                    return;
                }
            }
        });
        Self(receiver)
    }
}

impl Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|lines| lines.map(|lines| Ok(Frame::data(lines))))
    }
}
