//! From the paths on the command line to the scenario files they stand for, each with a short
//! name that no other one has.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A scenario file that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is, as it is to be said to people: below the path that was given.
    pub path: PathBuf,
    /// Its stem, with as many of its folders before it as it takes to be the only one.
    pub name: String,
}

/// Why a path stands for no scenario.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// Nothing is there.
    #[error("{}: no such file or folder", .0.display())]
    Missing(PathBuf),
    /// A folder, but without any scenario below it.
    #[error("{}: no scenario (*.toml) in this folder or below it", .0.display())]
    Empty(PathBuf),
    /// Something is there, but the system does not let us see what.
    #[error("{}: {error}", .path.display())]
    Unreadable {
        /// What could not be read.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
}

/// Finds the files, in the order of the paths and, within a folder, of their names. A file that is
/// meant twice is found once. Symbolic links to folders are not followed, so that none leads in a
/// circle.
///
/// # Errors
/// All paths that stand for nothing, together.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Found>, Vec<FilesError>> {
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match below(path) {
            Ok(found) => files.extend(found),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut once: Vec<PathBuf> = Vec::new();
    for file in files {
        if !once.contains(&file) {
            once.push(file);
        }
    }
    let names = names(&once);
    Ok(once.into_iter().zip(names).map(|(path, name)| Found { path, name }).collect())
}

fn below(path: &Path) -> Result<Vec<PathBuf>, FilesError> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => FilesError::Missing(path.to_owned()),
        _ => FilesError::Unreadable { path: path.to_owned(), error },
    };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    search(path, &mut found)?;
    if found.is_empty() {
        return Err(FilesError::Empty(path.to_owned()));
    }
    Ok(found)
}

/// Adds the scenarios below a folder, in order of name.
fn search(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), FilesError> {
    let unreadable = |error| FilesError::Unreadable { path: folder.to_owned(), error };
    let mut entries: Vec<_> =
        fs::read_dir(folder).and_then(Iterator::collect).map_err(unreadable)?;
    entries.sort_unstable_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().map_err(unreadable)?.is_dir() {
            search(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    Ok(())
}

/// The shortest ends of the paths that tell each from all others.
fn names(paths: &[PathBuf]) -> Vec<String> {
    let ends = |path: &Path, parts: usize| {
        let stem = path.with_extension("");
        let all: Vec<_> = stem.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        all[all.len().saturating_sub(parts)..].join("/")
    };
    let deepest = paths.iter().map(|path| path.iter().count()).max().unwrap_or(0);
    let mut parts = vec![1; paths.len()];
    for depth in 2..=deepest {
        let now: Vec<_> = paths.iter().zip(&parts).map(|(path, n)| ends(path, *n)).collect();
        for (i, name) in now.iter().enumerate() {
            if now.iter().filter(|other| *other == name).count() > 1 {
                parts[i] = depth;
            }
        }
    }
    paths.iter().zip(&parts).map(|(path, n)| ends(path, *n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these (empty) files in it.
    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    fn found(paths: &[PathBuf]) -> Vec<String> {
        find(paths).unwrap().into_iter().map(|found| found.name).collect()
    }

    #[test]
    fn folders_are_searched_in_order_of_name_and_each_file_is_found_once() {
        let dir = folder(&["b.toml", "a/z.toml", "a/y.snap", "c.toml", "a/deep/x.toml"]);
        let path = |name: &str| dir.path().join(name);
        assert_eq!(found(&[dir.path().to_owned()]), ["x", "z", "b", "c"]);
        assert_eq!(found(&[path("c.toml"), path("b.toml"), path("c.toml")]), ["c", "b"]);
    }

    #[test]
    fn equal_stems_are_told_apart_by_their_folders() {
        let dir = folder(&["fast/a.toml", "slow/a.toml", "slow/b.toml", "x/slow/a.toml"]);
        let names = found(&[dir.path().to_owned()]);
        assert_eq!(names[0], "fast/a");
        assert_eq!(names[2], "b");
        assert_eq!(names[3], "x/slow/a");
        assert!(names[1].ends_with("/slow/a") && names[1] != names[3], "{names:?}");
    }

    #[test]
    fn paths_that_stand_for_nothing_are_all_told() {
        let dir = folder(&["empty/readme.md"]);
        let errors = find(&[dir.path().join("nowhere"), dir.path().join("empty")]).unwrap_err();
        assert!(
            matches!(errors.as_slice(), [FilesError::Missing(_), FilesError::Empty(_)]),
            "{errors:?}"
        );
    }
}
