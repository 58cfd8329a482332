//! How much work one XML document may cause.

/// Limits on an untrusted XML document. Exceeding one is an error, never a shorter document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlLimits {
    /// Bytes of the input. The tree takes three to five times as much memory, and up to eighteen
    /// times for nothing but empty elements, which [`Self::nodes`] caps. The documents of the
    /// portals stay under a few megabytes; the default leaves room for attachments in base64.
    pub bytes: usize,
    /// Nodes of the tree: elements, texts, comments and processing instructions.
    pub nodes: usize,
    /// Elements open at once. libxml2 stops at 256, and at 2,048 when told to take huge input.
    pub depth: usize,
    /// Attributes and namespace declarations of one element.
    pub attributes_of_one: usize,
    /// Attributes and namespace declarations in the whole document.
    pub attributes: usize,
    /// Prefixes bound at one place.
    pub namespaces_in_scope: usize,
    /// Canonical octets, as a multiple of the document's length; at least
    /// [`Self::CANONICAL_FLOOR`] octets are always allowed. Exclusive canonicalisation repeats a
    /// declaration wherever it is used, so that its output may grow with the square of its input.
    pub canonical_growth: usize,
    /// Octets read and written for all the digests of one document, as a multiple of its length;
    /// at least [`Self::WORK_FLOOR`] are always allowed. A signature over the whole costs two; a
    /// signing route of the portals has fewer than ten.
    pub work: usize,
}

impl XmlLimits {
    /// Canonical octets that no document is refused for.
    pub const CANONICAL_FLOOR: usize = 16 << 20;
    /// Octets read and written for digests that no document is refused for.
    pub const WORK_FLOOR: usize = 256 << 20;

    pub(super) fn canonical_bytes(&self, source: usize) -> usize {
        source.saturating_mul(self.canonical_growth).max(Self::CANONICAL_FLOOR)
    }

    pub(super) fn work(&self, source: usize) -> usize {
        source.saturating_mul(self.work).max(Self::WORK_FLOOR)
    }
}

impl Default for XmlLimits {
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            nodes: 16_000_000,
            depth: 1_000,
            attributes_of_one: 1_000,
            attributes: 16_000_000,
            namespaces_in_scope: 1_000,
            canonical_growth: 8,
            work: 40,
        }
    }
}
