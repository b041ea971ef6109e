//! Where a body ends: after so many octets, or after its last chunk (RFC 9112 section 7.1).

use super::Bad;

/// Octets a chunk's size line may have, extensions included, and all trailers together.
const LINE: usize = 256;
const TRAILERS: usize = 8 * 1024;

/// How a body is framed, and how much of it is still to come.
#[derive(Debug)]
pub(super) enum Framing {
    /// So many octets.
    Length(u64),
    /// Chunks.
    Chunked(Chunked),
}

/// Where in a chunked body the reader is.
#[derive(Debug)]
pub(super) enum Chunked {
    /// In a line with a chunk's size.
    Size(Vec<u8>),
    /// In a chunk; so many octets are still to come.
    Data(u64),
    /// In the line end after a chunk.
    DataEnd(Vec<u8>),
    /// In the trailers: the line so far, and octets of all so far.
    Trailers(Vec<u8>, usize),
    /// At the end.
    Done,
}

impl Framing {
    pub(super) const fn chunked() -> Self {
        Self::Chunked(Chunked::Size(Vec::new()))
    }

    /// Whether nothing more belongs to the body.
    pub(super) const fn is_done(&self) -> bool {
        matches!(self, Self::Length(0) | Self::Chunked(Chunked::Done))
    }

    /// Whether it says by itself that there is more than this.
    pub(super) const fn is_longer_than(&self, most: u64) -> bool {
        matches!(self, Self::Length(octets) if *octets > most)
    }

    /// Moves from `bytes` into `body` what belongs there; `most` is what a body may have.
    pub(super) fn take(
        &mut self,
        bytes: &mut &[u8],
        body: &mut Vec<u8>,
        most: u64,
    ) -> Result<(), Bad> {
        match self {
            Self::Length(left) => {
                move_octets(left, bytes, body);
                Ok(())
            }
            Self::Chunked(state) => {
                while !bytes.is_empty() && !matches!(state, Chunked::Done) {
                    state.step(bytes, body, most)?;
                }
                Ok(())
            }
        }
    }
}

impl Chunked {
    fn step(&mut self, bytes: &mut &[u8], body: &mut Vec<u8>, most: u64) -> Result<(), Bad> {
        match self {
            Self::Size(line) => {
                if take_line(bytes, line, LINE)? {
                    let size = chunk_size(line)?;
                    if size > most.saturating_sub(body.len() as u64) {
                        return Err(Bad::BodyTooLarge);
                    }
                    *self = match size {
                        0 => Self::Trailers(Vec::new(), 0),
                        size => Self::Data(size),
                    };
                }
            }
            Self::Data(left) => {
                move_octets(left, bytes, body);
                if *left == 0 {
                    *self = Self::DataEnd(Vec::new());
                }
            }
            Self::DataEnd(line) => {
                if take_line(bytes, line, 2)? {
                    if !line.is_empty() {
                        return Err(Bad::Malformed);
                    }
                    *self = Self::Size(Vec::new());
                }
            }
            Self::Trailers(line, so_far) => {
                let room = TRAILERS - *so_far;
                if take_line(bytes, line, room)? {
                    if line.is_empty() {
                        *self = Self::Done;
                    } else {
                        *so_far += line.len();
                        line.clear();
                    }
                }
            }
            Self::Done => {}
        }
        Ok(())
    }
}

fn move_octets(left: &mut u64, bytes: &mut &[u8], body: &mut Vec<u8>) {
    let now = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
    let (mine, rest) = bytes.split_at(now);
    body.extend_from_slice(mine);
    *left -= now as u64;
    *bytes = rest;
}

/// Moves octets up to the line's end, which is dropped; whether it has come.
fn take_line(bytes: &mut &[u8], line: &mut Vec<u8>, most: usize) -> Result<bool, Bad> {
    let end = bytes.iter().position(|octet| *octet == b'\n');
    let part = &bytes[..end.unwrap_or(bytes.len())];
    if line.len() + part.len() > most {
        return Err(Bad::Malformed);
    }
    line.extend_from_slice(part);
    *bytes = &bytes[end.map_or(bytes.len(), |end| end + 1)..];
    if end.is_some() && line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(end.is_some())
}

/// The number before any extension.
fn chunk_size(line: &[u8]) -> Result<u64, Bad> {
    let digits = line.split(|octet| *octet == b';').next().unwrap_or(line).trim_ascii();
    let fits = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    let text = str::from_utf8(digits).map_err(|_| Bad::Malformed)?;
    if !fits {
        return Err(Bad::Malformed);
    }
    u64::from_str_radix(text, 16).map_err(|_| Bad::BodyTooLarge)
}
