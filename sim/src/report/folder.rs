//! Results as files, for archives and for tools that come later: a folder for each run, and what
//! belongs to all of them at the top.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::adapter::strip_str;

use super::human::Layout;
use super::json;
use super::view::RunView;

/// A folder of results.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    results: BufWriter<File>,
}

/// What could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", .path.display())]
pub struct FolderError {
    /// Where.
    pub path: PathBuf,
    /// The system's reason.
    pub error: io::Error,
}

impl FolderError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self { path: path.to_owned(), error }
    }
}

impl Folder {
    /// Makes the folder if need be, and in it an empty `results.jsonl`. What other runs left there
    /// stays.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn create(path: &Path) -> Result<Self, FolderError> {
        fs::create_dir_all(path).map_err(FolderError::at(path))?;
        let results = path.join("results.jsonl");
        let file = File::create(&results).map_err(FolderError::at(&results))?;
        Ok(Self { path: path.to_owned(), results: BufWriter::new(file) })
    }

    /// Writes one run: `summary.txt` and `result.json` in a folder of its own, and a line in
    /// `results.jsonl`.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn add(&mut self, run: &RunView, layout: &Layout) -> Result<(), FolderError> {
        let folder = self.path.join(&run.scenario).join(run_name(run));
        fs::create_dir_all(&folder).map_err(FolderError::at(&folder))?;
        let summary = strip_str(&layout.in_full(run)).to_string();
        write(&folder.join("summary.txt"), &summary)?;
        let result = folder.join("result.json");
        let text = json::pretty(run).map_err(io::Error::from).map_err(FolderError::at(&result))?;
        write(&result, &text)?;
        let line = json::line(run).map_err(io::Error::from);
        line.and_then(|line| self.results.write_all(line.as_bytes()))
            .map_err(FolderError::at(&self.path.join("results.jsonl")))
    }

    /// Writes what can only be written at the end.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn finish(mut self, junit: &str) -> Result<(), FolderError> {
        self.results.flush().map_err(FolderError::at(&self.path.join("results.jsonl")))?;
        write(&self.path.join("junit.xml"), junit)
    }
}

/// `seed-1-virtual`, `seed-1-variant-17-turmoil`.
fn run_name(run: &RunView) -> String {
    format!("{}-{}", run.which().replace(' ', "-"), run.world)
}

fn write(path: &Path, text: &str) -> Result<(), FolderError> {
    fs::write(path, text).map_err(FolderError::at(path))
}
