//! What Exchange's refusals look like on the wire, to the byte: HTTP status and headers, SOAP
//! faults and response messages with their `MessageXml`, which is in the types' namespace in a
//! fault and in the messages' in a response message (field.md 3.2, 3.5).

use std::fmt::Write as _;
use std::time::Duration;

use super::versions::VersionNumbers;
use crate::fault::{EwsRefusal, EwsShape, Form, Operation};
use crate::limits::exchange::LimitRefusal;

const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
const ERRORS: &str = "http://schemas.microsoft.com/exchange/services/2006/errors";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// `DavMail` compares this letter by letter (ews-clients.md).
pub const SOAP_TYPE: &str = "text/xml; charset=utf-8";
const PAGE_TYPE: &str = "text/html; charset=utf-8";

/// An HTTP answer that is no success of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// Headers, without those that frame the body.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What a refusal must know of the request it refuses.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// The operation, if it came so far.
    pub operation: Option<Operation>,
    /// How many things were asked for: one response message each.
    pub items: usize,
    /// How the server presents itself.
    pub numbers: VersionNumbers,
    /// The challenges of a 401, such as `Basic realm="mail.example.com"`.
    pub challenges: &'a [String],
}

/// The answer to a request that is refused; `None` when there is none and the connection breaks.
#[must_use]
pub fn answer(refusal: &EwsRefusal, refused: Refused<'_>) -> Option<HttpAnswer> {
    let shape = refusal.shape;
    let soap = |status, body: String| HttpAnswer {
        status,
        headers: vec![("Content-Type", SOAP_TYPE.to_owned())],
        body: envelope(refused.numbers, &body).into_bytes(),
    };
    Some(match shape.form() {
        Form::Drop => return None,
        Form::Fault(status) => soap(status, fault(refusal)),
        Form::Message => match refused.operation.and_then(list_of_messages) {
            Some(name) => soap(200, messages(refusal, name, refused.items.max(1))),
            None => soap(500, fault(refusal)),
        },
        Form::Status(status) => status_alone(status, refusal, refused.challenges),
        Form::Page(status) => page(status, Vec::new(), SERVER_ERROR),
        Form::Redirect => {
            let to = "/ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx";
            page(302, vec![("Location", to.to_owned())], MOVED)
        }
    })
}

/// The response messages that tell of this refusal, for what is left of a batch: the elements
/// alone, for `items` things asked for.
#[must_use]
pub fn rest_of_batch(refusal: &EwsRefusal, operation: Operation, items: usize) -> String {
    let name = operation.ews_name().unwrap_or_default();
    (0..items).map(|_| message(refusal, name)).collect()
}

/// The pause that a refusal's bytes ask for, if they do.
#[must_use]
pub fn stated_pause(refusal: &EwsRefusal) -> Option<Duration> {
    let pause = refusal.asks_for()?;
    Some(match refusal.shape.form() {
        Form::Status(_) => Duration::from_secs(whole_seconds(pause)),
        _ => pause,
    })
}

impl HttpAnswer {
    /// The whole answer as it travels.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(head, "Content-Length: {}\r\n\r\n", self.body.len());
        [head.as_bytes(), &self.body].concat()
    }
}

/// The words that go with a status, where an answer here has it.
#[must_use]
pub const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        401 => "Unauthorized",
        403 => "Forbidden",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}

impl From<LimitRefusal> for EwsRefusal {
    fn from(limit: LimitRefusal) -> Self {
        let of = |shape, policy| Self { shape, back_off: limit.back_off(), policy };
        match limit {
            LimitRefusal::Concurrency { limit } => {
                of(EwsShape::ConnectionCount, Some(("MaxConcurrency", limit)))
            }
            LimitRefusal::HangingConnections { limit } => {
                of(EwsShape::ConnectionCount, Some(("HangingConnectionLimit", limit)))
            }
            LimitRefusal::SyncCalls { limit } => {
                of(EwsShape::ServerBusy, Some(("ConcurrentSyncCalls", limit)))
            }
            LimitRefusal::Subscriptions { .. } => of(EwsShape::SubscriptionCount, None),
            LimitRefusal::ServerTime { back_off: Some(_) } => of(EwsShape::ServerBusy, None),
            LimitRefusal::ServerTime { back_off: None } => of(EwsShape::ServerBusyBare, None),
            LimitRefusal::FindCount { has_code: true, .. } => of(EwsShape::FindCount, None),
            LimitRefusal::FindCount { has_code: false, .. } => {
                of(EwsShape::ServerBusyMessage, None)
            }
            LimitRefusal::BatchTime => of(EwsShape::TimeoutExpired, None),
            LimitRefusal::Recipients { .. } => of(EwsShape::RecipientQuota, None),
        }
    }
}

