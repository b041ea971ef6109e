//! The turmoil world: an independent model of hosts, time and TCP that checks the virtual one. It
//! moves by ticks and never skips idle time, so it is slow; the verdict must be the same.
//!
//! Where turmoil's TCP is not TCP, this world stands in front of it:
//! - It never repeats. A dropped segment hangs its connection for ever and a dropped SYN looks like
//!   a refusal, so a cut is a gate before turmoil's network (`way`) and turmoil's own hold on what
//!   is under way. A repair lets everything through at once; TCP's repetition law is the virtual
//!   world's alone.
//! - Its handshake takes one way instead of three. The missing ones are waited for.
//! - It has no jitter that keeps the order, no bandwidth and no loss it survives: a pump before
//!   each writing half does that (`pump`).
//! - It cannot reset a connection at will. The end arrives as turmoil's end, and a note says that
//!   it was a reset.
//!
//! Limits: a host has 64,512 ports. Ports of ended connections are used again; those of connects
//! that turmoil refuses or that are given up under way are not, so this world does not even try to
//! connect to a server that is down. 16,384 connects may arrive in one tick, and as many writes be
//! under way on one connection.

mod clock;
mod connector;
mod household;
mod play;
mod pump;
mod software;
mod stage;
mod stream;
#[cfg(test)]
mod tests;
mod way;

pub use play::play;
