//! The head of a request: which method, which path, which fields, and how the body is framed.

use super::body::Framing;
use super::{Bad, HttpRequest};

/// Fields a head may have.
const FIELDS: usize = 100;

/// What a head says.
#[derive(Debug)]
pub(super) struct Head {
    /// Its body is still to come.
    pub(super) request: HttpRequest,
    pub(super) framing: Framing,
    /// The client waits for a word before it sends the body (RFC 9110 section 10.1.1).
    pub(super) expects: bool,
}

/// Reads a complete head.
pub(super) fn read(bytes: &[u8]) -> Result<Head, Bad> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut parsed = httparse::Request::new(&mut fields);
    match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) | Err(_) => return Err(Bad::Malformed),
    }
    let (Some(method), Some(target), Some(minor)) = (parsed.method, parsed.path, parsed.version)
    else {
        return Err(Bad::Malformed);
    };
    let fields: Vec<(String, String)> = parsed
        .headers
        .iter()
        .map(|it| {
            let value = String::from_utf8_lossy(it.value.trim_ascii()).into_owned();
            (it.name.to_ascii_lowercase(), value)
        })
        .collect();
    // RFC 9112 section 3.2: exactly one Host.
    let hosts = fields.iter().filter(|(name, _)| name == "host").count();
    if hosts > 1 || (minor == 1 && hosts == 0) {
        return Err(Bad::Malformed);
    }
    let framing = framing(&fields, minor)?;
    let says = |name: &str, word: &str| {
        let values = fields.iter().filter(|(known, _)| known == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .any(|it| it.trim().eq_ignore_ascii_case(word))
    };
    let keep_alive =
        if minor == 1 { !says("connection", "close") } else { says("connection", "keep-alive") };
    let expects = minor == 1 && says("expect", "100-continue");
    let request = HttpRequest {
        method: method.to_owned(),
        path: path(target).to_owned(),
        fields,
        body: Vec::new(),
        keep_alive,
    };
    Ok(Head { request, framing, expects })
}

/// The path of a target, which may be given in full (RFC 9112 section 3.2.2).
fn path(target: &str) -> &str {
    let target = match target.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => target,
    };
    target.split(['?', '#']).next().unwrap_or(target)
}

/// RFC 9112 section 6.3. A head that names both framings, or two lengths, is how requests are
/// smuggled.
fn framing(fields: &[(String, String)], minor: u8) -> Result<Framing, Bad> {
    let values = |wanted: &'static str| {
        fields.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.as_str())
    };
    let mut lengths = values("content-length").flat_map(|value| value.split(',')).map(str::trim);
    let mut codings = values("transfer-encoding");
    match (lengths.next(), codings.next()) {
        (None, None) => Ok(Framing::Length(0)),
        (None, Some(coding)) => {
            if minor == 0 || codings.next().is_some() || !coding.eq_ignore_ascii_case("chunked") {
                return Err(Bad::Coding);
            }
            Ok(Framing::chunked())
        }
        (Some(length), None) => {
            let digits = !length.is_empty() && length.bytes().all(|octet| octet.is_ascii_digit());
            if !digits || lengths.any(|other| other != length) {
                return Err(Bad::Malformed);
            }
            // More digits than a number has are more octets than a body may have.
            length.parse().map(Framing::Length).map_err(|_| Bad::BodyTooLarge)
        }
        (Some(_), Some(_)) => Err(Bad::Malformed),
    }
}
