//! `ConvertId`: the same bytes in other wrappings. As the real one, it does not look whether
//! anything of that id exists.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use wire::ews::ResponseMessage;
use wire::ews::services::{
    AlternateId, AlternatePublicFolderId, AlternatePublicItemId, ConvertId, ConvertedId, IdFormat,
    SourceId,
};

use super::super::call::Call;
use super::super::ids::{Id, Malformed};
use super::super::problem::{Outcome, Problem, message};

/// MAPI's entry ids begin with flags, of which none is set.
const ENTRY: [u8; 4] = [0; 4];
/// The store's ids begin with the length of an entry id.
const STORE: [u8; 2] = [22, 0];

/// Ids in another form, one answer each.
pub(in crate::exchange) fn convert(
    call: &Call<'_>,
    request: &ConvertId,
) -> Vec<ResponseMessage<ConvertedId>> {
    let to = request.destination;
    request.ids.iter().map(|id| message(converted(call, id, to))).collect()
}

fn converted(call: &Call<'_>, source: &SourceId, to: IdFormat) -> Outcome<ConvertedId> {
    let id = match source {
        SourceId::Mailbox(it) => {
            let id = read(it.format, &it.id)?;
            let owner = call.store.mailbox(id.mailbox()).ok_or(Malformed)?;
            SourceId::Mailbox(AlternateId {
                format: to,
                id: write(to, id),
                mailbox: owner.account().address.to_string(),
                is_archive: it.is_archive,
            })
        }
        SourceId::PublicFolder(it) => SourceId::PublicFolder(AlternatePublicFolderId {
            format: to,
            folder_id: write(to, read(it.format, &it.folder_id)?),
        }),
        SourceId::PublicItem(it) => SourceId::PublicItem(AlternatePublicItemId {
            format: to,
            folder_id: write(to, read(it.format, &it.folder_id)?),
            item_id: write(to, read(it.format, &it.item_id)?),
        }),
    };
    Ok(ConvertedId { id: Some(id) })
}

fn read(format: IdFormat, text: &str) -> Result<Id, Problem> {
    Ok(unwrap(format, text).map_or(Err(Malformed), |bytes| Id::read(&STANDARD.encode(bytes)))?)
}

fn unwrap(format: IdFormat, text: &str) -> Option<Vec<u8>> {
    let base64 = || STANDARD.decode(text).ok();
    let without = |prefix: &[u8], bytes: Vec<u8>| bytes.strip_prefix(prefix).map(<[u8]>::to_vec);
    match format {
        IdFormat::Ews | IdFormat::EwsLegacy => base64(),
        IdFormat::Entry => without(&ENTRY, base64()?),
        IdFormat::HexEntry => without(&ENTRY, from_hex(text)?),
        IdFormat::Store => without(&STORE, base64()?),
        IdFormat::Owa => URL_SAFE.decode(text).ok(),
    }
}

pub(super) fn write(format: IdFormat, id: Id) -> String {
    let text = id.write();
    let bytes = || STANDARD.decode(&text).unwrap_or_default();
    match format {
        IdFormat::Ews | IdFormat::EwsLegacy => text,
        IdFormat::Entry => STANDARD.encode([&ENTRY, &bytes()[..]].concat()),
        IdFormat::HexEntry => to_hex(&[&ENTRY, &bytes()[..]].concat()),
        IdFormat::Store => STANDARD.encode([&STORE, &bytes()[..]].concat()),
        IdFormat::Owa => URL_SAFE.encode(bytes()),
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}

fn digit(value: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(value)])
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MailboxIx;
    use crate::store::Uid;

    #[test]
    fn every_form_leads_back() {
        let id = Id::Item(MailboxIx(7), Uid(0xfffe_fdfc));
        for format in IdFormat::ALL {
            let text = write(*format, id);
            assert_eq!(read(*format, &text), Ok(id), "{format}");
            assert_eq!(read(*format, &text[1..]).unwrap_err(), Malformed.into(), "{format}");
        }
        let forms: std::collections::BTreeSet<_> =
            IdFormat::ALL.iter().map(|format| write(*format, id)).collect();
        assert_eq!(forms.len(), IdFormat::ALL.len() - 1, "the legacy form looks like today's");
    }

    #[test]
    fn nonsense_is_malformed() {
        for format in IdFormat::ALL {
            for text in ["", "DUMMY", "AAMk", "zz", "é"] {
                assert_eq!(read(*format, text).unwrap_err(), Malformed.into(), "{format} {text}");
            }
        }
    }
}
