//! One answer of the list that most operations give: one for each thing asked for, in the order of
//! the asking (field.md 3.1).

use super::ResponseCode;
use super::xml::{Element, Ns, ReadError, Reader, Writer};

/// Whether something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResponseClass {
    /// It was.
    #[default]
    Success,
    /// It was not tried, because something before it failed.
    Warning,
    /// It failed.
    Error,
}

/// One answer of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResponseMessage<T> {
    /// Whether it was done.
    pub class: ResponseClass,
    /// Why not, for people.
    pub text: Option<String>,
    /// Why not.
    pub code: ResponseCode,
    /// `DescriptiveLinkKey`, which is always 0.
    pub link: Option<i32>,
    /// `MessageXml`: names and values, such as `BackOffMilliseconds`.
    pub values: Vec<(String, String)>,
    /// What was asked for. Errors have one as well, usually empty: the answers of `SyncFolder...`
    /// carry their state even then (ews-clients.md).
    pub content: T,
}

/// What an operation's answer adds to the parts that all have.
pub trait Content: Default {
    /// Reads one child of the message, if it belongs here.
    ///
    /// # Errors
    /// When it belongs here and is broken.
    fn read_child(&mut self, r: &mut Reader, element: &Element) -> Result<(), ReadError>;

    /// Writes what there is, in the schema's order. Whether there is anything at all is the
    /// content's own affair, in an error as well.
    fn write(&self, w: &mut Writer);
}

/// An answer that says only whether it was done.
impl Content for () {
    fn read_child(&mut self, _: &mut Reader, _: &Element) -> Result<(), ReadError> {
        Ok(())
    }

    fn write(&self, _: &mut Writer) {}
}

impl ResponseClass {
    fn parse(text: &str) -> Option<Self> {
        [Self::Success, Self::Warning, Self::Error].into_iter().find(|c| c.as_str() == text)
    }

    /// The class as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Warning => "Warning",
            Self::Error => "Error",
        }
    }
}

impl<T> ResponseMessage<T> {
    /// It was done.
    pub const fn ok(content: T) -> Self {
        Self {
            class: ResponseClass::Success,
            text: None,
            code: ResponseCode::NoError,
            link: None,
            values: Vec::new(),
            content,
        }
    }
}

impl<T: Default> ResponseMessage<T> {
    /// It failed.
    pub fn error(code: ResponseCode, text: impl Into<String>) -> Self {
        Self::failed(ResponseClass::Error, code, text.into())
    }

    /// It was not tried.
    pub fn warning(code: ResponseCode, text: impl Into<String>) -> Self {
        Self::failed(ResponseClass::Warning, code, text.into())
    }

    fn failed(class: ResponseClass, code: ResponseCode, text: String) -> Self {
        let content = T::default();
        Self { class, text: Some(text), code, link: Some(0), values: Vec::new(), content }
    }
}

impl<T> ResponseMessage<T> {
    /// Whether it was done.
    pub fn is_ok(&self) -> bool {
        self.class == ResponseClass::Success
    }

    /// The same answer with one more value in its `MessageXml`.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.push((name.into(), value.into()));
        self
    }

    /// One value of its `MessageXml`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl<T: Content> ResponseMessage<T> {
    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        let class = element.attr("ResponseClass")?.unwrap_or_default();
        let class = ResponseClass::parse(&class)
            .ok_or_else(|| ReadError::value(element.position, "ResponseClass", &class))?;
        let mut message = Self { class, ..Self::ok(T::default()) };
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Messages, "MessageText") => message.text = Some(r.string()?),
                (Ns::Messages, "ResponseCode") => {
                    message.code = ResponseCode::parse(r.text()?.trim());
                }
                (Ns::Messages, "DescriptiveLinkKey") => message.link = Some(r.parse("int")?),
                (Ns::Messages, "MessageXml") => message.values = read_values(r, |_, _| Ok(()))?,
                _ => message.content.read_child(r, &el)?,
            }
            Ok(())
        })?;
        Ok(message)
    }

    pub(crate) fn write(&self, w: &mut Writer, name: &str) {
        w.open(name);
        w.attr("ResponseClass", self.class.as_str());
        w.element_opt("m:MessageText", self.text.as_deref());
        w.element("m:ResponseCode", self.code.as_str());
        if let Some(link) = self.link {
            w.display("m:DescriptiveLinkKey", link);
        }
        if !self.values.is_empty() {
            w.open("m:MessageXml");
            write_values(w, &self.values);
            w.close("m:MessageXml");
        }
        self.content.write(w);
        w.close(name);
    }
}

/// Reads the `Value` elements of the open `MessageXml`, and shows everything else to `other`.
pub(super) fn read_values<F>(
    r: &mut Reader,
    mut other: F,
) -> Result<Vec<(String, String)>, ReadError>
where
    F: FnMut(&mut Reader, &str) -> Result<(), ReadError>,
{
    let mut values = Vec::new();
    r.children(|r, el| {
        if !el.is(Ns::Types, "Value") {
            return other(r, el.name);
        }
        let name = el.attr_string("Name")?.unwrap_or_default();
        values.push((name, r.string()?));
        Ok(())
    })?;
    Ok(values)
}

pub(super) fn write_values(w: &mut Writer, values: &[(String, String)]) {
    for (name, value) in values {
        w.open("t:Value");
        w.attr("Name", name);
        w.text(value);
        w.close("t:Value");
    }
}
