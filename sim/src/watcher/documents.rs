//! Whole SOAP documents out of an answer that goes on: the server writes one after the other,
//! chunks and packets end anywhere (field.md 3.2), and what is not yet whole has to wait.

/// The longest document that is waited for, in octets. A notification takes a few hundred.
const LONGEST: usize = 1024 * 1024;

/// What ends a document, after the prefix that its writer chose.
const END: &[u8] = b"Envelope>";

/// Cuts documents out of the octets as they come.
#[derive(Debug, Default)]
pub(super) struct Documents {
    held: Vec<u8>,
    /// Up to here nothing ends.
    looked: usize,
}

/// A document is longer than anybody waits for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Documents {
    /// Takes octets in.
    pub(super) fn feed(&mut self, octets: &[u8]) -> Result<(), TooLong> {
        self.held.extend_from_slice(octets);
        // What is whole is taken out before more is fed.
        if self.held.len() > LONGEST { Err(TooLong) } else { Ok(()) }
    }

    /// The next whole document.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        while let Some(found) = find(&self.held[self.looked..], END) {
            let at = self.looked + found;
            self.looked = at + END.len();
            if ends_here(&self.held[..at]) {
                let rest = self.held.split_off(self.looked);
                self.looked = 0;
                return Some(std::mem::replace(&mut self.held, rest));
            }
        }
        // The end may be half there.
        self.looked = self.looked.max(self.held.len().saturating_sub(END.len() - 1));
        None
    }

    /// Whether a document has begun and is not whole.
    pub(super) fn is_torn(&self) -> bool {
        self.held.iter().any(|octet| !octet.is_ascii_whitespace())
    }
}

/// Whether what stands before the name makes it the name of an end tag: `</` and perhaps a prefix.
/// Text cannot look like that: a `<` in it is escaped.
fn ends_here(before: &[u8]) -> bool {
    let open = before.iter().rposition(|octet| *octet == b'<');
    let tag = open.and_then(|open| before.get(open + 1..)).unwrap_or_default();
    match tag {
        [b'/'] => true,
        [b'/', prefix @ .., b':'] => {
            prefix.iter().all(|octet| octet.is_ascii_alphanumeric() || b"_-.".contains(octet))
        }
        _ => false,
    }
}

fn find(octets: &[u8], wanted: &[u8]) -> Option<usize> {
    octets.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(pieces: impl IntoIterator<Item = Vec<u8>>) -> (Vec<String>, bool) {
        let (mut documents, mut found) = (Documents::default(), Vec::new());
        for piece in pieces {
            documents.feed(&piece).unwrap();
            found.extend(std::iter::from_fn(|| documents.next()));
        }
        let text = found.into_iter().map(|document| String::from_utf8(document).unwrap());
        (text.collect(), documents.is_torn())
    }

    #[test]
    fn only_the_end_of_an_envelope_ends_a_document() {
        let one = "<a:Envelope><x>Envelope> &lt;/Envelope></x></a:Envelope>";
        let other = "<Envelope y='Envelope>'/></Envelope>";
        let torn = " <s:Envelope></s:Enve";
        let text = format!("{one}{other}{torn}");
        let (found, is_torn) = all([text.into_bytes()]);
        assert_eq!((found, is_torn), (vec![one.into(), other.into()], true));
        assert_eq!(all([b"</a:Envelope>\r\n".to_vec()]), (vec!["</a:Envelope>".into()], false));
    }

    #[test]
    fn nobody_waits_for_a_document_without_end() {
        let mut documents = Documents::default();
        assert_eq!(documents.feed(&vec![b'x'; LONGEST]), Ok(()));
        assert_eq!(documents.next(), None);
        assert_eq!(documents.feed(b"x"), Err(TooLong));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_packets_end(
            bodies in proptest::collection::vec("[a-z></: ]{0,30}", 1..6),
            cuts in proptest::collection::vec(1_usize..40, 1..40),
        ) {
            let document = |body: &String| {
                let body = body.replace('<', "&lt;");
                format!("<s:Envelope>{body}</s:Envelope>")
            };
            let written: Vec<String> = bodies.iter().map(document).collect();
            let octets = written.concat().into_bytes();
            let (mut pieces, mut rest) = (Vec::new(), octets.as_slice());
            for cut in cuts.into_iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece.to_vec());
                rest = after;
            }
            prop_assert_eq!(all(pieces), (written, false));
        }
    }
}
