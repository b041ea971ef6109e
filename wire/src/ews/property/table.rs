//! Every field of items and folders that EWS has a URI for: its name here, its URI, and what kind
//! of value it holds. An element is called as its URI says after the colon.
//!
//! Within a group the order is that of the schema, so [`super::order`] needs ranges only.

use super::field::fields;

fields! {
    // All items
    ItemMimeContent                      "item:MimeContent"                      Mime;
    ItemId                               "item:ItemId"                           ItemId;
    ItemParentFolderId                   "item:ParentFolderId"                   FolderId;
    ItemClass                            "item:ItemClass"                        Text;
    ItemSubject                          "item:Subject"                          Text;
    ItemSensitivity                      "item:Sensitivity"                      Text;
    ItemBody                             "item:Body"                             Body;
    ItemAttachments                      "item:Attachments"                      Attachments;
    ItemDateTimeReceived                 "item:DateTimeReceived"                 DateTime;
    ItemSize                             "item:Size"                             Int;
    ItemCategories                       "item:Categories"                       Strings;
    ItemImportance                       "item:Importance"                       Text;
    ItemInReplyTo                        "item:InReplyTo"                        Text;
    ItemIsSubmitted                      "item:IsSubmitted"                      Bool;
    ItemIsDraft                          "item:IsDraft"                          Bool;
    ItemIsFromMe                         "item:IsFromMe"                         Bool;
    ItemIsResend                         "item:IsResend"                         Bool;
    ItemIsUnmodified                     "item:IsUnmodified"                     Bool;
    ItemInternetMessageHeaders           "item:InternetMessageHeaders"           Headers;
    ItemDateTimeSent                     "item:DateTimeSent"                     DateTime;
    ItemDateTimeCreated                  "item:DateTimeCreated"                  DateTime;
    ItemResponseObjects                  "item:ResponseObjects"                  ResponseObjects;
    ItemReminderDueBy                    "item:ReminderDueBy"                    DateTime;
    ItemReminderIsSet                    "item:ReminderIsSet"                    Bool;
    ItemReminderNextTime                 "item:ReminderNextTime"                 DateTime;
    ItemReminderMinutesBeforeStart       "item:ReminderMinutesBeforeStart"       Int;
    ItemDisplayCc                        "item:DisplayCc"                        Text;
    ItemDisplayTo                        "item:DisplayTo"                        Text;
    ItemDisplayBcc                       "item:DisplayBcc"                       Text;
    ItemHasAttachments                   "item:HasAttachments"                   Bool;
    ItemExtendedProperty                 "item:ExtendedProperty"                 Extended;
    ItemCulture                          "item:Culture"                          Text;
    ItemEffectiveRights                  "item:EffectiveRights"                  Rights;
    ItemLastModifiedName                 "item:LastModifiedName"                 Text;
    ItemLastModifiedTime                 "item:LastModifiedTime"                 DateTime;
    ItemIsAssociated                     "item:IsAssociated"                     Bool;
    ItemWebClientReadFormQueryString     "item:WebClientReadFormQueryString"     Text;
    ItemWebClientEditFormQueryString     "item:WebClientEditFormQueryString"     Text;
    ItemConversationId                   "item:ConversationId"                   ItemId;
    ItemUniqueBody                       "item:UniqueBody"                       Body;
    ItemFlag                             "item:Flag"                             Flag;
    ItemStoreEntryId                     "item:StoreEntryId"                     Bytes;
    ItemInstanceKey                      "item:InstanceKey"                      Bytes;
    ItemNormalizedBody                   "item:NormalizedBody"                   Body;
    ItemEntityExtractionResult           "item:EntityExtractionResult"           Tree;
    ItemPolicyTag                        "item:PolicyTag"                        Tree;
    ItemArchiveTag                       "item:ArchiveTag"                       Tree;
    ItemRetentionDate                    "item:RetentionDate"                    DateTime;
    ItemPreview                          "item:Preview"                          Text;
    ItemRightsManagementLicenseData      "item:RightsManagementLicenseData"      Tree;
    ItemPredictedActionReasons           "item:PredictedActionReasons"           Tree;
    ItemIsClutter                        "item:IsClutter"                        Bool;
    ItemBlockStatus                      "item:BlockStatus"                      Bool;
    ItemHasBlockedImages                 "item:HasBlockedImages"                 Bool;
    ItemTextBody                         "item:TextBody"                         Body;
    ItemIconIndex                        "item:IconIndex"                        Text;
    ItemHashtags                         "item:Hashtags"                         Strings;
    ItemMentions                         "item:Mentions"                         Mailboxes;
    ItemMentionedMe                      "item:MentionedMe"                      Bool;
    ItemMentionsPreview                  "item:MentionsPreview"                  Tree;
    ItemMentionsEx                       "item:MentionsEx"                       Tree;
    ItemAppliedHashtags                  "item:AppliedHashtags"                  Tree;
    ItemAppliedHashtagsPreview           "item:AppliedHashtagsPreview"           Tree;
    ItemLikes                            "item:Likes"                            Tree;
    ItemLikesPreview                     "item:LikesPreview"                     Tree;
    ItemPendingSocialActivityTagIds      "item:PendingSocialActivityTagIds"      Strings;
    ItemAtAllMention                     "item:AtAllMention"                     Bool;
    ItemCanDelete                        "item:CanDelete"                        Bool;
    ItemInferenceClassification          "item:InferenceClassification"          Text;

    // Messages
    MessageSender                        "message:Sender"                        Mailbox;
    MessageToRecipients                  "message:ToRecipients"                  Mailboxes;
    MessageCcRecipients                  "message:CcRecipients"                  Mailboxes;
    MessageBccRecipients                 "message:BccRecipients"                 Mailboxes;
    MessageIsReadReceiptRequested        "message:IsReadReceiptRequested"        Bool;
    MessageIsDeliveryReceiptRequested    "message:IsDeliveryReceiptRequested"    Bool;
    MessageConversationIndex             "message:ConversationIndex"             Bytes;
    MessageConversationTopic             "message:ConversationTopic"             Text;
    MessageFrom                          "message:From"                          Mailbox;
    MessageInternetMessageId             "message:InternetMessageId"             Text;
    MessageIsRead                        "message:IsRead"                        Bool;
    MessageIsResponseRequested           "message:IsResponseRequested"           Bool;
    MessageReferences                    "message:References"                    Text;
    MessageReplyTo                       "message:ReplyTo"                       Mailboxes;
    MessageReceivedBy                    "message:ReceivedBy"                    Mailbox;
    MessageReceivedRepresenting          "message:ReceivedRepresenting"          Mailbox;
    MessageApprovalRequestData           "message:ApprovalRequestData"           Tree;
    MessageVotingInformation             "message:VotingInformation"             Tree;
    MessageReminderMessageData           "message:ReminderMessageData"           Tree;

    // Meeting messages of all kinds
    MeetingAssociatedCalendarItemId      "meeting:AssociatedCalendarItemId"      ItemId;
    MeetingIsDelegated                   "meeting:IsDelegated"                   Bool;
    MeetingIsOutOfDate                   "meeting:IsOutOfDate"                   Bool;
    MeetingHasBeenProcessed              "meeting:HasBeenProcessed"              Bool;
    MeetingResponseType                  "meeting:ResponseType"                  Text;

    // Meeting requests
    MeetingRequestType                   "meetingRequest:MeetingRequestType"     Text;
    MeetingRequestIntendedFreeBusyStatus "meetingRequest:IntendedFreeBusyStatus" Text;
    MeetingRequestChangeHighlights       "meetingRequest:ChangeHighlights"       Tree;

    // Answers to meeting requests
    MeetingProposedStart                 "meeting:ProposedStart"                 DateTime;
    MeetingProposedEnd                   "meeting:ProposedEnd"                   DateTime;

    // Calendar items
    CalendarUID                          "calendar:UID"                          Text;
    CalendarRecurrenceId                 "calendar:RecurrenceId"                 DateTime;
    CalendarDateTimeStamp                "calendar:DateTimeStamp"                DateTime;
    CalendarStart                        "calendar:Start"                        DateTime;
    CalendarEnd                          "calendar:End"                          DateTime;
    CalendarOriginalStart                "calendar:OriginalStart"                DateTime;
    CalendarIsAllDayEvent                "calendar:IsAllDayEvent"                Bool;
    CalendarLegacyFreeBusyStatus         "calendar:LegacyFreeBusyStatus"         Text;
    CalendarLocation                     "calendar:Location"                     Text;
    CalendarWhen                         "calendar:When"                         Text;
    CalendarIsMeeting                    "calendar:IsMeeting"                    Bool;
    CalendarIsCancelled                  "calendar:IsCancelled"                  Bool;
    CalendarIsRecurring                  "calendar:IsRecurring"                  Bool;
    CalendarMeetingRequestWasSent        "calendar:MeetingRequestWasSent"        Bool;
    CalendarIsResponseRequested          "calendar:IsResponseRequested"          Bool;
    CalendarItemType                     "calendar:CalendarItemType"             Text;
    CalendarMyResponseType               "calendar:MyResponseType"               Text;
    CalendarOrganizer                    "calendar:Organizer"                    Mailbox;
    CalendarRequiredAttendees            "calendar:RequiredAttendees"            Attendees;
    CalendarOptionalAttendees            "calendar:OptionalAttendees"            Attendees;
    CalendarResources                    "calendar:Resources"                    Attendees;
    CalendarInboxReminders               "calendar:InboxReminders"               Tree;
    CalendarConflictingMeetingCount      "calendar:ConflictingMeetingCount"      Int;
    CalendarAdjacentMeetingCount         "calendar:AdjacentMeetingCount"         Int;
    CalendarConflictingMeetings          "calendar:ConflictingMeetings"          Tree;
    CalendarAdjacentMeetings             "calendar:AdjacentMeetings"             Tree;
    CalendarDuration                     "calendar:Duration"                     Text;
    CalendarTimeZone                     "calendar:TimeZone"                     Text;
    CalendarAppointmentReplyTime         "calendar:AppointmentReplyTime"         DateTime;
    CalendarAppointmentSequenceNumber    "calendar:AppointmentSequenceNumber"    Int;
    CalendarAppointmentState             "calendar:AppointmentState"             Int;
    CalendarRecurrence                   "calendar:Recurrence"                   Recurrence;
    CalendarFirstOccurrence              "calendar:FirstOccurrence"              Occurrence;
    CalendarLastOccurrence               "calendar:LastOccurrence"               Occurrence;
    CalendarModifiedOccurrences          "calendar:ModifiedOccurrences"          Occurrences;
    CalendarDeletedOccurrences           "calendar:DeletedOccurrences"           Deleted;
    CalendarMeetingTimeZone              "calendar:MeetingTimeZone"              MeetingTimeZone;
    CalendarStartTimeZone                "calendar:StartTimeZone"                TimeZone;
    CalendarEndTimeZone                  "calendar:EndTimeZone"                  TimeZone;
    CalendarConferenceType               "calendar:ConferenceType"               Int;
    CalendarAllowNewTimeProposal         "calendar:AllowNewTimeProposal"         Bool;
    CalendarIsOnlineMeeting              "calendar:IsOnlineMeeting"              Bool;
    CalendarMeetingWorkspaceUrl          "calendar:MeetingWorkspaceUrl"          Text;
    CalendarNetShowUrl                   "calendar:NetShowUrl"                   Text;
    CalendarEnhancedLocation             "calendar:EnhancedLocation"             Tree;
    CalendarStartWallClock               "calendar:StartWallClock"               DateTime;
    CalendarEndWallClock                 "calendar:EndWallClock"                 DateTime;
    CalendarStartTimeZoneId              "calendar:StartTimeZoneId"              Text;
    CalendarEndTimeZoneId                "calendar:EndTimeZoneId"                Text;
    CalendarJoinOnlineMeetingUrl         "calendar:JoinOnlineMeetingUrl"         Text;
    CalendarOnlineMeetingSettings        "calendar:OnlineMeetingSettings"        Tree;
    CalendarIsOrganizer                  "calendar:IsOrganizer"                  Bool;
    CalendarActivityData                 "calendar:CalendarActivityData"         Tree;

    // Contacts
    ContactFileAs                        "contacts:FileAs"                       Text;
    ContactFileAsMapping                 "contacts:FileAsMapping"                Text;
    ContactDisplayName                   "contacts:DisplayName"                  Text;
    ContactGivenName                     "contacts:GivenName"                    Text;
    ContactInitials                      "contacts:Initials"                     Text;
    ContactMiddleName                    "contacts:MiddleName"                   Text;
    ContactNickname                      "contacts:Nickname"                     Text;
    ContactCompleteName                  "contacts:CompleteName"                 Tree;
    ContactCompanyName                   "contacts:CompanyName"                  Text;
    ContactEmailAddresses                "contacts:EmailAddresses"               EmailAddresses;
    ContactAbchEmailAddresses            "contacts:AbchEmailAddresses"           Tree;
    ContactPhysicalAddresses             "contacts:PhysicalAddresses"            PhysicalAddresses;
    ContactPhoneNumbers                  "contacts:PhoneNumbers"                 PhoneNumbers;
    ContactAssistantName                 "contacts:AssistantName"                Text;
    ContactBirthday                      "contacts:Birthday"                     DateTime;
    ContactBusinessHomePage              "contacts:BusinessHomePage"             Text;
    ContactChildren                      "contacts:Children"                     Strings;
    ContactCompanies                     "contacts:Companies"                    Strings;
    ContactSource                        "contacts:ContactSource"                Text;
    ContactDepartment                    "contacts:Department"                   Text;
    ContactGeneration                    "contacts:Generation"                   Text;
    ContactImAddresses                   "contacts:ImAddresses"                  ImAddresses;
    ContactJobTitle                      "contacts:JobTitle"                     Text;
    ContactManager                       "contacts:Manager"                      Text;
    ContactMileage                       "contacts:Mileage"                      Text;
    ContactOfficeLocation                "contacts:OfficeLocation"               Text;
    ContactPostalAddressIndex            "contacts:PostalAddressIndex"           Text;
    ContactProfession                    "contacts:Profession"                   Text;
    ContactSpouseName                    "contacts:SpouseName"                   Text;
    ContactSurname                       "contacts:Surname"                      Text;
    ContactWeddingAnniversary            "contacts:WeddingAnniversary"           DateTime;
    ContactHasPicture                    "contacts:HasPicture"                   Bool;
    ContactPhoneticFullName              "contacts:PhoneticFullName"             Text;
    ContactPhoneticFirstName             "contacts:PhoneticFirstName"            Text;
    ContactPhoneticLastName              "contacts:PhoneticLastName"             Text;
    ContactAlias                         "contacts:Alias"                        Text;
    ContactNotes                         "contacts:Notes"                        Text;
    ContactPhoto                         "contacts:Photo"                        Bytes;
    ContactUserSMIMECertificate          "contacts:UserSMIMECertificate"         Tree;
    ContactMSExchangeCertificate         "contacts:MSExchangeCertificate"        Tree;
    ContactDirectoryId                   "contacts:DirectoryId"                  Text;
    ContactManagerMailbox                "contacts:ManagerMailbox"               Mailbox;
    ContactDirectReports                 "contacts:DirectReports"                Mailboxes;

    // Distribution lists
    ListMembers                          "distributionlist:Members"              Members;

    // Posts
    PostedTime                           "postitem:PostedTime"                   DateTime;

    // Tasks
    TaskActualWork                       "task:ActualWork"                       Int;
    TaskAssignedTime                     "task:AssignedTime"                     DateTime;
    TaskBillingInformation               "task:BillingInformation"               Text;
    TaskChangeCount                      "task:ChangeCount"                      Int;
    TaskCompanies                        "task:Companies"                        Strings;
    TaskCompleteDate                     "task:CompleteDate"                     DateTime;
    TaskContacts                         "task:Contacts"                         Strings;
    TaskDelegationState                  "task:DelegationState"                  Text;
    TaskDelegator                        "task:Delegator"                        Text;
    TaskDueDate                          "task:DueDate"                          DateTime;
    TaskIsAssignmentEditable             "task:IsAssignmentEditable"             Int;
    TaskIsComplete                       "task:IsComplete"                       Bool;
    TaskIsRecurring                      "task:IsRecurring"                      Bool;
    TaskIsTeamTask                       "task:IsTeamTask"                       Bool;
    TaskMileage                          "task:Mileage"                          Text;
    TaskOwner                            "task:Owner"                            Text;
    TaskPercentComplete                  "task:PercentComplete"                  Double;
    TaskRecurrence                       "task:Recurrence"                       Recurrence;
    TaskStartDate                        "task:StartDate"                        DateTime;
    TaskStatus                           "task:Status"                           Text;
    TaskStatusDescription                "task:StatusDescription"                Text;
    TaskTotalWork                        "task:TotalWork"                        Int;

    // Replies, forwards and answers. Only requests have them, and no field URI leads there
    ResponseReferenceItemId              "response:ReferenceItemId"              ItemId;
    ResponseNewBodyContent               "response:NewBodyContent"               Body;

    // Folders, which are no items; their fields stand in the same shapes and restrictions
    FolderId                             "folder:FolderId"                       None;
    FolderParentFolderId                 "folder:ParentFolderId"                 None;
    FolderClass                          "folder:FolderClass"                    None;
    FolderDisplayName                    "folder:DisplayName"                    None;
    FolderTotalCount                     "folder:TotalCount"                     None;
    FolderChildFolderCount               "folder:ChildFolderCount"               None;
    FolderUnreadCount                    "folder:UnreadCount"                    None;
    FolderEffectiveRights                "folder:EffectiveRights"                None;
    FolderPermissionSet                  "folder:PermissionSet"                  None;
    FolderSharingEffectiveRights         "folder:SharingEffectiveRights"         None;
    FolderManagedFolderInformation       "folder:ManagedFolderInformation"       None;
    FolderSearchParameters               "folder:SearchParameters"               None;
    FolderDistinguishedFolderId          "folder:DistinguishedFolderId"          None;
    FolderPolicyTag                      "folder:PolicyTag"                      None;
    FolderArchiveTag                     "folder:ArchiveTag"                     None;
    FolderReplicaList                    "folder:ReplicaList"                    None;
}
