//! Who may do what with a folder. Calendars have more levels than other folders and elements of
//! their own.

use crate::ews::record::el;

record! {
    /// The permissions on a folder: `permissions` on most, `calendar` on calendars.
    #[derive(Eq, Default)]
    pub struct PermissionSet {
        /// Who may do what.
        maybe permissions: Vec<Permission> = el("t:Permissions").lists(el("t:Permission")),
        /// Who may do what with a calendar.
        maybe calendar: Vec<CalendarPermission> =
            el("t:CalendarPermissions").lists(el("t:CalendarPermission")),
        /// Entries that nobody could be found for.
        maybe unknown: Vec<String> = el("t:UnknownEntries").lists(el("t:UnknownEntry")),
    }
}

record! {
    /// What one user may do with a folder.
    #[derive(Eq)]
    pub struct Permission {
        /// Who.
        one user: UserId = el("t:UserId"),
        /// Make items.
        maybe can_create_items: bool = el("t:CanCreateItems"),
        /// Make folders.
        maybe can_create_subfolders: bool = el("t:CanCreateSubFolders"),
        /// Everything.
        maybe is_owner: bool = el("t:IsFolderOwner"),
        /// See that it exists.
        maybe is_visible: bool = el("t:IsFolderVisible"),
        /// Be asked about it.
        maybe is_contact: bool = el("t:IsFolderContact"),
        /// Which items to change.
        maybe edit_items: PermissionAction = el("t:EditItems"),
        /// Which items to delete.
        maybe delete_items: PermissionAction = el("t:DeleteItems"),
        /// How much of items to read.
        maybe read_items: ReadAccess = el("t:ReadItems"),
        /// All of it in one word.
        one level: PermissionLevel = el("t:PermissionLevel"),
    }
}

record! {
    /// What one user may do with a calendar.
    #[derive(Eq)]
    pub struct CalendarPermission {
        /// Who.
        one user: UserId = el("t:UserId"),
        /// Make items.
        maybe can_create_items: bool = el("t:CanCreateItems"),
        /// Make folders.
        maybe can_create_subfolders: bool = el("t:CanCreateSubFolders"),
        /// Everything.
        maybe is_owner: bool = el("t:IsFolderOwner"),
        /// See that it exists.
        maybe is_visible: bool = el("t:IsFolderVisible"),
        /// Be asked about it.
        maybe is_contact: bool = el("t:IsFolderContact"),
        /// Which items to change.
        maybe edit_items: PermissionAction = el("t:EditItems"),
        /// Which items to delete.
        maybe delete_items: PermissionAction = el("t:DeleteItems"),
        /// How much of items to read.
        maybe read_items: CalendarReadAccess = el("t:ReadItems"),
        /// All of it in one word.
        one level: CalendarPermissionLevel = el("t:CalendarPermissionLevel"),
    }
}

record! {
    /// Somebody who has permissions.
    #[derive(Eq, Default)]
    pub struct UserId {
        /// His security identifier.
        maybe sid: String = el("t:SID"),
        /// His address.
        maybe address: String = el("t:PrimarySmtpAddress"),
        /// His name for people.
        maybe display_name: String = el("t:DisplayName"),
        /// Everybody, or nobody in particular.
        maybe distinguished: DistinguishedUser = el("t:DistinguishedUser"),
        /// Somebody of another organisation.
        maybe external: String = el("t:ExternalUserIdentity"),
    }
}

words! {
    /// Users who are nobody in particular.
    pub enum DistinguishedUser {
        /// Everybody who logs in.
        Default = "Default",
        /// Everybody.
        Anonymous = "Anonymous",
    }
}

words! {
    /// Which items something may be done with.
    pub enum PermissionAction {
        /// None.
        None = "None",
        /// Those of the user.
        Owned = "Owned",
        /// All.
        All = "All",
    }
}

words! {
    /// How much of items may be read.
    pub enum ReadAccess {
        /// Nothing.
        None = "None",
        /// All.
        FullDetails = "FullDetails",
    }
}

words! {
    /// How much of a calendar's items may be read.
    pub enum CalendarReadAccess {
        /// Nothing.
        None = "None",
        /// When somebody is busy.
        TimeOnly = "TimeOnly",
        /// With what and where.
        TimeAndSubjectAndLocation = "TimeAndSubjectAndLocation",
        /// All.
        FullDetails = "FullDetails",
    }
}

words! {
    /// Permissions in one word.
    pub enum PermissionLevel {
        /// Nothing.
        None = "None",
        /// Everything.
        Owner = "Owner",
        /// Read, make, change and delete everything, and make folders.
        PublishingEditor = "PublishingEditor",
        /// Read, make, change and delete everything.
        Editor = "Editor",
        /// Read everything, make, change and delete one's own, and make folders.
        PublishingAuthor = "PublishingAuthor",
        /// Read everything, make, change and delete one's own.
        Author = "Author",
        /// Read everything, make and delete one's own.
        NoneditingAuthor = "NoneditingAuthor",
        /// Read.
        Reviewer = "Reviewer",
        /// Make.
        Contributor = "Contributor",
        /// As the single permissions say.
        Custom = "Custom",
    }
}

words! {
    /// Permissions on a calendar in one word.
    pub enum CalendarPermissionLevel {
        /// Nothing.
        None = "None",
        /// Everything.
        Owner = "Owner",
        /// Read, make, change and delete everything, and make folders.
        PublishingEditor = "PublishingEditor",
        /// Read, make, change and delete everything.
        Editor = "Editor",
        /// Read everything, make, change and delete one's own, and make folders.
        PublishingAuthor = "PublishingAuthor",
        /// Read everything, make, change and delete one's own.
        Author = "Author",
        /// Read everything, make and delete one's own.
        NoneditingAuthor = "NoneditingAuthor",
        /// Read.
        Reviewer = "Reviewer",
        /// Make.
        Contributor = "Contributor",
        /// See when somebody is busy.
        FreeBusyTimeOnly = "FreeBusyTimeOnly",
        /// See when somebody is busy, with what and where.
        FreeBusyTimeAndSubjectAndLocation = "FreeBusyTimeAndSubjectAndLocation",
        /// As the single permissions say.
        Custom = "Custom",
    }
}
