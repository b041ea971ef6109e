//! Requests that violate the schema, in Exchange's words.

use wire::ews::facets::{self, Reach};
use wire::ews::xml::line_and_column;
use wire::ews::{Fault, Request, ResponseCode, Violation, strict};

/// How much of a request is held to the schema. Values that the schema lacks are refused by those
/// who are lenient too: they would be stored, and whatever answers them later would violate it. The
/// commonest questions store nothing and name no items one by one, so of them nothing is.
pub(super) const fn reach(request: &Request, is_strict: bool) -> Option<Reach> {
    match request {
        _ if is_strict => Some(Reach::All),
        Request::SyncFolderItems(_)
        | Request::SyncFolderHierarchy(_)
        | Request::GetUserConfiguration(_) => None,
        _ => Some(Reach::Values),
    }
}

/// The fault for a request that can be read but is not as the schema says, if it is not.
pub(super) fn fault(body: &[u8], reach: Reach) -> Option<Fault> {
    let violation = match reach {
        Reach::All => strict::violation(body),
        Reach::Values => facets::violation(body, Reach::Values),
    };
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
