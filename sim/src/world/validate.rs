//! What is checked before anything of a play runs. The scenario layer refuses most of it earlier
//! and with a better place; a world does not rely on that.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Change, Cue, Link, Loss, Play, ServerHost, WorldError};
use crate::log::HostIx;

/// Refuses a play that cannot be performed as written.
pub(super) fn validate(play: &Play) -> Result<(), WorldError> {
    if play.servers.len() > usize::from(u16::MAX) {
        return Err(WorldError::TooManyServers { servers: play.servers.len() });
    }
    let mut endpoints = BTreeSet::new();
    for server in &play.servers {
        check_link(&server.name, &server.link)?;
        if !endpoints.insert((&server.name, server.port)) {
            return Err(WorldError::SameEndpoint { name: server.name.clone(), port: server.port });
        }
    }
    play.script.iter().try_for_each(|cue| check_cue(cue, play.servers.len()))
}

/// The server at a place in the list of a valid play.
pub(super) fn host_ix(place: usize) -> HostIx {
    HostIx(u16::try_from(place).unwrap_or_else(|_| unreachable!("a valid play has fewer servers")))
}

fn check_link(server: &str, link: &Link) -> Result<(), WorldError> {
    let server = server.to_owned();
    if link.latency < Duration::from_millis(1) {
        return Err(WorldError::LatencyTooShort { server, latency: link.latency });
    }
    if link.bandwidth == Some(0) {
        return Err(WorldError::NoBandwidth { server });
    }
    match link.loss {
        Loss::Delay { chance } | Loss::Reset { chance } if !(0.0..=1.0).contains(&chance) => {
            Err(WorldError::ChanceOutOfRange { server, chance })
        }
        _ => Ok(()),
    }
}

fn check_cue(cue: &Cue, servers: usize) -> Result<(), WorldError> {
    match cue.change {
        Change::Partition(HostIx(host))
        | Change::Repair(HostIx(host))
        | Change::PartitionOneWay(HostIx(host), _)
        | Change::Hold(HostIx(host))
        | Change::Release(HostIx(host))
        | Change::CrashServer(HostIx(host))
        | Change::StartServer(HostIx(host))
            if usize::from(host) >= servers =>
        {
            Err(WorldError::UnknownServer { host, servers })
        }
        _ => Ok(()),
    }
}

/// Refuses a play whose latencies turmoil would round.
pub(super) fn validate_tick(play: &Play) -> Result<(), WorldError> {
    let tick = play.tick;
    if tick < Duration::from_millis(1) {
        return Err(WorldError::TickTooShort { tick });
    }
    let divides = |latency: Duration| latency.as_nanos().checked_rem(tick.as_nanos()) == Some(0);
    match play.servers.iter().find(|server| !divides(server.link.latency)) {
        None => Ok(()),
        Some(ServerHost { name, link, .. }) => {
            Err(WorldError::TickDoesNotDivide { server: name.clone(), tick, latency: link.latency })
        }
    }
}
