//! A scenario as a file writes it. These types are the format: the JSON Schema, the check of a
//! file's structure and the messages are all made from them, and the documentation of each key
//! stands here and nowhere else.

mod engine;
mod exchange;
mod expect;
mod fault;
mod load;
mod operation;
mod population;
pub(super) mod quantity;
mod refuse;
mod server;
mod user;
mod watcher;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

pub(super) use engine::{Engine, Restarted, Settings};
pub(super) use exchange::{CountLimit, Ews, EwsOptions, EwsProfile, Scheme, SpanLimit};
pub(super) use expect::{Amount, During, Expect, Where};
pub(super) use fault::{
    Effect, Fault, Garbage, Handshake, Jitter, Link, LossKind, OneWay, RefuseFor, Reply, Which,
};
pub(super) use load::{Arrivals, Delay, Priority, Send, Size, Timing};
pub(super) use operation::Operation;
pub(super) use population::{Customization, Mailbox, Mode, Names, Throws};
pub(super) use quantity::{Bandwidth, Cost, Hex, Moment, Octets, Span, Steps, Version};
pub(super) use refuse::Refuse;
pub(super) use server::{Profile, Server};
pub(super) use user::{
    Categorize, CreateFolder, Deed, LinkFolder, LinkMail, MoveFolder, MoveMail, Newest, NewestSent,
    PlacedFolder, RenameCategory, RenameFolder, RequestTracking, TrackFolder, User,
};
pub(super) use watcher::Watcher;

use super::model::{Invariant, Meant, WorldKind};
use super::probe;

/// A scenario for syncsim: who the mailboxes are, what the servers do to them, and what must hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "syncsim scenario")]
pub(super) struct File {
    /// The version of this format: 1.
    #[schemars(range(min = 1, max = 1))]
    #[expect(dead_code, reason = "read by the check of the structure only")]
    pub schema: u32,
    /// What happens in the scenario, in a line.
    #[schemars(length(min = 1))]
    pub title: String,
    /// Why the scenario exists, in a sentence: the rule it guards, or the incident it replays.
    #[schemars(length(min = 1))]
    pub why: String,
    /// Words by which scenarios are chosen.
    #[serde(default)]
    pub tags: Vec<String>,
    /// When the run starts, when it stops, and what it should end as.
    pub run: Run,
    /// The engine's machine and settings. Default: the engine's own defaults.
    #[serde(default)]
    pub engine: Engine,
    /// The simulated servers, by name.
    #[serde(default)]
    pub server: BTreeMap<String, Server>,
    /// The mailboxes.
    #[serde(default)]
    pub mailbox: Vec<Mailbox>,
    /// Mail that comes from outside into mailboxes on the servers.
    #[serde(default)]
    pub arrivals: Vec<Arrivals>,
    /// Mail that users put in Pending Send.
    #[serde(default)]
    pub send: Vec<Send>,
    /// What happens to Exchange mailboxes from elsewhere.
    #[serde(default)]
    pub user: Vec<User>,
    /// Clients beside the engine that hold streaming subscriptions.
    #[serde(default)]
    pub watcher: Vec<Watcher>,
    /// Plug-ins and workflows in the flow of delivery.
    #[serde(default)]
    pub customization: Vec<Customization>,
    /// The links between the engine and the servers. Default: 20 ms one way, nothing else.
    #[serde(default)]
    pub link: Vec<Link>,
    /// What goes wrong, and when.
    #[serde(default)]
    pub fault: Vec<Fault>,
    /// The invariants, checked at every event. Default: all of them.
    #[serde(default)]
    pub always: Always,
    /// What must be seen at least once: a run that never sees it is vacuous.
    #[serde(default)]
    pub sometimes: Sometimes,
    /// What must hold of the metrics.
    #[serde(default)]
    pub expect: Vec<Expect>,
}

