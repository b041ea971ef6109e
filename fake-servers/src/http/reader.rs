//! From bytes cut anywhere to requests: a head, then its body, then the next head. What does not
//! fit the limits is refused before it is kept, and of a body that nobody wants nothing is.

use super::head::{self, Head};
use super::{Bad, HttpRequest};

/// What a server takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// Octets of a head.
    pub head: usize,
    /// Octets of a body.
    pub body: u64,
}

/// What the bytes so far amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A complete request.
    Request(HttpRequest),
    /// The client waits for [`super::CONTINUE`] before it sends a body.
    Expecting,
    /// No request; nothing after it is read.
    Bad(Bad),
}

/// Reads one connection's requests.
#[derive(Debug)]
pub struct HttpReader {
    limits: HttpLimits,
    state: State,
}

#[derive(Debug)]
enum State {
    /// In a head, of which this is known; its end was looked for up to the number.
    Head(Vec<u8>, usize),
    Body(Box<Head>, Fate),
    Over,
}

/// What becomes of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    /// So many of its octets were.
    Dropped(u64),
}

impl HttpReader {
    /// A reader at the beginning of a connection.
    #[must_use]
    pub const fn new(limits: HttpLimits) -> Self {
        Self { limits, state: State::Head(Vec::new(), 0) }
    }

    /// Octets of a body that are kept so far.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        match &self.state {
            State::Body(head, _) => head.request.body.len(),
            State::Head(..) | State::Over => 0,
        }
    }

    /// Takes bytes up to the end of the next request, and says what there is; `None` when more
    /// bytes are needed. Called again with what is left.
    pub fn take(&mut self, bytes: &mut &[u8]) -> Option<Incoming> {
        self.take_wanted(bytes, |_| true)
    }

    /// The same for a server that, shown a head, says whether it wants the body. One it does not
    /// want is read to its end, so that the next request is found, and dropped on the way.
    pub fn take_wanted(
        &mut self,
        bytes: &mut &[u8],
        wanted: impl Fn(&HttpRequest) -> bool,
    ) -> Option<Incoming> {
        loop {
            let done = match &mut self.state {
                State::Head(known, looked) => {
                    take_head(known, looked, bytes, self.limits.head).map(Step::Head)
                }
                State::Body(head, fate) => take_body(head, fate, bytes, self.limits.body),
                State::Over => {
                    *bytes = &[];
                    return None;
                }
            };
            let step = match done {
                Ok(Step::Head(None) | Step::More) => return None,
                Ok(Step::Head(Some(text))) => self.begin(&text, &wanted),
                Ok(Step::Request) => self.finish(),
                Err(bad) => Some(self.refuse(bad)),
            };
            if step.is_some() {
                return step;
            }
        }
    }

    fn begin(&mut self, text: &[u8], wanted: impl Fn(&HttpRequest) -> bool) -> Option<Incoming> {
        match head::read(text) {
            // Before anybody is told to go on and send it.
            Ok(head) if head.framing.is_longer_than(self.limits.body) => {
                Some(self.refuse(Bad::BodyTooLarge))
            }
            Ok(head) => {
                let comes = !head.framing.is_done();
                let expecting = head.expects && comes;
                let keep = !comes || wanted(&head.request);
                let fate = if keep { Fate::Kept } else { Fate::Dropped(0) };
                self.state = State::Body(Box::new(head), fate);
                expecting.then_some(Incoming::Expecting)
            }
            Err(bad) => Some(self.refuse(bad)),
        }
    }

    fn finish(&mut self) -> Option<Incoming> {
        match std::mem::replace(&mut self.state, State::Head(Vec::new(), 0)) {
            State::Body(head, _) => Some(Incoming::Request(head.request)),
            State::Head(..) | State::Over => None,
        }
    }

    fn refuse(&mut self, bad: Bad) -> Incoming {
        self.state = State::Over;
        Incoming::Bad(bad)
    }
}

enum Step {
    Head(Option<Vec<u8>>),
    Request,
    More,
}

/// Moves bytes into the body, or past it; whether it is complete.
fn take_body(head: &mut Head, fate: &mut Fate, bytes: &mut &[u8], most: u64) -> Result<Step, Bad> {
    let body = &mut head.request.body;
    match fate {
        Fate::Kept => head.framing.take(bytes, body, most)?,
        Fate::Dropped(octets) => {
            head.framing.take(bytes, body, most.saturating_sub(*octets))?;
            *octets += body.len() as u64;
            *body = Vec::new();
        }
    }
    Ok(if head.framing.is_done() { Step::Request } else { Step::More })
}

/// Moves bytes into `known` up to the empty line, and yields the head once that has come.
fn take_head(
    known: &mut Vec<u8>,
    looked: &mut usize,
    bytes: &mut &[u8],
    most: usize,
) -> Result<Option<Vec<u8>>, Bad> {
    if known.is_empty() {
        // RFC 9112 section 2.2: empty lines before a request are ignored.
        let begin = bytes.iter().position(|octet| !matches!(octet, b'\r' | b'\n'));
        *bytes = &bytes[begin.unwrap_or(bytes.len())..];
    }
    let before = known.len();
    let room = (most - before).min(bytes.len());
    known.extend_from_slice(&bytes[..room]);
    let Some(end) = head_end(known, *looked) else {
        if room < bytes.len() {
            return Err(Bad::HeadTooLarge);
        }
        *bytes = &[];
        // An empty line that is cut has at most two of its octets here.
        *looked = known.len().saturating_sub(2);
        return Ok(None);
    };
    *bytes = &bytes[end - before..];
    known.truncate(end);
    *looked = 0;
    Ok(Some(std::mem::take(known)))
}

/// Where the empty line ends.
fn head_end(known: &[u8], looked: usize) -> Option<usize> {
    let mut at = looked;
    while let Some(found) = known[at..].iter().position(|octet| *octet == b'\n') {
        at += found + 1;
        if known[at..].starts_with(b"\r\n") {
            return Some(at + 2);
        }
        if known[at..].starts_with(b"\n") {
            return Some(at + 1);
        }
    }
    None
}
