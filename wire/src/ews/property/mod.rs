//! What can be asked of an item, set on it, searched and sorted by. EWS has three ways to name a
//! property, and all of them lead through here: a field by its URI, one entry of a field that is
//! a dictionary, and the extended properties of the store beneath.

mod extended;
mod field;
mod order;
mod path;
mod table;

pub use extended::{ExtendedField, PropertyName, PropertySet, PropertyType};
pub use field::Kind;
pub use order::ItemClass;
pub use path::{Dictionary, Property};
pub use table::Field;
