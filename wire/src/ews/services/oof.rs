//! `GetUserOofSettings` and `SetUserOofSettings`: what a mailbox answers while its owner is out of
//! office. Their elements are called requests, and their answers have no list.

use jiff::Timestamp;

use super::AvailabilityMailbox;
use crate::ews::ResponseMessage;
use crate::ews::record::{Body, el};
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};

record! {
    /// Asks for the settings of a mailbox.
    #[derive(Eq)]
    pub struct GetUserOofSettings {
        /// Which one.
        one mailbox: AvailabilityMailbox = el("t:Mailbox"),
    }
}

record! {
    /// The settings of a mailbox.
    #[derive(Eq)]
    pub struct UserOofSettingsAnswer {
        /// Whether they could be read.
        one message: ResponseMessage<()> = el("m:ResponseMessage"),
        /// The settings.
        maybe settings: UserOofSettings = el("t:OofSettings"),
        /// Who outside may get answers at all.
        maybe allow_external: ExternalAudience = el("m:AllowExternalOof"),
    }
}

record! {
    /// Changes the settings of a mailbox.
    #[derive(Eq)]
    pub struct SetUserOofSettings {
        /// Which one.
        one mailbox: AvailabilityMailbox = el("t:Mailbox"),
        /// The settings.
        one settings: UserOofSettings = el("t:UserOofSettings"),
    }
}

record! {
    /// Whether the settings were changed.
    #[derive(Eq)]
    pub struct OofSettingsSet {
        /// Whether they were.
        maybe message: ResponseMessage<()> = el("m:ResponseMessage"),
    }
}

record! {
    /// What a mailbox answers, and when.
    #[derive(Eq)]
    pub struct UserOofSettings {
        /// Whether it answers.
        one state: OofState = el("t:OofState"),
        /// Who outside gets an answer.
        one audience: ExternalAudience = el("t:ExternalAudience"),
        /// When it answers, if it is scheduled.
        maybe duration: OofDuration = el("t:Duration"),
        /// What colleagues are told.
        maybe internal_reply: ReplyBody = el("t:InternalReply"),
        /// What others are told.
        maybe external_reply: ReplyBody = el("t:ExternalReply"),
    }
}

record! {
    /// A stretch of time.
    #[derive(Copy, Eq)]
    pub struct OofDuration {
        /// Its beginning.
        one start: Timestamp = el("t:StartTime"),
        /// Its end.
        one end: Timestamp = el("t:EndTime"),
    }
}

words! {
    /// Whether a mailbox answers.
    pub enum OofState {
        /// It does not.
        Disabled = "Disabled",
        /// It does.
        Enabled = "Enabled",
        /// It does for a while.
        Scheduled = "Scheduled",
    }
}

words! {
    /// Who outside the organisation gets an answer.
    pub enum ExternalAudience {
        /// Nobody.
        None = "None",
        /// Those who are contacts.
        Known = "Known",
        /// Everybody.
        All = "All",
    }
}

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplyBody {
    /// In which language.
    pub language: Option<String>,
    /// The text, as HTML or plain.
    pub message: Option<String>,
}

impl ReplyBody {
    /// A text without a language.
    pub fn new(message: impl Into<String>) -> Self {
        Self { language: None, message: Some(message.into()) }
    }
}

impl Body for ReplyBody {
    fn read_body(reader: &mut Reader, start: &Element) -> Result<Self, ReadError> {
        let mut reply = Self { language: start.attr_string("xml:lang")?, message: None };
        reader.children(|reader, child| {
            if child.is(Ns::Types, "Message") {
                reply.message = Some(reader.string()?);
            }
            Ok(())
        })?;
        Ok(reply)
    }

    fn write_body(&self, writer: &mut Writer, name: &str) {
        writer.open(name);
        writer.attr_opt("xml:lang", self.language.as_deref());
        writer.element_opt("t:Message", self.message.as_deref());
        writer.close(name);
    }
}
