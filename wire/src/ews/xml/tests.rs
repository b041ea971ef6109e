//! What the reader takes and what it refuses.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn reader(text: &str) -> Reader<'_> {
    Reader::new(text.as_bytes(), Limits::default()).unwrap()
}

/// All texts and names of a document, read to its end.
fn flat(text: &str, limits: Limits) -> Result<String, ReadError> {
    fn walk(r: &mut Reader, out: &mut String) -> Result<(), ReadError> {
        let text = r.mixed(|r, el| {
            let _ = write!(out, "{:?}:{}", el.ns, el.name);
            for (name, value) in el.attrs()? {
                let _ = write!(out, " {name}={value}");
            }
            out.push('(');
            walk(r, out)
        })?;
        out.push_str(&text);
        out.push(')');
        Ok(())
    }
    let mut r = Reader::new(text.as_bytes(), limits)?;
    let root = r.root()?;
    let mut out = format!("{:?}:{}(", root.ns, root.name);
    walk(&mut r, &mut out)?;
    r.finish()?;
    Ok(out)
}

fn refused(text: &str) -> ReadError {
    flat(text, Limits::default()).unwrap_err()
}

#[test]
fn namespaces_come_from_the_nearest_declaration() {
    let (m, t) = (Ns::Messages.uri(), Ns::Types.uri());
    let text = format!(
        "<a xmlns='{m}' xmlns:t='{t}'><t:b/><b xmlns:t='{m}'><t:c/></b><t:d xmlns=''><e/></t:d>\
         <f xmlns='x' t:y='' z='1'/></a>"
    );
    let expected = "Messages:a(Types:b()Messages:b(Messages:c())Types:d(None:e())Other:f z=1())";
    assert_eq!(flat(&text, Limits::default()).unwrap(), expected);
}

#[test]
fn text_is_put_together() {
    let text = "\u{feff}<?xml version='1.0'?><!-- a --><a b=' x&#10;&quot;\r\ny\t'>1&lt;2\r\n\
        <![CDATA[<3>&]]>&#x34;<?pi?>5<!-- 6 -->\r7&#13;</a> ";
    let mut r = reader(text);
    let root = r.root().unwrap();
    assert_eq!(root.attr("b").unwrap().unwrap(), " x\n\" y ");
    assert_eq!(root.attr("c").unwrap(), None);
    assert_eq!(r.text().unwrap(), "1<2\n<3>&45\n7\r");
    r.finish().unwrap();
}

#[test]
fn what_a_visitor_leaves_is_skipped() {
    let mut r = reader("<a><b><c>1</c><c>2</c></b><d>3</d></a>");
    r.root().unwrap();
    let mut seen = Vec::new();
    r.children(|r, el| {
        seen.push(el.name);
        match el.name {
            "d" => assert_eq!(r.bool().unwrap_err().position, 26),
            _ => return Ok(()),
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, ["b", "d"]);
}

#[test]
fn malformed_documents_are_refused_where_they_break() {
    for (text, position) in [
        ("", 0),
        ("   ", 3),
        ("text", 0),
        ("<a>", 3),
        ("<a></b>", 3),
        ("<a/><b/>", 4),
        ("<a/>text", 4),
        ("<a><b x=1/></a>", 3),
        ("<a><b x='1' x='2'/></a>", 3),
        ("<a>&nope;</a>", 3),
        ("<a>&#0;</a>", 3),
        ("<a><x:b/></a>", 3),
        ("<a>\u{1}<</a>", 4),
    ] {
        assert_eq!(refused(text).position, position, "{text:?}: {:?}", refused(text));
    }
    assert_eq!(refused("<a>&nope;</a>").kind, ReadErrorKind::Entity("nope".to_owned()));
    let error = Reader::new(b"<a>\xff</a>", Limits::default()).err().unwrap();
    assert_eq!(error, ReadError { position: 3, kind: ReadErrorKind::NotUtf8 });
}

/// The two classics: entities that grow and entities that fetch.
#[test]
fn document_type_declarations_are_refused() {
    let mut bomb = "<!DOCTYPE a [<!ENTITY e0 'ha'>".to_owned();
    for n in 1..40 {
        let _ = write!(bomb, "<!ENTITY e{n} '&e{0};&e{0};'>", n - 1);
    }
    bomb.push_str("]><a>&e39;</a>");
    assert_eq!(refused(&bomb).kind, ReadErrorKind::Dtd);
    let fetch = "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>";
    assert_eq!(refused(fetch), ReadError { position: 0, kind: ReadErrorKind::Dtd });
}

#[test]
fn depth_and_size_have_limits() {
    let limits = Limits { bytes: 1000, depth: 10 };
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(flat(&nested(10), limits).is_ok());
    let kind = ReadErrorKind::TooDeep { limit: 10 };
    assert_eq!(flat(&nested(11), limits), Err(ReadError { position: 30, kind }));
    let kind = ReadErrorKind::TooLarge { limit: 1000 };
    let long = format!("<a>{}</a>", "x".repeat(1000));
    assert_eq!(flat(&long, limits), Err(ReadError { position: 1000, kind }));
    // A million levels must not exhaust the stack either.
    assert!(matches!(refused(&nested(1_000_000)).kind, ReadErrorKind::TooDeep { .. }));
}

#[test]
fn elements_have_a_limit() {
    let many = |count: usize| format!("<a>{}</a>", "<a/>".repeat(count));
    assert!(flat(&many(999_999), Limits::default()).is_ok());
    let kind = ReadErrorKind::TooMany { limit: 1_000_000 };
    assert_eq!(refused(&many(1_000_000)), ReadError { position: 3 + 999_999 * 4, kind });
}

#[test]
fn namespace_declarations_have_a_limit() {
    let mut many = "<a".to_owned();
    for n in 0..100 {
        let _ = write!(many, " xmlns:n{n}='x'");
    }
    many.push_str("/>");
    assert!(matches!(refused(&many).kind, ReadErrorKind::Malformed(_)));
}

#[test]
fn lines_and_columns_count_from_one() {
    assert_eq!(line_and_column(b"ab\ncd", 0), (1, 1));
    assert_eq!(line_and_column(b"ab\ncd", 2), (1, 3));
    assert_eq!(line_and_column(b"ab\ncd", 3), (2, 1));
    assert_eq!(line_and_column(b"ab\n", 99), (2, 1));
}

proptest! {
    #[test]
    fn nothing_panics(text in "([<>/&;\"'= a:!-]|\\[|\\]|<a|</a>|<!--|-->|&lt;|xmlns|.){0,60}") {
        let _ = flat(&text, Limits { bytes: 100, depth: 5 });
    }
}
