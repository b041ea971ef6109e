//! A mailbox on a server that does as much of Exchange as these tests need: what it says is
//! written out by hand, so that the codec under test has nothing to do with it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::*;

/// A list of categories with those of the engine.
pub(super) const LIST: &str = "<categories xmlns=\"CategoryList.xsd\"><category \
    name=\"Tracked to Dynamics 365\" guid=\"{1}\"/><category \
    name=\"Tracked to Dynamics 365 (Undeliverable)\" guid=\"{2}\"/></categories>";

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub(super) enum Blow {
    /// This is the reply, and nothing is done.
    Refuse(String),
    /// The connection ends, and nothing is done.
    LostBefore,
    /// It is done, and the connection ends before the reply.
    LostAfter,
    /// Silence, and nothing is done.
    SilentBefore,
    /// It is done, and there is silence.
    SilentAfter,
    /// This stands in the answer to the message at this place, and the others are as usual.
    Message(usize, &'static str),
}

/// An item in a folder.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) mime: String,
    pub(super) class: &'static str,
    pub(super) received: String,
    pub(super) categories: Vec<String>,
}

#[derive(Debug, Clone)]
enum Happened {
    Came(String),
    Changed(String),
    Read(String),
    Went(String),
}

#[derive(Debug, Default)]
struct Folder {
    items: BTreeMap<String, Entry>,
    log: Vec<Happened>,
}

