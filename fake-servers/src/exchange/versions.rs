//! The versions of Exchange that can be impersonated: how each presents itself, what it allows, and
//! when the online service stopped to answer EWS.

use jiff::Timestamp;
use jiff::civil::{DateTime, date};

use crate::Operation;
use crate::limits::exchange::ExchangePolicy;

/// A version of Exchange as a preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ExchangeVersion {
    /// Exchange Server 2013.
    Exchange2013,
    /// Exchange Server 2016.
    Exchange2016,
    /// Exchange Server 2019.
    #[default]
    Exchange2019,
    /// Exchange Server Subscription Edition.
    ExchangeSe,
    /// Exchange Online.
    ExchangeOnline,
}

/// The four numbers and the name of `ServerVersionInfo`, which every answer carries and by which
/// clients choose their behaviour (field.md 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionNumbers {
    /// 15.
    pub major: u32,
    /// 0 for 2013, 1 for 2016, 2 for 2019 and SE, 20 online.
    pub minor: u32,
    /// The build.
    pub major_build: u32,
    /// Its revision.
    pub minor_build: u32,
    /// The newest schema it knows.
    pub schema: &'static str,
}

/// How a server lets clients authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authentication {
    /// User name and password in each request.
    pub basic: bool,
    /// OAuth tokens.
    pub bearer: bool,
}

/// Whether a server answers EWS at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EwsAccess {
    /// It does.
    Open,
    /// 403: the tenant is not on the allow-list, which is the default since 2026-10-01.
    Blocked,
    /// 403: retired for everybody since 2027-04-01.
    Retired,
}

impl ExchangeVersion {
    /// All of them, the oldest first.
    pub const ALL: [Self; 5] = [
        Self::Exchange2013,
        Self::Exchange2016,
        Self::Exchange2019,
        Self::ExchangeSe,
        Self::ExchangeOnline,
    ];

    /// The name of the preset.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exchange2013 => "exchange-2013",
            Self::Exchange2016 => "exchange-2016",
            Self::Exchange2019 => "exchange-2019",
            Self::ExchangeSe => "exchange-se",
            Self::ExchangeOnline => "exchange-online",
        }
    }

    /// How it presents itself: builds of the last cumulative update of each.
    #[must_use]
    pub const fn numbers(self) -> VersionNumbers {
        let (minor, major_build, minor_build, schema) = match self {
            Self::Exchange2013 => (0, 1_497, 48, "V2_23"),
            Self::Exchange2016 => (1, 2_507, 57, "V2017_07_11"),
            Self::Exchange2019 => (2, 1_748, 10, "V2017_07_11"),
            Self::ExchangeSe => (2, 2_562, 17, "V2017_07_11"),
            Self::ExchangeOnline => (20, 8_722, 35, "V2018_01_08"),
        };
        VersionNumbers { major: 15, minor, major_build, minor_build, schema }
    }

    /// Its limits.
    #[must_use]
    pub const fn policy(self) -> ExchangePolicy {
        match self {
            Self::Exchange2013 => ExchangePolicy::exchange_2013(),
            Self::Exchange2016 | Self::Exchange2019 | Self::ExchangeSe => {
                ExchangePolicy::exchange_2016()
            }
            Self::ExchangeOnline => ExchangePolicy::exchange_online(),
        }
    }

    /// Whether a request in this version of the schema is understood; if not, the answer is
    /// `ErrorInvalidServerVersion`.
    #[must_use]
    pub fn understands(self, requested: &str) -> bool {
        let newest = match self {
            Self::Exchange2013 => "Exchange2013_SP1",
            Self::Exchange2016 | Self::Exchange2019 | Self::ExchangeSe | Self::ExchangeOnline => {
                "V2016_10_10"
            }
        };
        place(requested).is_some_and(|asked| Some(asked) <= place(newest))
    }

    /// How clients may authenticate. Basic ended online on 2022-10-01 (domain.md 4.5).
    #[must_use]
    pub fn authentication(self, now: Timestamp) -> Authentication {
        let basic = self != Self::ExchangeOnline || now < midnight(date(2022, 10, 1).into());
        Authentication { basic, bearer: true }
    }

    /// Whether EWS is answered (domain.md 4.5): online, tenants that are not on the allow-list
    /// are blocked from 2026-10-01 on, and everybody from 2027-04-01 on. On premises nothing
    /// changes.
    #[must_use]
    pub fn ews_access(self, now: Timestamp, allow_listed: bool) -> EwsAccess {
        if self != Self::ExchangeOnline {
            return EwsAccess::Open;
        }
        if now >= midnight(date(2027, 4, 1).into()) {
            EwsAccess::Retired
        } else if now >= midnight(date(2026, 10, 1).into()) && !allow_listed {
            EwsAccess::Blocked
        } else {
            EwsAccess::Open
        }
    }
}

