//! The SASL text that AUTH carries (RFC 4954 section 4): base64, and PLAIN's three fields.

/// Who a client says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The name to log in with.
    pub user: String,
    /// The password.
    pub password: String,
}

/// Decodes base64 (RFC 4648 section 4) with its padding. `None` for anything else, also for
/// encodings that carry bits in their padding, so that each text has one meaning.
#[must_use]
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(4) {
        return None;
    }
    let padding = bytes.iter().rev().take_while(|&&byte| byte == b'=').count();
    let digits = bytes.get(..bytes.len() - padding.min(2))?;
    let mut decoded = Vec::with_capacity(bytes.len() / 4 * 3);
    for group in digits.chunks(4) {
        let mut bits = 0_u32;
        for &byte in group {
            bits = bits << 6 | u32::from(base64_digit(byte)?);
        }
        // A group of n digits stands for n - 1 whole octets; what is left over must be zero.
        let spare = group.len() * 6 % 8;
        if bits & ((1 << spare) - 1) != 0 {
            return None;
        }
        let octets = (bits >> spare).to_be_bytes();
        decoded.extend_from_slice(&octets[octets.len() + 1 - group.len()..]);
    }
    Some(decoded)
}

fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Reads PLAIN's message (RFC 4616 section 2): authorisation identity, user, password, with NULs
/// between. The authorisation identity is dropped: a submission mailbox acts for itself.
#[must_use]
pub fn parse_plain(message: &[u8]) -> Option<Credentials> {
    let message = std::str::from_utf8(message).ok()?;
    let mut fields = message.split('\0').skip(1);
    let (user, password) = (fields.next()?, fields.next()?);
    let whole = fields.next().is_none() && !user.is_empty() && !password.is_empty();
    whole.then(|| Credentials { user: user.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decodes_the_vectors_of_rfc_4648() {
        for (text, plain) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode_base64(text).as_deref(), Some(plain.as_bytes()), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_base64() {
        for text in
            ["Z", "Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9v", "*", "é=="]
        {
            assert_eq!(decode_base64(text), None, "{text}");
        }
    }

    #[test]
    fn reads_plain() {
        let read = |message: &str| parse_plain(message.as_bytes());
        let credentials = Credentials { user: "ann".into(), password: "p w".into() };
        assert_eq!(read("\0ann\0p w"), Some(credentials.clone()));
        assert_eq!(read("other\0ann\0p w"), Some(credentials));
        for message in ["", "ann", "\0ann", "\0ann\0", "\0\0p", "\0ann\0p\0more"] {
            assert_eq!(read(message), None, "{message:?}");
        }
        assert_eq!(parse_plain(b"\0\xff\0p"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = (decode_base64(&text), parse_plain(&bytes));
        }

        #[test]
        fn decodes_to_three_octets_for_four_digits(text in "([A-Za-z0-9+/]{4}){0,10}") {
            prop_assert_eq!(decode_base64(&text).map(|bytes| bytes.len()), Some(text.len() / 4 * 3));
        }
    }
}
