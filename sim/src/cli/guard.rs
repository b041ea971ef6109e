//! A bug of ours must not take the other runs with it, nor be mistaken for the engine's verdict:
//! what panics inside a run is caught there and becomes that run's result.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

thread_local! {
    /// What panicked on this thread since it came under guard; `None` when it is not.
    static SEEN: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Makes panics of guarded threads silent and remembered; others are told as before. To be called
/// before [`guarded`]; a second call does nothing.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let guarded = SEEN.with_borrow_mut(|seen| {
                seen.as_mut().map(|seen| seen.push(describe(info))).is_some()
            });
            if !guarded {
                before(info);
            }
        }));
    });
}

/// Does the work, on this thread alone.
///
/// # Errors
/// What panicked, with its place: also when it was caught further down, as a runtime catches what
/// its tasks do. A run that went on after a panic proves nothing.
pub(super) fn guarded<R>(work: impl FnOnce() -> R) -> Result<R, Vec<String>> {
    SEEN.set(Some(Vec::new()));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    let seen = SEEN.take().unwrap_or_default();
    match result {
        Ok(result) if seen.is_empty() => Ok(result),
        Err(payload) if seen.is_empty() => Err(vec![words(&*payload).to_owned()]),
        _ => Err(seen),
    }
}

fn describe(info: &PanicHookInfo) -> String {
    let place = info.location().map(|at| format!(" at {at}")).unwrap_or_default();
    let text = format!("panicked{place}: {}", words(info.payload()));
    let trace = Backtrace::capture();
    match trace.status() {
        BacktraceStatus::Captured => format!("{text}\n{trace}"),
        _ => text,
    }
}

fn words(payload: &(dyn std::any::Any + Send)) -> &str {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "(no message)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_caught_and_told_wherever_they_were_caught_before() {
        install();
        assert_eq!(guarded(|| 7), Ok(7));

        let bug = guarded(|| panic!("of {}", 3)).map(|(): ()| ()).unwrap_err();
        assert!(bug[0].contains("guard.rs") && bug[0].contains(": of 3"), "{bug:?}");

        let swallowed = guarded(|| panic::catch_unwind(|| panic!("inside")).is_err()).unwrap_err();
        assert!(swallowed[0].contains(": inside"), "{swallowed:?}");

        assert_eq!(guarded(|| 8), Ok(8), "what was seen before does not count again");
    }
}
