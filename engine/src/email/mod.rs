//! Email records: their states, how urgent they are, how an attempt to send one went, and the
//! message itself as bytes.

mod attempt;
mod kept;
mod mime;
mod priority;
mod state;

pub use attempt::{AttemptOutcome, AttemptPhase, DeliveryAttempt, RecipientState};
pub(crate) use kept::Kept;
use mime::without_large_attachments;
pub(crate) use mime::{Composition, compose, is_parsable, message_key, recipients, with_crlf};
pub use priority::Priority;
pub use state::{EmailState, RecordState};
