//! `GetUserConfiguration`: no program keeps settings here, and that is what clients are told.

use wire::ews::services::{GetUserConfiguration, UserConfigurationFound};
use wire::ews::{ResponseCode, ResponseMessage};

use super::super::call::Call;
use super::super::problem::{Outcome, Problem, message};

/// The settings of a name: there are none, which is enough for DavMail (ews-clients.md).
pub(in crate::exchange) fn find(
    call: &Call<'_>,
    request: &GetUserConfiguration,
) -> ResponseMessage<UserConfigurationFound> {
    message(nothing(call, request))
}

fn nothing(call: &Call<'_>, request: &GetUserConfiguration) -> Outcome<UserConfigurationFound> {
    call.folder(&request.name.folder)?;
    let text = format!("The configuration object {} was not found.", request.name.name);
    Err(Problem::new(ResponseCode::ErrorItemNotFound, text))
}
