//! `syncsim check`.

use std::io::{self, Write};
use std::sync::Arc;

use super::CommandError;
use super::args::CheckArgs;
use super::load::{Found, load_all};
use super::session::SessionError;
use crate::check::Verdict;
use crate::report::units::counted;
use crate::scenario::Scenario;

/// Validates what the arguments name and says so.
///
/// # Errors
/// Everything that is wrong with any of the files, together.
pub(super) fn check(args: &CheckArgs, out: &mut dyn Write) -> Result<Verdict, CommandError> {
    let scenarios = load_all(&args.paths)?;
    let valid = counted(scenarios.len() as u64, "scenario");
    let line = |(found, scenario): &(Found, Arc<Scenario>)| {
        format!("ok  {}  {}\n", found.path.display(), scenario.title)
    };
    let mut text: String = scenarios.iter().map(line).collect();
    text = format!("{text}{valid}, no mistakes\n");
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(SessionError::Out(error).into())
        }
        _ => Ok(Verdict::Pass),
    }
}
