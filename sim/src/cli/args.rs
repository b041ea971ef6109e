//! What can be said on the command line, and its help texts.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::scenario::WorldKind;
use crate::serve::{Listen, Speed};

const EXIT_CODES: &str = "\
Exit codes (the worst of all runs wins):
   0  every run ended as it should: passed, or as the scenario declares
   1  an expectation or an invariant failed
   2  vacuous: something that must be seen at least once never was
   3  stuck: the deadline passed before the stop condition held
   4  not deterministic: two runs of one seed differ
   5  invalid scenario or usage, so that nothing was run; or results could not be written
  70  a bug of syncsim itself";

const RUN_EXAMPLES: &str = "\
Examples:
  syncsim run scenarios/fast
  syncsim run scenarios/fast/greylisting.toml --seed 7
  syncsim run scenarios/slow --seeds 1..200 --jobs 8 --format json > results.jsonl
  syncsim run scenarios/fast --world turmoil --format junit > junit.xml
  syncsim run scenarios/fast --verify-determinism --out target/syncsim";

const CHECK_EXAMPLES: &str = "\
Examples:
  syncsim check scenarios
  syncsim check scenarios/incident/inc-4711.toml";

const SERVE_EXAMPLES: &str = "\
Examples:
  syncsim serve scenarios/fast/greylisting.toml
  syncsim serve scenarios/fast/login-delay.toml --speed 60 --events
  syncsim serve it.toml --listen 127.0.0.1:11000 --ca-out ca.pem
  syncsim serve it.toml --control 127.0.0.1:8080

Lines on standard output, each a JSON object: one of kind \"endpoint\" for each address, one of kind
\"control\" with --control, one of kind \"ready\" when all listen, those of kind \"event\" with --events, and at the end one of kind
\"ledger\": what was delivered, served, accepted, deleted and is pending.

Stops in order at SIGINT (Ctrl-C) and SIGTERM.";

const SCHEMA_EXAMPLES: &str = "\
Example:
  syncsim schema > scenario.schema.json
  (then, as the first line of a scenario: #:schema ./scenario.schema.json)";

/// Runs a whole mailbox synchronisation engine against simulated mail servers in virtual time and
/// judges what happened, from scenario files.
#[derive(Debug, Parser)]
#[command(name = "syncsim", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(super) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Run scenarios and judge them.
    ///
    /// Folders are searched for *.toml, in order of name. All files are validated before anything
    /// runs. Each scenario runs once for each of its seeds and variants.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// Validate scenarios without running them.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Put a scenario's servers on real sockets, for other people's clients and engines.
    ///
    /// Mail arrives, faults strike and servers crash as the scenario says, in real time or faster;
    /// the engine does not run, so what its users would send is left out, and so are verdicts. The
    /// network is this machine's, under what a `[[link]]` of the scenario adds to it: its latency,
    /// jitter, bandwidth and loss.
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ServeArgs),
    /// Print the JSON Schema of scenario files, for completion in editors.
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema,
    /// Print the OpenAPI document of `serve --control`, for clients in any language.
    Openapi,
}

/// `syncsim run`.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Scenario files, or folders of them.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Run with this seed only, instead of those the scenario pins.
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    pub(super) seed: Option<u64>,

    /// Run with each of these seeds, both ends included, instead of those the scenario pins.
    #[arg(long, value_name = "A..B")]
    pub(super) seeds: Option<Seeds>,

    /// Run only this variant of a scenario that sweeps over several.
    #[arg(long, value_name = "N")]
    pub(super) variant: Option<u64>,

    /// What time and the network are made of, instead of the scenario's first choice. The verdict
    /// must be the same in each.
    #[arg(long, value_enum)]
    pub(super) world: Option<WorldKind>,

    /// What is written to standard output.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,

    /// Also write results there: summary.txt and result.json for each run, junit.xml and
    /// results.jsonl for all. The folder is made if need be.
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,

    /// How many runs at once [default: all cores].
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<NonZeroUsize>,

    /// Run everything twice and compare: one seed must have one outcome, to the byte.
    #[arg(long)]
    pub(super) verify_determinism: bool,
}

/// `syncsim check`.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Scenario files, or folders of them.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
}

