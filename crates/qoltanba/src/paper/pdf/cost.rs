//! What a page costs to interpret, told before it is drawn: how often each content stream is run,
//! whether anything is built out of itself, how large its pictures are.
//!
//! A form may draw a form ten times that draws another ten times: fifty levels are allowed by the
//! interpreter, so what counts is the product. Colour spaces and functions are built by recursion
//! without a limit: what is built out of itself would end the program.

use std::collections::BTreeMap;

use hayro_syntax::{
    content::{TypedIter, ops::TypedInstruction},
    object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream},
    page::{Page, Resources},
    xref::XRef,
};

use super::filter::{self, Filter};
use crate::{
    budget::{Budget, Limits},
    error::{Error, Result},
};

/// Octets of content that are read to tell what a page costs.
const MAX_CONTENT: usize = 64 << 20;
/// Steps that an octet of content takes, and a pixel of a picture.
const OCTET: u64 = 16;
const PIXEL: u64 = 8;
/// Forms within forms. Documents have three or four.
const MAX_NESTING: usize = 12;
/// Objects within objects of one resource: a colour space with its functions has six.
const MAX_DEPTH: usize = 40;
/// Objects that a resource is built of, each as often as it is used.
const MAX_PARTS: u64 = 200_000;
/// Inputs of a function: a sampled one visits two to this power of samples for each value.
const MAX_INPUTS: usize = 4;
/// Octets of a calculator function, which runs once a pixel.
const MAX_PROGRAM: usize = 4096;
/// Scans of a progressive JPEG, each of which is a pass over the whole picture.
const MAX_SCANS: usize = 32;
/// What leads elsewhere: up, to contents that are counted on their own, or out of the drawing.
const ASIDE: [&[u8]; 10] = [
    b"Parent",
    b"P",
    b"Resources",
    b"XObject",
    b"CharProcs",
    b"G",
    b"Metadata",
    b"StructParent",
    b"PieceInfo",
    b"OC",
];

/// Refuses a page that takes too many steps. What it gives back are those of the dearest pattern,
/// glyph or mask, which runs each time that it is used.
pub(super) fn of_page(page: &Page<'_>, limits: &Limits) -> Result<u64> {
    let mut look = Look {
        xref: page.xref(),
        limits,
        decoded: Budget::new("content of a page", MAX_CONTENT.min(limits.pdf_decoded_bytes)),
        known: BTreeMap::new(),
        path: Vec::new(),
        parts: BTreeMap::new(),
        aside: 0,
    };
    look.length_of_contents(page)?;
    let content = page.page_stream().unwrap_or_default();
    let mut run = look.content(content, page.resources())?;
    if let Some(annotations) = page.raw().get::<Array<'_>>("Annots") {
        for annotation in annotations.iter::<Dict<'_>>() {
            run = run.saturating_add(look.annotation(&annotation, page.resources())?);
        }
    }
    look.check(run)?;
    Ok(look.aside)
}

struct Look<'p, 'l> {
    xref: &'p XRef,
    limits: &'l Limits,
    decoded: Budget,
    known: BTreeMap<ObjectIdentifier, u64>,
    path: Vec<ObjectIdentifier>,
    parts: BTreeMap<ObjectIdentifier, Option<u64>>,
    aside: u64,
}

