//! The arguments of MAIL and RCPT (RFC 5321 sections 4.1.1.2, 4.1.1.3 and 4.1.1.11): a path and
//! parameters.

/// What MAIL says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailArguments<'a> {
    /// The sender's address without angle brackets; empty for the null reverse-path.
    pub path: &'a str,
    /// SIZE (RFC 1870): the message's octets as the client reckons them.
    pub size: Option<u64>,
    /// BODY (RFC 6152).
    pub body: BodyKind,
}

/// What RCPT says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RcptArguments<'a> {
    /// The recipient's address without angle brackets; never empty.
    pub path: &'a str,
}

/// The BODY parameter of MAIL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BodyKind {
    /// Not given, or `7BIT`.
    #[default]
    SevenBit,
    /// `8BITMIME`.
    EightBitMime,
}

/// Why arguments were not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// No `FROM:` or `TO:`, or no path in angle brackets after it.
    #[error("a path in angle brackets is missing")]
    NoPath,
    /// The path is longer than 256 octets (RFC 5321 section 4.5.3.1.3), or has a control character,
    /// or a space or bracket outside quotes, or is the null path where an address is needed.
    #[error("the path is malformed")]
    BadPath,
    /// A parameter's value is malformed, or it was given twice.
    #[error("a parameter is malformed or given twice")]
    BadParameter,
    /// A parameter that no announced extension defines.
    #[error("a parameter is not recognised")]
    UnknownParameter,
}

/// The longest path, brackets included (RFC 5321 section 4.5.3.1.3).
const LONGEST_PATH: usize = 256;

/// Splits a command line without its CRLF into the verb and its arguments, both without the spaces
/// around them (trailing ones are tolerated, RFC 5321 section 4.1.1).
#[must_use]
pub fn split_verb(line: &str) -> (&str, &str) {
    let line = line.trim_end_matches([' ', '\t']);
    let (verb, arguments) = line.split_once(' ').unwrap_or((line, ""));
    (verb, arguments.trim_start_matches(' '))
}

/// Reads the arguments of MAIL: `FROM:<path> [SIZE=n] [BODY=…]`. A space after the colon is
/// tolerated, as servers do for clients that send one. AUTH= (RFC 4954 section 5) is read over.
///
/// # Errors
/// See [`ArgumentError`].
pub fn parse_mail(arguments: &str) -> Result<MailArguments<'_>, ArgumentError> {
    let (path, parameters) = split_path(arguments, "FROM:")?;
    let (mut size, mut body) = (None, None);
    for parameter in parameters.split_ascii_whitespace() {
        let (keyword, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match keyword.to_ascii_uppercase().as_str() {
            "SIZE" => set_once(&mut size, size_value(value)?)?,
            "BODY" => set_once(&mut body, body_value(value)?)?,
            "AUTH" => {}
            _ => return Err(ArgumentError::UnknownParameter),
        }
    }
    Ok(MailArguments { path, size, body: body.unwrap_or_default() })
}

/// Reads the arguments of RCPT: `TO:<path>`.
///
/// # Errors
/// See [`ArgumentError`].
pub fn parse_rcpt(arguments: &str) -> Result<RcptArguments<'_>, ArgumentError> {
    let (path, parameters) = split_path(arguments, "TO:")?;
    if path.is_empty() {
        return Err(ArgumentError::BadPath);
    }
    if !parameters.trim().is_empty() {
        return Err(ArgumentError::UnknownParameter);
    }
    Ok(RcptArguments { path })
}

/// The path without brackets and source route, and what follows it.
fn split_path<'a>(arguments: &'a str, keyword: &str) -> Result<(&'a str, &'a str), ArgumentError> {
    let (head, rest) = arguments.split_at_checked(keyword.len()).ok_or(ArgumentError::NoPath)?;
    let rest = rest.trim_start_matches(' ');
    if !head.eq_ignore_ascii_case(keyword) || !rest.starts_with('<') {
        return Err(ArgumentError::NoPath);
    }
    let end = closing_bracket(rest)?;
    let (path, parameters) = (&rest[1..end], &rest[end + 1..]);
    if end >= LONGEST_PATH || !(parameters.is_empty() || parameters.starts_with(' ')) {
        return Err(ArgumentError::BadPath);
    }
    Ok((without_route(path), parameters))
}

