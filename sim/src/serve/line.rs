//! An entry of the log as a line of JSON for others to read: names instead of numbers, hashes as
//! hexadecimal digits, durations in milliseconds. Kinds of events that come to be later pass
//! through as they are.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::names::Names;
use crate::log::{Entry, HostIx};
use crate::time::SimTime;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(super) struct EventLine {
    /// Always `event`.
    pub(super) kind: &'static str,
    /// Milliseconds of the scenario's time since its start.
    pub(super) at_ms: u64,
    /// The scenario's calendar then.
    pub(super) time: String,
    /// What happened, such as `delivered`, `served`, `accepted`, `refused`, `connected`.
    pub(super) event: String,
    /// At which server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<String>,
    /// In whose mailbox: its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mailbox: Option<String>,
    /// Whatever else there is to say of such an event.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) detail: Map<String, Value>,
}

/// An entry as a line, with its line feed.
pub(super) fn line(at: SimTime, entry: &Entry, names: &Names) -> String {
    let line = serde_json::to_string(&event(at, entry, names));
    line.unwrap_or_else(|error| unreachable!("strings and numbers only: {error}")) + "\n"
}

fn event(at: SimTime, entry: &Entry, names: &Names) -> EventLine {
    let mut fields = match serde_json::to_value(entry) {
        Ok(Value::Object(fields)) => fields,
        other => unreachable!("an entry is an object: {other:?}"),
    };
    fields.remove("from");
    let word = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
    let number = |value: Option<Value>| value.and_then(|value| value.as_u64());
    let event = word(fields.remove("event")).unwrap_or_default();
    let host = number(fields.remove("host")).and_then(|host| u16::try_from(host).ok()).map(HostIx);
    let mailbox = number(fields.remove("mailbox")).and_then(|ix| u32::try_from(ix).ok());
    let mut detail = Map::new();
    for (key, value) in fields {
        match (key.as_str(), &value) {
            (_, Value::Null) => {}
            ("fault", Value::Number(place)) => {
                let place = place.as_u64().and_then(|place| u16::try_from(place).ok());
                let name = host.zip(place).map(|(host, place)| names.fault(host, place));
                detail.insert(key, name.into());
            }
            ("window", Value::Number(place)) => {
                detail.insert(key, place.as_u64().and_then(|place| names.window(place)).into());
            }
            ("content" | "message", Value::Number(hash)) => {
                detail.insert(key, hex(hash.as_u64()));
            }
            ("recipients", Value::Array(all)) => {
                detail.insert(key, all.iter().map(|hash| hex(hash.as_u64())).collect());
            }
            (_, Value::Object(parts)) if parts.contains_key("secs") => {
                detail.insert(format!("{key}_ms"), milliseconds(parts));
            }
            _ => {
                detail.insert(key, value);
            }
        }
    }
    EventLine {
        kind: "event",
        at_ms: at.0,
        time: (names.start + at.since_start()).to_string(),
        event,
        server: host.map(|host| names.server(host).to_owned()),
        mailbox: mailbox.map(|ix| names.mailbox(fake_servers::MailboxIx(ix)).to_owned()),
        detail,
    }
}

/// JSON's numbers are exact to 53 bits only where JavaScript reads them.
fn hex(hash: Option<u64>) -> Value {
    hash.map(|hash| format!("{hash:016x}")).into()
}

fn milliseconds(duration: &Map<String, Value>) -> Value {
    let part = |key| duration.get(key).and_then(Value::as_u64).unwrap_or(0);
    (part("secs") * 1_000 + part("nanos") / 1_000_000).into()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fake_servers::{ItemId, MailboxIx, ServerEvent};

    use super::*;
    use crate::log::WorldEvent;

    #[test]
    fn lines_speak_of_names_and_not_of_places() {
        let names = Names::of_one_mailbox("ann@example.com");
        let (host, mailbox) = (HostIx(0), MailboxIx(0));
        let said = |entry| line(SimTime(1_500), &entry, &names);
        let served = ServerEvent::Served { item: ItemId(7), mailbox, content: u64::MAX };
        assert_eq!(
            said(Entry::Server { host, event: served }),
            "{\"kind\":\"event\",\"at_ms\":1500,\"time\":\"1970-01-01T00:00:01.5Z\",\
             \"event\":\"served\",\"server\":\"pop\",\"mailbox\":\"ann@example.com\",\
             \"detail\":{\"content\":\"ffffffffffffffff\",\"item\":7}}\n"
        );
        let held = Duration::from_millis(2_500);
        let waited = said(Entry::Server { host, event: ServerEvent::Held { mailbox: None, held } });
        assert!(
            waited.ends_with("\"server\":\"pop\",\"detail\":{\"held_ms\":2500}}\n"),
            "{waited}"
        );
        let struck = ServerEvent::FaultApplied { fault: 0, mailbox: None };
        let struck = said(Entry::Server { host, event: struck });
        assert!(struck.contains("{\"fault\":\"slow\"}"), "{struck}");
        let opened = said(Entry::World { event: WorldEvent::WindowOpened { window: 0 } });
        assert!(opened.contains("{\"window\":\"mail\"}"), "{opened}");
    }
}