impl<'p> Look<'p, '_> {
    fn check(&self, run: u64) -> Result<()> {
        let most = self.limits.page_steps as u64;
        if run > most { Err(Error::over_budget("content of a page", most)) } else { Ok(()) }
    }

    /// The streams of a page are put together before anything is counted, and one may be named a
    /// thousand times.
    fn length_of_contents(&mut self, page: &Page<'p>) -> Result<()> {
        let Some(streams) = page.raw().get::<Array<'p>>("Contents") else { return Ok(()) };
        let mut lengths = BTreeMap::new();
        for item in streams.raw_iter() {
            let MaybeRef::Ref(reference) = item else { continue };
            let id = ObjectIdentifier::from(reference);
            let length = match lengths.get(&id) {
                Some(length) => *length,
                None => {
                    let stream = self.xref.get::<Stream<'p>>(id);
                    let length = stream.and_then(|s| Some(s.decoded_data().ok()?.len()));
                    let length = length.unwrap_or(0) + 1;
                    lengths.insert(id, length);
                    length
                }
            };
            self.decoded.spend_many(length)?;
        }
        Ok(())
    }

    fn annotation(&mut self, annotation: &Dict<'p>, resources: &Resources<'p>) -> Result<u64> {
        let Some(appearances) = annotation.get::<Dict<'p>>("AP") else { return Ok(0) };
        let mut sum = 0_u64;
        match appearances.get::<Object<'p>>("N") {
            Some(Object::Stream(stream)) => sum = self.form(&stream, resources)?,
            Some(Object::Dict(states)) => {
                for (name, _) in states.entries() {
                    if let Some(stream) = states.get::<Stream<'p>>(name) {
                        sum = sum.saturating_add(self.form(&stream, resources)?);
                    }
                }
            }
            _ => {}
        }
        Ok(sum)
    }

    /// The content of a form, pattern, glyph or mask: its own, and all that it draws.
    fn form(&mut self, stream: &Stream<'p>, above: &Resources<'p>) -> Result<u64> {
        let id = stream.obj_id();
        if let Some(known) = self.known.get(&id) {
            return Ok(*known);
        }
        if self.path.contains(&id) {
            return Err(Error::malformed("PDF: something on the page draws itself"));
        }
        if self.path.len() >= MAX_NESTING {
            return Err(Error::over_budget("drawings within drawings", MAX_NESTING as u64));
        }
        let Ok(content) = stream.decoded_data() else { return Ok(0) };
        self.decoded.spend_many(content.len())?;
        let own = stream.dict().get::<Dict<'p>>("Resources").map(Resources::new);
        self.path.push(id);
        let sum = self.content(&content, own.as_ref().unwrap_or(above))?;
        self.path.pop();
        // Without resources of its own it draws what those above it name, each time another thing.
        if own.is_some() {
            self.known.insert(id, sum);
        }
        Ok(sum)
    }

    fn on_the_side(&mut self, stream: &Stream<'p>, above: &Resources<'p>) -> Result<u64> {
        let cost = self.form(stream, above)?;
        self.aside = self.aside.max(cost);
        Ok(cost)
    }

    fn content(&mut self, content: &[u8], resources: &Resources<'p>) -> Result<u64> {
        for all in [&resources.color_spaces, &resources.shadings, &resources.ext_g_states] {
            self.sound(all)?;
        }
        let mut sum = OCTET.saturating_mul(content.len() as u64);
        let mut glyph = 0_u64;
        let mut fonts: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        let mut others: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        let mut ops = TypedIter::new(content);
        while let Some(op) = ops.next() {
            let more = match op {
                TypedInstruction::XObject(name) => match resources.get_x_object(name.0) {
                    Some(stream) => self.drawn(&stream, resources)?,
                    None => 0,
                },
                TypedInstruction::InlineImage(image) => self.picture(image.0)?,
                TypedInstruction::SetGraphicsState(name) => {
                    let key = [b"g", name.0.as_ref()].concat();
                    match others.get(&key) {
                        Some(known) => *known,
                        None => {
                            let cost = self.state(name.0, resources)?;
                            others.insert(key, cost);
                            cost
                        }
                    }
                }
                TypedInstruction::NonStrokeColorNamed(color) => match color.1 {
                    Some(name) => self.pattern(name, resources)?,
                    None => 0,
                },
                TypedInstruction::StrokeColorNamed(color) => match color.1 {
                    Some(name) => self.pattern(name, resources)?,
                    None => 0,
                },
                TypedInstruction::TextFont(font) => {
                    let key = font.0.as_ref().to_vec();
                    glyph = match fonts.get(&key) {
                        Some(known) => *known,
                        None => {
                            let cost = self.font(font.0, resources)?;
                            fonts.insert(key, cost);
                            cost
                        }
                    };
                    0
                }
                TypedInstruction::ShowText(text) => glyph.saturating_mul(text.0.len() as u64),
                TypedInstruction::NextLineAndShowText(text) => {
                    glyph.saturating_mul(text.0.len() as u64)
                }
                TypedInstruction::ShowTextWithParameters(text) => {
                    glyph.saturating_mul(text.2.len() as u64)
                }
                TypedInstruction::ShowTexts(texts) => {
                    glyph.saturating_mul(texts.0.data().len() as u64)
                }
                _ => 0,
            };
            sum = sum.saturating_add(more);
            self.check(sum)?;
        }
        Ok(sum)
    }

    fn drawn(&mut self, stream: &Stream<'p>, resources: &Resources<'p>) -> Result<u64> {
        let subtype = stream.dict().get::<Name<'_>>("Subtype");
        match subtype.as_deref() {
            Some(b"Image") => self.picture(stream),
            Some(b"Form") => self.form(stream, resources),
            _ => Ok(0),
        }
    }

    /// A graphics state may carry a mask, whose content is decoded when it is set.
    fn state(&mut self, name: &Name<'_>, resources: &Resources<'p>) -> Result<u64> {
        let Some(state) = resources.get_ext_g_state(name) else { return Ok(0) };
        let Some(mask) = state.get::<Dict<'p>>("SMask") else { return Ok(64) };
        let Some(group) = mask.get::<Stream<'p>>("G") else { return Ok(64) };
        self.on_the_side(&group, resources)
    }

    fn pattern(&mut self, name: &Name<'_>, resources: &Resources<'p>) -> Result<u64> {
        match resources.get_pattern(name) {
            Some(Object::Stream(stream)) => {
                // What a pattern draws is counted where it is painted; this is what it takes to
                // make it.
                self.on_the_side(&stream, &Resources::new(Dict::empty()))?;
                Ok(256)
            }
            Some(Object::Dict(shading)) => {
                self.sound(&shading)?;
                Ok(4096)
            }
            _ => Ok(0),
        }
    }

    /// The dearest glyph of a font that draws its glyphs (§9.6.4).
    fn font(&mut self, name: &Name<'_>, resources: &Resources<'p>) -> Result<u64> {
        let Some(font) = resources.get_font(name) else { return Ok(0) };
        let Some(glyphs) = font.get::<Dict<'p>>("CharProcs") else { return Ok(0) };
        let own = font.get::<Dict<'p>>("Resources").map(Resources::new);
        let resources = own.as_ref().unwrap_or(resources);
        let mut dearest = 0;
        for (name, _) in glyphs.entries() {
            if let Some(glyph) = glyphs.get::<Stream<'p>>(name) {
                dearest = dearest.max(self.on_the_side(&glyph, resources)?);
            }
        }
        Ok(dearest)
    }

    fn picture(&mut self, stream: &Stream<'_>) -> Result<u64> {
        let mut sum = self.pixels(stream)?;
        for key in ["SMask", "Mask"] {
            if let Some(mask) = stream.dict().get::<Stream<'_>>(key) {
                sum = sum.saturating_add(self.pixels(&mask)?);
            }
        }
        Ok(sum)
    }

    /// The pixels of a picture, and that its decoder stays with them.
    fn pixels(&mut self, stream: &Stream<'_>) -> Result<u64> {
        let dict = stream.dict();
        self.sound(dict)?;
        let side =
            |short: &str, long: &str| dict.get::<u32>(short).or_else(|| dict.get::<u32>(long));
        let (width, height) = (side("W", "Width"), side("H", "Height"));
        let (Some(width), Some(height)) = (width, height) else { return Ok(0) };
        self.check_pixels(u64::from(width), u64::from(height))?;
        let filters = filter::filters(dict)?;
        if filters.contains(&Filter::Unbounded) {
            return Err(Error::unsupported("PDF", "a picture in JBIG2 or JPEG 2000"));
        }
        if filters.contains(&Filter::Ccitt) {
            self.fax(dict, u64::from(height))?;
        }
        let limit = self.limits.pdf_decoded_bytes;
        if filters.contains(&Filter::Picture) {
            let data = filter::before_picture(stream, limit)?.unwrap_or_default();
            let scans = data.windows(2).filter(|pair| *pair == [0xff, 0xda]).count();
            Limits::check("scans of a JPEG picture", scans, MAX_SCANS)?;
        } else {
            // The stream of a file was counted with it; one inside the content was not.
            let mut budget = Budget::new("decoded bytes of a picture", limit);
            filter::measure(&filters, &stream.raw_data(), &mut budget)?;
        }
        Ok(u64::from(width) * u64::from(height) * PIXEL)
    }

    fn check_pixels(&self, width: u64, height: u64) -> Result<()> {
        let most = self.limits.page_pixels as u64;
        let longest = u64::from(u16::MAX) / 2;
        if width.saturating_mul(height) > most || width > longest || height > longest {
            return Err(Error::over_budget("pixels of a picture in a PDF file", most));
        }
        Ok(())
    }

    fn fax(&self, dict: &Dict<'_>, height: u64) -> Result<()> {
        for key in ["DP", "DecodeParms"] {
            let one = dict.get::<Dict<'_>>(key);
            let several = dict.get::<Array<'_>>(key);
            let all = several.into_iter().flat_map(|all| all.iter::<Object<'_>>());
            let all = one.into_iter().chain(all.filter_map(Object::into_dict));
            for parameters in all {
                let columns = parameters.get::<u32>("Columns").unwrap_or(1728);
                self.check_pixels(u64::from(columns), height)?;
            }
        }
        Ok(())
    }

    /// Refuses what is built out of itself, or out of too much.
    fn sound(&mut self, dict: &Dict<'_>) -> Result<()> {
        let xref = self.xref;
        let parts = Parts { xref, known: &mut self.parts }.of_dict(dict, 0)?;
        if parts > MAX_PARTS {
            return Err(Error::over_budget("parts of what a page is drawn with", MAX_PARTS));
        }
        Ok(())
    }
}

