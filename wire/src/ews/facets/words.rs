//! The words of the schema's enumerations (types.xsd), each list by the name of its type.

pub(super) const ABCH_EMAIL_ADDRESS_TYPE: &str = "Personal Business Other Passport";
pub(super) const AFFECTED_TASK_OCCURRENCES: &str = "AllOccurrences SpecifiedOccurrenceOnly";
pub(super) const AGGREGATE: &str = "Minimum Maximum";
pub(super) const BODY_TYPE: &str = "HTML Text";
pub(super) const BODY_TYPE_RESPONSE: &str = "Best HTML Text";
pub(super) const CALENDAR_ITEM_CREATE_OR_DELETE_OPERATION: &str = "\
    SendToNone SendOnlyToAll SendToAllAndSaveCopy";
pub(super) const CALENDAR_ITEM_TYPE: &str = "Single Occurrence Exception RecurringMaster";
pub(super) const CALENDAR_ITEM_UPDATE_OPERATION: &str = "\
    SendToNone SendOnlyToAll SendOnlyToChanged SendToAllAndSaveCopy SendToChangedAndSaveCopy";
pub(super) const CALENDAR_PERMISSION_LEVEL: &str = "\
    None Owner PublishingEditor Editor PublishingAuthor Author NoneditingAuthor Reviewer \
    Contributor FreeBusyTimeOnly FreeBusyTimeAndSubjectAndLocation Custom";
pub(super) const CALENDAR_PERMISSION_READ_ACCESS: &str = "\
    None TimeOnly TimeAndSubjectAndLocation FullDetails";
pub(super) const CONFLICT_RESOLUTION: &str = "NeverOverwrite AutoResolve AlwaysOverwrite";
pub(super) const CONTACT_SOURCE: &str = "ActiveDirectory Store";
pub(super) const CONTACT_URL_KEY: &str = "\
    Personal Business Attachment EbcDisplayDefinition EbcFinalImage EbcLogo Feed Image \
    InternalMarker Other";
pub(super) const CONTAINMENT_COMPARISON: &str = "\
    Exact IgnoreCase IgnoreNonSpacingCharacters Loose IgnoreCaseAndNonSpacingCharacters \
    LooseAndIgnoreCase LooseAndIgnoreNonSpace LooseAndIgnoreCaseAndIgnoreNonSpace";
pub(super) const CONTAINMENT_MODE: &str = "FullString Prefixed Substring PrefixOnWords ExactPhrase";
pub(super) const DAY_OF_WEEK: &str = "\
    Sunday Monday Tuesday Wednesday Thursday Friday Saturday Day Weekday WeekendDay";
pub(super) const DAY_OF_WEEK_INDEX: &str = "First Second Third Fourth Last";
pub(super) const DEFAULT_SHAPE_NAMES: &str = "IdOnly Default AllProperties PcxPeopleSearch";
pub(super) const DICTIONARY_URI: &str = "\
    item:InternetMessageHeader contacts:ImAddress contacts:PhysicalAddress:Street \
    contacts:PhysicalAddress:City contacts:PhysicalAddress:State \
    contacts:PhysicalAddress:CountryOrRegion contacts:PhysicalAddress:PostalCode \
    contacts:PhoneNumber contacts:EmailAddress distributionlist:Members:Member";
pub(super) const DISPOSAL: &str = "HardDelete SoftDelete MoveToDeletedItems";
pub(super) const DISTINGUISHED_FOLDER_ID_NAME: &str = "\
    calendar contacts deleteditems drafts inbox journal notes outbox sentitems tasks \
    msgfolderroot publicfoldersroot root junkemail searchfolders voicemail recoverableitemsroot \
    recoverableitemsdeletions recoverableitemsversions recoverableitemspurges \
    recoverableitemsdiscoveryholds archiveroot archivemsgfolderroot archivedeleteditems \
    archiveinbox archiverecoverableitemsroot archiverecoverableitemsdeletions \
    archiverecoverableitemsversions archiverecoverableitemspurges \
    archiverecoverableitemsdiscoveryholds syncissues conflicts localfailures serverfailures \
    recipientcache quickcontacts conversationhistory adminauditlogs todosearch mycontacts \
    directory imcontactlist peopleconnect favorites mecontact personmetadata teamspaceactivity \
    teamspacemessaging teamspaceworkitems scheduled orionnotes tagitems alltaggeditems \
    externalcontacts teamchat yammerroot yammerinbound yammeroutbound yammerfeeds onedriveroot \
    onedriverecylebin onedrivesystem onedrivevolume";
