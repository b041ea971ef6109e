//! Mailboxes with their groups, and the customer's code in them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fake_servers::MailboxIx;
use fake_servers::store::Quota;
use sync_engine::{Protocol, Workload};

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Activity, Customization, Group, Mailbox, Server, Throws};
use super::super::place::At;
use super::super::written::{self, Mode, Names, Octets};
use super::names::{Mailboxes, Pattern};
use super::{delay, server};
use crate::log::HostIx;
use crate::report::units::count;
use crate::time::SimTime;

/// The most mailboxes of a scenario.
const MOST: u64 = 1_000_000;

/// All mailboxes, and the groups they belong to.
pub(super) fn mailboxes(
    written: Vec<written::Mailbox>,
    servers: &[Server],
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> (Vec<Mailbox>, Vec<Group>) {
    let mut all = Population::default();
    for (index, entry) in written.into_iter().enumerate() {
        let at = root.key("mailbox").index(index);
        let patterns = Patterns::read(&entry, all.list.len() as u64, &at, problems);
        let template = template(&entry, servers, &at, problems);
        if let Some(patterns) = patterns {
            all.add(&entry, &patterns, &template, &at, problems);
        }
    }
    (all.list, all.groups)
}

/// The patterns of an entry, which make a name, a user and a login for each mailbox.
struct Patterns<'e> {
    names: Pattern<'e>,
    users: Option<Pattern<'e>>,
    logins: Option<Pattern<'e>>,
}

impl<'e> Patterns<'e> {
    /// Reads them, unless they make too many or do not make the same number.
    fn read(
        entry: &'e written::Mailbox,
        so_far: u64,
        at: &At<'_>,
        problems: &mut Problems<'_>,
    ) -> Option<Self> {
        let names = pattern(&entry.name, "._-", &at.key("name"), problems)?;
        let total = so_far.saturating_add(names.count());
        if total > MOST {
            let problem = Problem::new(format!("{} mailboxes", count(total)));
            let expected = format!("at most {} in all", count(MOST));
            problems.add(at.key("name").span(), problem.expecting(expected));
            return None;
        }
        let mut one_each = |text: &'e Option<String>, key: &str| {
            let Some(text) = text else { return Some(None) };
            let at = at.key(key);
            let pattern = pattern(text, "._-:@", &at, problems)?;
            if pattern.count() == names.count() {
                return Some(Some(pattern));
            }
            let message =
                format!("`{key}` makes {} for {} mailboxes", pattern.count(), names.count());
            problems.add(at.span(), Problem::new(message).expecting("one for each mailbox"));
            None
        };
        let users = one_each(&entry.user, "user");
        let logins = one_each(&entry.login, "login");
        Some(Self { users: users?, logins: logins?, names })
    }
}

fn pattern<'e>(
    text: &'e str,
    marks: &str,
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Option<Pattern<'e>> {
    match Pattern::parse(text, marks) {
        Ok(pattern) => Some(pattern),
        Err(why) => {
            let problem = Problem::new(format!("`{text}` cannot be expanded: {why}"));
            let expected = "a name, or one with a range in it such as \"pop-{001..100}\"";
            problems.add(at.span(), problem.expecting(expected));
            None
        }
    }
}

/// What all mailboxes of an entry have in common.
struct Template {
    incoming: Option<HostIx>,
    outgoing: Option<HostIx>,
    act: Option<Activity>,
    quota: Quota,
}

