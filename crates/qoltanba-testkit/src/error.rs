//! What can go wrong while issuing.

use std::{fmt, io, path::PathBuf};

/// Why something could not be issued or written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The core refused: a key, a signature or a key store.
    Core(qoltanba::Error),
    /// A value does not fit into its ASN.1 type.
    Encoding(der::Error),
    /// The description does not go together.
    Description(&'static str),
    /// The file is there already.
    Exists(PathBuf),
    /// The file or folder could not be written.
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core(error) => error.fmt(f),
            Self::Encoding(error) => write!(f, "a value does not fit into its ASN.1 type: {error}"),
            Self::Description(what) => f.write_str(what),
            Self::Exists(path) => write!(f, "{} is there already", path.display()),
            Self::Io { path, source } => {
                write!(f, "{} could not be written: {source}", path.display())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Core(error) => Some(error),
            Self::Encoding(error) => Some(error),
            Self::Io { source, .. } => Some(source),
            Self::Description(_) | Self::Exists(_) => None,
        }
    }
}

impl From<qoltanba::Error> for Error {
    fn from(error: qoltanba::Error) -> Self {
        Self::Core(error)
    }
}

impl From<der::Error> for Error {
    fn from(error: der::Error) -> Self {
        Self::Encoding(error)
    }
}

/// The result of issuing something.
pub type Result<T, E = Error> = core::result::Result<T, E>;
