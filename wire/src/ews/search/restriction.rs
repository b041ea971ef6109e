//! Restrictions: which items or folders a search is for.

use crate::ews::Property;
use crate::ews::record;
use crate::ews::xml::{Element, Ns, ReadError, ReadErrorKind, Reader, Writer};

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restriction {
    /// All of these hold.
    And(Vec<Self>),
    /// One of these holds.
    Or(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// The item has the property.
    Exists(Property),
    /// The property compares like this.
    Compare(Comparison, Property, Operand),
    /// The property has none of these bits.
    Excludes(Property, u32),
    /// The property contains this text.
    Contains {
        /// Where.
        mode: ContainmentMode,
        /// What counts as the same.
        comparison: ContainmentComparison,
        /// The property.
        property: Property,
        /// The text.
        text: String,
    },
}

/// What a property is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A value, as text.
    Constant(String),
    /// Another property.
    Property(Property),
}

words! {
    /// How a property compares with an operand.
    pub enum Comparison {
        /// Equal.
        IsEqualTo = "IsEqualTo",
        /// Not equal.
        IsNotEqualTo = "IsNotEqualTo",
        /// Greater.
        IsGreaterThan = "IsGreaterThan",
        /// Greater or equal.
        IsGreaterThanOrEqualTo = "IsGreaterThanOrEqualTo",
        /// Less.
        IsLessThan = "IsLessThan",
        /// Less or equal.
        IsLessThanOrEqualTo = "IsLessThanOrEqualTo",
    }
}

words! {
    /// Where a text is looked for.
    pub enum ContainmentMode {
        /// It is the whole.
        FullString = "FullString",
        /// It is the beginning.
        Prefixed = "Prefixed",
        /// It is somewhere.
        Substring = "Substring",
        /// It is the beginning of a word.
        PrefixOnWords = "PrefixOnWords",
        /// It is a word.
        ExactPhrase = "ExactPhrase",
    }
}

words! {
    /// What counts as the same when a text is looked for.
    pub enum ContainmentComparison {
        /// The same characters.
        Exact = "Exact",
        /// Capital or small letters.
        IgnoreCase = "IgnoreCase",
        /// Marks that take no room.
        IgnoreNonSpacingCharacters = "IgnoreNonSpacingCharacters",
        /// Loose.
        Loose = "Loose",
        /// Case and marks.
        IgnoreCaseAndNonSpacingCharacters = "IgnoreCaseAndNonSpacingCharacters",
        /// Loose, and case.
        LooseAndIgnoreCase = "LooseAndIgnoreCase",
        /// Loose, and marks.
        LooseAndIgnoreNonSpace = "LooseAndIgnoreNonSpace",
        /// Loose, case and marks.
        LooseAndIgnoreCaseAndIgnoreNonSpace = "LooseAndIgnoreCaseAndIgnoreNonSpace",
    }
}

impl Restriction {
    /// A property has this value.
    pub fn equal(property: impl Into<Property>, value: impl Into<String>) -> Self {
        Self::Compare(Comparison::IsEqualTo, property.into(), Operand::Constant(value.into()))
    }

