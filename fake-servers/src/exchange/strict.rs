//! Requests that violate the schema, where a server is set to refuse them as the real one does.
//! What we write is in the schema's order, so a request is in order if its elements are those that
//! we would write.

use wire::ews::xml::{Limits, Ns, ReadError, Reader, line_and_column};
use wire::ews::{Fault, RequestEnvelope, ResponseCode, Violation};

/// The fault for a request that was read but is not as the schema says.
pub(super) fn violation(body: &[u8], envelope: &RequestEnvelope) -> Option<Fault> {
    let ours = envelope.write();
    let (Ok(theirs), Ok(ours)) = (elements(body), elements(&ours)) else { return None };
    let first = theirs.iter().enumerate().find(|(place, it)| {
        ours.get(*place).is_none_or(|our| (our.ns, our.name) != (it.ns, it.name))
    });
    let (_, found) = first?;
    let text = format!(
        "The element '{}' in namespace '{}' is not expected here.",
        found.name,
        found.ns.uri()
    );
    Some(schema_fault(body, found.position, &text))
}

/// `ErrorSchemaValidation` for something at an offset.
pub(super) fn schema_fault(body: &[u8], position: usize, text: &str) -> Fault {
    let (line, column) = line_and_column(body, position);
    let said = format!("The request failed schema validation: {text}");
    Fault {
        violation: Some(Violation { line, column, text: text.to_owned() }),
        ..Fault::new(ResponseCode::ErrorSchemaValidation, said)
    }
}

/// An element of a SOAP body.
struct Found<'a> {
    ns: Ns,
    name: &'a str,
    position: usize,
}

/// All elements of the body, in the order of their beginnings.
fn elements(bytes: &[u8]) -> Result<Vec<Found<'_>>, ReadError> {
    let mut reader = Reader::new(bytes, Limits::default())?;
    reader.root()?;
    let mut found = Vec::new();
    reader.children(|reader, element| {
        if element.is(Ns::Soap, "Body") { walk(reader, &mut found) } else { Ok(()) }
    })?;
    Ok(found)
}

/// Nesting is bounded by the reader.
fn walk<'a>(reader: &mut Reader<'a>, found: &mut Vec<Found<'a>>) -> Result<(), ReadError> {
    reader.children(|reader, element| {
        found.push(Found { ns: element.ns, name: element.name, position: element.position });
        walk(reader, found)
    })
}
