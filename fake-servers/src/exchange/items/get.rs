//! `GetItem`.

use wire::ews::items::{GetItem, Items};
use wire::ews::{ItemRef, Property, ResponseMessage};
use xxhash_rust::xxh3::xxh3_64;

use super::shape::{Use, shaped};
use crate::ServerEvent;
use crate::exchange::call::Call;
use crate::exchange::problem::{Outcome, message};

/// `GetItem`
pub(in crate::exchange) fn get(
    call: &mut Call<'_>,
    request: &GetItem,
) -> Vec<ResponseMessage<Items>> {
    let mut answers = Vec::with_capacity(request.item_ids.len());
    for item in &request.item_ids {
        answers.push(message(get_one(call, request, item)));
    }
    answers
}

fn get_one(call: &mut Call<'_>, request: &GetItem, item: &ItemRef) -> Outcome<Items> {
    let named = call.named(item)?;
    let known = call.known(named.ix, named.uid)?.at(named.occurrence)?;
    let item = shaped(&known, &request.shape, Use::Get);
    let served = known.stored.message.item;
    let mime = item.properties.get(&Property::Field(wire::ews::Field::ItemMimeContent));
    if let Some(wire::ews::Value::Mime(mime)) = mime
        && served.0 != 0
    {
        let content = xxh3_64(&mime.content);
        let mailbox = named.ix;
        call.once_written.push(ServerEvent::Served { item: served, mailbox, content });
    }
    Ok(Items::one(item))
}
