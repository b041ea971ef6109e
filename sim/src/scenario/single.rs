//! A fault that comes alone, while its scenario is already being served: the same words with the
//! same meaning as in a file, only written in JSON.

use schemars::{Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::{Value, json};
use toml::de::DeTable;

use super::diagnostic::{Diagnostic, Problem, Problems};
use super::model::{Fault, Period, Scenario};
use super::place::At;
use super::resolve::resolve_fault;
use super::structure;
use super::written::{self, Moment};
use crate::time::SimTime;

/// What messages call the text.
const NAME: &str = "fault";

#[derive(Deserialize)]
struct File {
    fault: Vec<written::Fault>,
}

/// Reads a fault on the servers and mailboxes of a scenario, and while it may strike: from `now` on
/// unless it says otherwise.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn read_fault(
    scenario: &Scenario,
    fault: &Value,
    now: SimTime,
) -> Result<(Fault, Period), Vec<Diagnostic>> {
    let text = toml::to_string(&json!({ "fault": [fault] })).map_err(|error| {
        vec![Diagnostic::of_file(NAME, error.to_string()).expecting("an object without null")]
    })?;
    let mut problems = Problems::new(NAME, &text);
    match read(scenario, &text, now, &mut problems) {
        Some(found) if problems.is_empty() => Ok(found),
        _ => Err(problems.into_diagnostics()),
    }
}

fn read(
    scenario: &Scenario,
    text: &str,
    now: SimTime,
    problems: &mut Problems<'_>,
) -> Option<(Fault, Period)> {
    let (mut table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        problems.add(error.span().unwrap_or(0..0), Problem::new(error.message()));
    }
    if !errors.is_empty() || !structure::check_faults(&mut table, problems) {
        return None;
    }
    let file: File = match Deserialize::deserialize(toml::de::Deserializer::from(table.clone())) {
        Ok(file) => file,
        Err(error) => {
            problems.add(error.span().unwrap_or(0..0), Problem::new(error.message()));
            return None;
        }
    };
    let mut fault = file.fault.into_iter().next()?;
    fault.from.get_or_insert(Moment(now));
    resolve_fault(fault, scenario, &At::root(&table), problems)
}

/// The JSON Schema of such a fault, its parts defined where the generator defines them.
pub(crate) fn fault_schema(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<written::Fault>()
}
