//! The operations of all protocols, as a file writes them: by the names of the servers' own table,
//! those of EWS as Microsoft has them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::{Value, json};

/// What a server is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) struct Operation(pub fake_servers::Operation);

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let found = fake_servers::Operation::ALL.iter().find(|(known, ..)| *known == name);
        let found = found.map(|(.., operation)| Self(*operation));
        found.ok_or_else(|| D::Error::custom(format!("no server has an operation `{name}`")))
    }
}

impl JsonSchema for Operation {
    fn schema_name() -> Cow<'static, str> {
        "Operation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let word = |(name, what, _): &(&str, &str, fake_servers::Operation)| json!({ "description": what, "type": "string", "const": name });
        let words: Vec<Value> = fake_servers::Operation::ALL.iter().map(word).collect();
        json_schema!({ "description": "What a server is asked to do.", "oneOf": words })
    }
}
