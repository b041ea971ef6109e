//! Results for programs: one JSON object for each run, on one line.

use super::view::RunView;

/// The line, with its line feed.
///
/// # Errors
/// None that a view can cause: it holds nothing JSON cannot say.
pub fn line(run: &RunView) -> serde_json::Result<String> {
    serde_json::to_string(run).map(|line| line + "\n")
}

/// The same over several lines, for a file of its own.
///
/// # Errors
/// As [`line()`].
pub fn pretty(run: &RunView) -> serde_json::Result<String> {
    serde_json::to_string_pretty(run).map(|text| text + "\n")
}
