//! Running text with places for values: `Сізге {amount} төлем тағайындалды.`

use std::collections::BTreeSet;

use crate::paper::document::{TEXT_CHARS, is_id, is_text};

/// A text in one language, cut at its places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Place(String),
}

impl Template {
    /// None when a brace has no counterpart, or what stands between two is no name.
    pub(super) fn read(text: &str) -> Option<Self> {
        if !is_text(text) {
            return None;
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            if words.contains('}') || !is_id(name) {
                return None;
            }
            if !words.is_empty() {
                pieces.push(Piece::Words(words.to_owned()));
            }
            pieces.push(Piece::Place(name.to_owned()));
            rest = after;
        }
        if rest.contains('}') {
            return None;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Words(rest.to_owned()));
        }
        Some(Self { pieces })
    }

    /// The names of its places.
    pub(super) fn places(&self) -> BTreeSet<&str> {
        fn place(piece: &Piece) -> Option<&str> {
            match piece {
                Piece::Place(name) => Some(name),
                Piece::Words(_) => None,
            }
        }
        self.pieces.iter().filter_map(place).collect()
    }

    /// Whether it is a text of a document even with the longest values.
    pub(super) fn fits(&self, longest: impl Fn(&str) -> usize) -> bool {
        let length = |piece: &Piece| match piece {
            Piece::Words(words) => words.chars().count(),
            Piece::Place(name) => longest(name),
        };
        self.pieces.iter().map(length).sum::<usize>() <= TEXT_CHARS
    }

    /// The text with its values; none where one is absent.
    pub(super) fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let piece = |piece: &Piece| match piece {
            Piece::Words(words) => Some(words.clone()),
            Piece::Place(name) => value(name),
        };
        self.pieces.iter().map(piece).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_names_in_braces() {
        let template = Template::read("{a}: {b_1}, {a}.").unwrap();
        assert_eq!(template.places().into_iter().collect::<Vec<_>>(), ["a", "b_1"]);
        let value = |name: &str| Some(name.to_uppercase());
        assert_eq!(template.fill(value).unwrap(), "A: B_1, A.");
        assert_eq!(template.fill(|name| (name == "a").then(String::new)), None);
        for bad in ["", " a", "{", "}", "{}", "{A}", "a}{b}", "{a", "{a}}", "{{a}}", "{a b}"] {
            assert!(Template::read(bad).is_none(), "{bad}");
        }
    }
}