/// The mailbox.
#[derive(Default)]
pub(super) struct Mail {
    folders: BTreeMap<String, Folder>,
    /// Folders under the Inbox as their changes, by id and name.
    hierarchy: Vec<(&'static str, String, String)>,
    drafts: BTreeMap<String, String>,
    /// What was sent, and whether a copy was kept.
    pub(super) sent: Vec<(String, bool)>,
    /// Names of the operations asked for, in order.
    pub(super) asked: Vec<String>,
    next: u32,
    /// Changes in one answer at most.
    pub(super) page: usize,
    /// States of an earlier life are refused.
    epoch: u32,
    /// The list of categories, if anybody has made it.
    pub(super) list: Option<String>,
    /// Somebody deletes every draft.
    pub(super) loses_drafts: bool,
    /// Silence from the nth request on.
    pub(super) silent_at: Option<usize>,
    /// What goes wrong with the next requests of this name.
    pub(super) blows: VecDeque<(&'static str, Blow)>,
}

/// The mailbox and the server in front of it.
#[derive(Clone)]
pub(super) struct Office(pub(super) Arc<Mutex<Mail>>);

impl Office {
    pub(super) fn new() -> (Self, Arc<HttpServer>) {
        let office = Self(Arc::new(Mutex::new(Mail { page: 512, ..Mail::default() })));
        let behind = office.clone();
        let server = HttpServer::new(move |seen| behind.0.lock().unwrap().reply(&seen.body));
        (office, server)
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Mail) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }

    /// A message comes in; gives its id.
    pub(super) fn deliver(&self, folder: &str, subject: &str) -> String {
        self.put(folder, entry(subject))
    }

    pub(super) fn put(&self, folder: &str, entry: Entry) -> String {
        self.with(|mail| {
            let id = mail.id();
            let folder = mail.folders.entry(folder.into()).or_default();
            folder.items.insert(id.clone(), entry);
            folder.log.push(Happened::Came(id.clone()));
            id
        })
    }

    pub(super) fn remove(&self, folder: &str, id: &str) -> Entry {
        self.with(|mail| mail.remove(folder, id).unwrap())
    }

    /// Moves an item, which then has another id.
    pub(super) fn shift(&self, from: &str, id: &str, to: &str) -> String {
        let entry = self.remove(from, id);
        self.put(to, entry)
    }

    pub(super) fn read(&self, folder: &str, id: &str) {
        self.with(|mail| {
            mail.folders.get_mut(folder).unwrap().log.push(Happened::Read(id.into()));
        });
    }

    pub(super) fn categorise(&self, id: &str, categories: &[&str]) {
        self.with(|mail| mail.categorise(id, categories.iter().map(|c| (*c).into()).collect()));
    }

    pub(super) fn categories(&self, id: &str) -> Vec<String> {
        self.with(|mail| mail.find(id).map(|entry| entry.categories.clone()).unwrap_or_default())
    }

    /// What was listed before is listed anew.
    pub(super) fn forget_states(&self) {
        self.with(|mail| mail.epoch += 1);
    }

    pub(super) fn folder(&self, what: &'static str, id: &str, name: &str) {
        self.with(|mail| mail.hierarchy.push((what, id.into(), name.into())));
    }

    /// The subjects in a folder.
    pub(super) fn subjects(&self, folder: &str) -> Vec<String> {
        self.with(|mail| {
            let items = mail.folders.get(folder).map(|folder| folder.items.values());
            items.into_iter().flatten().map(|entry| subject(&entry.mime)).collect()
        })
    }

    pub(super) fn blow(&self, operation: &'static str, blow: Blow) {
        self.with(|mail| mail.blows.push_back((operation, blow)));
    }

    /// The operations asked for since the last time.
    pub(super) fn asked(&self) -> Vec<String> {
        self.with(|mail| std::mem::take(&mut mail.asked))
    }

    pub(super) fn sent(&self) -> Vec<String> {
        self.with(|mail| mail.sent.iter().map(|(mime, _)| subject(mime)).collect())
    }

    pub(super) fn drafts(&self) -> Vec<String> {
        self.with(|mail| mail.drafts.values().map(|mime| subject(mime)).collect())
    }
}

pub(super) fn entry(subject: &str) -> Entry {
    Entry {
        mime: mime(subject),
        class: "IPM.Note",
        received: "2026-03-02T07:59:00Z".into(),
        categories: Vec::new(),
    }
}

pub(super) fn mime(subject: &str) -> String {
    format!(
        "From: bob@example.net\r\nTo: ann@example.com\r\nMessage-ID: <{subject}@example.net>\r\n\
         Subject: {subject}\r\n\r\nHello\r\n"
    )
}

fn subject(mime: &str) -> String {
    let line = mime.lines().find(|line| line.starts_with("Subject: ")).unwrap_or_default();
    line.trim_start_matches("Subject: ").into()
}

impl Mail {
    fn id(&mut self) -> String {
        self.next += 1;
        format!("AAMk{:04}=", self.next)
    }

    fn find(&self, id: &str) -> Option<&Entry> {
        self.folders.values().find_map(|folder| folder.items.get(id))
    }

    fn remove(&mut self, folder: &str, id: &str) -> Option<Entry> {
        let folder = self.folders.get_mut(folder)?;
        folder.log.push(Happened::Went(id.into()));
        folder.items.remove(id)
    }

    fn categorise(&mut self, id: &str, categories: Vec<String>) {
        for folder in self.folders.values_mut() {
            if let Some(entry) = folder.items.get_mut(id) {
                entry.categories = categories;
                folder.log.push(Happened::Changed(id.into()));
                return;
            }
        }
    }

    fn reply(&mut self, request: &str) -> Reply {
        let operation =
            between(request, "<s:Body><m:", " ").or_else(|| between(request, "<s:Body><m:", ">"));
        let operation = operation.unwrap_or_default().split('>').next().unwrap().to_owned();
        self.asked.push(operation.clone());
        if self.silent_at.is_some_and(|nth| self.asked.len() >= nth) {
            return Reply::Silence;
        }
        let place = self.blows.iter().position(|(name, _)| *name == operation);
        let blow = place.and_then(|place| self.blows.remove(place)).map(|(_, blow)| blow);
        match &blow {
            Some(Blow::Refuse(body)) => return Reply::ok(body.clone()),
            Some(Blow::LostBefore) => return Reply::Cut(Vec::new()),
            Some(Blow::SilentBefore) => return Reply::Silence,
            _ => {}
        }
        let mut messages = self.serve(&operation, request);
        if let Some(Blow::Message(at, code)) = blow {
            messages[at] = Err(code);
        }
        let body = joined(messages, |message| said(&operation, message));
        match blow {
            Some(Blow::LostAfter) => Reply::Cut(Vec::new()),
            Some(Blow::SilentAfter) => Reply::Silence,
            _ => Reply::ok(soap(&format!(
                "<m:{operation}Response><m:ResponseMessages>{body}</m:ResponseMessages>\
                 </m:{operation}Response>"
            ))),
        }
    }

