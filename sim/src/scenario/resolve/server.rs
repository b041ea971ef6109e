//! Servers with their presets' deviations, the engine's profiles of them, and their links.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Face, Pop3Options, Profile, Server, SmtpOptions, WorldKind};
use super::super::nearest::{list, nearest};
use super::super::place::At;
use super::super::written::{self, Jitter as WrittenJitter, LossKind, Run};
use super::{delay, exchange};
use crate::log::HostIx;
use crate::world::{Jitter, Link, Loss};

/// What a server cannot be named, because it means something else.
const RESERVED: [&str; 4] = ["engine", "world", "server", "fault"];

/// One way, where a file says nothing: a data centre in the same country.
const DEFAULT_LATENCY: Duration = Duration::from_millis(20);

pub(super) fn resolve(
    written: BTreeMap<String, written::Server>,
    links: Vec<written::Link>,
    run: &Run,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Server> {
    if written.len() > usize::from(u16::MAX) {
        let problem = Problem::new(format!("{} servers", written.len()));
        problems.add(root.key("server").span(), problem.expecting("at most 65,535"));
        return Vec::new();
    }
    let mut servers: Vec<Server> = written
        .into_iter()
        .map(|(name, server)| {
            let at = root.key("server").key(&name);
            check_name(&name, &at, problems);
            server_of(name, server, &at, problems)
        })
        .collect();
    attach(links, &mut servers, run, root, problems);
    servers
}

fn check_name(name: &str, at: &At<'_>, problems: &mut Problems<'_>) {
    let is_sound = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if RESERVED.contains(&name) {
        let problem = Problem::new(format!("a server cannot be named `{name}`"));
        let expected = format!("a name other than {}", list(RESERVED));
        problems.add(at.span(), problem.expecting(expected));
    } else if name.is_empty() || !name.chars().all(is_sound) {
        let problem = Problem::new(format!("`{name}` is no host name"));
        problems.add(at.span(), problem.expecting("letters, digits, `-` and `_`"));
    }
}

fn server_of(
    name: String,
    written: written::Server,
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Server {
    let (face, service, profile) = match written {
        written::Server::Pop3(pop3) => {
            let o = pop3.options;
            let options = Pop3Options {
                capa: o.capa,
                uidl: o.uidl,
                top: o.top,
                pipelining: o.pipelining,
                login_delay: o.login_delay.map(|span| span.0),
                window: o.window,
                hide_fetched: o.hide_fetched,
            };
            (Face::Pop3 { preset: pop3.preset, options }, pop3.service, pop3.profile)
        }
        written::Server::Smtp(smtp) => {
            let o = smtp.options;
            let options = SmtpOptions {
                messages_per_minute: o.messages_per_minute,
                connections_per_mailbox: o.connections_per_mailbox,
                recipients_per_day: o.recipients_per_day,
                recipients_per_message: o.recipients_per_message,
                max_message_size: o.max_message_size.map(|size| size.0),
                greylist: o.greylist.map(|span| span.0),
                pipelining: o.pipelining,
            };
            (Face::Smtp { preset: smtp.preset, options }, smtp.service, smtp.profile)
        }
        written::Server::Ews(ews) => exchange::face(ews),
    };
    let service = service.map(|written| delay(written, &at.key("service"), problems));
    let profile = profile_of(&profile, &at.key("profile"), problems);
    let link =
        Link { latency: DEFAULT_LATENCY, jitter: Jitter::None, bandwidth: None, loss: Loss::None };
    Server { name, face, service, profile, link, link_written: false }
}

fn profile_of(written: &written::Profile, at: &At<'_>, problems: &mut Problems<'_>) -> Profile {
    let default = Profile::default();
    let request_timeout =
        written.request_timeout.as_ref().map_or(default.request_timeout, |span| span.0);
    if request_timeout.is_zero() {
        let problem = Problem::new("no request can be answered in no time");
        problems.add(at.key("request_timeout").span(), problem.expecting("at least \"1ms\""));
    }
    Profile {
        max_concurrent_connections: written
            .max_concurrent_connections
            .unwrap_or(default.max_concurrent_connections),
        min_polling_interval: written
            .min_polling_interval
            .as_ref()
            .map_or(default.min_polling_interval, |span| span.0),
        request_timeout,
        messages_per_connection: written
            .messages_per_connection
            .unwrap_or(default.messages_per_connection),
    }
}

/// Gives each server its link: its own if it has one, else that of "*".
fn attach(
    links: Vec<written::Link>,
    servers: &mut [Server],
    run: &Run,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) {
    let mut seen: Vec<String> = Vec::new();
    let mut own: Vec<(HostIx, Link)> = Vec::new();
    for (index, written) in links.into_iter().enumerate() {
        let at = root.key("link").index(index);
        let to = written.to.clone().unwrap_or_else(|| "*".to_owned());
        if seen.contains(&to) {
            let problem = Problem::new(format!("a second link to `{to}`"));
            problems.add(at.key("to").span(), problem.expecting("one link for each server"));
        }
        let link = link_of(written, &at, problems);
        check_tick(&link, run, &at, problems);
        if to == "*" {
            for server in &mut *servers {
                server.link = link.clone();
                server.link_written = true;
            }
        } else if let Some(host) = find(&to, servers, &at.key("to"), problems) {
            own.push((host, link));
        }
        seen.push(to);
    }
    for (host, link) in own {
        let server = &mut servers[usize::from(host.0)];
        (server.link, server.link_written) = (link, true);
    }
}

fn link_of(written: written::Link, at: &At<'_>, problems: &mut Problems<'_>) -> Link {
    let latency = written.latency.map_or(DEFAULT_LATENCY, |span| span.0);
    if latency.is_zero() {
        let problem = Problem::new("a link without latency");
        problems.add(at.key("latency").span(), problem.expecting("at least \"1ms\""));
    }
    let jitter = match written.jitter {
        None => Jitter::None,
        Some(WrittenJitter::Uniform(j)) => Jitter::Uniform(j.uniform.0),
        Some(WrittenJitter::Normal(j)) => Jitter::Normal { deviation: j.normal.0, max: j.max.0 },
        Some(WrittenJitter::Exponential(j)) => {
            Jitter::Exponential { mean: j.exponential.0, max: j.max.0 }
        }
    };
    let loss = match written.loss {
        None => Loss::None,
        Some(loss) => match loss.kind {
            LossKind::Delay => Loss::Delay { chance: loss.chance },
            LossKind::Reset => Loss::Reset { chance: loss.chance },
        },
    };
    Link { latency, jitter, bandwidth: written.bandwidth.map(|b| b.0), loss }
}

/// turmoil moves messages at the boundaries of its ticks only.
fn check_tick(link: &Link, run: &Run, at: &At<'_>, problems: &mut Problems<'_>) {
    let in_turmoil = run.worlds.as_ref().is_none_or(|worlds| worlds.contains(&WorldKind::Turmoil));
    let Some(tick) = run.tick.as_ref().map(|tick| tick.0.as_millis()).filter(|tick| *tick > 0)
    else {
        return;
    };
    if in_turmoil && !link.latency.as_millis().is_multiple_of(tick) {
        let problem = Problem::new("the latency is no multiple of the turmoil world's tick");
        let expected = format!("a multiple of {tick} ms, or `run.tick` to divide it");
        problems.add(at.key("latency").span(), problem.expecting(expected));
    }
}

/// The server of this name.
pub(super) fn find(
    name: &str,
    servers: &[Server],
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Option<HostIx> {
    let place = servers.iter().position(|server| server.name == name);
    if let Some(place) = place {
        return u16::try_from(place).ok().map(HostIx);
    }
    let names = || servers.iter().map(|server| server.name.as_str());
    let expected = match servers {
        [] => format!("a server to be there: [server.{name}]"),
        _ => format!("one of {}", list(names())),
    };
    let problem = Problem::new(format!("no server is named `{name}`")).expecting(expected);
    problems.add(at.span(), problem.did_you_mean(nearest(name, names())));
    None
}
