//! The command as others use it: exit codes, what goes to which stream, and the shape of results.

#![allow(clippy::expect_used)] // A test that cannot go on has failed.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What a command did.
#[derive(Debug)]
struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

fn syncsim<S: AsRef<std::ffi::OsStr>>(words: impl IntoIterator<Item = S>) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_syncsim"))
        .args(words)
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("the command was built for this test");
    Done {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("results are UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

fn scenarios(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(folder)
}

/// A scenario file with this text, in a folder that lives as long as the first value.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("it.toml");
    std::fs::write(&path, text).expect("a file in it");
    let path = path.to_str().expect("a plain path").to_owned();
    (folder, path)
}

/// One mailbox, polled for twenty simulated minutes.
const QUIET: &str = r#"
schema = 1
title = "A quiet mailbox"
why = "It is the least that can be run"

[run]
start = 2026-03-02T00:00:00Z
stop = { after = "20m" }

[server.pop]
speaks = "pop3"

[[mailbox]]
name = "pop-1"
incoming = "pop"

[[arrivals]]
name = "mail"
to = "pop-1"
every = "4m"
size = "2KiB"

[[link]]
latency = "20ms"
"#;

/// The same with an expectation.
fn quiet_with(bound: &str) -> String {
    format!("{QUIET}\n[[expect]]\nname = \"mail\"\nmetric = \"mail.received\"\ncount = {bound}\n")
}

#[test]
fn wrong_usage_is_5_and_help_is_0() {
    for words in
        [&["run"][..], &["fly"], &[], &["run", "x", "--seeds", "3..1"], &["run", "x", "-q"]]
    {
        let done = syncsim(words);
        assert_eq!(done.code, Some(5), "{words:?} {done:?}");
        assert!(done.out.is_empty() && done.err.contains("--help"), "{words:?} {done:?}");
    }
    for words in [&["--help"][..], &["run", "--help"], &["--version"], &["help", "check"]] {
        let done = syncsim(words);
        assert_eq!(done.code, Some(0), "{words:?} {done:?}");
        assert!(!done.out.is_empty() && done.err.is_empty(), "{words:?} {done:?}");
    }
}

#[test]
fn what_is_not_there_is_5_for_run_and_check() {
    let empty = tempfile::tempdir().expect("a temporary folder");
    let nowhere = empty.path().join("nowhere.toml");
    for verb in ["run", "check"] {
        for path in [empty.path(), &nowhere] {
            let done = syncsim([verb.as_ref(), path.as_os_str()]);
            assert_eq!(done.code, Some(5), "{done:?}");
            assert!(done.out.is_empty(), "{done:?}");
            assert!(done.err.contains(path.to_str().expect("a plain path")), "{done:?}");
        }
    }
}

#[test]
fn a_wrong_file_is_5_with_the_line_the_column_and_the_nearest_name() {
    let text = QUIET.replace("latency = ", "latencey = ").replace("\"2KiB\"", "\"2\"");
    let (_folder, path) = file(&text);
    for verb in ["run", "check"] {
        let done = syncsim([verb, &path]);
        assert_eq!(done.code, Some(5), "{done:?}");
        let line =
            1 + text.lines().position(|line| line.contains("latencey")).expect("it is there");
        assert!(done.err.contains(&format!("{path}:{line}:1")), "{done:?}");
        assert!(done.err.contains("latencey = \"20ms\""), "{done:?}");
        assert!(done.err.contains("`latency`"), "{done:?}");
        assert!(done.err.contains("size = \"2\""), "both mistakes are told: {done:?}");
        assert!(done.out.is_empty(), "{done:?}");
    }
}

#[test]
fn nothing_runs_when_any_file_is_wrong() {
    let (_folder, good) = file(QUIET);
    let (_other, bad) = file("schema = 1\n");
    let done = syncsim(["run", &good, &bad]);
    assert_eq!(done.code, Some(5), "{done:?}");
    assert!(done.out.is_empty(), "{done:?}");
}

#[test]
fn a_folder_that_cannot_be_made_is_5() {
    let (_folder, path) = file(QUIET);
    let done = syncsim(["run", &path, "--out", &format!("{path}/results")]);
    assert_eq!(done.code, Some(5), "{done:?}");
    assert!(done.err.contains("it.toml/results: "), "{done:?}");
}

#[test]
fn check_validates_and_schema_is_a_json_schema() {
    let (_folder, path) = file(QUIET);
    let done = syncsim(["check", &path]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:?}");
    assert!(done.out.ends_with("1 scenario, no mistakes\n"), "{done:?}");

    let done = syncsim(["schema"]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:?}");
    let schema: Value = serde_json::from_str(&done.out).expect("JSON");
    assert!(schema["$schema"].as_str().is_some_and(|uri| uri.contains("json-schema.org")));
    assert!(schema["properties"]["mailbox"].is_object(), "{schema:#}");
}

#[test]
fn a_run_says_what_it_has_to_say_in_json() {
    let (_folder, path) = file(&quiet_with("{ min = 3, max = 6 }"));
    let done = syncsim(["run", &path, "--format", "json", "--seeds", "4..5"]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:?}");
    let runs: Vec<Value> =
        done.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(runs.len(), 2);
    for (run, seed) in runs.iter().zip(4..) {
        assert_eq!(run["scenario"], "it");
        assert_eq!(run["seed"], seed);
        assert_eq!(run["world"], "virtual");
        assert_eq!(run["verdict"], "pass");
        assert_eq!(run["digest"].as_str().map(str::len), Some(16));
        assert!(run["simulated_seconds"].as_f64() >= Some(1200.0), "{run:#}");
        assert!(run["wall_seconds"].as_f64() > Some(0.0) && run["cpu_seconds"].is_f64(), "{run:#}");
        assert!(run["events"].as_u64() > Some(10), "{run:#}");
        assert!(run["cycles"]["incoming"].as_u64() >= Some(3), "{run:#}");
        assert_eq!(run["expectations"][0]["name"], "mail");
        assert_eq!(run["expectations"][0]["verdict"], "pass");
        assert!(run["expectations"][0]["observed"].is_string());
        assert_eq!(run["expectations"][0]["bound"], "3 <= count <= 6");
        let ledger = |what: &str| run["ledger"][what].as_u64();
        assert!(ledger("items") >= Some(4) && ledger("settled") >= Some(3), "{run:#}");
        assert_eq!((ledger("lost"), ledger("duplicated")), (Some(0), Some(0)), "{run:#}");
        assert!(ledger("unknown").is_some() && ledger("pending").is_some(), "{run:#}");
    }
}

#[test]
fn each_verdict_has_its_exit_code_and_a_declared_one_is_0() {
    let stuck = QUIET
        .replace("{ after = \"20m\" }", "{ drained = \"mail\" }\ndeadline = \"10m\"")
        .replace("every = \"4m\"", "every = \"4m\"\nfor = \"30m\"");
    let unseen = format!("{QUIET}\n[sometimes]\nseen = [\"pop.in_use\"]\n");
    let cases = [
        (quiet_with("{ min = 3 }"), "pass", 0),
        (quiet_with("{ min = 300 }"), "fail", 1),
        (unseen, "vacuous", 2),
        (stuck, "stuck", 3),
    ];
    for (text, verdict, code) in cases {
        let (_folder, path) = file(&text);
        let done = syncsim(["run", &path]);
        assert_eq!(done.code, Some(code), "{verdict}: {done:?}");
        let repro = format!("syncsim run {path} --seed 1 --world virtual\n");
        assert_eq!(done.out.contains(&repro), code != 0, "{verdict}: {done:?}");
        assert!(!done.out.contains('\u{1b}'), "no colours in a pipe: {done:?}");
        assert!(done.err.is_empty(), "no progress in a pipe: {done:?}");

        let declared = text.replace("[run]", &format!("[run]\nverdict = \"{verdict}\""));
        let (_folder, path) = file(&declared);
        let done = syncsim(["run", &path]);
        assert_eq!(done.code, Some(0), "declared {verdict}: {done:?}");

        let other = if verdict == "fail" { "stuck" } else { "fail" };
        let wrong = text.replace("[run]", &format!("[run]\nverdict = \"{other}\""));
        let (_folder, path) = file(&wrong);
        let done = syncsim(["run", &path]);
        assert_eq!(done.code, Some(1), "declared {other}, is {verdict}: {done:?}");
    }
}

#[test]
fn one_seed_has_one_outcome() {
    let (_folder, path) = file(QUIET);
    let done = syncsim(["run", &path, "--verify-determinism", "--seeds", "1..3"]);
    assert_eq!(done.code, Some(0), "{done:?}");
}

#[test]
fn output_does_not_depend_on_the_number_of_jobs() {
    let (_folder, path) = file(QUIET);
    let runs = |jobs: &str| {
        let done = syncsim(["run", &path, "--format", "json", "--seeds", "1..12", "--jobs", jobs]);
        assert_eq!(done.code, Some(0), "{done:?}");
        let run = |line: &str| {
            let run: Value = serde_json::from_str(line).expect("JSON");
            (run["seed"].as_u64(), run["digest"].to_string())
        };
        done.out.lines().map(run).collect::<Vec<_>>()
    };
    assert_eq!(runs("1"), runs("4"));
}

#[test]
fn every_negative_scenario_ends_as_it_declares() {
    let done = syncsim(["run".as_ref(), scenarios("negative").as_os_str()]);
    assert_eq!(done.code, Some(0), "{}", done.out);
    assert!(done.out.contains("fails as declared"), "{}", done.out);
}