    fn serve(&mut self, operation: &str, request: &str) -> Vec<Result<String, &'static str>> {
        let ids = attributes(request, "<t:ItemId Id=\"");
        match operation {
            "SyncFolderItems" => vec![self.sync(request)],
            "SyncFolderHierarchy" => vec![Ok(self.sync_folders(request))],
            "GetFolder" => {
                let id = attributes(request, "<t:FolderId Id=\"").remove(0);
                let is_there =
                    self.hierarchy.iter().any(|(what, known, _)| *known == id && *what == "Moved");
                vec![if is_there { Ok(String::new()) } else { Err("ErrorFolderNotFound") }]
            }
            "GetItem" => ids.iter().map(|id| self.get(id, request)).collect(),
            "UpdateItem" => {
                let categories = texts(request, "<t:String>", "</t:String>");
                self.categorise(&ids[0], categories);
                vec![Ok(format!(
                    "<m:Items><t:Message><t:ItemId Id=\"{}\"/></t:Message></m:Items>",
                    ids[0]
                ))]
            }
            "DeleteItem" => ids.iter().map(|id| self.delete(id)).collect(),
            "MoveItem" => {
                let to = attributes(request, "<t:FolderId Id=\"").remove(0);
                vec![self.move_item(&ids[0], &to)]
            }
            "GetUserConfiguration" => {
                vec![self.list.as_ref().map_or(Err("ErrorItemNotFound"), |list| {
                    let xml = BASE64_STANDARD.encode(list);
                    Ok(format!(
                        "<m:UserConfiguration><t:UserConfigurationName Name=\"CategoryList\">\
                         <t:FolderId Id=\"calendar\"/></t:UserConfigurationName>\
                         <t:XmlData>{xml}</t:XmlData></m:UserConfiguration>"
                    ))
                })]
            }
            "CreateUserConfiguration" | "UpdateUserConfiguration" => {
                if self.list.is_some() != (operation == "UpdateUserConfiguration") {
                    return vec![Err("ErrorItemSave")];
                }
                let xml = between(request, "<t:XmlData>", "</t:XmlData>").unwrap();
                self.list = Some(String::from_utf8(BASE64_STANDARD.decode(xml).unwrap()).unwrap());
                vec![Ok(String::new())]
            }
            "FindFolder" => {
                let folders = if self.folders.contains_key("undeliverable") {
                    "<t:Folder><t:FolderId Id=\"undeliverable\"/>\
                     <t:DisplayName>Undeliverable</t:DisplayName></t:Folder>"
                } else {
                    ""
                };
                vec![Ok(format!(
                    "<m:RootFolder TotalItemsInView=\"1\" IncludesLastItemInRange=\"true\">\
                     <t:Folders>{folders}</t:Folders></m:RootFolder>"
                ))]
            }
            "CreateFolder" => {
                self.folders.entry("undeliverable".into()).or_default();
                let folder = "<m:Folders><t:Folder><t:FolderId Id=\"undeliverable\" \
                              ChangeKey=\"CK\"/></t:Folder></m:Folders>";
                vec![Ok(folder.into())]
            }
            "CreateItem" => {
                let mime = between(request, "<t:MimeContent>", "</t:MimeContent>").unwrap();
                let mime = String::from_utf8(BASE64_STANDARD.decode(mime).unwrap()).unwrap();
                let id = self.id();
                if !self.loses_drafts {
                    self.drafts.insert(id.clone(), mime);
                }
                vec![Ok(item(&id, ""))]
            }
            "FindItem" => {
                let wanted = between(request, "<t:Constant Value=\"&lt;", "&gt;\"").unwrap();
                let header = format!("Message-ID: <{wanted}>");
                let found = self.drafts.iter().find(|(_, mime)| mime.contains(&header));
                let items = found.map(|(id, _)| bare(id, "")).unwrap_or_default();
                vec![Ok(format!(
                    "<m:RootFolder IndexedPagingOffset=\"1\" TotalItemsInView=\"1\" \
                     IncludesLastItemInRange=\"true\"><t:Items>{items}</t:Items></m:RootFolder>"
                ))]
            }
            "SendItem" => match self.drafts.remove(&ids[0]) {
                Some(mime) => {
                    let saves = request.contains("SaveItemToFolder=\"true\"");
                    self.sent.push((mime, saves));
                    vec![Ok(String::new())]
                }
                None => vec![Err("ErrorItemNotFound")],
            },
            other => panic!("no such operation: {other}"),
        }
    }

