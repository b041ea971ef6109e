//! Holds a file's tree against the JSON Schema: unknown and missing keys, wrong kinds of values,
//! quantities without their unit. It goes on after a mistake, so that all of them are reported.
//!
//! A key that is nearly a known one is taken for it after it has been reported, so that the checks
//! of meaning can go on with what was surely meant.

mod describe;

use std::ops::Range;

use serde_json::Value;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use self::describe::{describe, found, words};
use super::diagnostic::{Problem, Problems};
use super::nearest::{list, nearest};
use super::schema;
use super::written::Start;
use super::written::quantity::{KEYWORD, KINDS, bare_unit, instead};

/// A value with its place.
type Node<'i> = Spanned<DeValue<'i>>;

/// Whether a file's tree has the structure of a scenario, apart from keys that are misspelt or
/// have no place in it.
pub(super) fn check(root: &mut Spanned<DeTable<'_>>, problems: &mut Problems<'_>) -> bool {
    let mut checker = Checker { root: schema::shared(), problems, sound: true };
    // A file has no header to point at; what it lacks is shown at its first line.
    checker.table(checker.root, root.get_mut(), 0..0, "the scenario");
    checker.sound
}

/// The same for the faults of a tree that has nothing else.
pub(super) fn check_faults(root: &mut Spanned<DeTable<'_>>, problems: &mut Problems<'_>) -> bool {
    let mut checker = Checker { root: schema::shared(), problems, sound: true };
    if let Some(faults) = root.get_mut().get_mut("fault") {
        checker.value(&checker.root["properties"]["fault"], faults, "fault");
    }
    checker.sound
}

struct Checker<'c, 's> {
    root: &'static Value,
    problems: &'c mut Problems<'s>,
    sound: bool,
}

impl Checker<'_, '_> {
    /// A mistake after which the file's values cannot be read.
    fn wrong(&mut self, at: Range<usize>, problem: Problem) {
        self.sound = false;
        self.problems.add(at, problem);
    }

    fn value(&mut self, schema: &'static Value, node: &mut Node<'_>, name: &str) {
        let schema = describe::resolve(self.root, schema);
        let span = node.span();
        if schema.get(KEYWORD).is_some() {
            return self.quantity(schema, node, name);
        }
        if let Some(branches) = describe::alternatives(self.root, schema) {
            return self.choose(&branches, node, name);
        }
        match (schema["type"].as_str(), node.get_mut()) {
            (Some("object"), DeValue::Table(table)) => self.table(schema, table, span, name),
            (Some("array"), DeValue::Array(array)) => {
                self.length(schema, array.len(), &span, name);
                for item in array.iter_mut() {
                    self.value(&schema["items"], item, name);
                }
            }
            (Some("string"), DeValue::String(text)) => self.text(schema, text, span, name),
            (Some("integer"), DeValue::Integer(_))
            | (Some("number"), DeValue::Integer(_) | DeValue::Float(_)) => {
                self.number(schema, node, name);
            }
            (Some("boolean"), DeValue::Boolean(truth)) => {
                if schema["const"].as_bool().is_some_and(|only| only != *truth) {
                    let problem = Problem::new(format!("`{name}` cannot be {truth}"));
                    self.wrong(span, problem.expecting(describe(self.root, schema)));
                }
            }
            _ => self.mismatch(&[schema], node, name),
        }
    }

    fn mismatch(&mut self, schemas: &[&Value], node: &Node<'_>, name: &str) {
        let mut expected: Vec<String> =
            schemas.iter().map(|schema| describe(self.root, schema)).collect();
        expected.dedup();
        let problem = Problem::new(format!("`{name}` is {}", found(node.get_ref())));
        let problem = problem.expecting(expected.join(" or "));
        self.wrong(node.span(), with_unit(schemas, node.get_ref(), name, problem));
    }

    fn quantity(&mut self, schema: &Value, node: &Node<'_>, name: &str) {
        let quantity = schema[KEYWORD].as_str();
        if quantity == Some(Start::QUANTITY) {
            let is_complete = |at: &toml::value::Datetime| {
                at.date.is_some() && at.time.is_some() && at.offset.is_some()
            };
            if !node.get_ref().as_datetime().is_some_and(is_complete) {
                let problem = Problem::new(format!("`{name}` is {}", found(node.get_ref())));
                self.wrong(node.span(), problem.expecting(Start::EXPECTED));
            }
            return;
        }
        let Some(kind) = KINDS.iter().find(|kind| Some(kind.name) == quantity) else {
            unreachable!("the schema names only kinds that exist");
        };
        let problem = if let DeValue::String(text) = node.get_ref() {
            let Err(malformed) = (kind.check)(text) else { return };
            Problem::new(format!("`{name}` is not a {}: {malformed}", kind.name))
                .maybe_help(instead(kind, text, bare_unit(name)))
        } else {
            let problem = Problem::new(format!("`{name}` is {}", found(node.get_ref())));
            with_unit(&[schema], node.get_ref(), name, problem)
        };
        self.wrong(node.span(), problem.expecting(kind.expected));
    }

