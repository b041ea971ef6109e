//! HTTP, logins, versions, faults of SOAP, autodiscovery.

use std::time::Duration;

use wire::ews::folders::{DeleteType, EmptyFolder, GetFolder};
use wire::ews::items::{CreateItem, MessageDisposition};
use wire::ews::xml::Limits;
use wire::ews::{
    ConnectingSid, Field, FolderRef, Item, ItemClass, Request, RequestEnvelope, ResponseBody,
    ResponseCode, ResponseEnvelope,
};

use super::kit::{ANN, Client, World, folder_shape, second, split, start};
use crate::exchange::Impersonation;
use crate::exchange::versions::{Authentication, ExchangeVersion};
use crate::{
    Actions, Channel, Effect, EwsRefusal, EwsShape, Fault, Matcher, Operation, Refusal,
    ServerEvent, Session, Which,
};

fn get_inbox() -> Request {
    let folder_ids = vec![FolderRef::distinguished("inbox")];
    Request::GetFolder(GetFolder { shape: folder_shape(), folder_ids })
}

#[test]
fn a_stranger_is_told_how_to_log_in_and_the_connection_stays() {
    let world = World::new();
    let mut client = world.ann();
    for path in ["/EWS/Exchange.asmx", "/ews/exchange.asmx"] {
        let request = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        let answer = client.send(request.as_bytes());
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{answer}");
        assert!(answer.contains("WWW-Authenticate: Basic realm=\"mail.example.com\"\r\n"));
        assert!(!answer.contains("Connection: close"));
    }
    assert_eq!(client.events, []);
    let wrong =
        "GET /EWS/Exchange.asmx HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YW5uOng=\r\n\r\n";
    assert_eq!(split(&client.send(wrong.as_bytes())).0, 401);
    let refused = ServerEvent::Refused { mailbox: Some(ANN), refusal: Refusal::Credentials };
    assert_eq!(client.events, [refused]);
    let head = client.head("/ews/exchange.asmx", 0).replace("POST", "GET");
    assert_eq!(split(&client.send(head.as_bytes())).0, 200, "DavMail looks whether it is there");
    let head = client.head("/owa", 0);
    assert_eq!(split(&client.send(head.as_bytes())).0, 404);
    assert!(matches!(client.ask(get_inbox()), wire::ews::Response::GetFolder(_)));
}

