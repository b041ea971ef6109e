//! Which operation a request is for.

use wire::ews::{Fault, Request, Response};

use super::call::Call;
use super::hanging::Hanging;
use super::{delivery, folders, items, notify, services};

/// What an operation ends with.
pub(super) enum Done {
    /// An answer.
    Response(Response),
    /// The first document of an answer that goes on.
    Hanging(Response, Box<dyn Hanging>),
    /// The request as a whole is not served.
    Fault(Fault),
}

/// Does what a request asks for.
pub(super) fn dispatch(call: &mut Call<'_>, request: &Request) -> Done {
    Done::Response(match request {
        Request::GetFolder(it) => Response::GetFolder(folders::get(call, it)),
        Request::FindFolder(it) => Response::FindFolder(folders::find(call, it)),
        Request::SyncFolderHierarchy(it) => Response::SyncFolderHierarchy(folders::sync(call, it)),
        Request::CreateFolder(it) => Response::CreateFolder(folders::create(call, it)),
        Request::UpdateFolder(it) => Response::UpdateFolder(folders::update(call, it)),
        Request::DeleteFolder(it) => Response::DeleteFolder(folders::delete(call, it)),
        Request::EmptyFolder(it) => Response::EmptyFolder(folders::empty(call, it)),
        Request::MoveFolder(it) => {
            Response::MoveFolder(folders::relocate(call, &it.to, &it.folder_ids))
        }
        Request::CopyFolder(it) => {
            Response::CopyFolder(folders::copy(call, &it.to, &it.folder_ids))
        }
        Request::Subscribe(it) => Response::Subscribe(vec![notify::subscribe(call, it)]),
        Request::Unsubscribe(it) => Response::Unsubscribe(vec![notify::unsubscribe(call, it)]),
        Request::GetEvents(it) => Response::GetEvents(vec![notify::get_events(call, it)]),
        Request::GetStreamingEvents(it) => return notify::open(call, it),
        Request::ConvertId(it) => Response::ConvertId(services::convert_id::convert(call, it)),
        Request::ResolveNames(it) => {
            Response::ResolveNames(vec![services::names::resolve(call, it)])
        }
        Request::GetServerTimeZones(it) => {
            Response::GetServerTimeZones(vec![services::time_zones::list(call, it)])
        }
        Request::GetUserAvailability(it) => {
            Response::GetUserAvailability(services::availability::ask(call, it))
        }
        Request::GetUserConfiguration(it) => {
            Response::GetUserConfiguration(vec![services::configuration::find(call, it)])
        }
        Request::CreateUserConfiguration(it) => {
            Response::CreateUserConfiguration(vec![services::configuration::create(call, it)])
        }
        Request::UpdateUserConfiguration(it) => {
            Response::UpdateUserConfiguration(vec![services::configuration::update(call, it)])
        }
        Request::DeleteUserConfiguration(it) => {
            Response::DeleteUserConfiguration(vec![services::configuration::delete(call, it)])
        }
        Request::GetUserOofSettings(it) => {
            Response::GetUserOofSettings(services::oof::get(call, it))
        }
        Request::SetUserOofSettings(it) => {
            Response::SetUserOofSettings(services::oof::set(call, it))
        }
        Request::GetItem(it) => Response::GetItem(items::get(call, it)),
        Request::FindItem(it) => Response::FindItem(items::find(call, it)),
        Request::SyncFolderItems(it) => Response::SyncFolderItems(items::sync(call, it)),
        Request::CreateItem(it) => Response::CreateItem(items::create(call, it)),
        Request::UpdateItem(it) => Response::UpdateItem(items::update(call, it)),
        Request::DeleteItem(it) => Response::DeleteItem(items::delete(call, it)),
        Request::MoveItem(it) => Response::MoveItem(items::relocate(call, &it.to, &it.item_ids)),
        Request::CopyItem(it) => Response::CopyItem(items::copy(call, &it.to, &it.item_ids)),
        Request::SendItem(it) => Response::SendItem(delivery::send_items(call, it)),
        Request::MarkAllItemsAsRead(it) => Response::MarkAllItemsAsRead(items::mark_all(call, it)),
        Request::MarkAsJunk(it) => Response::MarkAsJunk(items::mark_junk(call, it)),
        Request::CreateAttachment(it) => Response::CreateAttachment(items::attach(call, it)),
        Request::GetAttachment(it) => Response::GetAttachment(items::get_attachments(call, it)),
        Request::DeleteAttachment(it) => Response::DeleteAttachment(items::detach(call, it)),
    })
}
