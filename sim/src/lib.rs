//! `syncsim` runs the whole, unmodified engine over real protocol bytes against simulated mail
//! servers in virtual time, and judges what happened.

pub mod check;
pub mod cli;
pub mod jobs;
pub mod log;
pub mod random;
pub mod report;
pub mod run;
pub mod scenario;
pub mod serve;
pub mod time;
pub mod wall;
mod watcher;
pub mod world;
