//! A SOAP 1.1 fault as Exchange writes it: the answer when a request as a whole cannot be served,
//! busy servers and broken schemas foremost (field.md 3.5).

use super::ResponseCode;
use super::message::{read_values, write_values};
use super::xml::{Ns, ReadError, Reader, Writer};

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fault {
    /// `faultcode` without its prefix: the response code in Exchange's own faults, `Client` or
    /// `Server` in those of the SOAP layer.
    pub fault_code: String,
    /// `faultstring`. Some clients compare it to the letter (field.md 3.5).
    pub fault_string: String,
    /// The response code in the detail.
    pub code: Option<ResponseCode>,
    /// The message in the detail.
    pub message: Option<String>,
    /// `MessageXml`: names and values, such as `BackOffMilliseconds`.
    pub values: Vec<(String, String)>,
    /// Where and how a request violates the schema.
    pub violation: Option<Violation>,
}

/// A violation of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong there.
    pub text: String,
}

impl Fault {
    /// A fault with a response code, as Exchange makes them: the text stands twice.
    pub fn new(code: ResponseCode, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            fault_code: code.as_str().to_owned(),
            fault_string: text.clone(),
            code: Some(code),
            message: Some(text),
            ..Self::default()
        }
    }

    /// The same fault with one more value in its `MessageXml`.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.push((name.into(), value.into()));
        self
    }

    /// One value of its `MessageXml`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Reads the open `Fault`.
    pub(crate) fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let mut fault = Self::default();
        r.children(|r, el| {
            match el.name {
                "faultcode" => {
                    let code = r.text()?;
                    code.trim()
                        .rsplit(':')
                        .next()
                        .unwrap_or_default()
                        .clone_into(&mut fault.fault_code);
                }
                "faultstring" => fault.fault_string = r.string()?,
                "detail" => fault.read_detail(r)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(fault)
    }

    fn read_detail(&mut self, r: &mut Reader) -> Result<(), ReadError> {
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Errors, "ResponseCode") => {
                    self.code = Some(ResponseCode::parse(r.text()?.trim()));
                }
                (Ns::Errors, "Message") => self.message = Some(r.string()?),
                (_, "MessageXml") => self.read_message_xml(r)?,
                _ => {}
            }
            Ok(())
        })
    }

    fn read_message_xml(&mut self, r: &mut Reader) -> Result<(), ReadError> {
        let (mut line, mut column) = (0, 0);
        let values = read_values(r, |r, name| {
            match name {
                "LineNumber" => line = r.parse("int")?,
                "LinePosition" => column = r.parse("int")?,
                "Violation" => {
                    self.violation = Some(Violation { line: 0, column: 0, text: r.string()? });
                }
                _ => {}
            }
            Ok(())
        })?;
        if let Some(violation) = &mut self.violation {
            (violation.line, violation.column) = (line, column);
        }
        self.values = values;
        Ok(())
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.open("s:Fault");
        self.write_code(w);
        w.open("faultstring");
        w.attr("xml:lang", "en-US");
        w.text(&self.fault_string);
        w.close("faultstring");
        if self.code.is_some() || self.message.is_some() {
            w.open("detail");
            self.write_detail(w);
            w.close("detail");
        }
        w.close("s:Fault");
    }

    /// A code of Exchange's own lives in the types' namespace, SOAP's in SOAP's.
    fn write_code(&self, w: &mut Writer) {
        w.open("faultcode");
        let prefix = if matches!(self.fault_code.as_str(), "Client" | "Server") {
            "s:"
        } else {
            w.attr("xmlns:a", Ns::Types.uri());
            "a:"
        };
        w.text(prefix);
        w.text(&self.fault_code);
        w.close("faultcode");
    }

    fn write_detail(&self, w: &mut Writer) {
        let error = |w: &mut Writer, name: &str, text: &str| {
            w.open(name);
            w.attr("xmlns:e", Ns::Errors.uri());
            w.text(text);
            w.close(name);
        };
        if let Some(code) = &self.code {
            error(w, "e:ResponseCode", code.as_str());
        }
        if let Some(message) = &self.message {
            error(w, "e:Message", message);
        }
        if self.values.is_empty() && self.violation.is_none() {
            return;
        }
        w.open("t:MessageXml");
        if let Some(violation) = &self.violation {
            w.display("t:LineNumber", violation.line);
            w.display("t:LinePosition", violation.column);
            w.element("t:Violation", &violation.text);
        }
        write_values(w, &self.values);
        w.close("t:MessageXml");
    }
}
