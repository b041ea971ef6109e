//! `EWSFindCountLimit`: a search that would hold more items than the user may is cut short where
//! the client can see that it was, and refused where it cannot (field.md 3.4).

use super::{ExchangePolicy, LimitRefusal};

/// What a search asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindRequest {
    /// How many items the answer would hold: what matches, up to the page's size.
    pub items: u32,
    /// With a page view, whose answer says `IncludesLastItemInRange`.
    pub paged: bool,
    /// With a restriction or a query string.
    pub restricted: bool,
    /// The client speaks `Exchange2010_SP1` or later, which has `ErrorExceededFindCountLimit`.
    pub has_code: bool,
}

/// How much of it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindPage {
    /// All of it.
    Whole,
    /// So many, with `IncludesLastItemInRange` false.
    Cut(u32),
    /// Nothing.
    Refused(LimitRefusal),
}

/// What the policy makes of a search.
#[must_use]
pub fn find_page(policy: &ExchangePolicy, request: FindRequest) -> FindPage {
    let FindRequest { items, paged, restricted, has_code } = request;
    let limit = policy.find_count.map(|c| if restricted { c.restricted } else { c.plain });
    match limit {
        Some(limit) if items > limit && paged && has_code => FindPage::Cut(limit),
        Some(limit) if items > limit => {
            FindPage::Refused(LimitRefusal::FindCount { limit, has_code })
        }
        _ => FindPage::Whole,
    }
}
