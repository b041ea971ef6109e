//! Whether something is what a search is for, and in which order what was found comes. It asks for
//! properties by name, so that items and folders are searched the same way.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use wire::ews::search::{
    Comparison, ContainmentComparison, ContainmentMode, FieldOrder, Operand, Restriction,
    SortDirection,
};
use wire::ews::{Property, Value};

use super::ranks::{has_ranks, rank};

/// Gives the value of a property, if there is one.
pub(super) type Look<'a> = &'a dyn Fn(&Property) -> Option<Value>;

/// Whether a restriction holds.
pub(super) fn holds(restriction: &Restriction, look: Look<'_>) -> bool {
    match restriction {
        Restriction::And(all) => all.iter().all(|it| holds(it, look)),
        Restriction::Or(any) => any.iter().any(|it| holds(it, look)),
        Restriction::Not(it) => !holds(it, look),
        Restriction::Exists(property) => look(property).is_some(),
        Restriction::Excludes(property, bits) => match look(property) {
            Some(Value::Int(value)) => value & i64::from(*bits) == 0,
            _ => true,
        },
        Restriction::Compare(comparison, property, operand) => {
            let value = look(property);
            let order = match operand {
                Operand::Constant(text) => {
                    value.and_then(|value| with_text(property, &value, text))
                }
                Operand::Property(other) => {
                    value.zip(look(other)).and_then(|(one, other)| between(property, &one, &other))
                }
            };
            // What has no value is only unequal to one.
            order.map_or(*comparison == Comparison::IsNotEqualTo, |order| fits(*comparison, order))
        }
        Restriction::Contains { mode, comparison, property, text } => {
            look(property).is_some_and(|value| {
                texts(&value).iter().any(|found| contains(*mode, *comparison, found, text))
            })
        }
    }
}

fn fits(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::IsEqualTo => order.is_eq(),
        Comparison::IsNotEqualTo => order.is_ne(),
        Comparison::IsGreaterThan => order.is_gt(),
        Comparison::IsGreaterThanOrEqualTo => order.is_ge(),
        Comparison::IsLessThan => order.is_lt(),
        Comparison::IsLessThanOrEqualTo => order.is_le(),
    }
}

/// How a value compares to a constant, which comes as text; `None` if it does not.
fn with_text(property: &Property, value: &Value, text: &str) -> Option<Ordering> {
    let trimmed = text.trim();
    match value {
        Value::Text(own) if has_ranks(property) => {
            Some(rank(property, own)?.cmp(&rank(property, text)?))
        }
        Value::Bool(value) => match trimmed {
            "true" | "1" | "True" => Some(value.cmp(&true)),
            "false" | "0" | "False" => Some(value.cmp(&false)),
            _ => None,
        },
        Value::Int(value) => trimmed.parse::<i64>().ok().map(|other| value.cmp(&other)),
        Value::Double(value) => trimmed.parse().ok().and_then(|other| value.partial_cmp(&other)),
        Value::DateTime(value) => moment(trimmed).map(|other| value.cmp(&other)),
        Value::Strings(list) => {
            // One of several is enough to be equal.
            let wanted = text.to_lowercase();
            let equal = list.iter().any(|it| it.to_lowercase() == wanted);
            Some(if equal { Ordering::Equal } else { Ordering::Less })
        }
        other => {
            let own = texts(other).into_iter().next()?;
            Some(own.to_lowercase().cmp(&text.to_lowercase()))
        }
    }
}

/// A moment; a time that says no zone is one of UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let local = || {
        let local: DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(local).ok()
    };
    text.parse().ok().or_else(local)
}

fn between(property: &Property, one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) if has_ranks(property) => {
            Some(rank(property, one).cmp(&rank(property, other)))
        }
        (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
        (Value::Int(one), Value::Int(other)) => Some(one.cmp(other)),
        (Value::Double(one), Value::Double(other)) => one.partial_cmp(other),
        (Value::DateTime(one), Value::DateTime(other)) => Some(one.cmp(other)),
        _ => {
            let one = texts(one).into_iter().next()?.to_lowercase();
            let other = texts(other).into_iter().next()?.to_lowercase();
            Some(one.cmp(&other))
        }
    }
}

