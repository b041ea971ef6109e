//! The OpenAPI 3.1 document of the control interface: paths from the list that the server goes by,
//! schemas from the types that it reads and writes.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::model::{
    AcceptedMessages, Budgets, Delivered, FaultState, Faults, MailboxState, Mailboxes, Messages,
    NewMessage, Problem, State,
};
use super::route::{Call, ROUTES, Route};
use crate::scenario::{fault_schema, without_null};
use crate::serve::ledger::LedgerView;
use crate::serve::line::EventLine;

const JSON: &str = "application/json";
const MESSAGE: &str = "message/rfc822";
const LINES: &str = "application/x-ndjson";

/// The document.
#[must_use]
pub fn openapi() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for route in ROUTES {
        let operation = operation(route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_ascii_lowercase()] = operation;
    }
    let mut schemas = Value::Object(generator.take_definitions(true));
    without_null(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "syncsim serve: the control interface",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Looks at the servers of a served scenario, puts mail into mailboxes, \
                reads what was accepted for sending, starts and stops faults. Times are the \
                scenario's own.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

/// What there is to say of a call.
struct Said {
    id: &'static str,
    summary: &'static str,
    /// Its body.
    takes: Option<Value>,
    /// Its good answer.
    gives: Gives,
    /// The refusals it may meet.
    refusals: &'static [u16],
}

struct Gives {
    status: u16,
    what: &'static str,
    content: Option<(&'static str, Value)>,
}

fn gives(what: &'static str, kind: &'static str, schema: Value) -> Gives {
    Gives { status: 200, what, content: Some((kind, schema)) }
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let said = say(route.call, generator);
    let mut responses = Map::new();
    let mut good = json!({ "description": said.gives.what });
    if let Some((kind, schema)) = said.gives.content {
        good["content"] = json!({ kind: { "schema": schema } });
    }
    responses.insert(said.gives.status.to_string(), good);
    for status in said.refusals {
        let problem = json!({ JSON: { "schema": of::<Problem>(generator) } });
        let what = refusal(*status);
        responses.insert(status.to_string(), json!({ "description": what, "content": problem }));
    }
    let mut operation = json!({
        "operationId": said.id,
        "summary": said.summary,
        "responses": responses,
    });
    let in_path = route.parameters().map(|name| parameter(name, "path"));
    let parameters: Vec<_> =
        in_path.chain(route.query.iter().map(|name| parameter(name, "query"))).collect();
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(schema) = said.takes {
        operation["requestBody"] =
            json!({ "required": true, "content": { JSON: { "schema": schema } } });
    }
    operation
}

const fn refusal(status: u16) -> &'static str {
    match status {
        400 => "The request makes no sense",
        404 => "There is no such thing",
        409 => "Not in this state",
        413 => "The body is too large",
        415 => "The body is not JSON, or does not say so",
        _ => "Not now",
    }
}

fn parameter(name: &str, place: &str) -> Value {
    let number = json!({ "type": "integer", "minimum": 0 });
    let text = json!({ "type": "string" });
    let (description, schema) = match name {
        "mailbox" => ("A mailbox's address, or its name in the scenario", text),
        "server" => ("A server's name in the scenario", text),
        "fault" => ("A fault's name", text),
        "uid" => ("The message's number in its mailbox", number),
        "number" => ("The message's number among those accepted", number),
        "after" => ("Only those with a greater number", number),
        "offset" => ("How many to leave out", number),
        "limit" => ("How many at most", number),
        "from" => (
            "From the first event that is still kept, or only what happens from now on",
            json!({ "type": "string", "enum": ["now", "start"], "default": "now" }),
        ),
        _ => unreachable!("every parameter is described"),
    };
    json!({
        "name": name,
        "in": place,
        "description": description,
        "required": place == "path",
        "schema": schema,
    })
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn say(call: Call, generator: &mut SchemaGenerator) -> Said {
    let said = |id, summary, gives, refusals| Said { id, summary, takes: None, gives, refusals };
    match call {
        Call::OpenApi => said(
            "openapi",
            "This document",
            gives("OpenAPI 3.1", JSON, json!({ "type": "object" })),
            &[],
        ),
        Call::State => said(
            "state",
            "The time and the servers",
            gives("The state", JSON, of::<State>(generator)),
            &[],
        ),
        Call::Ledger => said(
            "ledger",
            "What has become of the mail so far",
            gives("The ledger", JSON, of::<LedgerView>(generator)),
            &[],
        ),
        Call::Events => said(
            "events",
            "Events as they happen, one JSON object a line, until the client has enough",
            gives("Lines without end", LINES, of::<EventLine>(generator)),
            &[400],
        ),
        Call::Mailboxes => said(
            "mailboxes",
            "Mailboxes, in the order of the scenario, with their passwords",
            gives("Some mailboxes", JSON, of::<Mailboxes>(generator)),
            &[400],
        ),
        Call::Mailbox => said(
            "mailbox",
            "One mailbox",
            gives("The mailbox", JSON, of::<MailboxState>(generator)),
            &[404],
        ),
        Call::Messages => said(
            "messages",
            "The messages in a mailbox's inbox",
            gives("The messages", JSON, of::<Messages>(generator)),
            &[404],
        ),
        Call::Message => said(
            "message",
            "A message as it lies in an inbox; looking at it changes nothing",
            gives("The message", MESSAGE, json!({ "type": "string" })),
            &[404],
        ),
        Call::Deliver => {
            let delivered = of::<Delivered>(generator);
            Said {
                takes: Some(of::<NewMessage>(generator)),
                gives: Gives {
                    status: 201,
                    what: "It is in the inbox",
                    content: Some((JSON, delivered)),
                },
                ..said(
                    "deliver",
                    "Put a message into a mailbox's inbox, as if it had come from outside; a \
                     mailbox that is full takes none",
                    gives("", JSON, Value::Null),
                    &[400, 404, 409, 413, 415],
                )
            }
        }
        Call::Accepted => said(
            "accepted",
            "What servers took from clients for sending",
            gives("The messages", JSON, of::<AcceptedMessages>(generator)),
            &[400, 404],
        ),
        Call::AcceptedMessage => said(
            "acceptedMessage",
            "One of them, as the client meant it",
            gives("The message", MESSAGE, json!({ "type": "string" })),
            &[404],
        ),
        Call::Budgets => said(
            "budgets",
            "What is left of the servers' limits",
            gives("The budgets of those who have used anything", JSON, of::<Budgets>(generator)),
            &[404],
        ),
        Call::Faults => {
            said("faults", "All faults", gives("The faults", JSON, of::<Faults>(generator)), &[])
        }
        Call::StartFault => {
            let started = of::<FaultState>(generator);
            Said {
                takes: Some(fault_schema(generator).to_value()),
                gives: Gives { status: 201, what: "It is started", content: Some((JSON, started)) },
                ..said(
                    "startFault",
                    "Start a fault of any kind, written as in a scenario's [[fault]]; from now on \
                     unless `from` says otherwise. Crashes of the engine are refused, since it \
                     does not run here",
                    gives("", JSON, Value::Null),
                    &[400, 409, 413, 415, 503],
                )
            }
        }
        Call::StopFault => Said {
            gives: Gives { status: 204, what: "It is stopped", content: None },
            ..said(
                "stopFault",
                "Stop any fault before its time, also one of the scenario's or one that has not \
                 begun: it never will",
                gives("", JSON, Value::Null),
                &[404, 409, 503],
            )
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every `$ref` in a document.
    fn references<'d>(value: &'d Value, found: &mut BTreeSet<&'d str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(all) => all.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_referred_to() {
        let document = openapi();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            let reference = format!("#/components/schemas/{name}");
            assert!(found.contains(reference.as_str()), "{name} is referred to by nobody");
        }
    }

    #[test]
    fn every_call_is_there_once_with_its_parameters_and_a_good_answer() {
        let document = openapi();
        let mut ids = BTreeSet::new();
        for route in ROUTES {
            let operation = &document["paths"][route.path][route.method.to_ascii_lowercase()];
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{}", route.path);
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')), "{}", route.path);
            let declared = operation["parameters"].as_array().map_or(0, Vec::len);
            assert_eq!(declared, route.parameters().count() + route.query.len(), "{}", route.path);
            assert_eq!(operation["requestBody"].is_object(), route.method == "POST");
        }
        assert_eq!(document["openapi"], "3.1.0");
    }

    #[test]
    fn a_faults_effects_are_those_of_scenario_files() {
        let effects = |document: &Value, pointer: &str| {
            let all = document.pointer(pointer).and_then(Value::as_array).unwrap().len();
            assert!(all > 10, "{all}");
            all
        };
        let ours = effects(&openapi(), "/components/schemas/Effect/oneOf");
        assert_eq!(ours, effects(&crate::scenario::json_schema(), "/$defs/Effect/oneOf"));
    }

    #[test]
    fn the_copy_in_the_repository_is_this_one() {
        let copy = include_str!("../../../control.openapi.json");
        let ours = format!("{:#}\n", openapi());
        assert!(copy == ours, "run `just schema` and look at what has changed");
    }
}