    /// Several kinds of value are allowed: finds the one that is meant and checks against it.
    fn choose(&mut self, branches: &[&'static Value], node: &mut Node<'_>, name: &str) {
        let of_type = |name: &str| branches.iter().copied().find(|b| b["type"] == name);
        let chosen = match node.get_ref() {
            DeValue::String(text) => {
                let words = words(branches);
                if words.contains(&text.as_ref()) {
                    return;
                }
                let plain = branches.iter().copied().find(|branch| {
                    branch["type"] == "string"
                        && branch.get("const").is_none()
                        && branch.get("enum").is_none()
                });
                if plain.is_none() && !words.is_empty() {
                    return self.unknown_word(branches, &words, node, name);
                }
                plain
            }
            DeValue::Table(table) => match describe::table_branch(branches, table) {
                Ok(branch) => branch,
                Err((at, problem)) => return self.wrong(at.unwrap_or(node.span()), problem),
            },
            DeValue::Integer(_) => of_type("integer").or_else(|| of_type("number")),
            DeValue::Float(_) => of_type("number"),
            DeValue::Array(_) => of_type("array"),
            DeValue::Boolean(_) => of_type("boolean"),
            DeValue::Datetime(_) => None,
        };
        match chosen {
            Some(branch) => self.value(branch, node, name),
            None => self.mismatch(branches, node, name),
        }
    }

    fn unknown_word(&mut self, branches: &[&Value], words: &[&str], node: &Node<'_>, name: &str) {
        let DeValue::String(text) = node.get_ref() else { return };
        let tags = describe::tags(branches);
        let problem = if tags.contains(&text.as_ref()) {
            Problem::new(format!("`{text}` needs its details"))
                .expecting(format!("a table: {{ {text} = … }}"))
        } else {
            let known = words.iter().chain(&tags).copied();
            Problem::new(format!("`{name}` cannot be \"{text}\""))
                .expecting(format!("one of {}", list(words.iter().chain(&tags).copied())))
                .did_you_mean(nearest(text, known))
        };
        self.wrong(node.span(), problem);
    }

    fn table(
        &mut self,
        schema: &'static Value,
        table: &mut DeTable<'_>,
        span: Range<usize>,
        name: &str,
    ) {
        self.unknown_keys(schema, table, name);
        for (key, child) in table.iter_mut() {
            let key = key.get_ref().as_ref();
            let property = schema["properties"].get(key);
            let rest = schema.get("additionalProperties").filter(|rest| rest.is_object());
            if let Some(property) = property.or(rest) {
                self.value(property, child, key);
            }
        }
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !table.contains_key(key) {
                let what = self.documentation(&schema["properties"][key]);
                let problem = Problem::new(format!("{} has no `{key}`", quoted(name)));
                let problem = problem.expecting(format!("the key `{key}`"));
                self.wrong(
                    span.clone(),
                    if what.is_empty() { problem } else { problem.help(what) },
                );
            }
        }
        self.requirements(schema, table, &span, name);
    }

    /// Reports keys that have no place in a table, and takes those that are nearly right for what
    /// they should be.
    fn unknown_keys(&mut self, schema: &Value, table: &mut DeTable<'_>, name: &str) {
        let names = schema["propertyNames"]["enum"].as_array().into_iter().flatten();
        let properties = schema["properties"].as_object().into_iter().flatten();
        let known: Vec<&str> = properties
            .map(|(key, _)| key.as_str())
            .chain(names.filter_map(Value::as_str))
            .collect();
        let closed = schema["additionalProperties"] == false
            || schema["unevaluatedProperties"] == false
            || schema.get("propertyNames").is_some();
        if !closed {
            return;
        }
        let unknown: Vec<(String, Range<usize>)> = table
            .keys()
            .filter(|key| !known.contains(&key.get_ref().as_ref()))
            .map(|key| (key.get_ref().to_string(), key.span()))
            .collect();
        for (key, span) in unknown {
            let free = known.iter().copied().filter(|known| !table.contains_key(*known));
            let meant = nearest(&key, free);
            self.problems.add(
                span.clone(),
                Problem::new(format!("unknown key `{key}` in {}", quoted(name)))
                    .expecting(format!("one of {}", list(known.iter().copied())))
                    .did_you_mean(meant),
            );
            if let (Some(value), Some(meant)) = (table.remove(key.as_str()), meant) {
                table.insert(Spanned::new(span, DeString::Owned(meant.to_owned())), value);
            }
        }
    }

