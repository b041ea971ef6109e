//! Reports: what is said of runs, to people, to programs and to CI servers.

pub mod folder;
pub mod human;
pub mod json;
pub mod junit;
pub mod progress;
pub mod tally;
pub mod units;
pub mod view;

#[cfg(test)]
mod tests;
