//! What of a scenario cannot happen when it is served, because the engine would do it or a client of
//! ours beside it: said in so many words, since a load that silently does nothing is taken for one
//! that was handled well.

use crate::scenario::{Deed, Scenario, Strike};

/// Each kind of thing that is left out, in words and with names.
#[must_use]
pub fn left_out(scenario: &Scenario) -> Vec<String> {
    let named = |what: &str, names: Vec<&str>| {
        let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        (!names.is_empty()).then(|| format!("{what} {}", quoted.join(", ")))
    };
    let sends = scenario.sends.iter().map(|send| send.name.as_str());
    let faults = scenario.faults.iter().filter(|fault| is_engines(&fault.strike));
    let done = |is_it: fn(&Deed) -> bool| {
        let users = scenario.users.iter().filter(move |user| is_it(&user.deed));
        users.map(|user| user.name.as_str()).collect()
    };
    let taken_back = done(|deed| matches!(deed, Deed::TakeBack { .. }));
    let tracking = done(Deed::is_of_tracking);
    let customizations = scenario.customizations.iter().map(|one| one.name.as_str());
    let act = scenario.mailboxes.iter().filter(|mailbox| mailbox.act.is_some()).count();
    let act = match act {
        0 => None,
        1 => Some("appointments, contacts and tasks of one mailbox".to_owned()),
        more => Some(format!("appointments, contacts and tasks of {more} mailboxes")),
    };
    [
        named("the mail that users send in", sends.collect()),
        act,
        named("the crashes of the engine in", faults.map(|fault| fault.name.as_str()).collect()),
        named("the mail that users take back in", taken_back),
        named("what the application is told of tracking in", tracking),
        named("the streaming clients", scenario.watchers.iter().map(|w| w.name.as_str()).collect()),
        named("the customizations", customizations.collect()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether it strikes the engine's process and nothing else.
pub(super) fn is_engines(strike: &Strike) -> bool {
    matches!(strike, Strike::CrashEngine { .. } | Strike::CrashSweep { .. })
}
