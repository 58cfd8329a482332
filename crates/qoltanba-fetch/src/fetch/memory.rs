//! Lists that were read before. A national list has 21 MB: reading it and checking its signature
//! anew for each document would take longer than everything else.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use qoltanba::{Instant, revocation::Crl};

use crate::{
    cache::{Cache, CacheError, IndexedList, Kind, Stamp},
    lists::{self, Facts},
};

/// Lists held in memory at once. The national authority has eight, with their deltas.
const MAX_LISTS: usize = 32;

/// A list as it lies in the cache.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) fetched: Instant,
    pub(super) list: Held,
}

/// A list, parsed or opened by its index.
#[derive(Debug, Clone)]
pub(super) enum Held {
    Parsed(Crl),
    Indexed(IndexedList),
}

impl Held {
    pub(super) fn facts(&self) -> Facts<'_> {
        match self {
            Self::Parsed(list) => list.into(),
            Self::Indexed(list) => list.index().facts().into(),
        }
    }
}

/// Lists of a cache, each with the file that it was read from. Clones share it, so that a list
/// remembers whose signature it was seen to carry.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Lists>>);

type Lists = BTreeMap<(Kind, String), (Stamp, Kept)>;

impl Memory {
    /// The list in the cache: from memory, unless the file is another one by now.
    pub(super) fn read(
        &self,
        cache: &Cache,
        kind: Kind,
        address: &str,
    ) -> Result<Option<Kept>, CacheError> {
        // Before the file is read: one that comes in between is then read again next time.
        let stamp = cache.stamp(kind, address);
        let place = (kind, address.to_owned());
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(stamp), Some((known, kept))) = (&stamp, lists.get(&place))
            && stamp == known
        {
            return Ok(Some(kept.clone()));
        }
        lists.remove(&place);
        let kept = if let Some(indexed) = cache.open_index(kind, address) {
            Kept { fetched: indexed.fetched(), list: Held::Indexed(indexed) }
        } else {
            let Some(entry) = cache.read(kind, address)? else { return Ok(None) };
            let Ok(list) = lists::read(kind, entry.body()) else { return Ok(None) };
            Kept { fetched: entry.fetched(), list: Held::Parsed(list) }
        };
        insert(&mut lists, place, stamp, &kept);
        Ok(Some(kept))
    }

    /// Holds a list that was just put into the cache.
    pub(super) fn hold(&self, kind: Kind, address: &str, stamp: Option<Stamp>, kept: &Kept) {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        insert(&mut lists, (kind, address.to_owned()), stamp, kept);
    }
}

fn insert(lists: &mut Lists, place: (Kind, String), stamp: Option<Stamp>, kept: &Kept) {
    let Some(stamp) = stamp else { return };
    if lists.len() >= MAX_LISTS {
        lists.pop_first();
    }
    lists.insert(place, (stamp, kept.clone()));
}
