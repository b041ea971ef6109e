//! Whole EWS documents against Microsoft's published schema, for the tests of whoever writes them.
//! Our own reader is no judge of our own writer; the schema, read by libxml2, is.
//!
//! The schema is not ours to copy: it lies beside the project, in `../shared/ews-schema` as seen
//! from the project's root. Where that folder is missing nothing can be judged, and
//! [`Outcome::Skipped`] says so; where it exists, a missing `xmllint` is a failure.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

/// Files one xmllint takes: few processes, and command lines far below any limit.
const FILES_PER_PROCESS: usize = 250;

/// The schema's folder, from this crate's.
const FOLDER: &str = "../../shared/ews-schema";

/// What came of a batch in which nothing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// So many documents were read, and each is as the schema wants it.
    Valid(usize),
    /// There is no schema beside this project.
    Skipped,
}

/// Why a batch is not as it should be.
#[derive(Debug, Error)]
pub enum CheckError {
    /// The schema says no: its words, with the documents' names and contents.
    #[error("{0}")]
    Invalid(String),
    /// The tool is not installed.
    #[error(
        "{FOLDER} is there but xmllint is not: install it (Debian: apt-get install libxml2-utils)"
    )]
    NoTool,
    /// The files could not be written or the tool could not be started.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Documents to be judged together, each under the name by which a failure speaks of it.
#[derive(Debug, Default)]
pub struct Batch {
    documents: Vec<(String, Vec<u8>)>,
}

impl Batch {
    /// Adds a document.
    pub fn add(&mut self, name: impl Into<String>, document: impl Into<Vec<u8>>) {
        self.documents.push((name.into(), document.into()));
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Judges all of them.
    ///
    /// # Errors
    /// See [`CheckError`].
    pub fn check(&self) -> Result<Outcome, CheckError> {
        let schema = folder().join("soap.xsd");
        if !schema.is_file() {
            return Ok(Outcome::Skipped);
        }
        let mut complaints = String::new();
        for documents in self.documents.chunks(FILES_PER_PROCESS) {
            complaints.push_str(&judge(&schema, documents)?);
        }
        if complaints.is_empty() {
            Ok(Outcome::Valid(self.len()))
        } else {
            Err(CheckError::Invalid(complaints))
        }
    }

    /// Judges all of them and panics unless they are valid. A test without a schema passes, but
    /// says on the terminal that it judged nothing.
    ///
    /// # Panics
    /// With the schema's complaints.
    pub fn assert_valid(&self) {
        match self.check() {
            Ok(Outcome::Valid(_)) => {}
            // Past the capture of the test harness, which is silent about tests that pass.
            Ok(Outcome::Skipped) => {
                let count = self.len();
                let skipped = format!("SKIPPED: no schema at {FOLDER}, {count} documents unseen\n");
                let _ = io::stderr().write_all(skipped.as_bytes());
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER)
}

/// What the schema has to say against these; empty when nothing.
fn judge(schema: &Path, documents: &[(String, Vec<u8>)]) -> Result<String, CheckError> {
    let place = tempfile::tempdir()?;
    let mut command = Command::new("xmllint");
    command.current_dir(place.path()).args(["--noout", "--nonet", "--schema"]).arg(schema);
    for (number, (_, document)) in documents.iter().enumerate() {
        let file = file_name(number);
        std::fs::write(place.path().join(&file), document)?;
        command.arg(file);
    }
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => CheckError::NoTool,
        _ => error.into(),
    })?;
    if output.status.success() {
        return Ok(String::new());
    }
    Ok(complaints(&String::from_utf8_lossy(&output.stderr), documents))
}

fn file_name(number: usize) -> String {
    format!("{number}.xml")
}

/// The tool's words with each file's number replaced by its document's name, and the document.
fn complaints(words: &str, documents: &[(String, Vec<u8>)]) -> String {
    let mut told = String::new();
    for (number, (name, document)) in documents.iter().enumerate() {
        let prefix = format!("{}:", file_name(number));
        let mut lines = words.lines().filter_map(|line| line.strip_prefix(&prefix)).peekable();
        if lines.peek().is_none() {
            continue;
        }
        for line in lines {
            let _ = writeln!(told, "{name}:{line}");
        }
        let _ = writeln!(told, "{}\n", String::from_utf8_lossy(document));
    }
    if told.is_empty() { words.to_owned() } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get_folder(inner: &str) -> String {
        format!(
            r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
                 xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"
                 xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
               <s:Body><m:GetFolder>{inner}</m:GetFolder></s:Body></s:Envelope>"#
        )
    }

    const SHAPE: &str = "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>";
    const IDS: &str = r#"<m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds>"#;

    #[test]
    fn the_order_of_elements_is_judged_and_the_culprit_named() {
        let mut batch = Batch::default();
        batch.add("in order", get_folder(&format!("{SHAPE}{IDS}")));
        match batch.check().unwrap() {
            Outcome::Skipped => return batch.assert_valid(),
            Outcome::Valid(count) => assert_eq!(count, 1),
        }
        batch.add("out of order", get_folder(&format!("{IDS}{SHAPE}")));
        let error = batch.check().unwrap_err().to_string();
        assert!(error.starts_with("out of order:4: element FolderIds"), "{error}");
        assert!(!error.contains("in order:"), "{error}");
    }

    #[test]
    fn a_batch_may_be_larger_than_what_one_process_takes() {
        let mut batch = Batch::default();
        for number in 0..=FILES_PER_PROCESS {
            batch.add(number.to_string(), get_folder(&format!("{SHAPE}{IDS}")));
        }
        let outcome = batch.check().unwrap();
        assert!([Outcome::Valid(FILES_PER_PROCESS + 1), Outcome::Skipped].contains(&outcome));
        batch.add("not XML", "<");
        let error = batch.check();
        assert!(matches!(&error, Ok(Outcome::Skipped) | Err(CheckError::Invalid(_))), "{error:?}");
    }
}
