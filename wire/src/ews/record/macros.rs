//! `record!`, `choice!` and `words!`: the schema's types as tables from which both directions
//! follow. A reader and a writer written apart from each other would drift apart.

/// A `struct` that is an element's attributes and children, the children in schema order.
///
/// Every field says how often it comes (`one`, `maybe`, `each`; `list` for an element around a
/// list, without which the list is empty; of attributes `attribute`, `maybe_attribute`) and what it
/// is called. Reading takes children in any order and passes over what it does not know; whoever
/// must be strict compares with what would be written.
macro_rules! record {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $( $(#[$of_field:meta])* $card:ident $field:ident: $type:ty = $how:expr, )*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $( $(#[$of_field])* pub $field: record!(@type $card $type), )*
        }

        impl $crate::ews::record::Group for $name {
            const NAME: &'static str = stringify!($name);

            fn read_group(
                reader: &mut $crate::ews::xml::Reader,
                start: &$crate::ews::xml::Element,
            ) -> Result<Self, $crate::ews::xml::ReadError> {
                $( record!(@begin $card $field: $type, $how, start); )*
                let _ = start;
                reader.children(|reader, child| {
                    let _ = (&reader, &child);
                    $( record!(@child $card $field: $type, $how, child, reader); )*
                    Ok(())
                })?;
                Ok(Self { $( $field: record!(@finish $card $field, $how, start), )* })
            }

            fn write_attributes(&self, writer: &mut $crate::ews::xml::Writer) {
                let _ = &writer;
                $( record!(@write_attribute $card self.$field, $how, writer); )*
            }

            fn write_group(&self, writer: &mut $crate::ews::xml::Writer) {
                let _ = &writer;
                $( record!(@write_child $card self.$field, $how, writer); )*
            }
        }
    };

    (@type one $type:ty) => { $type };
    (@type maybe $type:ty) => { Option<$type> };
    (@type each $type:ty) => { Vec<$type> };
    (@type list $type:ty) => { Vec<$type> };
    (@type attribute $type:ty) => { $type };
    (@type maybe_attribute $type:ty) => { Option<$type> };

    (@begin attribute $field:ident: $type:ty, $how:expr, $start:ident) => {
        let $field: Option<$type> = $crate::ews::record::attribute($start, $how)?;
    };
    (@begin maybe_attribute $field:ident: $type:ty, $how:expr, $start:ident) => {
        let $field: Option<$type> = $crate::ews::record::attribute($start, $how)?;
    };
    (@begin list $field:ident: $type:ty, $how:expr, $start:ident) => {
        let mut $field = Vec::<$type>::new();
    };
    (@begin each $field:ident: $type:ty, $how:expr, $start:ident) => {
        let mut $field = Vec::<$type>::new();
    };
    (@begin $other:ident $field:ident: $type:ty, $how:expr, $start:ident) => {
        let mut $field = None::<$type>;
    };

    (@child attribute $($rest:tt)*) => {};
    (@child maybe_attribute $($rest:tt)*) => {};
    (@child list $field:ident: $type:ty, $how:expr, $child:ident, $reader:ident) => {
        if $crate::ews::record::Part::<Vec<$type>>::is(&$how, &$child) {
            $field = $crate::ews::record::Part::<Vec<$type>>::read(&$how, $reader, &$child)?;
            return Ok(());
        }
    };
    (@child $card:ident $field:ident: $type:ty, $how:expr, $child:ident, $reader:ident) => {
        if $crate::ews::record::Part::<$type>::is(&$how, &$child) {
            let value: $type = $crate::ews::record::Part::read(&$how, $reader, &$child)?;
            record!(@keep $card $field, value);
            return Ok(());
        }
    };

    (@keep one $field:ident, $value:ident) => { $field = Some($value); };
    (@keep maybe $field:ident, $value:ident) => { $field = Some($value); };
    (@keep each $field:ident, $value:ident) => { $field.push($value); };

    (@finish one $field:ident, $how:expr, $start:ident) => {
        match $field {
            Some(value) => value,
            None => return Err($crate::ews::record::missing::<Self>($start, $how.name())),
        }
    };
    (@finish attribute $field:ident, $how:expr, $start:ident) => {
        match $field {
            Some(value) => value,
            None => return Err($crate::ews::record::missing::<Self>($start, $how)),
        }
    };
    (@finish $other:ident $field:ident, $how:expr, $start:ident) => {
        $field
    };

    (@write_attribute attribute $self:ident.$field:ident, $how:expr, $writer:ident) => {
        $crate::ews::record::write_attribute($writer, $how, &$self.$field);
    };
    (@write_attribute maybe_attribute $self:ident.$field:ident, $how:expr, $writer:ident) => {
        if let Some(value) = &$self.$field {
            $crate::ews::record::write_attribute($writer, $how, value);
        }
    };
    (@write_attribute $other:ident $self:ident.$field:ident, $how:expr, $writer:ident) => {};

    (@write_child one $self:ident.$field:ident, $how:expr, $writer:ident) => {
        $crate::ews::record::Part::write(&$how, $writer, &$self.$field);
    };
    (@write_child attribute $($rest:tt)*) => {};
    (@write_child maybe_attribute $($rest:tt)*) => {};
    (@write_child list $self:ident.$field:ident, $how:expr, $writer:ident) => {
        if !$self.$field.is_empty() {
            $crate::ews::record::Part::write(&$how, $writer, &$self.$field);
        }
    };
    (@write_child maybe $self:ident.$field:ident, $how:expr, $writer:ident) => {
        if let Some(value) = &$self.$field {
            $crate::ews::record::Part::write(&$how, $writer, value);
        }
    };
    (@write_child each $self:ident.$field:ident, $how:expr, $writer:ident) => {
        for value in &$self.$field {
            $crate::ews::record::Part::write(&$how, $writer, value);
        }
    };
}

