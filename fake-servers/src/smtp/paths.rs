//! Carries addresses past `mailin`'s grammar, which knows neither the null reverse-path nor quoted
//! local parts with spaces or brackets: what it would refuse travels in disguise. The disguises are
//! control characters, which no address that was let in contains.

use std::borrow::Cow;

const NULL_PATH: &str = "\0";
const DISGUISES: [(char, char); 3] = [(' ', '\u{1}'), ('<', '\u{2}'), ('>', '\u{3}')];

/// The path as `mailin` accepts it.
pub(super) fn disguise(path: &str) -> Cow<'_, str> {
    if path.is_empty() {
        Cow::Borrowed(NULL_PATH)
    } else {
        swap(path, |(plain, other)| (plain, other))
    }
}

/// The path as the client meant it. One that was never disguised stays as it is.
pub(super) fn reveal(path: &str) -> Cow<'_, str> {
    if path == NULL_PATH { Cow::Borrowed("") } else { swap(path, |(plain, other)| (other, plain)) }
}

fn swap(path: &str, direction: impl Fn((char, char)) -> (char, char)) -> Cow<'_, str> {
    let mut swapped = Cow::Borrowed(path);
    for (from, to) in DISGUISES.map(direction) {
        if swapped.contains(from) {
            swapped = Cow::Owned(swapped.replace(from, to.encode_utf8(&mut [0; 4])));
        }
    }
    swapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_disguised_is_revealed() {
        for path in ["", "a@b.example", "\"a <b> c\"@d"] {
            let disguised = disguise(path);
            assert!(!disguised.is_empty() && !disguised.contains([' ', '<', '>']), "{disguised:?}");
            assert_eq!(reveal(&disguised), path);
        }
    }
}
