//! What is judged strictly: everything written here passes, and nothing that is hostile costs much.

use wire::ews::{Request, RequestEnvelope, strict};

use crate::requests;

#[test]
fn what_is_written_here_violates_nothing() {
    for request in requests() {
        let name = request.name();
        let document = RequestEnvelope::new("Exchange2016", request).write();
        assert_eq!(strict::violation(&document), None, "{name}");
    }
}

/// Any two neighbours in the wrong order are noticed, unless the schema leaves their order free.
#[test]
fn what_stands_in_the_wrong_order_is_noticed() {
    let get_item = requests().into_iter().find(|r| matches!(r, Request::GetItem(_))).unwrap();
    let document = RequestEnvelope::new("Exchange2016", get_item).write();
    let document = String::from_utf8(document).unwrap();
    let (base, mime) = (
        "<t:BaseShape>AllProperties</t:BaseShape>",
        "<t:IncludeMimeContent>true</t:IncludeMimeContent>",
    );
    let swapped = document.replace(&format!("{base}{mime}"), &format!("{mime}{base}"));
    assert_ne!(swapped, document);
    let violation = strict::violation(swapped.as_bytes()).unwrap();
    assert_eq!(violation.line, 1);
    assert_eq!(violation.column, swapped.find(mime).unwrap() + 1);
    assert!(violation.text.contains("'IncludeMimeContent'"), "{}", violation.text);
}

fn create_item(inner: &str) -> Vec<u8> {
    let soap = "http://schemas.xmlsoap.org/soap/envelope/";
    let service = "http://schemas.microsoft.com/exchange/services/2006";
    format!(
        "<s:Envelope xmlns:s='{soap}' xmlns:m='{service}/messages' xmlns:t='{service}/types'>\
         <s:Body><m:CreateItem><m:Items>{inner}</m:Items></m:CreateItem></s:Body></s:Envelope>"
    )
    .into_bytes()
}

/// Items within items, as deep as is allowed and deeper.
#[test]
fn items_may_nest_up_to_the_limit() {
    let start = "<t:Message><t:Attachments><t:ItemAttachment>";
    let end = "</t:ItemAttachment></t:Attachments></t:Message>";
    let nested =
        |times: usize| create_item(&format!("{}{}", start.repeat(times), end.repeat(times)));
    let deep = nested(32);
    let read = RequestEnvelope::read(&deep).unwrap();
    assert_eq!(RequestEnvelope::read(&read.write()).unwrap(), read);
    assert_eq!(strict::violation(&deep), None);
    assert!(RequestEnvelope::read(&nested(33)).is_err());
    assert!(RequestEnvelope::read(&nested(100_000)).is_err());
}

/// Judging takes a note of every element; of this many it takes none.
#[test]
fn a_request_of_very_many_elements_is_not_judged() {
    let many = create_item(&"<t:Message><t:Nonsense/></t:Message>".repeat(100_000));
    assert!(RequestEnvelope::read(&many).is_ok());
    assert_eq!(strict::violation(&many), None);
}
