//! Names: expanding the patterns that make mailboxes, matching the ones that choose among them,
//! and the windows that faults and loads lend their names to.

use std::collections::BTreeMap;

use fake_servers::MailboxIx;

use super::super::diagnostic::{Problem, Problems};
use super::super::model::{Group, Mailbox, Period, Window, WindowIx};
use super::super::nearest::{list, nearest};
use super::super::place::At;
use super::super::written::Names;

/// A name with at most one range of numbers in it: `pop-{0001..1000}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern<'p> {
    pub before: &'p str,
    range: Option<Numbers>,
    after: &'p str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbers {
    first: u32,
    last: u32,
    /// Numbers are filled up with zeros to this width.
    width: usize,
}

impl<'p> Pattern<'p> {
    /// Reads a pattern of letters, digits and these marks.
    pub(super) fn parse(text: &'p str, marks: &str) -> Result<Self, String> {
        let Some((before, rest)) = text.split_once('{') else {
            return Self { before: text, range: None, after: "" }.with_sound_characters(marks);
        };
        let Some((range, after)) = rest.split_once('}') else {
            return Err("the brace is not closed".into());
        };
        let Some((first, last)) = range.split_once("..") else {
            return Err("two dots separate the first number from the last".into());
        };
        let number = |digits: &str| {
            let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            let number = is_number.then(|| digits.parse::<u32>().ok()).flatten();
            number.ok_or_else(|| format!("`{digits}` is no number"))
        };
        let width = if first.len() > 1 && first.starts_with('0') { first.len() } else { 0 };
        let range = Numbers { first: number(first)?, last: number(last)?, width };
        if range.last < range.first {
            return Err("the last number comes before the first".into());
        }
        Self { before, range: Some(range), after }.with_sound_characters(marks)
    }

    fn with_sound_characters(self, marks: &str) -> Result<Self, String> {
        let is_sound = |c: char| c.is_ascii_alphanumeric() || marks.contains(c);
        match self.before.chars().chain(self.after.chars()).find(|c| !is_sound(*c)) {
            Some(c) => Err(format!("`{c}` cannot be part of it")),
            None => Ok(self),
        }
    }

    /// How many names it makes.
    pub(super) fn count(&self) -> u64 {
        self.range.map_or(1, |range| u64::from(range.last - range.first) + 1)
    }

    /// The names, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = String> + '_ {
        let range = self.range.map(|range| (range.first..=range.last, range.width));
        let single = range.is_none().then(|| self.before.to_owned());
        let numbered = range.into_iter().flat_map(move |(numbers, width)| {
            numbers.map(move |n| format!("{}{n:0width$}{}", self.before, self.after))
        });
        single.into_iter().chain(numbered)
    }
}

/// Whether a name matches a pattern in which `*` stands for any characters and `?` for any one.
pub(super) fn matches(glob: &str, name: &str) -> bool {
    let (glob, name) = (glob.as_bytes(), name.as_bytes());
    let (mut g, mut n) = (0, 0);
    // Where to go on after the last `*` when what follows it does not match.
    let mut retry = None;
    while n < name.len() {
        match glob.get(g) {
            Some(b'*') => {
                retry = Some((g + 1, n));
                g += 1;
            }
            Some(&c) if c == b'?' || c == name[n] => (g, n) = (g + 1, n + 1),
            _ => match retry {
                Some((after_star, from)) => {
                    retry = Some((after_star, from + 1));
                    (g, n) = (after_star, from + 1);
                }
                None => return false,
            },
        }
    }
    glob[g..].iter().all(|c| *c == b'*')
}

/// Whether a pattern can match more than one name.
fn is_glob(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// The population by name.
pub(super) struct Mailboxes<'m> {
    pub list: &'m [Mailbox],
    pub groups: &'m [Group],
    by_name: BTreeMap<&'m str, u32>,
    is_complete: bool,
}

impl<'m> Mailboxes<'m> {
    /// A population, and whether all of it could be made. If not, it is no mistake to name a
    /// mailbox or a group that is not there.
    pub(super) fn new(list: &'m [Mailbox], groups: &'m [Group], is_complete: bool) -> Self {
        let by_name = (0..).zip(list).map(|(ix, mailbox)| (mailbox.name.as_str(), ix)).collect();
        Self { list, groups, by_name, is_complete }
    }

