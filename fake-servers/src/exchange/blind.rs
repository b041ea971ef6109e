//! Recipients of blind copies are nobody else's business: the field that names them stays with the
//! sender's copy and does not travel (RFC 5322 section 3.6.3).

use std::sync::Arc;

/// A message without the fields that name them.
pub(super) fn hidden(bytes: &Arc<[u8]>) -> Arc<[u8]> {
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut hiding = false;
    let mut rest = 0;
    for line in bytes.split_inclusive(|octet| *octet == b'\n') {
        if matches!(line, b"\r\n" | b"\n") {
            break;
        }
        rest += line.len();
        // A folded line belongs to the field above it.
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            let name = line.split(|octet| *octet == b':').next().unwrap_or_default();
            let name = name.trim_ascii_end();
            hiding = [&b"Bcc"[..], b"Resent-Bcc"].iter().any(|it| name.eq_ignore_ascii_case(it));
        }
        if !hiding {
            kept.push(line);
        }
    }
    if kept.iter().map(|line| line.len()).sum::<usize>() == rest {
        return Arc::clone(bytes);
    }
    kept.push(&bytes[rest..]);
    kept.concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_goes_with_its_folds_and_nothing_else() {
        let of = |text: &str| hidden(&Arc::from(text.as_bytes())).to_vec();
        let cases = [
            ("Bcc: a@x\r\n\r\nBcc: b\r\n", "\r\nBcc: b\r\n"),
            ("A: 1\nBCC : a,\n\tb\n c\nTo: d\n\nx", "A: 1\nTo: d\n\nx"),
            ("Bccs: 1\r\nX: Bcc: y\r\n Bcc: z\r\n\r\n", "Bccs: 1\r\nX: Bcc: y\r\n Bcc: z\r\n\r\n"),
            ("Bcc: without an end", ""),
            ("", ""),
        ];
        for (before, after) in cases {
            assert_eq!(of(before), after.as_bytes(), "{before}");
        }
    }
}
