//! Judges a request as strictly as Exchange does. The readers here take elements in any order and
//! skip what they do not know; Exchange refuses both. What is written here follows the schema, so
//! a request that would be written otherwise than it came violates it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::facets::{self, Reach};
use super::xml::{Limits, Ns, ReadError, ReadErrorKind, Reader, line_and_column};
use super::{RequestEnvelope, Violation};

/// Elements that the schema allows and that are not kept here: their absence from what is written
/// says nothing.
const UNKEPT: [&str; 12] = [
    "AcceptSharingInvitation",
    "AddressListId",
    "DistinguishedGroupBy",
    "ExceptionFieldURI",
    "GroupBy",
    "MailboxGuids",
    "Network",
    "ReferenceAttachment",
    "RoleMember",
    "SearchKey",
    "SeekToConditionPageItemView",
    "SenderSMTPAddress",
];

/// How many elements are judged: each takes room of its own, and a hostile request has millions.
const MAX_ELEMENTS: usize = 100_000;

/// The first violation of the schema in a request, if there is any. A request of more than
/// 100,000 elements is not judged.
pub fn violation(bytes: &[u8]) -> Option<Violation> {
    let request = match RequestEnvelope::read(bytes) {
        Ok(request) => request,
        Err(error) => return Some(at(bytes, error.position, error.kind.to_string())),
    };
    if let Some(violation) = facets::violation(bytes, Reach::All) {
        return Some(violation);
    }
    let written = request.write();
    let mut names = Names::default();
    // What was just read or written can be read once more, unless there is too much of it.
    let given = outline(bytes, &mut names).ok()?;
    let expected = outline(&written, &mut names).ok()?;
    let wanted: BTreeSet<(usize, &[Name])> =
        expected.iter().map(|node| (node.path, node.children.as_slice())).collect();
    let wrong = given.iter().find(|node| !wanted.contains(&(node.path, &node.children)))?;
    let closest = expected
        .iter()
        .filter(|node| node.path == wrong.path)
        .max_by_key(|node| wrong.agreement(node));
    Some(wrong.complaint(bytes, closest))
}

/// An element's name.
type Name<'a> = (Ns, &'a str);

/// Paths by number, so that comparing two is cheap: each is a name within another path.
#[derive(Default)]
struct Names(BTreeMap<(usize, Ns, String), usize>);

/// An element of a request's body with the names of its children.
struct Node<'a> {
    path: usize,
    name: Name<'a>,
    position: usize,
    children: Vec<Name<'a>>,
    positions: Vec<usize>,
}

impl Names {
    fn path(&mut self, within: usize, (ns, name): Name) -> usize {
        let next = self.0.len() + 1;
        *self.0.entry((within, ns, name.to_owned())).or_insert(next)
    }
}

/// All elements of the body in the order of the document.
fn outline<'a>(bytes: &'a [u8], names: &mut Names) -> Result<Vec<Node<'a>>, ReadError> {
    let mut nodes = Vec::new();
    let mut r = Reader::new(bytes, Limits::default())?;
    r.root()?;
    r.children(|r, el| {
        if !el.is(Ns::Soap, "Body") {
            return Ok(());
        }
        walk(r, (0, (el.ns, el.name), el.position), names, &mut nodes)
    })?;
    Ok(nodes)
}

fn walk<'a>(
    r: &mut Reader<'a>,
    (path, name, position): (usize, Name<'a>, usize),
    names: &mut Names,
    nodes: &mut Vec<Node<'a>>,
) -> Result<(), ReadError> {
    let this = nodes.len();
    if this == MAX_ELEMENTS {
        return Err(r.error(ReadErrorKind::TooLarge { limit: MAX_ELEMENTS }));
    }
    nodes.push(Node { path, name, position, children: Vec::new(), positions: Vec::new() });
    r.children(|r, el| {
        if el.ns == Ns::Types && UNKEPT.contains(&el.name)
            || el.ns == Ns::Messages && UNKEPT.contains(&el.name)
        {
            return Ok(());
        }
        let child = (el.ns, el.name);
        nodes[this].children.push(child);
        nodes[this].positions.push(el.position);
        let path = names.path(path, child);
        walk(r, (path, child, el.position), names, nodes)
    })
}

