//! `GetUserConfiguration` and its kin: settings that programs keep in a mailbox. Nobody's are there
//! from the start: as in Exchange, whoever misses some makes them, the list of categories
//! (MS-OXOCFG 2.2.5.2.2) included, which the first Outlook to open a mailbox does.

use wire::ews::services::{
    ConfigurationName, CreateUserConfiguration, DeleteUserConfiguration, GetUserConfiguration,
    UpdateUserConfiguration, UserConfiguration, UserConfigurationFound,
};
use wire::ews::{Base64, FolderRef, ItemId, ResponseCode, ResponseMessage};

use super::super::call::{Call, folder_id};
use super::super::ids::{Id, change_key};
use super::super::problem::{Outcome, Problem, message};
use crate::MailboxIx;
use crate::store::{FolderNo, Mailbox, SettingsContent, SettingsError};

/// The settings of a name.
pub(in crate::exchange) fn find(
    call: &Call<'_>,
    request: &GetUserConfiguration,
) -> ResponseMessage<UserConfigurationFound> {
    let found = found(call, request).map(|it| UserConfigurationFound { configuration: Some(it) });
    message(found)
}

/// Makes settings.
pub(in crate::exchange) fn create(
    call: &mut Call<'_>,
    request: &CreateUserConfiguration,
) -> ResponseMessage<()> {
    let it = &request.configuration;
    message(change(call, &it.name, |mailbox, folder, name| {
        mailbox.create_settings(folder, name, content(it))
    }))
}

/// Changes settings; parts that are not given stay.
pub(in crate::exchange) fn update(
    call: &mut Call<'_>,
    request: &UpdateUserConfiguration,
) -> ResponseMessage<()> {
    let it = &request.configuration;
    message(change(call, &it.name, |mailbox, folder, name| {
        mailbox.update_settings(folder, name, content(it))
    }))
}

/// Deletes settings.
pub(in crate::exchange) fn delete(
    call: &mut Call<'_>,
    request: &DeleteUserConfiguration,
) -> ResponseMessage<()> {
    message(change(call, &request.name, Mailbox::delete_settings))
}

fn found(call: &Call<'_>, request: &GetUserConfiguration) -> Outcome<UserConfiguration> {
    let name = &request.name.name;
    let (ix, folder) = place(call, &request.name)?;
    let mailbox = call.mailbox(ix)?;
    let settings =
        mailbox.settings(folder, name).ok_or_else(|| problem(SettingsError::Unknown, name))?;
    let wanted = |part: &str| {
        request.properties.split_ascii_whitespace().any(|it| it == part || it == "All")
    };
    let content = &settings.content;
    let bytes = |part: &Option<Box<[u8]>>| part.as_ref().map(|bytes| Base64(bytes.to_vec()));
    let id = || ItemId {
        id: Id::Item(ix, settings.item).write(),
        change_key: Some(change_key(settings.version)),
    };
    let view = mailbox.folder(folder).ok_or_else(Problem::folder_not_found)?;
    let folder = FolderRef::Id(folder_id(ix, &view));
    Ok(UserConfiguration {
        name: ConfigurationName { name: name.clone(), folder },
        item: wanted("Id").then(id),
        dictionary: content.dictionary.as_deref().filter(|_| wanted("Dictionary")).map(Into::into),
        xml: bytes(&content.xml).filter(|_| wanted("XmlData")),
        binary: bytes(&content.binary).filter(|_| wanted("BinaryData")),
    })
}

fn change(
    call: &mut Call<'_>,
    named: &ConfigurationName,
    change: impl FnOnce(&mut Mailbox, FolderNo, &str) -> Result<(), SettingsError>,
) -> Outcome<()> {
    let (ix, folder) = place(call, named)?;
    change(call.mailbox_mut(ix)?, folder, &named.name).map_err(|error| problem(error, &named.name))
}

fn place(call: &Call<'_>, named: &ConfigurationName) -> Outcome<(MailboxIx, FolderNo)> {
    if named.name.is_empty() {
        let text = "The name of a configuration object cannot be empty.";
        return Err(Problem::new(ResponseCode::ErrorInvalidArgument, text));
    }
    call.folder(&named.folder)
}

fn content(given: &UserConfiguration) -> SettingsContent {
    let bytes = |part: &Option<Base64>| part.as_ref().map(|Base64(bytes)| bytes.as_slice().into());
    SettingsContent {
        dictionary: given.dictionary.as_deref().map(Into::into),
        xml: bytes(&given.xml),
        binary: bytes(&given.binary),
    }
}

/// DavMail and others go by `ErrorItemNotFound` (ews-clients.md). What Exchange calls the others
/// is not published; these codes are what it says when any item cannot be saved.
fn problem(error: SettingsError, name: &str) -> Problem {
    match error {
        SettingsError::Unknown => {
            let text = format!("The configuration object {name} was not found.");
            Problem::new(ResponseCode::ErrorItemNotFound, text)
        }
        SettingsError::Exists => {
            let text = format!("The configuration object {name} already exists.");
            Problem::new(ResponseCode::ErrorItemSave, text)
        }
        SettingsError::TooMany => Problem::new(ResponseCode::ErrorItemSave, error.to_string()),
        SettingsError::TooLarge => {
            Problem::new(ResponseCode::ErrorDataSizeLimitExceeded, error.to_string())
        }
    }
}
