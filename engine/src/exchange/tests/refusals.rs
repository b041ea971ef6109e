//! Every shape of trouble, as it travels, and what the engine makes of it.

use jiff::Timestamp;
use wire::ews::items::SendItem;
use wire::ews::{Request, Response};

use super::*;
use crate::exchange::refusal::Refusal;
use crate::exchange::session::Session;
use crate::{BackOff, CycleError, ErrorClass, Reason};

const BUSY: &str = "The server cannot service this request right now. Try again later.";
const MANY: &str = "You have exceeded the available concurrent connections for your account.  Try \
                    again once your other requests have completed.";

fn request() -> Request {
    Request::SendItem(SendItem {
        save_item_to_folder: true,
        item_ids: Vec::new(),
        saved_item_folder: None,
    })
}

/// What the first refusal of an answer means, the first message of a list included.
async fn meaning(before: Option<Reply>, reply: Reply) -> CycleError {
    let trusted = before.is_some();
    let bench = Bench::new(HttpServer::replies(before.into_iter().chain([reply]).collect()));
    let mut session = Session::new(&bench.ctx, ServerId(0));
    if trusted {
        session.ask(request(), 1 << 20).await.unwrap();
    }
    let refusal = match session.ask(request(), 1 << 20).await {
        Ok(Response::SendItem(messages)) => Refusal::of_message("SendItem", &messages[0]),
        Ok(other) => panic!("{other:?}"),
        Err(refusal) => refusal,
    };
    session.finish();
    refusal.into()
}

fn wait(millis: u64) -> BackOff {
    BackOff::For(Duration::from_millis(millis))
}