#[test]
fn a_token_is_as_good_as_a_password_where_tokens_are_taken() {
    let world = World::with(
        |options| options.authentication = Some(Authentication { basic: false, bearer: true }),
        Vec::new(),
    );
    let mut client = world.ann();
    let token = world.server.bearer_token(ANN).unwrap();
    let get = |token: &str| {
        format!(
            "GET /EWS/Exchange.asmx HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        )
    };
    assert_eq!(split(&client.send(get(&token).as_bytes())).0, 200);
    assert_eq!(split(&client.send(get(&token[1..]).as_bytes())).0, 401);
    assert_eq!(client.post(b"").0, 401, "no passwords here");
}

#[test]
fn impersonation_opens_the_mailbox_that_is_meant() {
    let sid = |address: &str| Some(ConnectingSid::PrimarySmtpAddress(address.into()));
    let ask = |world: &World, address| {
        let mut envelope = RequestEnvelope::new("Exchange2016", get_inbox());
        envelope.header.impersonation = sid(address);
        world.ann().ask_envelope(&envelope)
    };
    let world = World::new();
    assert!(matches!(ask(&world, "bob@example.com"), ResponseBody::Response(_)));
    let ResponseBody::Fault(fault) = ask(&world, "nobody@example.com") else { panic!() };
    assert_eq!(fault.code, Some(ResponseCode::ErrorNonExistentMailbox));
    let world = World::with(
        |options| options.impersonation = Impersonation::Accounts(vec![ANN]),
        Vec::new(),
    );
    assert!(matches!(ask(&world, "bob@example.com"), ResponseBody::Response(_)));
    let mut envelope = RequestEnvelope::new("Exchange2016", get_inbox());
    envelope.header.impersonation = sid("ann@example.com");
    let ResponseBody::Fault(fault) = world.bob().ask_envelope(&envelope) else { panic!() };
    assert_eq!(fault.code, Some(ResponseCode::ErrorImpersonateUserDenied));
    envelope.header.impersonation = sid("bob@example.com");
    let own = world.bob().ask_envelope(&envelope);
    assert!(matches!(own, ResponseBody::Response(_)), "everybody may be oneself");
}

#[test]
fn what_cannot_be_understood_is_answered_by_a_fault_of_its_own() {
    let world = World::new();
    let mut client = world.ann();
    let envelope = |body: &str| {
        format!(
            "<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body>{body}</Body>\
             </Envelope>"
        )
    };
    let unknown =
        envelope("<Fly xmlns=\"http://schemas.microsoft.com/exchange/services/2006/messages\"/>");
    let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaa\">]><a>&a;&a;</a>".to_owned();
    let messages = "http://schemas.microsoft.com/exchange/services/2006/messages";
    let deep = envelope(&format!("<GetFolder xmlns=\"{messages}\">{}", "<a>".repeat(10_000)));
    let cases = [
        (unknown, ResponseCode::ErrorInvalidOperation),
        (bomb, ResponseCode::ErrorInvalidRequest),
        (deep, ResponseCode::ErrorInvalidRequest),
        ("not xml".to_owned(), ResponseCode::ErrorInvalidRequest),
        (String::new(), ResponseCode::ErrorInvalidRequest),
    ];
    for (body, code) in cases {
        let (status, answer) = client.post(body.as_bytes());
        assert_eq!(status, 500);
        let answer = ResponseEnvelope::read_within(&answer, Limits::default()).unwrap();
        let ResponseBody::Fault(fault) = answer.body else { panic!("{body}") };
        assert_eq!(fault.code, Some(code), "{body:.100}");
    }
    let refused = ServerEvent::Refused { mailbox: Some(ANN), refusal: Refusal::InvalidRequest };
    assert_eq!(client.events, vec![refused; 5]);
    let newer = RequestEnvelope::new("Exchange2099", get_inbox());
    let ResponseBody::Fault(fault) = client.ask_envelope(&newer) else { panic!() };
    assert_eq!(fault.code, Some(ResponseCode::ErrorInvalidServerVersion));
}

#[test]
fn an_operation_is_unknown_to_schemas_older_than_it() {
    let world = World::new();
    let mut client = world.ann();
    let empty = || {
        Request::EmptyFolder(EmptyFolder {
            delete_type: DeleteType::HardDelete,
            delete_subfolders: false,
            folder_ids: vec![FolderRef::distinguished("drafts")],
        })
    };
    let older = RequestEnvelope::new("Exchange2010", empty());
    let ResponseBody::Fault(fault) = client.ask_envelope(&older) else { panic!() };
    assert_eq!(fault.code, Some(ResponseCode::ErrorSchemaValidation));
    let violation = fault.violation.unwrap();
    assert!(violation.text.contains("messages:EmptyFolder"), "{violation:?}");
    let newer = RequestEnvelope::new("Exchange2010_SP1", empty());
    assert!(matches!(client.ask_envelope(&newer), ResponseBody::Response(_)));
    // Who names no version speaks the first of all.
    let mut unnamed = RequestEnvelope::new("", empty());
    unnamed.header.version = None;
    let ResponseBody::Fault(fault) = client.ask_envelope(&unnamed) else { panic!() };
    assert_eq!(fault.code, Some(ResponseCode::ErrorSchemaValidation));
    unnamed.request = get_inbox();
    assert!(matches!(client.ask_envelope(&unnamed), ResponseBody::Response(_)));
}

#[test]
fn a_strict_server_refuses_what_is_out_of_order() {
    let body =
        String::from_utf8(RequestEnvelope::new("Exchange2016", get_inbox()).write()).unwrap();
    let (start, end) = (body.find("<m:FolderShape>").unwrap(), body.find("<m:FolderIds>").unwrap());
    let close = body.find("</m:GetFolder>").unwrap();
    let turned = [&body[..start], &body[end..close], &body[start..end], &body[close..]].concat();
    let ask = |strict| {
        let world = World::with(|options| options.strict = strict, Vec::new());
        let mut client = world.ann();
        assert_eq!(client.post(body.as_bytes()).0, 200);
        client.post(turned.as_bytes())
    };
    assert_eq!(ask(false).0, 200);
    let (status, answer) = ask(true);
    assert_eq!(status, 500);
    let ResponseBody::Fault(fault) = ResponseEnvelope::read(&answer).unwrap().body else {
        panic!()
    };
    assert_eq!(fault.code, Some(ResponseCode::ErrorSchemaValidation));
    let violation = fault.violation.unwrap();
    assert_eq!(violation.line, 1);
    assert!(violation.text.contains("FolderIds"), "{violation:?}");
}

#[test]
fn what_no_answer_may_say_is_refused_by_everybody() {
    let item = Item::new(ItemClass::Message).with(Field::ItemImportance, "Highest");
    let create = |item| {
        Request::CreateItem(CreateItem {
            message_disposition: Some(MessageDisposition::SaveOnly),
            send_meeting_invitations: None,
            saved_item_folder: None,
            items: vec![item],
        })
    };
    let nothing = Request::GetFolder(GetFolder { shape: folder_shape(), folder_ids: Vec::new() });
    for strict in [false, true] {
        let world = World::with(|options| options.strict = strict, Vec::new());
        let mut client = world.ann();
        let fault = client.fault(create(item.clone()));
        assert_eq!(fault.code, Some(ResponseCode::ErrorSchemaValidation));
        assert!(fault.violation.unwrap().text.contains("'Highest' is invalid"));
        assert!(client.list("drafts").is_empty());
        // Nothing cannot be answered: there is a message for each of what is asked for.
        let fault = client.fault(nothing.clone());
        assert_eq!(fault.code, Some(ResponseCode::ErrorSchemaValidation));
        let fine = item.clone().with(Field::ItemImportance, "High");
        client.ask(create(fine));
        assert_eq!(client.list("drafts").len(), 1);
    }
}

#[test]
fn a_body_that_is_too_large_is_refused_unread() {
    let world = World::with(|options| options.request_octets = 1_000, Vec::new());
    let mut client = world.ann();
    let head = client.head("/EWS/Exchange.asmx", 100_000_000);
    assert_eq!(split(&client.send(head.as_bytes())).0, 413);
    assert!(client.send(&vec![b'x'; 100_000]).is_empty());
    let refused = ServerEvent::Refused { mailbox: None, refusal: Refusal::TooLarge };
    assert_eq!(client.events, [refused]);
}

#[test]
fn online_stops_to_answer_on_its_day() {
    let set = |allowed| {
        World::with(
            |options| {
                options.version = ExchangeVersion::ExchangeOnline;
                options.authentication = Some(Authentication { basic: true, bearer: true });
                options.allow_listed = allowed;
            },
            Vec::new(),
        )
    };
    for (allowed, status) in [(false, 403), (true, 200)] {
        let world = set(allowed);
        let mut client = world.ann();
        client.now = "2026-10-01T00:00:00Z".parse().unwrap();
        let body = RequestEnvelope::new("Exchange2016", get_inbox()).write();
        assert_eq!(client.post(&body).0, status);
    }
}

#[test]
fn faults_strike_the_operation_they_name() {
    let fault = |effect| Fault {
        name: "a".into(),
        matcher: Matcher {
            operations: vec![Operation::GetFolder],
            mailboxes: None,
            from: None,
            until: None,
            which: Which::Nth(2),
        },
        effect,
    };
    let busy = Effect::Ews(EwsRefusal::usual(EwsShape::ServerBusy));
    let world = World::with(|_| {}, vec![fault(busy)]);
    let mut client = world.ann();
    client.ask(get_inbox());
    let refused = client.fault(get_inbox());
    assert_eq!(refused.code, Some(ResponseCode::ErrorServerBusy));
    assert_eq!(refused.value("BackOffMilliseconds"), Some("297749"));
    client.ask(get_inbox());

    let world = World::with(|_| {}, vec![fault(Effect::Reset)]);
    let mut client = world.ann();
    client.ask(get_inbox());
    assert!(client.send(b"").is_empty());
    let body = RequestEnvelope::new("Exchange2016", get_inbox()).write();
    let head = client.head("/EWS/Exchange.asmx", body.len());
    assert!(client.send(&[head.as_bytes(), &body].concat()).is_empty());
    assert!(client.send(&[head.as_bytes(), &body].concat()).is_empty(), "it is over");
}

#[test]
fn service_takes_its_time_before_the_answer() {
    let set = |options: &mut crate::exchange::ExchangeOptions| {
        options.service = crate::Delay::Fixed(Duration::from_secs(2));
    };
    let world = World::with(set, Vec::new());
    let mut client = world.ann();
    client.ask(get_inbox());
    let held = ServerEvent::Held { mailbox: Some(ANN), held: Duration::from_secs(2) };
    assert_eq!(client.events, [held]);
    assert_eq!(world.server.budgets(second(1)).len(), 1);
}

/// What a request for settings is answered with, in status 200.
fn discover(client: &mut Client, address: &str, schema: &str) -> String {
    let body = format!(
        "<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/\
         requestschema/2006\"><Request><EMailAddress>{address}</EMailAddress>{schema}</Request>\
         </Autodiscover>"
    );
    let head = client.head("/autodiscover/autodiscover.xml", body.len());
    let (status, answer) = split(&client.send(format!("{head}{body}").as_bytes()));
    assert_eq!(status, 200);
    String::from_utf8(answer).unwrap()
}

#[test]
fn autodiscovery_leads_to_the_endpoint() {
    let world = World::new();
    let mut client = world.ann();
    let outlook = "<AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/\
                   outlook/responseschema/2006a</AcceptableResponseSchema>";
    let url = |scheme| format!("<EwsUrl>{scheme}://mail.example.com/EWS/Exchange.asmx</EwsUrl>");
    let found = discover(&mut client, "bob@example.com", outlook);
    assert!(found.contains(&url("http")), "{found}");
    assert!(found.contains("<AuthPackage>basic</AuthPackage>"), "{found}");
    for (address, schema, code) in [
        ("nobody@example.com", outlook, 500),
        ("", outlook, 500),
        ("bob@example.com", "", 600),
        ("bob@example.com", "<AcceptableResponseSchema>x</AcceptableResponseSchema>", 601),
        ("nobody@example.com", &outlook.replace("outlook", "mobilesync"), 601),
    ] {
        let said = discover(&mut client, address, schema);
        let code = format!("<ErrorCode>{code}</ErrorCode>");
        assert!(said.contains(&code) && !said.contains("EwsUrl"), "{said}");
    }
    client.session = world.server.session_on(Channel::Secure);
    let found = discover(&mut client, "bob@example.com", outlook);
    assert!(found.contains(&url("https")), "{found}");
}

#[test]
fn a_client_that_is_gone_leaves_nothing() {
    let world = World::new();
    let mut client = world.ann();
    let mut out = Actions::default();
    client.session.lost(start(), &mut out);
    assert!(out.is_empty());
    assert!(client.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").is_empty());
    assert_eq!(client.session.wake_at(), None);
}
