//! Known names in messages: all of them, and the one that is nearest to a wrong one.

/// How much room a message has for a list of names, in octets, before it becomes unreadable.
const ROOM: usize = 120;

/// Names in backticks with commas; what does not fit is counted.
pub(super) fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        let more = names.len() - index;
        if more > 1 && text.len() + name.len() > ROOM {
            text.extend([" and ", &more.to_string(), " more"]);
            break;
        }
        let comma = if text.is_empty() { "" } else { ", " };
        text.extend([comma, "`", name, "`"]);
    }
    text
}

/// The known name nearest to a wrong one, if any is near enough to have been meant.
pub(super) fn nearest<'k>(
    wrong: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
    // Names are short; a long text is no misspelt name, and comparing it would take its time.
    if wrong.chars().count() > 64 {
        return None;
    }
    let folded = wrong.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .map(|name| {
            let other = name.to_lowercase().replace('-', "_");
            (strsim::damerau_levenshtein(&folded, &other), name)
        })
        .filter(|(distance, name)| {
            *distance <= 1.max(name.chars().count().min(wrong.chars().count()) / 3)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut_short() {
        assert_eq!(list(["a", "b"]), "`a`, `b`");
        let long = "x".repeat(60);
        assert_eq!(list([&*long, "b", &*long, "d"]), format!("`{long}`, `b` and 2 more"));
    }

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = ["latency", "jitter", "bandwidth", "loss"];
        assert_eq!(nearest("latensy", known), Some("latency"));
        assert_eq!(nearest("Bandwidht", known), Some("bandwidth"));
        assert_eq!(nearest("los", known), Some("loss"));
        assert_eq!(nearest("throughput", known), None);
        assert_eq!(nearest("in-use", ["in_use"]), Some("in_use"));
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }
}
