# The habits of this repository. `just` lists them.

default:
    @just --list

# Format, lint, test: before every commit.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test --workspace

# Every fast scenario, once.
fast:
    cargo run --release -- run scenarios/fast

# Every scenario, the slow ones too.
all:
    cargo run --release -- run scenarios

# Every fast scenario twice, with the digests compared.
determinism:
    cargo run --release -- run scenarios/fast --verify-determinism

# One scenario over many seeds, on all cores.
sweep path seeds="1..200":
    cargo run --release -- run {{path}} --seeds {{seeds}}

# What a cycle, a mailbox and a world cost, beside their bounds.
bench:
    cargo bench

# Write the JSON Schema that editors complete scenarios with, and the control interface's document.
schema:
    cargo run --release -- schema > scenarios/scenario.schema.json
    cargo run --release -- openapi > sim/control.openapi.json

# A scenario's servers on real sockets, with the control interface; Ctrl-C ends it.
serve path="tests/clients/exchange.toml":
    cargo run --release -- serve {{path}} --events --control 127.0.0.1:8025

# Licences, banned crates, sources and known holes of all dependencies (cargo-deny; needs the network).
deny:
    cargo deny check

# Other people's clients against the served Exchange, POP3 and SMTP.
clients:
    tests/clients/run

# Look at changed snapshots one by one.
review:
    cargo insta review
