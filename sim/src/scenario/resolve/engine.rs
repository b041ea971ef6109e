//! The engine's machine, and its defaults with what a scenario says otherwise.

use std::time::Duration;

use sync_engine::Settings;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Costs, Engine, Restarted};
use super::super::place::At;
use super::super::written::{self, Cost, Span};
use super::names::Mailboxes;

/// Processors of the engine's machine.
const PROCESSORS: u32 = 2;
/// Asynchronous customizations that run at once.
const ASYNCHRONOUS_WORKERS: u32 = 10;
/// Below it, a run would do nothing but schedule.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

pub(super) fn resolve(
    written: written::Engine,
    population: &Mailboxes<'_>,
    root: &At<'_>,
    problems: &mut Problems<'_>,
) -> Engine {
    let at = root.key("engine");
    let mut settings = Settings::default();
    let cost = |written: Option<Cost>| written.map_or(Duration::ZERO, |cost| cost.0);
    let engine = Engine {
        processors: written.processors.unwrap_or(PROCESSORS),
        asynchronous_workers: written.asynchronous_workers.unwrap_or(ASYNCHRONOUS_WORKERS),
        cost: Costs {
            connect: cost(written.cost.connect),
            receive: cost(written.cost.receive),
            send: cost(written.cost.send),
            sync_item: cost(written.cost.sync_item),
        },
        settings: Settings::default(),
        restarted: Restarted { settings: Settings::default(), enabled: Vec::new() },
    };
    let microsofts = at.key("settings");
    let mut set = |key: &str, setting: &mut Duration, written: Option<Span>, at: &At<'_>| {
        let Some(Span(interval)) = written else { return };
        if interval < SHORTEST_INTERVAL {
            let problem = Problem::new(format!("`{key}` is too short"));
            problems.add(at.key(key).span(), problem.expecting("at least \"1s\""));
        }
        *setting = interval;
    };
    let s = &mut settings;
    set(
        "outgoing_scan_interval",
        &mut s.outgoing_scan_interval,
        written.outgoing_scan_interval,
        &at,
    );
    set(
        "act_maximum_backoff_with_incoming",
        &mut s.active_mailbox_maximum_backoff_for_act_with_incoming,
        written.act_maximum_backoff_with_incoming,
        &at,
    );
    set("rate_limit_backoff", &mut s.rate_limit_backoff, written.rate_limit_backoff, &at);
    set("quota_backoff", &mut s.quota_backoff, written.quota_backoff, &at);
    set("final_reply_timeout", &mut s.final_reply_timeout, written.final_reply_timeout, &at);
    replace(&mut s.item_attempts, written.item_attempts);
    replace(&mut s.incoming_workers, written.incoming_workers);
    replace(&mut s.outgoing_workers, written.outgoing_workers);
    replace(&mut s.act_workers, written.act_workers);
    by_microsofts_names(s, written.settings, |key, setting, written| {
        set(key, setting, written, &microsofts);
    });
    replace(&mut s.application_version, written.application_version.map(|it| it.0));
    let enabled = written.restarted.enabled.as_ref().map_or_else(Vec::new, |names| {
        let at = at.key("restarted").key("enabled");
        population.choose(names, |_| true, "anything", &at, problems)
    });
    let restarted =
        Restarted { settings: after_restart(settings.clone(), &written.restarted), enabled };
    Engine { settings, restarted, ..engine }
}

fn after_restart(mut settings: Settings, written: &written::Restarted) -> Settings {
    let s = &mut settings;
    replace(&mut s.track_categorized_items, written.track_categorized_items);
    replace(
        &mut s.sss_save_outgoing_email_to_exchange_sent_folder,
        written.sss_save_outgoing_email_to_exchange_sent_folder,
    );
    replace(&mut s.application_version, written.application_version.as_ref().map(|it| it.0));
    settings
}

fn by_microsofts_names(
    settings: &mut Settings,
    written: written::Settings,
    mut set: impl FnMut(&str, &mut Duration, Option<Span>),
) {
    let (s, w) = (settings, written);
    set(
        "ActiveMailboxMinimumBackoff",
        &mut s.active_mailbox_minimum_backoff,
        w.active_mailbox_minimum_backoff,
    );
    set(
        "IdleMailboxMaximumBackoff",
        &mut s.idle_mailbox_maximum_backoff,
        w.idle_mailbox_maximum_backoff,
    );
    set(
        "ActiveMailboxMinimumBackoffForACT",
        &mut s.active_mailbox_minimum_backoff_for_act,
        w.active_mailbox_minimum_backoff_for_act,
    );
    set(
        "ActiveMailboxMaximumBackoffForACT",
        &mut s.active_mailbox_maximum_backoff_for_act,
        w.active_mailbox_maximum_backoff_for_act,
    );
    set("MailboxBackoffOnTimeout", &mut s.mailbox_backoff_on_timeout, w.mailbox_backoff_on_timeout);
    set(
        "MailboxBackoffOnTransientError",
        &mut s.mailbox_backoff_on_transient_error,
        w.mailbox_backoff_on_transient_error,
    );
    set(
        "PendingEmailsRetryInterval",
        &mut s.pending_emails_retry_interval,
        w.pending_emails_retry_interval,
    );
    set(
        "SendingEmailsRetryInterval",
        &mut s.sending_emails_retry_interval,
        w.sending_emails_retry_interval,
    );
    replace(&mut s.max_mailbox_transient_failures, w.max_mailbox_transient_failures);
    replace(&mut s.incoming_maximum_emails_per_cycle, w.incoming_maximum_emails_per_cycle);
    replace(&mut s.maximum_email_delivery_attempts, w.maximum_email_delivery_attempts);
    replace(&mut s.track_categorized_items, w.track_categorized_items);
    replace(
        &mut s.sss_save_outgoing_email_to_exchange_sent_folder,
        w.sss_save_outgoing_email_to_exchange_sent_folder,
    );
    replace(&mut s.maximum_message_size, w.maximum_message_size.map(|size| size.0));
    replace(&mut s.maximum_attachment_size, w.maximum_attachment_size.map(|size| size.0));
}

fn replace<T>(setting: &mut T, written: Option<T>) {
    if let Some(written) = written {
        *setting = written;
    }
}
