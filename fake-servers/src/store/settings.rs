//! Settings that programs keep in a mailbox, by folder and name: user configurations, of which the
//! list of categories is one. A mailbox without any pays nothing for them.

use wire::ews::services::ConfigurationEntry;

use super::{FolderNo, Mailbox, Uid};

/// Settings in one mailbox. Ours: Exchange publishes no number, and a server must not grow with a
/// client that never stops.
const MOST: usize = 100;

/// Octets of one part of settings. Ours as well.
const LARGEST: usize = 1 << 20;

/// Settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    folder: FolderNo,
    name: Box<str>,
    /// The hidden item they are kept in.
    pub item: Uid,
    /// The number of their last change.
    pub version: u64,
    /// What they say.
    pub content: SettingsContent,
}

/// What settings say, in up to three forms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsContent {
    /// Names and values.
    pub dictionary: Option<Box<[ConfigurationEntry]>>,
    /// A document.
    pub xml: Option<Box<[u8]>>,
    /// Whatever else.
    pub binary: Option<Box<[u8]>>,
}

/// Why settings stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// They are there already.
    #[error("settings of this name are there already")]
    Exists,
    /// They are not there.
    #[error("there are no settings of this name")]
    Unknown,
    /// The mailbox has as many as it may.
    #[error("a mailbox keeps {MOST} settings at most")]
    TooMany,
    /// A part is longer than it may be.
    #[error("a part of settings has {LARGEST} octets at most")]
    TooLarge,
}

impl SettingsContent {
    fn check(&self) -> Result<(), SettingsError> {
        let texts = self.dictionary.iter().flatten();
        let texts = texts.flat_map(|entry| entry.key.values.iter().chain(&entry.value.values));
        let dictionary = texts.map(String::len).sum::<usize>();
        let length = |part: &Option<Box<[u8]>>| part.as_ref().map_or(0, |part| part.len());
        let largest = dictionary.max(length(&self.xml)).max(length(&self.binary));
        if largest > LARGEST { Err(SettingsError::TooLarge) } else { Ok(()) }
    }

    fn footprint(&self) -> usize {
        let dictionary = self.dictionary.iter().flatten().map(|entry| {
            let texts = entry.key.values.iter().chain(&entry.value.values);
            size_of_val(entry) + texts.map(|text| size_of::<String>() + text.len()).sum::<usize>()
        });
        let parts = [&self.xml, &self.binary].into_iter().flatten().map(|part| part.len());
        dictionary.sum::<usize>() + parts.sum::<usize>()
    }
}

impl Settings {
    fn is(&self, folder: FolderNo, name: &str) -> bool {
        self.folder == folder && self.name.eq_ignore_ascii_case(name)
    }

    /// Whether they are kept in this folder.
    pub(super) fn lie_in(&self, folder: FolderNo) -> bool {
        self.folder == folder
    }

    pub(super) fn footprint(&self) -> usize {
        size_of::<Self>() + self.name.len() + self.content.footprint()
    }
}

impl Mailbox {
    /// Settings of a folder.
    #[must_use]
    pub fn settings(&self, folder: FolderNo, name: &str) -> Option<&Settings> {
        self.tree()?.settings.iter().find(|settings| settings.is(folder, name))
    }

    /// Makes settings.
    ///
    /// # Errors
    /// When they are there already, or are too many or too large.
    pub fn create_settings(
        &mut self,
        folder: FolderNo,
        name: &str,
        content: SettingsContent,
    ) -> Result<(), SettingsError> {
        content.check()?;
        let kept = self.tree().map_or(&[][..], |tree| &tree.settings);
        if kept.iter().any(|settings| settings.is(folder, name)) {
            return Err(SettingsError::Exists);
        }
        if kept.len() == MOST {
            return Err(SettingsError::TooMany);
        }
        // The tree first: it must know which items were there before this one.
        self.tree_mut();
        let item = self.next_uid();
        let tree = self.tree_mut();
        let version = tree.step();
        tree.settings.reserve_exact(1);
        tree.settings.push(Settings { folder, name: name.into(), item, version, content });
        Ok(())
    }

    /// Changes the parts of settings that are given.
    ///
    /// # Errors
    /// When they are not there, or become too large.
    pub fn update_settings(
        &mut self,
        folder: FolderNo,
        name: &str,
        given: SettingsContent,
    ) -> Result<(), SettingsError> {
        given.check()?;
        self.settings(folder, name).ok_or(SettingsError::Unknown)?;
        let tree = self.tree_mut();
        let at = tree.step();
        let found = tree.settings.iter_mut().find(|settings| settings.is(folder, name));
        let settings = found.ok_or(SettingsError::Unknown)?;
        let SettingsContent { dictionary, xml, binary } = given;
        let content = &mut settings.content;
        content.dictionary = dictionary.or(content.dictionary.take());
        content.xml = xml.or(content.xml.take());
        content.binary = binary.or(content.binary.take());
        settings.version = at;
        Ok(())
    }

    /// Deletes settings.
    ///
    /// # Errors
    /// When they are not there.
    pub fn delete_settings(&mut self, folder: FolderNo, name: &str) -> Result<(), SettingsError> {
        self.settings(folder, name).ok_or(SettingsError::Unknown)?;
        let tree = self.tree_mut();
        tree.settings.retain(|settings| !settings.is(folder, name));
        tree.step();
        Ok(())
    }
}
