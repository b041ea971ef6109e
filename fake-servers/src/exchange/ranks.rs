//! Words that stand for numbers in the store: Exchange compares and sorts them by those, not as
//! text.

use wire::ews::{Field, Property};

/// [MS-OXCMSG] 2.2.1.11: 0 to 2.
pub(super) const IMPORTANCES: [&str; 3] = ["Low", "Normal", "High"];

/// [MS-OXCMSG] 2.2.1.13: 0 to 3.
pub(super) const SENSITIVITIES: [&str; 4] = ["Normal", "Personal", "Private", "Confidential"];

/// [MS-OXOTASK] 2.2.2.2.2: 0 to 4.
const TASK_STATUSES: [&str; 5] =
    ["NotStarted", "InProgress", "Completed", "WaitingOnOthers", "Deferred"];

/// [MS-OXOCAL] 2.2.1.2: 0 to 4.
const BUSY: [&str; 5] = ["Free", "Tentative", "Busy", "OOF", "WorkingElsewhere"];

/// The words of a property in the order of their numbers, if it has such.
const fn words(property: &Property) -> &'static [&'static str] {
    let Property::Field(field) = property else { return &[] };
    match field {
        Field::ItemImportance => &IMPORTANCES,
        Field::ItemSensitivity => &SENSITIVITIES,
        Field::TaskStatus => &TASK_STATUSES,
        Field::CalendarLegacyFreeBusyStatus => &BUSY,
        _ => &[],
    }
}

/// Whether a property's words stand for numbers.
pub(super) const fn has_ranks(property: &Property) -> bool {
    !words(property).is_empty()
}

/// The number that a word of a property stands for.
pub(super) fn rank(property: &Property, word: &str) -> Option<usize> {
    words(property).iter().position(|known| known.eq_ignore_ascii_case(word.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_order_of_their_numbers() {
        let importance = Property::Field(Field::ItemImportance);
        let ranks = ["Low", "normal", "High", "Highest"].map(|word| rank(&importance, word));
        assert_eq!(ranks, [Some(0), Some(1), Some(2), None]);
        let status = Property::Field(Field::TaskStatus);
        assert!(rank(&status, "Deferred") > rank(&status, "Completed"));
        assert!(!has_ranks(&Property::Field(Field::ItemSubject)));
    }
}
