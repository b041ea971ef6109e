//! `FindItem`.

use jiff::Timestamp;
use wire::ews::folders::BasePoint;
use wire::ews::items::{FindItem, FoundItems, ItemPage, ItemTraversal};
use wire::ews::search::View;
use wire::ews::{Field, FolderRef, Properties, Property, ResponseCode, ResponseMessage, Value};

use super::known::Known;
use super::shape::{Use, shaped};
use super::{agenda, mapi};
use crate::exchange::calendar::{self, ViewError};
use crate::exchange::call::Call;
use crate::exchange::problem::{Outcome, Problem, message};
use crate::exchange::query::{self, Query};
use crate::exchange::search;
use crate::limits::exchange::{FindPage, FindRequest, find_page};
use crate::store::Stored;
use crate::{EwsRefusal, MailboxIx};

/// `FindItem`
pub(in crate::exchange) fn find(
    call: &Call<'_>,
    request: &FindItem,
) -> Vec<ResponseMessage<FoundItems>> {
    request.parents.iter().map(|parent| message(find_in(call, request, parent))).collect()
}

/// An item that was found, with its properties where a search or an order needs them.
struct Found<'a> {
    known: Known<'a>,
    all: Option<Properties>,
}

impl Found<'_> {
    fn look(&self, property: &Property) -> Option<Value> {
        let all = self.all.as_ref()?;
        match property {
            Property::Extended(field) => mapi::value(field, all, &self.known),
            _ => all.get(property).cloned(),
        }
    }
}

fn find_in(call: &Call<'_>, request: &FindItem, parent: &FolderRef) -> Outcome<FoundItems> {
    let (ix, folder) = call.folder(parent)?;
    possible(request)?;
    let mailbox = call.mailbox(ix)?;
    let items = match request.traversal {
        ItemTraversal::Shallow => mailbox.items(folder),
        // Nothing is kept that was deleted softly, and nothing belongs to folders themselves.
        ItemTraversal::SoftDeleted | ItemTraversal::Associated => &[],
    };
    let query = request.query.as_ref().map(|it| query::parse(&it.text, call.now));
    let query = query.as_ref();
    let deep = request.restriction.is_some()
        || request.query.is_some()
        || request.sort_order.as_ref().is_some_and(|it| !it.is_empty());
    if let Some(View::Calendar { start, end, .. }) = request.view {
        let kind = mailbox.folder(folder).map_or("", |view| view.class);
        if !kind.starts_with("IPF.Appointment") {
            let text = "A calendar view can only be had of a calendar folder.";
            let code = ResponseCode::ErrorCalendarFolderIsInvalidForCalendarView;
            return Err(Problem::new(code, text));
        }
        let mut found = in_calendar(call, ix, items, (start, end), deep)?;
        found.retain(|it| fits(request, query, it));
        return answer(call, request, &found);
    }
    // The newest first, as Exchange does without an order.
    let found = items.iter().rev().filter_map(|item| {
        let known = Known::find(call.store, ix, item.uid)?;
        let all = deep.then(|| known.properties());
        Some(Found { known, all })
    });
    let mut found: Vec<Found<'_>> = found.filter(|it| fits(request, query, it)).collect();
    if let Some(orders) = &request.sort_order {
        found.sort_by(|one, other| {
            search::ordered(orders, &|it| one.look(it), &|it| other.look(it))
        });
    }
    answer(call, request, &found)
}

/// Whether it can be done at all: nothing is left out silently.
fn possible(request: &FindItem) -> Outcome<()> {
    if request.shape.additional.contains(&Property::Field(Field::ItemTextBody)) {
        let text = "Property TextBody is not valid for FindItem.";
        return Err(Problem::new(ResponseCode::ErrorInvalidPropertyForOperation, text));
    }
    if request.grouping.is_some() {
        let text = "This server does not group what it finds.";
        return Err(Problem::new(ResponseCode::ErrorInvalidOperation, text));
    }
    Ok(())
}

