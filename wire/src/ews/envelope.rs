//! The SOAP 1.1 envelope around one request or one answer.

use super::xml::{Limits, Ns, ReadError, ReadErrorKind, Reader, Writer};
use super::{Fault, Request, RequestHeader, Response, ServerVersionInfo};

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestEnvelope {
    /// In which version and on whose behalf.
    pub header: RequestHeader,
    /// What is to be done.
    pub request: Request,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseEnvelope {
    /// Which server answers.
    pub server: Option<ServerVersionInfo>,
    /// What it says.
    pub body: ResponseBody,
}

/// What a server says.
#[derive(Debug, Clone, PartialEq)]
pub enum ResponseBody {
    /// It served the request, perhaps with errors for parts of it.
    Response(Response),
    /// It did not.
    Fault(Fault),
}

impl RequestEnvelope {
    /// A request in one version.
    pub fn new(version: impl Into<String>, request: Request) -> Self {
        Self { header: RequestHeader::version(version), request }
    }

    /// Reads a request.
    ///
    /// # Errors
    /// When the bytes are no request: see [`ReadErrorKind`].
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        Self::read_within(bytes, Limits::default())
    }

    /// Reads a request within given limits.
    ///
    /// # Errors
    /// As [`RequestEnvelope::read`].
    pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        let mut header = RequestHeader::default();
        let request = read(
            bytes,
            limits,
            |r| {
                header = RequestHeader::read(r)?;
                Ok(())
            },
            |r, el| Request::read(r, &el),
        )?;
        Ok(Self { header, request })
    }

    /// The request as it travels.
    pub fn write(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.envelope();
        self.header.write(&mut w);
        w.open("s:Body");
        self.request.write(&mut w);
        w.close("s:Body");
        w.close("s:Envelope");
        w.into_bytes()
    }
}

impl ResponseEnvelope {
    /// An answer.
    pub const fn new(server: ServerVersionInfo, response: Response) -> Self {
        Self { server: Some(server), body: ResponseBody::Response(response) }
    }

    /// A fault.
    pub const fn fault(server: ServerVersionInfo, fault: Fault) -> Self {
        Self { server: Some(server), body: ResponseBody::Fault(fault) }
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// When the bytes are no answer: see [`ReadErrorKind`].
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        Self::read_within(bytes, Limits::default())
    }

    /// Reads an answer within given limits.
    ///
    /// # Errors
    /// As [`ResponseEnvelope::read`].
    pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        let mut server = None;
        let body = read(
            bytes,
            limits,
            |r| {
                r.children(|_, el| {
                    server = ServerVersionInfo::read(&el)?.or_else(|| server.take());
                    Ok(())
                })
            },
            |r, el| {
                if el.is(Ns::Soap, "Fault") {
                    return Fault::read(r).map(ResponseBody::Fault);
                }
                Response::read(r, &el).map(ResponseBody::Response)
            },
        )?;
        Ok(Self { server, body })
    }

    /// The answer as it travels.
    pub fn write(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.envelope();
        if let Some(server) = &self.server {
            w.open("s:Header");
            server.write(&mut w);
            w.close("s:Header");
        }
        w.open("s:Body");
        match &self.body {
            ResponseBody::Response(response) => response.write(&mut w),
            ResponseBody::Fault(fault) => fault.write(&mut w),
        }
        w.close("s:Body");
        w.close("s:Envelope");
        w.into_bytes()
    }
}

/// Reads an envelope: the header by `header`, the first element of the body by `body`.
fn read<'a, T>(
    bytes: &'a [u8],
    limits: Limits,
    mut header: impl FnMut(&mut Reader<'a>) -> Result<(), ReadError>,
    mut body: impl FnMut(&mut Reader<'a>, super::xml::Element<'a>) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let mut r = Reader::new(bytes, limits)?;
    if !r.root()?.is(Ns::Soap, "Envelope") {
        return Err(r.error(ReadErrorKind::NotSoap));
    }
    let mut content = None;
    r.children(|r, el| match (el.ns, el.name) {
        (Ns::Soap, "Header") => header(r),
        (Ns::Soap, "Body") => r.children(|r, el| {
            if content.is_none() {
                content = Some(body(r, el)?);
            }
            Ok(())
        }),
        _ => Ok(()),
    })?;
    r.finish()?;
    content.ok_or_else(|| r.missing("Body", "an operation"))
}
