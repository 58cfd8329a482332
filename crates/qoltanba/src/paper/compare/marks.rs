//! What a content stream paints, apart from where exactly: the figures of fonts, the outlines of
//! paths, pictures.
//!
//! The raster shows what one viewer makes of a page. That ink which it does not show, as a line
//! without width, a figure a thousandth of a point high or white on white, shows in no other
//! viewer either is proved here: the page paints the same figures and outlines as our own.

use std::collections::{BTreeMap, BTreeSet};

use hayro_syntax::object::{Dict, Object, Stream};

use super::{
    Construct,
    content::{Token, Tokens},
    font::Figure,
    objects::{self, Reader, Typeface},
};

type Result<T> = std::result::Result<T, Construct>;

/// Forms within forms.
const DEEPEST: usize = 6;
/// What drawing a form costs in steps, besides those of its content.
const DRAWING: u32 = 2_000;
/// Saved states; ISO 32000-1 Annex C.2 advises 28.
const STATES: usize = 64;
/// Points by which the sides of an outline may lie elsewhere: programs that save a page again
/// write their coordinates with two digits.
const NEAR: f64 = 0.1;
/// ISO 32000-1 Annex C.2: what every reader can hold as a real number.
const GREATEST: f64 = 32_767.0;
/// The thinnest line that viewers agree on, in points: they widen thinner ones to a pixel.
const THINNEST: f64 = 0.2;

/// How a path or a stroke lies on the page, in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    is_stroke: bool,
    left: f64,
    low: f64,
    right: f64,
    high: f64,
    length: f64,
}

/// What one page paints.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// How often each figure is shown.
    figures: BTreeMap<Figure, u32>,
    outlines: Vec<Outline>,
    /// How often each picture is shown.
    pictures: BTreeMap<Figure, u32>,
}

impl Marks {
    /// Whether nothing but a picture is painted.
    pub(super) fn is_scan(&self) -> bool {
        self.figures.is_empty() && !self.pictures.is_empty()
    }

    /// How many figures and outlines one has and the other lacks.
    pub(super) fn distance(&self, own: &Self) -> u64 {
        let many = |marks: &Self, figure: &Figure| marks.figures.get(figure).copied().unwrap_or(0);
        let all: BTreeSet<&Figure> = self.figures.keys().chain(own.figures.keys()).collect();
        let apart = |figure: &Figure| u64::from(many(self, figure).abs_diff(many(own, figure)));
        let outlines = self.outlines.len().abs_diff(own.outlines.len());
        all.into_iter().map(apart).sum::<u64>() + u64::try_from(outlines).unwrap_or(u64::MAX >> 1)
    }

    /// Whether both paint the same, save for small shifts.
    pub(super) fn same(&self, own: &Self) -> bool {
        self.figures == own.figures
            && self.pictures == own.pictures
            && self.outlines.len() == own.outlines.len()
            && matched(&self.outlines, &own.outlines)
    }
}

/// Whether each outline has one of its own that it lies on.
fn matched(shown: &[Outline], own: &[Outline]) -> bool {
    let cell = |value: f64| (value / 2.0).floor() as i64;
    let mut free: BTreeMap<(i64, i64), Vec<&Outline>> = BTreeMap::new();
    for outline in own {
        free.entry((cell(outline.left), cell(outline.low))).or_default().push(outline);
    }
    shown.iter().all(|outline| {
        let (x, y) = (cell(outline.left), cell(outline.low));
        let around = (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)));
        around.into_iter().any(|place| {
            let Some(found) = free.get_mut(&place) else { return false };
            let at = found.iter().position(|own| outline.lies_on(own));
            at.map(|at| found.swap_remove(at)).is_some()
        })
    })
}

impl Outline {
    fn lies_on(&self, own: &Self) -> bool {
        let near = |one: f64, other: f64| (one - other).abs() <= NEAR;
        self.is_stroke == own.is_stroke
            && near(self.left, own.left)
            && near(self.low, own.low)
            && near(self.right, own.right)
            && near(self.high, own.high)
            && (self.length - own.length).abs() <= 4.0 * NEAR + own.length * 0.002
    }
}

