//! What the caller may do with an item or a folder.

use crate::ews::xml::{Ns, ReadError, Reader, Writer};

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident $element:literal)*) => {
        /// `EffectiveRights`.
        #[expect(clippy::struct_excessive_bools, reason = "the schema has one element for each")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct EffectiveRights {
            $($(#[$doc])* pub $name: bool,)*
            /// See private items.
            pub view_private_items: Option<bool>,
        }

        impl EffectiveRights {
            /// Reads the open element.
            pub(crate) fn read(r: &mut Reader) -> Result<Self, ReadError> {
                let mut rights = Self::default();
                r.children(|r, el| {
                    match (el.ns, el.name) {
                        $((Ns::Types, $element) => rights.$name = r.bool()?,)*
                        (Ns::Types, "ViewPrivateItems") => {
                            rights.view_private_items = Some(r.bool()?);
                        }
                        _ => {}
                    }
                    Ok(())
                })?;
                Ok(rights)
            }

            /// Writes the children of the element that is open.
            pub(crate) fn write(self, w: &mut Writer) {
                $(w.bool(concat!("t:", $element), self.$name);)*
                w.bool_opt("t:ViewPrivateItems", self.view_private_items);
            }
        }
    };
}

rights! {
    /// Create associated contents.
    create_associated "CreateAssociated"
    /// Create items.
    create_contents "CreateContents"
    /// Create folders.
    create_hierarchy "CreateHierarchy"
    /// Delete.
    delete "Delete"
    /// Change.
    modify "Modify"
    /// Read.
    read "Read"
}
