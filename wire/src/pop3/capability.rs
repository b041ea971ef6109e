//! What a server says it can do (CAPA, RFC 2449 sections 5 and 6). A server without CAPA answers
//! `-ERR`, which says nothing about what it can do.

/// One line of the CAPA body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capability {
    /// TOP is there.
    Top,
    /// USER and PASS are there.
    User,
    /// AUTH with these mechanisms (RFC 5034).
    Sasl(Vec<String>),
    /// Text in square brackets after `-ERR` is a response code.
    RespCodes,
    /// `[AUTH]` is used, and its absence means something (RFC 3206).
    AuthRespCode,
    /// At least so much time between logins to one maildrop.
    LoginDelay {
        /// The least time in seconds.
        seconds: u32,
        /// Some users have another one, known only after login.
        per_user: bool,
    },
    /// Several commands may be sent at once.
    Pipelining,
    /// How long messages stay.
    Expire(Expire),
    /// UIDL is there.
    Uidl,
    /// STLS is there (RFC 2595).
    Stls,
    /// What the server is called.
    Implementation(String),
    /// Anything else, as it stands.
    Other(String),
}

/// How long a server keeps messages that were retrieved (RFC 2449 section 6.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expire {
    /// For ever.
    Never,
    /// For so many days, at the least; 0: they may be gone with the session.
    Days {
        /// How many.
        days: u32,
        /// Some users have another term, known only after login.
        per_user: bool,
    },
}

/// The CAPA body, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Capabilities(pub Vec<Capability>);

impl Capabilities {
    /// Reads a CAPA body. A line that is not understood is kept as [`Capability::Other`].
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        Self(text.lines().filter(|line| !line.trim().is_empty()).map(Capability::parse).collect())
    }

    /// Appends the lines, without the terminator of the body.
    pub fn write(&self, out: &mut Vec<u8>) {
        for capability in &self.0 {
            out.extend_from_slice(capability.line().as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Whether this very capability is among them.
    #[must_use]
    pub fn has(&self, capability: &Capability) -> bool {
        self.0.contains(capability)
    }

    /// The least time between logins in seconds, if the server wants one.
    #[must_use]
    pub fn login_delay(&self) -> Option<u32> {
        self.0.iter().find_map(|capability| match capability {
            Capability::LoginDelay { seconds, .. } => Some(*seconds),
            _ => None,
        })
    }
}

impl Capability {
    fn parse(line: &str) -> Self {
        Self::known(line).unwrap_or_else(|| Self::Other(line.trim_end().to_owned()))
    }

    fn known(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let tag = words.next()?.to_ascii_uppercase();
        let mut numbered = || {
            let number = words.next()?.parse().ok()?;
            Some((number, words.next().is_some_and(|word| word.eq_ignore_ascii_case("USER"))))
        };
        Some(match tag.as_str() {
            "TOP" => Self::Top,
            "USER" => Self::User,
            "RESP-CODES" => Self::RespCodes,
            "AUTH-RESP-CODE" => Self::AuthRespCode,
            "PIPELINING" => Self::Pipelining,
            "UIDL" => Self::Uidl,
            "STLS" => Self::Stls,
            "SASL" => Self::Sasl(words.map(str::to_owned).collect()),
            "IMPLEMENTATION" => Self::Implementation(words.collect::<Vec<_>>().join(" ")),
            "LOGIN-DELAY" => {
                let (seconds, per_user) = numbered()?;
                Self::LoginDelay { seconds, per_user }
            }
            "EXPIRE" if line.to_ascii_uppercase().contains("NEVER") => Self::Expire(Expire::Never),
            "EXPIRE" => {
                let (days, per_user) = numbered()?;
                Self::Expire(Expire::Days { days, per_user })
            }
            _ => return None,
        })
    }

    fn line(&self) -> String {
        let user = |per_user: bool| if per_user { " USER" } else { "" };
        match self {
            Self::Top => "TOP".into(),
            Self::User => "USER".into(),
            Self::RespCodes => "RESP-CODES".into(),
            Self::AuthRespCode => "AUTH-RESP-CODE".into(),
            Self::Pipelining => "PIPELINING".into(),
            Self::Uidl => "UIDL".into(),
            Self::Stls => "STLS".into(),
            Self::Sasl(mechanisms) => format!("SASL {}", mechanisms.join(" ")),
            Self::Implementation(name) => format!("IMPLEMENTATION {name}"),
            Self::LoginDelay { seconds, per_user } => {
                format!("LOGIN-DELAY {seconds}{}", user(*per_user))
            }
            Self::Expire(Expire::Never) => "EXPIRE NEVER".into(),
            Self::Expire(Expire::Days { days, per_user }) => {
                format!("EXPIRE {days}{}", user(*per_user))
            }
            Self::Other(line) => line.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_rfc_is_understood() {
        let body = b"TOP\r\nUSER\r\nSASL CRAM-MD5 KERBEROS_V4\r\nRESP-CODES\r\nLOGIN-DELAY 900\r\n\
            PIPELINING\r\nEXPIRE 60\r\nUIDL\r\nIMPLEMENTATION Shlemazle-Plotz-v302\r\n";
        let read = Capabilities::parse(body);
        assert_eq!(read.login_delay(), Some(900));
        assert!(read.has(&Capability::Expire(Expire::Days { days: 60, per_user: false })));
        assert!(read.has(&Capability::Sasl(vec!["CRAM-MD5".into(), "KERBEROS_V4".into()])));
        assert!(read.0.iter().all(|capability| !matches!(capability, Capability::Other(_))));
        let mut written = Vec::new();
        read.write(&mut written);
        assert_eq!(written.escape_ascii().to_string(), body.escape_ascii().to_string());
    }

    #[test]
    fn what_is_not_understood_is_kept_as_it_stands() {
        let read = Capabilities::parse(b"LOGIN-DELAY soon\nXTRA a b\r\nlogin-delay 5 user\r\n\r\n");
        assert_eq!(
            read.0,
            [
                Capability::Other("LOGIN-DELAY soon".into()),
                Capability::Other("XTRA a b".into()),
                Capability::LoginDelay { seconds: 5, per_user: true },
            ]
        );
    }

    proptest! {
        #[test]
        fn reading_what_was_written_changes_nothing(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut written = Vec::new();
            let read = Capabilities::parse(&body);
            read.write(&mut written);
            prop_assert_eq!(Capabilities::parse(&written), read);
        }
    }
}
