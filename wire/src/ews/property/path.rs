//! The name of a property, as it stands in shapes, updates, restrictions and sort orders.

use super::{ExtendedField, Field};
use crate::ews::xml::{Element, Ns, ReadError, Reader, Writer};

/// The name of a property.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// A field.
    Field(Field),
    /// One entry of a dictionary.
    Indexed(Dictionary, String),
    /// An extended property.
    Extended(ExtendedField),
    /// A field with a URI unknown here. Clients ask for fields of other versions, and the server
    /// ignores them (ews-clients.md).
    Unknown(String),
}

macro_rules! dictionaries {
    ($($name:ident $uri:literal $field:ident $element:literal;)*) => {
        /// A field that is a dictionary, or a part of each of its entries.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Dictionary {
            $(
                #[doc = concat!("`", $uri, "`")]
                $name,
            )*
        }

        impl Dictionary {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its URI.
            pub const fn uri(self) -> &'static str {
                match self {
                    $(Self::$name => $uri,)*
                }
            }

            /// The field that holds it.
            pub const fn field(self) -> Field {
                match self {
                    $(Self::$name => Field::$field,)*
                }
            }

            /// The element of this part within an entry; empty where an entry has no parts.
            pub(crate) const fn part(self) -> &'static str {
                match self {
                    $(Self::$name => $element,)*
                }
            }
        }
    };
}

dictionaries! {
    EmailAddress    "contacts:EmailAddress"                    ContactEmailAddresses      "";
    Street          "contacts:PhysicalAddress:Street"          ContactPhysicalAddresses   "Street";
    City            "contacts:PhysicalAddress:City"            ContactPhysicalAddresses   "City";
    State           "contacts:PhysicalAddress:State"           ContactPhysicalAddresses   "State";
    CountryOrRegion "contacts:PhysicalAddress:CountryOrRegion" ContactPhysicalAddresses   "CountryOrRegion";
    PostalCode      "contacts:PhysicalAddress:PostalCode"      ContactPhysicalAddresses   "PostalCode";
    PhoneNumber     "contacts:PhoneNumber"                     ContactPhoneNumbers        "";
    ImAddress       "contacts:ImAddress"                       ContactImAddresses         "";
    InternetHeader  "item:InternetMessageHeader"               ItemInternetMessageHeaders "";
    Member          "distributionlist:Members:Member"          ListMembers                "";
}

impl Property {
    /// One entry of a dictionary.
    pub fn indexed(dictionary: Dictionary, index: impl Into<String>) -> Self {
        Self::Indexed(dictionary, index.into())
    }

    /// Reads it, if this element is one of the three kinds of paths.
    pub(crate) fn read(element: &Element) -> Result<Option<Self>, ReadError> {
        if element.ns != Ns::Types {
            return Ok(None);
        }
        Ok(Some(match element.name {
            "FieldURI" => {
                let uri = element.require("FieldURI", "FieldURI")?;
                Field::from_uri(&uri).map_or(Self::Unknown(uri), Self::Field)
            }
            "IndexedFieldURI" => {
                let uri = element.require("IndexedFieldURI", "FieldURI")?;
                let index = element.require("IndexedFieldURI", "FieldIndex")?;
                Dictionary::ALL
                    .iter()
                    .find(|known| known.uri() == uri)
                    .map_or(Self::Unknown(uri), |&known| Self::Indexed(known, index))
            }
            "ExtendedFieldURI" => Self::Extended(ExtendedField::read(element)?),
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self, w: &mut Writer) {
        let (uri, index) = match self {
            Self::Field(field) => (field.uri(), None),
            Self::Unknown(uri) => (uri.as_str(), None),
            Self::Indexed(dictionary, index) => (dictionary.uri(), Some(index)),
            Self::Extended(field) => return field.write(w),
        };
        let name = if index.is_some() { "t:IndexedFieldURI" } else { "t:FieldURI" };
        w.open(name);
        w.attr("FieldURI", uri);
        w.attr_opt("FieldIndex", index.map(String::as_str));
        w.close(name);
    }

    /// Reads the list in the open element (`AdditionalProperties`).
    pub(crate) fn read_list(r: &mut Reader) -> Result<Vec<Self>, ReadError> {
        let mut list = Vec::new();
        r.children(|_, el| {
            list.extend(Self::read(&el)?);
            Ok(())
        })?;
        Ok(list)
    }

    pub(crate) fn write_list(list: &[Self], w: &mut Writer, name: &str) {
        w.open(name);
        for property in list {
            property.write(w);
        }
        w.close(name);
    }
}

impl From<Field> for Property {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

impl From<ExtendedField> for Property {
    fn from(field: ExtendedField) -> Self {
        Self::Extended(field)
    }
}
