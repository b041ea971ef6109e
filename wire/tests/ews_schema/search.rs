//! Conditions and sort orders that nobody would think of: whatever can be asked is read as it was
//! written, and whatever becomes of its bytes is read or refused.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use wire::ews::folders::BaseShape;
use wire::ews::items::{FindItem, ItemTraversal};
use wire::ews::search::{
    Comparison, ContainmentComparison, ContainmentMode, FieldOrder, Operand, Restriction,
    SortDirection,
};
use wire::ews::{
    Dictionary, ExtendedField, Field, ItemShape, Property, PropertyType, Request, RequestEnvelope,
};

use crate::hostile::read_or_refuse;

/// Any text that XML can hold.
fn text() -> impl Strategy<Value = String> {
    "[\\PC\t\n\r\"'<>&]{0,12}"
}

fn property() -> impl Strategy<Value = Property> {
    let kind = || select(PropertyType::ALL);
    prop_oneof![
        select(Field::ALL).prop_map(Property::Field),
        (select(Dictionary::ALL), text()).prop_map(|(of, index)| Property::indexed(of, index)),
        (any::<u16>(), kind()).prop_map(|(tag, kind)| ExtendedField::tag(tag, kind).into()),
        (text(), text(), kind())
            .prop_map(|(set, name, kind)| ExtendedField::named(&set, &name, kind).into()),
        (text(), any::<i32>(), kind())
            .prop_map(|(set, id, kind)| ExtendedField::numbered(&set, id, kind).into()),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    select(vec![
        Comparison::IsEqualTo,
        Comparison::IsNotEqualTo,
        Comparison::IsGreaterThan,
        Comparison::IsGreaterThanOrEqualTo,
        Comparison::IsLessThan,
        Comparison::IsLessThanOrEqualTo,
    ])
}

fn contains() -> impl Strategy<Value = Restriction> {
    let modes = vec![
        ContainmentMode::FullString,
        ContainmentMode::Prefixed,
        ContainmentMode::Substring,
        ContainmentMode::PrefixOnWords,
        ContainmentMode::ExactPhrase,
    ];
    let comparisons = vec![
        ContainmentComparison::Exact,
        ContainmentComparison::IgnoreCase,
        ContainmentComparison::Loose,
        ContainmentComparison::LooseAndIgnoreCaseAndIgnoreNonSpace,
    ];
    (select(modes), select(comparisons), property(), text()).prop_map(
        |(mode, comparison, property, text)| Restriction::Contains {
            mode,
            comparison,
            property,
            text,
        },
    )
}

fn restriction() -> impl Strategy<Value = Restriction> {
    let operand =
        prop_oneof![text().prop_map(Operand::Constant), property().prop_map(Operand::Property),];
    let leaf = prop_oneof![
        property().prop_map(Restriction::Exists),
        (property(), any::<u32>()).prop_map(|(of, bits)| Restriction::Excludes(of, bits)),
        (comparison(), property(), operand)
            .prop_map(|(how, of, operand)| { Restriction::Compare(how, of, operand) }),
        contains(),
    ];
    leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Restriction::And),
            vec(inner.clone(), 0..4).prop_map(Restriction::Or),
            inner.prop_map(|it| Restriction::Not(Box::new(it))),
        ]
    })
}

fn order() -> impl Strategy<Value = Vec<FieldOrder>> {
    let direction = select(vec![SortDirection::Ascending, SortDirection::Descending]);
    let one = (direction, property());
    vec(one.prop_map(|(direction, property)| FieldOrder { direction, property }), 0..5)
}

fn search() -> impl Strategy<Value = RequestEnvelope> {
    (restriction(), order()).prop_map(|(restriction, order)| {
        let find = FindItem {
            traversal: ItemTraversal::Shallow,
            shape: ItemShape::new(BaseShape::IdOnly),
            view: None,
            grouping: None,
            restriction: Some(restriction),
            sort_order: Some(order),
            parents: Vec::new(),
            query: None,
        };
        RequestEnvelope::new("Exchange2016", Request::FindItem(find))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn whatever_can_be_asked_is_read_as_it_was_written(asked in search()) {
        prop_assert_eq!(RequestEnvelope::read(&asked.write()), Ok(asked));
    }

    /// A few octets in the place of others.
    #[test]
    fn damaged_searches_are_read_or_refused(
        asked in search(),
        at in any::<Index>(),
        gone in 0..40_usize,
        instead in prop_oneof![
            vec(any::<u8>(), 0..6),
            "</?t:(And|Or|Not|Exists|Constant)>".prop_map(String::into_bytes),
        ],
    ) {
        let bytes = asked.write();
        let start = at.index(bytes.len());
        let end = (start + gone).min(bytes.len());
        read_or_refuse(&[&bytes[..start], &instead, &bytes[end..]].concat())?;
    }
}

/// As deep as anybody likes: refused, not followed.
#[test]
fn conditions_within_conditions_have_an_end() {
    let mut deep = Restriction::Exists(Field::ItemSubject.into());
    for _ in 0..1_000 {
        deep = Restriction::Not(Box::new(deep));
    }
    let find = FindItem {
        traversal: ItemTraversal::Shallow,
        shape: ItemShape::new(BaseShape::IdOnly),
        view: None,
        grouping: None,
        restriction: Some(deep),
        sort_order: None,
        parents: Vec::new(),
        query: None,
    };
    let asked = RequestEnvelope::new("Exchange2016", Request::FindItem(find));
    assert!(RequestEnvelope::read(&asked.write()).is_err());
}
