//! The life of such a client: it does what its mind says, over its connection, and reports what
//! it has lived through.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use wire::ews::events::{ConnectionStatus, Event, Notification, Object, StreamedEvents};
use wire::ews::items::SyncedItems;
use wire::ews::{Response, ResponseMessage, SubscriptionId};

use super::http::{Account, Conversation};
use super::mind::{Mind, Step};
use super::requests;
use super::trouble::Trouble;
use crate::log::WatcherEvent;
use crate::world::Seams;

/// What a client is switched on with.
#[derive(Debug, Clone)]
pub(crate) struct Watched {
    /// The mailbox.
    pub(crate) account: Arc<Account>,
    /// When it is switched on, from the start of the run.
    pub(crate) after: Duration,
    /// For how long; to the end without.
    pub(crate) lasting: Option<Duration>,
    /// `ConnectionTimeout`: minutes for which it asks a stream to be held open.
    pub(crate) minutes: u8,
}

/// Where a client's reports go.
pub(crate) trait Report: Send + Sync {
    /// Something happened to it.
    fn event(&self, event: WatcherEvent);

    /// It was told of this item.
    fn notified(&self, item: &str);

    /// It found these items by itself.
    fn caught_up(&self, items: &[String]);
}

/// A client.
pub(crate) struct Watch {
    mind: Mind,
    conversation: Conversation,
    watched: Watched,
    report: Arc<dyn Report>,
}

impl Watch {
    /// A client that is not switched on yet.
    #[must_use]
    pub(crate) fn new(watched: Watched, seams: Seams, report: Arc<dyn Report>) -> Self {
        let conversation = Conversation::new(Arc::clone(&watched.account), seams);
        Self { mind: Mind::new(), conversation, watched, report }
    }

    /// Lives until it is switched off.
    pub(crate) async fn run(mut self) {
        sleep(self.watched.after).await;
        match self.watched.lasting {
            None => self.go_on().await,
            Some(lasting) => {
                if timeout(lasting, self.go_on()).await.is_err() {
                    self.leave().await;
                }
            }
        }
    }

    async fn go_on(&mut self) {
        loop {
            let done = match self.mind.step() {
                Step::Subscribe => self.subscribe().await,
                Step::CatchUp(state) => self.catch_up(state).await,
                Step::Stream(subscription) => self.stream(subscription).await,
                Step::Pause(how_long) => {
                    sleep(how_long).await;
                    self.mind.rested();
                    Ok(())
                }
            };
            if let Err(trouble) = done {
                let event = self.mind.failed(&trouble);
                self.report.event(event);
            }
        }
    }

    async fn subscribe(&mut self) -> Result<(), Trouble> {
        let answer = self.conversation.ask(requests::subscribe()).await?;
        let Response::Subscribe(messages) = answer else { return Err(unexpected(&answer)) };
        let subscribed = only(messages)?;
        let lacking = || Trouble::Garbled("a subscription without an id".to_owned());
        self.mind.subscribed(subscribed.subscription.ok_or_else(lacking)?);
        self.report.event(WatcherEvent::Subscribed);
        Ok(())
    }

    async fn catch_up(&mut self, state: Option<wire::ews::SyncState>) -> Result<(), Trouble> {
        let answer = self.conversation.ask(requests::list(state)).await?;
        let Response::SyncFolderItems(messages) = answer else { return Err(unexpected(&answer)) };
        let page: SyncedItems = only(messages)?;
        let untold = self.mind.listed(page);
        if !untold.is_empty() {
            self.report.caught_up(&untold);
        }
        Ok(())
    }

    async fn stream(&mut self, subscription: SubscriptionId) -> Result<(), Trouble> {
        let request = requests::stream(subscription, self.watched.minutes);
        let mut stream = self.conversation.open(request).await?;
        let (mut carries, mut is_closed) = (false, false);
        while let Some(answer) = stream.next().await? {
            let Response::GetStreamingEvents(messages) = answer else {
                return Err(unexpected(&answer));
            };
            for message in messages {
                let streamed: StreamedEvents = only(vec![message])?;
                if !std::mem::replace(&mut carries, true) {
                    self.mind.streaming();
                    self.report.event(WatcherEvent::Streaming);
                }
                for notification in streamed.notifications.into_iter().flatten() {
                    self.hear(notification);
                }
                is_closed |= streamed.status == Some(ConnectionStatus::Closed);
            }
        }
        if !is_closed {
            return Err(Trouble::Cut);
        }
        self.mind.closed();
        self.conversation.take_back(stream);
        Ok(())
    }

    fn hear(&mut self, notification: Notification) {
        for event in notification.events {
            if let Event::NewMail(changed) = event
                && let Object::Item(id) = changed.object
            {
                self.mind.notified(&id.id);
                self.report.notified(&id.id);
            }
        }
    }

    /// Ends its subscription, as somebody does who is switched off in order.
    async fn leave(&mut self) {
        if let Some(subscription) = self.mind.subscription().cloned() {
            // A server that does not hear of it forgets the subscription by itself.
            let _ = self.conversation.ask(requests::unsubscribe(subscription)).await;
        }
        self.report.event(WatcherEvent::Left);
    }
}

/// The one thing that was asked for.
fn only<T>(messages: Vec<ResponseMessage<T>>) -> Result<T, Trouble> {
    match messages.into_iter().next() {
        Some(message) if message.is_ok() => Ok(message.content),
        Some(message) => Err(Trouble::of_message(&message)),
        None => Err(Trouble::Garbled("an empty answer".to_owned())),
    }
}

fn unexpected(answer: &Response) -> Trouble {
    Trouble::Garbled(format!("an answer to another request: {}", answer.name()))
}