/// What one answer of a list adds to the parts that all have. Any of it may be missing, because an
/// answer may be an error.
macro_rules! content {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $( $(#[$of_field:meta])* $card:ident $field:ident: $type:ty = $how:expr, )*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name {
            $( $(#[$of_field])* pub $field: record!(@type $card $type), )*
        }

        impl $crate::ews::Content for $name {
            fn read_child(
                &mut self,
                reader: &mut $crate::ews::xml::Reader,
                child: &$crate::ews::xml::Element,
            ) -> Result<(), $crate::ews::xml::ReadError> {
                $( if $crate::ews::record::Part::<$type>::is(&$how, child) {
                    let value: $type = $crate::ews::record::Part::read(&$how, reader, child)?;
                    content!(@keep $card self.$field, value);
                    return Ok(());
                } )*
                Ok(())
            }

            fn write(&self, writer: &mut $crate::ews::xml::Writer) {
                $( record!(@write_child $card self.$field, $how, writer); )*
            }
        }
    };

    (@keep maybe $self:ident.$field:ident, $value:ident) => { $self.$field = Some($value); };
    (@keep each $self:ident.$field:ident, $value:ident) => { $self.$field.push($value); };
}

/// An `enum` whose variants are told apart by the name of their element.
macro_rules! choice {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $( $(#[$of_variant:meta])* $variant:ident($type:ty) = $how:expr, )*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name {
            $( $(#[$of_variant])* $variant($type), )*
        }

        impl $crate::ews::record::Choice for $name {
            fn is(child: &$crate::ews::xml::Element) -> bool {
                $( $crate::ews::record::Part::<$type>::is(&$how, child) || )* false
            }

            fn read(
                reader: &mut $crate::ews::xml::Reader,
                child: &$crate::ews::xml::Element,
            ) -> Result<Self, $crate::ews::xml::ReadError> {
                $( if $crate::ews::record::Part::<$type>::is(&$how, child) {
                    let value = $crate::ews::record::Part::read(&$how, reader, child)?;
                    return Ok(Self::$variant(value));
                } )*
                Err($crate::ews::record::unexpected(child))
            }

            fn write(&self, writer: &mut $crate::ews::xml::Writer) {
                match self {
                    $( Self::$variant(value) => {
                        $crate::ews::record::Part::write(&$how, writer, value);
                    } )*
                }
            }
        }
    };
}

/// An `enum` of words as the schema spells them.
macro_rules! words {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $( $(#[$of_variant:meta])* $variant:ident = $word:literal, )*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $( $(#[$of_variant])* $variant, )*
        }

        impl $name {
            /// All of them, in the schema's order.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// As the schema spells it.
            pub const fn word(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )*
                }
            }

            /// The variant that is spelled so.
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl $crate::ews::record::Text for $name {
            const WHAT: &'static str = stringify!($name);

            fn of_text(text: &str) -> Option<Self> {
                Self::of_word(text.trim_ascii())
            }

            fn with_text<R>(&self, with: impl FnOnce(&str) -> R) -> R {
                with(self.word())
            }
        }

        $crate::ews::record::text_body!($name);
    };
}
