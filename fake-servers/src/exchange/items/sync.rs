//! `SyncFolderItems`.

use wire::ews::items::{ItemChange, SyncFolderItems, SyncedItems};
use wire::ews::{ItemId, ResponseCode, ResponseMessage, SyncState};

use super::known::Known;
use super::shape::{Use, shaped};
use crate::exchange::call::Call;
use crate::exchange::folders::invalid_state;
use crate::exchange::ids::{Id, State, Synchronised};
use crate::exchange::problem::{Outcome, Problem, message};
use crate::store::{Change, SyncPoint};

/// `SyncFolderItems`
pub(in crate::exchange) fn sync(
    call: &mut Call<'_>,
    request: &SyncFolderItems,
) -> Vec<ResponseMessage<SyncedItems>> {
    vec![message(changes(call, request))]
}

fn changes(call: &mut Call<'_>, request: &SyncFolderItems) -> Outcome<SyncedItems> {
    // domain.md 4.4
    let most = usize::try_from(request.max_changes).ok().filter(|most| (1..=512).contains(most));
    let most = most.ok_or_else(|| {
        let text = "MaxChangesReturned must be between 1 and 512.";
        Problem::new(ResponseCode::ErrorInvalidArgument, text)
    })?;
    let (ix, folder) = call.folder(&request.folder).map_err(|problem| match problem.code {
        ResponseCode::ErrorItemNotFound | ResponseCode::ErrorFolderNotFound => {
            let text = "The folder to be synchronized was not found.";
            Problem::new(ResponseCode::ErrorSyncFolderNotFound, text)
        }
        _ => problem,
    })?;
    let mailbox = call.mailbox_mut(ix)?;
    let epoch = mailbox.epoch();
    let given = request.state.as_ref().filter(|state| !state.0.is_empty());
    let point = match given.map(|state| State::read(&state.0)) {
        None => SyncPoint::default(),
        Some(Some(State { mailbox: of, epoch: of_epoch, of: Synchronised::Items(no, point) }))
            if of == ix && of_epoch == epoch && no == folder =>
        {
            point
        }
        Some(_) => return Err(invalid_state()),
    };
    let page = mailbox.changes_since(folder, point, most).map_err(|_| invalid_state())?;
    let state = State { mailbox: ix, epoch, of: Synchronised::Items(folder, page.point) };
    let known = |uid| Known::find(call.store, ix, uid);
    let ignored = ignored(request);
    let change = |change: &Change| match change {
        Change::Create(uid) => {
            let known = known(*uid)?;
            let ignored = ignored.contains(&Id::Item(ix, *uid));
            (!ignored).then(|| ItemChange::Create(shaped(&known, &request.shape, Use::Sync)))
        }
        Change::Update(uid) => {
            known(*uid).map(|it| ItemChange::Update(shaped(&it, &request.shape, Use::Sync)))
        }
        Change::Flag(uid, read) => known(*uid).map(|it| ItemChange::ReadFlagChange(it.id(), *read)),
        Change::Delete(uid) => Some(ItemChange::Delete(ItemId::new(Id::Item(ix, *uid).write()))),
    };
    Ok(SyncedItems {
        state: SyncState(state.write()),
        is_last: page.last,
        changes: Some(page.changes.iter().filter_map(change).collect()),
    })
}

/// What the client said it knows already, such as what it made itself.
fn ignored(request: &SyncFolderItems) -> Vec<Id> {
    request.ignore.iter().flatten().filter_map(|id| Id::read(&id.id).ok()).collect()
}
