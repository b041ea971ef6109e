//! The services over whole connections, and every answer against the schema.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use schema_check::Batch;
use wire::ews::items::{CreateItem, SendMeetingInvitations};
use wire::ews::services::*;
use wire::ews::{
    Base64, Dictionary, Field, FolderRef, Item, ItemClass, Property, Request, RequestEnvelope,
    Response, ResponseBody, ResponseCode, ResponseEnvelope,
};

use crate::exchange::versions::ExchangeVersion;
use crate::exchange::{ExchangeOptions, ExchangeServer, ExchangeSession};
use crate::store::MailStore;
use crate::{Action, Actions, FaultPlan, ItemId, ItemIds, Session};

struct Client {
    session: ExchangeSession,
    documents: Batch,
}

impl Client {
    fn new() -> Self {
        let mut store = MailStore::new("example.com");
        for name in ["ann.lee", "ann.may", "bob"] {
            store.add_mailbox(&format!("{name}@example.com"), name, "secret").unwrap();
        }
        let options = ExchangeOptions {
            impersonation: crate::exchange::Impersonation::NOBODY,
            ..ExchangeOptions::new("mail.example.com", ExchangeVersion::Exchange2016)
        };
        let (faults, ids) = (FaultPlan::new(Vec::new(), 0), ItemIds::starting_at(ItemId(1)));
        let server = ExchangeServer::new(options, store.shared(), ids, faults, 0);
        Self { session: server.session(), documents: Batch::default() }
    }

