//! The four namespaces of an EWS document. Everything else is somebody else's and is skipped.

/// The namespace of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ns {
    /// SOAP 1.1: the envelope, its header, body and fault.
    Soap,
    /// EWS messages: operations and their answers.
    Messages,
    /// EWS types: what the operations speak of.
    Types,
    /// EWS errors: the detail of a fault.
    Errors,
    /// None at all, as the children of a SOAP 1.1 fault.
    None,
    /// One unknown here.
    Other,
}

impl Ns {
    /// The namespace with this name.
    pub fn from_uri(uri: &str) -> Self {
        [Self::Types, Self::Messages, Self::Soap, Self::Errors, Self::None]
            .into_iter()
            .find(|ns| ns.uri() == uri)
            .unwrap_or(Self::Other)
    }

    /// Its name; empty for [`Ns::None`] and for one unknown here.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Soap => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::Messages => "http://schemas.microsoft.com/exchange/services/2006/messages",
            Self::Types => "http://schemas.microsoft.com/exchange/services/2006/types",
            Self::Errors => "http://schemas.microsoft.com/exchange/services/2006/errors",
            Self::None | Self::Other => "",
        }
    }
}