impl Node<'_> {
    /// How many children are as in the other.
    fn agreement(&self, other: &Node) -> usize {
        self.children.iter().zip(&other.children).take_while(|(a, b)| a == b).count()
    }

    /// In Exchange's words, which are those of .NET.
    fn complaint(&self, bytes: &[u8], closest: Option<&Node>) -> Violation {
        let (ns, name) = self.name;
        let at_child = closest.map_or(0, |closest| self.agreement(closest));
        let element = format!("The element '{name}' in namespace '{}'", ns.uri());
        let mut text = match self.children.get(at_child) {
            Some((ns, child)) => {
                format!(
                    "{element} has invalid child element '{child}' in namespace '{}'.",
                    ns.uri()
                )
            }
            None => format!("{element} has incomplete content."),
        };
        if let Some((_, expected)) = closest.and_then(|node| node.children.get(at_child)) {
            let _ = write!(text, " List of possible elements expected: '{expected}'.");
        }
        let position = self.positions.get(at_child).copied().unwrap_or(self.position);
        at(bytes, position, text)
    }
}

fn at(bytes: &[u8], position: usize, text: String) -> Violation {
    let (line, column) = line_and_column(bytes, position);
    Violation { line, column, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &str) -> String {
        format!(
            "<s:Envelope xmlns:s=\"{}\"\n xmlns:m=\"{}\" xmlns:t=\"{}\"><s:Header><unknown/>\
             </s:Header>\n<s:Body>{body}</s:Body></s:Envelope>",
            Ns::Soap.uri(),
            Ns::Messages.uri(),
            Ns::Types.uri()
        )
    }

    const SHAPE: &str = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>";
    const IDS: &str = "<m:ItemIds>\n<t:ItemId Id='i'/></m:ItemIds>";

    fn complaint(body: &str) -> Option<String> {
        violation(request(body).as_bytes()).map(|v| format!("{}:{}: {}", v.line, v.column, v.text))
    }

    #[test]
    fn what_follows_the_schema_is_fine() {
        assert_eq!(complaint(&format!("<m:GetItem>{SHAPE}{IDS}</m:GetItem>")), None);
        // Lists whose order is the sender's: extended properties and the lines of addresses.
        let contact = "<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag='3' \
             PropertyType='StringArray'/><t:Values><t:Value>a</t:Value></t:Values>\
             </t:ExtendedProperty><t:ExtendedProperty><t:ExtendedFieldURI PropertyTag='0x2' \
             PropertyType='String'/><t:Value>a</t:Value></t:ExtendedProperty><t:PhysicalAddresses>\
             <t:Entry Key='Home'><t:Street>a</t:Street><t:City>a</t:City></t:Entry>\
             <t:Entry Key='Business'><t:Street>a</t:Street></t:Entry></t:PhysicalAddresses>";
        let create = format!(
            "<m:CreateItem><m:Items><t:Contact>{contact}</t:Contact></m:Items></m:CreateItem>"
        );
        assert_eq!(complaint(&create), None);
    }

    #[test]
    fn the_wrong_order_is_a_violation() {
        let told = complaint(&format!("<m:GetItem>{IDS}{SHAPE}</m:GetItem>")).unwrap();
        assert!(told.starts_with("3:20: The element 'GetItem' in namespace"), "{told}");
        assert!(told.contains("has invalid child element 'ItemIds' in namespace"), "{told}");
        assert!(told.ends_with("List of possible elements expected: 'ItemShape'."), "{told}");
    }

    #[test]
    fn unknown_elements_and_values_are_violations() {
        let unknown = SHAPE.replace("</m:I", "<t:Nonsense/></m:I");
        let told = complaint(&format!("<m:GetItem>{unknown}{IDS}</m:GetItem>")).unwrap();
        assert!(
            told.contains("'ItemShape'") && told.contains("child element 'Nonsense'"),
            "{told}"
        );
        let told = complaint(&format!("<m:GetItem>{SHAPE}</m:GetItem>")).unwrap();
        assert_eq!(told, "3:9: GetItem lacks ItemIds");
        let base = SHAPE.replace("IdOnly", "Some");
        let told = complaint(&format!("<m:GetItem>{base}{IDS}</m:GetItem>")).unwrap();
        assert!(told.ends_with("\"Some\" is not a valid BaseShape"), "{told}");
    }
}