/// What a calendar shows of a stretch of time, by start: series as their occurrences.
fn in_calendar<'a>(
    call: &'a Call<'_>,
    ix: MailboxIx,
    items: &[Stored],
    (start, end): (Timestamp, Timestamp),
    deep: bool,
) -> Outcome<Vec<Found<'a>>> {
    let view = calendar::View::new(start, end).map_err(|error| {
        let code = match error {
            ViewError::EndsBeforeStart => ResponseCode::ErrorCalendarEndDateIsEarlierThanStartDate,
            ViewError::TooBig => ResponseCode::ErrorCalendarViewRangeTooBig,
        };
        Problem::new(code, error.to_string())
    })?;
    let known = items.iter().filter_map(|item| Known::find(call.store, ix, item.uid));
    let mut seen: Vec<_> = known.flat_map(|known| agenda::seen(&known, &view)).collect();
    seen.sort_by_key(|(start, _, known)| (*start, known.stored.uid));
    let found = seen.into_iter().map(|(_, _, known)| {
        let all = deep.then(|| known.properties());
        Found { known, all }
    });
    Ok(found.collect())
}

fn fits(request: &FindItem, query: Option<&Query>, found: &Found<'_>) -> bool {
    let look = |property: &Property| found.look(property);
    request.restriction.as_ref().is_none_or(|it| search::holds(it, &look))
        && query.is_none_or(|it| query::holds(it, &look))
}

fn answer(call: &Call<'_>, request: &FindItem, found: &[Found<'_>]) -> Outcome<FoundItems> {
    let total = found.len();
    let (from, mut to) = page(request.view.as_ref(), total)?;
    let paged = matches!(request.view, Some(View::Indexed { .. } | View::Fractional { .. }));
    let old = ["Exchange2007", "Exchange2007_SP1", "Exchange2010"];
    let version = call.header.version.as_deref();
    let wanted = FindRequest {
        items: u32::try_from(to - from).unwrap_or(u32::MAX),
        paged,
        restricted: request.restriction.is_some() || request.query.is_some(),
        has_code: version.is_none_or(|version| !old.contains(&version)),
    };
    match find_page(&call.server.options.policy, wanted) {
        FindPage::Whole => {}
        FindPage::Cut(most) => to = from + usize::try_from(most).unwrap_or(usize::MAX),
        FindPage::Refused(limit) => {
            let refusal = EwsRefusal::from(limit);
            let code = ResponseCode::parse(refusal.shape.code());
            return Err(Problem::new(code, refusal.shape.text()));
        }
    }
    let items = found[from..to].iter().map(|it| shaped(&it.known, &request.shape, Use::Find));
    let number = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let root = ItemPage {
        next_offset: (!matches!(request.view, Some(View::Calendar { .. }))).then(|| number(to)),
        is_last: Some(to == total),
        total: Some(number(total)),
        items: items.collect(),
        ..ItemPage::default()
    };
    Ok(FoundItems { root: Some(root) })
}

/// From where to where a page goes.
fn page(view: Option<&View>, total: usize) -> Outcome<(usize, usize)> {
    let Some(view) = view else { return Ok((0, total)) };
    let most = match view.max() {
        None => total,
        Some(most) => usize::try_from(most).ok().filter(|most| *most > 0).ok_or_else(|| {
            let text = "The MaxEntriesReturned value must be greater than zero.";
            Problem::new(ResponseCode::ErrorInvalidPagingMaxRows, text)
        })?,
    };
    let from = match view {
        View::Indexed { offset, base, .. } => {
            let offset = usize::try_from(*offset).map_err(|_| {
                let text = "The Offset value must not be negative.";
                Problem::new(ResponseCode::ErrorInvalidIndexedPagingParameters, text)
            })?;
            match base {
                BasePoint::Beginning => offset.min(total),
                // Backwards from the last: the page ends where the offset begins.
                BasePoint::End => {
                    let to = total.saturating_sub(offset);
                    return Ok((to.saturating_sub(most), to));
                }
            }
        }
        View::Fractional { numerator, denominator, .. } => {
            let fraction = usize::try_from(*numerator).ok().zip(usize::try_from(*denominator).ok());
            match fraction {
                Some((above, below)) if below > 0 && above <= below => total * above / below,
                _ => {
                    let text = "The numerator must not be greater than the denominator.";
                    let code = ResponseCode::ErrorInvalidFractionalPagingParameters;
                    return Err(Problem::new(code, text));
                }
            }
        }
        View::Calendar { .. } | View::Contacts { .. } => 0,
    };
    Ok((from, from.saturating_add(most).min(total)))
}
