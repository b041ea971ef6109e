//! The operations: one line of the table below and one module each.
//!
//! The table gives the name of an operation, what its request holds, what its answer holds, and
//! how the two elements are called. An answer is either a list of [`ResponseMessage`] or, for the
//! few that have none, a type of its own.

use super::ResponseCode;
use super::events::{
    Events, GetEvents, GetStreamingEvents, StreamedEvents, Subscribe, Subscribed, Unsubscribe,
};
use super::folders::{
    CopyFolder, CreateFolder, DeleteFolder, EmptyFolder, FindFolder, FolderHierarchy, Folders,
    FoundFolders, GetFolder, MoveFolder, SyncFolderHierarchy, UpdateFolder,
};
use super::items::{
    Attachments, CopyItem, CreateAttachment, CreateItem, DeleteAttachment, DeleteItem,
    DeletedAttachment, FindItem, FoundItems, GetAttachment, GetItem, Items, MarkAllItemsAsRead,
    MarkAsJunk, MoveItem, MovedItem, SendItem, SyncFolderItems, SyncedItems, UpdateItem,
    UpdatedItems,
};
use super::message::{Content, ResponseClass, ResponseMessage};
use super::services::{
    Availability, ConvertId, ConvertedId, CreateUserConfiguration, DeleteUserConfiguration,
    GetServerTimeZones, GetUserAvailability, GetUserConfiguration, GetUserOofSettings,
    OofSettingsSet, Resolutions, ResolveNames, ServerTimeZones, SetUserOofSettings,
    UpdateUserConfiguration, UserConfigurationFound, UserOofSettingsAnswer,
};
use super::xml::{Element, Ns, ReadError, ReadErrorKind, Reader, Writer};

/// The content of an operation's element in a request.
pub trait RequestContent: Sized {
    /// Reads the open element.
    ///
    /// # Errors
    /// When it lacks something or holds a broken value.
    fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError>;

    /// Writes the attributes and children of the element, which the caller opens and
    /// closes.
    fn write(&self, w: &mut Writer);
}

/// The content of an operation's element in an answer.
pub trait ResponseContent: Sized {
    /// Reads the open element.
    ///
    /// # Errors
    /// When it lacks something or holds a broken value.
    fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError>;

    /// Writes the attributes and children of the answer's element, which the caller opens and
    /// closes. `message` is the name for each answer of a list.
    fn write(&self, w: &mut Writer, message: &str);

    /// The codes of the answers of a list that are errors.
    fn errors(&self) -> Vec<&ResponseCode> {
        Vec::new()
    }
}

impl<T: Content> ResponseContent for Vec<ResponseMessage<T>> {
    fn errors(&self) -> Vec<&ResponseCode> {
        let failed = self.iter().filter(|message| message.class == ResponseClass::Error);
        failed.map(|message| &message.code).collect()
    }

    fn read(r: &mut Reader, _: &Element) -> Result<Self, ReadError> {
        let mut list = Self::new();
        r.children(|r, el| {
            if !el.is(Ns::Messages, "ResponseMessages") {
                return Ok(());
            }
            r.children(|r, el| {
                if el.ns == Ns::Messages {
                    list.push(ResponseMessage::read(r, &el)?);
                }
                Ok(())
            })
        })?;
        Ok(list)
    }

    fn write(&self, w: &mut Writer, message: &str) {
        w.open("m:ResponseMessages");
        for each in self {
            each.write(w, message);
        }
        w.close("m:ResponseMessages");
    }
}

macro_rules! operations {
    ($($name:ident: $request:ty => $response:ty, $element:literal, $answer:literal;)*) => {
        /// What is asked for, by operation.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "there is one request at a time")]
        pub enum Request {
            $(
                #[doc = concat!("`", $element, "`")]
                $name($request),
            )*
        }

        /// What is answered, by operation.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Response {
            $(
                #[doc = concat!("`", $answer, "`")]
                $name($response),
            )*
        }

        impl Request {
            /// All operations.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// The operation's name.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
                match (element.ns, element.name) {
                    $((Ns::Messages, $element) => {
                        <$request as RequestContent>::read(r, element).map(Self::$name)
                    })*
                    _ => Err(unknown(element)),
                }
            }

            pub(crate) fn write(&self, w: &mut Writer) {
                match self {
                    $(Self::$name(request) => {
                        w.open(concat!("m:", $element));
                        RequestContent::write(request, w);
                        w.close(concat!("m:", $element));
                    })*
                }
            }
        }

        impl Response {
            /// The operation's name.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }

            /// The codes of the answers that are errors, in the order of the answers.
            pub fn errors(&self) -> Vec<&ResponseCode> {
                match self {
                    $(Self::$name(response) => ResponseContent::errors(response),)*
                }
            }

            pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
                match (element.ns, element.name) {
                    $((Ns::Messages, $answer) => {
                        <$response as ResponseContent>::read(r, element).map(Self::$name)
                    })*
                    _ => Err(unknown(element)),
                }
            }

            pub(crate) fn write(&self, w: &mut Writer) {
                match self {
                    $(Self::$name(response) => {
                        w.open(concat!("m:", $answer));
                        let message = concat!("m:", $answer, "Message");
                        ResponseContent::write(response, w, message);
                        w.close(concat!("m:", $answer));
                    })*
                }
            }
        }
    };
}

fn unknown(element: &Element) -> ReadError {
    let name = element.name.chars().take(60).collect();
    ReadError::new(element.position, ReadErrorKind::Operation(name))
}

