//! The index of a list, beside the copy that it was made of.

use std::{fmt, fs::File, io, sync::Arc};

use qoltanba::{
    Instant,
    revocation::{Crl, CrlIndex},
};
use sha2::{Digest as _, Sha256};

use super::{
    Cache, CacheError, ENTRY, INDEX, Kind,
    entry::{Entry, Head},
    io_error,
};
use crate::{
    lists,
    map::{SharedBytes, map},
};

/// What binds an index to one copy: the SHA-256 of the lines before its body, which have the
/// SHA-256 of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Binding([u8; BINDING]);

/// SHA-256.
const BINDING: usize = 32;

impl Binding {
    pub(super) fn of(head: &[u8]) -> Self {
        Self(Sha256::digest(head).into())
    }
}

/// A revocation list from a cache, opened by its index instead of being parsed.
#[derive(Clone)]
pub struct IndexedList {
    kind: Kind,
    fetched: Instant,
    index: CrlIndex,
    /// The file of the copy: mapped, so that it is this one whatever is put in its place.
    copy: SharedBytes,
}

impl IndexedList {
    /// Whether it is a complete list or a delta.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When the list was fetched.
    #[must_use]
    pub fn fetched(&self) -> Instant {
        self.fetched
    }

    /// The index, as a verifier takes it.
    #[must_use]
    pub fn index(&self) -> &CrlIndex {
        &self.index
    }

    /// Reads and parses the list itself; `None` when the copy is damaged.
    #[must_use]
    pub fn read(&self) -> Option<Crl> {
        let entry = Entry::from_bytes((*self.copy).as_ref())?;
        lists::read(self.kind, entry.body()).ok()
    }
}

impl fmt::Debug for IndexedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexedList")
            .field("kind", &self.kind)
            .field("fetched", &self.fetched)
            .field("facts", self.index.facts())
            .finish_non_exhaustive()
    }
}

/// An index without what binds it to its copy.
struct Unbound {
    file: SharedBytes,
    length: usize,
}

impl AsRef<[u8]> for Unbound {
    fn as_ref(&self) -> &[u8] {
        (*self.file).as_ref().get(..self.length).unwrap_or_default()
    }
}

impl Cache {
    /// Keeps an index beside the copy that it was made of, as a copy is kept. Nothing is done when
    /// another copy is there by now.
    ///
    /// # Errors
    /// When it could not be kept. The copy is as it was.
    pub(crate) fn keep_index(
        &self,
        kind: Kind,
        address: &str,
        of: Binding,
        index: &[u8],
    ) -> Result<(), CacheError> {
        let _turn = self.turn(kind, address)?;
        let copy = self.map_file(kind, address, ENTRY)?;
        let head = copy.as_ref().and_then(|copy| Head::read((**copy).as_ref()));
        if head.is_none_or(|head| Binding::of(head.octets) != of) {
            return Ok(());
        }
        self.write(&self.path(kind, address, INDEX), &[index, &of.0])
    }

    /// Opens the copy of a list by its index; `None` where there is none that was made of this copy
    /// and is whole.
    pub(crate) fn open_index(&self, kind: Kind, address: &str) -> Option<IndexedList> {
        let file = self.map_file(kind, address, INDEX).ok()??;
        let copy = self.map_file(kind, address, ENTRY).ok()??;
        let octets = (*copy).as_ref();
        let head = Head::read(octets)?;
        let body = octets.len().checked_sub(head.octets.len())?;
        let is_described = (head.kind, head.address) == (kind, address)
            && u64::try_from(body).is_ok_and(|body| body == head.length);
        let (length, binding) = {
            let (index, binding) = (*file).as_ref().split_last_chunk::<BINDING>()?;
            (index.len(), Binding(*binding))
        };
        if !is_described || binding != Binding::of(head.octets) {
            return None;
        }
        let index: SharedBytes = Arc::new(Unbound { file, length });
        let index = match kind {
            Kind::Delta => CrlIndex::open_delta(index),
            _ => CrlIndex::open(index),
        };
        // A damaged block would leave the verdict open, where the list itself is at hand.
        let index = index.ok().filter(|index| index.check_all().is_ok())?;
        let fetched = head.fetched;
        let is_of_body = index.facts().list_length() == head.length;
        is_of_body.then_some(IndexedList { kind, fetched, index, copy })
    }

    fn map_file(
        &self,
        kind: Kind,
        address: &str,
        ending: &str,
    ) -> Result<Option<SharedBytes>, CacheError> {
        let path = self.path(kind, address, ending);
        match File::open(&path).and_then(|file| map(&file)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(io_error(&path, &e)),
        }
    }
}