    fn ask(&mut self, request: Request) -> Response {
        let name = request.name();
        let body = RequestEnvelope::new("Exchange2013", request).write();
        let login = STANDARD.encode("bob:secret");
        let head = format!(
            "POST /EWS/Exchange.asmx HTTP/1.1\r\nHost: mail\r\nAuthorization: Basic {login}\r\n\
             Content-Type: text/xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut out = Actions::default();
        let now: Timestamp = "2026-07-06T08:00:00Z".parse().unwrap();
        self.session.receive(now, &[head.into_bytes(), body].concat(), &mut out);
        let bytes = |action| match action {
            Action::Send(bytes) => bytes,
            _ => Vec::new(),
        };
        let answer = String::from_utf8(out.drain().flat_map(bytes).collect()).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        self.documents.add(name, body);
        match ResponseEnvelope::read(body.as_bytes()).unwrap().body {
            ResponseBody::Response(response) => response,
            ResponseBody::Fault(fault) => panic!("{name}: {fault:?}"),
        }
    }
}

/// The contents, and whether each was as it should be.
macro_rules! asked {
    ($client:expr, $name:ident($request:expr)) => {
        match $client.ask(Request::$name($request)) {
            Response::$name(answer) => answer,
            other => panic!("{other:?}"),
        }
    };
}

fn resolve(entry: &str) -> ResolveNames {
    let entry = entry.to_owned();
    ResolveNames { full_contacts: false, scope: None, shape: None, folders: None, entry }
}

#[test]
fn names_are_found_in_the_directory() {
    let mut client = Client::new();
    for (entry, code, found) in [
        ("bob", ResponseCode::NoError, 1),
        ("smtp:ANN.LEE@example.com", ResponseCode::NoError, 1),
        ("ann", ResponseCode::ErrorNameResolutionMultipleResults, 2),
        ("nobody", ResponseCode::ErrorNameResolutionNoResults, 0),
        (" ", ResponseCode::ErrorInvalidNameForNameResolution, 0),
    ] {
        let answer = asked!(client, ResolveNames(resolve(entry))).remove(0);
        assert_eq!(answer.code, code, "{entry}");
        assert_eq!(answer.content.set.map_or(0, |set| set.resolutions.len()), found, "{entry}");
    }
    client.documents.assert_valid();
}

#[test]
fn contacts_are_found_if_they_are_asked_for() {
    let mut client = Client::new();
    let contact = Item::new(ItemClass::Contact)
        .with(Field::ContactDisplayName, "Bo Peep")
        .with(Property::indexed(Dictionary::EmailAddress, "EmailAddress1"), "bo@example.org");
    let create = CreateItem {
        message_disposition: None,
        send_meeting_invitations: None,
        saved_item_folder: Some(FolderRef::distinguished("contacts")),
        items: vec![contact],
    };
    assert!(asked!(client, CreateItem(create))[0].is_ok());
    for (entry, scope, addresses) in [
        ("bo", None, &["bob@example.com", "bo@example.org"][..]),
        ("bo", Some(SearchScope::ContactsActiveDirectory), &["bo@example.org", "bob@example.com"]),
        ("bo", Some(SearchScope::ActiveDirectory), &["bob@example.com"]),
        ("peep", Some(SearchScope::Contacts), &["bo@example.org"]),
        ("bob", Some(SearchScope::Contacts), &[]),
    ] {
        let request = ResolveNames { scope, full_contacts: true, ..resolve(entry) };
        let set = asked!(client, ResolveNames(request)).remove(0).content.set;
        let found = set.map(|set| set.resolutions).unwrap_or_default();
        let told: Vec<_> = found.iter().filter_map(|it| it.mailbox.address.clone()).collect();
        assert_eq!(told, addresses, "{entry} {scope:?}");
        let contacts = found.iter().filter(|it| it.contact.is_some()).count();
        assert_eq!(contacts, usize::from(addresses.contains(&"bo@example.org")));
    }
    client.documents.assert_valid();
}

#[test]
fn a_dummy_id_is_malformed_and_a_real_one_names_its_owner() {
    let mut client = Client::new();
    let convert = |id: &str, format, destination| ConvertId {
        destination,
        ids: vec![SourceId::Mailbox(AlternateId {
            format,
            id: id.to_owned(),
            mailbox: "somebody@example.com".to_owned(),
            is_archive: None,
        })],
    };
    let answer = asked!(client, ConvertId(convert("DUMMY", IdFormat::Ews, IdFormat::Owa)));
    assert_eq!(answer[0].code, ResponseCode::ErrorInvalidIdMalformed);
    let own = super::super::ids::Id::Folder(crate::MailboxIx(2), crate::store::FolderNo::ROOT);
    let mut id = own.write();
    let mut format = IdFormat::Ews;
    for next in [IdFormat::HexEntry, IdFormat::Store, IdFormat::Ews] {
        let answer = asked!(client, ConvertId(convert(&id, format, next))).remove(0);
        let Some(SourceId::Mailbox(converted)) = answer.content.id else { panic!() };
        assert_eq!(converted.mailbox, "bob@example.com");
        (id, format) = (converted.id, next);
    }
    assert_eq!(id, own.write());
    client.documents.assert_valid();
}

#[test]
fn zones_come_with_their_rules() {
    let mut client = Client::new();
    let all = asked!(client, GetServerTimeZones(GetServerTimeZones { full: None, ids: None }));
    assert!(all[0].content.zones.as_ref().unwrap().len() > 100);
    let some = GetServerTimeZones {
        full: Some(false),
        ids: Some(vec!["W. Europe Standard Time".to_owned(), "Nowhere".to_owned()]),
    };
    let some = asked!(client, GetServerTimeZones(some)).remove(0).content.zones.unwrap();
    assert_eq!(some.len(), 1);
    assert!(some[0].periods.is_empty(), "names alone were asked for");
    client.documents.assert_valid();
}

#[test]
fn settings_are_kept_and_those_of_others_are_closed() {
    let mut client = Client::new();
    let get = |name: &str| GetUserOofSettings {
        mailbox: AvailabilityMailbox::new(format!("{name}@example.com")),
    };
    let answer = asked!(client, GetUserOofSettings(get("bob")));
    let mut settings = answer.settings.unwrap();
    assert_eq!(settings.state, OofState::Disabled);
    let refused = asked!(client, GetUserOofSettings(get("ann.lee")));
    assert_eq!(refused.message.code, ResponseCode::ErrorAccessDenied);
    let refused = asked!(client, GetUserOofSettings(get("nobody")));
    assert_eq!(refused.message.code, ResponseCode::ErrorMailRecipientNotFound);
    settings.state = OofState::Scheduled;
    settings.internal_reply = Some(ReplyBody::new("Back on <Monday>"));
    let set = |settings| SetUserOofSettings {
        mailbox: AvailabilityMailbox::new("bob@example.com"),
        settings,
    };
    let done = asked!(client, SetUserOofSettings(set(settings.clone()))).message.unwrap();
    assert_eq!(done.code, ResponseCode::NoError);
    assert_eq!(asked!(client, GetUserOofSettings(get("bob"))).settings, Some(settings.clone()));
    settings.duration = None;
    let done = asked!(client, SetUserOofSettings(set(settings))).message.unwrap();
    assert_eq!(done.code, ResponseCode::ErrorInvalidScheduledOofDuration);
    client.documents.assert_valid();
}

#[test]
fn nobody_is_busy_and_no_program_keeps_settings() {
    let mut client = Client::new();
    let data = |address: &str| MailboxData {
        email: AvailabilityMailbox::new(address),
        kind: AttendeeKind::Required,
        exclude_conflicts: None,
    };
    let request = GetUserAvailability {
        zone: None,
        mailboxes: vec![data("ann.may@example.com"), data("nobody@example.com")],
        free_busy: Some(FreeBusyOptions {
            window: TimeWindow {
                start: "2026-07-06T00:00:00".to_owned(),
                end: "2026-07-07T00:00:00".to_owned(),
            },
            interval: Some(60),
            view: Some("DetailedMerged".to_owned()),
        }),
        suggestions: None,
    };
    let answer = asked!(client, GetUserAvailability(request)).free_busy.unwrap();
    let merged = answer[0].view.as_ref().unwrap().merged.as_ref().unwrap();
    assert_eq!(*merged, "0".repeat(24));
    let view = answer[0].view.as_ref().unwrap();
    assert_eq!(view.kind, "FreeBusyMerged", "her details are not for him");
    assert_eq!(view.working_hours.as_ref().unwrap().periods[0].start, 480);
    let code = &answer[1].message.as_ref().unwrap().code;
    assert_eq!(*code, ResponseCode::ErrorMailRecipientNotFound);
    let request = GetUserConfiguration {
        name: ConfigurationName {
            name: "OWA.UserOptions".to_owned(),
            folder: FolderRef::distinguished("root"),
        },
        properties: "All".to_owned(),
    };
    let answer = asked!(client, GetUserConfiguration(request));
    assert_eq!(answer[0].code, ResponseCode::ErrorItemNotFound);
    client.documents.assert_valid();
}

#[test]
fn the_owner_sees_what_keeps_him_busy_and_when_he_could_meet() {
    let mut client = Client::new();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let lunch = Item::new(ItemClass::CalendarItem)
        .with(Field::ItemSubject, "Lunch")
        .with(Field::CalendarLocation, "Canteen")
        .with(Field::ItemSensitivity, "Private")
        .with(Field::CalendarStart, at("2026-07-06T08:00:00Z"))
        .with(Field::CalendarEnd, at("2026-07-06T16:00:00Z"));
    let create = CreateItem {
        message_disposition: None,
        send_meeting_invitations: Some(SendMeetingInvitations::SendToNone),
        saved_item_folder: None,
        items: vec![lunch],
    };
    assert!(asked!(client, CreateItem(create))[0].is_ok());
    let window = TimeWindow {
        start: "2026-07-06T00:00:00".to_owned(),
        end: "2026-07-08T00:00:00".to_owned(),
    };
    let data = |address: &str| MailboxData {
        email: AvailabilityMailbox::new(address),
        kind: AttendeeKind::Organizer,
        exclude_conflicts: None,
    };
    let mut request = GetUserAvailability {
        zone: None,
        mailboxes: vec![data("bob@example.com")],
        free_busy: Some(FreeBusyOptions {
            window: window.clone(),
            interval: None,
            view: Some("Detailed".to_owned()),
        }),
        suggestions: None,
    };
    let answer = asked!(client, GetUserAvailability(request.clone()));
    let view = answer.free_busy.unwrap().remove(0).view.unwrap();
    assert_eq!((view.kind.as_str(), view.merged), ("Detailed", None));
    let details = view.events.unwrap().remove(0).details.unwrap();
    assert_eq!(details.subject.as_deref(), Some("Lunch"));
    assert_eq!(details.location.as_deref(), Some("Canteen"));
    assert!(details.is_private && !details.is_meeting);
    assert!(details.id.unwrap().chars().all(|c| c.is_ascii_hexdigit()));

    request.free_busy = None;
    request.mailboxes.push(data("nobody@example.com"));
    request.mailboxes.push(data("ann.may@example.com"));
    request.suggestions = Some(SuggestionOptions {
        good_threshold: None,
        results_by_day: Some(1),
        non_work_results_by_day: None,
        duration: Some(60),
        minimum_quality: Some(SuggestionQuality::Poor),
        window,
        current_time: None,
        global_object_id: None,
    });
    let answer = asked!(client, GetUserAvailability(request));
    assert_eq!(answer.free_busy, None);
    let days = answer.suggestions.unwrap().days.unwrap();
    assert_eq!(days.len(), 2);
    let best: Vec<_> = days.iter().map(|day| &day.suggestions.as_ref().unwrap()[0]).collect();
    assert_eq!(best[0].time, "2026-07-06T16:00:00");
    assert_eq!(best[1].time, "2026-07-07T08:00:00");
    let conflicts = best[0].conflicts.as_ref().unwrap();
    assert!(matches!(conflicts[1], AttendeeConflict::Unknown(_)));
    client.documents.assert_valid();
}

#[test]
fn settings_are_kept_as_they_were_given() {
    let mut client = Client::new();
    let name = |name: &str| ConfigurationName {
        name: name.to_owned(),
        folder: FolderRef::distinguished("calendar"),
    };
    let get = |properties: &str| GetUserConfiguration {
        name: name("CategoryList"),
        properties: properties.to_owned(),
    };
    let text = |text: &str| ConfigurationObject {
        kind: ConfigurationObjectKind::String,
        values: vec![text.to_owned()],
    };
    let given = UserConfiguration {
        dictionary: Some(vec![ConfigurationEntry { key: text("a"), value: text("<b>") }]),
        xml: Some(Base64(b"<categories/>".to_vec())),
        ..UserConfiguration::empty(name("CategoryList"))
    };
    let update = |given| UpdateUserConfiguration { configuration: given };
    let answer = asked!(client, UpdateUserConfiguration(update(given.clone())));
    assert_eq!(answer[0].code, ResponseCode::ErrorItemNotFound, "there is none to update");
    let create = || CreateUserConfiguration { configuration: given.clone() };
    assert!(asked!(client, CreateUserConfiguration(create()))[0].is_ok());
    let answer = asked!(client, CreateUserConfiguration(create()));
    assert_eq!(answer[0].code, ResponseCode::ErrorItemSave, "it is there already");
    let more = UserConfiguration {
        binary: Some(Base64(vec![0, 255])),
        ..UserConfiguration::empty(name("categorylist"))
    };
    assert!(asked!(client, UpdateUserConfiguration(update(more)))[0].is_ok());

    let answer = asked!(client, GetUserConfiguration(get("All")));
    let found = answer[0].content.configuration.clone().unwrap();
    assert!(matches!(found.name.folder, FolderRef::Id(_)));
    assert!(found.item.is_some());
    assert_eq!((&found.dictionary, &found.xml), (&given.dictionary, &given.xml), "not touched");
    assert_eq!(found.binary, Some(Base64(vec![0, 255])));
    let answer = asked!(client, GetUserConfiguration(get("XmlData")));
    let found = answer[0].content.configuration.clone().unwrap();
    assert_eq!((found.item, found.dictionary, found.binary), (None, None, None));
    assert_eq!(found.xml, given.xml);

    let delete = || DeleteUserConfiguration { name: name("CategoryList") };
    assert!(asked!(client, DeleteUserConfiguration(delete()))[0].is_ok());
    let answer = asked!(client, DeleteUserConfiguration(delete()));
    assert_eq!(answer[0].code, ResponseCode::ErrorItemNotFound);
    let large = UserConfiguration { xml: Some(Base64(vec![b'x'; (1 << 20) + 1])), ..given };
    let create = CreateUserConfiguration { configuration: large };
    let answer = asked!(client, CreateUserConfiguration(create));
    assert_eq!(answer[0].code, ResponseCode::ErrorDataSizeLimitExceeded);
    client.documents.assert_valid();
}
