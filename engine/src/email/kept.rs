//! What the record of an incoming message keeps of its bytes: one rule, whichever way it came.

use std::borrow::Cow;

use super::without_large_attachments;
use crate::{ContentRetention, Settings};

/// What is kept.
pub(crate) struct Kept<'m> {
    /// The bytes, unless only the hash is kept.
    pub(crate) raw: Option<Cow<'m, [u8]>>,
    /// Whether attachments were dropped from them: larger than [`Settings::maximum_attachment_size`]
    /// (domain.md 1.7, 1.15).
    pub(crate) reduced: bool,
}

impl<'m> Kept<'m> {
    /// Of a message, by the settings.
    pub(crate) fn of(raw: &'m [u8], settings: &Settings) -> Self {
        let reduced = without_large_attachments(raw, settings.maximum_attachment_size);
        let is_reduced = reduced.is_some();
        let kept = reduced.map_or(Cow::Borrowed(raw), Cow::Owned);
        let keep = settings.content_retention == ContentRetention::Keep;
        Self { raw: keep.then_some(kept), reduced: is_reduced }
    }
}
