//! `syncsim serve`.

use std::io::{self, Write};
use std::slice;

use super::CommandError;
use super::args::ServeArgs;
use super::load::load_all;
use crate::check::Verdict;
use crate::serve::{ServeError, ServeRequest, left_out, serve as serve_scenario};

/// Serves the scenario that the arguments name until the user says stop.
///
/// # Errors
/// When the scenario is wrong or cannot be served.
pub(super) fn serve(args: &ServeArgs, out: &mut dyn Write) -> Result<Verdict, CommandError> {
    let mut scenarios = load_all(slice::from_ref(&args.scenario))?;
    let count = scenarios.len();
    let (Some((_, scenario)), 1) = (scenarios.pop(), count) else {
        return Err(CommandError::NotOneScenario(count));
    };
    let asked = std::iter::once(args.listen).chain(args.control);
    if let Some(open) = { asked }.find(|one| !one.is_loopback() && !args.allow_non_loopback) {
        return Err(CommandError::NotLoopback(open.0));
    }
    for what in left_out(&scenario) {
        super::say(&format!("note: {what}: left out, as your own client takes that place\n"));
    }
    let pinned = scenario.run.seeds.pinned.first().copied();
    let request = ServeRequest {
        scenario,
        seed: args.seed.or(pinned).unwrap_or(1),
        speed: args.speed,
        listen: args.listen,
        control: args.control,
        events: args.events,
        tls: !args.no_tls,
        ca_out: args.ca_out.clone(),
    };
    match serve_scenario(&request, out) {
        // Whoever read the lines has seen enough; that is no mistake of anybody's.
        Err(ServeError::Out(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => return Err(error.into()),
        Ok(()) => {}
    }
    Ok(Verdict::Pass)
}
