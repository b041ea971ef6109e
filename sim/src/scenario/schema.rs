//! The JSON Schema of scenario files, for completion and checking in editors, and for our own
//! check of a file's structure. It is made from the types that files are read into.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::written::File;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let settings = SchemaSettings::draft2020_12();
    let mut schema = settings.into_generator().into_root_schema_for::<File>().to_value();
    without_null(&mut schema);
    schema
});

/// The JSON Schema (draft 2020-12) of scenario files.
#[must_use]
pub fn json_schema() -> Value {
    SCHEMA.clone()
}

/// The same, shared.
pub(super) fn shared() -> &'static Value {
    &SCHEMA
}

/// TOML has no null: what may be absent is absent, and a schema that says "or null" would only
/// make an editor suggest it.
pub(crate) fn without_null(schema: &mut Value) {
    match schema {
        Value::Array(all) => all.iter_mut().for_each(without_null),
        Value::Object(map) => {
            if map.get("default").is_some_and(Value::is_null) {
                map.remove("default");
            }
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(branches)) = map.get_mut("anyOf") {
                branches.retain(|branch| branch["type"] != "null");
                if let [Value::Object(only)] = branches.as_mut_slice() {
                    let only = std::mem::take(only);
                    map.remove("anyOf");
                    for (key, value) in only {
                        map.entry(key).or_insert(value);
                    }
                }
            }
            map.values_mut().for_each(without_null);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_documented_and_none_may_be_null() {
        fn walk(schema: &Value, path: &str) {
            if let Value::Object(map) = schema {
                assert_ne!(map.get("type"), Some(&Value::from("null")), "{path}");
                if let Some(Value::Object(properties)) = map.get("properties") {
                    for (key, property) in properties {
                        let tag = property.get("const").is_some();
                        let variant = schema["required"].as_array().is_some_and(|r| r.len() == 1)
                            && properties.len() == 1
                            && map.contains_key("description");
                        assert!(
                            tag || variant || property.get("description").is_some(),
                            "{path}/{key} has no description"
                        );
                    }
                }
            }
            match schema {
                Value::Object(map) => map.iter().for_each(|(k, v)| walk(v, &format!("{path}/{k}"))),
                Value::Array(all) => all.iter().for_each(|v| walk(v, path)),
                _ => {}
            }
        }
        walk(shared(), "");
    }

    #[test]
    fn it_describes_itself_as_2020_12() {
        let schema = json_schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["title"], "syncsim scenario");
        assert_eq!(schema["additionalProperties"], false);
    }
}
