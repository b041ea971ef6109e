//! What a server offers beside folders, items and events: ids in other forms, names, time zones,
//! free and busy times, settings and what is in some of them.

mod availability;
mod category_list;
mod convert_id;
mod free_busy;
mod oof;
mod resolve_names;
mod suggestions;
mod time_zones;
mod user_configuration;

pub use availability::{
    AttendeeKind, AvailabilityMailbox, AvailabilityTime, AvailabilityZone, FreeBusyOptions,
    GetUserAvailability, MailboxData, TimeWindow,
};
pub use category_list::{Category, CategoryList};
pub use convert_id::{
    AlternateId, AlternatePublicFolderId, AlternatePublicItemId, ConvertId, ConvertedId, IdFormat,
    SourceId,
};
pub use free_busy::{
    Availability, BusyEvent, BusyEventDetails, BusyType, FreeBusy, FreeBusyView, WorkingHours,
    WorkingPeriod,
};
pub use oof::{
    ExternalAudience, GetUserOofSettings, OofDuration, OofSettingsSet, OofState, ReplyBody,
    SetUserOofSettings, UserOofSettings, UserOofSettingsAnswer,
};
pub use resolve_names::{Resolution, ResolutionSet, Resolutions, ResolveNames, SearchScope};
pub use suggestions::{
    AttendeeConflict, Empty, GroupConflict, IndividualConflict, Suggestion, SuggestionDay,
    SuggestionOptions, SuggestionQuality, Suggestions,
};
pub use time_zones::{GetServerTimeZones, ServerTimeZones};
pub use user_configuration::{
    ConfigurationEntry, ConfigurationName, ConfigurationObject, ConfigurationObjectKind,
    CreateUserConfiguration, DeleteUserConfiguration, GetUserConfiguration,
    UpdateUserConfiguration, UserConfiguration, UserConfigurationFound,
};
