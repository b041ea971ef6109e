//! A progress display on standard error while runs go on. It draws nothing unless that is a
//! terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::units::speed_up;
use crate::wall::Stopwatch;

const TEMPLATE: &str = "{spinner} {pos}/{len} runs [{bar:30}] {elapsed}  {msg}";

/// The display.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    watch: Stopwatch,
    simulated: Duration,
    current: String,
}

impl Progress {
    /// A display for so many runs.
    #[must_use]
    pub fn new(runs: usize) -> Self {
        let bar = ProgressBar::new(runs as u64);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("=> "));
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar, watch: Stopwatch::start(), simulated: Duration::ZERO, current: String::new() }
    }

    /// A run begins.
    pub fn started(&mut self, what: String) {
        self.current = what;
        self.say();
    }

    /// A run is done.
    pub fn done(&mut self, simulated: Duration) {
        self.simulated += simulated;
        self.bar.inc(1);
        self.say();
    }

    /// Does something that writes to the terminal, with the display out of the way.
    pub fn aside<R>(&self, write: impl FnOnce() -> R) -> R {
        self.bar.suspend(write)
    }

    /// Takes the display away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self) {
        if !self.bar.is_hidden() {
            let speed = speed_up(self.simulated, self.watch.spent().wall);
            self.bar.set_message(format!("{speed}  {}", self.current));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_one_and_others_can_write_meanwhile() {
        ProgressStyle::with_template(TEMPLATE).unwrap();
        let mut progress = Progress::new(3);
        progress.started("a".to_owned());
        progress.done(Duration::from_secs(1));
        assert_eq!(progress.aside(|| 3), 3);
        progress.finish();
    }
}
