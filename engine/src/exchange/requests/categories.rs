//! The mailbox's list of categories: a user configuration of its calendar folder.

use wire::ews::services::{
    CategoryList, ConfigurationName, CreateUserConfiguration, GetUserConfiguration,
    UpdateUserConfiguration, UserConfiguration,
};
use wire::ews::{Base64, ReadError, Request, Response};

use super::super::refusal::Refusal;
use super::super::session::Session;
use super::{SMALL, unexpected};
use crate::http::excerpt;

/// A mailbox's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum KeptList {
    /// There is none: nobody's Outlook has opened the mailbox yet.
    None,
    /// There is a place for it, and nothing there.
    Empty,
    /// It is there.
    List(CategoryList),
}

/// What is wrong with something that should be a list.
pub(in super::super) struct NoList(pub(in super::super) String);

impl Session<'_> {
    fn category_list_name(&self) -> ConfigurationName {
        let folder = self.folder(CategoryList::FOLDER);
        ConfigurationName { name: CategoryList::CONFIGURATION.to_owned(), folder }
    }

    /// `GetUserConfiguration`: the list as it is now. Something may be there that is no list, and
    /// somebody's.
    pub(in super::super) async fn category_list(
        &mut self,
    ) -> Result<Result<KeptList, NoList>, Refusal> {
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
            Err(refusal) if refusal.is_missing() => return Ok(Ok(KeptList::None)),
            Err(refusal) => return Err(refusal),
        };
        Ok(match found.and_then(|found| found.xml) {
            None => Ok(KeptList::Empty),
            Some(Base64(xml)) if xml.is_empty() => Ok(KeptList::Empty),
            Some(Base64(xml)) => match CategoryList::read(&xml) {
                Ok(list) => Ok(KeptList::List(list)),
                Err(error) => Err(NoList::new(&xml, &error)),
            },
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

impl NoList {
    fn new(xml: &[u8], error: &ReadError) -> Self {
        // What stands before the place is often what explains it.
        let from = error.position.saturating_sub(60).min(xml.len());
        let offending = excerpt(&xml[from..]);
        Self(format!("the list of categories is unreadable: {error}: {offending}"))
    }
}
