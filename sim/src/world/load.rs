//! What comes into a run from outside the engine and the servers.

use crate::time::SimTime;

/// Users and strangers: arrivals and submissions, one after the other in time.
pub trait Load: Send {
    /// When something happens next; `None` when nothing ever will.
    fn next(&self) -> Option<SimTime>;

    /// Makes everything happen that is due at or before `now`, and reports it to the log. Nothing
    /// due is left afterwards: a world panics over a load that would keep it there for ever.
    fn act(&mut self, now: SimTime);
}
