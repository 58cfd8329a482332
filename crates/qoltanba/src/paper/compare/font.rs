//! Fonts: which figures a program draws, whatever it says they mean.
//!
//! A font can map the letter that a text names to any figure, and its instructions can draw
//! another figure at each size. So a figure is known by all that makes it: its outline and
//! instructions, its place beside the origin, and the programs that run before it. A page may use
//! only the figures that our own rendering of the signed data uses.

use std::cell::Cell;

use sha2::{Digest, Sha256};

use super::Construct;

type Result<T> = std::result::Result<T, Construct>;

/// What a figure is known by.
pub(super) type Figure = [u8; 32];

/// Tables of a font program that draw nothing, or draw what [`Figure`] holds. Others may carry
/// pictures or variations of the figures, which some viewers prefer.
const TABLES: &[&[u8; 4]] = &[
    b"OS/2", b"cmap", b"cvt ", b"fpgm", b"gasp", b"glyf", b"head", b"hhea", b"hmtx", b"loca",
    b"maxp", b"name", b"post", b"prep",
];
/// Components within components (composite glyphs).
const DEEPEST: usize = 4;
/// Octets of outlines that are looked at in one program, and what the least of them counts for.
const MOST: usize = 16 << 20;
const AT_LEAST: usize = 256;

/// The figures of a TrueType program, by glyph; none where nothing is drawn.
pub(super) fn figures(program: &[u8]) -> Result<Vec<Option<Figure>>> {
    let font = Program::read(program)?;
    (0..font.count).map(|glyph| font.figure(glyph, 0)).collect()
}

struct Program<'a> {
    glyf: &'a [u8],
    loca: &'a [u8],
    hmtx: &'a [u8],
    long_offsets: bool,
    metrics: usize,
    count: usize,
    /// What the programs that run before every glyph, and the size of the square, add up to.
    before: Figure,
    /// Octets that may still be looked at: components lead to components.
    left: Cell<usize>,
}

impl<'a> Program<'a> {
    fn read(program: &'a [u8]) -> Result<Self> {
        // An Apple or an OpenType font program of the TrueType kind (ISO 32000-1 Table 126).
        if !matches!(program.get(..4), Some(b"\x00\x01\x00\x00" | b"true")) {
            return Err(Construct::Font);
        }
        let count = usize::from(short(program, 4)?);
        let mut tables: Vec<(&[u8], &[u8])> = Vec::new();
        for at in 0..count {
            let record = 12 + 16 * at;
            let tag = program.get(record..record + 4).ok_or(Construct::Font)?;
            let start = long(program, record + 8)?;
            let end = start.checked_add(long(program, record + 12)?).ok_or(Construct::Font)?;
            let table = program.get(start..end).ok_or(Construct::Font)?;
            let is_known = TABLES.iter().any(|known| *known == tag);
            if !is_known || tables.iter().any(|(other, _)| *other == tag) {
                return Err(Construct::Font);
            }
            tables.push((tag, table));
        }
        let table =
            |tag: &[u8; 4]| tables.iter().find(|(other, _)| other == tag).map(|(_, table)| *table);
        let need = |tag| table(tag).ok_or(Construct::Font);
        let head = need(b"head")?;
        let mut before = Sha256::new();
        for tag in [b"cvt ", b"fpgm", b"prep"] {
            let table = table(tag).unwrap_or_default();
            before.update(table.len().to_be_bytes());
            before.update(table);
        }
        before.update(short(head, 18)?.to_be_bytes());
        Ok(Self {
            glyf: need(b"glyf")?,
            loca: need(b"loca")?,
            hmtx: need(b"hmtx")?,
            long_offsets: short(head, 50)? != 0,
            metrics: usize::from(short(need(b"hhea")?, 34)?),
            count: usize::from(short(need(b"maxp")?, 4)?),
            before: before.finalize().into(),
            left: Cell::new(MOST),
        })
    }

    fn offset(&self, glyph: usize) -> Result<usize> {
        if self.long_offsets {
            long(self.loca, glyph * 4)
        } else {
            short(self.loca, glyph * 2).map(|half| usize::from(half) * 2)
        }
    }

    fn figure(&self, glyph: usize, depth: usize) -> Result<Option<Figure>> {
        let (start, end) = (self.offset(glyph)?, self.offset(glyph + 1)?);
        if start == end {
            return Ok(None);
        }
        if depth > DEEPEST || glyph >= self.count {
            return Err(Construct::Font);
        }
        let outline = self.glyf.get(start..end).ok_or(Construct::Font)?;
        let left = self.left.get().checked_sub(outline.len() + AT_LEAST);
        self.left.set(left.ok_or(Construct::TooMuch)?);
        let mut known = Sha256::new();
        known.update(self.before);
        known.update(self.bearing(glyph)?);
        // A negative count of contours says that it is made of others (OpenType, glyf).
        if short(outline, 0)? < 0x8000 {
            let end = outline.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            // Tables are padded; the padding of a glyph is no part of it.
            known.update(outline.get(..end).unwrap_or_default());
        } else {
            self.composite(outline, depth, &mut known)?;
        }
        Ok(Some(known.finalize().into()))
    }

    /// The advance and the bearing on the left, by which viewers place an outline.
    fn bearing(&self, glyph: usize) -> Result<[u8; 4]> {
        let last = self.metrics.checked_sub(1).ok_or(Construct::Font)?;
        let advance = short(self.hmtx, glyph.min(last) * 4)?.to_be_bytes();
        let place = if glyph <= last {
            glyph * 4 + 2
        } else {
            self.metrics * 4 + (glyph - self.metrics) * 2
        };
        let bearing = short(self.hmtx, place)?.to_be_bytes();
        let [[a, b], [c, d]] = [advance, bearing];
        Ok([a, b, c, d])
    }

    /// Components are known by what they draw: subsets number them anew.
    fn composite(&self, outline: &[u8], depth: usize, known: &mut Sha256) -> Result<()> {
        known.update(outline.get(..10).ok_or(Construct::Font)?);
        let mut at = 10;
        loop {
            let flags = short(outline, at)?;
            let component = self.figure(usize::from(short(outline, at + 2)?), depth + 1)?;
            // ARG_1_AND_2_ARE_WORDS, then one, two or four numbers of a transformation.
            let mut length = if flags & 0x0001 != 0 { 4 } else { 2 };
            length += match flags & 0x00c8 {
                0 => 0,
                0x0008 => 2,
                0x0040 => 4,
                0x0080 => 8,
                _ => return Err(Construct::Font),
            };
            known.update(flags.to_be_bytes());
            known.update(component.unwrap_or_default());
            known.update(outline.get(at + 4..at + 4 + length).ok_or(Construct::Font)?);
            at += 4 + length;
            // MORE_COMPONENTS, WE_HAVE_INSTRUCTIONS
            if flags & 0x0020 == 0 {
                if flags & 0x0100 != 0 {
                    let length = usize::from(short(outline, at)?);
                    known.update(outline.get(at..at + 2 + length).ok_or(Construct::Font)?);
                }
                return Ok(());
            }
        }
    }
}

fn short(bytes: &[u8], at: usize) -> Result<u16> {
    let found = bytes.get(at..at + 2).and_then(|bytes| bytes.try_into().ok());
    found.map(u16::from_be_bytes).ok_or(Construct::Font)
}

fn long(bytes: &[u8], at: usize) -> Result<usize> {
    let found = bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    let found = found.map(u32::from_be_bytes).ok_or(Construct::Font)?;
    usize::try_from(found).map_err(|_| Construct::Font)
}
