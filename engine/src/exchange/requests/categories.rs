//! The mailbox's list of categories: a user configuration of its calendar folder.

use wire::ews::services::{
    CategoryList, ConfigurationName, CreateUserConfiguration, GetUserConfiguration,
    UpdateUserConfiguration, UserConfiguration,
};
use wire::ews::{Base64, Request, Response};

use super::super::refusal::Refusal;
use super::super::session::Session;
use super::{SMALL, unexpected};

/// A mailbox's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum KeptList {
    /// There is none: nobody's Outlook has opened the mailbox yet.
    None,
    /// There is a place for it, and nothing there.
    Empty,
    /// It is there.
    List(CategoryList),
    /// Something is there that is no list, and somebody's.
    Unreadable,
}

impl Session<'_> {
    fn category_list_name(&self) -> ConfigurationName {
        let folder = self.folder(CategoryList::FOLDER);
        ConfigurationName { name: CategoryList::CONFIGURATION.to_owned(), folder }
    }

    /// `GetUserConfiguration`: the list as it is now.
    pub(in super::super) async fn category_list(&mut self) -> Result<KeptList, Refusal> {
        let request = Request::GetUserConfiguration(GetUserConfiguration {
            name: self.category_list_name(),
            properties: "XmlData".to_owned(),
        });
        let name = request.name();
        let answer = match self.ask(request, SMALL).await? {
            Response::GetUserConfiguration(messages) => self.only(name, messages),
            other => return Err(unexpected(&other)),
        };
        let found = match answer {
            Ok(found) => found.configuration,
            Err(refusal) if refusal.is_missing() => return Ok(KeptList::None),
            Err(refusal) => return Err(refusal),
        };
        Ok(match found.and_then(|found| found.xml) {
            None => KeptList::Empty,
            Some(Base64(xml)) if xml.is_empty() => KeptList::Empty,
            Some(Base64(xml)) => {
                CategoryList::read(&xml).map_or(KeptList::Unreadable, KeptList::List)
            }
        })
    }

    /// `CreateUserConfiguration` or `UpdateUserConfiguration`: the list becomes this.
    pub(in super::super) async fn write_category_list(
        &mut self,
        list: &CategoryList,
        is_new: bool,
    ) -> Result<(), Refusal> {
        let configuration = UserConfiguration {
            xml: Some(Base64(list.as_bytes().to_vec())),
            ..UserConfiguration::empty(self.category_list_name())
        };
        let request = if is_new {
            Request::CreateUserConfiguration(CreateUserConfiguration { configuration })
        } else {
            Request::UpdateUserConfiguration(UpdateUserConfiguration { configuration })
        };
        let name = request.name();
        match self.ask(request, SMALL).await? {
            Response::CreateUserConfiguration(messages)
            | Response::UpdateUserConfiguration(messages) => self.only(name, messages),
            other => Err(unexpected(&other)),
        }
    }
}
