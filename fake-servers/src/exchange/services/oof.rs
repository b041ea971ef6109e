//! `GetUserOofSettings` and `SetUserOofSettings`: kept in the mailbox and given back.

use jiff::Timestamp;
use wire::ews::ResponseCode;
use wire::ews::services::{
    AvailabilityMailbox, ExternalAudience, GetUserOofSettings, OofDuration, OofSettingsSet,
    OofState, ReplyBody, SetUserOofSettings, UserOofSettings, UserOofSettingsAnswer,
};

use super::super::call::Call;
use super::super::problem::{Outcome, Problem, message};
use crate::MailboxIx;

/// What a mailbox has set.
pub(in crate::exchange) fn get(
    call: &Call<'_>,
    request: &GetUserOofSettings,
) -> UserOofSettingsAnswer {
    let found = mailbox(call, &request.mailbox).map(|ix| {
        let kept = call.store.mailbox(ix).and_then(|it| it.out_of_office());
        kept.map_or_else(|| unset(call.now), |it| it.settings.clone())
    });
    let settings = found.as_ref().ok().cloned();
    let allow_external = settings.is_some().then_some(ExternalAudience::All);
    UserOofSettingsAnswer { message: message(found.map(|_| ())), settings, allow_external }
}

/// Changes what a mailbox has set.
pub(in crate::exchange) fn set(
    call: &mut Call<'_>,
    request: &SetUserOofSettings,
) -> OofSettingsSet {
    let done = mailbox(call, &request.mailbox).and_then(|mailbox| {
        check(&request.settings)?;
        call.mailbox_mut(mailbox)?.set_out_of_office(request.settings.clone());
        Ok(())
    });
    OofSettingsSet { message: Some(message(done)) }
}

fn check(settings: &UserOofSettings) -> Outcome<()> {
    let lasts = settings.duration.as_ref().is_some_and(|it| it.start < it.end);
    if settings.state == OofState::Scheduled && !lasts {
        let text = "The duration of the out of office schedule is not valid.";
        return Err(Problem::new(ResponseCode::ErrorInvalidScheduledOofDuration, text));
    }
    Ok(())
}

/// Only one's own settings can be seen.
fn mailbox(call: &Call<'_>, named: &AvailabilityMailbox) -> Outcome<MailboxIx> {
    let found = call.store.by_address(&named.address).ok_or_else(|| {
        let text = "The e-mail address has no mailbox associated with it.";
        Problem::new(ResponseCode::ErrorMailRecipientNotFound, text)
    })?;
    call.mailbox(found).map_err(|_| {
        let text = "Access is denied. Check credentials and try again.";
        Problem::new(ResponseCode::ErrorAccessDenied, text)
    })?;
    Ok(found)
}

/// The settings of a mailbox that never set any, as Exchange gives them: off, with a day from now
/// to begin with.
fn unset(now: Timestamp) -> UserOofSettings {
    let tomorrow = now.checked_add(jiff::SignedDuration::from_hours(24)).unwrap_or(now);
    UserOofSettings {
        state: OofState::Disabled,
        audience: ExternalAudience::All,
        duration: Some(OofDuration { start: now, end: tomorrow }),
        internal_reply: Some(nothing()),
        external_reply: Some(nothing()),
    }
}

/// A reply that says nothing. One client fails over a reply without a text.
fn nothing() -> ReplyBody {
    ReplyBody { language: Some("en-US".to_owned()), ..ReplyBody::new("") }
}