fn envelope(numbers: VersionNumbers, body: &str) -> String {
    let VersionNumbers { major, minor, major_build, minor_build, schema } = numbers;
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"{SOAP}\"><s:Header>\
         <h:ServerVersionInfo MajorVersion=\"{major}\" MinorVersion=\"{minor}\" \
         MajorBuildNumber=\"{major_build}\" MinorBuildNumber=\"{minor_build}\" \
         Version=\"{schema}\" xmlns:h=\"{TYPES}\"/></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

/// The fault of field.md 3.5 (T1), letter by letter.
fn fault(refusal: &EwsRefusal) -> String {
    let (code, text) = (refusal.shape.code(), refusal.shape.text());
    let values = values(refusal);
    let message_xml = if values.is_empty() {
        String::new()
    } else {
        format!("<t:MessageXml xmlns:t=\"{TYPES}\">{}</t:MessageXml>", value_elements(&values))
    };
    format!(
        "<s:Fault><faultcode xmlns:a=\"{TYPES}\">a:{code}</faultcode>\
         <faultstring xml:lang=\"en-US\">{text}</faultstring><detail>\
         <e:ResponseCode xmlns:e=\"{ERRORS}\">{code}</e:ResponseCode>\
         <e:Message xmlns:e=\"{ERRORS}\">{text}</e:Message>{message_xml}</detail></s:Fault>"
    )
}

fn messages(refusal: &EwsRefusal, operation: &str, items: usize) -> String {
    let each: String = (0..items).map(|_| message(refusal, operation)).collect();
    format!(
        "<m:{operation}Response xmlns:m=\"{MESSAGES}\" xmlns:t=\"{TYPES}\">\
         <m:ResponseMessages>{each}</m:ResponseMessages></m:{operation}Response>"
    )
}

fn message(refusal: &EwsRefusal, operation: &str) -> String {
    let (code, text) = (refusal.shape.code(), refusal.shape.text());
    let values = values(refusal);
    let message_xml = if values.is_empty() {
        String::new()
    } else {
        format!("<m:MessageXml>{}</m:MessageXml>", value_elements(&values))
    };
    // The schema demands these even of an error, and clients read the state from one
    // (ews-clients.md).
    let content = match operation {
        "GetItem" | "CreateItem" | "UpdateItem" | "MoveItem" | "CopyItem" => "<m:Items/>",
        "CreateAttachment" | "GetAttachment" => "<m:Attachments/>",
        "GetServerTimeZones" => "<m:TimeZoneDefinitions/>",
        "SyncFolderItems" => {
            "<m:SyncState/><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>"
        }
        "SyncFolderHierarchy" => {
            "<m:SyncState/><m:IncludesLastFolderInRange>true</m:IncludesLastFolderInRange>"
        }
        _ => "",
    };
    format!(
        "<m:{operation}ResponseMessage ResponseClass=\"Error\"><m:MessageText>{text}\
         </m:MessageText><m:ResponseCode>{code}</m:ResponseCode>\
         <m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{message_xml}{content}\
         </m:{operation}ResponseMessage>"
    )
}

/// The values of `MessageXml`. The two spaces in the sentence are real (field.md 3.5).
fn values(refusal: &EwsRefusal) -> Vec<(&'static str, String)> {
    let back_off = refusal.asks_for().map(|d| d.as_millis());
    let mut values = Vec::new();
    if let Some((policy, limit)) = policy(refusal) {
        let wait = back_off.unwrap_or_default();
        let sentence = format!(
            "This operation exceeds the throttling budget for policy part '{policy}', policy \
             value '{limit}',  Budget type: 'Ews'.  Suggested backoff time {wait} ms."
        );
        values.push(("Policy", policy.to_owned()));
        values.push(("MaxConcurrencyLimit", limit.to_string()));
        values.push(("ErrorMessage", sentence));
    }
    if let Some(wait) = back_off {
        values.push(("BackOffMilliseconds", wait.to_string()));
    }
    if refusal.shape == EwsShape::InnerServerBusy {
        let busy = EwsShape::ServerBusy;
        values.push(("InnerErrorMessageText", busy.text().to_owned()));
        values.push(("InnerErrorResponseCode", busy.code().to_owned()));
        values.push(("InnerErrorDescriptiveLinkKey", "0".to_owned()));
    }
    values
}

fn policy(refusal: &EwsRefusal) -> Option<(&'static str, u32)> {
    let usual = (refusal.shape == EwsShape::ConnectionCount).then_some(("MaxConcurrency", 27));
    refusal.policy.or(usual)
}

fn value_elements(values: &[(&str, String)]) -> String {
    let mut elements = String::new();
    for (name, value) in values {
        let _ = write!(elements, "<t:Value Name=\"{name}\">{value}</t:Value>");
    }
    elements
}

/// The name of the list of response messages an operation answers with; three have none.
fn list_of_messages(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::GetUserAvailability
        | Operation::GetUserOofSettings
        | Operation::SetUserOofSettings => None,
        _ => operation.ews_name(),
    }
}

