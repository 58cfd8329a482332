//! Evidence on disk. A copy is there whole or not at all, whatever happens to the process, the
//! disk or the other processes that share the folder.
//!
//! ```
//! use qoltanba_fetch::{Cache, Kind};
//!
//! # let folder = tempfile::tempdir()?;
//! let cache = Cache::open(folder.path())?;
//! let address = "http://crl.pki.gov.kz/nca_gost_2022.crl";
//! let now = "2026-11-25T12:00:00Z".parse()?;
//! let anything = |_: Option<&qoltanba_fetch::Entry>| Ok::<_, std::convert::Infallible>(());
//! cache.replace(Kind::List, address, now, b"a list", anything)??;
//! let entry = cache.read(Kind::List, address)?.ok_or("it was just put there")?;
//! assert_eq!((entry.fetched(), entry.body()), (now, &b"a list"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The files
//!
//! Each copy is one file, named by the SHA-256 of its kind and address: a few lines of text (what
//! it is, where and when it was fetched, its length), a SHA-256 over them and the body, an empty
//! line, the body. Body and description are thus replaced in one step: by writing another file in
//! the same folder, bringing it to the disk, renaming it, and bringing the folder to the disk.
//!
//! Readers need no lock. Writers of one copy take turns by a lock on the file beside it, which the
//! system releases when the process ends, so that two never judge the same old copy at once.
//!
//! Everything read is checked against its SHA-256. That finds damage, not forgery: whoever may
//! write to the folder can put anything there, and a copy is then believed as little as what a
//! network brings.
//!
//! # The index of a long list
//!
//! The national list has 22 MB. Beside such a list, once a trusted key of its issuer is seen to
//! have signed it, lies its index ([`CrlIndex`](qoltanba::revocation::CrlIndex)), ended by the
//! SHA-256 of the lines before the body: these have where and when this very copy was fetched, its
//! length, and its SHA-256, so that an index beside any other copy is not used. The next process
//! reads these lines, compares the length of the file, checks the index from end to end, and
//! answers from it: the body is neither read nor parsed. Hence a body whose octets changed on the
//! disk at the same length is not noticed, and the verdict stands on the index, which was made
//! before. Where there is no index that fits and is whole, the body is read, and a damaged one
//! counts as absent. The body is read too when a newer list is to take its place, and for a
//! [bundle](crate::Bundle).
//!
//! NOTE: nobody has signed an index. Whoever may write to the folder can therefore make one that
//! clears a revoked certificate: the folder must be writable to nobody but who runs the process.

mod entry;
mod index;

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use qoltanba::Instant;
use sha2::{Digest as _, Sha256};

pub(crate) use self::index::Binding;
pub use self::{entry::Entry, index::IndexedList};
use crate::text::hex;

/// What a copy is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// A complete revocation list.
    List,
    /// A delta list: what came from the address of one, whatever it says of itself.
    Delta,
    /// Certificates of authorities.
    Certificate,
    /// An OCSP answer.
    Ocsp,
    /// A time stamp.
    TimeStamp,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::List, Self::Delta, Self::Certificate, Self::Ocsp, Self::TimeStamp];

    /// The word in files and reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::List => "crl",
            Self::Delta => "delta_crl",
            Self::Certificate => "certificate",
            Self::Ocsp => "ocsp",
            Self::TimeStamp => "time_stamp",
        }
    }
}

/// Why a copy could not be read or kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheError {
    /// The file is damaged. It counts as absent, and the next copy replaces it.
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The file system refuses.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// How.
        kind: io::ErrorKind,
    },
    /// Another process has been writing this copy for seconds.
    Busy,
}

/// A folder of copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    folder: PathBuf,
}

/// Looks at the lock, and the rest between two looks. Writing a copy takes a fraction of a second.
const LOOKS: u32 = 250;
const REST: Duration = Duration::from_millis(20);

