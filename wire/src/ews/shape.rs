//! Which properties of an item an answer shall carry.

use super::Property;
use super::folders::BaseShape;
use super::record::Body as _;
use super::value::BodyType;
use super::xml::{Element, Ns, ReadError, Reader, Writer};

/// `ItemShape`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemShape {
    /// The set to start from.
    pub base: BaseShape,
    /// Whether the message as it travels by mail is wanted.
    pub include_mime_content: Option<bool>,
    /// What bodies shall be written in.
    pub body_type: Option<BodyType>,
    /// What unique bodies shall be written in.
    pub unique_body_type: Option<BodyType>,
    /// What normalized bodies shall be written in.
    pub normalized_body_type: Option<BodyType>,
    /// Whether unsafe HTML is wanted out.
    pub filter_html_content: Option<bool>,
    /// Whether HTML is wanted in UTF-8.
    pub convert_html_code_page_to_utf8: Option<bool>,
    /// How inline pictures are addressed.
    pub inline_image_url_template: Option<String>,
    /// Whether pictures from elsewhere are wanted out.
    pub block_external_images: Option<bool>,
    /// Whether links open elsewhere.
    pub add_blank_target_to_links: Option<bool>,
    /// Where bodies are cut off, in bytes.
    pub maximum_body_size: Option<i32>,
    /// What is wanted besides.
    pub additional: Vec<Property>,
}

impl ItemShape {
    /// A set and nothing else.
    pub fn new(base: BaseShape) -> Self {
        Self {
            base,
            include_mime_content: None,
            body_type: None,
            unique_body_type: None,
            normalized_body_type: None,
            filter_html_content: None,
            convert_html_code_page_to_utf8: None,
            inline_image_url_template: None,
            block_external_images: None,
            add_blank_target_to_links: None,
            maximum_body_size: None,
            additional: Vec::new(),
        }
    }

    /// The same shape with one more property.
    #[must_use]
    pub fn with(mut self, property: impl Into<Property>) -> Self {
        self.additional.push(property.into());
        self
    }

    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader) -> Result<Self, ReadError> {
        let mut shape = Self::new(BaseShape::IdOnly);
        r.children(|r, el| if el.ns == Ns::Types { shape.read_child(r, &el) } else { Ok(()) })?;
        Ok(shape)
    }

    fn read_child(&mut self, r: &mut Reader, element: &Element) -> Result<(), ReadError> {
        match element.name {
            "BaseShape" => self.base = BaseShape::read_body(r, element)?,
            "IncludeMimeContent" => self.include_mime_content = Some(r.bool()?),
            "BodyType" => self.body_type = Some(BodyType::read_body(r, element)?),
            "UniqueBodyType" => self.unique_body_type = Some(BodyType::read_body(r, element)?),
            "NormalizedBodyType" => {
                self.normalized_body_type = Some(BodyType::read_body(r, element)?);
            }
            "FilterHtmlContent" => self.filter_html_content = Some(r.bool()?),
            "ConvertHtmlCodePageToUTF8" => {
                self.convert_html_code_page_to_utf8 = Some(r.bool()?);
            }
            "InlineImageUrlTemplate" => self.inline_image_url_template = Some(r.string()?),
            "BlockExternalImages" => self.block_external_images = Some(r.bool()?),
            "AddBlankTargetToLinks" => self.add_blank_target_to_links = Some(r.bool()?),
            "MaximumBodySize" => self.maximum_body_size = Some(r.parse("int")?),
            "AdditionalProperties" => self.additional = Property::read_list(r)?,
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn write(&self, w: &mut Writer, name: &str) {
        w.open(name);
        w.element("t:BaseShape", self.base.word());
        self.write_options(w);
        w.close(name);
    }

    /// Writes everything after the base, in the schema's order.
    fn write_options(&self, w: &mut Writer) {
        w.bool_opt("t:IncludeMimeContent", self.include_mime_content);
        w.element_opt("t:BodyType", self.body_type.map(BodyType::word));
        w.element_opt("t:UniqueBodyType", self.unique_body_type.map(BodyType::word));
        w.element_opt("t:NormalizedBodyType", self.normalized_body_type.map(BodyType::word));
        w.bool_opt("t:FilterHtmlContent", self.filter_html_content);
        w.bool_opt("t:ConvertHtmlCodePageToUTF8", self.convert_html_code_page_to_utf8);
        w.element_opt("t:InlineImageUrlTemplate", self.inline_image_url_template.as_deref());
        w.bool_opt("t:BlockExternalImages", self.block_external_images);
        w.bool_opt("t:AddBlankTargetToLinks", self.add_blank_target_to_links);
        if let Some(size) = self.maximum_body_size {
            w.display("t:MaximumBodySize", size);
        }
        if !self.additional.is_empty() {
            Property::write_list(&self.additional, w, "t:AdditionalProperties");
        }
    }
}
