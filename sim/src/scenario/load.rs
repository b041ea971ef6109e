//! Reads scenario files: one, or all that a folder holds, with every problem of every file.

use std::fs;
use std::path::{Path, PathBuf};

use toml::de::DeTable;
use xxhash_rust::xxh3::xxh3_64;

use super::diagnostic::{Diagnostic, Problem, Problems};
use super::model::Scenario;
use super::place::At;
use super::written::File;
use super::{resolve, structure};

/// The largest file that is read, in octets; scenarios are written by people.
const LARGEST: u64 = 4 << 20;

/// A scenario and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The file, as it was reached from the path given.
    pub path: PathBuf,
    /// xxh3-64 of the file's bytes.
    pub source: u64,
    /// What it says.
    pub scenario: Scenario,
}

/// Reads a file, or all `*.toml` files of a folder and the folders in it, sorted by path. Symbolic
/// links to folders are not followed, so that none leads in a circle.
///
/// # Errors
/// All problems of all files: nothing is returned when anything is wrong.
pub fn load(path: &Path) -> Result<Vec<Loaded>, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut files = Vec::new();
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            find(path, &mut files, &mut diagnostics);
            files.sort();
            if files.is_empty() && diagnostics.is_empty() {
                diagnostics.push(
                    Diagnostic::of_file(name(path), "no scenarios in this folder")
                        .expecting("files whose names end in .toml"),
                );
            }
        }
        Ok(_) => files.push(path.to_owned()),
        Err(error) => diagnostics.push(unreadable(path, &error)),
    }
    let mut all = Vec::new();
    for file in files {
        match load_file(&file) {
            Ok(loaded) => all.push(loaded),
            Err(more) => diagnostics.extend(more),
        }
    }
    if diagnostics.is_empty() { Ok(all) } else { Err(diagnostics) }
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let diagnostic = Diagnostic::of_file(name(path), format!("cannot be read: {error}"));
    diagnostic.expecting("a scenario file, or a folder of them")
}

fn find(folder: &Path, files: &mut Vec<PathBuf>, diagnostics: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return diagnostics.push(unreadable(folder, &error)),
    };
    for entry in entries {
        match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?.is_dir()))) {
            Ok((path, true)) => find(&path, files, diagnostics),
            Ok((path, false)) if path.extension().is_some_and(|e| e == "toml") => files.push(path),
            Ok(_) => {}
            Err(error) => diagnostics.push(unreadable(folder, &error)),
        }
    }
}

fn load_file(path: &Path) -> Result<Loaded, Vec<Diagnostic>> {
    let one = |diagnostic| vec![diagnostic];
    let size = fs::metadata(path).map_err(|error| one(unreadable(path, &error)))?.len();
    if size > LARGEST {
        let message = format!("is too large: {size} octets");
        let diagnostic = Diagnostic::of_file(name(path), message);
        return Err(one(diagnostic.expecting(format!("at most {LARGEST}"))));
    }
    let bytes = fs::read(path).map_err(|error| one(unreadable(path, &error)))?;
    let text = match str::from_utf8(&bytes) {
        Ok(text) => text,
        Err(error) => {
            let sound = error.valid_up_to();
            let sound = str::from_utf8(&bytes[..sound]).unwrap_or_default();
            let file = name(path);
            let mut problems = Problems::new(&file, sound);
            let problem = Problem::new("not UTF-8 from here on").expecting("a text in UTF-8");
            problems.add(sound.len()..sound.len(), problem);
            return Err(problems.into_diagnostics());
        }
    };
    let scenario = parse(&name(path), text)?;
    Ok(Loaded { path: path.to_owned(), source: xxh3_64(&bytes), scenario })
}

/// Reads a scenario from a text; `name` is what messages call it.
///
/// # Errors
/// All problems of the text, in its order.
pub fn parse(name: &str, text: &str) -> Result<Scenario, Vec<Diagnostic>> {
    let mut problems = Problems::new(name, text);
    let scenario = read(text, &mut problems);
    match scenario {
        Some(scenario) if problems.is_empty() => Ok(scenario),
        _ => Err(problems.into_diagnostics()),
    }
}

/// Each step needs the one before it, and reports all it can find.
fn read(text: &str, problems: &mut Problems<'_>) -> Option<Scenario> {
    let (mut table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        problems.add(error.span().unwrap_or(0..0), Problem::new(error.message()));
    }
    if !errors.is_empty() || !structure::check(&mut table, problems) {
        return None;
    }
    let file = match <File as serde::Deserialize>::deserialize(toml::de::Deserializer::from(
        table.clone(),
    )) {
        Ok(file) => file,
        Err(error) => {
            problems.add(error.span().unwrap_or(0..0), Problem::new(error.message()));
            return None;
        }
    };
    resolve::resolve(file, &At::root(&table), problems)
}
