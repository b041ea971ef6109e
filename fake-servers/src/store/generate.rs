//! Makes messages out of blocks of text that are copied, not drawn octet by octet: a message costs
//! about as much as copying it.

use std::io::Write as _;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use super::BodyKind;
use crate::ItemId;

/// Everything that decides a generated message's bytes.
pub(super) struct Recipe<'a> {
    pub(super) item: ItemId,
    pub(super) date: Timestamp,
    pub(super) seed: u64,
    pub(super) octets: usize,
    pub(super) kind: BodyKind,
    /// A stranger without.
    pub(super) from: Option<&'a str>,
    pub(super) to: &'a str,
    pub(super) host: &'a str,
}

const PLAIN: &[u8] = b"\
The quarterly figures are in, and they are better than the last ones by far.\r\n\
Please find below what was agreed on the telephone, with the open points in\r\n\
the order in which they were raised. Nobody is expected to answer all of them\r\n\
before the end of the week; the first three would do.\r\n\
\r\n\
  1. The delivery to the northern warehouse, which was late by two days.\r\n\
  2. The invoice that names the wrong cost centre.\r\n\
  3. Who takes part in the training in spring, and who pays for it.\r\n\
\r\n\
The customer asked twice whether the new terms hold for running contracts as\r\n\
well. They do not, but the letter can be read that way and should be changed.\r\n";

const DOTS: &[u8] = b"\
.\r\n..\r\n...and so it begins.\r\n.hidden file\r\n.\r\n.\r\nnot a dot in front\r\n\
..two dots in front\r\n. one dot and a space\r\n\r\n.\r\n...........\r\n";

const EIGHT_BIT: &str = "\
Sehr geehrte Damen und Herren, die Lieferung nach Köln ist für März vorgesehen.\r\n\
Le café fermera plus tôt à Noël ; où déjeunerons-nous, à l'hôtel ?\r\n\
Část zásilky dorazila poškozená, žádáme o náhradu.\r\n\
価格表を添付しました。ご確認ください。 OK?\r\n\
Цены указаны без учёта доставки.\r\n";

/// No colon, so no header field, and no empty line, so no end of a header.
const NOISE: &[u8] = b"\
\x80\x81\xfe\xff;\x00\x01\x7f~\xc3\x28 \xa0\xa1 z\xe2\x82 \xf0\x9f q\x1b[2J \xde\xad\xbe\xef =?x?Q\r\n\
%PDF\xff\xd8\xff\xe0 \x00\x00 k\xf5\xf6 0\x0b\x0c \xfc\x80\x80 w\x7f\x7f {\xed\xa0\x80 m}\r\n";

/// 57 octets as one line of base64 (RFC 2045 section 6.8).
const BASE64_LINE: &[u8] =
    b"UEsDBBQABgAIAAAAIQDfpNJsWgEAACAFAAATAAgCW0NvbnRlbnRfVHlwZXNdLnhtbCCiBAIooAAC\r\n";

const SUBJECTS: [&str; 4] =
    ["Figures of the quarter", "Order confirmation", "Re: meeting", "Question about an invoice"];

/// How long the rendered message is, without rendering more than its header.
pub(super) fn size(recipe: &Recipe<'_>) -> usize {
    let mut head = Vec::new();
    write_head(recipe, &mut head);
    (head.len() + smallest_content(recipe)).max(recipe.octets)
}

/// The message. Lines have at most 120 octets, the last one ends with CRLF like the others.
pub(super) fn render(recipe: &Recipe<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(recipe.octets.max(1024));
    write_head(recipe, &mut out);
    let octets = recipe.octets.saturating_sub(out.len()).max(smallest_content(recipe));
    match recipe.kind {
        BodyKind::Plain => fill(recipe, PLAIN, octets, &mut out),
        BodyKind::DotHeavy => fill(recipe, DOTS, octets, &mut out),
        BodyKind::EightBit => fill(recipe, EIGHT_BIT.as_bytes(), octets, &mut out),
        BodyKind::Poison => fill(recipe, NOISE, octets, &mut out),
        BodyKind::Multipart => write_parts(recipe, octets, &mut out),
    }
    out
}

