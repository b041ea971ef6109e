//! Finds line ends: most of the work of reading a message is looking for them.

/// Octets looked at together, which is what the vector registers of common machines hold.
const BLOCK: usize = 32;

/// Where the first LF is.
pub(super) fn line_feed(bytes: &[u8]) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    // No early exit within a block: that is what lets the compiler compare all of it at once.
    let holds_one = |block: &[u8; BLOCK]| {
        block.iter().fold(0, |found, &byte| found | u8::from(byte == b'\n')) != 0
    };
    let found = blocks.iter().position(holds_one);
    let (start, tail) = match found {
        Some(block) => (block * BLOCK, &blocks[block][..]),
        None => (blocks.len() * BLOCK, rest),
    };
    tail.iter().position(|&byte| byte == b'\n').map(|at| start + at)
}

#[cfg(test)]
mod tests {
    use super::line_feed;

    #[test]
    fn the_first_is_found_wherever_it_is() {
        for length in 0..100 {
            let mut bytes = vec![b'x'; length];
            assert_eq!(line_feed(&bytes), None);
            for at in (0..length).rev() {
                bytes[at] = b'\n';
                assert_eq!(line_feed(&bytes), Some(at), "in {length} octets");
            }
        }
    }
}