    /// `oneOf` and `anyOf` of nothing but required keys: exactly one, at least one of them.
    fn requirements(
        &mut self,
        schema: &Value,
        table: &DeTable<'_>,
        span: &Range<usize>,
        name: &str,
    ) {
        for (keyword, how_many) in [("oneOf", "exactly one"), ("anyOf", "at least one")] {
            let Some(keys) = describe::required_keys(&schema[keyword]) else { continue };
            let expected = format!("{how_many} of {}", list(keys.iter().copied()));
            let mut present: Vec<_> = table
                .keys()
                .filter(|key| keys.contains(&key.get_ref().as_ref()))
                .map(|key| (key.span(), key.get_ref().as_ref()))
                .collect();
            present.sort_by_key(|(span, _)| span.start);
            match present.as_slice() {
                [] => {
                    let missing = list(keys.iter().copied());
                    let problem = Problem::new(format!("{} has none of {missing}", quoted(name)));
                    self.wrong(span.clone(), problem.expecting(expected));
                }
                [(_, first), others @ ..] if keyword == "oneOf" => {
                    for (span, other) in others {
                        let message = format!("`{other}` contradicts `{first}`");
                        self.wrong(span.clone(), Problem::new(message).expecting(&*expected));
                    }
                }
                _ => {}
            }
        }
    }

    /// What a key is for.
    fn documentation(&self, property: &Value) -> String {
        let own = property["description"].as_str();
        let text = own.or_else(|| describe::resolve(self.root, property)["description"].as_str());
        text.unwrap_or_default().replace('\n', " ")
    }

    fn length(&mut self, schema: &Value, length: usize, span: &Range<usize>, name: &str) {
        let length = length as u64;
        if schema["minItems"].as_u64().is_some_and(|min| length < min) {
            let problem = Problem::new(format!("`{name}` is empty"));
            self.wrong(span.clone(), problem.expecting("at least one entry"));
        }
        if let Some(max) = schema["maxItems"].as_u64().filter(|max| length > *max) {
            let problem = Problem::new(format!("`{name}` has {length} entries"));
            self.wrong(span.clone(), problem.expecting(format!("at most {max}")));
        }
    }

    fn text(&mut self, schema: &'static Value, text: &str, span: Range<usize>, name: &str) {
        let words = words(&[schema]);
        if !words.is_empty() && !words.contains(&text) {
            let problem = Problem::new(format!("`{name}` cannot be \"{text}\""))
                .expecting(format!("one of {}", list(words.iter().copied())))
                .did_you_mean(nearest(text, words.iter().copied()));
            self.wrong(span, problem);
        } else if schema["minLength"].as_u64().is_some() && text.trim().is_empty() {
            let problem = Problem::new(format!("`{name}` is empty"));
            self.wrong(span, problem.expecting("a text that says something"));
        }
    }

    fn number(&mut self, schema: &Value, node: &Node<'_>, name: &str) {
        let (number, written) = match node.get_ref() {
            DeValue::Integer(integer) => {
                let value = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
                #[expect(clippy::cast_precision_loss, reason = "bounds are far below 2^53")]
                (value.map(|value| value as f64), integer.to_string())
            }
            DeValue::Float(float) => {
                (float.as_str().parse::<f64>().ok().filter(|f| f.is_finite()), float.to_string())
            }
            _ => return,
        };
        let (min, max) = describe::range(schema);
        let within = |number: &f64| {
            min.is_none_or(|min| min <= *number) && max.is_none_or(|max| *number <= max)
        };
        if !number.as_ref().is_some_and(within) {
            let problem = Problem::new(format!("`{name}` cannot be {written}"));
            self.wrong(node.span(), problem.expecting(describe(self.root, schema)));
        }
    }
}

/// Says how a bare number is written with a unit, where one of the shapes is a quantity.
fn with_unit(schemas: &[&Value], value: &DeValue<'_>, name: &str, problem: Problem) -> Problem {
    let number = match value {
        DeValue::Integer(number) => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => return problem,
    };
    let quantity = schemas.iter().find_map(|schema| schema[KEYWORD].as_str());
    let kind = KINDS.iter().find(|kind| Some(kind.name) == quantity);
    problem.maybe_help(kind.and_then(|kind| instead(kind, number, bare_unit(name))))
}

/// `the scenario` as it is, keys in backticks.
fn quoted(name: &str) -> String {
    if name.contains(' ') { name.to_owned() } else { format!("`{name}`") }
}