/// A value as the texts that can be searched.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.clone()],
        Value::Body(body) => vec![body.text.clone()],
        Value::Strings(list) => list.clone(),
        Value::Bytes(bytes) => vec![String::from_utf8_lossy(bytes).into_owned()],
        Value::Mailbox(mailbox) => {
            [&mailbox.name, &mailbox.address].into_iter().flatten().cloned().collect()
        }
        Value::Mailboxes(list) => {
            let both = list.iter().flat_map(|it| [&it.name, &it.address]);
            both.flatten().cloned().collect()
        }
        Value::ItemId(id) => vec![id.id.clone()],
        Value::FolderId(id) => vec![id.id.clone()],
        Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::DateTime(_) => {
            vec![value.with_text(str::to_owned)]
        }
        _ => Vec::new(),
    }
}

fn contains(
    mode: ContainmentMode,
    comparison: ContainmentComparison,
    found: &str,
    wanted: &str,
) -> bool {
    let exact = matches!(
        comparison,
        ContainmentComparison::Exact | ContainmentComparison::IgnoreNonSpacingCharacters
    );
    let (found, wanted) = if exact {
        (found.to_owned(), wanted.to_owned())
    } else {
        (found.to_lowercase(), wanted.to_lowercase())
    };
    match mode {
        ContainmentMode::FullString => found == wanted,
        ContainmentMode::Prefixed => found.starts_with(&wanted),
        ContainmentMode::Substring | ContainmentMode::ExactPhrase => found.contains(&wanted),
        ContainmentMode::PrefixOnWords => {
            found.split_whitespace().any(|word| word.starts_with(&wanted))
        }
    }
}

