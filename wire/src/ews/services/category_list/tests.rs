use proptest::prelude::*;

use super::*;

/// A list as Exchange Online keeps it, with what only its owner's programs understand.
const THEIRS: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- mine -->\n<categories \
    lastSavedTime = '2020-03-18T18:58:51.6978972Z' xmlns=\"CategoryList.xsd\" x=\"lastSavedTime='1'\">\n\
    \t<category renameOnFirstUse=\"1\" name=\"Red category\" color=\"0\" keyboardShortcut=\"0\" \
    lastTimeUsedNotes=\"2020-03-18T18:58:51.66Z\" guid=\"{0DE79840-6a0a-46de-955a-7533ccef5e5b}\" />\n\
    \t<category name='R &amp; D' color='9' guid='{00000000-0000-0000-0000-000000000002}' odd=\"&#x41;\">\
    <theirs/> text</category>\n\t<category name=\"no guid\"/><other name=\"x\" guid=\"y\"/>\n</categories>\n";

fn now() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

fn ours() -> Category {
    let guid = "{6f2b1a5e-0000-4000-8000-00000000000a}".to_owned();
    Category { name: "Ours \"<&>\" 'é'".to_owned(), color: 7, guid }
}

fn names(list: &CategoryList) -> Vec<&str> {
    list.categories().map(|category| category.name.as_str()).collect()
}

/// Everything but the time of the last save.
fn apart_from_time(list: &CategoryList) -> String {
    list.text.replace("2026-03-02T08:00:00Z", "2020-03-18T18:58:51.6978972Z").replace(
        "lastSavedTime=\"2020-03-18T18:58:51.6978972Z\"",
        "lastSavedTime = '2020-03-18T18:58:51.6978972Z'",
    )
}

#[test]
fn a_real_list_is_read() {
    let list = CategoryList::read(THEIRS.as_bytes()).unwrap();
    assert_eq!(names(&list), ["Red category", "R & D"]);
    let red = list.by_guid("0de79840-6A0A-46de-955a-7533ccef5e5b").unwrap();
    assert_eq!((red.color, red.name.as_str()), (0, "Red category"));
    assert_eq!(list.by_name("r & d").unwrap().color, 9);
    assert_eq!(list.by_guid("y"), None, "it is no category");
}

#[test]
fn what_is_added_and_removed_leaves_the_rest_as_it_was() {
    let mut list = CategoryList::read(THEIRS.as_bytes()).unwrap();
    list.add(&ours(), now()).unwrap();
    assert_eq!(list.by_guid(&ours().guid), Some(&ours()));
    assert!(list.text.contains("lastSavedTime=\"2026-03-02T08:00:00Z\""), "{}", list.text);
    assert!(list.text.contains("x=\"lastSavedTime='1'\""), "it is another attribute's");
    assert!(list.remove(&ours().guid, now()).unwrap());
    assert_eq!(apart_from_time(&list), THEIRS);
    assert!(!list.remove(&ours().guid, now()).unwrap());
    assert!(list.remove("00000000-0000-0000-0000-000000000002", now()).unwrap());
    assert_eq!(names(&list), ["Red category"]);
    assert!(list.text.contains("<category name=\"no guid\"/><other"), "not ours to judge");
}

#[test]
fn another_name_changes_nothing_but_the_name() {
    let mut list = CategoryList::read(THEIRS.as_bytes()).unwrap();
    assert!(list.rename("{00000000-0000-0000-0000-000000000002}", "<R>", now()).unwrap());
    assert_eq!(names(&list), ["Red category", "<R>"]);
    let back = apart_from_time(&list).replace("name=\"&lt;R&gt;\"", "name='R &amp; D'");
    assert_eq!(back, THEIRS);
    assert!(!list.rename("nobody", "x", now()).unwrap());
}

#[test]
fn a_list_may_be_empty_or_prefixed() {
    let prefixed = "<c:categories xmlns:c=\"CategoryList.xsd\"/>";
    for text in [CategoryList::empty(now()).unwrap().text, prefixed.to_owned()] {
        let mut list = CategoryList::read(text.as_bytes()).unwrap();
        assert_eq!(names(&list), [""; 0]);
        list.add(&ours(), now()).unwrap();
        list.add(&Category { guid: "{b}".to_owned(), ..ours() }, now()).unwrap();
        assert_eq!(list.categories().count(), 2, "{}", list.text);
    }
}

#[test]
fn what_is_no_list_is_refused() {
    for text in
        ["", "<categories>", "<other/>", "<categories/><categories/>", "<!DOCTYPE x><categories/>"]
    {
        assert!(CategoryList::read(text.as_bytes()).is_err(), "{text}");
    }
    assert!(CategoryList::read(b"<categories name=\"\xff\"/>").is_err());
}

/// Documents that are nearly lists.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<categories",
        "<c:categories",
        " xmlns:c='CategoryList.xsd'",
        " lastSavedTime='x'",
        ">",
        "/>",
        "<category",
        "<c:category",
        " name='a'",
        " name=\"&gt;\"",
        " guid='{1}'",
        " guid = \"2\"",
        "</category>",
        "</categories>",
        "</c:categories>",
        "<!-- > -->",
        "&amp;",
        "text",
        "\u{feff}",
    ]);
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = CategoryList::read(&bytes);
    }

    /// What can be read can be changed and read again, and nobody else's category is lost.
    #[test]
    fn a_change_keeps_all_others(text in nearly()) {
        let Ok(mut list) = CategoryList::read(text.as_bytes()) else { return Ok(()) };
        let before: Vec<_> = list.categories().cloned().collect();
        list.add(&ours(), now()).unwrap();
        let mut with_ours = before.clone();
        with_ours.push(ours());
        prop_assert_eq!(list.categories().cloned().collect::<Vec<_>>(), with_ours);
        list.rename(&ours().guid, "other", now()).unwrap();
        prop_assert_eq!(&list.by_guid(&ours().guid).unwrap().name, "other");
        list.remove(&ours().guid, now()).unwrap();
        prop_assert_eq!(list.categories().cloned().collect::<Vec<_>>(), before);
    }
}
