//! Every request and every answer that is written here, with all its parts, is read back as it was
//! and is as Microsoft's schema wants it; cut off or broken, it harms nobody.

#![allow(clippy::unwrap_used, reason = "tests may, their helpers included")]

mod events;
mod folders;
mod hostile;
mod items;
mod oracle;
mod samples;
mod search;
mod services;
mod strict;

use schema_check::Batch;
use wire::ews::{
    Request, RequestEnvelope, Response, ResponseBody, ResponseCode, ResponseEnvelope,
    ResponseMessage, ServerVersionInfo,
};

fn requests() -> Vec<Request> {
    [folders::requests(), items::requests(), events::requests(), services::requests()].concat()
}

fn responses() -> Vec<Response> {
    [folders::responses(), items::responses(), events::responses(), services::responses()].concat()
}

fn server() -> ServerVersionInfo {
    ServerVersionInfo {
        major_version: 15,
        minor_version: 20,
        major_build_number: 7,
        minor_build_number: 1,
        version: "V2018_01_08".to_owned(),
    }
}

fn answer(response: Response) -> ResponseEnvelope {
    ResponseEnvelope::new(server(), response)
}

fn failed<T: Default>(code: ResponseCode) -> ResponseMessage<T> {
    ResponseMessage::error(code, "It <failed> & \"badly\".").with("BackOffMilliseconds", "300000")
}

/// In these places the schema has the elements among the types, and the server and all clients
/// among the messages: see `wire::ews::events`.
fn as_the_schema_has_it(response: &Response, document: Vec<u8>) -> Vec<u8> {
    if !matches!(response, Response::GetStreamingEvents(_)) {
        return document;
    }
    let text = String::from_utf8(document).unwrap();
    let text = text.replace("<m:Notification>", "<t:Notification>");
    let text = text.replace("</m:Notification>", "</t:Notification>");
    text.replace("m:SubscriptionId>", "t:SubscriptionId>").into_bytes()
}

#[test]
fn requests_are_read_back_and_valid() {
    let mut batch = Batch::default();
    for request in requests() {
        let name = request.name();
        let envelope = RequestEnvelope::new("Exchange2016", request);
        let document = envelope.write();
        let read = RequestEnvelope::read(&document).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(read, envelope);
        batch.add(name, document);
    }
    batch.assert_valid();
}

#[test]
fn answers_are_read_back_and_valid() {
    let mut batch = Batch::default();
    for response in responses() {
        let name = response.name();
        let envelope = answer(response.clone());
        let document = envelope.write();
        let read = ResponseEnvelope::read(&document).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(read, envelope);
        batch.add(name, as_the_schema_has_it(&response, document));
    }
    batch.assert_valid();
}

/// Some 150 places in a document of this length.
fn places(length: usize) -> impl Iterator<Item = usize> {
    (0..length).step_by(1 + length / 150)
}

#[test]
fn a_document_that_ends_early_is_refused() {
    for request in requests() {
        let document = RequestEnvelope::new("Exchange2016", request).write();
        for end in places(document.len()) {
            assert!(RequestEnvelope::read(&document[..end]).is_err());
        }
    }
    for response in responses() {
        let document = answer(response).write();
        for end in places(document.len()) {
            assert!(ResponseEnvelope::read(&document[..end]).is_err());
        }
    }
}

/// With one byte changed it is read or refused, and what is read can be written again.
#[test]
fn a_broken_byte_harms_nobody() {
    for request in requests() {
        let mut document = RequestEnvelope::new("Exchange2016", request).write();
        for at in places(document.len()) {
            let before = std::mem::replace(&mut document[at], b"<>&\"' x0\xff"[at % 9]);
            if let Ok(read) = RequestEnvelope::read(&document) {
                let _ = read.write();
            }
            document[at] = before;
        }
    }
    for response in responses() {
        let mut document = answer(response).write();
        for at in places(document.len()) {
            let before = std::mem::replace(&mut document[at], b"<>&\"' x0\xff"[at % 9]);
            if let Ok(read) = ResponseEnvelope::read(&document) {
                let _ = read.write();
            }
            document[at] = before;
        }
    }
}

/// Every operation has a sample in both directions.
#[test]
fn no_operation_is_left_out() {
    let asked: Vec<_> = requests().iter().map(Request::name).collect();
    let answered: Vec<_> = responses().iter().map(Response::name).collect();
    for name in Request::NAMES {
        assert!(asked.contains(name), "no request {name}");
        assert!(answered.contains(name), "no answer {name}");
    }
}

/// Whoever writes other prefixes, or none, is understood.
#[test]
fn prefixes_are_free() {
    for response in responses() {
        let envelope = answer(response);
        let document = String::from_utf8(envelope.write()).unwrap();
        let other = document
            .replace("<m:", "<alpha:")
            .replace("</m:", "</alpha:")
            .replace("xmlns:m=", "xmlns:alpha=")
            .replace("<t:", "<")
            .replace("</t:", "</")
            .replace("xmlns:t=", "xmlns=");
        let read = ResponseEnvelope::read(other.as_bytes()).unwrap();
        assert!(matches!(read.body, ResponseBody::Response(_)));
        assert_eq!(read, envelope);
    }
}
