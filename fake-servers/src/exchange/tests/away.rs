//! Out of office: what is kept, and who is told.

use wire::ews::items::MessageDisposition;
use wire::ews::services::{
    AvailabilityMailbox, ExternalAudience, GetUserOofSettings, OofDuration, OofState, ReplyBody,
    SetUserOofSettings, UserOofSettings,
};
use wire::ews::value::MimeContent;
use wire::ews::{Field, Item, ItemClass, Request, Response};

use super::kit::{Client, World, second};

const SEND: Option<MessageDisposition> = Some(MessageDisposition::SendOnly);

fn settings(state: OofState, text: &str) -> UserOofSettings {
    UserOofSettings {
        state,
        audience: ExternalAudience::All,
        duration: Some(OofDuration { start: second(3_600), end: second(7_200) }),
        internal_reply: Some(ReplyBody::new(text)),
        external_reply: Some(ReplyBody::new("for strangers")),
    }
}

impl Client {
    fn go_away(&mut self, name: &str, settings: UserOofSettings) {
        let mailbox = AvailabilityMailbox::new(format!("{name}@example.com"));
        let request = Request::SetUserOofSettings(SetUserOofSettings { mailbox, settings });
        let Response::SetUserOofSettings(answer) = self.ask(request) else { panic!() };
        assert!(answer.message.unwrap().is_ok());
    }

    fn write_to_bob(&mut self, header: &str) {
        let bytes = format!(
            "From: ann@example.com\r\nTo: bob@example.com\r\nSubject: Lunch?\r\n\
             Message-ID: <1@x>\r\n{header}\r\nHi\r\n"
        );
        let mime = MimeContent::new(bytes.into_bytes());
        let item = Item::new(ItemClass::Message).with(Field::ItemMimeContent, mime);
        assert_eq!(self.create(item, SEND, None), Ok(None));
    }
}

#[test]
fn settings_outlive_the_server() {
    let world = World::new();
    let set = settings(OofState::Enabled, "away");
    world.bob().go_away("bob", set.clone());
    let world = world.restarted();
    let mailbox = AvailabilityMailbox::new("bob@example.com");
    let request = Request::GetUserOofSettings(GetUserOofSettings { mailbox });
    let Response::GetUserOofSettings(answer) = world.bob().ask(request) else { panic!() };
    assert_eq!(answer.settings, Some(set));
}

#[test]
fn each_sender_is_told_once_for_as_long_as_the_settings_stand() {
    let world = World::new();
    let (mut ann, mut bob) = (world.ann(), world.bob());
    ann.go_away("ann", settings(OofState::Enabled, "I am away as well"));
    bob.go_away("bob", settings(OofState::Enabled, "Back on Monday"));
    ann.write_to_bob("");
    ann.write_to_bob("");
    let told = ann.list("inbox");
    assert_eq!(told.len(), 1, "once, and nobody answers an answer");
    let reply = ann.all(&told[0]).properties;
    assert_eq!(reply.text(Field::ItemSubject), Some("Automatic reply: Lunch?"));
    assert_eq!(reply.text(Field::ItemBody).map(str::trim), Some("Back on Monday"));
    assert_eq!(reply.text(Field::ItemInReplyTo), Some("<1@x>"));
    assert_eq!(bob.list("inbox").len(), 2);
    bob.go_away("bob", settings(OofState::Enabled, "Back on Tuesday"));
    ann.write_to_bob("");
    assert_eq!(ann.list("inbox").len(), 2, "what is new is told again");
}

#[test]
fn what_is_automatic_or_out_of_time_gets_no_answer() {
    let world = World::new();
    let (mut ann, mut bob) = (world.ann(), world.bob());
    bob.go_away("bob", settings(OofState::Enabled, "away"));
    for header in [
        "Auto-Submitted: auto-generated\r\n",
        "Precedence: bulk\r\n",
        "X-Auto-Response-Suppress: DR, OOF\r\n",
        "List-Id: <a.example.com>\r\n",
    ] {
        ann.write_to_bob(header);
    }
    bob.go_away("bob", settings(OofState::Disabled, "away"));
    ann.write_to_bob("");
    bob.go_away("bob", settings(OofState::Scheduled, "away"));
    ann.write_to_bob("");
    ann.now = second(7_200);
    ann.write_to_bob("");
    assert!(ann.list("inbox").is_empty());
    let mut within = world.ann();
    within.now = second(3_600);
    within.write_to_bob("Auto-Submitted: no\r\n");
    assert_eq!(within.list("inbox").len(), 1);
}
