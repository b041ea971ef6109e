//! The commands of the TRANSACTION state (RFC 1939 sections 5 and 7), each on a maildrop that is
//! this session's alone.

use wire::pop3::Command;
use xxhash_rust::xxh3::xxh3_64;

use super::Deletes;
use super::answer::Answer;
use super::lies::Lie;
use super::maildrop::Maildrop;
use super::server::Shared;
use crate::store::lock_store;
use crate::{Actions, ServerEvent};

/// Says what the server says to a command, and does it, as far as anything is done before QUIT.
pub(super) fn obey(
    server: &Shared,
    maildrop: &mut Maildrop,
    command: &Command<'_>,
    lie: Lie,
) -> Answer {
    match *command {
        Command::Stat => stat(maildrop, lie),
        Command::List(None) => list(maildrop, lie),
        Command::List(Some(number)) => list_one(maildrop, number, lie),
        Command::Uidl(_) if !server.options.uidl => Answer::protocol_error("UIDL is not known"),
        Command::Uidl(None) => uidl(maildrop, lie),
        Command::Uidl(Some(number)) => uidl_one(maildrop, number, lie),
        Command::Retr(number) => retr(server, maildrop, number),
        Command::Top(..) if !server.options.top => Answer::protocol_error("TOP is not known"),
        Command::Top(number, lines) => top(server, maildrop, number, lines),
        Command::Dele(number) => dele(maildrop, number),
        Command::Noop => Answer::ok(""),
        Command::Rset => {
            maildrop.reset();
            stat(maildrop, Lie::None)
        }
        Command::User(_)
        | Command::Pass(_)
        | Command::Apop { .. }
        | Command::Stls
        | Command::Capa
        | Command::Quit => Answer::protocol_error("not in this state"),
    }
}

/// UPDATE (RFC 1939 section 6): what was asked for is done, at once and whole.
pub(super) fn update(server: &Shared, maildrop: &Maildrop, out: &mut Actions) {
    let mailbox = maildrop.mailbox;
    let deleted = match server.options.deletes {
        Deletes::AtQuit => maildrop.deleted(),
        Deletes::Ignored => Vec::new(),
    };
    let mut store = lock_store(&server.store);
    let marked = if server.options.hide_fetched {
        store.mark_popped(mailbox, maildrop.retrieved())
    } else {
        Ok(())
    };
    let Ok(removed) = marked.and_then(|()| store.remove(mailbox, &deleted)) else {
        unreachable!("mailboxes are never removed, and this one was logged in to")
    };
    for stored in removed {
        out.event(ServerEvent::Deleted { item: stored.message.item, mailbox });
    }
}

fn stat(maildrop: &Maildrop, lie: Lie) -> Answer {
    let (count, octets) = maildrop.listed().fold((0u32, 0i128), |(count, octets), (_, entry)| {
        (count + 1, octets + lie.size(entry.octets))
    });
    Answer::ok(&format!("{count} {octets}"))
}

fn list(maildrop: &Maildrop, lie: Lie) -> Answer {
    Answer::with_lines("scan listing follows", |out| {
        for (number, entry) in maildrop.listed() {
            lie.write_size(number, entry.octets, out);
        }
    })
}

fn list_one(maildrop: &mut Maildrop, number: u32, lie: Lie) -> Answer {
    match maildrop.get(number) {
        Some(entry) => Answer::ok(&format!("{number} {}", lie.size(entry.octets))),
        None => no_such_message(),
    }
}

fn uidl(maildrop: &Maildrop, lie: Lie) -> Answer {
    Answer::with_lines("unique-id listing follows", |out| {
        for (number, entry) in maildrop.listed() {
            lie.write_uid(number, entry.uid, maildrop.mailbox, out);
        }
    })
}

fn uidl_one(maildrop: &mut Maildrop, number: u32, lie: Lie) -> Answer {
    let mailbox = maildrop.mailbox;
    match maildrop.get(number) {
        Some(entry) => {
            Answer::ok(&format!("{number} {}", lie.unique_id(entry.uid, mailbox).as_str()))
        }
        None => no_such_message(),
    }
}

fn retr(server: &Shared, maildrop: &mut Maildrop, number: u32) -> Answer {
    let mailbox = maildrop.mailbox;
    let Some(entry) = maildrop.get(number) else { return no_such_message() };
    let Some(raw) = lock_store(&server.store).render(mailbox, entry.uid) else {
        return gone();
    };
    entry.retrieved = true;
    let mut answer = Answer::with_body(&format!("{} octets", entry.octets), &raw);
    answer.once_written =
        Some(ServerEvent::Served { item: entry.item, mailbox, content: xxh3_64(&raw) });
    answer
}

fn top(server: &Shared, maildrop: &mut Maildrop, number: u32, lines: u32) -> Answer {
    let mailbox = maildrop.mailbox;
    let Some(entry) = maildrop.get(number) else { return no_such_message() };
    let Some(raw) = lock_store(&server.store).render(mailbox, entry.uid) else {
        return gone();
    };
    Answer::with_body("top of message follows", head_and_lines(&raw, lines))
}

/// The header, the empty line after it, and so many lines of the body.
fn head_and_lines(raw: &[u8], lines: u32) -> &[u8] {
    let head = raw.windows(4).position(|at| at == b"\r\n\r\n").map_or(raw.len(), |at| at + 4);
    let ends = raw[head..].iter().enumerate().filter(|(_, octet)| **octet == b'\n');
    let wanted = usize::try_from(lines).unwrap_or(usize::MAX);
    let length = match wanted.checked_sub(1) {
        None => 0,
        Some(before) => ends.map(|(at, _)| at + 1).nth(before).unwrap_or(raw.len() - head),
    };
    &raw[..head + length]
}

fn dele(maildrop: &mut Maildrop, number: u32) -> Answer {
    match maildrop.get(number) {
        Some(entry) => {
            entry.deleted = true;
            Answer::ok(&format!("message {number} deleted"))
        }
        None => no_such_message(),
    }
}

fn no_such_message() -> Answer {
    Answer::err("no such message")
}

/// Another face of the store may have removed it since login.
fn gone() -> Answer {
    Answer::err("the message is no longer there")
}

#[cfg(test)]
mod tests {
    use super::head_and_lines;

    #[test]
    fn the_top_is_the_header_and_as_many_lines_as_there_are() {
        let raw = b"A: b\r\n\r\none\r\ntwo\r\n";
        assert_eq!(head_and_lines(raw, 0), b"A: b\r\n\r\n");
        assert_eq!(head_and_lines(raw, 1), b"A: b\r\n\r\none\r\n");
        assert_eq!(head_and_lines(raw, 2), raw);
        assert_eq!(head_and_lines(raw, u32::MAX), raw);
        assert_eq!(head_and_lines(b"no header\r\n", 1), b"no header\r\n");
    }
}
