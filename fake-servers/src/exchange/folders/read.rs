//! Getting, finding and synchronising folders.

use wire::ews::folders::{
    BasePoint, FindFolder, FolderHierarchy, FolderTraversal, Folders, FoundFolders, GetFolder,
    HierarchyChange, Paging, RootFolder, SyncFolderHierarchy,
};
use wire::ews::{FolderId, FolderRef, Property, ResponseCode, ResponseMessage, SyncState};

use super::shape::{count, look, shaped};
use crate::exchange::call::Call;
use crate::exchange::ids::{Id, State, Synchronised};
use crate::exchange::problem::{Outcome, Problem, message};
use crate::exchange::search;
use crate::store::{FolderChange, FolderNo, FolderView};

/// `GetFolder`
pub(in crate::exchange) fn get(
    call: &Call<'_>,
    request: &GetFolder,
) -> Vec<ResponseMessage<Folders>> {
    let one = |folder: &FolderRef| {
        let (ix, no) = call.folder(folder)?;
        let mailbox = call.mailbox(ix)?;
        let view = mailbox.folder(no).ok_or_else(Problem::folder_not_found)?;
        Ok(Folders::one(shaped(ix, mailbox, &view, &request.shape)))
    };
    request.folder_ids.iter().map(|folder| message(one(folder))).collect()
}

/// `FindFolder`
pub(in crate::exchange) fn find(
    call: &Call<'_>,
    request: &FindFolder,
) -> Vec<ResponseMessage<FoundFolders>> {
    request.parents.iter().map(|parent| message(find_in(call, request, parent))).collect()
}

fn find_in(call: &Call<'_>, request: &FindFolder, parent: &FolderRef) -> Outcome<FoundFolders> {
    let (ix, parent) = call.folder(parent)?;
    let mailbox = call.mailbox(ix)?;
    let found = match request.traversal {
        FolderTraversal::Shallow => mailbox.children(parent),
        FolderTraversal::Deep => mailbox.descendants(parent),
        FolderTraversal::SoftDeleted => Vec::new(),
    };
    let fits = |view: &FolderView<'_>| {
        let look = |property: &Property| look(property, ix, mailbox, view);
        request.restriction.as_ref().is_none_or(|it| search::holds(it, &look))
    };
    let found = found.iter().filter_map(|no| mailbox.folder(*no));
    let found: Vec<FolderView<'_>> = found.filter(fits).collect();
    let (from, to) = page(request.paging.as_ref(), found.len())?;
    let folders = found[from..to].iter().map(|view| shaped(ix, mailbox, view, &request.shape));
    let root = RootFolder {
        next_offset: Some(count(to)),
        is_last: Some(to == found.len()),
        total: Some(count(found.len())),
        folders: Some(folders.collect()),
        ..RootFolder::default()
    };
    Ok(FoundFolders { root: Some(root) })
}

/// From where to where a page goes.
fn page(paging: Option<&Paging>, total: usize) -> Outcome<(usize, usize)> {
    let length = |most: Option<i32>| match most {
        None => Ok(total),
        Some(most) => usize::try_from(most).ok().filter(|most| *most > 0).ok_or_else(|| {
            let text = "The MaxEntriesReturned value must be greater than zero.";
            Problem::new(ResponseCode::ErrorInvalidPagingMaxRows, text)
        }),
    };
    let (from, most) = match paging {
        None => (0, total),
        Some(Paging::Indexed(it)) => {
            let offset = usize::try_from(it.offset).map_err(|_| {
                let text = "The Offset value must not be negative.";
                Problem::new(ResponseCode::ErrorInvalidIndexedPagingParameters, text)
            })?;
            let from = match it.base_point {
                BasePoint::Beginning => offset.min(total),
                BasePoint::End => total.saturating_sub(offset),
            };
            (from, length(it.max_entries)?)
        }
        Some(Paging::Fractional(it)) => {
            let text = "The numerator must not be greater than the denominator.";
            let invalid =
                || Problem::new(ResponseCode::ErrorInvalidFractionalPagingParameters, text);
            let above = usize::try_from(it.numerator).map_err(|_| invalid())?;
            let below = usize::try_from(it.denominator).map_err(|_| invalid())?;
            if below == 0 || above > below {
                return Err(invalid());
            }
            (total * above / below, length(it.max_entries)?)
        }
    };
    Ok((from, from.saturating_add(most).min(total)))
}

/// `SyncFolderHierarchy`
pub(in crate::exchange) fn sync(
    call: &Call<'_>,
    request: &SyncFolderHierarchy,
) -> Vec<ResponseMessage<FolderHierarchy>> {
    let answer = match hierarchy(call, request) {
        Ok(content) => ResponseMessage::ok(content),
        Err(problem) => {
            // Clients read these even from an error (ews-clients.md).
            let mut answer: ResponseMessage<FolderHierarchy> = problem.message();
            answer.content.state = Some(SyncState::default());
            answer.content.is_last = Some(true);
            answer
        }
    };
    vec![answer]
}

fn hierarchy(call: &Call<'_>, request: &SyncFolderHierarchy) -> Outcome<FolderHierarchy> {
    let root = match &request.folder {
        Some(folder) => call.folder(folder)?,
        None => (call.own(), FolderNo::MESSAGES),
    };
    let (ix, root) = root;
    let mailbox = call.mailbox(ix)?;
    let epoch = mailbox.epoch();
    let given = request.state.as_ref().filter(|state| !state.0.is_empty());
    let since = match given.map(|state| State::read(&state.0)) {
        None => None,
        Some(Some(State { mailbox: of, epoch: in_epoch, of: Synchronised::Hierarchy(change) }))
            if of == ix && in_epoch == epoch && change <= mailbox.sequence() =>
        {
            Some(change)
        }
        Some(_) => return Err(invalid_state()),
    };
    let folder = |no: FolderNo| {
        let view = mailbox.folder(no)?;
        Some(Box::new(shaped(ix, mailbox, &view, &request.shape)))
    };
    let change = |change: FolderChange| match change {
        FolderChange::Create(no) => folder(no).map(HierarchyChange::Create),
        FolderChange::Update(no) => folder(no).map(HierarchyChange::Update),
        FolderChange::Delete(no) => {
            Some(HierarchyChange::Delete(FolderId::new(Id::Folder(ix, no).write())))
        }
    };
    let changes =
        mailbox.folder_changes_since(root, since).into_iter().filter_map(change).collect();
    let of = Synchronised::Hierarchy(mailbox.sequence());
    let state = State { mailbox: ix, epoch, of }.write();
    Ok(FolderHierarchy {
        state: Some(SyncState(state)),
        is_last: Some(true),
        changes: Some(changes),
    })
}

/// The client must begin anew (domain.md 4.3).
pub(in crate::exchange) fn invalid_state() -> Problem {
    let text = "Synchronization state data is corrupt or otherwise invalid.";
    Problem::new(ResponseCode::ErrorInvalidSyncStateData, text)
}
