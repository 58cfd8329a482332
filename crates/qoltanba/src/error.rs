//! What can go wrong before there is anything to judge.
//!
//! An [`Error`] says that bytes could not be read, that something is not supported, that a limit
//! was reached or that the caller asked for the impossible. It is never a verdict: whether a
//! signature is good is said by a [`Report`](crate::Report).
//!
//! ```
//! use qoltanba::{Certificate, ErrorKind};
//! let error = Certificate::from_der(b"Dear Sir or Madam").unwrap_err();
//! assert!(matches!(error.kind(), ErrorKind::Malformed { .. }));
//! ```

use core::fmt;

use crate::numbers::NotTwelveDigits;

/// Why bytes could not be turned into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    at: Option<usize>,
}

/// The classes of [`Error`], with what a person needs to act on them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes break the rules of their format.
    Malformed {
        /// The structure or rule that is broken, with its clause where there is one.
        what: &'static str,
    },
    /// The bytes may be well formed, but name something that is not implemented or not allowed.
    Unsupported {
        /// What kind of thing it is: a digest algorithm, a transform, a content type.
        what: &'static str,
        /// Its name as found: an object identifier or a URI.
        name: String,
    },
    /// A limit of [`Limits`](crate::Limits) was reached.
    OverBudget {
        /// What there was too much of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// No parser recognises the content.
    Unrecognised,
    /// The password does not open the key store, or the key store was altered.
    WrongPassword,
    /// The key store was read and cannot be used.
    KeyStore {
        /// What it lacks.
        fault: KeyStoreFault,
    },
    /// The caller asked for something that cannot be done.
    Misuse {
        /// What to do instead.
        what: &'static str,
    },
    /// The reader or the writer that the caller gave has failed. It says nothing of the document.
    Io {
        /// How.
        kind: std::io::ErrorKind,
    },
}

/// What a key store lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyStoreFault {
    /// Nothing protects it from being altered.
    NoMac,
    /// There is no private key inside.
    NoKey,
    /// There is no certificate inside.
    NoCertificate,
    /// No certificate inside is of the private key's public half.
    KeyMismatch,
    /// Several private keys have certificates inside, and nothing tells which to use.
    SeveralKeys,
}

impl fmt::Display for KeyStoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoMac => "the key store has no MAC, so nobody could tell if it was altered",
            Self::NoKey => "the key store holds no private key",
            Self::NoCertificate => "the key store holds no certificate",
            Self::KeyMismatch => {
                "the private key does not belong to any certificate inside the key store"
            }
            Self::SeveralKeys => "the key store holds several private keys with certificates",
        })
    }
}

impl Error {
    pub(crate) const fn malformed(what: &'static str) -> Self {
        Self { kind: ErrorKind::Malformed { what }, at: None }
    }

    pub(crate) fn unsupported(what: &'static str, name: impl fmt::Display) -> Self {
        Self { kind: ErrorKind::Unsupported { what, name: name.to_string() }, at: None }
    }

    pub(crate) const fn over_budget(what: &'static str, limit: u64) -> Self {
        Self { kind: ErrorKind::OverBudget { what, limit }, at: None }
    }

    pub(crate) const fn unrecognised() -> Self {
        Self { kind: ErrorKind::Unrecognised, at: None }
    }

    pub(crate) const fn wrong_password() -> Self {
        Self { kind: ErrorKind::WrongPassword, at: None }
    }

    pub(crate) const fn key_store(fault: KeyStoreFault) -> Self {
        Self { kind: ErrorKind::KeyStore { fault }, at: None }
    }

    pub(crate) const fn misuse(what: &'static str) -> Self {
        Self { kind: ErrorKind::Misuse { what }, at: None }
    }

    pub(crate) fn io(error: &std::io::Error) -> Self {
        Self { kind: ErrorKind::Io { kind: error.kind() }, at: None }
    }

    /// The same error with the byte offset where it was noticed.
    pub(crate) const fn at(mut self, offset: usize) -> Self {
        if self.at.is_none() {
            self.at = Some(offset);
        }
        self
    }

    /// The class of the error.
    #[must_use]
    pub const fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Where it was noticed: a byte offset from the start of the structure being read.
    #[must_use]
    pub const fn offset(&self) -> Option<usize> {
        self.at
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Malformed { what } => write!(f, "malformed {what}")?,
            ErrorKind::Unsupported { what, name } => write!(f, "unsupported {what}: {name}")?,
            ErrorKind::OverBudget { what, limit } => {
                write!(f, "too much input: {what}, the limit is {limit}")?;
            }
            ErrorKind::Unrecognised => write!(f, "the kind of content is not recognised")?,
            ErrorKind::WrongPassword => {
                write!(f, "the password is wrong, or the key store was altered")?;
            }
            ErrorKind::KeyStore { fault } => fault.fmt(f)?,
            ErrorKind::Misuse { what } => write!(f, "{what}")?,
            ErrorKind::Io { kind } => write!(f, "the data could not be read or written: {kind}")?,
        }
        match self.at {
            Some(at) => write!(f, " (at byte {at})"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for Error {}

impl From<NotTwelveDigits> for Error {
    fn from(_: NotTwelveDigits) -> Self {
        Self::misuse("an IIN and a BIN have twelve digits")
    }
}

/// The result of reading untrusted bytes.
pub type Result<T, E = Error> = core::result::Result<T, E>;
