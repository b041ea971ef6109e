//! Mail protocols as typed requests and responses, in both directions: what a client writes a
//! server reads with the same code, and the other way round. No I/O, no clock, no runtime.

pub mod ews;
pub mod pop3;
pub mod smtp;
