//! What a `-ERR` means for the cycle (domain.md 5.1). The extended code decides where there is
//! one; a server that uses none leaves only the command it refused.

use std::time::Duration;

use wire::pop3::{RespCode, StatusLine};

use super::known::Traits;
use crate::{BackOff, CycleError, ErrorClass, Reason};

/// A refusal of the greeting, USER or PASS.
///
/// `pause` is how long to stay away after `[LOGIN-DELAY]` when the server has never said how long.
pub(super) fn of_login(
    command: &str,
    code: Option<&RespCode>,
    text: &str,
    traits: Traits,
    pause: Duration,
) -> CycleError {
    let detail = format!("{command}: {}", words(code, text));
    if let Some(error) = of_system(code, &detail) {
        return error;
    }
    let new = |class, reason| CycleError::new(class, reason, detail.as_str());
    match code {
        Some(RespCode::LoginDelay) => new(ErrorClass::Transient, Reason::LoginDelay)
            .with_back_off(BackOff::For(traits.login_delay.unwrap_or(pause))),
        Some(RespCode::Auth) => new(ErrorClass::Permanent, Reason::CredentialsRejected),
        // RFC 1939's own example of a refused PASS is "maildrop already locked".
        _ if text.to_ascii_lowercase().contains("lock") => {
            new(ErrorClass::Transient, Reason::InUse)
        }
        // Where [AUTH] is used, its absence says that the credentials are good (RFC 3206, 6).
        _ if traits.says_auth || command == GREETING => new(ErrorClass::Transient, Reason::Refused),
        _ => new(ErrorClass::Permanent, Reason::CredentialsRejected),
    }
}

/// How [`of_login`] is told of a refusal before any command.
pub(super) const GREETING: &str = "greeting";

/// A refusal that speaks of the maildrop or the system as a whole, whatever command met it.
pub(super) fn of_system(code: Option<&RespCode>, detail: &str) -> Option<CycleError> {
    let (class, reason) = match code? {
        RespCode::InUse => (ErrorClass::Transient, Reason::InUse),
        RespCode::SysTemp => (ErrorClass::Transient, Reason::SystemTemporary),
        RespCode::SysPerm => (ErrorClass::Permanent, Reason::SystemPermanent),
        RespCode::LoginDelay | RespCode::Auth | RespCode::Other(_) => return None,
    };
    Some(CycleError::new(class, reason, detail))
}

/// A status line as a result: `+OK` or what `-ERR` said.
pub(super) fn check(status: StatusLine) -> Result<(), (Option<RespCode>, String)> {
    match status {
        StatusLine::Ok { .. } => Ok(()),
        StatusLine::Err { code, text } => Err((code, text)),
    }
}

/// The server's words as it said them.
pub(super) fn words(code: Option<&RespCode>, text: &str) -> String {
    code.map_or_else(|| format!("-ERR {text}"), |code| format!("-ERR {code} {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_mins(5);

    fn login(line: &str, traits: Traits) -> CycleError {
        let (code, text) = check(StatusLine::parse(line.as_bytes()).unwrap()).unwrap_err();
        of_login("PASS", code.as_ref(), &text, traits, PAUSE)
    }

    #[test]
    fn every_code_has_its_meaning() {
        use ErrorClass::{Permanent, Transient};
        let any = Traits::default();
        let strict = Traits { says_auth: true, ..any };
        let slow = Traits { login_delay: Some(Duration::from_mins(10)), ..any };
        let rows = [
            ("-ERR [IN-USE] locked by another session", any, Transient, Reason::InUse, None),
            ("-ERR maildrop already locked", any, Transient, Reason::InUse, None),
            ("-ERR [LOGIN-DELAY] wait", any, Transient, Reason::LoginDelay, Some(300)),
            ("-ERR [LOGIN-DELAY] wait", slow, Transient, Reason::LoginDelay, Some(600)),
            ("-ERR [SYS/TEMP] busy", any, Transient, Reason::SystemTemporary, None),
            ("-ERR [SYS/TEMP/DISK] busy", any, Transient, Reason::SystemTemporary, None),
            ("-ERR [SYS/PERM] broken", any, Permanent, Reason::SystemPermanent, None),
            ("-ERR [AUTH] no", strict, Permanent, Reason::CredentialsRejected, None),
            ("-ERR no", any, Permanent, Reason::CredentialsRejected, None),
            ("-ERR [XYZ] no", any, Permanent, Reason::CredentialsRejected, None),
            ("-ERR no", strict, Transient, Reason::Refused, None),
        ];
        for (line, traits, class, reason, pause) in rows {
            let error = login(line, traits);
            assert_eq!((error.class, error.reason), (class, reason), "{line}");
            let pause = pause.map(|seconds| BackOff::For(Duration::from_secs(seconds)));
            assert_eq!(error.back_off, pause, "{line}");
            assert!(error.detail.starts_with("PASS: -ERR"), "{}", error.detail);
        }
    }

    #[test]
    fn a_refused_greeting_blames_no_credentials() {
        let error = of_login(GREETING, None, "too many connections", Traits::default(), PAUSE);
        assert_eq!((error.class, error.reason), (ErrorClass::Transient, Reason::Refused));
    }
}
