//! Requests that violate the schema, in Exchange's words.

use wire::ews::facets::{self, Reach};
use wire::ews::xml::line_and_column;
use wire::ews::{Fault, ResponseCode, Violation, strict};

/// The fault for a request that can be read but is not as the schema says, if it is not. Values
/// that the schema lacks are refused by those who are lenient too: they would be stored, and
/// whatever answers them later would violate the schema.
pub(super) fn fault(body: &[u8], is_strict: bool) -> Option<Fault> {
    let violation =
        if is_strict { strict::violation(body) } else { facets::violation(body, Reach::Values) };
    violation.map(of)
}

/// `ErrorSchemaValidation` for something at an offset.
pub(super) fn schema_fault(body: &[u8], position: usize, text: &str) -> Fault {
    let (line, column) = line_and_column(body, position);
    of(Violation { line, column, text: text.to_owned() })
}

fn of(violation: Violation) -> Fault {
    let said = format!("The request failed schema validation: {}", violation.text);
    Fault { violation: Some(violation), ..Fault::new(ResponseCode::ErrorSchemaValidation, said) }
}
