//! Reads the JSON Schema the way a message needs it: what is expected in words, which words and
//! keys there are, which of several shapes a table is meant to have.

use std::ops::Range;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::super::diagnostic::Problem;
use super::super::nearest::{list, nearest};
use super::super::written::Start;
use super::super::written::quantity::{KEYWORD, KINDS};

/// Follows references to where a schema is written out.
pub(super) fn resolve<'v>(root: &'v Value, mut schema: &'v Value) -> &'v Value {
    while let Some(pointer) = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#')) {
        match root.pointer(pointer) {
            Some(target) => schema = target,
            None => unreachable!("a generated schema refers only to itself"),
        }
    }
    schema
}

/// The shapes a value may have, resolved, when there are several.
pub(super) fn alternatives<'v>(root: &'v Value, schema: &'v Value) -> Option<Vec<&'v Value>> {
    let branches = schema.get("oneOf").or_else(|| schema.get("anyOf"))?;
    if required_keys(branches).is_some() {
        return None;
    }
    let mut all = Vec::new();
    for branch in branches.as_array()? {
        let branch = resolve(root, branch);
        match alternatives(root, branch) {
            Some(nested) => all.extend(nested),
            None => all.push(branch),
        }
    }
    Some(all)
}

/// The keys of a `oneOf` or `anyOf` that is about nothing but which keys are there.
pub(super) fn required_keys(branches: &Value) -> Option<Vec<&str>> {
    let of_branch = |branch: &'_ Value| -> Option<usize> {
        let map = branch.as_object()?;
        (map.len() == 1).then(|| branch["required"].as_array().map(Vec::len)).flatten()
    };
    let branches = branches.as_array()?;
    branches
        .iter()
        .map(|branch| (of_branch(branch)? == 1).then(|| branch["required"][0].as_str()).flatten())
        .collect()
}

/// The words among the shapes of a value.
pub(super) fn words<'v>(branches: &[&'v Value]) -> Vec<&'v str> {
    let mut words = Vec::new();
    for branch in branches {
        words.extend(branch["const"].as_str());
        words.extend(branch["enum"].as_array().into_iter().flatten().filter_map(Value::as_str));
    }
    words
}

/// The keys of the shapes that are a table of a single key.
pub(super) fn tags<'v>(branches: &[&'v Value]) -> Vec<&'v str> {
    branches.iter().filter_map(|branch| tag(branch)).collect()
}

fn tag(branch: &Value) -> Option<&str> {
    let properties = branch["properties"].as_object()?;
    let required = branch["required"].as_array()?;
    match (properties.len(), required.as_slice()) {
        (1, [only]) => only.as_str(),
        _ => None,
    }
}

/// Why a table has none of the shapes it may have, and where, if not as a whole.
pub(super) type Misfit = (Option<Range<usize>>, Problem);

/// Which shape a table is meant to have: told by a key with fixed words, by its only key, or by
/// the keys it shares with one.
pub(super) fn table_branch<'v>(
    branches: &[&'v Value],
    table: &DeTable<'_>,
) -> Result<Option<&'v Value>, Misfit> {
    let objects: Vec<&Value> =
        branches.iter().copied().filter(|branch| branch["type"] == "object").collect();
    let [first, ..] = objects.as_slice() else { return Ok(None) };
    if let Some(key) = discriminator(first) {
        return by_word(&objects, key, table).map(Some);
    }
    if objects.len() > 2 && objects.iter().all(|branch| tag(branch).is_some()) {
        return by_tag(branches, &objects, table).map(Some);
    }
    let shared = |branch: &&&Value| {
        let has = |key: &str| branch["properties"].get(key).is_some();
        table.keys().filter(|key| has(key.get_ref())).count()
    };
    // The first of those that share most.
    Ok(objects.iter().rev().max_by_key(shared).copied())
}

fn discriminator(branch: &Value) -> Option<&str> {
    let properties = branch["properties"].as_object()?;
    properties.iter().find(|(_, p)| p["const"].is_string()).map(|(key, _)| key.as_str())
}

