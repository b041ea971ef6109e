//! Ids, names, time zones, free and busy times, settings.

use jiff::Timestamp;
use wire::ews::folders::BaseShape;
use wire::ews::services::*;
use wire::ews::{
    Base64, Dictionary, Field, FolderRef, Item, ItemClass, ItemId, Mailbox, Period, Property,
    Request, Response, ResponseCode, ResponseMessage, TimeZoneDefinition, Transition,
    TransitionRule, TransitionTarget, TransitionsGroup,
};

use crate::failed;

fn ids() -> Vec<SourceId> {
    let mailbox = |format| {
        SourceId::Mailbox(AlternateId {
            format,
            id: "AAMk/+=".to_owned(),
            mailbox: "somebody@example.com".to_owned(),
            is_archive: Some(false),
        })
    };
    let mut ids: Vec<_> = IdFormat::ALL.iter().map(|format| mailbox(*format)).collect();
    ids.push(SourceId::PublicFolder(AlternatePublicFolderId {
        format: IdFormat::Ews,
        folder_id: "folder".to_owned(),
    }));
    ids.push(SourceId::PublicItem(AlternatePublicItemId {
        format: IdFormat::HexEntry,
        folder_id: "0a".to_owned(),
        item_id: "0b".to_owned(),
    }));
    ids
}

fn window() -> TimeWindow {
    TimeWindow { start: "2024-01-02T00:00:00".to_owned(), end: "2024-01-03T00:00:00".to_owned() }
}

fn zone() -> AvailabilityZone {
    let time = |bias, month| AvailabilityTime {
        bias,
        time: "02:00:00".to_owned(),
        day_order: 5,
        month,
        day_of_week: "Sunday".to_owned(),
        year: Some("2024".to_owned()),
    };
    AvailabilityZone { bias: -60, standard: time(0, 10), daylight: time(-60, 3) }
}