    fn sync(&mut self, request: &str) -> Result<String, &'static str> {
        let folder = attributes(request, "<t:DistinguishedFolderId Id=\"");
        let folder = folder
            .first()
            .cloned()
            .unwrap_or_else(|| attributes(request, "<t:FolderId Id=\"").remove(0));
        let epoch = self.epoch;
        let folder = self.folders.entry(folder).or_default();
        let from = match between(request, "<m:SyncState>", "</m:SyncState>") {
            None => 0,
            Some(state) => {
                let (known, from) = state.split_once('-').unwrap();
                if known != epoch.to_string() {
                    return Err("ErrorInvalidSyncStateData");
                }
                from.parse().unwrap()
            }
        };
        let to = folder.log.len().min(from + self.page);
        let mut changes = String::new();
        for happened in &folder.log[from..to] {
            let present = |id: &String, word: &str| {
                let Some(entry) = folder.items.get(id) else { return String::new() };
                let categories = strings(&entry.categories);
                let rest = format!(
                    "<t:DateTimeReceived>{}</t:DateTimeReceived><t:Size>{}</t:Size>\
                     <t:Categories>{categories}</t:Categories>",
                    entry.received,
                    entry.mime.len()
                );
                format!("<t:{word}>{}</t:{word}>", bare(id, &rest))
            };
            let change = match happened {
                Happened::Came(id) => present(id, "Create"),
                Happened::Changed(id) => present(id, "Update"),
                Happened::Read(id) => format!(
                    "<t:ReadFlagChange><t:ItemId Id=\"{id}\"/><t:IsRead>true</t:IsRead>\
                     </t:ReadFlagChange>"
                ),
                Happened::Went(id) => format!("<t:Delete><t:ItemId Id=\"{id}\"/></t:Delete>"),
            };
            changes.push_str(&change);
        }
        Ok(format!(
            "<m:SyncState>{epoch}-{to}</m:SyncState><m:IncludesLastItemInRange>{}\
             </m:IncludesLastItemInRange><m:Changes>{changes}</m:Changes>",
            to == folder.log.len()
        ))
    }

    fn sync_folders(&mut self, request: &str) -> String {
        let state = between(request, "<m:SyncState>", "</m:SyncState>");
        let from: usize = state.map_or(0, |state| state.parse().unwrap());
        let changes = joined(&self.hierarchy[from..], |(what, id, name)| match *what {
            "Delete" | "Moved" => format!("<t:Delete><t:FolderId Id=\"{id}\"/></t:Delete>"),
            word => format!(
                "<t:{word}><t:Folder><t:FolderId Id=\"{id}\" ChangeKey=\"CK\"/>\
                 <t:DisplayName>{name}</t:DisplayName></t:Folder></t:{word}>"
            ),
        });
        format!(
            "<m:SyncState>{}</m:SyncState><m:IncludesLastFolderInRange>true\
             </m:IncludesLastFolderInRange><m:Changes>{changes}</m:Changes>",
            self.hierarchy.len()
        )
    }

    fn get(&self, id: &str, request: &str) -> Result<String, &'static str> {
        if request.contains("item:IsSubmitted") {
            let is_there = self.drafts.contains_key(id);
            let rest = "<t:IsSubmitted>false</t:IsSubmitted><t:IsDraft>true</t:IsDraft>";
            return if is_there { Ok(item(id, rest)) } else { Err("ErrorItemNotFound") };
        }
        let entry = self.find(id).ok_or("ErrorItemNotFound")?;
        let mime = BASE64_STANDARD.encode(&entry.mime);
        let content = format!("<t:MimeContent CharacterSet=\"UTF-8\">{mime}</t:MimeContent>");
        let categories = strings(&entry.categories);
        Ok(format!(
            "<m:Items><t:Message>{content}<t:ItemId Id=\"{id}\" ChangeKey=\"CK\"/>\
             <t:ItemClass>{}</t:ItemClass><t:Categories>{categories}</t:Categories></t:Message>\
             </m:Items>",
            entry.class
        ))
    }

    fn delete(&mut self, id: &str) -> Result<String, &'static str> {
        if self.drafts.remove(id).is_some() {
            return Ok(String::new());
        }
        let folder = self.folders.iter().find(|(_, folder)| folder.items.contains_key(id));
        let Some(name) = folder.map(|(name, _)| name.clone()) else {
            return Err("ErrorItemNotFound");
        };
        self.remove(&name, id);
        Ok(String::new())
    }

    fn move_item(&mut self, id: &str, to: &str) -> Result<String, &'static str> {
        let folder = self.folders.iter().find(|(_, folder)| folder.items.contains_key(id));
        let name = folder.map(|(name, _)| name.clone()).ok_or("ErrorItemNotFound")?;
        let entry = self.remove(&name, id).unwrap();
        let new = self.id();
        let folder = self.folders.get_mut(to).ok_or("ErrorToFolderNotFound")?;
        folder.items.insert(new.clone(), entry);
        folder.log.push(Happened::Came(new));
        Ok("<m:Items/>".into())
    }
}