#[derive(Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// This one first, then the other (ISO 32000-1 §8.3.4).
    fn then(self, after: Self) -> Self {
        let ([a, b, c, d, e, f], [k, l, m, n, o, p]) = (self.0, after.0);
        Self([
            a * k + b * m,
            a * l + b * n,
            c * k + d * m,
            c * l + d * n,
            e * k + f * m + o,
            e * l + f * n + p,
        ])
    }

    fn of(self, (x, y): (f64, f64)) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    fn scale(self) -> f64 {
        let [a, b, c, d, _, _] = self.0;
        (a * d - b * c).abs().sqrt()
    }
}

/// The levels of ISO 32000-1 §8.2, Figure 9: an operator out of its level is taken by some
/// viewers and passed over by others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Page,
    Text,
    Path,
    Clipping,
}

#[derive(Clone)]
struct State<'r> {
    matrix: Matrix,
    width: f64,
    font: Option<&'r Typeface>,
}

struct Painter<'r, 'a> {
    reader: &'r Reader<'a>,
    marks: &'r mut Marks,
    state: State<'r>,
    saved: Vec<State<'r>>,
    level: Level,
    paths: Vec<Vec<(f64, f64)>>,
    depth: usize,
}

/// Reads what a page paints.
pub(super) fn of_page(reader: &Reader<'_>, content: &[u8], resources: &Dict<'_>) -> Result<Marks> {
    let mut marks = Marks::default();
    let state = State { matrix: Matrix::ONE, width: 1.0, font: None };
    paint(reader, &mut marks, state, (content, resources), 0)?;
    Ok(marks)
}

fn paint(
    reader: &Reader<'_>,
    marks: &mut Marks,
    state: State<'_>,
    (content, resources): (&[u8], &Dict<'_>),
    depth: usize,
) -> Result<()> {
    // Each drawing of a form reads its resources anew.
    reader.charge(DRAWING)?;
    objects::resources(reader, resources)?;
    let fonts = reader.typefaces(resources)?;
    let state = State { font: None, ..state };
    let mut painter = Painter {
        reader,
        marks,
        state,
        saved: Vec::new(),
        level: Level::Page,
        paths: Vec::new(),
        depth,
    };
    let mut tokens = Tokens::new(content);
    let mut operands = Vec::new();
    while let Some(operator) = tokens.instruction(&mut operands)? {
        reader.step()?;
        painter.run(operator, &operands, resources, &fonts)?;
    }
    // What was saved is restored, and no path and no text is left open.
    if painter.saved.is_empty() && painter.level == Level::Page {
        Ok(())
    } else {
        Err(Construct::Content)
    }
}

/// The operands as numbers.
fn numbers<const N: usize>(operands: &[Token<'_>]) -> Result<[f64; N]> {
    let mut found = [0.0; N];
    if operands.len() != N {
        return Err(Construct::Content);
    }
    for (place, operand) in found.iter_mut().zip(operands) {
        match operand {
            Token::Number(value) if value.abs() <= GREATEST => *place = *value,
            _ => return Err(Construct::Content),
        }
    }
    Ok(found)
}

fn name<'t>(operands: &[Token<'t>]) -> Result<&'t [u8]> {
    match operands {
        [Token::Name(name)] => Ok(name),
        _ => Err(Construct::Content),
    }
}

