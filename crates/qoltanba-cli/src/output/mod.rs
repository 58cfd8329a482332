//! What people read: words in three languages, styles, and streams that may be closed.

mod describe;
mod evidence;
mod fetch;
mod paper;
mod request;
mod rows;
mod standing;
mod verdict;

use std::{
    fmt::Display,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};
use qoltanba::{Lang, text::visible};
use serde_json::Value;

pub(crate) use describe::{
    certificate, crl, decimal, full_name, hex, key_store, purposes, remarks,
};
pub(crate) use evidence::evidence_facts;
pub(crate) use fetch::{kind, source, story};
pub(crate) use paper::document;
pub(crate) use request::answer;
pub(crate) use rows::Rows;
pub(crate) use standing::next_step;
pub(crate) use verdict::{claims, list_remarks, report};

use crate::exit::{Failure, Result};

/// Picks one of three texts.
pub(crate) trait Pick {
    fn pick<'a>(self, kk: &'a str, ru: &'a str, en: &'a str) -> &'a str;
}

impl Pick for Lang {
    fn pick<'a>(self, kk: &'a str, ru: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Kk => kk,
            Self::Ru => ru,
            Self::En => en,
        }
    }
}

pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const DOUBT: Style = AnsiColor::Yellow.on_default().bold();
/// "Could not check" is no accusation.
pub(crate) const GREY: Style = AnsiColor::BrightBlack.on_default().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const STRONG: Style = Style::new().bold();

/// Text in a style.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A moment for people.
pub(crate) fn moment(at: impl Display) -> String {
    at.to_string().replace('T', " ").replace('Z', " UTC")
}

/// Standard output. A reader that went away takes nothing more, which is no fault.
pub(crate) struct Console<W: Write> {
    stream: W,
    closed: bool,
}

impl Console<anstream::AutoStream<io::Stdout>> {
    /// Standard output with colours as the terminal, NO_COLOR and CLICOLOR allow.
    pub(crate) fn stdout() -> Self {
        Self { stream: anstream::stdout(), closed: false }
    }
}

impl Console<io::Stdout> {
    /// Standard output for bytes as they are.
    pub(crate) fn raw_stdout() -> Self {
        Self { stream: io::stdout(), closed: false }
    }
}

impl<W: Write> Console<W> {
    /// Writes all of it, or nothing more once the reader is gone.
    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) -> Result<()> {
        if self.closed {
            return Ok(());
        }
        let written = self.stream.write_all(bytes.as_ref()).and_then(|()| self.stream.flush());
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(Failure::software(format!("standard output: {error}"))),
            Ok(()) => Ok(()),
        }
    }
}

/// One line of JSON. Characters that could steer a terminal are written as escapes (RFC 8259 §7),
/// which mean the same to a program; in serialised JSON they occur inside strings only.
pub(crate) fn json_line(value: &Value) -> String {
    let mut line = String::new();
    for c in value.to_string().chars() {
        if visible(c.encode_utf8(&mut [0; 4])).starts_with(c) {
            line.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                line.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    line.push('\n');
    line
}

/// A line on standard error. When that cannot be written there is nobody left to tell.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// A warning on standard error; its text may hold names from files.
pub(crate) fn warn(text: &str) {
    note(&format!("{} {}", paint(DOUBT, "!"), visible(text)));
}

/// Says why a command could not do its work.
pub(crate) fn complain(failure: &Failure) {
    note(&format!("{} {}", paint(BAD, "!"), visible(&failure.message)));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn json_steers_no_terminal_and_means_the_same() {
        let value = json!({ "name": "A\u{9b}31m\u{202e}\u{e0001}\u{1b}[0m Ә", "plain": "Ұлттық" });
        let line = super::json_line(&value);
        assert_eq!(line.matches('\n').count(), 1);
        assert!(!line.trim_end().chars().any(|c| c.is_control() || c == '\u{202e}'), "{line}");
        assert!(line.contains("Ұлттық"));
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }
}
