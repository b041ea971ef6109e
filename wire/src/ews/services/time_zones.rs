//! `GetServerTimeZones`: time zones as the server defines them.

use crate::ews::TimeZoneDefinition;
use crate::ews::record::el;

record! {
    /// Asks for time zones.
    #[derive(Eq)]
    pub struct GetServerTimeZones {
        /// Whether rules are wanted, and not only names.
        maybe_attribute full: bool = "ReturnFullTimeZoneData",
        /// Which ones; all without.
        maybe ids: Vec<String> = el("m:Ids").lists(el("t:Id")),
    }
}

content! {
    /// Time zones.
    #[derive(Eq)]
    pub struct ServerTimeZones {
        /// One each.
        maybe zones: Vec<TimeZoneDefinition> =
            el("m:TimeZoneDefinitions").lists(el("t:TimeZoneDefinition")),
    }
}