pub(super) const DISTINGUISHED_PROPERTY_SET: &str = "\
    Meeting Appointment Common PublicStrings Address InternetHeaders CalendarAssistant \
    UnifiedMessaging Task Sharing";
pub(super) const DISTINGUISHED_USER: &str = "Default Anonymous";
pub(super) const EMAIL_ADDRESS_KEY: &str = "EmailAddress1 EmailAddress2 EmailAddress3";
pub(super) const EMAIL_POSITION: &str = "LatestReply Other Subject Signature";
pub(super) const EMAIL_REMINDER_CHANGE: &str = "None Added Override Deleted";
pub(super) const EMAIL_REMINDER_SEND_OPTION: &str = "NotSet User AllAttendees Staff Customer";
pub(super) const EXTERNAL_AUDIENCE: &str = "None Known All";
pub(super) const FILE_AS_MAPPING: &str = "\
    None LastCommaFirst FirstSpaceLast Company LastCommaFirstCompany CompanyLastFirst LastFirst \
    LastFirstCompany CompanyLastCommaFirst LastFirstSuffix LastSpaceFirstCompany \
    CompanyLastSpaceFirst LastSpaceFirst DisplayName FirstName LastFirstMiddleSuffix LastName \
    Empty";
pub(super) const FLAG_STATUS: &str = "NotFlagged Flagged Complete";
pub(super) const FOLDER_QUERY_TRAVERSAL: &str = "Shallow Deep SoftDeleted";
pub(super) const FREE_BUSY_VIEW: &str = "\
    None MergedOnly FreeBusy FreeBusyMerged Detailed DetailedMerged";
pub(super) const ICON_INDEX: &str = "\
    Default PostItem MailRead MailUnread MailReplied MailForwarded MailEncrypted MailSmimeSigned \
    MailEncryptedReplied MailSmimeSignedReplied MailEncryptedForwarded MailSmimeSignedForwarded \
    MailEncryptedRead MailSmimeSignedRead MailIrm MailIrmForwarded MailIrmReplied SmsSubmitted \
    SmsRoutedToDeliveryPoint SmsRoutedToExternalMessagingSystem SmsDelivered \
    OutlookDefaultForContacts AppointmentItem AppointmentRecur AppointmentMeet \
    AppointmentMeetRecur AppointmentMeetNY AppointmentMeetYes AppointmentMeetNo \
    AppointmentMeetMaybe AppointmentMeetCancel AppointmentMeetInfo TaskItem TaskRecur TaskOwned \
    TaskDelegated";
pub(super) const ID_FORMAT: &str = "EwsLegacyId EwsId EntryId HexEntryId StoreId OwaId";
pub(super) const IMPORTANCE_CHOICES: &str = "Low Normal High";
pub(super) const IM_ADDRESS_KEY: &str = "ImAddress1 ImAddress2 ImAddress3";
pub(super) const INDEX_BASE_POINT: &str = "Beginning End";
pub(super) const INFERENCE_CLASSIFICATION: &str = "Focused Other";
pub(super) const ITEM_QUERY_TRAVERSAL: &str = "Shallow SoftDeleted Associated";
pub(super) const LEGACY_FREE_BUSY: &str = "Free Tentative Busy OOF WorkingElsewhere NoData";
pub(super) const LOBBY_BYPASS: &str = "Disabled EnabledForGatewayParticipants";
pub(super) const LOCATION_SOURCE: &str = "\
    None LocationServices PhonebookServices Device Contact Resource";
pub(super) const MAILBOX_TYPE: &str = "\
    Unknown OneOff Mailbox PublicDL PrivateDL Contact PublicFolder GroupMailbox ImplicitContact";
pub(super) const MAPI_PROPERTY_TYPE: &str = "\
    ApplicationTime ApplicationTimeArray Binary BinaryArray Boolean CLSID CLSIDArray Currency \
    CurrencyArray Double DoubleArray Error Float FloatArray Integer IntegerArray Long LongArray \
    Null Object ObjectArray Short ShortArray SystemTime SystemTimeArray String StringArray";
