//! What is done on the server once a message is settled here: processed ones are deleted,
//! undelivered ones are marked and moved away. Nothing of it is needed for the record, so what a
//! crash leaves undone is done by the next cycle or by nobody.

use super::super::session::Session;
use super::categories::Categories;
use super::fetch::{Round, Undelivered};
use crate::store::exchange::{self, FolderKey};
use crate::{CycleContext, CycleError, ErrorClass, Event, ExchangeProfile};

/// Items in one request.
const BATCH: usize = 10;

pub(super) async fn tidy(
    ctx: &CycleContext,
    session: &mut Session<'_>,
    known: &Categories,
    round: Round<'_>,
) -> Result<(), CycleError> {
    let moves = ctx.config.server(round.server).exchange.move_undelivered_emails;
    for item in &round.undelivered {
        if item.set_aside && known.on {
            mark(session, known.undeliverable(), item).await?;
        }
        if moves {
            move_away(ctx, session, item).await?;
        }
    }
    if ctx.config.mailbox(ctx.mailbox).process_and_delete_emails {
        delete_processed(ctx, session).await?;
    }
    Ok(())
}

/// The item's category says that it was given up (domain.md 1.5, "Item rule").
async fn mark(session: &mut Session<'_>, name: &str, item: &Undelivered) -> Result<(), CycleError> {
    let mut categories = item.categories.clone();
    categories.retain(|category| category != name);
    categories.push(name.to_owned());
    match session.set_categories(&item.item, &categories).await {
        Err(refusal) if refusal.class != ErrorClass::Item => Err(refusal.into()),
        // It may be gone, or not take a category: then there is nothing to mark.
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Moves an item to the folder for undelivered email, which is made when it is missing.
async fn move_away(
    ctx: &CycleContext,
    session: &mut Session<'_>,
    item: &Undelivered,
) -> Result<(), CycleError> {
    const NAME: &str = ExchangeProfile::UNDELIVERABLE_FOLDER;
    let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
    let known = ctx.store.read(|reader| exchange::place(reader, mailbox, NAME))?;
    let folder = if let Some(folder) = known {
        folder
    } else {
        let root = session.folder("msgfolderroot");
        let folder = session.find_or_create_folder(&root, NAME).await?;
        ctx.store.transaction(|tx| exchange::set_place(tx, mailbox, NAME, Some(&folder)))?;
        folder
    };
    match session.move_item(&item.item, &folder).await {
        Ok(()) => {
            ctx.store.transaction(|tx| exchange::forget(tx, mailbox, &item.item))?;
            ctx.emit(Event::MovedToUndeliverable { cycle, mailbox });
            Ok(())
        }
        Err(refusal) if refusal.class == ErrorClass::Item => {
            // The item or the folder is gone; the folder is looked for again the next time.
            ctx.store.transaction(|tx| exchange::set_place(tx, mailbox, NAME, None))?;
            Ok(())
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// `processanddeleteemails`: what is committed goes from the Inbox.
async fn delete_processed(ctx: &CycleContext, session: &mut Session<'_>) -> Result<(), CycleError> {
    let (cycle, mailbox) = (ctx.cycle, ctx.mailbox);
    let stored =
        ctx.store.read(|reader| exchange::stored_items(reader, mailbox, FolderKey::INBOX))?;
    for batch in stored.chunks(BATCH) {
        let answers = session.delete_items(batch).await?;
        let mut gone = Vec::new();
        let mut error = None;
        for (item, answer) in batch.iter().zip(answers) {
            match answer {
                Ok(()) => gone.push(item),
                Err(refusal) if refusal.is_missing() => gone.push(item),
                Err(refusal) if refusal.class == ErrorClass::Item => {}
                Err(refusal) => error = error.or(Some(refusal)),
            }
        }
        if !gone.is_empty() {
            ctx.store.transaction(|tx| {
                gone.iter().try_for_each(|item| exchange::forget(tx, mailbox, item))
            })?;
            let count = u32::try_from(gone.len()).unwrap_or(u32::MAX);
            ctx.emit(Event::DeletedOnServer { cycle, mailbox, count });
        }
        if let Some(refusal) = error {
            return Err(refusal.into());
        }
    }
    Ok(())
}