/// The version of the schema that brought an operation (EWS operations and the members of the
/// managed API, "Applies to").
#[must_use]
pub const fn introduced(operation: Operation) -> &'static str {
    match operation {
        Operation::ConvertId => "Exchange2007_SP1",
        Operation::GetServerTimeZones
        | Operation::CreateUserConfiguration
        | Operation::GetUserConfiguration
        | Operation::UpdateUserConfiguration
        | Operation::DeleteUserConfiguration => "Exchange2010",
        Operation::EmptyFolder | Operation::GetStreamingEvents => "Exchange2010_SP1",
        Operation::MarkAllItemsAsRead | Operation::MarkAsJunk => "Exchange2013",
        _ => FIRST,
    }
}

/// Whether an operation is in the version of the schema that a request names. A request that names
/// none is of the first (EWS, "Versioning Requests").
#[must_use]
pub fn is_in_schema(operation: Operation, requested: Option<&str>) -> bool {
    place(introduced(operation)) <= place(requested.unwrap_or(FIRST))
}

const FIRST: &str = "Exchange2007";

fn place(version: &str) -> Option<usize> {
    SCHEMA_VERSIONS.iter().position(|known| *known == version)
}

/// The versions a request can name, the oldest first (types.xsd, `ExchangeVersionType`).
const SCHEMA_VERSIONS: [&str; 16] = [
    "Exchange2007",
    "Exchange2007_SP1",
    "Exchange2009",
    "Exchange2010",
    "Exchange2010_SP1",
    "Exchange2010_SP2",
    "Exchange2012",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2015",
    "Exchange2016",
    "V2015_10_05",
    "V2016_01_06",
    "V2016_04_13",
    "V2016_07_13",
    "V2016_10_10",
];

fn midnight(day: DateTime) -> Timestamp {
    jiff::tz::Offset::UTC.to_timestamp(day).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn each_presents_itself_by_its_numbers() {
        let minors = ExchangeVersion::ALL.map(|v| (v.numbers().major, v.numbers().minor));
        assert_eq!(minors, [(15, 0), (15, 1), (15, 2), (15, 2), (15, 20)]);
    }

    #[test]
    fn online_closes_ews_by_the_calendar_and_the_premises_never() {
        use EwsAccess::{Blocked, Open, Retired};
        let online = |now, listed| ExchangeVersion::ExchangeOnline.ews_access(at(now), listed);
        assert_eq!(online("2026-09-30T23:59:59Z", false), Open);
        assert_eq!(online("2026-10-01T00:00:00Z", false), Blocked);
        assert_eq!(online("2026-10-01T00:00:00Z", true), Open);
        assert_eq!(online("2027-03-31T23:59:59Z", true), Open);
        assert_eq!(online("2027-04-01T00:00:00Z", true), Retired);
        let se = ExchangeVersion::ExchangeSe;
        assert_eq!(se.ews_access(at("2030-01-01T00:00:00Z"), false), Open);
    }

    #[test]
    fn basic_ended_online() {
        let basic = |v: ExchangeVersion, now| v.authentication(at(now)).basic;
        assert!(basic(ExchangeVersion::ExchangeOnline, "2022-09-30T23:59:59Z"));
        assert!(!basic(ExchangeVersion::ExchangeOnline, "2022-10-01T00:00:00Z"));
        assert!(basic(ExchangeVersion::Exchange2019, "2026-10-01T00:00:00Z"));
    }

    #[test]
    fn operations_are_as_old_as_the_schema_that_brought_them() {
        for &(name, operation) in Operation::EWS {
            assert!(place(introduced(operation)).is_some(), "{name}");
            assert!(is_in_schema(operation, Some("Exchange2013")), "{name}");
        }
        let junk = |version| is_in_schema(Operation::MarkAsJunk, version);
        assert_eq!(
            [None, Some("Exchange2010_SP2"), Some("V2016_10_10")].map(junk),
            [false, false, true]
        );
        assert!(is_in_schema(Operation::GetItem, None));
    }

    #[test]
    fn newer_schemas_than_its_own_are_not_understood() {
        let old = ExchangeVersion::Exchange2013;
        assert!(old.understands("Exchange2010_SP2") && old.understands("Exchange2013_SP1"));
        assert!(!old.understands("Exchange2016") && !old.understands("Exchange2099"));
        assert!(ExchangeVersion::ExchangeOnline.understands("V2016_10_10"));
    }
}
