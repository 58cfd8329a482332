//! Bytes and foreign text made fit for people's eyes.
//!
//! ```
//! assert_eq!(qoltanba::text::visible("invoice\u{202e}fdp.exe"), "invoice\u{fffd}fdp.exe");
//! ```

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// The text with what could deceive a reader replaced by U+FFFD: control characters, and the
/// marks that reorder or hide text (Unicode Technical Report 36 §2.10).
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().map(|c| if hides(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Whether a reader would not see the character as it is.
pub(crate) fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
