//! The `syncsim` command: arguments in, results and one exit code out.

mod args;
mod check;
mod execute;
mod guard;
mod load;
mod lockstep;
mod plan;
mod run;
mod serve;
mod session;
#[cfg(test)]
mod testing;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;

use self::args::{Cli, Verb};
use self::plan::PlanError;
use self::session::SessionError;
use crate::check::Verdict;
use crate::scenario::{Diagnostic, json_schema, render};
use crate::serve::{ServeError, openapi};

/// Why a command could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    /// Scenarios are wrong or missing.
    #[error("{} mistakes in scenarios", .0.len())]
    Scenarios(Vec<Diagnostic>),
    /// The arguments do not fit the scenarios.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Results could not be handed over.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Nothing could be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// An address that others can reach, which nobody has allowed.
    #[error(
        "{0} can be reached from other machines, and these servers tell their passwords to \
         everybody; say --allow-non-loopback if that is meant"
    )]
    NotLoopback(SocketAddr),
    /// More or fewer scenarios than can be served.
    #[error("{0} scenarios; only one can be served at a time")]
    NotOneScenario(usize),
    /// The system refused a thread.
    #[error("no thread for a run: {0}")]
    Threads(io::Error),
}

impl From<Vec<Diagnostic>> for CommandError {
    fn from(mistakes: Vec<Diagnostic>) -> Self {
        Self::Scenarios(mistakes)
    }
}

/// Does what the command line says; the exit code is the worst verdict's.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are errors to clap, but not to anybody else. When even this cannot
            // be printed there is nobody to tell.
            let _ = error.print();
            let verdict = if error.use_stderr() { Verdict::Invalid } else { Verdict::Pass };
            return ExitCode::from(verdict.exit_code());
        }
    };
    guard::install();
    let mut out = anstream::stdout();
    let result = match cli.verb {
        Verb::Run(args) => run::run(&args, &execute::perform, &mut out),
        Verb::Check(args) => check::check(&args, &mut out),
        Verb::Serve(args) => serve::serve(&args, &mut out),
        Verb::Schema => print(&json_schema(), &mut out),
        Verb::Openapi => print(&openapi(), &mut out),
    };
    let verdict = result.unwrap_or_else(|error| {
        tell(&error);
        Verdict::Invalid
    });
    ExitCode::from(verdict.exit_code())
}

fn print(document: &serde_json::Value, out: &mut dyn Write) -> Result<Verdict, CommandError> {
    let text = format!("{document:#}\n");
    out.write_all(text.as_bytes()).map_err(SessionError::Out)?;
    Ok(Verdict::Pass)
}

/// Says on standard error why nothing, or not everything, was done.
fn tell(error: &CommandError) {
    match error {
        CommandError::Scenarios(mistakes) => say(&render(mistakes, true)),
        other => say(&format!("error: {other}\n")),
    }
}

/// Writes to standard error, without colours where nobody would see them. When even this cannot be
/// written there is nobody to tell.
fn say(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}
