//! How a call ends: exit codes that scripts rely on, and failures with something to act on.

use std::{
    io,
    path::Path,
    process::{ExitCode, Termination},
};

use qoltanba::{Error, ErrorKind, Lang, Verdict, text::visible};

use crate::output::Pick as _;

/// The exit codes, from good to bad. Those of 64 and up are of `sysexits.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It passed, or it was done.
    Passed = 0,
    /// A check positively failed.
    Failed = 1,
    /// A proof is missing.
    Indeterminate = 2,
    /// The arguments do not make sense.
    Usage = 64,
    /// Content that cannot be used.
    Data = 65,
    /// A file that is not there.
    NoInput = 66,
    /// A service that does not answer, or refuses.
    Unavailable = 69,
    /// A fault of this program or of the machine.
    Software = 70,
}

impl Exit {
    /// Of several files the worst decides: 64 and up, then 1, 2, 0.
    pub(crate) fn worst(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Passed => 0,
            Self::Indeterminate => 1,
            Self::Failed => 2,
            code => code as u8,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Passed,
            Verdict::Failed => Self::Failed,
            Verdict::Indeterminate => Self::Indeterminate,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// Why a command could not do its work: the exit code, a word for programs, a sentence for people.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

pub(crate) type Result<T, E = Failure> = core::result::Result<T, E>;

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, reason: "usage", message: message.into() }
    }

    pub(crate) fn data(reason: &'static str, message: impl Into<String>) -> Self {
        Self { exit: Exit::Data, reason, message: message.into() }
    }

    pub(crate) fn unavailable(reason: &'static str, message: impl Into<String>) -> Self {
        Self { exit: Exit::Unavailable, reason, message: message.into() }
    }

    pub(crate) fn software(message: impl Into<String>) -> Self {
        Self { exit: Exit::Software, reason: "internal", message: message.into() }
    }

    /// The same failure with the name of its file in front.
    pub(crate) fn about(mut self, path: &Path) -> Self {
        let name = shown(path);
        if !self.message.starts_with(&name) {
            self.message = format!("{name}: {}", self.message);
        }
        self
    }

    /// What the core could not read or do.
    pub(crate) fn of_core(error: &Error, lang: Lang) -> Self {
        let reason = match error.kind() {
            ErrorKind::Malformed { .. } => "malformed",
            ErrorKind::Unsupported { .. } => "unsupported",
            ErrorKind::OverBudget { .. } => "limit",
            ErrorKind::Unrecognised => "unrecognised",
            ErrorKind::WrongPassword => "wrong_password",
            ErrorKind::KeyStore { .. } => "key_store",
            _ => "not_applicable",
        };
        Self::data(reason, error.text(lang))
    }

    /// What the system says of a file that was to be read.
    pub(crate) fn reading(path: &Path, error: &io::Error, lang: Lang) -> Self {
        let what = match error.kind() {
            io::ErrorKind::NotFound => {
                lang.pick("файл жоқ", "файла нет", "there is no such file").to_owned()
            }
            io::ErrorKind::PermissionDenied => lang
                .pick(
                    "файлды оқуға рұқсат жоқ",
                    "нет права читать файл",
                    "the file may not be read",
                )
                .to_owned(),
            io::ErrorKind::IsADirectory => {
                lang.pick("бұл бума", "это папка", "this is a folder").to_owned()
            }
            _ => format!(
                "{}: {error}",
                lang.pick("файл оқылмайды", "файл не читается", "the file cannot be read")
            ),
        };
        Self { exit: Exit::NoInput, reason: "missing_file", message: about(path, &what) }
    }

    /// What the system says of a file that was to be written.
    pub(crate) fn writing(path: &Path, error: &io::Error, lang: Lang) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self {
                exit: Exit::NoInput,
                reason: "missing_file",
                message: about(
                    path,
                    lang.pick(
                        "мұндай бума жоқ",
                        "такой папки нет",
                        "there is no such folder to write into",
                    ),
                ),
            },
            _ => Self::software(about(
                path,
                &format!(
                    "{}: {error}",
                    lang.pick("жазылмады", "не удалось записать", "could not be written")
                ),
            )),
        }
    }
}

/// A sentence about a file, its name made safe to show.
pub(crate) fn about(path: &Path, what: &str) -> String {
    format!("{}: {what}", shown(path))
}

/// A file name made safe to show.
pub(crate) fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::Exit::{self, *};

    #[test]
    fn the_worst_file_decides() {
        let order = [Passed, Indeterminate, Failed, Usage, Data, NoInput, Unavailable, Software];
        for (i, better) in order.iter().enumerate() {
            for worse in &order[i..] {
                assert_eq!(better.worst(*worse), *worse);
                assert_eq!(worse.worst(*better), *worse);
            }
        }
    }

    #[test]
    fn codes_are_those_that_scripts_know() {
        let codes = [Passed, Failed, Indeterminate, Usage, Data, NoInput, Unavailable, Software];
        assert_eq!(codes.map(|e: Exit| e as u8), [0, 1, 2, 64, 65, 66, 69, 70]);
    }
}
