//! Autodiscovery, the plain-old-XML kind: from an address to where its mailbox's EWS is.

use std::fmt::Write as _;

use jiff::Timestamp;
use wire::ews::xml::{Limits, Reader};

use super::reply::Reply;
use super::server::Shared;
use super::work;
use crate::http::{Answer, HttpRequest};
use crate::store::lock_store;
use crate::{MailboxIx, Operation, Refusal};

const ANSWER: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const OUTLOOK: &str =
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// Answers a request for a mailbox's settings.
pub(super) fn serve(
    server: &Shared,
    account: MailboxIx,
    http: &HttpRequest,
    now: Timestamp,
) -> Reply {
    let struck = server.strike(Operation::Autodiscover, Some(account), now);
    if let Some(struck) = &struck
        && !struck.1.does_the_work()
    {
        return work::struck_down(server, struck.clone(), Some(account), None, 1, now);
    }
    let (body, known) = match address(&http.body) {
        Some(address) => {
            let store = lock_store(&server.store);
            let found = store.by_address(&address).and_then(|it| store.mailbox(it));
            match found {
                Some(mailbox) => (settings(server, &mailbox.account().address), true),
                None => (error(500, "The email address can't be found.", now), false),
            }
        }
        None => (error(600, "Invalid Request", now), false),
    };
    let answer = Answer::xml(200, body.into_bytes());
    let mut reply = if known {
        Reply::plain(Some(account), answer)
    } else {
        Reply::refused(Some(account), answer, Refusal::InvalidRequest)
    };
    reply.struck = struck;
    reply
}

/// The address that is asked for. The request's namespaces are not EWS's, so only names count.
fn address(body: &[u8]) -> Option<String> {
    let mut reader = Reader::new(body, Limits::default()).ok()?;
    reader.root().ok()?;
    let mut address = None;
    let read = reader.children(|reader, _| {
        reader.children(|reader, element| {
            if element.name == "EMailAddress" {
                address = Some(reader.string()?.trim().to_owned());
            }
            Ok(())
        })
    });
    read.ok().and(address)
}

fn settings(server: &Shared, address: &str) -> String {
    let url = escaped(&server.options.url());
    let name = escaped(&server.options.name);
    let address = escaped(address);
    let protocol = |kind: &str| {
        format!(
            "<Protocol><Type>{kind}</Type><Server>{name}</Server><AuthPackage>Basic</AuthPackage>\
             <ASUrl>{url}</ASUrl><EwsUrl>{url}</EwsUrl></Protocol>"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"{ANSWER}\">\
         <Response xmlns=\"{OUTLOOK}\"><User><DisplayName>{address}</DisplayName>\
         <AutoDiscoverSMTPAddress>{address}</AutoDiscoverSMTPAddress></User><Account>\
         <AccountType>email</AccountType><Action>settings</Action>{}{}</Account></Response>\
         </Autodiscover>",
        protocol("EXCH"),
        protocol("EXPR")
    )
}

fn error(code: u32, text: &str, now: Timestamp) -> String {
    // The time of day, as Exchange says it.
    let time = now.strftime("%H:%M:%S.%6f");
    let id = now.as_second();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"{ANSWER}\"><Response>\
         <Error Time=\"{time}\" Id=\"{id}\"><ErrorCode>{code}</ErrorCode><Message>{text}</Message>\
         <DebugData/></Error></Response></Autodiscover>"
    )
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' | '>' | '&' | '"' => {
                let _ = write!(out, "&#{};", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out
}
