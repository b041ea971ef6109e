//! Cuts what a client sends into command lines and pieces of message text, whichever way the bytes
//! arrive, and holds a bounded amount of what is not yet complete.

use std::borrow::Cow;

/// Bytes of an unfinished line.
#[derive(Debug, Default)]
pub(super) struct LineBuffer {
    partial: Vec<u8>,
    state: Within,
}

/// What the next byte continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Within {
    /// What `partial` holds, from the start of a line.
    #[default]
    Line,
    /// A line of which some is gone: a command line that got too long, or a text line that was
    /// handed on in part.
    Rest,
}

/// A command line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CommandLine<'a> {
    /// Complete, without its line end.
    Whole(Cow<'a, [u8]>),
    /// It was longer than allowed; its bytes are gone.
    TooLong,
    /// It ended with a bare LF, which ends no line (RFC 5321 section 2.3.8).
    BareLineFeed,
}

/// Some of a message's text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TextPiece<'a> {
    /// From the start of a line, with its CRLF unless the line is long.
    Start(Cow<'a, [u8]>),
    /// Further into a long line.
    Further(Cow<'a, [u8]>),
}

/// Text lines of any length are taken, as RFC 5321 section 4.5.3.1 wishes; one longer than this is
/// handed on in pieces.
const PIECE: usize = 8 * 1024;

impl LineBuffer {
    /// Takes a command line of up to `limit` octets off the front of `bytes`, or all of `bytes` if
    /// the line goes on.
    pub(super) fn command<'a>(
        &mut self,
        bytes: &mut &'a [u8],
        limit: usize,
    ) -> Option<CommandLine<'a>> {
        let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else {
            self.keep_command(bytes, limit);
            *bytes = &[];
            return None;
        };
        let (line, rest) = bytes.split_at(end + 1);
        *bytes = rest;
        if std::mem::take(&mut self.state) == Within::Rest
            || self.partial.len() + line.len() > limit
        {
            self.partial.clear();
            return Some(CommandLine::TooLong);
        }
        let mut line = self.complete(line);
        if !line.ends_with(b"\r\n") {
            return Some(CommandLine::BareLineFeed);
        }
        match &mut line {
            Cow::Borrowed(line) => *line = &line[..line.len() - 2],
            Cow::Owned(line) => line.truncate(line.len() - 2),
        }
        Some(CommandLine::Whole(line))
    }

    fn keep_command(&mut self, bytes: &[u8], limit: usize) {
        if self.partial.len() + bytes.len() > limit {
            self.partial.clear();
            self.state = Within::Rest;
        }
        if self.state == Within::Line {
            self.partial.extend_from_slice(bytes);
        }
    }

    /// Takes a piece of message text off the front of `bytes`, or keeps all of `bytes` until the
    /// piece is complete. Only CRLF ends a line: a message must come out as its client meant it,
    /// and a bare LF before a dot must not end it.
    pub(super) fn text<'a>(&mut self, bytes: &mut &'a [u8]) -> Option<TextPiece<'a>> {
        let end = self.line_end(bytes);
        let room = PIECE.saturating_sub(self.partial.len());
        let (length, ends) = match end {
            Some(end) if end <= room => (end, true),
            None if bytes.len() < room => {
                self.partial.extend_from_slice(bytes);
                *bytes = &[];
                return None;
            }
            _ => (room, false),
        };
        let (piece, rest) = bytes.split_at(length);
        *bytes = rest;
        let mut piece = self.complete(piece);
        if !ends && piece.ends_with(b"\r") {
            // Its LF may follow; a line end stays in one piece.
            self.partial.push(b'\r');
            piece.to_mut().pop();
        }
        let next = if ends { Within::Line } else { Within::Rest };
        match std::mem::replace(&mut self.state, next) {
            Within::Line => Some(TextPiece::Start(piece)),
            Within::Rest => Some(TextPiece::Further(piece)),
        }
    }

    /// How many of `bytes` belong to the line, its CRLF included, if it ends among them.
    fn line_end(&self, bytes: &[u8]) -> Option<usize> {
        if self.partial.ends_with(b"\r") && bytes.starts_with(b"\n") {
            return Some(1);
        }
        bytes.windows(2).position(|pair| pair == b"\r\n").map(|at| at + 2)
    }

    fn complete<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if self.partial.is_empty() {
            return Cow::Borrowed(bytes);
        }
        self.partial.extend_from_slice(bytes);
        Cow::Owned(std::mem::take(&mut self.partial))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All command lines of `chunks`, and the most that was ever held.
    fn commands(chunks: &[&[u8]], limit: usize) -> (Vec<String>, usize) {
        let (mut buffer, mut lines, mut held) = (LineBuffer::default(), Vec::new(), 0);
        for mut bytes in chunks.iter().copied() {
            while let Some(line) = buffer.command(&mut bytes, limit) {
                lines.push(match line {
                    CommandLine::Whole(line) => line.escape_ascii().to_string(),
                    other => format!("{other:?}"),
                });
            }
            held = held.max(buffer.partial.len());
        }
        (lines, held)
    }

    #[test]
    fn cuts_commands_at_crlf_and_names_what_is_not_one() {
        let chunks: [&[u8]; 4] =
            [b"NOOP\r\nQU", b"IT\r", b"\n\r\nNOOP\nA TOO LONG L", b"INE\r\nRSET\r\n"];
        let lines = ["NOOP", "QUIT", "", "BareLineFeed", "TooLong", "RSET"];
        assert_eq!(commands(&chunks, 10).0, lines);
    }

    /// All text of `chunks` with a mark where each line starts, and the most that was ever held.
    fn text(chunks: &[&[u8]]) -> (Vec<Vec<u8>>, usize) {
        let (mut buffer, mut lines, mut held) = (LineBuffer::default(), Vec::new(), 0);
        for mut bytes in chunks.iter().copied() {
            while let Some(piece) = buffer.text(&mut bytes) {
                match piece {
                    TextPiece::Start(piece) => lines.push(piece.into_owned()),
                    TextPiece::Further(piece) => {
                        lines.last_mut().expect("a line was started").extend_from_slice(&piece);
                    }
                }
            }
            held = held.max(buffer.partial.len());
        }
        (lines, held)
    }

    #[test]
    fn text_lines_end_with_crlf_only_and_may_be_long() {
        let long = [vec![b'x'; 3 * PIECE - 1], b"\r\n".to_vec()].concat();
        let bytes = [b"a\nb\r\n".as_slice(), &long, b".\r\n"].concat();
        let lines = vec![b"a\nb\r\n".to_vec(), long, b".\r\n".to_vec()];
        assert_eq!(text(&[&bytes]).0, lines);
        let (cut, held) = text(&bytes.chunks(7).collect::<Vec<_>>());
        assert_eq!(cut, lines);
        assert!(held <= PIECE);
    }

    proptest! {
        #[test]
        fn cuts_change_nothing_and_room_is_bounded(
            parts in prop::collection::vec(prop_oneof![
                Just(b"\r\n".to_vec()), Just(b"\n".to_vec()), Just(b"\r".to_vec()), Just(b".".to_vec()),
                (0_usize..2 * PIECE).prop_map(|n| vec![b'y'; n]),
            ], 0..20),
            cut in 1_usize..5_000,
        ) {
            let bytes = parts.concat();
            let chunks: Vec<_> = bytes.chunks(cut).collect();
            let (lines, held) = commands(&chunks, 512);
            prop_assert_eq!(&lines, &commands(&[&bytes], 512).0);
            prop_assert!(held <= 512);
            let (lines, held) = text(&chunks);
            prop_assert!(held <= PIECE);
            let mut whole = bytes.clone();
            whole.extend_from_slice(b"\r\n");
            let (ended, _) = text(&[&whole]);
            prop_assert_eq!(ended.concat(), whole);
            prop_assert!(lines.len() <= ended.len() + 1);
        }
    }
}
