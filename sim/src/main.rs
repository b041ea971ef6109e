//! The `syncsim` command; everything it does is in [`syncsim::cli`].

fn main() -> std::process::ExitCode {
    syncsim::cli::main()
}
