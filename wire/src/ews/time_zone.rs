//! Time zones as EWS defines them: named periods, groups of the rules that switch between them, and
//! the years for which each group holds. Requests may carry one, and most of them only name it.

use super::xml::{Element, Ns, ReadError, Reader, Writer};

/// `TimeZoneDefinitionType`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeZoneDefinition {
    /// Windows' name: `W. Europe Standard Time`.
    pub id: Option<String>,
    /// The name for people.
    pub name: Option<String>,
    /// The periods, standard and daylight.
    pub periods: Vec<Period>,
    /// The groups of rules.
    pub groups: Vec<TransitionsGroup>,
    /// Which period or group holds from when on.
    pub transitions: Vec<Transition>,
}

/// A stretch of the year with one bias.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Period {
    /// What to add to local time to get UTC, as XML says durations: `-PT1H`.
    pub bias: String,
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
}

/// The rules of one stretch of years.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransitionsGroup {
    /// Its id.
    pub id: String,
    /// Its rules.
    pub transitions: Vec<Transition>,
}

/// A switch to a period or to a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// Where it leads.
    pub to: TransitionTarget,
    /// When.
    pub rule: TransitionRule,
}

/// Where a transition leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransitionTarget {
    /// To the period with this id.
    Period(String),
    /// To the group with this id.
    Group(String),
}

/// When a transition happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransitionRule {
    /// `Transition`: it holds from the beginning on.
    Always,
    /// `AbsoluteDateTransition`: once, at this local time.
    Absolute(String),
    /// `RecurringDayTransition`: each year, on a weekday of a month.
    Day {
        /// The time of day as a duration since midnight.
        offset: String,
        /// The month, from 1.
        month: i8,
        /// The weekday: `Sunday`.
        day_of_week: String,
        /// Which one of the month; -1 is the last.
        occurrence: i8,
    },
    /// `RecurringDateTransition`: each year, on a day of a month.
    Date {
        /// The time of day as a duration since midnight.
        offset: String,
        /// The month, from 1.
        month: i8,
        /// The day, from 1.
        day: i8,
    },
}

impl TimeZoneDefinition {
    /// One that is only named.
    pub fn named(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }

    /// Reads the open element.
    pub(crate) fn read(r: &mut Reader, element: &Element) -> Result<Self, ReadError> {
        let mut zone = Self {
            id: element.attr_string("Id")?,
            name: element.attr_string("Name")?,
            ..Self::default()
        };
        r.children(|r, el| match (el.ns, el.name) {
            (Ns::Types, "Periods") => r.children(|_, el| {
                if el.is(Ns::Types, "Period") {
                    zone.periods.push(Period {
                        bias: el.attr_string("Bias")?.unwrap_or_default(),
                        name: el.attr_string("Name")?.unwrap_or_default(),
                        id: el.attr_string("Id")?.unwrap_or_default(),
                    });
                }
                Ok(())
            }),
            (Ns::Types, "TransitionsGroups") => r.children(|r, el| {
                if el.is(Ns::Types, "TransitionsGroup") {
                    let id = el.attr_string("Id")?.unwrap_or_default();
                    zone.groups.push(TransitionsGroup { id, transitions: transitions(r)? });
                }
                Ok(())
            }),
            (Ns::Types, "Transitions") => {
                zone.transitions = transitions(r)?;
                Ok(())
            }
            _ => Ok(()),
        })?;
        Ok(zone)
    }

    /// `name` is the role it stands in: `t:StartTimeZone`, `t:TimeZoneDefinition`, ...
    pub(crate) fn write(&self, w: &mut Writer, name: &str) {
        w.open(name);
        self.write_content(w);
        w.close(name);
    }