fn status_alone(status: u16, refusal: &EwsRefusal, challenges: &[String]) -> HttpAnswer {
    let mut headers: Vec<(&'static str, String)> = Vec::new();
    if status == 401 {
        headers.extend(challenges.iter().map(|c| ("WWW-Authenticate", c.clone())));
    }
    if let Some(wait) = refusal.asks_for() {
        headers.push(("Retry-After", whole_seconds(wait).to_string()));
    }
    HttpAnswer { status, headers, body: Vec::new() }
}

/// Retry-After has whole seconds: rather too late than too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

fn page(status: u16, mut headers: Vec<(&'static str, String)>, body: &str) -> HttpAnswer {
    headers.push(("Content-Type", PAGE_TYPE.to_owned()));
    HttpAnswer { status, headers, body: body.as_bytes().to_vec() }
}

const SERVER_ERROR: &str = "<!DOCTYPE html><html><head><title>Runtime Error</title></head><body>\
    <h1>Server Error in '/EWS' Application.</h1><h2><i>Runtime Error</i></h2></body></html>";

const MOVED: &str = "<html><head><title>Object moved</title></head><body><h2>Object moved to \
    <a href=\"/ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx\">here</a>.</h2></body></html>";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::versions::ExchangeVersion;

    fn refused(operation: Operation, items: usize) -> Refused<'static> {
        let numbers = ExchangeVersion::Exchange2019.numbers();
        Refused { operation: Some(operation), items, numbers, challenges: &[] }
    }

    fn text(refusal: &EwsRefusal, operation: Operation, items: usize) -> String {
        let answer = answer(refusal, refused(operation, items)).unwrap();
        String::from_utf8(answer.to_bytes()).unwrap()
    }

    #[test]
    fn t1_is_the_captured_fault() {
        let said = text(&EwsRefusal::usual(EwsShape::ServerBusy), Operation::GetItem, 3);
        assert!(said.starts_with("HTTP/1.1 500 Internal Server Error\r\n"), "{said}");
        assert!(said.contains("Content-Type: text/xml; charset=utf-8\r\n"));
        let fault = "<s:Fault><faultcode xmlns:a=\"http://schemas.microsoft.com/exchange/services/2006/types\">a:ErrorServerBusy</faultcode><faultstring xml:lang=\"en-US\">The server cannot service this request right now. Try again later.</faultstring><detail><e:ResponseCode xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\">ErrorServerBusy</e:ResponseCode><e:Message xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\">The server cannot service this request right now. Try again later.</e:Message><t:MessageXml xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"><t:Value Name=\"BackOffMilliseconds\">297749</t:Value></t:MessageXml></detail></s:Fault>";
        assert!(said.contains(fault), "{said}");
    }

    #[test]
    fn t4_tells_each_thing_that_was_asked_for_in_the_messages_namespace() {
        let said = text(&EwsRefusal::usual(EwsShape::ServerBusyMessage), Operation::GetItem, 3);
        assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{said}");
        assert_eq!(said.matches("<m:GetItemResponseMessage ResponseClass=\"Error\">").count(), 3);
        let xml =
            "<m:MessageXml><t:Value Name=\"BackOffMilliseconds\">297749</t:Value></m:MessageXml>";
        assert_eq!(said.matches(xml).count(), 3);
        let oof =
            text(&EwsRefusal::usual(EwsShape::ServerBusyMessage), Operation::GetUserOofSettings, 1);
        assert!(oof.contains("<s:Fault>"), "an operation without messages answers with a fault");
    }

    #[test]
    fn t8_names_the_policy_in_the_captured_sentence() {
        let limit = LimitRefusal::Concurrency { limit: 27 };
        let said = text(&limit.into(), Operation::FindItem, 1);
        let sentence = "This operation exceeds the throttling budget for policy part 'MaxConcurrency', policy value '27',  Budget type: 'Ews'.  Suggested backoff time 0 ms.";
        assert!(said.contains(sentence), "{said}");
        assert!(said.contains("<t:Value Name=\"Policy\">MaxConcurrency</t:Value>"));
        let limit = LimitRefusal::SyncCalls { limit: 5 };
        let said = text(&limit.into(), Operation::SyncFolderItems, 1);
        assert!(said.contains("'ConcurrentSyncCalls', policy value '5'"), "{said}");
        assert!(said.contains("Suggested backoff time 5000 ms."));
        assert!(said.contains("<t:Value Name=\"BackOffMilliseconds\">5000</t:Value>"));
    }

    #[test]
    fn the_others_are_http_and_nothing_else() {
        let refusal = |shape, ms: u64| EwsRefusal {
            back_off: Some(Duration::from_millis(ms)),
            ..EwsRefusal::usual(shape)
        };
        let said = text(&refusal(EwsShape::Unavailable, 1_001), Operation::GetItem, 1);
        let head =
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(said, head);
        let said = text(&refusal(EwsShape::QueueFull, 1_001), Operation::GetItem, 1);
        assert_eq!(said, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        let said = text(&refusal(EwsShape::TooManyRequests, 5_000), Operation::GetItem, 1);
        assert!(said.starts_with("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\n"));
        let said = text(&EwsRefusal::usual(EwsShape::ErrorPage), Operation::GetItem, 1);
        assert!(said.contains("Location: /ews/genericerrorpage.htm?aspxerrorpath="), "{said}");
        let dropped = EwsRefusal::usual(EwsShape::Dropped);
        assert_eq!(answer(&dropped, refused(Operation::GetItem, 1)), None);
        let challenges = ["Basic realm=\"mail\"".to_owned(), "Bearer".to_owned()];
        let asked = Refused { challenges: &challenges, ..refused(Operation::GetItem, 1) };
        let sudden = EwsRefusal::usual(EwsShape::SuddenUnauthorized);
        let said = answer(&sudden, asked).unwrap();
        assert_eq!(said.headers.len(), 2);
    }

    #[test]
    fn an_invalid_state_comes_with_an_empty_one() {
        let said = text(&EwsRefusal::usual(EwsShape::SyncStateLost), Operation::SyncFolderItems, 1);
        let end = "<m:SyncState/><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange></m:SyncFolderItemsResponseMessage>";
        assert!(said.contains(end), "{said}");
    }

    /// Every shape that is SOAP, said of every operation.
    fn all_in_soap() -> impl Iterator<Item = (EwsShape, Operation, HttpAnswer)> {
        let in_soap = |shape: &&EwsShape| matches!(shape.form(), Form::Fault(_) | Form::Message);
        EwsShape::ALL.iter().filter(in_soap).flat_map(|&shape| {
            Operation::EWS.iter().map(move |&(_, operation)| {
                let said = answer(&EwsRefusal::usual(shape), refused(operation, 2));
                (shape, operation, said.unwrap())
            })
        })
    }

    #[test]
    fn the_published_schema_accepts_all_of_them() {
        let mut batch = schema_check::Batch::default();
        for (shape, operation, said) in all_in_soap() {
            batch.add(format!("{} {operation:?}", shape.name()), said.body);
        }
        batch.check().unwrap();
    }

    #[test]
    fn whoever_reads_them_finds_the_code_and_the_back_off() {
        use wire::ews::{ResponseBody, ResponseEnvelope};
        for (shape, operation, said) in all_in_soap() {
            // The fake has no distribution lists to expand, so nobody here reads the answer.
            if operation == Operation::ExpandDl {
                continue;
            }
            let read = ResponseEnvelope::read(&said.body).unwrap();
            let what = format!("{shape:?} {operation:?}");
            assert_eq!(read.server.unwrap().major_version, 15, "{what}");
            match read.body {
                ResponseBody::Fault(fault) => {
                    assert_eq!(fault.code.unwrap().as_str(), shape.code(), "{what}");
                    let wait = fault.values.iter().find(|(name, _)| name == "BackOffMilliseconds");
                    assert_eq!(wait.is_some(), shape.usual_back_off().is_some(), "{what}");
                }
                ResponseBody::Response(response) => {
                    let codes: Vec<&str> = response
                        .errors()
                        .into_iter()
                        .map(wire::ews::ResponseCode::as_str)
                        .collect();
                    assert_eq!(codes, [shape.code(); 2], "{what}");
                }
            }
        }
    }
}
