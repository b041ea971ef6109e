//! The `syncsim` command.

pub mod args;
pub mod files;
pub mod guard;
pub mod plan;
pub mod session;
