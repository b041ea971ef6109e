//! What nobody well-meaning writes: arbitrary bytes, and documents patched together from parts of
//! good ones. Read or refused, never a panic; and what is read is written so that it reads again.

use proptest::prelude::*;
use proptest::sample::Index;
use wire::ews::{RequestEnvelope, ResponseEnvelope};

use crate::{answer, requests, responses};

fn documents() -> Vec<Vec<u8>> {
    let requests = requests();
    let requests =
        requests.into_iter().map(|request| RequestEnvelope::new("Exchange2016", request).write());
    requests.chain(responses().into_iter().map(|response| answer(response).write())).collect()
}

/// Both directions, because bytes do not say which they are.
pub(crate) fn read_or_refuse(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(read) = RequestEnvelope::read(bytes) {
        prop_assert_eq!(RequestEnvelope::read(&read.write()), Ok(read));
    }
    if let Ok(read) = ResponseEnvelope::read(bytes) {
        prop_assert_eq!(ResponseEnvelope::read(&read.write()), Ok(read));
    }
    Ok(())
}

/// Where elements start and end in a document.
fn seams(document: &[u8]) -> Vec<usize> {
    (0..document.len()).filter(|at| document[*at] == b'<').collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_or_refuse(&bytes)?;
    }

    /// A part of one document in the place of a part of another.
    #[test]
    fn parts_in_wrong_places(
        (from, into) in (any::<Index>(), any::<Index>()),
        cuts in proptest::array::uniform4(any::<Index>()),
    ) {
        let documents = documents();
        let (from, into) = (from.get(&documents), into.get(&documents));
        let cut = |document: &[u8], a: &Index, b: &Index| {
            let seams = seams(document);
            let (a, b) = (*a.get(&seams), *b.get(&seams));
            (a.min(b), a.max(b))
        };
        let (start, end) = cut(from, &cuts[0], &cuts[1]);
        let (before, after) = cut(into, &cuts[2], &cuts[3]);
        let patched = [&into[..before], &from[start..end], &into[after..]].concat();
        read_or_refuse(&patched)?;
    }

    /// One element twice, or not at all: most of these are still well-formed.
    #[test]
    fn an_element_twice_or_not_at_all(which in any::<Index>(), at in any::<Index>(), twice: bool) {
        let documents = documents();
        let document = which.get(&documents);
        let text = std::str::from_utf8(document).unwrap();
        let seams = seams(document);
        let start = *at.get(&seams);
        let end = end_of_element(text, start).unwrap_or(start);
        let element = &text[start..end];
        let middle = if twice { format!("{element}{element}") } else { String::new() };
        read_or_refuse(format!("{}{middle}{}", &text[..start], &text[end..]).as_bytes())?;
    }
}

/// Where the element that starts here ends, in a document without comments and the like.
pub(crate) fn end_of_element(text: &str, start: usize) -> Option<usize> {
    let mut depth = 0;
    let mut at = start;
    loop {
        let tag_end = at + text[at..].find('>')? + 1;
        let tag = &text[at..tag_end];
        match () {
            () if tag.starts_with("</") => depth -= 1,
            () if tag.ends_with("/>") || tag.starts_with("<?") => {}
            () => depth += 1,
        }
        if depth <= 0 {
            return Some(tag_end);
        }
        at = tag_end + text[tag_end..].find('<')?;
    }
}