fn by_word<'v>(objects: &[&'v Value], key: &str, table: &DeTable<'_>) -> Result<&'v Value, Misfit> {
    let words = || objects.iter().filter_map(|branch| branch["properties"][key]["const"].as_str());
    let expected = format!("`{key}` to be one of {}", list(words()));
    let Some(given) = table.get(key) else {
        return Err((None, Problem::new(format!("`{key}` is missing")).expecting(expected)));
    };
    let word = given.get_ref().as_str().unwrap_or_default();
    let chosen = objects.iter().find(|branch| branch["properties"][key]["const"] == word);
    chosen.copied().ok_or_else(|| {
        let problem = Problem::new(format!("`{key}` is {}", found(given.get_ref())))
            .expecting(format!("one of {}", list(words())))
            .did_you_mean(nearest(word, words()));
        (Some(given.span()), problem)
    })
}

fn by_tag<'v>(
    branches: &[&'v Value],
    objects: &[&'v Value],
    table: &DeTable<'_>,
) -> Result<&'v Value, Misfit> {
    let expected = || format!("one of {}", list(tags(branches)));
    let mut keys = table.keys().map(|key| key.get_ref().as_ref());
    let (Some(key), None) = (keys.next(), keys.next()) else {
        let message = format!("a table with {} keys where one says what it is", table.len());
        return Err((None, Problem::new(message).expecting(expected())));
    };
    if let Some(branch) = objects.iter().find(|branch| tag(branch) == Some(key)) {
        return Ok(branch);
    }
    if words(branches).contains(&key) {
        let message = format!("`{key}` has no details");
        let expected = format!("\"{key}\" alone, in quotes");
        return Err((None, Problem::new(message).expecting(expected)));
    }
    let problem = Problem::new(format!("unknown key `{key}`"))
        .expecting(expected())
        .did_you_mean(nearest(key, tags(branches)));
    Err((table.keys().next().map(toml::Spanned::span), problem))
}

/// The bounds of a number.
pub(super) fn range(schema: &Value) -> (Option<f64>, Option<f64>) {
    let widest = match schema["format"].as_str() {
        Some("uint16") => Some(f64::from(u16::MAX)),
        Some("uint32") => Some(f64::from(u32::MAX)),
        _ => None,
    };
    (schema["minimum"].as_f64(), schema["maximum"].as_f64().or(widest))
}

/// What a schema expects, in words.
pub(super) fn describe(root: &Value, schema: &Value) -> String {
    let schema = resolve(root, schema);
    match schema[KEYWORD].as_str() {
        Some(Start::QUANTITY) => return Start::EXPECTED.to_owned(),
        Some(name) => {
            let kind = KINDS.iter().find(|kind| kind.name == name);
            return kind.map_or_else(String::new, |kind| kind.expected.to_owned());
        }
        None => {}
    }
    if let Some(branches) = alternatives(root, schema) {
        let words = words(&branches);
        let mut all: Vec<String> = Vec::new();
        if !words.is_empty() {
            all.push(format!("one of {}", list(words)));
        }
        let others =
            branches.iter().filter(|b| b.get("const").is_none() && b.get("enum").is_none());
        all.extend(others.map(|branch| describe(root, branch)));
        all.dedup();
        return all.join(" or ");
    }
    let words = words(&[schema]);
    if !words.is_empty() {
        return format!("one of {}", list(words));
    }
    match schema["type"].as_str() {
        Some("integer") => within("a whole number", schema),
        Some("number") => within("a number", schema),
        Some("boolean") => match schema["const"].as_bool() {
            Some(only) => only.to_string(),
            None => "true or false".to_owned(),
        },
        Some("array") => format!("a list, each entry {}", describe(root, &schema["items"])),
        Some("object") => table(schema),
        _ => "a text in quotes".to_owned(),
    }
}

fn table(schema: &Value) -> String {
    if let Some(keys) = required_keys(&schema["oneOf"]) {
        return format!("a table with one of {}", list(keys));
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let keys: Vec<String> = required.map(|key| format!("{key} = …")).collect();
    if keys.is_empty() { "a table".to_owned() } else { format!("{{ {} }}", keys.join(", ")) }
}

fn within(what: &str, schema: &Value) -> String {
    match range(schema) {
        (Some(min), Some(max)) if (max - min).abs() < f64::EPSILON => min.to_string(),
        (Some(min), Some(max)) => format!("{what} from {min} to {max}"),
        (Some(min), None) => format!("{what}, at least {min}"),
        (None, Some(max)) => format!("{what}, at most {max}"),
        (None, None) => what.to_owned(),
    }
}

/// What a value is, in words.
pub(super) fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) if text.chars().count() <= 40 => format!("the text \"{text}\""),
        DeValue::String(_) => "a text".to_owned(),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(number) => format!("the number {number}"),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(at) => format!("the date or time {at}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
