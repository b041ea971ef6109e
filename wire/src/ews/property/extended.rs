//! Extended properties: the store's own (MAPI), by tag or by name in a set. Whatever EWS has no
//! field for goes through them, and one client does nearly everything that way (ews-clients.md).

use crate::ews::xml::{Element, ReadError, ReadErrorKind, Writer};

/// An extended property's name and type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExtendedField {
    /// By tag.
    Tag {
        /// The tag without the type.
        tag: u16,
        /// Its type.
        kind: PropertyType,
    },
    /// By name in a set.
    Named {
        /// The set.
        set: PropertySet,
        /// The name.
        name: PropertyName,
        /// Its type.
        kind: PropertyType,
    },
}

/// A set of named properties.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PropertySet {
    /// A well-known one, such as `Common` or `PublicStrings`.
    Distinguished(String),
    /// Any other, by its GUID.
    Id(String),
}

/// A name in a set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PropertyName {
    /// A number.
    Id(i32),
    /// A text.
    Name(String),
}

macro_rules! types {
    ($($name:ident)*) => {
        /// The type of an extended property.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PropertyType {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                $name,
            )*
        }

        impl PropertyType {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The type as it travels.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

types! {
    ApplicationTime ApplicationTimeArray Binary BinaryArray Boolean CLSID CLSIDArray Currency
    CurrencyArray Double DoubleArray Error Float FloatArray Integer IntegerArray Long LongArray Null
    Object ObjectArray Short ShortArray String StringArray SystemTime SystemTimeArray
}

impl PropertyType {
    /// Whether it holds several values.
    pub fn is_array(self) -> bool {
        self.as_str().ends_with("Array")
    }
}

impl ExtendedField {
    /// A property by its tag.
    pub const fn tag(tag: u16, kind: PropertyType) -> Self {
        Self::Tag { tag, kind }
    }

    /// A property by its name in a well-known set.
    pub fn named(set: &str, name: &str, kind: PropertyType) -> Self {
        let set = PropertySet::Distinguished(set.to_owned());
        Self::Named { set, name: PropertyName::Name(name.to_owned()), kind }
    }

    /// A property by its number in a well-known set.
    pub fn numbered(set: &str, id: i32, kind: PropertyType) -> Self {
        let set = PropertySet::Distinguished(set.to_owned());
        Self::Named { set, name: PropertyName::Id(id), kind }
    }

    /// Its type.
    pub const fn kind(&self) -> PropertyType {
        match self {
            Self::Tag { kind, .. } | Self::Named { kind, .. } => *kind,
        }
    }

    /// Reads an `ExtendedFieldURI`.
    pub(crate) fn read(element: &Element) -> Result<Self, ReadError> {
        const NAME: &str = "ExtendedFieldURI";
        let kind = element.require(NAME, "PropertyType")?;
        let kind = PropertyType::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == kind)
            .ok_or_else(|| ReadError::value(element.position, "PropertyType", &kind))?;
        let has = |name| element.attr(name).map(|it| usize::from(it.is_some()));
        let tags = has("PropertyTag")?;
        let sets = has("DistinguishedPropertySetId")? + has("PropertySetId")?;
        let names = has("PropertyName")? + has("PropertyId")?;
        if tags + sets > 1 || tags + names > 1 {
            return Err(ReadError::new(element.position, ReadErrorKind::Combination));
        }
        if let Some(tag) = element.attr("PropertyTag")? {
            let tag = parse_tag(&tag)
                .ok_or_else(|| ReadError::value(element.position, "PropertyTag", &tag))?;
            return Ok(Self::Tag { tag, kind });
        }
        let missing =
            |what| ReadError::new(element.position, ReadErrorKind::Missing { of: NAME, what });
        let set = match element.attr_string("DistinguishedPropertySetId")? {
            Some(name) => PropertySet::Distinguished(name),
            None => element
                .attr_string("PropertySetId")?
                .map(|id| PropertySet::Id(id.to_ascii_lowercase()))
                .ok_or_else(|| missing("PropertyTag"))?,
        };
        let name = match element.attr_string("PropertyName")? {
            Some(name) => PropertyName::Name(name),
            None => element
                .attr_parse("PropertyId", "int")?
                .map(PropertyName::Id)
                .ok_or_else(|| missing("PropertyName"))?,
        };
        Ok(Self::Named { set, name, kind })
    }

    /// Tags are written in lower case and without leading zeros: one client compares them as text
    /// (ews-clients.md).
    pub(crate) fn write(&self, w: &mut Writer) {
        w.open("t:ExtendedFieldURI");
        match self {
            Self::Tag { tag, .. } => w.attr("PropertyTag", &format!("{tag:#x}")),
            Self::Named { set, name, .. } => {
                match set {
                    PropertySet::Distinguished(set) => w.attr("DistinguishedPropertySetId", set),
                    PropertySet::Id(id) => w.attr("PropertySetId", id),
                }
                match name {
                    PropertyName::Name(name) => w.attr("PropertyName", name),
                    PropertyName::Id(id) => w.attr_display("PropertyId", id),
                }
            }
        }
        w.attr("PropertyType", self.kind().as_str());
        w.close("t:ExtendedFieldURI");
    }
}

/// `0x3fa4` or decimal (types.xsd, `PropertyTagType`).
fn parse_tag(text: &str) -> Option<u16> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u16::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}
