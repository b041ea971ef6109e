//! Where events wait for whoever reads them. What is kept is bounded: a reader that falls behind
//! is told how much it has missed, and the servers never wait for one.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Lines kept for readers, the latest of them.
const KEPT: usize = 16_384;
/// Octets handed to a reader at once, about.
const BATCH: usize = 64 * 1024;

/// The latest events as lines, numbered from 0.
#[derive(Debug, Default)]
pub(super) struct Hub {
    ring: Mutex<Ring>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Ring {
    /// Each with its line feed.
    lines: VecDeque<Box<str>>,
    /// The number of the first one kept.
    first: u64,
    over: bool,
}

impl Hub {
    /// Adds a line.
    pub(super) fn push(&self, line: String) {
        let mut ring = self.ring();
        ring.lines.push_back(line.into());
        if ring.lines.len() > KEPT {
            ring.lines.pop_front();
            ring.first += 1;
        }
        drop(ring);
        self.news.notify_waiters();
    }

    /// The number of the line that comes next.
    pub(super) fn next_number(&self) -> u64 {
        let ring = self.ring();
        ring.first + ring.lines.len() as u64
    }

    /// Nothing comes any more.
    pub(super) fn close(&self) {
        self.ring().over = true;
        self.news.notify_waiters();
    }

    /// The lines from `cursor` on, some of them at least, and moves it on; waits if there are none
    /// yet, and yields `None` when there never will be.
    pub(super) async fn read(&self, cursor: &mut u64) -> Option<String> {
        loop {
            let mut news = std::pin::pin!(self.news.notified());
            news.as_mut().enable();
            let batch = self.ring().batch(cursor);
            match batch {
                Some(batch) if batch.is_empty() => news.await,
                other => return other,
            }
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn batch(&self, cursor: &mut u64) -> Option<String> {
        let mut batch = String::new();
        if *cursor < self.first {
            let missed = self.first - *cursor;
            batch = format!("{{\"kind\":\"missed\",\"events\":{missed}}}\n");
            *cursor = self.first;
        }
        let skip = usize::try_from(*cursor - self.first).unwrap_or(usize::MAX);
        for line in self.lines.iter().skip(skip) {
            if batch.len() > BATCH {
                break;
            }
            batch.push_str(line);
            *cursor += 1;
        }
        if batch.is_empty() && self.over { None } else { Some(batch) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn a_reader_gets_all_lines_once_and_then_the_end() {
        let hub = Arc::new(Hub::default());
        let reader = tokio::spawn({
            let hub = Arc::clone(&hub);
            async move {
                let (mut cursor, mut text) = (0, String::new());
                while let Some(batch) = hub.read(&mut cursor).await {
                    text.push_str(&batch);
                }
                text
            }
        });
        for n in 0..3 {
            hub.push(format!("{n}\n"));
            tokio::task::yield_now().await;
        }
        hub.close();
        assert_eq!(reader.await.unwrap(), "0\n1\n2\n");
    }

    #[tokio::test]
    async fn who_falls_behind_is_told_and_memory_is_bounded() {
        let hub = Hub::default();
        for n in 0..KEPT + 5 {
            hub.push(format!("{n}\n"));
        }
        assert_eq!(hub.ring().lines.len(), KEPT);
        let mut cursor = 2;
        let first = hub.read(&mut cursor).await.unwrap();
        assert!(
            first.starts_with("{\"kind\":\"missed\",\"events\":3}\n5\n6\n"),
            "{}",
            &first[..60]
        );
        assert!(first.len() < 2 * BATCH);
        assert_eq!(hub.next_number(), KEPT as u64 + 5);
    }
}
