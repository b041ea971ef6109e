//! From a query's text to what it asks for. Nothing is wrong: what makes no sense is taken for
//! words.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::{Flag, Moment, Query, Where, Words, dates};

/// Parentheses within parentheses; of more, the inner ones are not looked into.
const DEEPEST: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    /// A word before a colon.
    Keyword(String),
    Word(String),
    /// In quotes; words may go on where a star follows.
    Quoted(String, bool),
}

/// What a query asks for at a moment: it may say `today`.
pub(in crate::exchange) fn parse(text: &str, now: Timestamp) -> Query {
    let tokens = tokens(text);
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, now };
    let mut all = Vec::new();
    while parser.at < tokens.len() {
        all.push(parser.any(None));
        // A parenthesis that closes nothing.
        if parser.peek() == Some(&Token::Close) {
            parser.at += 1;
        }
    }
    one_or(all, Query::And)
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, &rest[1..]),
            ')' => (Token::Close, &rest[1..]),
            '"' => {
                let (inside, after) = rest[1..].split_once('"').unwrap_or((&rest[1..], ""));
                let star = after.strip_prefix('*');
                (Token::Quoted(inside.to_owned(), star.is_some()), star.unwrap_or(after))
            }
            _ => word(rest),
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

fn word(rest: &str) -> (Token, &str) {
    let end = rest.find(|c: char| c.is_whitespace() || "()\"".contains(c)).unwrap_or(rest.len());
    let word = &rest[..end];
    let keyword = word
        .find(':')
        .filter(|colon| *colon > 0 && word[..*colon].chars().all(|c| c.is_ascii_alphabetic()));
    if let Some(colon) = keyword {
        return (Token::Keyword(word[..colon].to_ascii_lowercase()), &rest[colon + 1..]);
    }
    let token = match word {
        "AND" | "&" => Token::And,
        "OR" | "|" => Token::Or,
        "NOT" | "-" => Token::Not,
        _ => Token::Word(word.to_owned()),
    };
    (token, &rest[end..])
}

fn one_or(mut list: Vec<Query>, several: fn(Vec<Query>) -> Query) -> Query {
    match list.len() {
        0 => Query::And(list),
        1 => list.remove(0),
        _ => several(list),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
    now: Timestamp,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn take(&mut self, token: &Token) -> bool {
        let is = self.peek() == Some(token);
        self.at += usize::from(is);
        is
    }

    /// Parts with OR between them. Within parentheses after a keyword, words are that keyword's.
    fn any(&mut self, keyword: Option<&str>) -> Query {
        let mut any = vec![self.all(keyword)];
        while self.take(&Token::Or) {
            any.push(self.all(keyword));
        }
        one_or(any, Query::Or)
    }

    /// Parts with AND or nothing between them.
    fn all(&mut self, keyword: Option<&str>) -> Query {
        let mut all = Vec::new();
        loop {
            while self.take(&Token::And) {}
            match self.peek() {
                None | Some(Token::Or | Token::Close) => break,
                Some(_) => self.part(keyword, &mut all),
            }
        }
        one_or(all, Query::And)
    }

    fn part(&mut self, keyword: Option<&str>, all: &mut Vec<Query>) {
        let Some(token) = self.peek().cloned() else { return };
        self.at += 1;
        match token {
            Token::Not => {
                let mut negative = true;
                while self.take(&Token::Not) {
                    negative = !negative;
                }
                let mut inner = Vec::new();
                self.part(keyword, &mut inner);
                let inner = one_or(inner, Query::And);
                all.push(if negative { Query::Not(Box::new(inner)) } else { inner });
            }
            Token::Open => all.push(self.nested(keyword)),
            Token::Keyword(name) => self.of_keyword(&name, all),
            Token::Word(_) | Token::Quoted(..) => all.push(self.value(keyword, &token)),
            Token::Close | Token::And | Token::Or => {}
        }
    }

    fn nested(&mut self, keyword: Option<&str>) -> Query {
        if self.depth == DEEPEST {
            return Query::And(Vec::new());
        }
        self.depth += 1;
        let inner = self.any(keyword);
        self.depth -= 1;
        self.take(&Token::Close);
        inner
    }

    /// What follows a keyword: something in parentheses or in quotes, or words, which all are its
    /// own until something else comes.
    fn of_keyword(&mut self, name: &str, all: &mut Vec<Query>) {
        match self.peek().cloned() {
            Some(Token::Open) => {
                self.at += 1;
                all.push(self.nested(Some(name)));
            }
            Some(token @ Token::Quoted(..)) => {
                self.at += 1;
                all.push(self.value(Some(name), &token));
            }
            Some(Token::Word(first)) => {
                self.at += 1;
                let mut words = vec![first];
                while let Some(Token::Word(next)) = self.peek() {
                    words.push(next.clone());
                    self.at += 1;
                }
                if place(name).is_some() {
                    let each = words.into_iter().map(Token::Word);
                    let each: Vec<_> = each.map(|it| self.value(Some(name), &it)).collect();
                    all.extend(each);
                    return;
                }
                // Times may be of several words; what is left over is looked for anywhere.
                let whole = (1..=words.len()).rev().find_map(|taken| {
                    let query = self.typed(name, &words[..taken].join(" "))?;
                    Some((taken, query))
                });
                let taken = whole.as_ref().map_or(0, |(taken, _)| *taken);
                all.extend(whole.map(|(_, query)| query));
                all.extend(words[taken..].iter().map(|word| anywhere(word, false)));
            }
            _ => {}
        }
    }

    fn value(&self, keyword: Option<&str>, token: &Token) -> Query {
        let (text, whole) = match token {
            Token::Quoted(text, star) => (text, !star),
            Token::Word(text) => (text, false),
            _ => return Query::And(Vec::new()),
        };
        let Some(name) = keyword else { return anywhere(text, whole) };
        match place(name) {
            Some(place) => Query::Words(place, words(text, whole)),
            None => self.typed(name, text).unwrap_or_else(|| anywhere(text, whole)),
        }
    }

    /// What is not looked for in words.
    fn typed(&self, name: &str, text: &str) -> Option<Query> {
        let is = || match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        };
        Some(match name {
            "kind" => Query::Kind(text.to_ascii_lowercase()),
            "hasattachment" | "hasattachments" => Query::Flag(Flag::HasAttachment, is()?),
            "isread" | "read" => Query::Flag(Flag::IsRead, is()?),
            "isflagged" => Query::Flag(Flag::IsFlagged, is()?),
            "sent" => Query::Time(Moment::Sent, dates::span(text, self.now)?),
            "received" => Query::Time(Moment::Received, dates::span(text, self.now)?),
            "size" => {
                let (order, number) = match text.split_at_checked(1) {
                    Some((">", number)) => (Ordering::Greater, number),
                    Some(("<", number)) => (Ordering::Less, number),
                    _ => (Ordering::Equal, text),
                };
                Query::Size(order, number.trim().parse().ok()?)
            }
            _ => return None,
        })
    }
}

