//! Links and faults, as a file writes them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Bandwidth, Delay, Hex, Moment, Names, Octets, Operation, Refuse, Span, Steps};

/// The link between the engine and a server, the same in both directions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Link {
    /// The server at its other end. Default: "*", every server without a link of its own.
    pub to: Option<String>,
    /// One way, at least 1 ms. Default: "20ms".
    pub latency: Option<Span>,
    /// What is added to the latency of a chunk; order is kept. Default: nothing.
    pub jitter: Option<Jitter>,
    /// In each direction. Default: unlimited.
    pub bandwidth: Option<Bandwidth>,
    /// How likely a chunk is lost on the way. Default: never.
    pub loss: Option<Loss>,
}

/// What is added to a latency.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum Jitter {
    /// Up to this much more, equally likely.
    Uniform(UniformJitter),
    /// Half a normal distribution.
    Normal(NormalJitter),
    /// An exponential distribution.
    Exponential(ExponentialJitter),
}

/// Up to this much more, equally likely.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct UniformJitter {
    /// The most.
    pub uniform: Span,
}

/// Half a normal distribution.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct NormalJitter {
    /// Its standard deviation.
    pub normal: Span,
    /// Never more than this.
    pub max: Span,
}

/// An exponential distribution.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct ExponentialJitter {
    /// Its mean.
    pub exponential: Span,
    /// Never more than this.
    pub max: Span,
}

/// What becomes of chunks that are lost on the way.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Loss {
    /// For each chunk, 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub chance: f64,
    /// What TCP makes of it.
    #[serde(rename = "as")]
    pub kind: LossKind,
}

/// What TCP makes of a lost chunk.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum LossKind {
    /// It arrives after a retransmission time-out.
    Delay,
    /// The connection is reset.
    Reset,
}

/// Something that goes wrong.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Fault {
    /// Its name, to which windows and `[sometimes]` refer.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Where: the name of a server, or "engine".
    pub on: String,
    /// From when. Default: the start.
    pub from: Option<Moment>,
    /// For how long. Default: to the end of the run.
    #[serde(rename = "for")]
    pub lasting: Option<Span>,
    /// Requests of these mailboxes only. Default: of all.
    pub mailboxes: Option<Names>,
    /// These operations only. Default: all; for a refusal, those in which servers give it.
    #[schemars(length(min = 1))]
    pub operation: Option<Vec<Operation>>,
    /// Which of the requests that match. Default: "all".
    pub which: Option<Which>,
    /// What happens.
    pub effect: Effect,
}

/// Which of the matching requests.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum Which {
    /// All of them.
    All,
    /// The nth only: { nth = 3 }.
    Nth(#[schemars(range(min = 1))] u64),
    /// The nth, 2nth, 3nth …: { every = 5 }.
    Every(#[schemars(range(min = 1))] u64),
    /// The first n: { first = 2 }.
    First(#[schemars(range(min = 1))] u64),
    /// Each with this probability: { chance = 0.1 }.
    Chance(#[schemars(range(min = 0, max = 1))] f64),
}

/// What happens when a fault strikes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::scenario) enum Effect {
    /// Nothing gets through between the engine and the server. On "engine": any server.
    Partition,
    /// Nothing gets through in one direction.
    OneWay(OneWay),
    /// Bytes are kept back until the window ends, then delivered in order.
    Hold,
    /// The process of the server, or the engine's, dies at `from`.
    Crash(Crash),
    /// On "engine": its process dies at an event.
    CrashAt(CrashAt),
    /// On "engine": its process dies at the nth event, in a run of its own for each n.
    CrashSweep(CrashSweep),
    /// The server refuses, in its protocol's own words.
    Refuse(Refuse),
    /// Exchange refuses and says for how long.
    RefuseFor(RefuseFor),
    /// The server answers with this line.
    Reply(Reply),
    /// The server answers later.
    Delay(Delay),
    /// The connection breaks instead of an answer.
    Reset,
    /// No answer, ever, and the connection stays open.
    Hang,
    /// The connection breaks after so much of the answer.
    Truncate(Octets),
    /// The answer comes drop by drop.
    Dribble(Dribble),
    /// The server does the work, and the connection breaks instead of an answer.
    #[serde(rename = "commit-then-fail")]
    CommitThenFail,
    /// These octets come instead of an answer.
    Garbage(Garbage),
    /// An answer without end, or nearly.
    Flood(Flood),
    /// A TLS handshake goes wrong: the one after STLS or STARTTLS, and the one a connection begins
    /// with (HTTPS, POP3S, SMTPS); on real sockets, when the scenario is served.
    Tls(Handshake),
    /// POP3: every message has the same unique id.
    #[serde(rename = "duplicate-uidls")]
    DuplicateUidls,
    /// POP3: every message has another unique id in each session.
    #[serde(rename = "changing-uidls")]
    ChangingUidls,
    /// POP3: this much is added to every size in LIST and STAT.
    LieAboutSizes(#[schemars(range(min = -1_000_000_000, max = 1_000_000_000))] i64),
    /// POP3: another client holds the maildrops' locks for the whole window.
    Lock,
}

/// How a TLS handshake goes wrong.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Handshake {
    /// The connection breaks in the middle of it.
    Cut,
    /// The server's certificate has expired.
    Expired,
    /// The server's certificate is for another name.
    WrongName,
    /// The server's certificate is by an authority that nobody trusts.
    Untrusted,
}

/// Which way nothing gets through.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum OneWay {
    /// From the engine to the server.
    ToServer,
    /// From the server to the engine.
    ToEngine,
}

/// A process dies and comes back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Crash {
    /// How long it stays dead.
    pub restart_after: Span,
}

/// The engine's process dies at an event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct CrashAt {
    /// The kind of event: one of the engine's probes, without "engine.".
    pub event: String,
    /// Which of them, counted from 1 while the window is open. Default: the first.
    #[schemars(range(min = 1))]
    pub nth: Option<u64>,
    /// How long it stays dead.
    pub restart_after: Span,
}

/// The engine's process dies at its nth event, in a run of its own for each n.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct CrashSweep {
    /// The ns.
    pub steps: Steps,
    /// How long it stays dead.
    pub restart_after: Span,
}

/// A refusal that says for how long.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct RefuseFor {
    /// In which words.
    pub words: Refuse,
    /// What it asks for, as `BackOffMilliseconds` or Retry-After.
    pub back_off: Span,
}

/// A line that a server answers with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum Reply {
    /// The line, such as "451 4.7.1 later"; the connection stays open.
    Line(#[schemars(length(min = 1))] String),
    /// The line, and whether the connection is closed after it.
    Closing(ClosingReply),
}

/// A line that a server answers with, and whether the connection is closed after it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct ClosingReply {
    /// The line.
    #[schemars(length(min = 1))]
    pub line: String,
    /// Whether the connection is closed after it.
    #[serde(default)]
    pub close: bool,
}

/// An answer that comes drop by drop.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Dribble {
    /// So much at a time.
    pub chunk: Octets,
    /// From one to the next.
    pub every: Span,
}

/// Octets that come instead of an answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::scenario) enum Garbage {
    /// As text, with TOML's escapes.
    Text(String),
    /// In hexadecimal, for what is not UTF-8.
    Hex(HexGarbage),
}

/// Octets in hexadecimal.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct HexGarbage {
    /// The octets.
    pub hex: Hex,
}

/// An answer without end, or nearly.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Flood {
    /// What is repeated.
    #[schemars(length(min = 1))]
    pub unit: String,
    /// How much in all.
    pub total: Octets,
}
