//! Where the results of one command go: standard output in the chosen format, the folder of
//! `--out`, and the sums for the exit code.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::time::Duration;

use super::args::Format;
use crate::report::folder::{Folder, FolderError};
use crate::report::human::{Layout, summary};
use crate::report::json;
use crate::report::junit::JUnit;
use crate::report::progress::Progress;
use crate::report::tally::Tally;
use crate::report::view::RunView;

/// The results of one command, as they come in.
pub(super) struct Session<'a> {
    /// Standard output; whoever made it decides about colours.
    pub(super) out: &'a mut dyn Write,
    /// What is written there.
    pub(super) format: Format,
    /// The columns of the human format.
    pub(super) layout: Layout,
    /// The folder of `--out`.
    pub(super) folder: Option<Folder>,
    /// The display on standard error.
    pub(super) progress: Progress,
    /// Sums so far.
    pub(super) tally: Tally,
    /// The XML so far: it can be written only as a whole.
    pub(super) junit: JUnit,
    /// The runs of the scenario that is under way.
    pub(super) under_way: Vec<RunView>,
}

/// Why results could not be handed over.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    /// Standard output.
    #[error("standard output: {0}")]
    Out(#[from] io::Error),
    /// The folder of `--out`.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The XML of JUnit.
    #[error("JUnit: {0}")]
    JUnit(#[from] quick_junit::SerializeError),
}

impl Session<'_> {
    /// One run is done.
    ///
    /// # Errors
    /// When a result cannot be written.
    pub(super) fn run_done(&mut self, mut run: RunView) -> Result<(), SessionError> {
        self.progress.done(run.simulated);
        if let Some(folder) = &mut self.folder {
            folder.add(&run, &self.layout)?;
        }
        if self.format == Format::Json {
            let line = json::line(&run).map_err(io::Error::from)?;
            self.write(&line)?;
        }
        if run.as_declared() && !self.wants_junit() {
            run.thin_out();
        }
        self.under_way.push(run);
        Ok(())
    }

    /// All runs of one scenario are done.
    ///
    /// # Errors
    /// When the results cannot be written.
    pub(super) fn scenario_done(&mut self) -> Result<(), SessionError> {
        let runs = std::mem::take(&mut self.under_way);
        self.tally.add(&runs);
        if self.wants_junit() {
            self.junit.add(&runs);
        }
        if self.format == Format::Human {
            self.write(&self.layout.scenario(&runs))?;
        }
        Ok(())
    }

    /// Everything is done, in so much wall time on so many cores.
    ///
    /// # Errors
    /// When the results cannot be written.
    pub(super) fn finish(
        &mut self,
        wall: Duration,
        workers: NonZeroUsize,
    ) -> Result<(), SessionError> {
        self.progress.finish();
        match self.format {
            Format::Human => self.write(&summary(&self.tally, wall, workers.get()))?,
            Format::Junit => self.write(&self.junit.to_xml()?)?,
            Format::Json => {}
        }
        if let Some(folder) = self.folder.take() {
            folder.finish(&self.junit.to_xml()?)?;
        }
        Ok(())
    }

    fn wants_junit(&self) -> bool {
        self.format == Format::Junit || self.folder.is_some()
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        let out = &mut *self.out;
        self.progress.aside(|| out.write_all(text.as_bytes()).and_then(|()| out.flush()))
    }
}
