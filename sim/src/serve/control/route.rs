//! Which calls there are. The server finds them here, and the document is made from the same list.

use hyper::StatusCode;

use super::answer::Refusal;
use super::query::decode;

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    OpenApi,
    State,
    Ledger,
    Events,
    Mailboxes,
    Mailbox,
    Messages,
    Deliver,
    Message,
    Accepted,
    AcceptedMessage,
    Budgets,
    Faults,
    StartFault,
    StopFault,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) call: Call,
    pub(super) method: &'static str,
    /// With parameters in braces.
    pub(super) path: &'static str,
    /// The parameters that may stand behind the question mark.
    pub(super) query: &'static [&'static str],
}

const fn route(
    call: Call,
    method: &'static str,
    path: &'static str,
    query: &'static [&'static str],
) -> Route {
    Route { call, method, path, query }
}

/// All of them.
pub(super) const ROUTES: &[Route] = &[
    route(Call::OpenApi, "GET", "/openapi.json", &[]),
    route(Call::State, "GET", "/state", &[]),
    route(Call::Ledger, "GET", "/ledger", &[]),
    route(Call::Events, "GET", "/events", &["from"]),
    route(Call::Mailboxes, "GET", "/mailboxes", &["offset", "limit"]),
    route(Call::Mailbox, "GET", "/mailboxes/{mailbox}", &[]),
    route(Call::Messages, "GET", "/mailboxes/{mailbox}/messages", &[]),
    route(Call::Deliver, "POST", "/mailboxes/{mailbox}/messages", &[]),
    route(Call::Message, "GET", "/mailboxes/{mailbox}/messages/{uid}", &[]),
    route(Call::Accepted, "GET", "/accepted", &["mailbox", "after", "limit"]),
    route(Call::AcceptedMessage, "GET", "/accepted/{number}", &[]),
    route(Call::Budgets, "GET", "/budgets", &["mailbox", "server"]),
    route(Call::Faults, "GET", "/faults", &[]),
    route(Call::StartFault, "POST", "/faults", &[]),
    route(Call::StopFault, "DELETE", "/faults/{fault}", &[]),
];

impl Route {
    /// The parameters of its path, in order.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(parameter)
    }

    /// The values of the parameters if this is the path.
    fn matches(&self, path: &str) -> Option<Vec<String>> {
        let (mut own, mut given) = (self.path.split('/'), path.split('/'));
        let mut values = Vec::new();
        loop {
            match (own.next(), given.next()) {
                (None, None) => return Some(values),
                (Some(part), Some(value)) if parameter(part).is_some() && !value.is_empty() => {
                    values.push(decode(value).ok()?);
                }
                (Some(part), Some(value)) if part == value => {}
                _ => return None,
            }
        }
    }
}

fn parameter(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// Finds the call that is meant, and the values in its path.
///
/// # Errors
/// 404 for a path there is not, 405 for a method it does not have.
pub(super) fn find(method: &str, path: &str) -> Result<(&'static Route, Vec<String>), Refusal> {
    let fitting = || ROUTES.iter().filter_map(|route| Some((route, route.matches(path)?)));
    if let Some(found) = fitting().find(|(route, _)| route.method == method) {
        return Ok(found);
    }
    let methods: Vec<_> = fitting().map(|(route, _)| route.method).collect();
    if methods.is_empty() {
        let error = format!("there is nothing at {path}; /openapi.json says what there is");
        return Err(Refusal::not_found(error));
    }
    let allow = methods.join(", ");
    let error = format!("{path} has {allow} only");
    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, error);
    Err(Refusal { allow: Some(allow), ..refusal })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_calls_with_their_values() {
        let call = |method, path| find(method, path).map(|(route, values)| (route.call, values));
        let (found, values) = call("GET", "/mailboxes/ann%40example.com/messages/7").unwrap();
        assert_eq!((found, values), (Call::Message, vec!["ann@example.com".into(), "7".into()]));
        assert_eq!(call("DELETE", "/faults/busy").unwrap().0, Call::StopFault);
        for odd in ["/", "/mailboxes/", "/mailboxes//messages", "/state/", "/nothing", ""] {
            assert_eq!(call("GET", odd).unwrap_err().status, StatusCode::NOT_FOUND, "{odd}");
        }
        let refused = call("PUT", "/faults").unwrap_err();
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(refused.allow.as_deref(), Some("GET, POST"));
    }
}