impl<'r> Painter<'r, '_> {
    fn run(
        &mut self,
        operator: &[u8],
        operands: &[Token<'_>],
        resources: &Dict<'_>,
        fonts: &'r BTreeMap<Vec<u8>, std::rc::Rc<Typeface>>,
    ) -> Result<()> {
        match operator {
            b"q" | b"Q" | b"cm" | b"Do" | b"BT" => self.at_page(operator, operands, resources),
            b"m" | b"l" | b"c" | b"v" | b"y" | b"h" | b"re" => self.path(operator, operands),
            b"W" | b"W*" | b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*"
            | b"n" => self.end_path(operator, operands),
            b"ET" | b"Td" | b"TD" | b"Tm" | b"T*" | b"Tj" | b"TJ" | b"'" => {
                self.text(operator, operands)
            }
            _ => self.settings(operator, operands, resources, fonts),
        }
    }

    fn need(&self, level: Level) -> Result<()> {
        if self.level == level { Ok(()) } else { Err(Construct::Content) }
    }

    fn at_page(
        &mut self,
        operator: &[u8],
        operands: &[Token<'_>],
        resources: &Dict<'_>,
    ) -> Result<()> {
        self.need(Level::Page)?;
        match operator {
            b"cm" => self.state.matrix = Matrix(numbers(operands)?).then(self.state.matrix),
            b"Do" => self.object(name(operands)?, resources)?,
            _ if !operands.is_empty() => return Err(Construct::Content),
            b"q" if self.saved.len() < STATES => self.saved.push(self.state.clone()),
            b"Q" => self.state = self.saved.pop().ok_or(Construct::Content)?,
            b"BT" => self.level = Level::Text,
            _ => return Err(Construct::Content),
        }
        Ok(())
    }

    fn path(&mut self, operator: &[u8], operands: &[Token<'_>]) -> Result<()> {
        let starts = matches!(operator, b"m" | b"re");
        if !(self.level == Level::Path || starts && self.level == Level::Page) {
            return Err(Construct::Content);
        }
        self.level = Level::Path;
        let points: Vec<(f64, f64)> = match operator {
            b"m" | b"l" => numbers::<2>(operands).map(|[x, y]| vec![(x, y)])?,
            b"c" => {
                numbers::<6>(operands).map(|[a, b, c, d, e, f]| vec![(a, b), (c, d), (e, f)])?
            }
            b"v" | b"y" => numbers::<4>(operands).map(|[a, b, c, d]| vec![(a, b), (c, d)])?,
            b"re" => {
                let [x, y, width, height] = numbers(operands)?;
                vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
            }
            _ => {
                let [] = numbers(operands)?;
                let first = self.paths.last().and_then(|path| path.first().copied());
                let path = self.paths.last_mut().ok_or(Construct::Content)?;
                // Back where it began; no longer if it is there.
                path.push(first.ok_or(Construct::Content)?);
                return Ok(());
            }
        };
        let points = points.into_iter().map(|point| self.state.matrix.of(point));
        if starts {
            self.paths.push(points.collect());
        } else {
            self.paths.last_mut().ok_or(Construct::Content)?.extend(points);
        }
        Ok(())
    }

    fn end_path(&mut self, operator: &[u8], operands: &[Token<'_>]) -> Result<()> {
        let [] = numbers(operands)?;
        if !matches!(self.level, Level::Path | Level::Clipping) {
            return Err(Construct::Content);
        }
        if operator.starts_with(b"W") {
            self.need(Level::Path)?;
            self.level = Level::Clipping;
            return Ok(());
        }
        self.level = Level::Page;
        let strokes = matches!(operator, b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*");
        let fills = !matches!(operator, b"S" | b"s" | b"n");
        if strokes && self.state.width * self.state.matrix.scale() < THINNEST {
            return Err(Construct::Content);
        }
        for path in std::mem::take(&mut self.paths) {
            if fills {
                self.marks.outlines.push(outline(&path, true, false));
            }
            if strokes {
                let closed = matches!(operator, b"s" | b"b" | b"b*");
                self.marks.outlines.push(outline(&path, closed, true));
            }
        }
        Ok(())
    }

    fn text(&mut self, operator: &[u8], operands: &[Token<'_>]) -> Result<()> {
        self.need(Level::Text)?;
        match (operator, operands) {
            (b"ET", []) => self.level = Level::Page,
            (b"T*", []) => {}
            (b"Td" | b"TD", _) => _ = numbers::<2>(operands)?,
            (b"Tm", _) => _ = numbers::<6>(operands)?,
            (b"Tj" | b"'", [Token::Text(text)]) => self.show(text)?,
            (b"TJ", [Token::Array(items)]) => {
                for item in items {
                    match item {
                        Token::Text(text) => self.show(text)?,
                        Token::Number(_) => {}
                        _ => return Err(Construct::Content),
                    }
                }
            }
            _ => return Err(Construct::Content),
        }
        Ok(())
    }

    fn show(&mut self, text: &[u8]) -> Result<()> {
        let font = self.state.font.ok_or(Construct::Content)?;
        for figure in font.figures(text)?.into_iter().flatten() {
            *self.marks.figures.entry(figure).or_default() += 1;
        }
        Ok(())
    }

    /// Operators that paint nothing; those left out are not what a page needs.
    fn settings(
        &mut self,
        operator: &[u8],
        operands: &[Token<'_>],
        resources: &Dict<'_>,
        fonts: &'r BTreeMap<Vec<u8>, std::rc::Rc<Typeface>>,
    ) -> Result<()> {
        if !matches!(self.level, Level::Page | Level::Text) {
            return Err(Construct::Content);
        }
        match (operator, operands) {
            (b"w", _) => [self.state.width] = numbers(operands)?,
            (b"Tf", [Token::Name(name), Token::Number(_)]) => {
                self.state.font = Some(fonts.get(*name).ok_or(Construct::Font)?);
            }
            // Invisible text and text as a clip are left out; so is the space between words,
            // which viewers give to other codes in fonts of two bytes.
            (b"Tr" | b"Tw", _) if numbers(operands)? == [0.0] => {}
            (b"J" | b"j" | b"M" | b"i" | b"Tc" | b"Tz" | b"TL" | b"Ts" | b"G" | b"g", _) => {
                _ = numbers::<1>(operands)?;
            }
            (b"RG" | b"rg", _) => _ = numbers::<3>(operands)?,
            (b"SC" | b"SCN" | b"sc" | b"scn", _) => {
                if numbers::<3>(operands).is_err() {
                    _ = numbers::<1>(operands)?;
                }
            }
            (b"d", [Token::Array(_), Token::Number(_)]) | (b"ri", [Token::Name(_)]) => {}
            (b"CS" | b"cs", _) => self.reader.colour_space(name(operands)?, resources)?,
            (b"gs", _) => self.reader.graphics_state(name(operands)?, resources)?,
            // Optional content (ISO 32000-1 §8.11.3.2).
            (b"BDC" | b"DP", [Token::Name(b"OC"), _]) => return Err(Construct::OptionalContent),
            (b"BMC" | b"MP", [Token::Name(_)])
            | (b"BDC" | b"DP", [Token::Name(_), Token::Name(_) | Token::Dictionary])
            | (b"EMC", []) => {}
            _ => return Err(Construct::Content),
        }
        Ok(())
    }

    fn object(&mut self, name: &[u8], resources: &Dict<'_>) -> Result<()> {
        let objects = resources.get::<Dict<'_>>("XObject").ok_or(Construct::Content)?;
        let object = objects.get::<Stream<'_>>(name).ok_or(Construct::Content)?;
        let dict = object.dict();
        match objects::named(dict, "Subtype") {
            Some(kind) if kind == b"Image" => {
                let picture = self.reader.picture(&object, 0)?;
                *self.marks.pictures.entry(picture).or_default() += 1;
                Ok(())
            }
            Some(kind) if kind == b"Form" && self.depth < DEEPEST => {
                objects::form(self.reader, dict)?;
                let matrix = match dict.get::<Object<'_>>("Matrix") {
                    None => Matrix::ONE,
                    Some(matrix) => Matrix(objects::numbers(matrix).ok_or(Construct::Content)?),
                };
                let content = self.reader.decoded(&object)?;
                let resources = dict.get::<Dict<'_>>("Resources").unwrap_or_default();
                let state = State { matrix: matrix.then(self.state.matrix), ..self.state.clone() };
                paint(self.reader, self.marks, state, (&content, &resources), self.depth + 1)
            }
            _ => Err(Construct::Content),
        }
    }
}

fn outline(path: &[(f64, f64)], is_closed: bool, is_stroke: bool) -> Outline {
    let fold = |pick: fn(&(f64, f64)) -> f64, join: fn(f64, f64) -> f64, start| {
        path.iter().map(pick).fold(start, join)
    };
    let distance = |(from, to): (&(f64, f64), &(f64, f64))| (to.0 - from.0).hypot(to.1 - from.1);
    let mut length: f64 = path.iter().zip(path.iter().skip(1)).map(distance).sum();
    if let (true, Some(first), Some(last)) = (is_closed, path.first(), path.last()) {
        length += distance((last, first));
    }
    Outline {
        is_stroke,
        left: fold(|point| point.0, f64::min, f64::INFINITY),
        low: fold(|point| point.1, f64::min, f64::INFINITY),
        right: fold(|point| point.0, f64::max, f64::NEG_INFINITY),
        high: fold(|point| point.1, f64::max, f64::NEG_INFINITY),
        length,
    }
}
