//! `GetServerTimeZones`.

use wire::ews::services::{GetServerTimeZones, ServerTimeZones};
use wire::ews::{ResponseMessage, TimeZoneDefinition};

use super::super::calendar::Zone;
use super::super::call::Call;

/// The zones asked for, or all. Ids that nobody knows are left out.
pub(in crate::exchange) fn list(
    call: &Call<'_>,
    request: &GetServerTimeZones,
) -> ResponseMessage<ServerTimeZones> {
    let year = call.now.to_zoned(jiff::tz::TimeZone::UTC).year();
    let tell = |zone: Zone| match request.full {
        Some(false) => TimeZoneDefinition {
            id: Some(zone.id().to_owned()),
            name: Some(zone.display_name(year)),
            ..TimeZoneDefinition::default()
        },
        _ => zone.definition(year),
    };
    let zones = match &request.ids {
        Some(ids) => ids.iter().filter_map(|id| Zone::named(id)).map(tell).collect(),
        None => Zone::all().map(tell).collect(),
    };
    ResponseMessage::ok(ServerTimeZones { zones: Some(zones) })
}
