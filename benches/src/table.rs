//! Figures beside their bounds, for people and for CI: a broken bound is an exit code.

use std::fmt;

/// What a figure may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// Not more than this.
    AtMost(f64),
    /// Not less than this.
    AtLeast(f64),
    /// Only of interest.
    None,
}

/// One measured figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What was measured.
    pub what: &'static str,
    /// What came out.
    pub value: f64,
    /// In what, such as `us` or `x`.
    pub unit: &'static str,
    /// What it may be.
    pub bound: Bound,
    /// How it came about, in a few words.
    pub how: String,
}

impl Figure {
    /// Whether it is within its bound.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self.bound {
            Bound::AtMost(most) => self.value <= most,
            Bound::AtLeast(least) => self.value >= least,
            Bound::None => true,
        }
    }
}

/// Figures in the order in which they were measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table(Vec<Figure>);

impl Table {
    /// Adds a figure.
    pub fn push(&mut self, figure: Figure) {
        self.0.push(figure);
    }

    /// Whether all figures are within their bounds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.0.iter().all(Figure::holds)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = self.0.iter().map(|figure| figure.what.len()).max().unwrap_or(0);
        for figure in &self.0 {
            let Figure { what, value, unit, bound, how } = figure;
            let verdict = if figure.holds() { "ok  " } else { "FAIL" };
            let bound = match bound {
                Bound::AtMost(most) => format!("<= {most} {unit}"),
                Bound::AtLeast(least) => format!(">= {least} {unit}"),
                Bound::None => String::new(),
            };
            let value = format!("{value:.2} {unit}");
            writeln!(f, "{verdict} {what:wide$}  {value:>12}  {bound:<12}  {how}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_bound_is_seen() {
        let figure =
            |value, bound| Figure { what: "x", value, unit: "x", bound, how: String::new() };
        let mut table = Table::default();
        table.push(figure(2.9, Bound::AtMost(3.0)));
        table.push(figure(101.0, Bound::AtLeast(100.0)));
        assert!(table.holds());
        table.push(figure(3.1, Bound::AtMost(3.0)));
        assert!(!table.holds());
        assert!(table.to_string().contains("FAIL x  "), "{table}");
    }
}
