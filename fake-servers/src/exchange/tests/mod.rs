//! The face as clients see it: bytes in, bytes out, every answer judged by the published schema.

mod away;
mod calendar;
mod dialogue;
mod folders;
mod hostile;
mod items;
mod kit;
mod meetings;
mod recoverable;
mod sending;