type Row = (&'static str, Reply, ErrorClass, Reason, Option<BackOff>);

async fn check(rows: Vec<Row>) {
    for (name, reply, class, reason, back_off) in rows {
        let error = meaning(None, reply).await;
        assert_eq!((error.class, error.reason), (class, reason), "{name}: {}", error.detail);
        assert_eq!(error.back_off, back_off, "{name}: {}", error.detail);
    }
}

#[tokio::test(start_paused = true)]
async fn shapes_of_throttling() {
    use ErrorClass::Transient;
    let back_off = [("BackOffMilliseconds", "297749")];
    let policy = [
        ("Policy", "MaxConcurrency"),
        ("MaxConcurrencyLimit", "27"),
        (
            "ErrorMessage",
            "This operation exceeds the throttling budget for policy part 'MaxConcurrency', \
             policy value '27',  Budget type: 'Ews'.  Suggested backoff time 0 ms.",
        ),
    ];
    let busy = |values: &[(&str, &str)]| fault("ErrorServerBusy", BUSY, values);
    let until: Timestamp = "2026-03-02T08:02:05Z".parse().unwrap();
    let five = "500 Internal Server Error";
    let rows = vec![
        (
            "T1",
            status(five, "", busy(&back_off)),
            Transient,
            Reason::ServerBusy,
            Some(wait(297_749)),
        ),
        ("T2", status(five, "", busy(&[])), Transient, Reason::ServerBusy, None),
        ("T3", Reply::ok(busy(&back_off)), Transient, Reason::ServerBusy, Some(wait(297_749))),
        (
            "T4",
            Reply::ok(error_message("SendItem", "ErrorServerBusy", BUSY, &back_off)),
            Transient,
            Reason::ServerBusy,
            Some(wait(297_749)),
        ),
        (
            "T5",
            status("503 Service Unavailable", "Retry-After: 17\r\n", ""),
            Transient,
            Reason::ServerBusy,
            Some(wait(17_000)),
        ),
        (
            "T5 with a date",
            status(
                "503 Service Unavailable",
                "Retry-After: Mon, 02 Mar 2026 08:02:05 GMT\r\n",
                "busy",
            ),
            Transient,
            Reason::ServerBusy,
            Some(BackOff::Until(until)),
        ),
        ("T6", status("503 Service Unavailable", "", ""), Transient, Reason::ServerBusy, None),
        (
            "T7",
            status("429 Too Many Requests", "Retry-After: 2.1281\r\n", "{}"),
            Transient,
            Reason::RateLimited,
            Some(wait(2_129)),
        ),
        (
            "T8",
            status(five, "", fault("ErrorExceededConnectionCount", MANY, &policy)),
            Transient,
            Reason::RateLimited,
            None,
        ),
        (
            "T9",
            Reply::ok(error_message(
                "SendItem",
                "ErrorTooManyObjectsOpened",
                "Too many concurrent connections opened.",
                &[],
            )),
            Transient,
            Reason::RateLimited,
            None,
        ),
    ];
    check(rows).await;
}

#[tokio::test(start_paused = true)]
async fn shapes_that_are_no_throttling() {
    use ErrorClass::{Permanent, Transient};
    let back_off = ("BackOffMilliseconds", "297749");
    let page = "<html><head><title>Server Error in '/EWS' Application.</title></head></html>";
    let five = "500 Internal Server Error";
    let rows = vec![
        (
            "T10",
            status(five, "", fault("ErrorInternalServerTransientError", "Try again.", &[])),
            Transient,
            Reason::SystemTemporary,
            None,
        ),
        (
            "T12",
            status(
                "302 Found",
                "Location: /ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx\r\n",
                "",
            ),
            Transient,
            Reason::SystemTemporary,
            None,
        ),
        ("T13", status(five, "", page), Transient, Reason::SystemTemporary, None),
        ("T14", Reply::Cut(Vec::new()), Transient, Reason::ConnectionLost, None),
        (
            "a back end that is busy behind a general error",
            Reply::ok(error_message(
                "SendItem",
                "ErrorInternalServerError",
                "An internal server error occurred.",
                &[("InnerErrorResponseCode", "ErrorServerBusy"), back_off],
            )),
            Transient,
            Reason::ServerBusy,
            Some(wait(297_749)),
        ),
        (
            "Basic is off",
            status("401 Unauthorized", "WWW-Authenticate: Bearer\r\n", ""),
            Permanent,
            Reason::CredentialsRejected,
            None,
        ),
        (
            "EWS is off",
            status("403 Forbidden", "", "EWS is disabled"),
            Permanent,
            Reason::Forbidden,
            None,
        ),
        ("a wrong path", status("404 Not Found", "", ""), Transient, Reason::Refused, None),
        ("no XML", Reply::ok("<html>Sign in</html"), Transient, Reason::ProtocolViolation, None),
        (
            "another answer",
            Reply::ok(
                soap("<m:SendItemResponse><m:ResponseMessages>")
                    .replace("SendItemResponse", "NoSuchResponse"),
            ),
            Transient,
            Reason::ProtocolViolation,
            None,
        ),
    ];
    check(rows).await;
}

#[tokio::test(start_paused = true)]
async fn a_401_after_an_answer_is_a_server_in_trouble() {
    let fine = Reply::ok(success_message("SendItem", ""));
    let error = meaning(Some(fine), status("401 Unauthorized", "", "")).await;
    let expected = (ErrorClass::Transient, Reason::SystemTemporary);
    assert_eq!((error.class, error.reason), expected, "T11");
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_over_and_one_of_no_length_ask_for_nothing() {
    let past = "Retry-After: Mon, 02 Mar 2026 07:59:59 GMT\r\n";
    for fields in [past, "Retry-After: 0\r\n", "Retry-After: soon\r\n", "Retry-After: .\r\n"] {
        let error = meaning(None, status("503 Service Unavailable", fields, "")).await;
        assert_eq!((error.reason, error.back_off), (Reason::ServerBusy, None), "{fields}");
    }
    assert_eq!(start().to_string(), "2026-03-02T08:00:00Z");
}

#[tokio::test(start_paused = true)]
async fn codes_have_their_class() {
    use ErrorClass::{Permanent, Transient};
    for (code, class, reason) in [
        ("ErrorImpersonateUserDenied", Permanent, Reason::AccessDenied),
        ("ErrorAccountDisabled", Permanent, Reason::CredentialsRejected),
        ("ErrorPasswordExpired", Permanent, Reason::CredentialsRejected),
        ("ErrorNonExistentMailbox", Permanent, Reason::NoSuchMailbox),
        ("ErrorMailboxMoveInProgress", Transient, Reason::MailboxUnavailable),
        ("ErrorMailboxFailover", Transient, Reason::MailboxUnavailable),
        ("ErrorMailboxStoreUnavailable", Transient, Reason::MailboxUnavailable),
        ("ErrorQuotaExceeded", Transient, Reason::QuotaExceeded),
        ("ErrorSubmissionQuotaExceeded", Transient, Reason::QuotaExceeded),
        ("ErrorSchemaValidation", Transient, Reason::Refused),
        ("ErrorOfTomorrow", Transient, Reason::Refused),
    ] {
        let reply = status("500 Internal Server Error", "", fault(code, "no", &[]));
        let error = meaning(None, reply).await;
        assert_eq!((error.class, error.reason), (class, reason), "{code}");
        assert_eq!(error.detail, format!("SendItem: HTTP 500 {code} no"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_shown() {
    let garbage = soap("<m:SendItemResponse><m:ResponseMessages>\u{1}&nonsense;</oops>");
    let error = meaning(None, Reply::ok(garbage)).await;
    assert!(error.detail.contains("&nonsense;</oops>"), "{}", error.detail);
    let error = meaning(None, status("500 Oops", "", "\0\u{1}garbage")).await;
    assert_eq!(error.detail, "SendItem: HTTP 500 \"\\x00\\x01garbage\"");
}

#[tokio::test(start_paused = true)]
async fn impersonation_and_delegation_are_said() {
    for (impersonates, word) in [(true, "PrimarySmtpAddress>ann@example.com<"), (false, "")] {
        let server = HttpServer::replies(vec![Reply::ok(success_message("SendItem", ""))]);
        let bench = Bench::with(server, |config| {
            let account = crate::Credentials { user: "svc".into(), password: "p".into() };
            config.servers[0].exchange.service_account = Some(account);
            config.servers[0].exchange.use_impersonation = impersonates;
        });
        let mut session = Session::new(&bench.ctx, ServerId(0));
        let mut request = request();
        if let Request::SendItem(send) = &mut request {
            send.saved_item_folder = Some(session.folder("sentitems"));
        }
        session.ask(request, 1 << 20).await.unwrap();
        let seen = &bench.server.seen()[0];
        assert!(seen.head.contains("authorization: Basic c3ZjOnA=\r\n"), "{}", seen.head);
        assert_eq!(seen.body.contains("ExchangeImpersonation"), impersonates, "{}", seen.body);
        assert!(seen.body.contains(word), "{}", seen.body);
        let delegated = "EmailAddress>ann@example.com<";
        assert_eq!(seen.body.contains(delegated), !impersonates, "{}", seen.body);
    }
    assert_eq!(Bench::new(HttpServer::replies(Vec::new())).world.events(), []);
}
