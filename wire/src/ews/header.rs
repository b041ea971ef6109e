//! What stands in a SOAP header: in which version and on whose behalf a request speaks, and what
//! server answers. Clients choose their behaviour by the latter, so every answer needs it
//! (ews-clients.md).

use super::TimeZoneDefinition;
use super::xml::{Element, Ns, ReadError, Reader, Writer};

/// The header of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequestHeader {
    /// `RequestServerVersion`: the schema's version, such as `Exchange2016`.
    pub version: Option<String>,
    /// `MailboxCulture`: the language for names made by the server.
    pub culture: Option<String>,
    /// `ExchangeImpersonation`: on whose behalf.
    pub impersonation: Option<ConnectingSid>,
    /// `TimeZoneContext`: how to read and write times without a zone.
    pub time_zone: Option<TimeZoneDefinition>,
}

/// Whom a request impersonates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectingSid {
    /// By user principal name.
    PrincipalName(String),
    /// By security identifier.
    Sid(String),
    /// By the mailbox's first address.
    PrimarySmtpAddress(String),
    /// By any of its addresses.
    SmtpAddress(String),
}

/// `ServerVersionInfo`, in the header of every answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerVersionInfo {
    /// 15 since Exchange 2013.
    pub major_version: u32,
    /// 0, 1 or 2; 20 online.
    pub minor_version: u32,
    /// The build.
    pub major_build_number: u32,
    /// Its revision.
    pub minor_build_number: u32,
    /// The newest schema the server knows: `Exchange2016`, `V2017_07_11`.
    pub version: String,
}

impl RequestHeader {
    /// A header that asks for this version and for nothing else.
    pub fn version(version: impl Into<String>) -> Self {
        Self { version: Some(version.into()), ..Self::default() }
    }

    /// Reads the open `Header`. What is unknown in it is skipped.
    pub(crate) fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let mut header = Self::default();
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "RequestServerVersion") => {
                    header.version = el.attr_string("Version")?;
                }
                (Ns::Types, "MailboxCulture") => header.culture = Some(r.string()?),
                (Ns::Types, "ExchangeImpersonation") => header.impersonation = impersonation(r)?,
                (Ns::Types, "TimeZoneContext") => r.children(|r, el| {
                    if el.is(Ns::Types, "TimeZoneDefinition") {
                        header.time_zone = Some(TimeZoneDefinition::read(r, &el)?);
                    }
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(header)
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        if *self == Self::default() {
            return;
        }
        w.open("s:Header");
        if let Some(version) = &self.version {
            w.open("t:RequestServerVersion");
            w.attr("Version", version);
            w.close("t:RequestServerVersion");
        }
        w.element_opt("t:MailboxCulture", self.culture.as_deref());
        if let Some(sid) = &self.impersonation {
            let (name, value) = sid.parts();
            w.open("t:ExchangeImpersonation");
            w.open("t:ConnectingSID");
            w.element(name, value);
            w.close("t:ConnectingSID");
            w.close("t:ExchangeImpersonation");
        }
        if let Some(zone) = &self.time_zone {
            w.open("t:TimeZoneContext");
            zone.write(w, "t:TimeZoneDefinition");
            w.close("t:TimeZoneContext");
        }
        w.close("s:Header");
    }
}

fn impersonation(r: &mut Reader) -> Result<Option<ConnectingSid>, ReadError> {
    let mut sid = None;
    r.children(|r, el| {
        if !el.is(Ns::Types, "ConnectingSID") {
            return Ok(());
        }
        r.children(|r, el| {
            let kind = match (el.ns, el.name) {
                (Ns::Types, "PrincipalName") => ConnectingSid::PrincipalName,
                (Ns::Types, "SID") => ConnectingSid::Sid,
                (Ns::Types, "PrimarySmtpAddress") => ConnectingSid::PrimarySmtpAddress,
                (Ns::Types, "SmtpAddress") => ConnectingSid::SmtpAddress,
                _ => return Ok(()),
            };
            sid = Some(kind(r.text()?.trim().to_owned()));
            Ok(())
        })
    })?;
    Ok(sid)
}

impl ConnectingSid {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::PrincipalName(name) => ("t:PrincipalName", name),
            Self::Sid(sid) => ("t:SID", sid),
            Self::PrimarySmtpAddress(address) => ("t:PrimarySmtpAddress", address),
            Self::SmtpAddress(address) => ("t:SmtpAddress", address),
        }
    }

    /// The address or name it gives.
    pub fn value(&self) -> &str {
        self.parts().1
    }
}

impl ServerVersionInfo {
    /// Reads the element, if it is one.
    pub(crate) fn read(element: &Element) -> Result<Option<Self>, ReadError> {
        if !element.is(Ns::Types, "ServerVersionInfo") {
            return Ok(None);
        }
        let number =
            |name| Ok::<_, ReadError>(element.attr_parse(name, "int")?.unwrap_or_default());
        Ok(Some(Self {
            major_version: number("MajorVersion")?,
            minor_version: number("MinorVersion")?,
            major_build_number: number("MajorBuildNumber")?,
            minor_build_number: number("MinorBuildNumber")?,
            version: element.attr_string("Version")?.unwrap_or_default(),
        }))
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        w.open("t:ServerVersionInfo");
        w.attr_display("MajorVersion", self.major_version);
        w.attr_display("MinorVersion", self.minor_version);
        w.attr_display("MajorBuildNumber", self.major_build_number);
        w.attr_display("MinorBuildNumber", self.minor_build_number);
        w.attr("Version", &self.version);
        w.close("t:ServerVersionInfo");
    }
}
