//! Autodiscovery, the plain-old-XML kind: from an address to where its mailbox's EWS is. A client
//! that was led here by other means must come back to the same place, so that is what it is told.

use std::fmt::Write as _;

use jiff::Timestamp;
use wire::ews::xml::{Limits, Reader};

use super::reply::Reply;
use super::server::Shared;
use super::work;
use crate::Channel;
use crate::http::{Answer, HttpRequest};
use crate::store::lock_store;
use crate::{MailboxIx, Operation, Refusal};

const ANSWER: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const OUTLOOK: &str =
    "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// Answers a request for a mailbox's settings.
pub(super) fn serve(
    server: &Shared,
    channel: Channel,
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
    let (body, known) = match find(server, &http.body) {
        Ok(address) => (settings(server, &url(server, channel, http), &address, now), true),
        Err((code, text)) => (error(code, text, now), false),
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

/// The address of the mailbox that is asked for, or an error's code and text. 600 and 601 are told
/// apart as in MS-ASCMD 2.2.3.64.
fn find(server: &Shared, body: &[u8]) -> Result<String, (u32, &'static str)> {
    let Some(Asked { address: Some(address), schema: Some(schema) }) = read(body) else {
        return Err((600, "Invalid Request"));
    };
    if schema != OUTLOOK {
        return Err((601, "Provider is not available"));
    }
    let store = lock_store(&server.store);
    let found = store.by_address(&address).and_then(|it| store.mailbox(it));
    let found = found.ok_or((500, "The email address can't be found."))?;
    Ok(found.account().address.to_string())
}

/// What is asked for.
#[derive(Debug, Default)]
struct Asked {
    address: Option<String>,
    /// The namespace that the answer shall have.
    schema: Option<String>,
}

/// The request's namespaces are not EWS's, so only names count.
fn read(body: &[u8]) -> Option<Asked> {
    let mut reader = Reader::new(body, Limits::default()).ok()?;
    reader.root().ok()?;
    let mut asked = Asked::default();
    let read = reader.children(|reader, _| {
        reader.children(|reader, element| {
            let place = match element.name {
                "EMailAddress" => &mut asked.address,
                "AcceptableResponseSchema" => &mut asked.schema,
                _ => return Ok(()),
            };
            *place = Some(reader.string()?.trim().to_owned());
            Ok(())
        })
    });
    read.ok().map(|()| asked)
}

/// Where EWS is: where the options say, or where the client has found this.
fn url(server: &Shared, channel: Channel, http: &HttpRequest) -> String {
    let options = &server.options;
    let scheme = if channel == Channel::Secure { "https" } else { "http" };
    let here = || {
        let host = http.field("host").filter(|host| !host.is_empty());
        format!("{scheme}://{}/EWS/Exchange.asmx", host.unwrap_or(&options.name))
    };
    options.url.clone().unwrap_or_else(here)
}

fn settings(server: &Shared, url: &str, address: &str, now: Timestamp) -> String {
    let url = escaped(url);
    // No value of it means tokens (MS-OXDSCLI 2.2.4.1.1.2.6.4), and it may be absent.
    let basic = server.options.authentication(now).basic;
    let package = if basic { "<AuthPackage>basic</AuthPackage>" } else { "" };
    let name = escaped(&server.options.name);
    let address = escaped(address);
    let protocol = |kind: &str| {
        format!(
            "<Protocol><Type>{kind}</Type><Server>{name}</Server>{package}\
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
