//! The engine: it starts what is due, and at the end of each cycle computes, stores and tells when
//! the next one is.

mod cycles;
mod opening;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use self::cycles::Cycles;
use crate::validate::{ConfigErrors, validate};
use crate::{EngineConfig, Event, Services, Store, StoreError, outgoing};

/// The engine of one process: built from a valid configuration, run once.
pub struct Engine {
    config: Arc<EngineConfig>,
    store: Store,
    services: Services,
    stop: Arc<Notify>,
}

/// Asks a running engine to stop.
#[derive(Clone)]
pub struct EngineHandle {
    stop: Arc<Notify>,
}

impl EngineHandle {
    /// Starts no more cycles, lets those that run come to their end, and then closes the store.
    /// Returns at once; [`Engine::run`] returns when it is done.
    pub fn stop(&self) {
        self.stop.notify_one();
    }
}

impl Engine {
    /// An engine that has not started yet.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration, together.
    pub fn new(
        config: EngineConfig,
        store: Store,
        services: Services,
    ) -> Result<Self, ConfigErrors> {
        validate(&config)?;
        Ok(Self { config: Arc::new(config), store, services, stop: Arc::default() })
    }

    /// A handle to stop this engine with, before or while it runs.
    #[must_use]
    pub fn handle(&self) -> EngineHandle {
        EngineHandle { stop: Arc::clone(&self.stop) }
    }

    /// Runs until it is stopped. Needs a tokio runtime with time.
    ///
    /// # Errors
    /// When the store fails, is closed by somebody else, or belongs to another configuration. The
    /// engine then closes its handle and starts nothing more: without its record it could keep no
    /// promise.
    pub async fn run(self) -> Result<(), StoreError> {
        let store = self.store.clone();
        let result = self.serve().await;
        store.close();
        result
    }

    async fn serve(self) -> Result<(), StoreError> {
        let Self { config, store, services, stop } = self;
        let clock = Arc::clone(&services.clock);
        let opened = opening::open(&config, &store, clock.now())?;
        let mailboxes = u32::try_from(config.mailboxes.len()).unwrap_or(u32::MAX);
        services.observer.event(Event::EngineStarted { mailboxes });
        outgoing::recover(&store, &config, &services)?;

        let mut cycles = Cycles::new(config, store, services, opened);
        let mut stopped = pin!(stop.notified());
        let mut alarm = pin!(sleep(Duration::ZERO));
        let mut alarm_set_for: Option<Timestamp> = None;
        loop {
            cycles.start_due(clock.now());
            let wake = cycles.next_wake();
            if let Some(wake) = wake
                && alarm_set_for != Some(wake)
            {
                let wait = Duration::try_from(wake.duration_since(clock.now()));
                alarm.as_mut().reset(Instant::now() + wait.unwrap_or_default());
                alarm_set_for = Some(wake);
            }
            tokio::select! {
                biased;
                result = cycles.conclude_ended() => result?,
                () = &mut stopped => break,
                () = &mut alarm, if wake.is_some() => alarm_set_for = None,
            }
        }
        while cycles.any_running() {
            cycles.conclude_ended().await?;
        }
        cycles.release();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
