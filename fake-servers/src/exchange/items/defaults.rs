//! What an item of each class has although nobody set it: clients expect most of these to be there
//! (types.xsd; ews-clients.md).

use wire::ews::{Field, ItemClass, Mailbox, Properties, Value};

const NO: Value = Value::Bool(false);

/// Adds what is missing.
pub(super) fn fill(class: ItemClass, owner: Mailbox, all: &mut Properties) {
    let mut missing = |field: Field, value: Value| {
        if class.has(field) && all.field(field).is_none() {
            all.set(field, value);
        }
    };
    missing(Field::ItemClass, Value::from(class_name(class)));
    missing(Field::ItemSensitivity, Value::from("Normal"));
    missing(Field::ItemImportance, Value::from("Normal"));
    missing(Field::ItemIsFromMe, NO);
    missing(Field::ItemIsResend, NO);
    missing(Field::ItemReminderIsSet, NO);
    missing(Field::ItemReminderMinutesBeforeStart, Value::Int(0));
    missing(Field::ItemCulture, Value::from("en-US"));
    missing(Field::ItemIsAssociated, NO);
    match class {
        ItemClass::Message => {
            for field in [
                Field::MessageIsReadReceiptRequested,
                Field::MessageIsDeliveryReceiptRequested,
                Field::MessageIsResponseRequested,
            ] {
                missing(field, NO);
            }
        }
        ItemClass::CalendarItem => calendar(owner, missing),
        ItemClass::Task => task(owner, missing),
        ItemClass::Contact => missing(Field::ContactHasPicture, NO),
        _ => {}
    }
}

fn calendar(owner: Mailbox, mut missing: impl FnMut(Field, Value)) {
    for field in [
        Field::CalendarIsAllDayEvent,
        Field::CalendarIsMeeting,
        Field::CalendarIsCancelled,
        Field::CalendarIsRecurring,
        Field::CalendarMeetingRequestWasSent,
        Field::CalendarIsOnlineMeeting,
    ] {
        missing(field, NO);
    }
    missing(Field::CalendarIsResponseRequested, Value::Bool(true));
    missing(Field::CalendarAllowNewTimeProposal, Value::Bool(true));
    missing(Field::CalendarLegacyFreeBusyStatus, Value::from("Busy"));
    missing(Field::CalendarItemType, Value::from("Single"));
    missing(Field::CalendarMyResponseType, Value::from("Organizer"));
    missing(Field::CalendarOrganizer, Value::from(owner));
    for field in [
        Field::CalendarConflictingMeetingCount,
        Field::CalendarAdjacentMeetingCount,
        Field::CalendarAppointmentSequenceNumber,
        Field::CalendarAppointmentState,
        Field::CalendarConferenceType,
    ] {
        missing(field, Value::Int(0));
    }
}

/// What follows from a task's status, and the status from how much of it is done.
pub(super) fn finish_task(all: &mut Properties) {
    let done = matches!(all.field(Field::TaskPercentComplete), Some(Value::Double(it)) if *it >= 100.0)
        || all.text(Field::TaskStatus) == Some("Completed")
        || all.field(Field::TaskCompleteDate).is_some();
    all.set(Field::TaskIsComplete, done);
    if done {
        all.set(Field::TaskStatus, "Completed");
        all.set(Field::TaskPercentComplete, 100.0);
    }
    let recurring = all.field(Field::TaskRecurrence).is_some();
    all.set(Field::TaskIsRecurring, recurring);
    let words = match all.text(Field::TaskStatus) {
        Some("Completed") => "Completed",
        Some("InProgress") => "In Progress",
        Some("WaitingOnOthers") => "Waiting on someone else",
        Some("Deferred") => "Deferred",
        _ => "Not Started",
    };
    all.set(Field::TaskStatusDescription, words);
}

fn task(owner: Mailbox, mut missing: impl FnMut(Field, Value)) {
    missing(Field::TaskIsTeamTask, NO);
    missing(Field::TaskChangeCount, Value::Int(1));
    missing(Field::TaskDelegationState, Value::from("NoMatch"));
    missing(Field::TaskOwner, Value::from(owner.name.unwrap_or_default()));
    missing(Field::TaskPercentComplete, Value::Double(0.0));
    missing(Field::TaskStatus, Value::from("NotStarted"));
}

/// The store's name for a class.
pub(in crate::exchange) const fn class_name(class: ItemClass) -> &'static str {
    match class {
        ItemClass::CalendarItem => "IPM.Appointment",
        ItemClass::Contact => "IPM.Contact",
        ItemClass::DistributionList => "IPM.DistList",
        ItemClass::Task => "IPM.Task",
        ItemClass::PostItem => "IPM.Post",
        ItemClass::MeetingRequest => "IPM.Schedule.Meeting.Request",
        ItemClass::MeetingCancellation => "IPM.Schedule.Meeting.Canceled",
        ItemClass::MeetingResponse => "IPM.Schedule.Meeting.Resp.Pos",
        _ => "IPM.Note",
    }
}
