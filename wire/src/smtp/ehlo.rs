//! The answer to EHLO: what a server says it can do (RFC 5321 section 4.1.1.1).

use std::fmt;

use super::Reply;

/// A SASL mechanism of RFC 4954's AUTH that submission servers still offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuthMechanism {
    /// RFC 4616.
    Plain,
    /// Never standardised, still everywhere.
    Login,
}

/// One keyword of the answer, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extension {
    /// RFC 1870: the largest message in octets; 0 means no fixed maximum.
    Size(u64),
    /// RFC 2920.
    Pipelining,
    /// RFC 6152.
    EightBitMime,
    /// RFC 2034.
    EnhancedStatusCodes,
    /// RFC 3207.
    StartTls,
    /// RFC 4954.
    Auth(Vec<AuthMechanism>),
}

impl AuthMechanism {
    /// Its name, upper case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
        }
    }

    /// The mechanism of this name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Plain, Self::Login].into_iter().find(|m| name.eq_ignore_ascii_case(m.name()))
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(octets) => write!(f, "SIZE {octets}"),
            Self::Pipelining => f.write_str("PIPELINING"),
            Self::EightBitMime => f.write_str("8BITMIME"),
            Self::EnhancedStatusCodes => f.write_str("ENHANCEDSTATUSCODES"),
            Self::StartTls => f.write_str("STARTTLS"),
            Self::Auth(mechanisms) => {
                f.write_str("AUTH")?;
                mechanisms.iter().try_for_each(|mechanism| write!(f, " {}", mechanism.name()))
            }
        }
    }
}

/// The whole positive answer to EHLO. It carries no enhanced codes (RFC 2034 section 4).
#[must_use]
pub fn ehlo_reply(server: &str, extensions: &[Extension]) -> Reply {
    let mut text = format!("{server} Hello");
    for extension in extensions {
        text.push('\n');
        text.push_str(&extension.to_string());
    }
    Reply::from_text(250, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_one_keyword_a_line() {
        let extensions = [
            Extension::Size(37_748_736),
            Extension::Pipelining,
            Extension::EightBitMime,
            Extension::EnhancedStatusCodes,
            Extension::Auth(vec![AuthMechanism::Plain, AuthMechanism::Login]),
        ];
        assert_eq!(
            ehlo_reply("mail.example", &extensions).to_string(),
            "250-mail.example Hello\r\n250-SIZE 37748736\r\n250-PIPELINING\r\n250-8BITMIME\r\n\
             250-ENHANCEDSTATUSCODES\r\n250 AUTH PLAIN LOGIN\r\n"
        );
        assert_eq!(ehlo_reply("mail.example", &[]).to_string(), "250 mail.example Hello\r\n");
    }

    #[test]
    fn mechanisms_are_known_by_name_in_any_case() {
        assert_eq!(AuthMechanism::from_name("plain"), Some(AuthMechanism::Plain));
        assert_eq!(AuthMechanism::from_name("LOGIN"), Some(AuthMechanism::Login));
        assert_eq!(AuthMechanism::from_name("CRAM-MD5"), None);
    }
}
