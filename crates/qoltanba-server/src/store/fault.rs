//! What can be wrong with the database, and what is told of it.

use rusqlite::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

/// What is wrong with the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// The disk is full.
    Full,
    /// Another process keeps it locked.
    Locked,
    /// The file is damaged, is missing, or is not the one that belongs to the key beside it.
    Corrupt,
    /// It cannot be read or written for another reason.
    Unavailable,
}

/// Why a piece of work with the database was not done.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The database could not do it.
    Fault(Fault),
    /// It was not right to do it.
    Refused(Problem),
}

impl Fault {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Locked => "locked",
            Self::Corrupt => "corrupt",
            Self::Unavailable => "unavailable",
        }
    }

    /// Whether the connection is good for more after it. Else it is opened again, and checked.
    pub(super) const fn leaves_connection(self) -> bool {
        matches!(self, Self::Full | Self::Locked)
    }
}

impl From<&rusqlite::Error> for Fault {
    fn from(error: &rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt,
            _ => Self::Unavailable,
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let (code, seconds) = match fault {
            Fault::Full => (Code::StorageFull, 30),
            Fault::Locked => (Code::StorageLocked, 5),
            Fault::Corrupt => (Code::StorageCorrupt, 60),
            Fault::Unavailable => (Code::Storage, 30),
        };
        Self::new(code).retry_after(seconds)
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(Fault::from(&error))
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Fault(fault) => fault.into(),
            Trouble::Refused(problem) => problem,
        }
    }
}
