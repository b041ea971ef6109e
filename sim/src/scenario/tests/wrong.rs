//! Files that are wrong, with what is said about them.

use std::fs;
use std::path::Path;

use super::super::{Diagnostic, load, parse, render};

#[test]
fn whatever_is_wrong_is_said_with_its_place_and_what_was_expected() {
    insta::glob!("wrong/*.toml", |path| {
        let text = fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        let wrong = parse(&name, &text).expect_err("the file is right");
        // What is said lies beside what is wrong.
        insta::with_settings!({
            omit_expression => true,
            prepend_module_to_snapshot => false,
            snapshot_path => "wrong",
        }, {
            insta::assert_snapshot!("said", render(&wrong, false));
        });
    });
}

#[test]
fn on_a_terminal_it_has_colours() {
    let wrong = parse("a.toml", "schema = 1\nnonsense = 1").unwrap_err();
    assert!(render(&wrong, true).contains('\u{1b}'));
    assert!(!render(&wrong, false).contains('\u{1b}'));
}

#[test]
fn no_more_mistakes_are_told_than_anybody_would_read() {
    let lines: Vec<String> = (0..200).map(|n| format!("key_{n} = {n}")).collect();
    let wrong = parse("a.toml", &lines.join("\n")).unwrap_err();
    assert_eq!(wrong.len(), 51);
    assert!(wrong[50].message.contains("more mistakes"), "{}", wrong[50].message);
}

/// The only message about a path, and whether it has a place in a file.
fn only(path: &Path) -> (String, bool) {
    let wrong = load(path).unwrap_err();
    let [Diagnostic { message, place, expected, .. }] = wrong.as_slice() else {
        panic!("{wrong:?}");
    };
    assert!(expected.is_some(), "{wrong:?}");
    (message.clone(), place.is_some())
}

#[test]
fn paths_that_hold_no_scenario_are_mistakes_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert_eq!(only(folder.path()), ("no scenarios in this folder".to_owned(), false));
    assert!(only(&path("nowhere.toml")).0.starts_with("cannot be read"));

    fs::write(path("latin-1.toml"), b"schema = 1\ntitle = \"\xe9\"\n").unwrap();
    assert_eq!(only(&path("latin-1.toml")), ("not UTF-8 from here on".to_owned(), true));
    let place = load(&path("latin-1.toml")).unwrap_err().remove(0).place.unwrap();
    assert_eq!((place.line, place.column), (2, 10));

    fs::write(path("large.toml"), vec![b'#'; 5 << 20]).unwrap();
    assert!(only(&path("large.toml")).0.starts_with("is too large"));
}

#[test]
fn all_files_of_a_folder_are_read_and_all_their_mistakes_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("b/c")).unwrap();
    let good = include_str!("good.toml");
    for name in ["z.toml", "b/c/y.toml", "a.toml"] {
        fs::write(path(name), good).unwrap();
    }
    fs::write(path("notes.txt"), "no scenario").unwrap();
    let loaded = load(folder.path()).unwrap();
    let paths: Vec<_> = loaded.iter().map(|one| one.path.clone()).collect();
    assert_eq!(paths, [path("a.toml"), path("b/c/y.toml"), path("z.toml")]);
    assert!(loaded.iter().all(|one| one.source == loaded[0].source));

    fs::write(path("a.toml"), "schema = 1\n").unwrap();
    fs::write(path("z.toml"), "schema = \n").unwrap();
    let wrong = load(folder.path()).unwrap_err();
    for name in ["a.toml", "z.toml"] {
        let file = path(name).display().to_string();
        assert!(wrong.iter().any(|one| one.file == file), "{wrong:?}");
    }
}
