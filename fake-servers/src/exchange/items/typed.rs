//! Whether the value of an extended property is of its type. The schema calls them all strings; the
//! store behind does not (EWSREF `ErrorInvalidExtendedPropertyValue`).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use wire::ews::{Property, PropertyType, ResponseCode, Value};

use crate::exchange::problem::{Outcome, Problem};

/// Refuses what the store could not keep.
pub(in crate::exchange) fn check(property: &Property, value: &Value) -> Outcome<()> {
    let Property::Extended(field) = property else { return Ok(()) };
    if is_of(field.kind(), value) {
        return Ok(());
    }
    let text = "The extended property value is not of the type that its name says.";
    Err(Problem::new(ResponseCode::ErrorInvalidExtendedPropertyValue, text))
}

fn is_of(kind: PropertyType, value: &Value) -> bool {
    match value {
        Value::Strings(list) => kind.is_array() && list.iter().all(|text| is_written(kind, text)),
        Value::Text(text) => !kind.is_array() && is_written(kind, text),
        Value::Int(number) => in_range(kind, *number),
        _ => true,
    }
}

fn in_range(kind: PropertyType, number: i64) -> bool {
    match kind {
        PropertyType::Short | PropertyType::ShortArray => i16::try_from(number).is_ok(),
        PropertyType::Integer | PropertyType::IntegerArray => i32::try_from(number).is_ok(),
        _ => true,
    }
}

fn is_written(kind: PropertyType, text: &str) -> bool {
    use PropertyType as T;
    let text = text.trim();
    match kind {
        T::Boolean => ["true", "false", "1", "0"].iter().any(|it| it.eq_ignore_ascii_case(text)),
        T::Short | T::ShortArray | T::Integer | T::IntegerArray | T::Long | T::LongArray => {
            text.parse().is_ok_and(|number| in_range(kind, number))
        }
        T::Float
        | T::FloatArray
        | T::Double
        | T::DoubleArray
        | T::Currency
        | T::CurrencyArray
        | T::ApplicationTime
        | T::ApplicationTimeArray => text.parse::<f64>().is_ok(),
        T::Binary | T::BinaryArray => {
            let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
            BASE64_STANDARD.decode(compact).is_ok()
        }
        T::CLSID | T::CLSIDArray => {
            let bare = text.trim_start_matches('{').trim_end_matches('}');
            bare.split('-').map(str::len).eq([8, 4, 4, 4, 12])
                && bare.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
        }
        T::SystemTime | T::SystemTimeArray => {
            text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok()
        }
        T::String | T::StringArray | T::Object | T::ObjectArray | T::Null | T::Error => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_values_that_are_none_of_it() {
        for (kind, text, is_fine) in [
            (PropertyType::Integer, "abc", false),
            (PropertyType::Integer, "-2147483648", true),
            (PropertyType::Integer, "2147483648", false),
            (PropertyType::Short, "70000", false),
            (PropertyType::Short, "-7", true),
            (PropertyType::Long, "2147483648", true),
            (PropertyType::Boolean, "maybe", false),
            (PropertyType::Boolean, "True", true),
            (PropertyType::Binary, "!!", false),
            (PropertyType::Binary, "AAEC\r\n", true),
            (PropertyType::SystemTime, "yesterday", false),
            (PropertyType::SystemTime, "2026-03-02T08:00:00Z", true),
            (PropertyType::SystemTime, "2026-03-02T08:00:00", true),
            (PropertyType::CLSID, "00020329-0000-0000-c000-000000000046", true),
            (PropertyType::CLSID, "x", false),
            (PropertyType::Double, "1.5", true),
            (PropertyType::Double, "much", false),
            (PropertyType::String, "", true),
            (PropertyType::StringArray, "one where several belong", false),
        ] {
            // As it comes from the wire.
            let value = Value::of_type(kind, text.to_owned());
            assert_eq!(is_of(kind, &value), is_fine, "{kind:?} {text:?}");
        }
        let list = |text: &str| Value::Strings(vec!["1".to_owned(), text.to_owned()]);
        assert!(is_of(PropertyType::IntegerArray, &list("2")));
        assert!(!is_of(PropertyType::IntegerArray, &list("two")));
        assert!(!is_of(PropertyType::Integer, &list("2")), "several where one belongs");
    }
}