fn anywhere(text: &str, whole: bool) -> Query {
    Query::Words(Where::Anywhere, words(text, whole))
}

fn words(text: &str, whole: bool) -> Words {
    let text = text.trim_end_matches('*').to_lowercase();
    Words { text: text.split_whitespace().collect::<Vec<_>>().join(" "), whole }
}

fn place(keyword: &str) -> Option<Where> {
    Some(match keyword {
        "subject" => Where::Subject,
        "body" | "content" => Where::Body,
        "attachment" => Where::Attachment,
        "from" => Where::From,
        "to" => Where::To,
        "cc" => Where::Cc,
        "bcc" => Where::Bcc,
        "participants" => Where::Participants,
        "category" => Where::Category,
        "importance" => Where::Importance,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn query(text: &str) -> Query {
        parse(text, "2026-03-04T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn not_binds_before_and_and_and_before_or() {
        let word = |text| anywhere(text, false);
        let not = Query::Not(Box::new(word("b")));
        let both = Query::And(vec![word("a"), not]);
        assert_eq!(query("a NOT b OR c"), Query::Or(vec![both.clone(), word("c")]));
        assert_eq!(query("a AND NOT b"), both);
        let either = Query::Or(vec![word("b"), word("c")]);
        assert_eq!(query("a (b OR c)"), Query::And(vec![word("a"), either]));
        let small = Query::And(vec![word("or"), word("and"), word("not")]);
        assert_eq!(query("or and not"), small, "operators are in capitals");
    }

    #[test]
    fn words_after_a_keyword_are_its_own() {
        let subject = |text, whole| Query::Words(Where::Subject, words(text, whole));
        let both = Query::And(vec![subject("project", false), subject("plan", false)]);
        assert_eq!(query("Subject:Project plan"), both);
        assert_eq!(query("subject:(project plan)"), both);
        assert_eq!(query("subject: \"project  plan\""), subject("project plan", true));
        assert_eq!(query("subject:\"project plan\"*"), subject("project plan", false));
        assert_eq!(query("http://x"), anywhere("//x", false));
        let size = Query::Size(Ordering::Greater, 5_000);
        assert_eq!(query("size:>5000 plan"), Query::And(vec![size, anywhere("plan", false)]));
    }

    #[test]
    fn nothing_is_wrong() {
        for text in
            ["", ")", "((((", "\"", "a)", "OR", "NOT", "subject:", "received:never", "a:b:c"]
        {
            query(text);
        }
        query(&"(".repeat(100_000));
        query(&"NOT ".repeat(100_001));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fall_over(
            text in "((AND|OR|NOT|subject:|received:|size:|[a-z<>.*\"()]{0,4}) ?){0,20}|\\PC{0,60}"
        ) {
            query(&text);
        }
    }
}
