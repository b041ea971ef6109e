//! A body in other forms: as text or as HTML, and without what a reply repeats of earlier messages.

use wire::ews::value::{Body, BodyType};

/// A body in the kind that is wanted.
pub(super) fn converted(body: &Body, kind: BodyType) -> Body {
    match (kind, body.kind) {
        (BodyType::Text, BodyType::Html) => {
            Body::text(mail_parser::decoders::html::html_to_text(&body.text))
        }
        (BodyType::Html, BodyType::Text) => {
            let escaped = body.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let lines = escaped.replace("\r\n", "<br>\r\n");
            Body::html(format!("<html><body>{lines}</body></html>"))
        }
        _ => body.clone(),
    }
}

/// What is new in a message ("`UniqueBody`").
pub(super) fn unique(body: &Body) -> Body {
    let text = match body.kind {
        BodyType::Html => new_in_html(&body.text).to_owned(),
        _ => new_in_text(&body.text),
    };
    Body { text, ..body.clone() }
}

/// Where programs begin to quote in HTML.
const QUOTES: [&str; 5] =
    ["<hr", "<blockquote", "<div id=\"appendonsend\"", "<div id=\"divrplyfwdmsg\"", "gmail_quote"];

fn new_in_html(html: &str) -> &str {
    let lower = html.to_ascii_lowercase();
    let quotes = QUOTES.iter().filter_map(|mark| {
        let at = lower.find(mark)?;
        // A class stands within its tag.
        Some(if mark.starts_with('<') { at } else { lower[..at].rfind('<')? })
    });
    &html[..quotes.min().unwrap_or(html.len())]
}

fn new_in_text(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |at: usize| {
        let line = lines[at].trim();
        let next = lines.get(at + 1).map_or("", |next| next.trim());
        let heads = ["Sent:", "Date:", "To:", "Subject:"];
        (line.starts_with("-----") && line.contains("Original Message"))
            || (line.starts_with("From:") && heads.iter().any(|head| next.starts_with(head)))
            || (line.starts_with("On ") && line.ends_with("wrote:"))
    };
    let end = (0..lines.len()).find(|at| begins(*at)).unwrap_or(lines.len());
    let own = lines[..end].iter().filter(|line| !line.starts_with('>'));
    own.copied().collect::<Vec<_>>().join("\r\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_before_is_not_unique() {
        for (text, own) in [
            ("Yes.\r\n\r\nFrom: a@x\r\nSubject: s\r\n\r\nHm?", "Yes."),
            ("Yes.\r\n-----Original Message-----\r\nHm?", "Yes."),
            ("> Hm?\r\nYes.\r\n", "Yes."),
            ("Yes.\nOn Monday Ann wrote:\n> Hm?", "Yes."),
            ("From: here to there", "From: here to there"),
            ("", ""),
        ] {
            assert_eq!(unique(&Body::text(text)).text, own, "{text}");
        }
        for (html, own) in [
            ("<p>Yes.</p><HR><b>From:</b>", "<p>Yes.</p>"),
            ("<p>Yes.</p><div class=\"gmail_quote\">Hm?</div>", "<p>Yes.</p>"),
            ("<p>Yes.</p>", "<p>Yes.</p>"),
        ] {
            assert_eq!(unique(&Body::html(html)).text, own, "{html}");
        }
    }

    #[test]
    fn text_and_html_become_each_other() {
        let html = converted(&Body::text("a < b\r\nc"), BodyType::Html);
        assert_eq!(html.text, "<html><body>a &lt; b<br>\r\nc</body></html>");
        let text = converted(&Body::html("<p>a &lt; b</p>"), BodyType::Text);
        assert_eq!(text.text.trim(), "a < b");
        assert_eq!(converted(&text, BodyType::Best), text);
    }
}
