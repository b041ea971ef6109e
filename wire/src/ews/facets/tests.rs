use super::*;
use crate::ews::{Field, PropertyType};

fn told(body: &str, reach: Reach) -> Option<String> {
    let request = format!(
        "<s:Envelope xmlns:s=\"{}\" xmlns:m=\"{}\" xmlns:t=\"{}\"><s:Body>{body}</s:Body>\
         </s:Envelope>",
        Ns::Soap.uri(),
        Ns::Messages.uri(),
        Ns::Types.uri()
    );
    violation(request.as_bytes(), reach).map(|it| it.text)
}

fn item(content: &str) -> String {
    format!("<m:CreateItem><m:Items>{content}</m:Items></m:CreateItem>")
}

#[test]
fn the_tables_are_in_order() {
    assert!(TEXTS.is_sorted_by_key(|row| (row.0, row.1, row.2)));
    assert!(NEVER_EMPTY.is_sorted());
    assert!(ATTRIBUTES.is_sorted_by_key(|row| (row.0, row.1)));
    assert!(VALUES.is_sorted_by_key(|row| (row.0, row.1, row.2, row.3)));
}

#[test]
fn words_and_numbers_that_the_schema_lacks_are_seen_at_any_reach() {
    for wrong in [
        "<t:Message><t:Importance>Highest</t:Importance></t:Message>",
        "<t:Message><t:Sensitivity>Secret</t:Sensitivity></t:Message>",
        "<t:Message><t:Culture>zz zz!</t:Culture></t:Message>",
        "<t:Message><t:ReminderMinutesBeforeStart>9999999999</t:ReminderMinutesBeforeStart>\
         </t:Message>",
        "<t:Message><t:ToRecipients><t:Mailbox><t:MailboxType>Robot</t:MailboxType></t:Mailbox>\
         </t:ToRecipients></t:Message>",
        "<t:CalendarItem><t:LegacyFreeBusyStatus>Maybe</t:LegacyFreeBusyStatus></t:CalendarItem>",
        "<t:Task><t:Status>Nearly</t:Status></t:Task>",
        "<t:Contact><t:PhoneNumbers><t:Entry Key='Satellite'>1</t:Entry></t:PhoneNumbers>\
         </t:Contact>",
        "<t:Contact><t:EmailAddresses><t:Entry Key='Home'>1</t:Entry></t:EmailAddresses>\
         </t:Contact>",
        "",
    ] {
        for reach in [Reach::Values, Reach::All] {
            assert!(told(&item(wrong), reach).is_some(), "{wrong} {reach:?}");
        }
    }
    let right = "<t:Task><t:Importance>High</t:Importance><t:Status>Deferred</t:Status></t:Task>\
         <t:Contact><t:PhysicalAddresses><t:Entry Key='Home'><t:City>a</t:City></t:Entry>\
         </t:PhysicalAddresses></t:Contact>";
    assert_eq!(told(&item(right), Reach::All), None);
    // A member's status has other words than a task's.
    let member = "<t:Task><t:Status>Demoted</t:Status></t:Task>";
    assert!(told(&item(member), Reach::Values).is_some());
    let member = "<t:DistributionList><t:Members><t:Member><t:Status>Demoted</t:Status></t:Member>\
         </t:Members></t:DistributionList>";
    assert_eq!(told(&item(member), Reach::Values), None);
}

#[test]
fn attributes_and_stray_text_are_seen_by_who_wants_all() {
    let shape = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
         <t:FieldURI FieldURI='item:Subject'/></t:AdditionalProperties></m:ItemShape>";
    let find = format!(
        "<m:FindItem Traversal='Shallow'>{shape}<m:ParentFolderIds><t:DistinguishedFolderId \
         Id='inbox'/></m:ParentFolderIds></m:FindItem>"
    );
    assert_eq!(told(&find, Reach::All), None);
    for (right, wrong) in [
        ("'item:Subject'", "'item:Bogus'"),
        ("'inbox'", "'bogus'"),
        ("'inbox'", "'inbox' Bogus='1'"),
        ("'Shallow'", "'Deep'"),
        ("</m:ItemShape>", "stray</m:ItemShape>"),
        ("<t:FieldURI FieldURI='item:Subject'/>", ""),
    ] {
        let wrong = find.replace(right, wrong);
        assert!(told(&wrong, Reach::All).is_some(), "{wrong}");
        assert_eq!(told(&wrong, Reach::Values), None, "{wrong}");
    }
    let sync = "<m:SyncFolderItems><m:MaxChangesReturned>513</m:MaxChangesReturned>\
         </m:SyncFolderItems>";
    assert!(told(sync, Reach::All).is_some());
    assert_eq!(told(sync, Reach::Values), None);
    let wrong = find.replace("'inbox'", "'bogus'");
    assert_eq!(
        told(&wrong, Reach::All).unwrap(),
        "The 'Id' attribute is invalid - The value 'bogus' is invalid according to its datatype - \
         The Enumeration constraint failed."
    );
}

#[test]
fn what_is_known_elsewhere_is_known_here() {
    // These are no paths that a request may name.
    let others = ["item:ExtendedProperty", "response:NewBodyContent", "response:ReferenceItemId"];
    for field in Field::ALL {
        let is_known = Rule::Word(uris::UNINDEXED_FIELD_URI).allows(field.uri());
        assert_ne!(is_known, others.contains(&field.uri()), "{field:?}");
    }
    for kind in PropertyType::ALL {
        assert!(Rule::Word(words::MAPI_PROPERTY_TYPE).allows(kind.as_str()), "{kind:?}");
    }
}