/// How two of what was found are ordered; what has no value comes first.
pub(super) fn ordered(orders: &[FieldOrder], one: Look<'_>, other: Look<'_>) -> Ordering {
    for order in orders {
        let by = match (one(&order.property), other(&order.property)) {
            (Some(one), Some(other)) => {
                between(&order.property, &one, &other).unwrap_or(Ordering::Equal)
            }
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        let by = match order.direction {
            SortDirection::Ascending => by,
            SortDirection::Descending => by.reverse(),
        };
        if by.is_ne() {
            return by;
        }
    }
    Ordering::Equal
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::select;
    use wire::ews::Field;

    use super::*;

    fn item(property: &Property) -> Option<Value> {
        match property {
            Property::Field(Field::ItemSubject) => Some("Invoice of May".into()),
            Property::Field(Field::ItemSize) => Some(Value::Int(100)),
            Property::Field(Field::MessageIsRead) => Some(Value::Bool(false)),
            Property::Field(Field::ItemCategories) => {
                Some(Value::Strings(vec!["Red".into(), "Blue".into()]))
            }
            Property::Field(Field::ItemImportance) => Some("Normal".into()),
            Property::Field(Field::ItemDateTimeReceived) => {
                Some(Value::DateTime("2026-03-02T08:00:00Z".parse().unwrap()))
            }
            _ => None,
        }
    }

    fn compare(comparison: Comparison, field: Field, text: &str) -> bool {
        let operand = Operand::Constant(text.into());
        holds(&Restriction::Compare(comparison, field.into(), operand), &item)
    }

    #[test]
    fn values_are_compared_as_what_they_are() {
        assert!(compare(Comparison::IsGreaterThan, Field::ItemSize, "20"), "not as text");
        assert!(compare(Comparison::IsEqualTo, Field::MessageIsRead, "false"));
        assert!(compare(Comparison::IsEqualTo, Field::ItemSubject, "invoice OF may"));
        assert!(compare(Comparison::IsEqualTo, Field::ItemCategories, "blue"));
        assert!(!compare(Comparison::IsEqualTo, Field::TaskStatus, "x"), "there is none");
        assert!(compare(Comparison::IsNotEqualTo, Field::TaskStatus, "x"));
        assert!(!holds(&Restriction::Exists(Field::TaskStatus.into()), &item));
        let not = Restriction::Not(Box::new(Restriction::Exists(Field::TaskStatus.into())));
        assert!(holds(&not, &item));
    }

    #[test]
    fn words_that_stand_for_numbers_are_compared_as_those() {
        for (comparison, word, is_so) in [
            (Comparison::IsLessThan, "High", true),
            (Comparison::IsGreaterThan, "Low", true),
            (Comparison::IsGreaterThanOrEqualTo, "Normal", true),
            (Comparison::IsEqualTo, "Highest", false),
        ] {
            let found = compare(comparison, Field::ItemImportance, word);
            assert_eq!(found, is_so, "{comparison:?} {word}");
        }
        let by = |direction| FieldOrder { direction, property: Field::ItemImportance.into() };
        let look = |word: &'static str| move |_: &Property| Some(Value::from(word));
        for (direction, order) in [
            (SortDirection::Ascending, Ordering::Greater),
            (SortDirection::Descending, Ordering::Less),
        ] {
            assert_eq!(ordered(&[by(direction)], &look("High"), &look("Low")), order);
        }
    }

    #[test]
    fn a_moment_without_a_zone_is_one_of_utc() {
        for text in ["2026-03-02T08:00:00", "2026-03-02T08:00:00Z", "2026-03-02T09:00:00+01:00"] {
            assert!(compare(Comparison::IsEqualTo, Field::ItemDateTimeReceived, text), "{text}");
        }
        let field = Field::ItemDateTimeReceived;
        assert!(compare(Comparison::IsGreaterThan, field, "2026-03-02"));
        assert!(!compare(Comparison::IsEqualTo, field, "yesterday"));
    }

    #[test]
    fn text_is_found_as_the_mode_says() {
        let contains = |mode, comparison, text: &str| {
            let property = Field::ItemSubject.into();
            holds(&Restriction::Contains { mode, comparison, property, text: text.into() }, &item)
        };
        let loosely = ContainmentComparison::IgnoreCase;
        assert!(contains(ContainmentMode::Substring, loosely, "OF"));
        assert!(!contains(ContainmentMode::Substring, ContainmentComparison::Exact, "OF"));
        assert!(!contains(ContainmentMode::Prefixed, loosely, "of"));
        assert!(contains(ContainmentMode::PrefixOnWords, loosely, "ma"));
        assert!(!contains(ContainmentMode::FullString, loosely, "invoice"));
    }

    /// A condition on an item of three properties, and the plainest way to say whether it holds.
    #[derive(Debug, Clone)]
    enum Asked {
        Size(Comparison, i64),
        Subject(ContainmentMode, bool, String),
        Read(bool),
        HasSize,
        Both(Box<[Self; 2]>),
        Either(Box<[Self; 2]>),
        Not(Box<Self>),
    }

    #[derive(Debug, Clone)]
    struct Mail {
        size: Option<i64>,
        subject: String,
        read: bool,
    }

    impl Asked {
        fn is_true_of(&self, mail: &Mail) -> bool {
            match self {
                Self::Size(comparison, wanted) => match (mail.size, comparison) {
                    (None, comparison) => *comparison == Comparison::IsNotEqualTo,
                    (Some(size), Comparison::IsEqualTo) => size == *wanted,
                    (Some(size), Comparison::IsNotEqualTo) => size != *wanted,
                    (Some(size), Comparison::IsGreaterThan) => size > *wanted,
                    (Some(size), Comparison::IsGreaterThanOrEqualTo) => size >= *wanted,
                    (Some(size), Comparison::IsLessThan) => size < *wanted,
                    (Some(size), Comparison::IsLessThanOrEqualTo) => size <= *wanted,
                },
                Self::Subject(mode, exact, wanted) => {
                    let small = |text: &str| {
                        if *exact { text.to_owned() } else { text.to_ascii_lowercase() }
                    };
                    let (subject, wanted) = (small(&mail.subject), small(wanted));
                    let starts: Vec<_> = match mode {
                        ContainmentMode::FullString => return subject == wanted,
                        ContainmentMode::Prefixed => vec![0],
                        ContainmentMode::PrefixOnWords => {
                            let word = |at: &usize| *at == 0 || subject.as_bytes()[at - 1] == b' ';
                            (0..=subject.len()).filter(word).collect()
                        }
                        _ => (0..=subject.len()).collect(),
                    };
                    starts.iter().any(|at| subject[*at..].starts_with(&wanted))
                }
                Self::Read(wanted) => mail.read == *wanted,
                Self::HasSize => mail.size.is_some(),
                Self::Both(both) => both[0].is_true_of(mail) && both[1].is_true_of(mail),
                Self::Either(two) => two[0].is_true_of(mail) || two[1].is_true_of(mail),
                Self::Not(it) => !it.is_true_of(mail),
            }
        }

        fn written(&self) -> Restriction {
            match self {
                Self::Size(comparison, wanted) => {
                    let operand = Operand::Constant(wanted.to_string());
                    Restriction::Compare(*comparison, Field::ItemSize.into(), operand)
                }
                Self::Subject(mode, exact, text) => Restriction::Contains {
                    mode: *mode,
                    comparison: if *exact {
                        ContainmentComparison::Exact
                    } else {
                        ContainmentComparison::IgnoreCase
                    },
                    property: Field::ItemSubject.into(),
                    text: text.clone(),
                },
                Self::Read(read) => Restriction::equal(Field::MessageIsRead, read.to_string()),
                Self::HasSize => Restriction::Exists(Field::ItemSize.into()),
                Self::Both(both) => Restriction::And(both.iter().map(Self::written).collect()),
                Self::Either(two) => Restriction::Or(two.iter().map(Self::written).collect()),
                Self::Not(it) => Restriction::Not(Box::new(it.written())),
            }
        }
    }

    impl Mail {
        fn look(&self, property: &Property) -> Option<Value> {
            match property {
                Property::Field(Field::ItemSubject) => Some(self.subject.as_str().into()),
                Property::Field(Field::ItemSize) => self.size.map(Value::Int),
                Property::Field(Field::MessageIsRead) => Some(Value::Bool(self.read)),
                _ => None,
            }
        }
    }

    fn asked() -> impl Strategy<Value = Asked> {
        let comparison = select(vec![
            Comparison::IsEqualTo,
            Comparison::IsNotEqualTo,
            Comparison::IsGreaterThan,
            Comparison::IsGreaterThanOrEqualTo,
            Comparison::IsLessThan,
            Comparison::IsLessThanOrEqualTo,
        ]);
        let mode = select(vec![
            ContainmentMode::FullString,
            ContainmentMode::Prefixed,
            ContainmentMode::Substring,
            ContainmentMode::PrefixOnWords,
        ]);
        let leaf = prop_oneof![
            (comparison, 0..5_i64).prop_map(|(how, size)| Asked::Size(how, size)),
            (mode, any::<bool>(), "[aAb]{1,2}")
                .prop_map(|(mode, exact, text)| Asked::Subject(mode, exact, text)),
            any::<bool>().prop_map(Asked::Read),
            Just(Asked::HasSize),
        ];
        leaf.prop_recursive(4, 12, 2, |inner| {
            let two = || (inner.clone(), inner.clone()).prop_map(|(a, b)| Box::new([a, b]));
            prop_oneof![
                two().prop_map(Asked::Both),
                two().prop_map(Asked::Either),
                inner.clone().prop_map(|it| Asked::Not(Box::new(it))),
            ]
        })
    }

    fn mail() -> impl Strategy<Value = Mail> {
        (option::of(0..5_i64), "[aAb ]{0,5}", any::<bool>())
            .prop_map(|(size, subject, read)| Mail { size, subject, read })
    }

    proptest! {
        // So many that a comparison which is wrong in one case is met, by more than luck.
        #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

        #[test]
        fn a_condition_holds_where_it_plainly_does(asked in asked(), mail in mail()) {
            let held = holds(&asked.written(), &|property| mail.look(property));
            prop_assert_eq!(held, asked.is_true_of(&mail));
        }

        #[test]
        fn sorting_is_by_the_keys_in_their_turn(
            mut mails in vec(mail(), 0..8),
            (up, first_by_size) in any::<(bool, bool)>(),
        ) {
            let key = |field: Field| FieldOrder {
                direction: if up { SortDirection::Ascending } else { SortDirection::Descending },
                property: field.into(),
            };
            let mut orders = vec![key(Field::ItemSize), key(Field::ItemSubject)];
            let mut plain = mails.clone();
            if first_by_size {
                plain.sort_by_key(|mail| (mail.size, mail.subject.to_lowercase()));
            } else {
                orders.reverse();
                plain.sort_by_key(|mail| (mail.subject.to_lowercase(), mail.size));
            }
            if !up {
                plain.reverse();
            }
            mails.sort_by(|one, other| {
                ordered(&orders, &|property| one.look(property), &|property| other.look(property))
            });
            let keys = |mails: &[Mail]| -> Vec<_> {
                mails.iter().map(|mail| (mail.size, mail.subject.to_lowercase())).collect()
            };
            prop_assert_eq!(keys(&mails), keys(&plain));
        }
    }
}