    /// The mailboxes of these names of which something holds, ascending. `lacking` says what
    /// those that match lack when it holds of none.
    pub(super) fn choose(
        &self,
        names: &Names,
        holds: impl Fn(&Mailbox) -> bool,
        lacking: &str,
        at: &At<'_>,
        problems: &mut Problems<'_>,
    ) -> Vec<MailboxIx> {
        let patterns = match names {
            Names::One(one) => std::slice::from_ref(one),
            Names::Several(several) => several,
        };
        let mut chosen = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            let matching = self.matching(pattern);
            let fitting = matching.iter().copied().filter(|ix| holds(&self.list[*ix as usize]));
            let before = chosen.len();
            chosen.extend(fitting.map(MailboxIx));
            let problem = if matching.is_empty() && self.is_complete {
                self.no_match(pattern)
            } else if chosen.len() == before && self.is_complete {
                Problem::new(format!("no mailbox that matches `{pattern}` has {lacking}"))
                    .expecting(format!("mailboxes with {lacking}"))
            } else {
                continue;
            };
            problems.add(at.index(index).span(), problem);
        }
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }

    fn matching(&self, pattern: &str) -> Vec<u32> {
        if !is_glob(pattern) {
            return self.by_name.get(pattern).copied().into_iter().collect();
        }
        let names = (0..).zip(self.list);
        names.filter(|(_, m)| matches(pattern, &m.name)).map(|(ix, _)| ix).collect()
    }

    fn no_match(&self, pattern: &str) -> Problem {
        let problem = Problem::new(format!("`{pattern}` matches no mailbox"));
        let problem = match self.list.first() {
            Some(first) => problem.expecting(format!(
                "the name of a [[mailbox]], such as `{}`, or a pattern with `*`",
                first.name
            )),
            None => problem.expecting("a [[mailbox]] to be there"),
        };
        // Beyond a few thousand names, looking for the nearest would take its time.
        let known = self.list.iter().take(5_000).map(|m| m.name.as_str());
        let groups = self.groups.iter().map(|group| group.name.as_str());
        match pattern.strip_suffix('*') {
            Some(start) => {
                let near = nearest(start, groups).map(|group| format!("{group}*"));
                problem.did_you_mean(near.as_deref())
            }
            None => problem.did_you_mean(nearest(pattern, known)),
        }
    }

    /// The group of this name.
    pub(super) fn group(
        &self,
        name: &str,
        at: &At<'_>,
        problems: &mut Problems<'_>,
    ) -> Option<u16> {
        let place = self.groups.iter().position(|group| group.name == name);
        if place.is_none() && self.is_complete {
            let names = || self.groups.iter().map(|group| group.name.as_str());
            let problem = Problem::new(format!("no group of mailboxes is named `{name}`"))
                .expecting(format!("one of {}", list(names())))
                .did_you_mean(nearest(name, names()));
            problems.add(at.span(), problem);
        }
        place.and_then(|place| u16::try_from(place).ok())
    }
}

/// The named windows of faults and loads.
#[derive(Debug, Default)]
pub(super) struct Windows {
    list: Vec<Window>,
    spans: Vec<std::ops::Range<usize>>,
}

impl Windows {
    /// Adds one; faults and loads share their names.
    pub(super) fn add(
        &mut self,
        name: &str,
        period: Period,
        at: &At<'_>,
        problems: &mut Problems<'_>,
    ) -> WindowIx {
        let span = at.key("name").span();
        if self.find(name).is_some() {
            problems.add(
                span.clone(),
                Problem::new(format!("the name `{name}` is taken"))
                    .expecting("a name that no other fault, load, [[user]] or [[watcher]] has"),
            );
        } else if name.chars().any(char::is_control) {
            let problem = Problem::new("the name has control characters in it");
            problems.add(span.clone(), problem.expecting("a name that fits on a line"));
        }
        let ix = u16::try_from(self.list.len()).unwrap_or_else(|_| {
            let problem = Problem::new("too many faults and loads");
            problems.add(span.clone(), problem.expecting("at most 65,536 in one scenario"));
            u16::MAX
        });
        self.list.push(Window { name: name.to_owned(), period });
        self.spans.push(span);
        WindowIx(ix)
    }

    pub(super) fn get(&self, ix: WindowIx) -> &Window {
        &self.list[usize::from(ix.0)]
    }

    pub(super) fn find(&self, name: &str) -> Option<&Window> {
        self.list.iter().find(|window| window.name == name)
    }

    /// The window of this name, or the reason why there is none.
    pub(super) fn named(&self, name: &str) -> Result<&Window, Problem> {
        self.find(name).ok_or_else(|| {
            let names = || self.list.iter().map(|window| window.name.as_str());
            let near = nearest(name, names());
            Problem::new(format!("no fault and no load is named `{name}`"))
                .expecting(match names().next() {
                    Some(_) => format!("one of {}", list(names())),
                    None => "a fault, [[arrivals]] or [[send]] to be there".to_owned(),
                })
                .did_you_mean(near)
        })
    }

    /// Each with the place of its name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Window, &std::ops::Range<usize>)> {
        self.list.iter().zip(&self.spans)
    }

    pub(super) fn into_list(self) -> Vec<Window> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pattern_makes_its_names_with_its_zeros() {
        let names = |text| Pattern::parse(text, "._-").map(|p| p.names().collect::<Vec<_>>());
        assert_eq!(names("one"), Ok(vec!["one".to_owned()]));
        assert_eq!(names("p-{08..10}"), Ok(vec!["p-08".into(), "p-09".into(), "p-10".into()]));
        assert_eq!(names("{1..2}.x"), Ok(vec!["1.x".into(), "2.x".into()]));
        assert_eq!(Pattern::parse("p{0..4294967295}", "").map(|p| p.count()), Ok(1 << 32));
        for wrong in ["p{1..", "p{1-3}", "p{3..1}", "p{a..b}", "p q", "p{1..2}{1..2}", "p{..}"] {
            assert!(Pattern::parse(wrong, "._-").is_err(), "{wrong}");
        }
    }

    #[test]
    fn globs_match_as_in_a_shell() {
        for (glob, name, expected) in [
            ("*", "anything", true),
            ("pop-*", "pop-1", true),
            ("pop-*", "smtp-1", false),
            ("*-1", "pop-11", false),
            ("*1*2", "a1b2c2", true),
            ("p?p", "pop", true),
            ("p?p", "pp", false),
            ("pop", "pop", true),
            ("", "", true),
        ] {
            assert_eq!(matches(glob, name), expected, "{glob} {name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_matches_itself_and_its_beginning(name in "[a-z]{0,12}", cut in 0_usize..12) {
            prop_assert!(matches(&name, &name));
            let cut = cut.min(name.len());
            let glob = format!("{}*", &name[..cut]);
            prop_assert!(matches(&glob, &name));
        }

        #[test]
        fn no_pattern_makes_the_parser_panic(text in "\\PC{0,20}|[a-z{}.0-9]{0,20}") {
            if let Ok(pattern) = Pattern::parse(&text, "._-") {
                prop_assert!(pattern.count() >= 1);
            }
        }
    }
}