    /// Reads the condition in the open `Restriction`.
    pub(crate) fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let mut list = Self::read_list(r)?;
        if list.len() > 1 {
            return Ok(Self::And(list));
        }
        list.pop().ok_or_else(|| r.missing("Restriction", "an expression"))
    }

    fn read_list(r: &mut Reader) -> Result<Vec<Self>, ReadError> {
        let mut list = Vec::new();
        r.children(|r, el| {
            if el.ns == Ns::Types {
                list.push(Self::read_one(r, &el)?);
            }
            Ok(())
        })?;
        Ok(list)
    }

    fn read_one(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        Ok(match element.name {
            "And" => Self::And(Self::read_list(r)?),
            "Or" => Self::Or(Self::read_list(r)?),
            "Not" => Self::Not(Box::new(Self::read(r)?)),
            "Exists" => Self::Exists(Operands::read(r)?.property(element)?),
            "Excludes" => {
                let operands = Operands::read(r)?;
                let bits = operands.bits(element)?;
                Self::Excludes(operands.property(element)?, bits)
            }
            "Contains" => {
                let mode = record::attribute(element, "ContainmentMode")?;
                let comparison = record::attribute(element, "ContainmentComparison")?;
                let mut operands = Operands::read(r)?;
                let text = operands.constant.take().unwrap_or_default();
                Self::Contains {
                    mode: mode.unwrap_or(ContainmentMode::FullString),
                    comparison: comparison.unwrap_or(ContainmentComparison::Exact),
                    property: operands.property(element)?,
                    text,
                }
            }
            name => {
                let comparison = Comparison::of_word(name).ok_or_else(|| {
                    let kind = ReadErrorKind::Unexpected(name.chars().take(60).collect());
                    ReadError::new(element.position, kind)
                })?;
                let mut operands = Operands::read(r)?;
                let operand = operands.other.take();
                let operand = operand.ok_or_else(|| missing(element, "FieldURIOrConstant"))?;
                Self::Compare(comparison, operands.property(element)?, operand)
            }
        })
    }

    /// Writes the `Restriction` around it.
    pub(crate) fn write(&self, w: &mut Writer, name: &str) {
        w.open(name);
        self.write_one(w);
        w.close(name);
    }

    fn write_one(&self, w: &mut Writer) {
        let name = match self {
            Self::And(_) => "And",
            Self::Or(_) => "Or",
            Self::Not(_) => "Not",
            Self::Exists(_) => "Exists",
            Self::Excludes(..) => "Excludes",
            Self::Contains { .. } => "Contains",
            Self::Compare(comparison, ..) => comparison.word(),
        };
        w.open_in("t:", name);
        match self {
            Self::And(list) | Self::Or(list) => list.iter().for_each(|each| each.write_one(w)),
            Self::Not(inner) => inner.write_one(w),
            Self::Exists(property) => property.write(w),
            Self::Excludes(property, bits) => {
                property.write(w);
                w.open("t:Bitmask");
                w.attr_display("Value", bits);
                w.close("t:Bitmask");
            }
            Self::Contains { mode, comparison, property, text } => {
                w.attr("ContainmentMode", mode.word());
                w.attr("ContainmentComparison", comparison.word());
                property.write(w);
                write_constant(w, text);
            }
            Self::Compare(_, property, operand) => {
                property.write(w);
                w.open("t:FieldURIOrConstant");
                match operand {
                    Operand::Constant(text) => write_constant(w, text),
                    Operand::Property(property) => property.write(w),
                }
                w.close("t:FieldURIOrConstant");
            }
        }
        w.close_in("t:", name);
    }
}

/// What stands within an expression.
#[derive(Default)]
struct Operands {
    property: Option<Property>,
    other: Option<Operand>,
    constant: Option<String>,
    bitmask: Option<String>,
}

impl Operands {
    fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let mut operands = Self::default();
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "FieldURIOrConstant") => r.children(|_, el| {
                    if el.is(Ns::Types, "Constant") {
                        operands.other = Some(Operand::Constant(el.require("Constant", "Value")?));
                    } else if let Some(property) = Property::read(&el)? {
                        operands.other = Some(Operand::Property(property));
                    }
                    Ok(())
                })?,
                (Ns::Types, "Constant") => {
                    operands.constant = Some(el.require("Constant", "Value")?);
                }
                (Ns::Types, "Bitmask") => operands.bitmask = Some(el.require("Bitmask", "Value")?),
                _ => operands.property = Property::read(&el)?.or(operands.property.take()),
            }
            Ok(())
        })?;
        Ok(operands)
    }

    fn property(self, element: &Element) -> Result<Property, ReadError> {
        self.property.ok_or_else(|| missing(element, "a property"))
    }

    /// Decimal or `0x` and hexadecimal (types.xsd, `ExcludesValueType`).
    fn bits(&self, element: &Element) -> Result<u32, ReadError> {
        let text = self.bitmask.as_deref().unwrap_or_default().trim();
        let bits = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => text.parse(),
        };
        bits.map_err(|_| ReadError::value(element.position, "Bitmask", text))
    }
}

fn write_constant(w: &mut Writer, text: &str) {
    w.open("t:Constant");
    w.attr("Value", text);
    w.close("t:Constant");
}

fn missing(element: &Element, what: &'static str) -> ReadError {
    ReadError::new(element.position, ReadErrorKind::Missing { of: "expression", what })
}