struct Parts<'x, 'k> {
    xref: &'x XRef,
    /// Nothing while an object is being looked at.
    known: &'k mut BTreeMap<ObjectIdentifier, Option<u64>>,
}

impl Parts<'_, '_> {
    fn of(&mut self, object: MaybeRef<Object<'_>>, depth: usize) -> Result<u64> {
        if depth > MAX_DEPTH {
            return Err(Error::over_budget(
                "levels of what a page is drawn with",
                MAX_DEPTH as u64,
            ));
        }
        match object {
            MaybeRef::NotRef(Object::Dict(dict)) => self.of_dict(&dict, depth),
            MaybeRef::NotRef(Object::Stream(stream)) => self.of_stream(&stream, depth),
            MaybeRef::NotRef(Object::Array(array)) => {
                let mut sum = 1_u64;
                for item in array.raw_iter() {
                    sum = sum.saturating_add(self.of(item, depth + 1)?);
                }
                Ok(sum)
            }
            MaybeRef::NotRef(_) => Ok(0),
            MaybeRef::Ref(reference) => {
                let id = ObjectIdentifier::from(reference);
                match self.known.get(&id) {
                    Some(Some(known)) => return Ok(*known),
                    Some(None) => {
                        return Err(Error::malformed("PDF: something is built out of itself"));
                    }
                    None => {}
                }
                self.known.insert(id, None);
                let found = self.xref.get::<Object<'_>>(id);
                let sum = match found {
                    Some(object) => self.of(MaybeRef::NotRef(object), depth + 1)?,
                    None => 0,
                };
                self.known.insert(id, Some(sum));
                Ok(sum)
            }
        }
    }

    fn of_stream(&mut self, stream: &Stream<'_>, depth: usize) -> Result<u64> {
        let dict = stream.dict();
        if dict.get::<i32>("FunctionType") == Some(4) {
            let length = stream.decoded_data().map_or(0, |data| data.len());
            Limits::check("octets of a function", length, MAX_PROGRAM)?;
        }
        self.of_dict(dict, depth)
    }

    fn of_dict(&mut self, dict: &Dict<'_>, depth: usize) -> Result<u64> {
        if dict.contains_key("FunctionType")
            && let Some(domain) = dict.get::<Array<'_>>("Domain")
        {
            let inputs = domain.raw_iter().take(2 * MAX_INPUTS + 1).count() / 2;
            Limits::check("inputs of a function", inputs, MAX_INPUTS)?;
        }
        let mut sum = 1_u64;
        for (name, value) in dict.entries() {
            if !ASIDE.contains(&&*name) {
                sum = sum.saturating_add(self.of(value, depth + 1)?);
            }
        }
        Ok(sum)
    }
}
