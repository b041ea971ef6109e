//! Enhanced status codes (RFC 3463): what a reply means, where its three-digit code only says how
//! the dialogue goes on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The first number of an enhanced status code (RFC 3463 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Class {
    /// 2: success.
    Success,
    /// 4: persistent transient failure; the same message may be taken later.
    Transient,
    /// 5: permanent failure; the same message will not be taken as it is.
    Permanent,
}

/// `class.subject.detail`, such as 5.7.8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnhancedCode {
    class: Class,
    subject: u16,
    detail: u16,
}

/// The text is not `class.subject.detail` with class 2, 4 or 5 and up to three digits in the others
/// (RFC 3463 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an enhanced status code")]
pub struct NotAnEnhancedCode;

impl EnhancedCode {
    /// A code from its three numbers.
    ///
    /// # Panics
    /// When a number has more than three digits; such a code cannot be written.
    #[must_use]
    pub const fn new(class: Class, subject: u16, detail: u16) -> Self {
        assert!(subject <= 999 && detail <= 999, "an enhanced code has at most three digits");
        Self { class, subject, detail }
    }

    /// Success, transient or permanent.
    #[must_use]
    pub const fn class(self) -> Class {
        self.class
    }

    /// The second number: 1 addressing, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6 content,
    /// 7 security or policy.
    #[must_use]
    pub const fn subject(self) -> u16 {
        self.subject
    }

    /// The third number.
    #[must_use]
    pub const fn detail(self) -> u16 {
        self.detail
    }

    /// All three numbers, for matching: `(5, 7, 8)`.
    #[must_use]
    pub const fn numbers(self) -> (u16, u16, u16) {
        (self.class.digit(), self.subject, self.detail)
    }

    /// Splits a leading code off a reply's text: the code, a space or the end, and the rest
    /// (RFC 2034 section 4).
    #[must_use]
    pub fn split_from(text: &str) -> Option<(Self, &str)> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        word.parse().ok().map(|code| (code, rest))
    }
}

impl Class {
    /// The digit it is written as.
    #[must_use]
    pub const fn digit(self) -> u16 {
        match self {
            Self::Success => 2,
            Self::Transient => 4,
            Self::Permanent => 5,
        }
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class.digit(), self.subject, self.detail)
    }
}

impl FromStr for EnhancedCode {
    type Err = NotAnEnhancedCode;

    fn from_str(text: &str) -> Result<Self, NotAnEnhancedCode> {
        let mut parts = text.split('.');
        let mut part = || parts.next().ok_or(NotAnEnhancedCode);
        let class = match part()? {
            "2" => Class::Success,
            "4" => Class::Transient,
            "5" => Class::Permanent,
            _ => return Err(NotAnEnhancedCode),
        };
        let (subject, detail) = (number(part()?)?, number(part()?)?);
        if parts.next().is_some() {
            return Err(NotAnEnhancedCode);
        }
        Ok(Self { class, subject, detail })
    }
}

/// One to three digits.
fn number(text: &str) -> Result<u16, NotAnEnhancedCode> {
    let well_formed =
        (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !well_formed {
        return Err(NotAnEnhancedCode);
    }
    text.parse().map_err(|_| NotAnEnhancedCode)
}

impl TryFrom<String> for EnhancedCode {
    type Error = NotAnEnhancedCode;

    fn try_from(text: String) -> Result<Self, NotAnEnhancedCode> {
        text.parse()
    }
}

impl From<EnhancedCode> for String {
    fn from(code: EnhancedCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_codes_of_the_field() {
        let code: EnhancedCode = "5.7.8".parse().unwrap();
        assert_eq!(code.numbers(), (5, 7, 8));
        assert_eq!("5.1.10".parse::<EnhancedCode>().unwrap().numbers(), (5, 1, 10));
        assert_eq!("4.7.652".parse::<EnhancedCode>().unwrap().numbers(), (4, 7, 652));
    }

    #[test]
    fn refuses_what_only_looks_like_a_code() {
        for text in
            ["", "5", "5.7", "5.7.8.1", "3.0.0", "5.7.", "5.7.1234", "5.+7.1", "5.7.8 ", "５.7.8"]
        {
            assert_eq!(text.parse::<EnhancedCode>(), Err(NotAnEnhancedCode), "{text:?}");
        }
    }

    #[test]
    fn splits_the_code_off_the_text() {
        let code = EnhancedCode::new(Class::Transient, 4, 2);
        assert_eq!(EnhancedCode::split_from("4.4.2 Too fast"), Some((code, "Too fast")));
        assert_eq!(EnhancedCode::split_from("4.4.2"), Some((code, "")));
        assert_eq!(EnhancedCode::split_from("10.0.0.1 is blocked"), None);
    }

    proptest! {
        #[test]
        fn written_codes_read_back(class in 0_usize..3, subject in 0_u16..=999, detail in 0_u16..=999) {
            let class = [Class::Success, Class::Transient, Class::Permanent][class];
            let code = EnhancedCode::new(class, subject, detail);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            if let Ok(code) = text.parse::<EnhancedCode>() {
                // Leading zeros are read but not written (RFC 3463 section 2 forbids them).
                prop_assert!(code.to_string().len() <= text.len());
            }
        }
    }
}
