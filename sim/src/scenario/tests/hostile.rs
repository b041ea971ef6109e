//! Files that nobody meant to write: no text may make the loader panic, and every mistake lies in
//! its file.

use proptest::prelude::*;

use super::super::{Diagnostic, parse, render};

const GOOD: &str = include_str!("good.toml");

fn check(text: &str) {
    let Err(wrong) = parse("a.toml", text) else { return };
    assert!(!wrong.is_empty(), "refused without a reason");
    let lines: Vec<&str> = text.split('\n').collect();
    for Diagnostic { place, message, .. } in &wrong {
        assert!(!message.is_empty());
        let Some(place) = place else { continue };
        let line = lines.get(place.line - 1).expect("a line of the file");
        assert_eq!(place.text, line.trim_end_matches('\r'));
        let columns = place.text.chars().count();
        assert!(place.column - 1 + place.length <= columns, "{place:?}");
    }
    let _ = render(&wrong, true);
}

/// Texts that stand where other texts were.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        Just("\"\"".to_owned()),
        Just("-1".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just("1e400".to_owned()),
        Just("nan".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("[[[]]]".to_owned()),
        Just("\"10000000000h\"".to_owned()),
        Just("\"*\"".to_owned()),
        Just("\"a-{1..4294967295}\"".to_owned()),
        Just("1979-05-27".to_owned()),
        Just("9999-12-31T23:59:59Z".to_owned()),
        Just("true".to_owned()),
        Just("\n".to_owned()),
        Just("\u{0}\u{feff}é".to_owned()),
    ]
}

/// The good file with the value of one line replaced.
fn with_value(line: usize, value: &str) -> String {
    let mut lines: Vec<String> = GOOD.lines().map(str::to_owned).collect();
    let line = line % lines.len();
    if let Some((key, _)) = lines[line].split_once('=') {
        lines[line] = format!("{key}= {value}");
    } else {
        lines[line] = value.to_owned();
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text(text in "\\PC{0,200}|[a-z\\[\\]{}=\", .\n\r\t0-9]{0,200}") {
        check(&text);
    }

    #[test]
    fn the_good_file_with_other_values(
        changes in prop::collection::vec((0_usize..1000, value()), 1..3),
    ) {
        for (line, value) in changes {
            check(&with_value(line, &value));
        }
    }

    #[test]
    fn the_good_file_cut_and_pasted(from in 0_usize..6000, to in 0_usize..6000, at in 0_usize..6000) {
        let chars: Vec<char> = GOOD.chars().collect();
        let (from, to) = (from.min(to) % chars.len(), (from.max(to) % chars.len()));
        let cut: String = chars.iter().enumerate()
            .filter(|(ix, _)| !(from..to).contains(ix))
            .map(|(_, c)| *c)
            .collect();
        check(&cut);
        let pasted: String = chars[from.min(to)..from.max(to)].iter().take(200).collect();
        let (before, after) = chars.split_at(at % chars.len());
        check(&before.iter().copied().chain(pasted.chars()).chain(after.iter().copied())
            .collect::<String>());
    }
}

#[test]
fn deep_and_long_files_end_too() {
    check(&"[".repeat(100_000));
    check(&format!("a = {}", "{ a = ".repeat(10_000)));
    check(&format!("title = \"{}\"", "x".repeat(1_000_000)));
    check(&format!("{} = 1", "k".repeat(1_000_000)));
    check(&"[[mailbox]]\n".repeat(20_000));
}