/// When a run starts, when it stops, and what it should end as.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    /// The calendar time the engine sees at the start. Default: Monday, 2026-03-02T00:00:00Z.
    pub start: Option<Start>,
    /// When the run is over.
    pub stop: Stop,
    /// How long the run may take: not stopped by then, it is stuck. Default: an hour more than
    /// `stop.after`, or a day after the last item of the loads.
    pub deadline: Option<Span>,
    /// The seeds the scenario is run with. Default: 1 alone.
    #[serde(default)]
    pub seeds: Seeds,
    /// The worlds it may run in, the first being the default. Default: both.
    #[schemars(length(min = 1))]
    pub worlds: Option<Vec<WorldKind>>,
    /// The tick of the turmoil world; must divide the latencies. Default: 1 ms.
    pub tick: Option<Span>,
    /// What it is meant to end as; anything but "pass" makes it a negative scenario.
    #[serde(default)]
    pub verdict: Meant,
}

/// What ends a run: exactly one of `after`, `drained` and `settled`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["after"] }, { "required": ["drained"] }, { "required": ["settled"] }
]))]
pub(super) struct Stop {
    /// This long after the start.
    pub after: Option<Span>,
    /// When all items of this load (the name of an `[[arrivals]]` or a `[[send]]`) are settled.
    pub drained: Option<String>,
    /// When all items of all loads are settled.
    #[expect(dead_code, reason = "the last of three, of which the structure has made sure of one")]
    pub settled: Option<Settled>,
    /// With `drained` and `settled`: how much longer the run goes on. Default: not at all.
    pub settle: Option<Span>,
}

/// `true`, the only thing `settled` can be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled;

impl<'de> Deserialize<'de> for Settled {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if bool::deserialize(from)? {
            Ok(Self)
        } else {
            Err(de::Error::custom("`settled` can only be true; leave it out instead"))
        }
    }
}

impl JsonSchema for Settled {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Settled".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean", "const": true })
    }
}

/// The seeds a scenario is run with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Seeds {
    /// Run each time.
    #[serde(default = "one")]
    #[schemars(length(min = 1))]
    pub pinned: Vec<u64>,
    /// How many more a nightly sweep tries.
    #[serde(default)]
    #[schemars(range(max = 1_000_000))]
    pub sweep: u64,
}

impl Default for Seeds {
    fn default() -> Self {
        Self { pinned: one(), sweep: 0 }
    }
}

fn one() -> Vec<u64> {
    vec![1]
}

/// A date and a time with its offset from UTC, unquoted, such as 2026-03-02T00:00:00Z.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start(pub Timestamp);

impl Start {
    /// The keyword's value in the schema.
    pub(super) const QUANTITY: &str = "date-time";
    /// What is expected, for "expected …".
    pub(super) const EXPECTED: &str =
        "a date and time with its offset, without quotes, such as 2026-03-02T00:00:00Z";
}

impl<'de> Deserialize<'de> for Start {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(from)?;
        written.to_string().parse().map(Self).map_err(de::Error::custom)
    }
}

impl JsonSchema for Start {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Start".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "description": Self::EXPECTED,
            quantity::KEYWORD: Self::QUANTITY,
        })
    }
}

/// The invariants, checked at every event of every run.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Always {
    /// The invariants that are switched off, each with the reason why.
    #[serde(default)]
    #[schemars(extend("propertyNames" = {"enum": Invariant::ALL.map(Invariant::name)}))]
    pub except: BTreeMap<Invariant, String>,
}

/// What must be seen at least once.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sometimes {
    /// The names of what must be seen.
    #[serde(default)]
    pub seen: Vec<ProbeName>,
}

/// The name of a probe: `engine.…`, `world.…`, `watcher.…`, `SERVER.…` with a server's name (or `server.…` for
/// any server), `fault.NAME` with a fault's name.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct ProbeName(pub String);

impl JsonSchema for ProbeName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ProbeName".into()
    }

    /// The names that need no scenario to be known, each with its meaning, or any other.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let known = probe::names().map(|(name, probe)| {
            json_schema!({ "type": "string", "const": name, "description": probe.meaning() })
        });
        let other = json_schema!({
            "type": "string",
            "description": "SERVER.NAME with a server's name, or fault.NAME with a fault's name",
        });
        let all: Vec<Schema> = known.chain([other]).collect();
        json_schema!({ "description": "What must be seen.", "anyOf": all })
    }
}
