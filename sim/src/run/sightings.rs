//! What each probe of a scenario looks like in the log.

use fake_servers::Refusal;
use sync_engine::{Outcome, Reason};

use crate::check::{EngineKind, ServerKind, Sighting};
use crate::log::HostIx;
use crate::scenario;

/// What a probe looks like in the log.
pub(super) fn sighting(probe: scenario::Probe, host: Option<HostIx>) -> Sighting {
    use scenario::Probe as P;
    let engine = Sighting::Engine;
    let server = |kind| Sighting::Server { host, kind };
    match probe {
        P::CycleStarted => engine(EngineKind::CycleStarted),
        P::CycleEnded => engine(EngineKind::CycleEnded),
        P::ConnectionOpened => engine(EngineKind::ConnectionOpened),
        P::ConnectionClosed => engine(EngineKind::ConnectionClosed),
        P::WaitingForWorker => engine(EngineKind::WaitingForWorker),
        P::WaitingForConnection => engine(EngineKind::WaitingForConnection),
        P::EmailStored => engine(EngineKind::EmailStored),
        P::AlreadyStored => engine(EngineKind::EmailAlreadyStored),
        P::ItemFailed => engine(EngineKind::ItemFailed),
        P::ItemSetAside => engine(EngineKind::ItemSetAside),
        P::DeletedOnServer => engine(EngineKind::DeletedOnServer),
        P::Resynchronised => engine(EngineKind::SyncStateLost),
        P::MovedToUndeliverable => engine(EngineKind::MovedToUndeliverable),
        P::EmailTracked => engine(EngineKind::EmailTracked),
        P::EmailUntracked => engine(EngineKind::EmailUntracked),
        P::TrackingRuleEnded => engine(EngineKind::TrackingRuleEnded),
        P::CustomizationStarted => engine(EngineKind::CustomizationStarted),
        P::CustomizationEnded => engine(EngineKind::CustomizationEnded),
        P::CustomizationFailed => Sighting::CustomizationThrew,
        P::EmailQueued => engine(EngineKind::EmailQueued),
        P::SendStarted => engine(EngineKind::SendStarted),
        P::RecipientRefused => engine(EngineKind::RecipientRefused),
        P::EmailSent => engine(EngineKind::EmailSent),
        P::SendDeferred => engine(EngineKind::SendDeferred),
        P::OutcomeUnknown => engine(EngineKind::SendOutcomeUnknown),
        P::EmailFailed => engine(EngineKind::EmailFailed),
        P::BackOff => engine(EngineKind::BackOffBegan),
        P::Disabled => engine(EngineKind::MailboxDisabled),
        P::CostSpent => engine(EngineKind::CostSpent),
        P::Postponed => Sighting::Ended(Outcome::Postponed),
        P::Throttled => Sighting::Ended(Outcome::Throttled),
        P::ConnectRefused => Sighting::Because(Reason::ConnectRefused),
        P::ConnectTimeout => Sighting::Because(Reason::ConnectTimeout),
        P::RequestTimeout => Sighting::Because(Reason::RequestTimeout),
        P::ConnectionLost => Sighting::Because(Reason::ConnectionLost),
        P::ProtocolViolation => Sighting::Because(Reason::ProtocolViolation),
        P::AnswerTooLong => Sighting::Because(Reason::AnswerTooLong),
        P::Unparsable => Sighting::Because(Reason::Unparsable),
        P::EngineCrashed => Sighting::EngineCrashed,
        P::EngineStarted => Sighting::EngineStarted,
        P::EngineRestarted => Sighting::EngineRestarted,
        P::ServerCrashed => Sighting::ServerCrashed(host),
        P::ServerStarted => Sighting::ServerStarted(host),
        P::Connected => Sighting::Connected(host),
        P::Disconnected => Sighting::Disconnected(host),
        P::LoggedIn => server(ServerKind::LoggedIn),
        P::Served => server(ServerKind::Served),
        P::Deleted => server(ServerKind::Deleted),
        P::TakenAway => server(ServerKind::TakenAway),
        P::Accepted => server(ServerKind::Accepted),
        P::InUse => refused(host, Refusal::InUse),
        P::LoginDelay => refused(host, Refusal::LoginDelay),
        P::SystemTemporary => refused(host, Refusal::SystemTemporary),
        P::SystemPermanent => refused(host, Refusal::SystemPermanent),
        P::Credentials => refused(host, Refusal::Credentials),
        P::MessageRate => refused(host, Refusal::MessageRate),
        P::Connections => refused(host, Refusal::Connections),
        P::RecipientQuota => refused(host, Refusal::RecipientQuota),
        P::MailboxFull => refused(host, Refusal::MailboxFull),
        P::Greylisted => refused(host, Refusal::Greylisted),
        P::UnknownRecipient => refused(host, Refusal::UnknownRecipient),
        P::TooManyRecipients => refused(host, Refusal::TooManyRecipients),
        P::TooLarge => refused(host, Refusal::TooLarge),
        P::ServerBusy => refused(host, Refusal::ServerBusy),
        P::Concurrency => refused(host, Refusal::Concurrency),
        P::ServiceUnavailable => refused(host, Refusal::ServiceUnavailable),
        P::TooManyRequests => refused(host, Refusal::TooManyRequests),
        P::TransientError => refused(host, Refusal::TransientError),
        P::EwsBlocked => refused(host, Refusal::EwsBlocked),
        P::SyncStateLost => refused(host, Refusal::SyncStateLost),
        P::MailboxMoving => refused(host, Refusal::MailboxMoving),
        P::StoreUnavailable => refused(host, Refusal::StoreUnavailable),
        P::SubscriptionLost => refused(host, Refusal::SubscriptionLost),
        P::Subscriptions => refused(host, Refusal::Subscriptions),
        P::FindCount => refused(host, Refusal::FindCount),
        P::BatchTime => refused(host, Refusal::BatchTime),
        P::ItemNotFound => refused(host, Refusal::ItemNotFound),
        P::Conflict => refused(host, Refusal::Conflict),
        P::AccountRefused => refused(host, Refusal::AccountRefused),
        P::InvalidRequest => refused(host, Refusal::InvalidRequest),
        P::Scripted => refused(host, Refusal::Scripted),
    }
}

const fn refused(host: Option<HostIx>, refusal: Refusal) -> Sighting {
    Sighting::Refused { host, refusal }
}
