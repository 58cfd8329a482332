//! Running text broken into lines.

use std::rc::Rc;

use super::font::{Shaper, Weight, Word};
use crate::error::Result;

/// How letters look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub(super) weight: Weight,
    /// In points.
    pub(super) size: f32,
    pub(super) ink: Ink,
}

/// The few colours of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// What is said.
    Text,
    /// What is said again in the second language.
    Second,
    /// What it is called.
    Label,
    /// Titles, the mark, strong rules.
    Accent,
    /// Thin rules.
    Hair,
    /// The ground of heads of tables.
    Tint,
    /// On the accent.
    White,
    /// Barcodes.
    Black,
}

/// How a line stands in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
    Centre,
}

/// A line of words.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) words: Vec<Rc<Word>>,
    /// In points, with spaces of their own width.
    pub(super) width: f32,
    /// Whether the text goes on behind a space, which the line says.
    pub(super) goes_on: bool,
}

impl Line {
    const fn new() -> Self {
        Self { words: Vec::new(), width: 0.0, goes_on: false }
    }
}

/// After these a word that is too long is cut rather than within.
const SOFT: [char; 8] = ['-', '–', '—', '/', ',', '.', '@', '_'];

/// Breaks a text into lines of a width in points. A line feed in the text ends a line.
///
/// # Errors
/// Those of [`Shaper::word`].
pub(super) fn lines(
    shaper: &mut Shaper<'_>,
    text: &str,
    style: Style,
    width: f32,
) -> Result<Vec<Line>> {
    let mut all = Vec::new();
    shaper.spend(text)?;
    for paragraph in text.lines() {
        let mut breaker = Breaker {
            style,
            width,
            space: shaper.space(style.weight) * style.size,
            line: Line::new(),
            done: Vec::new(),
        };
        for word in paragraph.split([' ', '\t']).filter(|word| !word.is_empty()) {
            breaker.add(shaper, word)?;
        }
        breaker.done.push(breaker.line);
        all.append(&mut breaker.done);
    }
    Ok(all)
}

struct Breaker {
    style: Style,
    width: f32,
    space: f32,
    line: Line,
    done: Vec<Line>,
}

impl Breaker {
    fn add(&mut self, shaper: &mut Shaper<'_>, text: &str) -> Result<()> {
        let word = shaper.word(self.style.weight, text)?;
        if self.fits(word.width) {
            self.push(word);
            return Ok(());
        }
        let mut from = 0;
        let mut rest = word.width;
        while !self.fits(rest) {
            let is_empty = self.line.words.is_empty();
            let width = self.left() / self.style.size;
            match Self::end_of_part(&word, from, width, is_empty) {
                Some(end) => {
                    let head = word.text.get(from..end).unwrap_or_default();
                    self.push(shaper.word(self.style.weight, head)?);
                    self.end(false);
                    rest -= word.piece(from, end);
                    from = end;
                }
                None => self.end(true),
            }
        }
        match word.text.get(from..).filter(|tail| !tail.is_empty()) {
            Some(tail) => self.push(shaper.word(self.style.weight, tail)?),
            None => self.line = self.done.pop().unwrap_or(Line::new()),
        }
        Ok(())
    }

    /// The width that is left for another word.
    fn left(&self) -> f32 {
        let gap = if self.line.words.is_empty() { 0.0 } else { self.space };
        self.width - self.line.width - gap
    }

    fn fits(&self, em: f32) -> bool {
        em * self.style.size <= self.left()
    }

    /// Where to cut a word: after a hyphen or the like, or anywhere if it has to be.
    fn end_of_part(word: &Word, from: usize, width: f32, anywhere: bool) -> Option<usize> {
        let most = if width > 0.0 { word.cut(from, width) } else { from };
        let part = word.text.get(from..most)?;
        // A letter or two are not worth a line; numbers and initials stay whole.
        let soft = part.rfind(SOFT).and_then(|at| {
            let end = at + part.get(at..)?.chars().next()?.len_utf8();
            let rest = word.text.get(from + end..)?;
            let is_long =
                part.get(..end)?.chars().nth(3).is_some() && rest.chars().nth(2).is_some();
            let is_number = rest.starts_with(|c: char| c.is_ascii_digit());
            (is_long && (anywhere || !is_number)).then_some(from + end)
        });
        soft.or_else(|| anywhere.then_some(most)).filter(|end| *end > from)
    }

    fn push(&mut self, word: Rc<Word>) {
        let gap = if self.line.words.is_empty() { 0.0 } else { self.space };
        self.line.width += gap + word.width * self.style.size;
        self.line.words.push(word);
    }

    fn end(&mut self, goes_on: bool) {
        let mut line = std::mem::replace(&mut self.line, Line::new());
        line.goes_on = goes_on;
        self.done.push(line);
    }
}