    /// Writes the attributes and children of the element that is open.
    pub(crate) fn write_content(&self, w: &mut Writer) {
        w.attr_opt("Id", self.id.as_deref());
        w.attr_opt("Name", self.name.as_deref());
        if !self.periods.is_empty() {
            w.open("t:Periods");
            for period in &self.periods {
                w.open("t:Period");
                w.attr("Bias", &period.bias);
                w.attr("Name", &period.name);
                w.attr("Id", &period.id);
                w.close("t:Period");
            }
            w.close("t:Periods");
        }
        if !self.groups.is_empty() {
            w.open("t:TransitionsGroups");
            for group in &self.groups {
                w.open("t:TransitionsGroup");
                w.attr("Id", &group.id);
                write_transitions(w, &group.transitions);
                w.close("t:TransitionsGroup");
            }
            w.close("t:TransitionsGroups");
        }
        if !self.transitions.is_empty() {
            w.open("t:Transitions");
            write_transitions(w, &self.transitions);
            w.close("t:Transitions");
        }
    }
}

fn transitions(r: &mut Reader) -> Result<Vec<Transition>, ReadError> {
    let mut list = Vec::new();
    r.children(|r, el| {
        list.extend(Transition::read(r, &el)?);
        Ok(())
    })?;
    Ok(list)
}

fn write_transitions(w: &mut Writer, list: &[Transition]) {
    for transition in list {
        transition.write(w);
    }
}

impl Transition {
    fn read(r: &mut Reader, element: &Element) -> Result<Option<Self>, ReadError> {
        let mut to = None;
        let (mut at, mut offset, mut day_of_week) = (String::new(), String::new(), String::new());
        let (mut month, mut occurrence, mut day) = (0, 0, 0);
        r.children(|r, el| {
            match (el.ns, el.name) {
                (Ns::Types, "To") => {
                    let group = el.attr("Kind")?.as_deref() == Some("Group");
                    let id = r.string()?;
                    to = Some(if group {
                        TransitionTarget::Group(id)
                    } else {
                        TransitionTarget::Period(id)
                    });
                }
                (Ns::Types, "DateTime") => at = r.string()?,
                (Ns::Types, "TimeOffset") => offset = r.string()?,
                (Ns::Types, "Month") => month = r.parse("int")?,
                (Ns::Types, "DayOfWeek") => day_of_week = r.string()?,
                (Ns::Types, "Occurrence") => occurrence = r.parse("int")?,
                (Ns::Types, "Day") => day = r.parse("int")?,
                _ => {}
            }
            Ok(())
        })?;
        let rule = match element.name {
            "Transition" => TransitionRule::Always,
            "AbsoluteDateTransition" => TransitionRule::Absolute(at),
            "RecurringDayTransition" => {
                TransitionRule::Day { offset, month, day_of_week, occurrence }
            }
            "RecurringDateTransition" => TransitionRule::Date { offset, month, day },
            _ => return Ok(None),
        };
        let to = to.ok_or_else(|| r.missing("Transition", "To"))?;
        Ok(Some(Self { to, rule }))
    }

    fn write(&self, w: &mut Writer) {
        let name = match self.rule {
            TransitionRule::Always => "t:Transition",
            TransitionRule::Absolute(_) => "t:AbsoluteDateTransition",
            TransitionRule::Day { .. } => "t:RecurringDayTransition",
            TransitionRule::Date { .. } => "t:RecurringDateTransition",
        };
        let (kind, id) = match &self.to {
            TransitionTarget::Period(id) => ("Period", id),
            TransitionTarget::Group(id) => ("Group", id),
        };
        w.open(name);
        w.open("t:To");
        w.attr("Kind", kind);
        w.text(id);
        w.close("t:To");
        match &self.rule {
            TransitionRule::Always => {}
            TransitionRule::Absolute(at) => w.element("t:DateTime", at),
            TransitionRule::Day { offset, month, day_of_week, occurrence } => {
                w.element("t:TimeOffset", offset);
                w.display("t:Month", month);
                w.element("t:DayOfWeek", day_of_week);
                w.display("t:Occurrence", occurrence);
            }
            TransitionRule::Date { offset, month, day } => {
                w.element("t:TimeOffset", offset);
                w.display("t:Month", month);
                w.display("t:Day", day);
            }
        }
        w.close(name);
    }
}