fn write_head(recipe: &Recipe<'_>, out: &mut Vec<u8>) {
    if recipe.kind == BodyKind::Poison {
        return;
    }
    let Recipe { item: ItemId(item), seed, to, host, .. } = recipe;
    let subject = SUBJECTS[usize::try_from(seed / 1000 % 4).unwrap_or_default()];
    if let Some(address) = recipe.from {
        print(out, format_args!("From: <{address}>\r\n"));
    } else {
        let sender = seed % 1000;
        print(out, format_args!("From: Sender {sender} <sender-{sender}@example.net>\r\n"));
    }
    print(out, format_args!("To: <{to}>\r\nSubject: {subject} ({item})\r\nDate: "));
    // RFC 5322 knows no years before 1900; a scenario that starts there gets a date all the same.
    let date = recipe.date.max(Timestamp::UNIX_EPOCH);
    let printed = DateTimePrinter::new().print_timestamp(&date, Sink(out));
    let Ok(()) = printed else { unreachable!("years from 1970 to 9999 can be printed") };
    print(out, format_args!("\r\nMessage-ID: <item-{item}@{host}>\r\nMIME-Version: 1.0\r\n"));
    match recipe.kind {
        BodyKind::EightBit => out.extend_from_slice(
            b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n",
        ),
        BodyKind::Multipart => print(
            out,
            format_args!("Content-Type: multipart/mixed; boundary=\"=_item-{item}\"\r\n"),
        ),
        BodyKind::Plain | BodyKind::DotHeavy | BodyKind::Poison => out.extend_from_slice(
            b"Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n",
        ),
    }
    out.extend_from_slice(b"\r\n");
}

/// The reference line and, for a multipart message, its frame.
fn smallest_content(recipe: &Recipe<'_>) -> usize {
    let filler = REFERENCE.len() + 16 + 4;
    match recipe.kind {
        BodyKind::Multipart => {
            let mut frame = Vec::new();
            write_frame(recipe, 0, 0, &mut frame);
            frame.len() + filler
        }
        _ => filler,
    }
}

fn write_parts(recipe: &Recipe<'_>, octets: usize, out: &mut Vec<u8>) {
    let smallest = smallest_content(recipe);
    let attached = (octets - smallest) / BASE64_LINE.len() * 3 / 4;
    let filler = REFERENCE.len() + 16 + 4;
    let text = filler + octets - smallest - attached * BASE64_LINE.len();
    write_frame(recipe, text, attached, out);
}

/// The parts with so many octets of text and so many lines of attachment; with no text at all
/// only what stands around it.
fn write_frame(recipe: &Recipe<'_>, text: usize, attached: usize, out: &mut Vec<u8>) {
    let ItemId(item) = recipe.item;
    print(
        out,
        format_args!("--=_item-{item}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"),
    );
    if text > 0 {
        fill(recipe, PLAIN, text, out);
    }
    print(
        out,
        format_args!(
            "\r\n--=_item-{item}\r\nContent-Type: application/octet-stream; name=\"{item}.bin\"\r\n\
             Content-Disposition: attachment; filename=\"{item}.bin\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n"
        ),
    );
    for _ in 0..attached {
        out.extend_from_slice(BASE64_LINE);
    }
    print(out, format_args!("\r\n--=_item-{item}--\r\n"));
}

/// Begins every text, so that two seeds never give the same bytes.
const REFERENCE: &[u8] = b"Reference ";

/// Exactly `octets` octets of lines: the reference, then the block over and over, cut where it
/// must be, and a CRLF.
fn fill(recipe: &Recipe<'_>, block: &[u8], octets: usize, out: &mut Vec<u8>) {
    let end = out.len() + octets - 2;
    out.extend_from_slice(REFERENCE);
    print(out, format_args!("{:016X}", recipe.seed));
    out.extend_from_slice(b"\r\n");
    while out.len() < end {
        let room = end - out.len();
        out.extend_from_slice(&block[..block.len().min(room)]);
    }
    out.truncate(end);
    // The cut must leave neither half a line end nor an empty line nor half a character.
    while out.last().is_some_and(|octet| !matches!(octet, b' '..=b'~')) {
        out.pop();
    }
    out.resize(end, b'x');
    out.extend_from_slice(b"\r\n");
}

fn print(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let Ok(()) = out.write_fmt(text) else { unreachable!("writing to a Vec cannot fail") };
}

/// Lets jiff write its ASCII into bytes.
struct Sink<'a>(&'a mut Vec<u8>);

impl jiff::fmt::Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> Result<(), jiff::Error> {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
