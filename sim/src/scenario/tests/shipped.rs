//! The scenarios of the repository.

use std::path::Path;

use super::super::{load, render};

#[test]
fn every_scenario_of_the_repository_is_valid() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios"));
    let loaded = load(folder).unwrap_or_else(|wrong| panic!("{}", render(&wrong, false)));
    assert!(loaded.len() >= 20, "{}", loaded.len());
    assert!(loaded.is_sorted_by_key(|one| &one.path));
}