fn template(
    entry: &written::Mailbox,
    servers: &[Server],
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Template {
    let mut find = |name: &Option<String>, key: &str, protocol| {
        let name = name.as_deref()?;
        speaking(name, protocol, key, servers, &at.key(key), problems)
    };
    let incoming = find(&entry.incoming, "incoming", Protocol::Pop3);
    let outgoing = find(&entry.outgoing, "outgoing", Protocol::Smtp);
    let speaks = |host: Option<HostIx>| host.map(|host| servers[usize::from(host.0)].protocol());
    let act = entry.act.as_ref().map(|act| Activity {
        mean_gap: act.rate.as_ref().map(|rate| rate.0),
        takes: act.takes.as_ref().map_or(Duration::ZERO, |span| span.0),
    });
    if act.is_some() && speaks(incoming) == Some(Protocol::Pop3) {
        let problem = Problem::new("POP3 is email only")
            .expecting("no `act` where `incoming` is a POP3 server")
            .help("give appointments, contacts and tasks a [[mailbox]] of their own");
        problems.add(at.key("act").span(), problem);
    }
    if entry.incoming.is_none() && entry.outgoing.is_none() && act.is_none() {
        let problem = Problem::new("a mailbox for which there is nothing to do")
            .expecting("at least one of `incoming`, `outgoing`, `act`");
        problems.add(at.span(), problem);
    }
    let octets = |size: &Option<Octets>| size.as_ref().map(|size| size.0);
    let quota = Quota {
        prohibit_send: octets(&entry.prohibit_send),
        prohibit_send_receive: octets(&entry.prohibit_send_receive),
    };
    if quota != Quota::default() && ![incoming, outgoing].map(speaks).contains(&Some(Protocol::Ews))
    {
        let problem = Problem::new("a quota that no server keeps")
            .expecting("`incoming` or `outgoing` to be an Exchange server");
        problems.add(at.span(), problem);
    }
    Template { incoming, outgoing, act, quota }
}

/// The server of this name, which must speak a protocol, or EWS, which is for both ways.
fn speaking(
    name: &str,
    protocol: Protocol,
    key: &str,
    servers: &[Server],
    at: &At<'_>,
    problems: &mut Problems<'_>,
) -> Option<HostIx> {
    let host = server::find(name, servers, at, problems)?;
    let spoken = servers[usize::from(host.0)].protocol();
    if spoken == protocol || spoken == Protocol::Ews {
        return Some(host);
    }
    let (speaks, needs) = match protocol {
        Protocol::Pop3 => ("SMTP", "POP3"),
        Protocol::Smtp => ("POP3", "SMTP"),
        Protocol::Ews => unreachable!("no key is for Exchange alone"),
    };
    let fitting = servers.iter().find(|server| server.protocol() == protocol);
    let problem = Problem::new(format!("`{name}` speaks {speaks}"))
        .expecting(format!("`{key}` to be a server that speaks {needs}"))
        .did_you_mean(fitting.map(|server| server.name.as_str()));
    problems.add(at.span(), problem);
    None
}

#[derive(Default)]
struct Population {
    list: Vec<Mailbox>,
    groups: Vec<Group>,
    group_ix: BTreeMap<String, u16>,
    names: BTreeSet<String>,
    users: BTreeSet<String>,
}

impl Population {
    fn add(
        &mut self,
        entry: &written::Mailbox,
        patterns: &Patterns<'_>,
        template: &Template,
        at: &At<'_>,
        problems: &mut Problems<'_>,
    ) {
        let names = &patterns.names;
        let prefix = if names.before.is_empty() { &entry.name } else { names.before };
        let group = entry.group.as_deref().unwrap_or(prefix);
        let Some(group) = self.group(group, at, problems) else { return };
        let first = entry.enabled.as_ref().map_or(SimTime::ZERO, |moment| moment.0);
        let spread = entry.spread.as_ref().map_or(0, |span| span.0.as_millis());
        let mut users = patterns.users.as_ref().map(Pattern::names);
        let mut logins = patterns.logins.as_ref().map(Pattern::names);
        for (nth, name) in (0_u128..).zip(names.names()) {
            let user = users.as_mut().and_then(Iterator::next).unwrap_or_else(|| name.clone());
            let taken = !self.names.insert(name.clone());
            if taken {
                let problem = Problem::new(format!("a second mailbox named `{name}`"));
                problems.add(at.key("name").span(), problem.expecting("each name once"));
                return;
            }
            if !self.users.insert(user.clone()) {
                let problem = Problem::new(format!("the user `{user}` has a mailbox already"))
                    .expecting("one mailbox for each user");
                problems.add(at.key("user").span(), problem);
                return;
            }
            let later = spread * nth / u128::from(names.count());
            let ix = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
            self.groups[usize::from(group)].members.push(MailboxIx(ix));
            self.list.push(Mailbox {
                name,
                user,
                login: logins.as_mut().and_then(Iterator::next),
                group,
                incoming: template.incoming,
                outgoing: template.outgoing,
                act: template.act,
                queue: entry.queue,
                quota: template.quota,
                enabled: SimTime(first.0 + u64::try_from(later).unwrap_or(u64::MAX)),
                process_and_delete: entry.process_and_delete,
                credentials: entry.credentials,
            });
        }
    }

    fn group(&mut self, name: &str, at: &At<'_>, problems: &mut Problems<'_>) -> Option<u16> {
        if let Some(known) = self.group_ix.get(name) {
            return Some(*known);
        }
        let Ok(ix) = u16::try_from(self.groups.len()) else {
            let problem = Problem::new("too many groups of mailboxes");
            problems.add(at.span(), problem.expecting("at most 65,536; use patterns"));
            return None;
        };
        self.groups.push(Group { name: name.to_owned(), members: Vec::new() });
        self.group_ix.insert(name.to_owned(), ix);
        Some(ix)
    }
}

/// Whether a mailbox has a workload.
pub(super) fn has(mailbox: &Mailbox, workload: Workload) -> bool {
    match workload {
        Workload::Incoming => mailbox.incoming.is_some(),
        Workload::Outgoing => mailbox.outgoing.is_some(),
        Workload::Act => mailbox.act.is_some(),
    }
}

/// What a mailbox without a workload lacks.
pub(super) fn lacking(workload: Workload) -> &'static str {
    match workload {
        Workload::Incoming => "an `incoming` server",
        Workload::Outgoing => "an `outgoing` server",
        Workload::Act => "`act`",
    }
}

/// The customer's plug-ins and workflows.
pub(super) fn customizations(
    written: Vec<written::Customization>,
    population: &Mailboxes<'_>,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Vec<Customization> {
    let mut all: Vec<Customization> = Vec::new();
    for (index, entry) in written.into_iter().enumerate() {
        let at = root.key("customization").index(index);
        if all.iter().any(|other| other.name == entry.name) {
            let problem = Problem::new(format!("a second customization named `{}`", entry.name));
            problems.add(at.key("name").span(), problem.expecting("each name once"));
        }
        if entry.mended.is_some() && entry.throws.is_none() {
            let problem = Problem::new("what never throws cannot be `mended`");
            problems.add(at.key("mended").span(), problem.expecting("`throws` with it"));
        }
        let workload = entry.workload.into();
        let names = entry.mailboxes.unwrap_or_else(|| Names::One("*".to_owned()));
        let mailboxes = population.choose(
            &names,
            |mailbox| has(mailbox, workload),
            lacking(workload),
            &at.key("mailboxes"),
            problems,
        );
        all.push(Customization {
            name: entry.name,
            workload,
            mailboxes,
            synchronous: entry.mode == Mode::Synchronous,
            takes: delay(entry.takes, &at.key("takes"), problems),
            throws: match entry.throws {
                None => Throws::Never,
                Some(written::Throws::Always) => Throws::Always,
                Some(written::Throws::Every(n)) => Throws::EveryNth(n),
            },
            mended: entry.mended.map(|moment| moment.0),
        });
    }
    all
}
