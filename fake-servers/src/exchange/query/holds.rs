//! Whether a query holds of something.

use wire::ews::{Field, Property, Value};

use super::{Flag, Moment, Query, Where, Words};
use crate::exchange::search::{Look, texts};

/// Whether it does.
pub(in crate::exchange) fn holds(query: &Query, look: Look<'_>) -> bool {
    let field = |field: Field| look(&Property::Field(field));
    match query {
        Query::And(all) => all.iter().all(|it| holds(it, look)),
        Query::Or(any) => any.iter().any(|it| holds(it, look)),
        Query::Not(it) => !holds(it, look),
        Query::Words(place, words) => fields(*place)
            .iter()
            .filter_map(|it| field(*it))
            .any(|value| searched(&value).iter().any(|text| found(words, text))),
        Query::Kind(kind) => field(Field::ItemClass)
            .and_then(|class| class.as_text().map(str::to_ascii_lowercase))
            .is_some_and(|class| is_of_kind(&class, kind)),
        Query::Flag(flag, wanted) => {
            let set = match flag {
                Flag::HasAttachment => field(Field::ItemHasAttachments) == Some(Value::Bool(true)),
                Flag::IsRead => field(Field::MessageIsRead) == Some(Value::Bool(true)),
                Flag::IsFlagged => matches!(
                    field(Field::ItemFlag),
                    Some(Value::Flag(flag)) if flag.status == "Flagged"
                ),
            };
            set == *wanted
        }
        Query::Time(moment, span) => {
            let at = match moment {
                Moment::Sent => field(Field::ItemDateTimeSent),
                Moment::Received => field(Field::ItemDateTimeReceived),
            };
            matches!(at, Some(Value::DateTime(at)) if span.holds(at))
        }
        Query::Size(order, number) => {
            matches!(field(Field::ItemSize), Some(Value::Int(size)) if size.cmp(number) == *order)
        }
    }
}

const fn fields(place: Where) -> &'static [Field] {
    match place {
        Where::Subject => &[Field::ItemSubject],
        Where::Body => &[Field::ItemTextBody],
        Where::Attachment => &[Field::ItemAttachments],
        Where::From => &[Field::MessageFrom, Field::CalendarOrganizer],
        Where::To => &[Field::MessageToRecipients],
        Where::Cc => &[Field::MessageCcRecipients],
        Where::Bcc => &[Field::MessageBccRecipients],
        Where::Participants => &[
            Field::MessageFrom,
            Field::MessageToRecipients,
            Field::MessageCcRecipients,
            Field::MessageBccRecipients,
        ],
        Where::Category => &[Field::ItemCategories],
        Where::Importance => &[Field::ItemImportance],
        Where::Anywhere => &[
            Field::ItemSubject,
            Field::ItemTextBody,
            Field::MessageFrom,
            Field::MessageToRecipients,
            Field::MessageCcRecipients,
            Field::MessageBccRecipients,
            Field::ItemCategories,
            Field::ItemAttachments,
            Field::CalendarLocation,
            Field::ContactDisplayName,
            Field::ContactGivenName,
            Field::ContactSurname,
            Field::ContactCompanyName,
        ],
    }
}

fn searched(value: &Value) -> Vec<String> {
    match value {
        Value::Attachments(list) => list.iter().filter_map(|it| it.name.clone()).collect(),
        other => texts(other),
    }
}

/// Case counts never. Words begin where words begin, and end there if they were in quotes.
fn found(words: &Words, text: &str) -> bool {
    let text = text.to_lowercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let begins_with_letter = letter(words.text.chars().next());
    text.match_indices(&words.text).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        (!begins_with_letter || !letter(before)) && (!words.whole || !letter(after))
    })
}

fn is_of_kind(class: &str, kind: &str) -> bool {
    let prefixes: &[&str] = match kind {
        "email" => &["ipm.note", "report.ipm.note"],
        "meetings" | "meeting" => &["ipm.appointment", "ipm.schedule.meeting"],
        "contacts" | "contact" => &["ipm.contact", "ipm.distlist"],
        "tasks" | "task" => &["ipm.task"],
        "notes" | "note" => &["ipm.stickynote"],
        "journals" | "journal" => &["ipm.activity"],
        "posts" | "post" => &["ipm.post"],
        "docs" => &["ipm.document"],
        _ => &[],
    };
    prefixes.iter().any(|prefix| class.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use wire::ews::Mailbox;
    use wire::ews::value::{Attachment, Body};

    use super::super::parse;
    use super::*;

    fn item(property: &Property) -> Option<Value> {
        let Property::Field(field) = property else { return None };
        Some(match field {
            Field::ItemSubject => "December sales projections".into(),
            Field::ItemTextBody => Body::text("Do you have a\r\nproject plan?").into(),
            Field::MessageFrom => {
                Mailbox { name: Some("Sadie Daniels".into()), ..Mailbox::new("sd@x.org") }.into()
            }
            Field::MessageToRecipients => Value::Mailboxes(vec![Mailbox::new("ann@example.com")]),
            Field::ItemAttachments => {
                Value::Attachments(vec![Attachment::file("Report 7.pdf", vec![])])
            }
            Field::ItemClass => "IPM.Note".into(),
            Field::ItemImportance => "High".into(),
            Field::MessageIsRead => Value::Bool(false),
            Field::ItemHasAttachments => Value::Bool(true),
            Field::ItemSize => Value::Int(6_000),
            Field::ItemDateTimeReceived => Value::DateTime("2026-03-03T08:00:00Z".parse().unwrap()),
            _ => return None,
        })
    }

    #[test]
    fn it_is_found_by_all_that_is_indexed() {
        let now = "2026-03-04T12:00:00Z".parse().unwrap();
        for (query, is_found) in [
            ("", true),
            ("project", true),
            ("subject:project", true),
            ("subject:\"project\"", false),
            ("subject:sales project", true),
            ("subject:sales plan", false),
            ("subject:(sales OR plan)", true),
            ("subject:ember", false),
            ("body:\"project plan\"", true),
            ("body:\"plan project\"", false),
            ("body:\"have a project\"", true),
            ("from:sadie", true),
            ("from:\"Sadie Daniels\"", true),
            ("from:@x.org", true),
            ("from:ann", false),
            ("to:ann NOT from:ann", true),
            ("participants:ann participants:sadie", true),
            ("cc:ann", false),
            ("attachment:report", true),
            ("importance:high isread:false hasattachment:true", true),
            ("isflagged:true", false),
            ("kind:email", true),
            ("kind:meetings OR kind:tasks", false),
            ("received:yesterday", true),
            ("received:today", false),
            ("received:last week sales", false),
            ("received:this week sales", true),
            ("received:3/1/2026..3/3/2026", true),
            ("size:>5000", true),
            ("size:<5000", false),
            ("NOT (kind:tasks OR subject:plan)", true),
        ] {
            assert_eq!(holds(&parse(query, now), &item), is_found, "{query}");
        }
    }
}
