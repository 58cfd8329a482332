//! What is bound here and what was bound before, taken back as elements end.

use crate::xmldsig::tree::{NO_URI, PrefixId, UriId};

/// One value for each prefix of the document, with the way back. Setting, reading and taking
/// back cost the same however deep the document is and however much it declares.
pub(super) struct Bindings {
    values: Vec<UriId>,
    undo: Vec<(PrefixId, UriId)>,
}

impl Bindings {
    pub(super) fn new(prefixes: usize) -> Self {
        Self { values: vec![NO_URI; prefixes], undo: Vec::new() }
    }

    pub(super) fn get(&self, prefix: PrefixId) -> UriId {
        self.values.get(prefix as usize).copied().unwrap_or(NO_URI)
    }

    pub(super) fn set(&mut self, prefix: PrefixId, uri: UriId) {
        if let Some(value) = self.values.get_mut(prefix as usize)
            && *value != uri
        {
            self.undo.push((prefix, *value));
            *value = uri;
        }
    }

    pub(super) fn mark(&self) -> usize {
        self.undo.len()
    }

    pub(super) fn back_to(&mut self, mark: usize) {
        for (prefix, uri) in self.undo.drain(mark..).rev() {
            if let Some(value) = self.values.get_mut(prefix as usize) {
                *value = uri;
            }
        }
    }
}