fn bare(id: &str, rest: &str) -> String {
    format!("<t:Message><t:ItemId Id=\"{id}\" ChangeKey=\"CK\"/>{rest}</t:Message>")
}

fn item(id: &str, rest: &str) -> String {
    format!("<m:Items>{}</m:Items>", bare(id, rest))
}

fn said(operation: &str, message: Result<String, &'static str>) -> String {
    let (class, code, content) = match message {
        Ok(content) => ("Success", "NoError", content),
        Err(code) => ("Error", code, String::new()),
    };
    let text = if class == "Error" { "<m:MessageText>No.</m:MessageText>" } else { "" };
    let values = if code == "ErrorServerBusy" {
        "<m:MessageXml><t:Value Name=\"BackOffMilliseconds\">12345</t:Value></m:MessageXml>"
    } else {
        ""
    };
    format!(
        "<m:{operation}ResponseMessage ResponseClass=\"{class}\">{text}\
         <m:ResponseCode>{code}</m:ResponseCode>{values}{content}</m:{operation}ResponseMessage>"
    )
}

fn strings(all: &[String]) -> String {
    joined(all, |text| format!("<t:String>{text}</t:String>"))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(between, _)| between)
}

fn texts(text: &str, before: &str, after: &str) -> Vec<String> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).map(Into::into).collect()
}

fn attributes(text: &str, before: &str) -> Vec<String> {
    texts(text, before, "\"")
}
