//! An Exchange server of `syncsim serve` as clients find it that know nothing of scenarios: where
//! it is, and how they log in.

#![cfg(unix)]
#![allow(clippy::expect_used)] // A test that cannot go on has failed.

mod served;

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;
use served::{PATIENCE, SCENARIO, Served, base64};

/// The usual mailbox, on an Exchange server.
fn scenario(preset: &str) -> String {
    let from = SCENARIO.find("[server.pop]").expect("a server");
    let to = SCENARIO.find("[[mailbox]]").expect("a mailbox");
    let server = format!("[server.exchange]\nspeaks = \"ews\"\npreset = \"{preset}\"\n\n");
    let mailboxes = SCENARIO[to..].replace("\"pop\"", "\"exchange\"");
    let mailboxes = mailboxes.replace("\"submission\"", "\"exchange\"");
    format!("{}{server}{mailboxes}", &SCENARIO[..from])
}

/// What comes back when this is sent: head and body.
fn send(address: &str, request: &[u8]) -> (String, String) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    stream.write_all(request).expect("it reads");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("a whole answer in UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    (head.to_owned(), body.to_owned())
}

fn post(host: &str, address: &str, path: &str, credentials: &str, body: &str) -> (String, String) {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/xml; charset=utf-8\r\n\
         Authorization: {credentials}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    send(address, format!("{head}{body}").as_bytes())
}

const GET_INBOX: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
    xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" \
    xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"><s:Body><m:GetFolder>\
    <m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>\
    <t:DistinguishedFolderId Id=\"inbox\"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>";
const EWS: &str = "/EWS/Exchange.asmx";

#[test]
fn exchange_online_takes_the_token_that_is_announced_and_no_password() {
    let served = Served::start(
        &scenario("exchange-online"),
        &["--no-tls", "--control", "127.0.0.1:0", "--speed", "60"],
    );
    let endpoint = served.endpoint("ews", "none");
    let address = endpoint["address"].as_str().expect("an address");
    let login = &endpoint["mailboxes"][0];
    let said = |key: &str| login[key].as_str().expect("it is said").to_owned();
    let get = |credentials: &str| post(address, address, EWS, credentials, GET_INBOX);

    let basic =
        format!("Basic {}", base64(format!("{}:{}", said("user"), said("password")).as_bytes()));
    let (head, _) = get(&basic);
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    assert!(head.contains("Bearer") && !head.contains("Basic"), "{head}");

    let (head, body) = get(&format!("Bearer {}", said("token")));
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(body.contains("<m:ResponseCode>NoError"), "{body}");
    let (head, _) = get(&format!("Bearer {}0", said("token")));
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");

    let control =
        served.control.as_ref().expect("one")["address"].as_str().expect("one").to_owned();
    let ask =
        format!("GET /mailboxes/ann HTTP/1.1\r\nHost: {control}\r\nConnection: close\r\n\r\n");
    let (_, body) = send(&control, ask.as_bytes());
    let mailbox: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(mailbox["token"], login["token"]);
    served.stop("TERM");
}

#[test]
fn a_token_is_announced_only_where_one_is_taken() {
    let token = |scenario: &str, protocol| {
        let served = Served::start(scenario, &["--no-tls"]);
        let token = served.endpoint(protocol, "none")["mailboxes"][0].get("token").cloned();
        served.stop("TERM");
        token
    };
    assert_eq!(token(SCENARIO, "pop3"), None);
    let words = "preset = \"exchange-2019\"\noptions = { authentication = [\"basic\"] }\n";
    let basic = scenario("exchange-2019").replace("preset = \"exchange-2019\"\n", words);
    assert_eq!(token(&basic, "ews"), None);
    assert!(token(&scenario("exchange-2019"), "ews").is_some());
}

#[test]
fn autodiscover_leads_back_to_where_it_was_found() {
    let served = Served::start(&scenario("exchange-online"), &["--no-tls"]);
    let endpoint = served.endpoint("ews", "none");
    let address = endpoint["address"].as_str().expect("an address");
    let token = endpoint["mailboxes"][0]["token"].as_str().expect("a token");
    let ask = "<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/\
        requestschema/2006\"><Request><EMailAddress>ann@example.com</EMailAddress>\
        <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/\
        responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>";
    let path = "/autodiscover/autodiscover.xml";
    let (head, body) = post(address, address, path, &format!("Bearer {token}"), ask);
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let url = endpoint["url"].as_str().expect("a URL");
    assert!(body.contains(&format!("<EwsUrl>{url}</EwsUrl>")), "{url}: {body}");
    assert!(!body.contains("AuthPackage"), "no password opens anything here: {body}");
    served.stop("TERM");
}

#[test]
fn budgets_say_who_acts_for_a_mailbox() {
    let two = scenario("exchange-2019").replace(
        "[[arrivals]]",
        "[[mailbox]]\nname = \"bob\"\nincoming = \"exchange\"\noutgoing = \"exchange\"\n\n[[arrivals]]",
    );
    let served = Served::start(&two, &["--no-tls", "--control", "127.0.0.1:0"]);
    let endpoint = served.endpoint("ews", "none");
    let address = endpoint["address"].as_str().expect("an address");
    let as_ann = GET_INBOX.replace(
        "<s:Body>",
        "<s:Header><t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>ann@example.com\
         </t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header><s:Body>",
    );
    for (login, body) in [("ann", GET_INBOX), ("bob", &as_ann)] {
        let login = base64(format!("{login}@example.com:secret of {login}").as_bytes());
        let (head, _) = post(address, address, EWS, &format!("Basic {login}"), body);
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    }
    let control = served.control.as_ref().expect("one")["address"].as_str().expect("one");
    let ask = format!("GET /budgets HTTP/1.1\r\nHost: {control}\r\nConnection: close\r\n\r\n");
    let (_, body) = send(control, ask.as_bytes());
    let budgets: Value = serde_json::from_str(&body).expect("JSON");
    let rows: Vec<_> = budgets["budgets"].as_array().expect("rows").iter().collect();
    let who: Vec<_> =
        rows.iter().map(|row| (row["mailbox"].as_str(), row["by"].as_str())).collect();
    let (ann, bob) = (Some("ann@example.com"), Some("bob@example.com"));
    assert_eq!(who, [(ann, None), (ann, bob)], "{body}");
    served.stop("TERM");
}