pub(super) const MEETING_ATTENDEE: &str = "Organizer Required Optional Room Resource";
pub(super) const MEETING_REQUEST_TYPE: &str = "\
    None FullUpdate InformationalUpdate NewMeetingRequest Outdated SilentUpdate \
    PrincipalWantsCopy";
pub(super) const MEMBER_STATUS: &str = "Unrecognized Normal Demoted";
pub(super) const MESSAGE_DISPOSITION: &str = "SaveOnly SendOnly SendAndSaveCopy";
pub(super) const MONTH_NAMES: &str = "\
    January February March April May June July August September October November December";
pub(super) const NOTIFICATION_EVENT_TYPE: &str = "\
    CopiedEvent CreatedEvent DeletedEvent ModifiedEvent MovedEvent NewMailEvent \
    FreeBusyChangedEvent";
pub(super) const ONLINE_MEETING_ACCESS_LEVEL: &str = "Locked Invited Internal Everyone";
pub(super) const OOF_STATE: &str = "Disabled Enabled Scheduled";
pub(super) const PERMISSION_ACTION: &str = "None Owned All";
pub(super) const PERMISSION_LEVEL: &str = "\
    None Owner PublishingEditor Editor PublishingAuthor Author NoneditingAuthor Reviewer \
    Contributor Custom";
pub(super) const PERMISSION_READ_ACCESS: &str = "None FullDetails";
pub(super) const PHONE_NUMBER_KEY: &str = "\
    AssistantPhone BusinessFax BusinessPhone BusinessPhone2 Callback CarPhone CompanyMainPhone \
    HomeFax HomePhone HomePhone2 Isdn MobilePhone OtherFax OtherTelephone Pager PrimaryPhone \
    RadioPhone Telex TtyTddPhone BusinessMobile IPPhone Mms Msn";
pub(super) const PHYSICAL_ADDRESS_INDEX: &str = "None Home Business Other";
pub(super) const PHYSICAL_ADDRESS_KEY: &str = "Home Business Other";
pub(super) const PREDICTED_ACTION_REASON: &str = "\
    None ConversationStarterIsYou OnlyRecipient ConversationContributions \
    MarkedImportantBySender SenderIsManager SenderIsInManagementChain SenderIsDirectReport \
    ActionBasedOnSender NameOnToLine NameOnCcLine ManagerPosition ReplyToAMessageFromMe \
    PreviouslyFlagged ActionBasedOnRecipients ActionBasedOnSubjectWords \
    ActionBasedOnBasedOnBodyWords";
pub(super) const PRESENTERS: &str = "Disabled Internal Everyone";
pub(super) const RESOLVE_NAMES_SEARCH_SCOPE: &str = "\
    ActiveDirectory ActiveDirectoryContacts Contacts ContactsActiveDirectory";
pub(super) const RESPONSE_TYPE: &str = "\
    Unknown Organizer Tentative Accept Decline NoResponseReceived";
pub(super) const ROLE_MEMBER_TYPE: &str = "\
    None Passport Everyone Email Phone SkypeId ExternalId Group Guid Role Service Circle Domain \
    Partner";
pub(super) const SEARCH_FOLDER_TRAVERSAL: &str = "Shallow Deep";
pub(super) const SEND_PROMPT: &str = "None Send VotingOption";
pub(super) const SENSITIVITY_CHOICES: &str = "Normal Personal Private Confidential";
pub(super) const SORT_DIRECTION: &str = "Ascending Descending";
pub(super) const STANDARD_GROUP_BY: &str = "ConversationTopic";
pub(super) const SUGGESTION_QUALITY: &str = "Excellent Good Fair Poor";
pub(super) const SYNC_FOLDER_ITEMS_SCOPE: &str = "NormalItems NormalAndAssociatedItems";
pub(super) const TASK_DELEGATE_STATE: &str = "NoMatch OwnNew Owned Accepted Declined Max";
pub(super) const TASK_STATUS: &str = "NotStarted InProgress Completed WaitingOnOthers Deferred";
pub(super) const TRANSITION_TARGET_KIND: &str = "Period Group";
pub(super) const USER_CONFIGURATION_DICTIONARY_OBJECT_TYPES: &str = "\
    DateTime Boolean Byte String Integer32 UnsignedInteger32 Integer64 UnsignedInteger64 \
    StringArray ByteArray";
pub(super) const USER_CONFIGURATION_PROPERTY: &str = "Id Dictionary XmlData BinaryData All";
