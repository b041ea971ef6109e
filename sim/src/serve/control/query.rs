//! What stands behind the question mark, and percent-encoding. What a call does not know is
//! refused: a misspelt filter that filters nothing would pass for a finding.

use std::collections::BTreeMap;

use super::answer::Refusal;

/// The parameters of a request.
#[derive(Debug, Default)]
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    /// Reads them; only those named may be there, each once.
    ///
    /// # Errors
    /// 400 when another is there.
    pub(super) fn read(text: &str, known: &[&str]) -> Result<Self, Refusal> {
        let mut all = BTreeMap::new();
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let (key, value) = (decode(&key.replace('+', " "))?, decode(&value.replace('+', " "))?);
            if !known.contains(&key.as_str()) {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let error = format!("there is no parameter `{key}` here; known: {known}");
                return Err(Refusal::bad(error));
            }
            if all.insert(key.clone(), value).is_some() {
                return Err(Refusal::bad(format!("the parameter `{key}` is given twice")));
            }
        }
        Ok(Self(all))
    }

    /// A parameter's text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// A parameter's number.
    ///
    /// # Errors
    /// 400 when it is none.
    pub(super) fn number(&self, key: &str) -> Result<Option<u64>, Refusal> {
        let number = |text: &str| {
            text.parse().map_err(|_| Refusal::bad(format!("`{key}` is not a whole number: {text}")))
        };
        self.text(key).map(number).transpose()
    }
}

/// Undoes percent-encoding (RFC 3986 section 2.1).
///
/// # Errors
/// 400 when it is broken, or no UTF-8 comes out.
pub(super) fn decode(text: &str) -> Result<String, Refusal> {
    let broken = || Refusal::bad(format!("`{text}` is not percent-encoded UTF-8"));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2).ok_or_else(broken)?;
        let digits =
            str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.ok_or_else(broken)?);
        rest = tail;
    }
    String::from_utf8(bytes).map_err(|_| broken())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_known_and_given_once() {
        let query = Query::read("mailbox=a%40b&after=3&", &["mailbox", "after"]).unwrap();
        assert_eq!((query.text("mailbox"), query.number("after").unwrap()), (Some("a@b"), Some(3)));
        assert_eq!(query.number("limit").unwrap(), None);
        for odd in ["mail=x", "after=1&after=2", "after=%", "after=%zz", "after=%ff"] {
            assert!(Query::read(odd, &["after"]).is_err(), "{odd}");
        }
        assert!(Query::read("after=x", &["after"]).unwrap().number("after").is_err());
    }

    #[test]
    fn percent_encoding_is_undone() {
        assert_eq!(decode("a%20b%C3%A9").unwrap(), "a bé");
        for odd in ["%", "%4", "%+1", "%é"] {
            assert!(decode(odd).is_err(), "{odd}");
        }
    }
}
