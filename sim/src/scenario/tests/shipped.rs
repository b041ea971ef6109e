//! What lies in the repository's folder of scenarios.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::{json_schema, load, render};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

#[test]
fn every_scenario_of_the_repository_is_valid() {
    let loaded = load(&folder()).unwrap_or_else(|wrong| panic!("{}", render(&wrong, false)));
    assert!(loaded.len() >= 20, "{}", loaded.len());
    assert!(loaded.is_sorted_by_key(|one| &one.path));
}

/// Editors read the file; after a change of the format it is written anew with
/// `syncsim schema > scenarios/scenario.schema.json`.
#[test]
fn the_schema_beside_the_scenarios_is_the_one_of_this_version() {
    let file = fs::read_to_string(folder().join("scenario.schema.json")).unwrap();
    let written: serde_json::Value = serde_json::from_str(&file).unwrap();
    assert!(written == json_schema(), "scenario.schema.json is of another version");
}