/// `syncsim serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The scenario file.
    #[arg(value_name = "SCENARIO")]
    pub(super) scenario: PathBuf,

    /// The seed, instead of the first that the scenario pins.
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    /// How much faster the scenario's clock runs: with 60, an hour of it takes a minute.
    #[arg(long, value_name = "TIMES", default_value = "1")]
    pub(super) speed: Speed,

    /// Where to listen. With a port, the endpoints take it and those after it, in the order of
    /// the servers' names, the clear one before the one in TLS; without, any that are free.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(super) listen: Listen,

    /// Listen where other machines can come. These servers keep no secrets.
    #[arg(long)]
    pub(super) allow_non_loopback: bool,

    /// Open the control interface there: HTTP and JSON, described at /openapi.json. The same rules
    /// as for --listen.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) control: Option<Listen>,

    /// Also write every event to standard output, a line each.
    #[arg(long)]
    pub(super) events: bool,

    /// Without TLS: no POP3S, SMTPS or HTTPS beside the plain endpoints, no STLS, no STARTTLS.
    #[arg(long)]
    pub(super) no_tls: bool,

    /// Write the certificate that clients must trust there, in PEM. It is made anew each time.
    #[arg(long, value_name = "FILE", conflicts_with = "no_tls")]
    pub(super) ca_out: Option<PathBuf>,
}

impl ValueEnum for WorldKind {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Virtual, Self::Turmoil]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Virtual => "Next-event time and in-memory streams: idle time costs nothing",
            Self::Turmoil => "turmoil's network, an independent model that checks ours; slower",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

/// What standard output is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people: a line per scenario, failures explained, a summary.
    Human,
    /// For programs: one JSON object per run, a line each, as soon as it is known.
    Json,
    /// For CI servers: JUnit XML.
    Junit,
}

/// A range of seeds, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seeds(pub(super) RangeInclusive<u64>);

impl Seeds {
    /// The most seeds one command may ask for, so that a slip of the finger (`1..1000000000`) is
    /// refused and not begun.
    pub(super) const MOST: u64 = 100_000;
}

/// Why a range of seeds was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SeedsError {
    /// Not two numbers with two dots between.
    #[error("expected two whole numbers with two dots between, such as 1..200")]
    Shape,
    /// The second is less than the first.
    #[error("the range is empty: {last} is less than {first}")]
    Empty {
        /// Before the dots.
        first: u64,
        /// After the dots.
        last: u64,
    },
    /// More than [`Seeds::MOST`].
    #[error("more than {} seeds", Seeds::MOST)]
    TooMany,
}

impl FromStr for Seeds {
    type Err = SeedsError;

    fn from_str(text: &str) -> Result<Self, SeedsError> {
        let (first, last) = text.split_once("..").ok_or(SeedsError::Shape)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| SeedsError::Shape);
        let (first, last) = (number(first)?, number(last)?);
        match last.checked_sub(first) {
            None => Err(SeedsError::Empty { first, last }),
            Some(more) if more >= Self::MOST => Err(SeedsError::TooMany),
            Some(_) => Ok(Self(first..=last)),
        }
    }
}

impl fmt::Display for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.0.start(), self.0.end())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn seeds_are_read_with_both_ends() {
        assert_eq!("1..3".parse(), Ok(Seeds(1..=3)));
        assert_eq!("7..7".parse(), Ok(Seeds(7..=7)));
        let top = u64::MAX;
        assert_eq!(format!("{top}..{top}").parse(), Ok(Seeds(top..=top)));
    }

    #[test]
    fn odd_seeds_are_refused() {
        for odd in ["", "1", "..", "1..", "..3", "a..b", "1...3", "-1..3", "1..2..3", "1..=3"] {
            assert_eq!(odd.parse::<Seeds>(), Err(SeedsError::Shape), "{odd}");
        }
        assert_eq!("3..1".parse::<Seeds>(), Err(SeedsError::Empty { first: 3, last: 1 }));
        assert_eq!("0..100000".parse::<Seeds>(), Err(SeedsError::TooMany));
        assert_eq!("0..18446744073709551615".parse::<Seeds>(), Err(SeedsError::TooMany));
    }

    #[test]
    fn one_seed_and_a_range_cannot_both_be_asked_for() {
        let words = ["syncsim", "run", "a.toml", "--seed", "1", "--seeds", "1..3"];
        let refused = Cli::try_parse_from(words).unwrap_err();
        assert_eq!(refused.kind(), clap::error::ErrorKind::ArgumentConflict);
    }

    #[test]
    fn help_texts() {
        let mut command = Cli::command();
        command.build();
        insta::assert_snapshot!("help", command.render_help());
        let run = command.find_subcommand_mut("run").unwrap();
        insta::assert_snapshot!("help_run", run.render_long_help());
        let serve = command.find_subcommand_mut("serve").unwrap();
        insta::assert_snapshot!("help_serve", serve.render_long_help());
    }
}
