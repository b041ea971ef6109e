//! The names behind the numbers of a log's entries, for lines that others read.

use std::sync::{Mutex, MutexGuard, PoisonError};

use fake_servers::MailboxIx;
use jiff::Timestamp;

use crate::log::HostIx;
use crate::run::config;
use crate::scenario::{Scenario, Strike};

/// What everything is called.
#[derive(Debug)]
pub(super) struct Names {
    /// When the scenario begins.
    pub(super) start: Timestamp,
    servers: Vec<String>,
    /// Addresses.
    mailboxes: Vec<String>,
    windows: Vec<String>,
    /// By server: the names of its faults, which can become more.
    faults: Mutex<Vec<Vec<String>>>,
}

impl Names {
    /// The names of a scenario.
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut faults = vec![Vec::new(); scenario.servers.len()];
        for fault in &scenario.faults {
            if let Strike::Requests { server, .. } = &fault.strike {
                faults[usize::from(server.0)].push(fault.name.clone());
            }
        }
        Self {
            start: scenario.run.start,
            servers: scenario.servers.iter().map(|server| server.name.clone()).collect(),
            mailboxes: scenario.mailboxes.iter().map(config::address).collect(),
            windows: scenario.windows.iter().map(|window| window.name.clone()).collect(),
            faults: Mutex::new(faults),
        }
    }

    /// The name of a server.
    pub(super) fn server(&self, HostIx(host): HostIx) -> &str {
        self.servers.get(usize::from(host)).map_or("?", String::as_str)
    }

    /// The server of this name.
    pub(super) fn host(&self, name: &str) -> Option<HostIx> {
        let place = self.servers.iter().position(|server| server == name)?;
        u16::try_from(place).ok().map(HostIx)
    }

    /// A mailbox's address.
    pub(super) fn mailbox(&self, MailboxIx(mailbox): MailboxIx) -> &str {
        self.mailboxes.get(mailbox as usize).map_or("?", String::as_str)
    }

    /// The name of a window.
    pub(super) fn window(&self, window: u64) -> Option<&str> {
        self.windows.get(usize::try_from(window).ok()?).map(String::as_str)
    }

    /// The name of a server's fault.
    pub(super) fn fault(&self, HostIx(host): HostIx, fault: u16) -> String {
        let faults = self.faults();
        let of_host = faults.get(usize::from(host));
        of_host.and_then(|of| of.get(usize::from(fault))).cloned().unwrap_or_default()
    }

    /// Names the fault at a place of a server's list.
    pub(super) fn name_fault(&self, HostIx(host): HostIx, fault: u16, name: &str) {
        if let Some(of_host) = self.faults().get_mut(usize::from(host)) {
            let place = usize::from(fault);
            if of_host.len() <= place {
                of_host.resize(place + 1, String::new());
            }
            name.clone_into(&mut of_host[place]);
        }
    }

    fn faults(&self) -> MutexGuard<'_, Vec<Vec<String>>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Names {
    /// One server and one mailbox.
    pub(super) fn of_one_mailbox(address: &str) -> Self {
        Self {
            start: Timestamp::UNIX_EPOCH,
            servers: vec!["pop".to_owned()],
            mailboxes: vec![address.to_owned()],
            windows: vec!["mail".to_owned()],
            faults: Mutex::new(vec![vec!["slow".to_owned()]]),
        }
    }
}