operations! {
    GetItem: GetItem => Vec<ResponseMessage<Items>>, "GetItem", "GetItemResponse";
    FindItem: FindItem => Vec<ResponseMessage<FoundItems>>, "FindItem", "FindItemResponse";
    SyncFolderItems: SyncFolderItems => Vec<ResponseMessage<SyncedItems>>,
        "SyncFolderItems", "SyncFolderItemsResponse";
    CreateItem: CreateItem => Vec<ResponseMessage<Items>>, "CreateItem", "CreateItemResponse";
    UpdateItem: UpdateItem => Vec<ResponseMessage<UpdatedItems>>,
        "UpdateItem", "UpdateItemResponse";
    DeleteItem: DeleteItem => Vec<ResponseMessage<()>>, "DeleteItem", "DeleteItemResponse";
    MoveItem: MoveItem => Vec<ResponseMessage<Items>>, "MoveItem", "MoveItemResponse";
    CopyItem: CopyItem => Vec<ResponseMessage<Items>>, "CopyItem", "CopyItemResponse";
    SendItem: SendItem => Vec<ResponseMessage<()>>, "SendItem", "SendItemResponse";
    MarkAllItemsAsRead: MarkAllItemsAsRead => Vec<ResponseMessage<()>>,
        "MarkAllItemsAsRead", "MarkAllItemsAsReadResponse";
    MarkAsJunk: MarkAsJunk => Vec<ResponseMessage<MovedItem>>, "MarkAsJunk", "MarkAsJunkResponse";
    CreateAttachment: CreateAttachment => Vec<ResponseMessage<Attachments>>,
        "CreateAttachment", "CreateAttachmentResponse";
    GetAttachment: GetAttachment => Vec<ResponseMessage<Attachments>>,
        "GetAttachment", "GetAttachmentResponse";
    DeleteAttachment: DeleteAttachment => Vec<ResponseMessage<DeletedAttachment>>,
        "DeleteAttachment", "DeleteAttachmentResponse";

    GetFolder: GetFolder => Vec<ResponseMessage<Folders>>, "GetFolder", "GetFolderResponse";
    FindFolder: FindFolder => Vec<ResponseMessage<FoundFolders>>,
        "FindFolder", "FindFolderResponse";
    SyncFolderHierarchy: SyncFolderHierarchy => Vec<ResponseMessage<FolderHierarchy>>,
        "SyncFolderHierarchy", "SyncFolderHierarchyResponse";
    CreateFolder: CreateFolder => Vec<ResponseMessage<Folders>>,
        "CreateFolder", "CreateFolderResponse";
    UpdateFolder: UpdateFolder => Vec<ResponseMessage<Folders>>,
        "UpdateFolder", "UpdateFolderResponse";
    DeleteFolder: DeleteFolder => Vec<ResponseMessage<()>>, "DeleteFolder", "DeleteFolderResponse";
    EmptyFolder: EmptyFolder => Vec<ResponseMessage<()>>, "EmptyFolder", "EmptyFolderResponse";
    MoveFolder: MoveFolder => Vec<ResponseMessage<Folders>>, "MoveFolder", "MoveFolderResponse";
    CopyFolder: CopyFolder => Vec<ResponseMessage<Folders>>, "CopyFolder", "CopyFolderResponse";

    Subscribe: Subscribe => Vec<ResponseMessage<Subscribed>>, "Subscribe", "SubscribeResponse";
    Unsubscribe: Unsubscribe => Vec<ResponseMessage<()>>, "Unsubscribe", "UnsubscribeResponse";
    GetEvents: GetEvents => Vec<ResponseMessage<Events>>, "GetEvents", "GetEventsResponse";
    GetStreamingEvents: GetStreamingEvents => Vec<ResponseMessage<StreamedEvents>>,
        "GetStreamingEvents", "GetStreamingEventsResponse";

    ConvertId: ConvertId => Vec<ResponseMessage<ConvertedId>>, "ConvertId", "ConvertIdResponse";
    ResolveNames: ResolveNames => Vec<ResponseMessage<Resolutions>>,
        "ResolveNames", "ResolveNamesResponse";
    GetServerTimeZones: GetServerTimeZones => Vec<ResponseMessage<ServerTimeZones>>,
        "GetServerTimeZones", "GetServerTimeZonesResponse";
    GetUserAvailability: GetUserAvailability => Availability,
        "GetUserAvailabilityRequest", "GetUserAvailabilityResponse";
    GetUserConfiguration: GetUserConfiguration => Vec<ResponseMessage<UserConfigurationFound>>,
        "GetUserConfiguration", "GetUserConfigurationResponse";
    CreateUserConfiguration: CreateUserConfiguration => Vec<ResponseMessage<()>>,
        "CreateUserConfiguration", "CreateUserConfigurationResponse";
    UpdateUserConfiguration: UpdateUserConfiguration => Vec<ResponseMessage<()>>,
        "UpdateUserConfiguration", "UpdateUserConfigurationResponse";
    DeleteUserConfiguration: DeleteUserConfiguration => Vec<ResponseMessage<()>>,
        "DeleteUserConfiguration", "DeleteUserConfigurationResponse";
    GetUserOofSettings: GetUserOofSettings => UserOofSettingsAnswer,
        "GetUserOofSettingsRequest", "GetUserOofSettingsResponse";
    SetUserOofSettings: SetUserOofSettings => OofSettingsSet,
        "SetUserOofSettingsRequest", "SetUserOofSettingsResponse";
}
