//! The fonts of the page, and words turned into glyphs.

use std::{collections::HashMap, ops::Range, rc::Rc};

use krilla::text::Font;
use rustybuzz::{Direction, Face, Feature, ShapePlan, UnicodeBuffer, script, ttf_parser::Tag};

use crate::{
    budget::Budget,
    error::{Error, Result},
    text::hides,
};

const NO_FONT: Error = Error::misuse("the fonts of the page cannot be read");

/// Upright letters, light or heavy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Everything about fonts that does not depend on a document.
pub(super) struct Fonts {
    regular: Family,
    bold: Family,
}

impl Fonts {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            regular: Family::new(notosans::REGULAR_TTF, dejavu::sans::regular())?,
            bold: Family::new(notosans::BOLD_TTF, dejavu::sans::bold())?,
        })
    }

    /// A space.
    pub(super) fn space(&self, weight: Weight, at: usize) -> Sign {
        let (glyph, advance) = self.family(weight).space;
        Sign { glyph, range: at..at + 1, advance, dx: 0.0, dy: 0.0, place: Place::Main }
    }

    const fn family(&self, weight: Weight) -> &Family {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    pub(super) fn font(&self, weight: Weight, place: Place) -> Font {
        self.family(weight).typeface(place).font.clone()
    }
}

/// Which typeface of a family has a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Noto Sans: letters of both languages, digits, punctuation.
    Main,
    /// DejaVu Sans: the sign of the tenge (U+20B8) and what else the first lacks.
    Spare,
}

struct Family {
    main: Typeface,
    spare: Typeface,
    /// The glyph of a space and how wide it is.
    space: (u32, f32),
}

impl Family {
    fn new(main: &'static [u8], spare: &'static [u8]) -> Result<Self> {
        let (main, spare) = (Typeface::new(main)?, Typeface::new(spare)?);
        let glyph = main.face.glyph_index(' ').ok_or(NO_FONT)?;
        let advance = main.face.glyph_hor_advance(glyph).ok_or(NO_FONT)?;
        let space = (u32::from(glyph.0), f32::from(advance) / main.units);
        Ok(Self { main, spare, space })
    }

    const fn typeface(&self, place: Place) -> &Typeface {
        match place {
            Place::Main => &self.main,
            Place::Spare => &self.spare,
        }
    }

    fn place(&self, c: char) -> Option<Place> {
        if hides(c) {
            None
        } else if self.main.face.glyph_index(c).is_some() {
            Some(Place::Main)
        } else {
            let spare = self.spare.face.glyph_index(c).is_some() && !is_right_to_left(c);
            spare.then_some(Place::Spare)
        }
    }
}

/// Lines run from left to right only: letters of scripts that do not are refused.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

struct Typeface {
    font: Font,
    face: Face<'static>,
    units: f32,
    cyrillic: ShapePlan,
    latin: ShapePlan,
}

impl Typeface {
    fn new(octets: &'static [u8]) -> Result<Self> {
        let font = Font::new(octets.into(), 0).ok_or(NO_FONT)?;
        let face = Face::from_slice(octets, 0).ok_or(NO_FONT)?;
        #[allow(clippy::cast_precision_loss, reason = "a thousand or two")]
        let units = face.units_per_em() as f32;
        // A ligature would tie letters together where a line has to break.
        let features = [b"liga", b"clig"].map(|tag| Feature::new(Tag::from_bytes(tag), 0, ..));
        let plan =
            |script| ShapePlan::new(&face, Direction::LeftToRight, Some(script), None, &features);
        let (cyrillic, latin) = (plan(script::CYRILLIC), plan(script::LATIN));
        Ok(Self { font, face, units, cyrillic, latin })
    }
}

/// A glyph of a word. Measures are in em.
#[derive(Debug, Clone)]
pub(super) struct Sign {
    pub(super) glyph: u32,
    /// Which octets of the word it stands for.
    pub(super) range: Range<usize>,
    pub(super) advance: f32,
    pub(super) dx: f32,
    pub(super) dy: f32,
    pub(super) place: Place,
}

/// A word as glyphs.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) width: f32,
    pub(super) signs: Vec<Sign>,
}

impl Word {
    /// Where the longest piece that starts here and is no wider than this ends: at the boundary of
    /// a character, and behind the first one at least.
    pub(super) fn cut(&self, from: usize, width: f32) -> usize {
        let start = self.signs.partition_point(|sign| sign.range.start < from);
        let mut reached = 0.0;
        for sign in self.signs.iter().skip(start) {
            reached += sign.advance;
            if reached > width && sign.range.start > from {
                return sign.range.start;
            }
        }
        self.text.len()
    }

