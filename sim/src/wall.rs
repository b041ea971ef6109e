//! The only place that reads the machine's clocks: how long a run took and how much of a
//! processor it used. Nothing inside a run may know either.

use std::fs;
use std::time::{Duration, Instant};

/// What a run cost the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Wall time from start to end.
    pub wall: Duration,
    /// Time the measuring thread spent on a processor. Equal to `wall` where the system does not
    /// say (anything but Linux, or a Linux without `/proc`).
    pub cpu: Duration,
}

/// Measures the thread it was started on.
#[derive(Debug)]
pub struct Stopwatch {
    wall: Instant,
    cpu: Option<Duration>,
}

impl Stopwatch {
    /// Starts measuring. [`Self::spent`] must be asked on the same thread.
    #[must_use]
    #[allow(clippy::disallowed_methods)] // The one place meant by the ban's reason.
    pub fn start() -> Self {
        Self { wall: Instant::now(), cpu: thread_cpu() }
    }

    /// What has been spent since the start.
    #[must_use]
    pub fn spent(&self) -> Spent {
        let wall = self.wall.elapsed();
        let cpu = match (self.cpu, thread_cpu()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => wall,
        };
        Spent { wall, cpu }
    }
}

/// How long the current thread has been on a processor.
///
/// The first field of `schedstat` is in nanoseconds, but the kernel brings it up to date only when
/// it schedules (Documentation/scheduler/sched-stats.rst); yielding first makes it do so, where it
/// would otherwise lag by up to a timer tick.
fn thread_cpu() -> Option<Duration> {
    std::thread::yield_now();
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_on_a_thread_costs_cpu_and_waiting_does_not() {
        if thread_cpu().is_none() {
            return; // This system does not say.
        }
        let busy = Stopwatch::start();
        while busy.wall.elapsed() < Duration::from_millis(20) {
            std::hint::spin_loop();
        }
        let busy = busy.spent();
        assert!(busy.cpu > Duration::ZERO && busy.cpu <= busy.wall, "{busy:?}");

        let idle = Stopwatch::start();
        let (_keep, never) = std::sync::mpsc::channel::<()>();
        assert!(never.recv_timeout(Duration::from_millis(20)).is_err());
        let idle = idle.spent();
        assert!(idle.cpu < idle.wall / 2, "{idle:?}");
    }
}
