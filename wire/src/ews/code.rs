//! Why Exchange did not do what it was asked, in its own words.

use std::fmt;

macro_rules! codes {
    ($($(#[$meta:meta])? $name:ident)*) => {
        /// A response code. The schema knows 514 of them and every version adds more, so the ones
        /// that nobody here decides by are kept as they are.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub enum ResponseCode {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                $(#[$meta])?
                $name,
            )*
            /// One that is not listed here.
            Other(String),
        }

        const CODES: &[(&str, ResponseCode)] =
            &[$((stringify!($name), ResponseCode::$name)),*];

        impl ResponseCode {
            /// The code as it travels.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => stringify!($name),)*
                    Self::Other(name) => name,
                }
            }
        }
    };
}

// In the order of their bytes, for the search.
codes! {
    ErrorADUnavailable ErrorAccessDenied ErrorAccountDisabled
    ErrorAffectedTaskOccurrencesRequired ErrorAttachmentNestLevelLimitExceeded
    ErrorAttachmentSizeLimitExceeded ErrorBatchProcessingStopped
    ErrorCalendarCannotMoveOrCopyOccurrence ErrorCalendarCannotUseIdForOccurrenceId
    ErrorCalendarCannotUseIdForRecurringMasterId ErrorCalendarDurationIsTooLong
    ErrorCalendarEndDateIsEarlierThanStartDate ErrorCalendarFolderIsInvalidForCalendarView
    ErrorCalendarInvalidDayForWeeklyRecurrence ErrorCalendarInvalidPropertyValue
    ErrorCalendarInvalidRecurrence
    ErrorCalendarInvalidTimeZone ErrorCalendarIsCancelledForAccept ErrorCalendarIsNotOrganizer
    ErrorCalendarIsOrganizerForAccept ErrorCalendarIsOrganizerForDecline
    ErrorCalendarIsOrganizerForTentative ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange
    ErrorCalendarOccurrenceIsDeletedFromRecurrence ErrorCalendarViewRangeTooBig
    ErrorCannotCreateCalendarItemInNonCalendarFolder ErrorCannotCreateContactInNonContactFolder
    ErrorCannotCreateTaskInNonTaskFolder ErrorCannotDeleteObject ErrorCannotDeleteTaskOccurrence
    ErrorCannotEmptyFolder ErrorCannotUseFolderIdForItemId ErrorCannotUseItemIdForFolderId
    ErrorChangeKeyRequired ErrorChangeKeyRequiredForWriteOperations ErrorClientDisconnected
    ErrorConnectionFailed ErrorContainsFilterWrongType ErrorContentConversionFailed
    ErrorCorruptData ErrorCreateItemAccessDenied ErrorDataSizeLimitExceeded
    ErrorDeleteDistinguishedFolder ErrorDeleteItemsFailed ErrorDuplicateInputFolderNames
    ErrorEventNotFound ErrorExceededConnectionCount ErrorExceededFindCountLimit
    ErrorExceededSubscriptionCount ErrorExpiredSubscription ErrorFolderCorrupt ErrorFolderExists
    ErrorFolderNotFound ErrorFolderSave ErrorFreeBusyGenerationFailed ErrorImpersonateUserDenied
    ErrorImpersonationDenied ErrorImpersonationFailed ErrorIncorrectSchemaVersion
    ErrorIncorrectUpdatePropertyCount ErrorInsufficientResources ErrorInternalServerError
    ErrorInternalServerTransientError ErrorInvalidAccessLevel ErrorInvalidArgument
    ErrorInvalidAttachmentId ErrorInvalidChangeKey ErrorInvalidExtendedProperty
    ErrorInvalidExtendedPropertyValue ErrorInvalidFolderId ErrorInvalidFolderTypeForOperation
    ErrorInvalidFractionalPagingParameters ErrorInvalidId ErrorInvalidIdEmpty
    ErrorInvalidIdMalformed ErrorInvalidIdNotAnItemAttachmentId
    ErrorInvalidIndexedPagingParameters ErrorInvalidItemForOperationAcceptItem
    ErrorInvalidItemForOperationCancelItem ErrorInvalidItemForOperationCreateItem
    ErrorInvalidItemForOperationCreateItemAttachment ErrorInvalidItemForOperationDeclineItem
    ErrorInvalidItemForOperationSendItem ErrorInvalidItemForOperationTentative
    ErrorInvalidMailbox ErrorInvalidNameForNameResolution ErrorInvalidOofParameter
    ErrorInvalidOperation ErrorInvalidPagingMaxRows ErrorInvalidParentFolder
    ErrorInvalidPropertyAppend ErrorInvalidPropertyDelete ErrorInvalidPropertyForExists
    ErrorInvalidPropertyForOperation ErrorInvalidPropertyRequest ErrorInvalidPropertySet
    ErrorInvalidPropertyUpdateSentMessage ErrorInvalidPullSubscriptionId ErrorInvalidRecipients
    ErrorInvalidReferenceItem ErrorInvalidRequest ErrorInvalidRestriction
    ErrorInvalidScheduledOofDuration ErrorInvalidSchemaVersionForMailboxVersion
    ErrorInvalidSendItemSaveSettings ErrorInvalidServerVersion ErrorInvalidSmtpAddress
    ErrorInvalidSubscription ErrorInvalidSubscriptionRequest ErrorInvalidSyncStateData
    ErrorInvalidTimeInterval ErrorInvalidUserOofSettings ErrorInvalidValueForProperty
    ErrorInvalidWatermark ErrorIrresolvableConflict ErrorItemCorrupt ErrorItemNotFound
    ErrorItemSave ErrorItemSavePropertyError ErrorMailRecipientNotFound
    ErrorMailboxConfiguration ErrorMailboxMoveInProgress ErrorMailboxStoreUnavailable
    ErrorMessageDispositionRequired ErrorMessageSizeExceeded ErrorMimeContentConversionFailed
    ErrorMimeContentInvalid ErrorMimeContentInvalidBase64String ErrorMissedNotificationEvents
    ErrorMissingArgument ErrorMissingEmailAddress ErrorMissingRecipients ErrorMoveCopyFailed
    ErrorMoveDistinguishedFolder ErrorNameResolutionMultipleResults ErrorNameResolutionNoMailbox
    ErrorNameResolutionNoResults ErrorNoCalendar ErrorNonExistentMailbox ErrorNotEnoughMemory
    ErrorObjectTypeChanged ErrorOccurrenceCrossingBoundary ErrorOccurrenceTimeSpanTooBig ErrorParentFolderIdRequired
    ErrorParentFolderNotFound ErrorPasswordChangeRequired ErrorPasswordExpired
    ErrorPropertyUpdate ErrorPropertyValidationFailure ErrorProxyRequestNotAllowed
    ErrorQueryFilterTooLong ErrorQuotaExceeded ErrorReadEventsFailed
    ErrorRecurrenceEndDateTooBig ErrorRecurrenceHasNoOccurrence ErrorRequestAborted
    ErrorRequestStreamTooBig ErrorRequiredPropertyMissing ErrorResponseSchemaValidation
    ErrorRestrictionTooComplex ErrorRestrictionTooLong ErrorResultSetTooBig
    ErrorSavedItemFolderNotFound ErrorSchemaValidation ErrorSendAsDenied
    ErrorSendMeetingCancellationsRequired ErrorSendMeetingInvitationsOrCancellationsRequired
    ErrorSendMeetingInvitationsRequired ErrorServerBusy ErrorServiceDiscoveryFailed
    ErrorStaleObject ErrorSubmissionQuotaExceeded ErrorSubscriptionAccessDenied
    ErrorSubscriptionNotFound ErrorSubscriptionUnsubscribed ErrorSyncFolderNotFound
    ErrorTimeIntervalTooBig ErrorTimeZone ErrorTimeoutExpired ErrorToFolderNotFound
    ErrorTooManyObjectsOpened ErrorUnableToGetUserOofSettings ErrorUnsupportedPathForQuery
    ErrorUnsupportedPathForSortGroup ErrorUnsupportedPropertyDefinition
    ErrorUnsupportedQueryFilter ErrorUnsupportedTypeForConversion ErrorUpdatePropertyMismatch
    ErrorUserNotAllowedByPolicy ErrorValueOutOfRange ErrorVirusDetected ErrorWrongServerVersion

    #[default] NoError
}

impl ResponseCode {
    /// Reads a code.
    pub fn parse(name: &str) -> Self {
        // Nearly all answers are this one.
        if name == "NoError" {
            return Self::NoError;
        }
        CODES
            .binary_search_by(|(known, _)| known.cmp(&name))
            .map_or_else(|_| Self::Other(name.to_owned()), |at| CODES[at].1.clone())
    }

    /// Whether all is well.
    pub fn is_ok(&self) -> bool {
        *self == Self::NoError
    }
}

impl fmt::Display for ResponseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
        for (name, code) in CODES {
            assert_eq!(ResponseCode::parse(name), *code);
            assert_eq!(code.as_str(), *name);
        }
        let other = ResponseCode::parse("ErrorOfTomorrow");
        assert_eq!(other, ResponseCode::Other("ErrorOfTomorrow".to_owned()));
        assert_eq!(other.to_string(), "ErrorOfTomorrow");
    }
}
