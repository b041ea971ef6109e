//! The `syncsim` command.

pub mod args;
