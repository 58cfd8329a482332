//! The character classes of XML 1.0 (fifth edition) and Namespaces 1.0.

/// XML 1.0 §2.3 \[3\] S.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// XML 1.0 §2.2 \[2\] Char.
pub(super) const fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// XML 1.0 §2.3 \[4\] NameStartChar without the colon: the first of an NCName.
pub(super) const fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// XML 1.0 §2.3 \[4a\] NameChar without the colon: the rest of an NCName.
pub(super) const fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c,
            '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// The length in bytes of the NCName that `text` begins with; 0 when it begins with none.
pub(super) fn name_length(text: &str) -> usize {
    let mut chars = text.char_indices();
    match chars.next() {
        Some((_, c)) if is_name_start(c) => {
            chars.find(|(_, c)| !is_name_char(*c)).map_or(text.len(), |(at, _)| at)
        }
        _ => 0,
    }
}

/// The offset of the first character that no XML document may contain.
pub(super) fn first_forbidden(text: &str) -> Option<usize> {
    let suspect = |byte: u8| byte == 0xEF || (byte < 0x20 && !is_space(byte));
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = bytes.get(from..)?.iter().position(|byte| suspect(*byte)) {
        let at = from + found;
        let c = text.get(at..)?.chars().next()?;
        if !is_char(c) {
            return Some(at);
        }
        from = at + c.len_utf8();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_found_where_they_stand() {
        assert_eq!(first_forbidden("a\tb\r\n \u{7F}\u{85}\u{FEFF}\u{FFFD}\u{10FFFF}"), None);
        assert_eq!(first_forbidden("ab\u{0}"), Some(2));
        assert_eq!(first_forbidden("ж\u{1F}"), Some(2));
        assert_eq!(first_forbidden("\u{FEFF}\u{FFFE}"), Some(3));
        assert_eq!(first_forbidden("\u{FFFF}"), Some(0));
    }

    #[test]
    fn names_end_where_the_grammar_says() {
        assert_eq!(name_length("a-b.c1:d"), 6);
        assert_eq!(name_length("Құжат>"), "Құжат".len());
        assert_eq!(name_length("1a"), 0);
        assert_eq!(name_length("-a"), 0);
        assert_eq!(name_length("\u{D7}"), 0);
        assert_eq!(name_length("a\u{D7}"), 1);
        assert_eq!(name_length(""), 0);
    }
}