fn availability_mailbox() -> AvailabilityMailbox {
    AvailabilityMailbox {
        name: Some("Some Body".to_owned()),
        address: "somebody@example.com".to_owned(),
        routing_type: Some("SMTP".to_owned()),
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn oof_settings(state: OofState) -> UserOofSettings {
    UserOofSettings {
        state,
        audience: ExternalAudience::Known,
        duration: Some(OofDuration {
            start: time("2024-01-02T03:04:05Z"),
            end: time("2024-02-02T03:04:05Z"),
        }),
        internal_reply: Some(ReplyBody {
            language: Some("en-GB".to_owned()),
            message: Some("<html>Away & back</html>".to_owned()),
        }),
        external_reply: Some(ReplyBody::new("Away")),
    }
}

fn configuration_name() -> ConfigurationName {
    ConfigurationName {
        name: "OWA.UserOptions".to_owned(),
        folder: FolderRef::distinguished("root"),
    }
}

pub(crate) fn requests() -> Vec<Request> {
    let mut requests = vec![
        Request::GetServerTimeZones(GetServerTimeZones { full: None, ids: None }),
        Request::GetServerTimeZones(GetServerTimeZones {
            full: Some(true),
            ids: Some(vec!["W. Europe Standard Time".to_owned(), "UTC".to_owned()]),
        }),
        Request::ResolveNames(ResolveNames {
            full_contacts: false,
            scope: None,
            shape: None,
            folders: None,
            entry: "some".to_owned(),
        }),
        Request::GetUserConfiguration(GetUserConfiguration {
            name: configuration_name(),
            properties: "Id Dictionary XmlData BinaryData".to_owned(),
        }),
        Request::CreateUserConfiguration(CreateUserConfiguration {
            configuration: configuration(),
        }),
        Request::UpdateUserConfiguration(UpdateUserConfiguration {
            configuration: UserConfiguration::empty(configuration_name()),
        }),
        Request::DeleteUserConfiguration(DeleteUserConfiguration { name: configuration_name() }),
        Request::GetUserOofSettings(GetUserOofSettings { mailbox: availability_mailbox() }),
        availability_request(),
        Request::GetUserAvailability(GetUserAvailability {
            zone: None,
            mailboxes: Vec::new(),
            free_busy: None,
            suggestions: None,
        }),
    ];
    for destination in IdFormat::ALL {
        let request = ConvertId { destination: *destination, ids: ids() };
        requests.push(Request::ConvertId(request));
    }
    for scope in SearchScope::ALL {
        requests.push(Request::ResolveNames(ResolveNames {
            full_contacts: true,
            scope: Some(*scope),
            shape: Some(BaseShape::AllProperties),
            folders: Some(vec![FolderRef::distinguished("contacts")]),
            entry: "some <body>".to_owned(),
        }));
    }
    for state in OofState::ALL {
        requests.push(Request::SetUserOofSettings(SetUserOofSettings {
            mailbox: availability_mailbox(),
            settings: oof_settings(*state),
        }));
    }
    requests
}

fn availability_request() -> Request {
    let mailbox =
        |kind| MailboxData { email: availability_mailbox(), kind, exclude_conflicts: Some(true) };
    Request::GetUserAvailability(GetUserAvailability {
        zone: Some(zone()),
        mailboxes: AttendeeKind::ALL.iter().map(|kind| mailbox(*kind)).collect(),
        free_busy: Some(FreeBusyOptions {
            window: window(),
            interval: Some(30),
            view: Some("DetailedMerged".to_owned()),
        }),
        suggestions: Some(SuggestionOptions {
            good_threshold: Some(25),
            results_by_day: Some(10),
            non_work_results_by_day: Some(0),
            duration: Some(60),
            minimum_quality: Some(SuggestionQuality::Fair),
            window: window(),
            current_time: Some("2024-01-02T10:00:00".to_owned()),
            global_object_id: Some("0a0b".to_owned()),
        }),
    })
}

fn time_zone() -> TimeZoneDefinition {
    let to = |target: &str| TransitionTarget::Period(target.to_owned());
    let day = |target: &str, month| Transition {
        to: to(target),
        rule: TransitionRule::Day {
            offset: "PT2H".to_owned(),
            month,
            day_of_week: "Sunday".to_owned(),
            occurrence: -1,
        },
    };
    let date = TransitionRule::Date { offset: "PT0S".to_owned(), month: 1, day: 1 };
    let period = |bias: &str, id: &str| Period {
        bias: bias.to_owned(),
        name: id.to_owned(),
        id: id.to_owned(),
    };
    let group = |transitions| TransitionsGroup { id: "0".to_owned(), transitions };
    TimeZoneDefinition {
        id: Some("W. Europe Standard Time".to_owned()),
        name: Some("(UTC+01:00) Berlin".to_owned()),
        periods: vec![period("-PT1H", "Std"), period("-PT2H", "Dlt")],
        groups: vec![
            group(vec![day("Std", 10), day("Dlt", 3)]),
            group(vec![Transition { to: to("Std"), rule: date }]),
        ],
        transitions: vec![
            Transition {
                to: TransitionTarget::Group("0".to_owned()),
                rule: TransitionRule::Always,
            },
            Transition {
                to: TransitionTarget::Group("0".to_owned()),
                rule: TransitionRule::Absolute("2024-01-01T00:00:00".to_owned()),
            },
        ],
    }
}

fn availability() -> Availability {
    let details = BusyEventDetails {
        id: Some("id".to_owned()),
        subject: Some("Talk".to_owned()),
        location: Some("Room 1".to_owned()),
        is_meeting: true,
        ..BusyEventDetails::default()
    };
    let event = |busy| BusyEvent {
        start: "2024-01-02T10:00:00".to_owned(),
        end: "2024-01-02T11:00:00".to_owned(),
        busy,
        details: Some(details.clone()),
    };
    let view = FreeBusyView {
        kind: "DetailedMerged".to_owned(),
        merged: Some("0012340".to_owned()),
        events: Some(BusyType::ALL.iter().map(|busy| event(*busy)).collect()),
        working_hours: Some(WorkingHours {
            zone: zone(),
            periods: vec![WorkingPeriod {
                days: "Monday Tuesday Friday".to_owned(),
                start: 480,
                end: 1020,
            }],
        }),
    };
    let conflicts = vec![
        AttendeeConflict::Unknown(Empty {}),
        AttendeeConflict::Individual(IndividualConflict { busy: BusyType::OutOfOffice }),
        AttendeeConflict::TooBigGroup(Empty {}),
        AttendeeConflict::Group(GroupConflict {
            members: 4,
            available: 2,
            with_conflict: 1,
            without_data: 1,
        }),
    ];
    let suggestion = |quality| Suggestion {
        time: "2024-01-02T10:00:00".to_owned(),
        is_work_time: true,
        quality,
        conflicts: Some(conflicts.clone()),
    };
    Availability {
        free_busy: Some(vec![
            FreeBusy { message: Some(ResponseMessage::ok(())), view: Some(view) },
            FreeBusy {
                message: Some(failed(ResponseCode::ErrorMailRecipientNotFound)),
                view: None,
            },
        ]),
        suggestions: Some(Suggestions {
            message: Some(ResponseMessage::ok(())),
            days: Some(vec![SuggestionDay {
                date: "2024-01-02T00:00:00".to_owned(),
                quality: SuggestionQuality::Excellent,
                suggestions: Some(
                    SuggestionQuality::ALL.iter().map(|quality| suggestion(*quality)).collect(),
                ),
            }]),
        }),
    }
}

fn configuration() -> UserConfiguration {
    let object = |kind, values: &[&str]| ConfigurationObject {
        kind,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    let entry = |kind| ConfigurationEntry {
        key: object(ConfigurationObjectKind::String, &["timezone"]),
        value: object(kind, &["one", "two"]),
    };
    UserConfiguration {
        name: configuration_name(),
        item: Some(ItemId { id: "item".to_owned(), change_key: Some("key".to_owned()) }),
        dictionary: Some(ConfigurationObjectKind::ALL.iter().map(|kind| entry(*kind)).collect()),
        xml: Some(Base64(b"<xml/>".to_vec())),
        binary: Some(Base64(vec![0, 255, 1])),
    }
}

pub(crate) fn responses() -> Vec<Response> {
    let converted = ids().into_iter().map(|id| ResponseMessage::ok(ConvertedId { id: Some(id) }));
    let mut several = ResponseMessage::<Resolutions>::warning(
        ResponseCode::ErrorNameResolutionMultipleResults,
        "Multiple results were found.",
    );
    several.content = resolutions();
    let get_oof = |message, settings, allow_external| {
        Response::GetUserOofSettings(UserOofSettingsAnswer { message, settings, allow_external })
    };
    let mut responses = vec![
        Response::ConvertId(
            converted.chain([failed(ResponseCode::ErrorInvalidIdMalformed)]).collect(),
        ),
        Response::ResolveNames(vec![ResponseMessage::ok(resolutions())]),
        Response::ResolveNames(vec![several]),
        Response::ResolveNames(vec![failed(ResponseCode::ErrorNameResolutionNoResults)]),
        Response::GetServerTimeZones(vec![ResponseMessage::ok(ServerTimeZones {
            zones: Some(vec![time_zone(), TimeZoneDefinition::named("UTC")]),
        })]),
        Response::GetUserAvailability(availability()),
        Response::GetUserAvailability(Availability::default()),
        Response::GetUserConfiguration(vec![
            ResponseMessage::ok(UserConfigurationFound { configuration: Some(configuration()) }),
            failed(ResponseCode::ErrorItemNotFound),
        ]),
        Response::CreateUserConfiguration(vec![failed(ResponseCode::ErrorItemSave)]),
        Response::UpdateUserConfiguration(vec![
            ResponseMessage::ok(()),
            failed(ResponseCode::ErrorItemNotFound),
        ]),
        Response::DeleteUserConfiguration(vec![ResponseMessage::ok(())]),
        get_oof(failed(ResponseCode::ErrorMailRecipientNotFound), None, None),
        Response::SetUserOofSettings(OofSettingsSet { message: Some(ResponseMessage::ok(())) }),
    ];
    for (state, audience) in OofState::ALL.iter().zip(ExternalAudience::ALL) {
        let settings = Some(oof_settings(*state));
        responses.push(get_oof(ResponseMessage::ok(()), settings, Some(*audience)));
    }
    responses
}

fn contact() -> Item {
    Item::new(ItemClass::Contact)
        .with(Field::ContactDisplayName, "Some Body")
        .with(Property::indexed(Dictionary::EmailAddress, "EmailAddress1"), "SMTP:a@example.com")
        .with(Property::indexed(Dictionary::PhoneNumber, "MobilePhone"), "+49 30 1")
}

fn resolutions() -> Resolutions {
    let mailbox = Mailbox {
        name: Some("Some Body".to_owned()),
        address: Some("somebody@example.com".to_owned()),
        routing_type: Some("SMTP".to_owned()),
        mailbox_type: Some("Mailbox".to_owned()),
        item_id: Some(ItemId { id: "item".to_owned(), change_key: None }),
        original_display_name: Some("somebody".to_owned()),
    };
    let set = ResolutionSet {
        next_offset: Some(1),
        numerator: Some(1),
        denominator: Some(2),
        is_last: Some(true),
        total: Some(2),
        resolutions: vec![
            Resolution { mailbox, contact: Some(contact()) },
            Resolution::of(Mailbox::new("other@example.com")),
        ],
    };
    Resolutions { set: Some(set) }
}
