//! Octets on their way out: escaping, buffering, the limit on growth.

use crate::error::{Error, Result};

const BUFFER: usize = 32 << 10;

/// Gathers small pieces before they go to the sink.
pub(super) struct Output<'s> {
    sink: &'s mut dyn FnMut(&[u8]),
    buffer: Vec<u8>,
    left: usize,
    limit: usize,
}

impl<'s> Output<'s> {
    pub(super) fn new(sink: &'s mut dyn FnMut(&[u8]), limit: usize) -> Self {
        Self { sink, buffer: Vec::with_capacity(BUFFER), left: limit, limit }
    }

    pub(super) fn put(&mut self, text: &str) -> Result<()> {
        self.left = self
            .left
            .checked_sub(text.len())
            .ok_or(Error::over_budget("canonical octets", self.limit as u64))?;
        if self.buffer.len() + text.len() > BUFFER {
            self.flush();
        }
        if text.len() > BUFFER {
            (self.sink)(text.as_bytes());
        } else {
            self.buffer.extend_from_slice(text.as_bytes());
        }
        Ok(())
    }

    /// Canonical XML 1.0 §2.3, Text Nodes.
    pub(super) fn put_text(&mut self, text: &str) -> Result<()> {
        self.put_escaped(text, |byte| matches!(byte, b'&' | b'<' | b'>' | b'\r'))
    }

    /// Canonical XML 1.0 §2.3, Attribute Nodes.
    pub(super) fn put_attribute_value(&mut self, text: &str) -> Result<()> {
        self.put_escaped(text, |byte| matches!(byte, b'&' | b'<' | b'"' | b'\t' | b'\n' | b'\r'))
    }

    pub(super) fn flush(&mut self) {
        if !self.buffer.is_empty() {
            (self.sink)(&self.buffer);
            self.buffer.clear();
        }
    }

    fn put_escaped(&mut self, text: &str, special: impl Fn(u8) -> bool) -> Result<()> {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(&special) {
            let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            let escaped = match from.bytes().next() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                Some(b'"') => "&quot;",
                Some(b'\t') => "&#x9;",
                Some(b'\n') => "&#xA;",
                _ => "&#xD;",
            };
            self.put(plain)?;
            self.put(escaped)?;
            rest = from.get(1..).unwrap_or_default();
        }
        self.put(rest)
    }
}
