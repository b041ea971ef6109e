//! How Exchange says no, by the names of scenario files.

use fake_servers::{EwsShape, Operation};

use super::super::written::Refuse;

/// The shape a refusal has with Exchange; `None` when Exchange has no such words.
pub(super) fn shape(refuse: Refuse) -> Option<EwsShape> {
    Some(match refuse {
        Refuse::SysTemp | Refuse::TransientError | Refuse::T10 => EwsShape::TransientError,
        Refuse::Auth | Refuse::Unauthorized => EwsShape::Unauthorized,
        Refuse::Quota | Refuse::RecipientQuota => EwsShape::RecipientQuota,
        Refuse::Connections | Refuse::ConnectionCount | Refuse::T8 => EwsShape::ConnectionCount,
        Refuse::MailboxFull => EwsShape::MailboxFull,
        Refuse::TooLarge => EwsShape::TooLarge,
        Refuse::ServerBusy | Refuse::T1 => EwsShape::ServerBusy,
        Refuse::ServerBusyBare | Refuse::T2 => EwsShape::ServerBusyBare,
        Refuse::ServerBusyOk | Refuse::T3 => EwsShape::ServerBusyOk,
        Refuse::ServerBusyMessage | Refuse::T4 => EwsShape::ServerBusyMessage,
        Refuse::Unavailable | Refuse::T5 => EwsShape::Unavailable,
        Refuse::QueueFull | Refuse::T6 => EwsShape::QueueFull,
        Refuse::TooManyRequests | Refuse::T7 => EwsShape::TooManyRequests,
        Refuse::ObjectsOpened | Refuse::T9 => EwsShape::ObjectsOpened,
        Refuse::SuddenUnauthorized | Refuse::T11 => EwsShape::SuddenUnauthorized,
        Refuse::ErrorPage | Refuse::T12 => EwsShape::ErrorPage,
        Refuse::ServerErrorPage | Refuse::T13 => EwsShape::ServerErrorPage,
        Refuse::Dropped | Refuse::T14 => EwsShape::Dropped,
        Refuse::InnerServerBusy => EwsShape::InnerServerBusy,
        Refuse::SyncStateLost => EwsShape::SyncStateLost,
        Refuse::MailboxMoving => EwsShape::MailboxMoving,
        Refuse::StoreUnavailable => EwsShape::StoreUnavailable,
        Refuse::ItemNotFound => EwsShape::ItemNotFound,
        Refuse::Conflict => EwsShape::Conflict,
        Refuse::TimeoutExpired => EwsShape::TimeoutExpired,
        Refuse::SubscriptionLost => EwsShape::SubscriptionLost,
        Refuse::SubscriptionExpired => EwsShape::SubscriptionExpired,
        Refuse::EventsMissed => EwsShape::EventsMissed,
        Refuse::SubscriptionCount => EwsShape::SubscriptionCount,
        Refuse::FindCount => EwsShape::FindCount,
        Refuse::AccountDisabled => EwsShape::AccountDisabled,
        Refuse::PasswordExpired => EwsShape::PasswordExpired,
        Refuse::NonExistentMailbox => EwsShape::NonExistentMailbox,
        Refuse::ImpersonationDenied => EwsShape::ImpersonationDenied,
        Refuse::EwsDisabled => EwsShape::EwsDisabled,
        _ => return None,
    })
}

/// The operations in which Exchange gives it; empty is any.
pub(super) fn operations(shape: EwsShape) -> &'static [Operation] {
    match shape {
        EwsShape::SyncStateLost => &[Operation::SyncFolderItems, Operation::SyncFolderHierarchy],
        EwsShape::MailboxFull | EwsShape::TooLarge => {
            &[Operation::CreateItem, Operation::SendItem, Operation::UpdateItem]
        }
        EwsShape::RecipientQuota => &[Operation::SendItem],
        EwsShape::ItemNotFound => &[Operation::GetItem],
        EwsShape::Conflict => &[Operation::UpdateItem, Operation::SendItem],
        EwsShape::SubscriptionLost | EwsShape::SubscriptionExpired | EwsShape::EventsMissed => {
            &[Operation::GetEvents, Operation::GetStreamingEvents]
        }
        EwsShape::SubscriptionCount => &[Operation::Subscribe],
        EwsShape::FindCount => &[Operation::FindItem, Operation::FindFolder],
        EwsShape::Unauthorized => &[Operation::Login],
        _ => &[],
    }
}