    /// The width of a piece.
    pub(super) fn piece(&self, from: usize, end: usize) -> f32 {
        let start = self.signs.partition_point(|sign| sign.range.start < from);
        let signs = self.signs.iter().skip(start);
        signs.take_while(|sign| sign.range.start < end).map(|sign| sign.advance).sum()
    }
}

/// Turns the words of one document into glyphs, each once.
pub(super) struct Shaper<'f> {
    fonts: &'f Fonts,
    regular: HashMap<String, Rc<Word>>,
    bold: HashMap<String, Rc<Word>>,
    buffer: Option<UnicodeBuffer>,
    left: Budget,
}

impl<'f> Shaper<'f> {
    /// With a limit on the characters that are shown.
    pub(super) fn new(fonts: &'f Fonts, characters: usize) -> Self {
        Self {
            fonts,
            regular: HashMap::new(),
            bold: HashMap::new(),
            buffer: None,
            left: Budget::new("characters on the pages of one document", characters),
        }
    }

    /// Counts characters that will be shown.
    pub(super) fn spend(&mut self, text: &str) -> Result<()> {
        self.left.spend_many(text.len())
    }

    /// The width of a space.
    pub(super) const fn space(&self, weight: Weight) -> f32 {
        self.fonts.family(weight).space.1
    }

    /// A word without white space, but for spaces that do not break.
    ///
    /// # Errors
    /// Unsupported when no font has one of its characters, or a reader would not see it.
    pub(super) fn word(&mut self, weight: Weight, text: &str) -> Result<Rc<Word>> {
        let known = match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        };
        if let Some(word) = known.get(text) {
            return Ok(Rc::clone(word));
        }
        let word = Rc::new(self.shape(weight, text)?);
        let known = match weight {
            Weight::Regular => &mut self.regular,
            Weight::Bold => &mut self.bold,
        };
        known.insert(text.to_owned(), Rc::clone(&word));
        Ok(word)
    }

    fn shape(&mut self, weight: Weight, text: &str) -> Result<Word> {
        let fonts = self.fonts;
        let family = fonts.family(weight);
        // A space that does not break looks like any other, and is found like any other.
        let text = text.replace(['\u{a0}', '\u{202f}'], " ");
        let mut signs = Vec::with_capacity(text.len());
        let mut start = 0;
        let mut current = None;
        for (at, c) in text.char_indices() {
            let place = family.place(c).ok_or_else(|| {
                let code = format!("U+{:04X}", u32::from(c));
                Error::unsupported("character on a page", code)
            })?;
            if let Some(before) = current
                && before != place
            {
                self.run(family, before, &text, start..at, &mut signs);
                start = at;
            }
            current = Some(place);
        }
        if let Some(place) = current {
            self.run(family, place, &text, start..text.len(), &mut signs);
        }
        let width = signs.iter().map(|sign| sign.advance).sum();
        Ok(Word { text, width, signs })
    }

    fn run(
        &mut self,
        family: &Family,
        place: Place,
        text: &str,
        range: Range<usize>,
        signs: &mut Vec<Sign>,
    ) {
        let typeface = family.typeface(place);
        let part = text.get(range.clone()).unwrap_or_default();
        let is_latin = part.chars().find(|c| c.is_alphabetic()).is_some_and(|c| c < '\u{370}');
        let (plan, script) = if is_latin {
            (&typeface.latin, script::LATIN)
        } else {
            (&typeface.cyrillic, script::CYRILLIC)
        };
        let mut buffer = self.buffer.take().unwrap_or_default();
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script);
        buffer.push_str(part);
        let shaped = rustybuzz::shape_with_plan(&typeface.face, plan, buffer);
        let starts: Vec<usize> = shaped.glyph_infos().iter().map(|i| i.cluster as usize).collect();
        let glyphs = shaped.glyph_infos().iter().zip(shaped.glyph_positions()).zip(&starts);
        let mut later = starts.iter().enumerate().map(|(at, start)| {
            let rest = starts.get(at..).unwrap_or_default();
            rest.iter().copied().find(|next| next > start).unwrap_or(part.len())
        });
        #[allow(clippy::cast_precision_loss, reason = "units of a font")]
        for ((info, position), start) in glyphs {
            let end = later.next().unwrap_or(part.len());
            signs.push(Sign {
                glyph: info.glyph_id,
                range: range.start + start..range.start + end,
                advance: position.x_advance as f32 / typeface.units,
                dx: position.x_offset as f32 / typeface.units,
                dy: position.y_offset as f32 / typeface.units,
                place,
            });
        }
        self.buffer = Some(shaped.clear());
    }
}
