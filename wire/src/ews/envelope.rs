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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ews::items::SendItem;
    use crate::ews::{
        ConnectingSid, FolderRef, ItemId, ResponseCode, ResponseMessage, TimeZoneDefinition,
        Violation,
    };

    /// Clients differ in their prefixes (field.md 3.1), and they must not matter.
    #[test]
    fn prefixes_are_the_senders_affair() {
        let expected = Request::SendItem(SendItem {
            save_item_to_folder: true,
            item_ids: vec![ItemId::versioned("a&b", "c").into()],
            saved_item_folder: Some(FolderRef::distinguished("sentitems")),
        });
        let (soap, m, t) = (Ns::Soap.uri(), Ns::Messages.uri(), Ns::Types.uri());
        let thunderbird = format!(
            "<soap:Envelope xmlns:soap='{soap}' xmlns:t='{t}'><soap:Body>\
             <SendItem xmlns='{m}' SaveItemToFolder='1'><ItemIds>\
             <t:ItemId Id='a&amp;b' ChangeKey='c'/></ItemIds><SavedItemFolderId>\
             <t:DistinguishedFolderId Id='sentitems'/></SavedItemFolderId></SendItem>\
             </soap:Body></soap:Envelope>"
        );
        let other = format!(
            "<?xml version='1.0'?>\n<Envelope xmlns='{soap}'>\n <Header><x xmlns=''></x></Header>\
             <Body><q:SendItem xmlns:q='{m}' SaveItemToFolder='true'><q:ItemIds>\
             <ItemId xmlns='{t}' ChangeKey='c' Id='a&#38;b'></ItemId></q:ItemIds><!-- -->\
             <q:SavedItemFolderId><w:DistinguishedFolderId xmlns:w='{t}' Id='sentitems'/>\
             </q:SavedItemFolderId></q:SendItem></Body></Envelope>\n"
        );
        for document in [thunderbird, other] {
            let read = RequestEnvelope::read(document.as_bytes()).unwrap();
            assert_eq!(read.request, expected);
        }
        let wrong =
            format!("<s:Envelope xmlns:s='{soap}'><s:Body><SendItem/></s:Body></s:Envelope>");
        let error = RequestEnvelope::read(wrong.as_bytes()).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Operation("SendItem".to_owned()));
        let error = RequestEnvelope::read(b"<Envelope/>").unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::NotSoap);
    }

    #[test]
    fn headers_read_back() {
        let request = SendItem {
            save_item_to_folder: false,
            item_ids: vec![ItemId::new("i").into()],
            saved_item_folder: None,
        };
        let mut envelope = RequestEnvelope::new("Exchange2016", Request::SendItem(request));
        for sid in [
            ConnectingSid::PrimarySmtpAddress,
            ConnectingSid::SmtpAddress,
            ConnectingSid::PrincipalName,
            ConnectingSid::Sid,
        ] {
            envelope.header.culture = Some("de-DE".to_owned());
            envelope.header.impersonation = Some(sid("a@example.org".to_owned()));
            envelope.header.time_zone = Some(TimeZoneDefinition::named("UTC"));
            assert_eq!(RequestEnvelope::read(&envelope.write()).unwrap(), envelope);
        }
    }

    fn server() -> ServerVersionInfo {
        ServerVersionInfo {
            major_version: 15,
            minor_version: 20,
            major_build_number: 7,
            minor_build_number: 8,
            version: "V2017_07_11".to_owned(),
        }
    }

    #[test]
    fn answers_read_back() {
        let list = vec![
            ResponseMessage::ok(()),
            ResponseMessage::error(ResponseCode::ErrorItemNotFound, "gone").with("a", "b"),
        ];
        let answer = ResponseEnvelope::new(server(), Response::SendItem(list));
        assert_eq!(ResponseEnvelope::read(&answer.write()).unwrap(), answer);
    }

    /// T1 of field.md 3.5 as it was seen on the wire.
    #[test]
    fn a_busy_server_is_understood_and_imitated() {
        let types = Ns::Types.uri();
        let errors = Ns::Errors.uri();
        let text = "The server cannot service this request right now. Try again later.";
        let fault = format!(
            "<s:Fault><faultcode xmlns:a=\"{types}\">a:ErrorServerBusy</faultcode>\
             <faultstring xml:lang=\"en-US\">{text}</faultstring><detail>\
             <e:ResponseCode xmlns:e=\"{errors}\">ErrorServerBusy</e:ResponseCode>\
             <e:Message xmlns:e=\"{errors}\">{text}</e:Message><t:MessageXml xmlns:t=\"{types}\">\
             <t:Value Name=\"BackOffMilliseconds\">297749</t:Value></t:MessageXml></detail></s:Fault>"
        );
        let seen = format!(
            "<s:Envelope xmlns:s=\"{}\"><s:Body>{fault}</s:Body></s:Envelope>",
            Ns::Soap.uri()
        );
        let expected =
            Fault::new(ResponseCode::ErrorServerBusy, text).with("BackOffMilliseconds", "297749");
        let read = ResponseEnvelope::read(seen.as_bytes()).unwrap();
        assert_eq!(read.body, ResponseBody::Fault(expected.clone()));
        assert_eq!(expected.value("BackOffMilliseconds"), Some("297749"));

        let written = ResponseEnvelope::fault(server(), expected).write();
        let written = String::from_utf8(written).unwrap();
        // The envelope binds this prefix already.
        let fault = fault.replace(&format!("<t:MessageXml xmlns:t=\"{types}\">"), "<t:MessageXml>");
        assert!(written.contains(&fault), "{written}");
    }

    #[test]
    fn a_violation_of_the_schema_reads_back() {
        let mut fault = Fault::new(ResponseCode::ErrorSchemaValidation, "The request failed.");
        let text = "The 'Id' attribute is invalid.".to_owned();
        fault.violation = Some(Violation { line: 1, column: 630, text });
        let answer = ResponseEnvelope::fault(server(), fault);
        assert_eq!(ResponseEnvelope::read(&answer.write()).unwrap(), answer);

        let soap = Fault { fault_code: "Client".to_owned(), ..Fault::default() };
        let answer = ResponseEnvelope::fault(server(), soap);
        assert_eq!(ResponseEnvelope::read(&answer.write()).unwrap(), answer);
    }
}
