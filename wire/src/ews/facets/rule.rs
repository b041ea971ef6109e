//! What the schema says of a value: facets of its simple types.

/// What a value has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// One of these words, which blanks part.
    Word(&'static str),
    /// A list of such words.
    Words(&'static str),
    /// A whole number of this range.
    Int(i64, i64),
    /// `true`, `false`, `1` or `0`.
    Bool,
    /// A language's tag, as `en-US`.
    Language,
    /// A number of minutes, or the number that means none (`ReminderMinutesBeforeStartType`).
    Reminder,
    /// A GUID without braces.
    Guid,
    /// Anything but nothing.
    Filled,
}

/// As many minutes as a reminder may have; and the marker of `ReminderMinutesBeforeStartType`.
const REMINDER: (i64, i64) = (2_629_800, 1_525_252_321);

impl Rule {
    /// Whether the value is so. Words are strings to the schema, so blanks around one count.
    pub(super) fn allows(self, value: &str) -> bool {
        let number = || value.trim().parse::<i64>().ok();
        match self {
            Self::Word(words) => is_one(words, value),
            Self::Words(words) => value.split_whitespace().all(|word| is_one(words, word)),
            Self::Int(least, most) => number().is_some_and(|it| (least..=most).contains(&it)),
            Self::Bool => is_one("true false 1 0", value.trim()),
            Self::Language => is_language(value.trim()),
            Self::Reminder => {
                number().is_some_and(|it| (0..=REMINDER.0).contains(&it) || it == REMINDER.1)
            }
            Self::Guid => is_guid(value),
            Self::Filled => !value.is_empty(),
        }
    }

    /// The facet in .NET's words.
    pub(super) const fn constraint(self) -> &'static str {
        match self {
            Self::Word(_) | Self::Words(_) => "The Enumeration constraint failed.",
            Self::Int(..) | Self::Reminder => "The MinInclusive or MaxInclusive constraint failed.",
            Self::Bool => "The string is not a valid Boolean value.",
            Self::Language | Self::Guid => "The Pattern constraint failed.",
            Self::Filled => "The MinLength constraint failed.",
        }
    }
}

fn is_one(words: &str, value: &str) -> bool {
    words.split_ascii_whitespace().any(|word| word == value)
}

/// `[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*` (XML Schema, 3.3.3).
fn is_language(value: &str) -> bool {
    value.split('-').enumerate().all(|(at, part)| {
        let is_fine = |b: u8| b.is_ascii_alphabetic() || at > 0 && b.is_ascii_digit();
        (1..=8).contains(&part.len()) && part.bytes().all(is_fine)
    })
}

fn is_guid(value: &str) -> bool {
    let lengths = value.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && value.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_its_edges() {
        for (rule, value, is_fine) in [
            (Rule::Word("Low Normal"), "Low", true),
            (Rule::Word("Low Normal"), "low", false),
            (Rule::Word("Low Normal"), "Low Normal", false),
            (Rule::Word("Low Normal"), " Low", false),
            (Rule::Word("Low Normal"), "", false),
            (Rule::Words("Low Normal"), "Low  Normal", true),
            (Rule::Words("Low Normal"), "Low High", false),
            (Rule::Int(1, 512), " 512 ", true),
            (Rule::Int(1, 512), "513", false),
            (Rule::Int(1, 512), "0", false),
            (Rule::Int(1, 512), "99999999999999999999", false),
            (Rule::Bool, "1", true),
            (Rule::Bool, "tRue", false),
            (Rule::Language, "zh-Hans-CN", true),
            (Rule::Language, "zz zz!", false),
            (Rule::Language, "e1", false),
            (Rule::Reminder, "1525252321", true),
            (Rule::Reminder, "2629801", false),
            (Rule::Guid, "00020329-0000-0000-c000-000000000046", true),
            (Rule::Guid, "{00020329-0000-0000-c000-000000000046}", false),
            (Rule::Filled, " ", true),
            (Rule::Filled, "", false),
        ] {
            assert_eq!(rule.allows(value), is_fine, "{rule:?} {value:?}");
        }
    }
}
