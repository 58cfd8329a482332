//! What texts and names of an output document may be, asked when it is written and when it is
//! read.

use crate::text::hides;

/// Characters of one text. A page has some four thousand.
pub(in crate::paper) const TEXT_CHARS: usize = 20_000;
/// Characters of an identifier.
const ID_CHARS: usize = 64;

/// The character that a text must not have: one that a reader would not see as it is, or that no
/// font and no other reader knows.
pub(in crate::paper) fn unfit(text: &str) -> Option<char> {
    text.chars().find(|c| {
        hides(*c)
            || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..)
            || u32::from(*c) & 0xfffe == 0xfffe
    })
}

/// Whether a text says something, and only what can be seen.
pub(in crate::paper) fn is_text(text: &str) -> bool {
    !text.is_empty() && is_cell(text)
}

/// Whether it is such a text or nothing, as a cell of a table may be.
pub(in crate::paper) fn is_cell(text: &str) -> bool {
    text.len() <= 4 * TEXT_CHARS
        && text.chars().count() <= TEXT_CHARS
        && text.trim() == text
        && unfit(text).is_none()
}

/// Whether it is an identifier: `applicant_address`, `result-notice`.
pub(in crate::paper) fn is_id(id: &str) -> bool {
    id.len() <= ID_CHARS
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
}