/// Where the path ends: the first `>` that is not inside a quoted local part.
fn closing_bracket(text: &str) -> Result<usize, ArgumentError> {
    let (mut quoted, mut escaped) = (false, false);
    for (ix, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if byte.is_ascii_control() => return Err(ArgumentError::BadPath),
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Ok(ix),
            b' ' | b'<' if !quoted => return Err(ArgumentError::BadPath),
            _ => {}
        }
    }
    Err(ArgumentError::NoPath)
}

/// Source routes are to be accepted and ignored (RFC 5321 section 4.1.1.3 and appendix C).
fn without_route(path: &str) -> &str {
    match path.split_once(':') {
        Some((route, mailbox)) if route.starts_with('@') => mailbox,
        _ => path,
    }
}

/// Up to 20 digits (RFC 1870 section 3); more than 64 bits hold is as good as endless.
fn size_value(value: &str) -> Result<u64, ArgumentError> {
    let well_formed =
        (1..=20).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    if !well_formed {
        return Err(ArgumentError::BadParameter);
    }
    Ok(value.parse().unwrap_or(u64::MAX))
}

fn body_value(value: &str) -> Result<BodyKind, ArgumentError> {
    match value.to_ascii_uppercase().as_str() {
        "7BIT" => Ok(BodyKind::SevenBit),
        "8BITMIME" => Ok(BodyKind::EightBitMime),
        _ => Err(ArgumentError::BadParameter),
    }
}

fn set_once<T>(slot: &mut Option<T>, value: T) -> Result<(), ArgumentError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(ArgumentError::BadParameter),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_clients_send() {
        assert_eq!(
            parse_mail("FROM:<a@b.example> SIZE=1000 BODY=8BITMIME"),
            Ok(MailArguments {
                path: "a@b.example",
                size: Some(1_000),
                body: BodyKind::EightBitMime
            })
        );
        let plain = |path| Ok(MailArguments { path, size: None, body: BodyKind::SevenBit });
        assert_eq!(parse_mail("from:<>"), plain(""));
        assert_eq!(parse_mail("FROM: <a@b> body=7bit auth=<>"), plain("a@b"));
        assert_eq!(parse_mail("FROM:<\"a b>\\\"\"@c>"), plain("\"a b>\\\"\"@c"));
        assert_eq!(parse_rcpt("TO:<@relay,@other:a@b>"), Ok(RcptArguments { path: "a@b" }));
    }

    #[test]
    fn says_what_is_wrong() {
        use ArgumentError::{BadParameter, BadPath, NoPath, UnknownParameter};
        let long = format!("FROM:<{}@b>", "a".repeat(254));
        let cases = [
            ("", NoPath),
            ("FROM", NoPath),
            ("FROM:a@b", NoPath),
            ("FROM:<a@b", NoPath),
            ("TO:<a@b>", NoPath),
            ("FROM:<a b>", BadPath),
            ("FROM:<a<b>", BadPath),
            ("FROM:<a\0b>", BadPath),
            ("FROM:<a@b>SIZE=1", BadPath),
            (long.as_str(), BadPath),
            ("FROM:<a> SIZE=", BadParameter),
            ("FROM:<a> SIZE=-1", BadParameter),
            ("FROM:<a> SIZE=+1", BadParameter),
            ("FROM:<a> SIZE=1 SIZE=2", BadParameter),
            ("FROM:<a> BODY=BINARYMIME", BadParameter),
            ("FROM:<a> RET=FULL", UnknownParameter),
        ];
        for (arguments, error) in cases {
            assert_eq!(parse_mail(arguments), Err(error), "{arguments:?}");
        }
        assert_eq!(parse_rcpt("TO:<>"), Err(BadPath));
        assert_eq!(parse_rcpt("TO:<a@b> NOTIFY=NEVER"), Err(UnknownParameter));
    }

    #[test]
    fn a_size_beyond_64_bits_is_endless() {
        let mail = parse_mail("FROM:<a> SIZE=99999999999999999999").unwrap();
        assert_eq!(mail.size, Some(u64::MAX));
    }

    #[test]
    fn splits_the_verb_off() {
        assert_eq!(split_verb("MAIL  FROM:<a> "), ("MAIL", "FROM:<a>"));
        assert_eq!(split_verb("QUIT "), ("QUIT", ""));
        assert_eq!(split_verb(""), ("", ""));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), tail in "[ -~é]{0,40}") {
            for arguments in [text, format!("FROM:<{tail}"), format!("TO:<{tail}")] {
                let _ = parse_mail(split_verb(&arguments).1);
                let _ = (parse_mail(&arguments), parse_rcpt(&arguments));
            }
        }
    }
}
