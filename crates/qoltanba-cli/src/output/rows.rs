//! Labels with their values, in two columns.

use std::fmt::Write as _;

use qoltanba::text::visible;

use super::{DIM, paint};

/// Labelled values that are shown under each other.
#[derive(Default)]
pub(crate) struct Rows(Vec<(String, String)>);

impl Rows {
    /// Adds a value that may come from a file: what would deceive a reader does not get through.
    pub(crate) fn add(&mut self, label: &str, value: impl AsRef<str>) {
        self.styled(label, visible(value.as_ref()));
    }

    /// Adds a value when there is one.
    pub(crate) fn add_some(&mut self, label: &str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.add(label, value);
        }
    }

    /// Adds a value of this program's own making, which may have styles.
    pub(crate) fn styled(&mut self, label: &str, value: String) {
        self.0.push((label.to_owned(), value));
    }

    /// The rows as text, each on a line of its own.
    pub(crate) fn to_text(&self) -> String {
        let width = self.0.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        let mut text = String::new();
        for (label, value) in &self.0 {
            let pad = width - label.chars().count();
            let _ = writeln!(text, "  {}{:pad$}  {value}", paint(DIM, label), "");
        }
        text
    }
}