impl Cache {
    /// Uses this folder. When it is not there it is made, and nobody else may write to it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path) -> Result<Self, CacheError> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
        builder.recursive(true).create(folder).map_err(|e| io_error(folder, &e))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The copy of what is at an address.
    ///
    /// # Errors
    /// When there is one and it cannot be read, or is damaged.
    pub fn read(&self, kind: Kind, address: &str) -> Result<Option<Entry>, CacheError> {
        let path = self.path(kind, address, ENTRY);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(io_error(&path, &e)),
        };
        match Entry::from_bytes(&bytes) {
            Some(entry) if entry.kind() == kind && entry.address() == address => Ok(Some(entry)),
            _ => Err(CacheError::Damaged { path }),
        }
    }

    /// What tells the copy that is there from every other: it is replaced by another file, never
    /// written to.
    pub(crate) fn stamp(&self, kind: Kind, address: &str) -> Option<Stamp> {
        Stamp::of(&fs::metadata(self.path(kind, address, ENTRY)).ok()?)
    }

    /// Keeps a copy, if `decide` agrees when shown the copy that is there; a damaged one counts as
    /// absent. Nobody else changes the copy in between. Whatever fails, the old copy stays.
    ///
    /// # Errors
    /// The outer when the copy could not be kept, the inner what `decide` says.
    pub fn replace<E>(
        &self,
        kind: Kind,
        address: &str,
        fetched: Instant,
        body: &[u8],
        decide: impl FnOnce(Option<&Entry>) -> Result<(), E>,
    ) -> Result<Result<(), E>, CacheError> {
        let kept = self.replace_stamped(kind, address, fetched, body, decide)?;
        Ok(kept.map(drop))
    }

    /// The same, with what tells the new copy from every other. The index of the old one goes.
    pub(crate) fn replace_stamped<E>(
        &self,
        kind: Kind,
        address: &str,
        fetched: Instant,
        body: &[u8],
        decide: impl FnOnce(Option<&Entry>) -> Result<(), E>,
    ) -> Result<Result<Written, E>, CacheError> {
        let _turn = self.turn(kind, address)?;
        let old = match self.read(kind, address) {
            Err(CacheError::Damaged { .. }) => None,
            other => other?,
        };
        if let Err(refusal) = decide(old.as_ref()) {
            return Ok(Err(refusal));
        }
        let head = entry::head(kind, address, fetched, body);
        self.write(&self.path(kind, address, ENTRY), &[head.as_bytes(), body])?;
        let _ = fs::remove_file(self.path(kind, address, INDEX));
        // Still in turn: nobody has put another there.
        let stamp = self.stamp(kind, address);
        Ok(Ok(Written { stamp, binding: Binding::of(head.as_bytes()) }))
    }

    /// Every copy that can be read, in the order of kind and address.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, CacheError> {
        let failed = |e: io::Error| io_error(&self.folder, &e);
        let mut all = Vec::new();
        for file in fs::read_dir(&self.folder).map_err(failed)? {
            let path = file.map_err(failed)?.path();
            if path.extension().is_some_and(|e| e == ENTRY)
                && let Ok(bytes) = fs::read(&path)
            {
                all.extend(Entry::from_bytes(&bytes));
            }
        }
        all.sort_by(|a, b| (a.kind(), a.address()).cmp(&(b.kind(), b.address())));
        Ok(all)
    }

    /// What there are copies of, by their first lines, in the order of kind and address.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(crate) fn addresses(&self) -> Result<Vec<(Kind, String)>, CacheError> {
        let failed = |e: io::Error| io_error(&self.folder, &e);
        let mut all = Vec::new();
        for file in fs::read_dir(&self.folder).map_err(failed)? {
            let path = file.map_err(failed)?.path();
            if path.extension().is_some_and(|e| e == ENTRY) {
                let mut head = Vec::new();
                let read = File::open(&path)
                    .and_then(|file| file.take(entry::MAX_HEAD as u64).read_to_end(&mut head));
                if let (Ok(_), Some(head)) = (read, entry::Head::read(&head)) {
                    all.push((head.kind, head.address.to_owned()));
                }
            }
        }
        all.sort();
        Ok(all)
    }

    fn path(&self, kind: Kind, address: &str, ending: &str) -> PathBuf {
        let mut name = Sha256::new();
        name.update(kind.code());
        name.update([0]);
        name.update(address);
        self.folder.join(hex(&name.finalize())).with_extension(ending)
    }

    /// Waits for the turn to write a copy; the turn ends when the file is dropped.
    fn turn(&self, kind: Kind, address: &str) -> Result<File, CacheError> {
        let path = self.path(kind, address, LOCK);
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(|e| io_error(&path, &e))?;
        for _ in 0..LOOKS {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => thread::sleep(REST),
                Err(TryLockError::Error(e)) => return Err(io_error(&path, &e)),
            }
        }
        Err(CacheError::Busy)
    }

    /// Writes a file so that its name means the old bytes or the new ones at every moment. Only
    /// the holder of the turn comes here, so what lies under the other name was left by a process
    /// that ended.
    fn write(&self, path: &Path, parts: &[&[u8]]) -> Result<(), CacheError> {
        let new = path.with_added_extension(NEW);
        let failed = |e: io::Error| {
            let _ = fs::remove_file(&new);
            io_error(path, &e)
        };
        match fs::remove_file(&new) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(io_error(&new, &e)),
            _ => {}
        }
        // `create_new` does not follow a link that someone put there.
        let mut file = File::create_new(&new).map_err(failed)?;
        parts.iter().try_for_each(|part| file.write_all(part)).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        fs::rename(&new, path).map_err(failed)?;
        self.sync_folder().map_err(|e| io_error(&self.folder, &e))
    }

    #[cfg(unix)]
    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    /// Folders cannot be brought to the disk by themselves elsewhere.
    #[cfg(not(unix))]
    fn sync_folder(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A copy that was just kept.
pub(crate) struct Written {
    pub(crate) stamp: Option<Stamp>,
    pub(crate) binding: Binding,
}

/// One file, as the file system tells it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    length: u64,
    file: [i64; 5],
}

impl Stamp {
    #[cfg(unix)]
    fn of(metadata: &fs::Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let m = metadata;
        let file = [m.ino().cast_signed(), m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec()];
        Some(Self { length: m.len(), file })
    }

    /// Without the number of a file two could look alike.
    #[cfg(not(unix))]
    fn of(_: &fs::Metadata) -> Option<Self> {
        None
    }
}

const ENTRY: &str = "entry";
const INDEX: &str = "index";
const LOCK: &str = "lock";
const NEW: &str = "new";

fn io_error(path: &Path, error: &io::Error) -> CacheError {
    CacheError::Io { path: path.to_owned(), kind: error.kind() }
}
