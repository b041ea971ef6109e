//! From the paths on the command line to validated scenarios, each with a short name that no other
//! one has, or to everything that is wrong with any of them.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::scenario::{Diagnostic, Scenario, load};

/// A scenario file that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it is, as it is to be said to people: below the path that was given.
    pub(super) path: PathBuf,
    /// Its stem, with as many of its folders before it as it takes to be the only one.
    pub(super) name: String,
    /// xxh3-64 of its bytes.
    pub(super) source: u64,
}

/// Loads all scenarios, in the order of the paths; a file that is meant twice is loaded once.
///
/// # Errors
/// All mistakes in all files: nothing may run when any file is wrong, and nobody wants to hear of
/// one mistake at a time.
pub(super) fn load_all(paths: &[PathBuf]) -> Result<Vec<(Found, Arc<Scenario>)>, Vec<Diagnostic>> {
    let (mut files, mut loaded, mut mistakes) = (Vec::new(), Vec::new(), Vec::new());
    for path in paths {
        match load(path) {
            Ok(more) => {
                for one in more {
                    if !files.contains(&one.path) {
                        files.push(one.path);
                        loaded.push((one.source, Arc::new(one.scenario)));
                    }
                }
            }
            Err(wrong) => {
                for one in wrong {
                    if !mistakes.contains(&one) {
                        mistakes.push(one);
                    }
                }
            }
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let names = names(&files);
    let all = files.into_iter().zip(names).zip(loaded);
    let found = |((path, name), (source, scenario))| (Found { path, name, source }, scenario);
    Ok(all.map(found).collect())
}

/// The shortest ends of the paths that tell each from all others. Only what is a name below some
/// folder counts, so that a result's folder is always below the one of `--out`; paths that differ
/// in nothing else are numbered.
fn names(paths: &[PathBuf]) -> Vec<String> {
    let end = |path: &Path, parts: usize| {
        let stem = path.with_extension("");
        let all: Vec<_> = stem
            .components()
            .filter(|part| matches!(part, Component::Normal(_)))
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        all[all.len().saturating_sub(parts)..].join("/")
    };
    let deepest = paths.iter().map(|path| path.iter().count()).max().unwrap_or(0);
    let mut parts = vec![1; paths.len()];
    for depth in 2..=deepest {
        let now: Vec<_> = paths.iter().zip(&parts).map(|(path, n)| end(path, *n)).collect();
        for (name, parts) in now.iter().zip(&mut parts) {
            if now.iter().filter(|other| *other == name).count() > 1 {
                *parts = depth;
            }
        }
    }
    let mut names: Vec<String> = Vec::new();
    for (path, parts) in paths.iter().zip(parts) {
        let name = end(path, parts);
        let numbered = (2..).map(|n| format!("{name}~{n}"));
        let mut candidates = std::iter::once(name.clone()).chain(numbered);
        names.extend(candidates.find(|candidate| !names.contains(candidate)));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_stems_are_told_apart_by_their_folders() {
        let paths = ["fast/a.toml", "slow/a.toml", "slow/b.toml", "x/slow/a.toml"];
        let names = names(&paths.map(PathBuf::from));
        assert_eq!(names, ["fast/a", "slow/a", "b", "x/slow/a"]);
    }

    #[test]
    fn no_name_leads_out_of_a_folder() {
        let paths = ["/a.toml", "a.toml", "../a.toml", "../../b.toml", "./x/b.toml"];
        let names = names(&paths.map(PathBuf::from));
        assert_eq!(names, ["a", "a~2", "a~3", "b", "x/b"]);
    }

    #[test]
    fn mistakes_in_all_paths_are_told_and_none_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("bad.toml"), "schema = 1\nnonsense = 3\n").unwrap();
        let of_one = load_all(&[path("bad.toml")]).unwrap_err();
        let of_both = load_all(&[path("bad.toml"), path("nowhere"), path("bad.toml")]).unwrap_err();
        assert_eq!(of_both.len(), of_one.len() + 1, "{of_both:?}");
    }
}
