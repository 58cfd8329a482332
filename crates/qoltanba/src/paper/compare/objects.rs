//! The objects of a file, by an allow-list of what our own renderer writes and what the common
//! tools make of it: each viewer shows these alike, or they are not shown at all.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use flate2::{Decompress, FlushDecompress, Status};
use hayro_syntax::{
    Pdf,
    object::{Array, Dict, Name, Number, Object, ObjectIdentifier, Stream},
};
use sha2::{Digest, Sha256};

use super::{
    Construct, content,
    font::{self, Figure},
    marks::{self, Marks},
};

type Result<T> = std::result::Result<T, Construct>;

/// Decoded bytes of all streams that are looked at. A page with fonts and symbols has a third of
/// one million.
const MOST_BYTES: usize = 64 << 20;
/// Instructions of all pages. A page with eight symbols of 129 modules has under 400,000.
const MOST_STEPS: u32 = 8_000_000;
/// What a font of a dictionary of resources costs in steps.
const FONT: u32 = 200;

/// Entries of the catalogue (ISO 32000-2 Table 29) that paint nothing.
const CATALOGUE: &[&str] = &[
    "AF",
    "Lang",
    "MarkInfo",
    "Metadata",
    "Names",
    "OutputIntents",
    "PageLabels",
    "PageLayout",
    "PageMode",
    "Pages",
    "StructTreeRoot",
    "Type",
    "Version",
    "ViewerPreferences",
];
/// Entries of a page and of a node of their tree (ISO 32000-2 Tables 30 and 31), those that must
/// have one value included.
const PAGE: &[&str] = &[
    "Contents",
    "CropBox",
    "Group",
    "MediaBox",
    "Parent",
    "Resources",
    "Rotate",
    "StructParents",
    "Tabs",
    "Type",
    "UserUnit",
];
const NODE: &[&str] = &["Count", "Kids", "MediaBox", "Parent", "Resources", "Rotate", "Type"];
const RESOURCES: &[&str] = &["ColorSpace", "ExtGState", "Font", "ProcSet", "Properties", "XObject"];
const FORM: &[&str] = &[
    "BBox",
    "Filter",
    "FormType",
    "Group",
    "Length",
    "Matrix",
    "Resources",
    "StructParent",
    "StructParents",
    "Subtype",
    "Type",
];
const IMAGE: &[&str] = &[
    "BitsPerComponent",
    "ColorSpace",
    "Filter",
    "Height",
    "Interpolate",
    "Length",
    "SMask",
    "Subtype",
    "Type",
    "Width",
];

/// A font of the page: the figure that each code shows.
#[derive(Debug)]
pub(super) struct Typeface {
    figures: Rc<Vec<Option<Figure>>>,
    /// Glyphs by codes, two bytes each; by themselves if there is none.
    glyphs: Option<Vec<u8>>,
}

impl Typeface {
    /// What codes of two bytes show.
    pub(super) fn figures(&self, codes: &[u8]) -> Result<Vec<Option<Figure>>> {
        let (pairs, []) = codes.as_chunks::<2>() else { return Err(Construct::Font) };
        let figure = |pair: &[u8; 2]| {
            let code = usize::from(u16::from_be_bytes(*pair));
            let glyph = match &self.glyphs {
                None => code,
                Some(map) => {
                    let pair = map.get(code * 2..code * 2 + 2).ok_or(Construct::Font)?;
                    let pair: [u8; 2] = pair.try_into().map_err(|_| Construct::Font)?;
                    usize::from(u16::from_be_bytes(pair))
                }
            };
            self.figures.get(glyph).copied().ok_or(Construct::Font)
        };
        pairs.iter().map(figure).collect()
    }
}

/// What a file paints, and the profiles by which it means its colours.
#[derive(Debug)]
pub(super) struct Painted {
    pub(super) pages: Vec<Marks>,
    pub(super) profiles: BTreeSet<Figure>,
}

/// Reads a file by the allow-list.
pub(super) fn painted(pdf: &Pdf) -> Result<Painted> {
    let reader = Reader {
        pdf,
        bytes: Cell::new(0),
        steps: Cell::new(0),
        profiles: RefCell::default(),
        programs: RefCell::default(),
    };
    reader.catalogue()?;
    let pages = pdf.pages().iter().map(|page| {
        let content = reader.contents(page.raw())?;
        marks::of_page(&reader, &content, &reader.inherited(page.raw()))
    });
    let pages = pages.collect::<Result<_>>()?;
    Ok(Painted { pages, profiles: reader.profiles.into_inner() })
}

/// Looks up objects of one file within limits.
pub(super) struct Reader<'a> {
    pdf: &'a Pdf,
    bytes: Cell<usize>,
    steps: Cell<u32>,
    profiles: RefCell<BTreeSet<Figure>>,
    programs: RefCell<BTreeMap<ObjectIdentifier, Rc<Vec<Option<Figure>>>>>,
}

/// The bytes of a name.
pub(super) fn named(dict: &Dict<'_>, key: &str) -> Option<Vec<u8>> {
    dict.get::<Name<'_>>(key).map(|name| name.as_ref().to_vec())
}

/// An array of so many numbers.
pub(super) fn numbers<const N: usize>(object: Object<'_>) -> Option<[f64; N]> {
    let array = object.into_array()?;
    let found: Vec<f64> = array.iter::<Number>().map(|number| number.as_f64()).collect();
    if array.raw_iter().count() == N { found.try_into().ok() } else { None }
}

/// Each key once and in the list: viewers differ on which of two entries they take.
fn only(dict: &Dict<'_>, keys: &[&str], found: Construct) -> Result<()> {
    if dict.is_empty() {
        return Ok(());
    }
    let mut written = content::keys(dict.data()).map_err(|_| found)?;
    let many = written.len();
    written.sort_unstable();
    written.dedup();
    let is_known = |key: &&[u8]| keys.iter().any(|known| known.as_bytes() == *key);
    let is_plain = many == written.len() && many == dict.len() && written.iter().all(is_known);
    if is_plain { Ok(()) } else { Err(found) }
}

/// Resources (ISO 32000-2 Table 34) without patterns and shadings, which viewers draw differently.
pub(super) fn resources(reader: &Reader<'_>, dict: &Dict<'_>) -> Result<()> {
    only(dict, RESOURCES, Construct::Content)?;
    if let Some(spaces) = dict.get::<Dict<'_>>("ColorSpace") {
        // DefaultGray and its like change what the plain colours mean (ISO 32000-2 §8.6.5.6).
        let mut names = spaces.keys();
        if names.any(|name| name.as_ref().starts_with(b"Default")) {
            return Err(Construct::Colour);
        }
    }
    reader.step()
}

/// A form without what names other files, layers or groups that blend.
pub(super) fn form(reader: &Reader<'_>, dict: &Dict<'_>) -> Result<()> {
    only(
        dict,
        FORM,
        if dict.contains_key("OC") { Construct::OptionalContent } else { Construct::Content },
    )?;
    reader.group(dict)
}

impl Reader<'_> {
    pub(super) fn step(&self) -> Result<()> {
        self.charge(1)
    }

    /// Counts what costs as much as so many steps.
    pub(super) fn charge(&self, steps: u32) -> Result<()> {
        self.steps.set(self.steps.get().saturating_add(steps));
        if self.steps.get() > MOST_STEPS { Err(Construct::TooMuch) } else { Ok(()) }
    }

    fn catalogue(&self) -> Result<()> {
        let xref = self.pdf.xref();
        let catalogue = xref.get::<Dict<'_>>(xref.root_id()).ok_or(Construct::Structure)?;
        for (keys, found) in [
            (&["AcroForm", "NeedsRendering", "Perms"][..], Construct::Form),
            (&["AA", "OpenAction", "URI"], Construct::Action),
            (&["OCProperties"], Construct::OptionalContent),
            (&["Collection"], Construct::Portfolio),
        ] {
            if keys.iter().any(|key| catalogue.contains_key(key)) {
                return Err(found);
            }
        }
        only(&catalogue, CATALOGUE, Construct::Entry)?;
        if let Some(names) = catalogue.get::<Dict<'_>>("Names") {
            let found =
                if names.contains_key("JavaScript") { Construct::Action } else { Construct::Entry };
            only(&names, &["EmbeddedFiles"], found)?;
        }
        if let Some(intents) = catalogue.get::<Array<'_>>("OutputIntents") {
            for intent in intents.iter::<Dict<'_>>() {
                if let Some(profile) = intent.get::<Stream<'_>>("DestOutputProfile") {
                    self.profile(&profile)?;
                }
            }
        }
        let root = catalogue.get::<Dict<'_>>("Pages").ok_or(Construct::Structure)?;
        let found = self.node(&root, 0)?;
        if found == self.pdf.pages().len() { Ok(()) } else { Err(Construct::Structure) }
    }

    /// Checks a node of the tree of pages and counts the pages under it.
    fn node(&self, node: &Dict<'_>, depth: usize) -> Result<usize> {
        self.step()?;
        if named(node, "Type").as_deref() == Some(b"Page") {
            return self.page(node).map(|()| 1);
        }
        only(node, NODE, Construct::Entry)?;
        self.upright(node)?;
        if depth > 8 || named(node, "Type").as_deref() != Some(b"Pages") {
            return Err(Construct::Structure);
        }
        let kids = node.get::<Array<'_>>("Kids").ok_or(Construct::Structure)?;
        let mut pages = 0;
        let mut nodes = 0;
        for kid in kids.iter::<Dict<'_>>() {
            nodes += 1;
            pages += self.node(&kid, depth + 1)?;
        }
        let count = node.get::<u32>("Count").and_then(|count| usize::try_from(count).ok());
        // A kid that is no page is passed over by some and ends the document for others.
        let is_whole = kids.raw_iter().count() == nodes && count == Some(pages);
        if is_whole { Ok(pages) } else { Err(Construct::Structure) }
    }

    fn page(&self, page: &Dict<'_>) -> Result<()> {
        for (key, found) in [("Annots", Construct::Annotation), ("AA", Construct::Action)] {
            if page.contains_key(key) {
                return Err(found);
            }
        }
        only(page, PAGE, Construct::Entry)?;
        self.upright(page)?;
        if page.contains_key("UserUnit") {
            return Err(Construct::PageBox);
        }
        if let Some(crop) = page.get::<Object<'_>>("CropBox") {
            let media = self.media(page).ok_or(Construct::PageBox)?;
            if numbers::<4>(crop) != Some(media) {
                return Err(Construct::PageBox);
            }
        }
        if self.media(page).is_none_or(|[left, low, _, _]| left != 0.0 || low != 0.0) {
            return Err(Construct::PageBox);
        }
        self.group(page)
    }

    fn media(&self, page: &Dict<'_>) -> Option<[f64; 4]> {
        self.up(page, "MediaBox").and_then(numbers)
    }

    /// An entry of a page or of the nodes above it (ISO 32000-2 §7.7.3.4).
    fn up<'d>(&self, page: &Dict<'d>, key: &str) -> Option<Object<'d>> {
        let mut node = page.clone();
        for _ in 0..10 {
            if let Some(found) = node.get::<Object<'_>>(key) {
                return Some(found);
            }
            node = node.get::<Dict<'_>>("Parent")?;
        }
        None
    }

    fn inherited<'d>(&self, page: &Dict<'d>) -> Dict<'d> {
        self.up(page, "Resources").and_then(Object::into_dict).unwrap_or_default()
    }

    fn upright(&self, page: &Dict<'_>) -> Result<()> {
        match page.get::<Object<'_>>("Rotate") {
            None => Ok(()),
            Some(Object::Number(number)) if number.as_f64() == 0.0 => Ok(()),
            Some(_) => Err(Construct::PageBox),
        }
    }

    /// A group that stands alone at full strength blends nothing.
    fn group(&self, dict: &Dict<'_>) -> Result<()> {
        let Some(group) = dict.get::<Object<'_>>("Group") else { return Ok(()) };
        let group = group.into_dict().ok_or(Construct::Transparency)?;
        only(&group, &["CS", "I", "S", "Type"], Construct::Transparency)?;
        match named(&group, "CS").as_deref() {
            None if !group.contains_key("CS") => Ok(()),
            Some(b"DeviceRGB" | b"DeviceGray") => Ok(()),
            _ => Err(Construct::Colour),
        }
    }

    fn contents(&self, page: &Dict<'_>) -> Result<Vec<u8>> {
        match page.get::<Object<'_>>("Contents") {
            None => Ok(Vec::new()),
            Some(Object::Stream(stream)) => self.decoded(&stream),
            Some(Object::Array(array)) => {
                let mut all = Vec::new();
                let mut found = 0;
                for stream in array.iter::<Stream<'_>>() {
                    found += 1;
                    all.extend(self.decoded(&stream)?);
                    all.push(b'\n');
                }
                if array.raw_iter().count() == found { Ok(all) } else { Err(Construct::Content) }
            }
            Some(_) => Err(Construct::Content),
        }
    }

    pub(super) fn graphics_state(&self, name: &[u8], resources: &Dict<'_>) -> Result<()> {
        let states = resources.get::<Dict<'_>>("ExtGState").ok_or(Construct::Content)?;
        let state = states.get::<Dict<'_>>(name).ok_or(Construct::Content)?;
        only(
            &state,
            &["AIS", "BM", "CA", "OP", "OPM", "SA", "SMask", "TK", "Type", "ca", "op"],
            Construct::Transparency,
        )?;
        let is_one = |key| {
            state.get::<Object<'_>>(key).is_none_or(|value| {
                value.into_number().is_some_and(|number| number.as_f64() == 1.0)
            })
        };
        let is_off = |key| {
            state.get::<Object<'_>>(key).is_none_or(|value| {
                matches!(value, Object::Boolean(false))
                    || value.into_number().is_some_and(|number| number.as_f64() == 0.0)
            })
        };
        let is_named = |key, known: &[&[u8]]| {
            !state.contains_key(key)
                || named(&state, key).is_some_and(|name| known.contains(&name.as_slice()))
        };
        let is_plain = is_one("CA")
            && is_one("ca")
            && ["AIS", "OP", "op", "OPM"].into_iter().all(is_off)
            && is_named("BM", &[b"Normal", b"Compatible"])
            && is_named("SMask", &[b"None"]);
        if is_plain { Ok(()) } else { Err(Construct::Transparency) }
    }

    pub(super) fn colour_space(&self, name: &[u8], resources: &Dict<'_>) -> Result<()> {
        if matches!(name, b"DeviceGray" | b"DeviceRGB") {
            return Ok(());
        }
        let spaces = resources.get::<Dict<'_>>("ColorSpace").ok_or(Construct::Colour)?;
        self.space(&spaces.get::<Object<'_>>(name).ok_or(Construct::Colour)?)
    }

    fn space(&self, space: &Object<'_>) -> Result<()> {
        match space {
            Object::Name(name) if matches!(name.as_ref(), b"DeviceGray" | b"DeviceRGB") => Ok(()),
            Object::Array(array) => {
                let mut items = array.flex_iter();
                let kind = items.next::<Name<'_>>().ok_or(Construct::Colour)?;
                if kind.as_ref() != b"ICCBased" {
                    return Err(Construct::Colour);
                }
                self.profile(&items.next::<Stream<'_>>().ok_or(Construct::Colour)?)
            }
            _ => Err(Construct::Colour),
        }
    }

    /// A profile can make black of white: those that are used are compared with our own.
    fn profile(&self, profile: &Stream<'_>) -> Result<()> {
        // What the profile expects; another range would stretch the colours.
        if let Some(range) = profile.dict().get::<Object<'_>>("Range") {
            let plain = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
            let range = range.into_array().ok_or(Construct::Colour)?;
            let range: Vec<f64> = range.iter::<Number>().map(|number| number.as_f64()).collect();
            if !plain.starts_with(&range) {
                return Err(Construct::Colour);
            }
        }
        let known = Sha256::digest(self.decoded(profile)?);
        self.profiles.borrow_mut().insert(known.into());
        Ok(())
    }

    /// What a picture is known by.
    pub(super) fn picture(&self, image: &Stream<'_>, depth: usize) -> Result<Figure> {
        let dict = image.dict();
        only(
            dict,
            IMAGE,
            if dict.contains_key("OC") { Construct::OptionalContent } else { Construct::Picture },
        )?;
        let mut known = Sha256::new();
        for key in ["Width", "Height", "BitsPerComponent"] {
            known.update(dict.get::<u32>(key).ok_or(Construct::Picture)?.to_be_bytes());
        }
        let space = dict.get::<Object<'_>>("ColorSpace").ok_or(Construct::Picture)?;
        self.space(&space)?;
        known.update(self.decoded(image).map_err(|_| Construct::Picture)?);
        if let Some(mask) = dict.get::<Stream<'_>>("SMask") {
            if depth > 0 {
                return Err(Construct::Picture);
            }
            known.update(self.picture(&mask, depth + 1)?);
        }
        Ok(known.finalize().into())
    }

    pub(super) fn typefaces(
        &self,
        resources: &Dict<'_>,
    ) -> Result<BTreeMap<Vec<u8>, Rc<Typeface>>> {
        let Some(fonts) = resources.get::<Dict<'_>>("Font") else { return Ok(BTreeMap::new()) };
        let mut found = BTreeMap::new();
        for name in fonts.keys() {
            let font = fonts.get::<Dict<'_>>(name.as_ref()).ok_or(Construct::Font)?;
            found.insert(name.as_ref().to_vec(), Rc::new(self.typeface(&font)?));
        }
        Ok(found)
    }

    /// A font of two-byte codes that are the glyphs of an embedded program: no table chooses
    /// among several meanings of a code (ISO 32000-2 §9.7.4).
    fn typeface(&self, font: &Dict<'_>) -> Result<Typeface> {
        self.charge(FONT)?;
        let is =
            |dict: &Dict<'_>, key: &str, wanted: &[u8]| named(dict, key).as_deref() == Some(wanted);
        if !is(font, "Subtype", b"Type0") || !is(font, "Encoding", b"Identity-H") {
            return Err(Construct::Font);
        }
        let descendants = font.get::<Array<'_>>("DescendantFonts").ok_or(Construct::Font)?;
        let descendant = descendants.iter::<Dict<'_>>().next().ok_or(Construct::Font)?;
        if descendants.raw_iter().count() != 1 || !is(&descendant, "Subtype", b"CIDFontType2") {
            return Err(Construct::Font);
        }
        let glyphs = match descendant.get::<Object<'_>>("CIDToGIDMap") {
            None => None,
            Some(Object::Name(name)) if name.as_ref() == b"Identity" => None,
            Some(Object::Stream(map)) => Some(self.decoded(&map)?),
            Some(_) => return Err(Construct::Font),
        };
        let descriptor = descendant.get::<Dict<'_>>("FontDescriptor").ok_or(Construct::Font)?;
        if descriptor.contains_key("FontFile") || descriptor.contains_key("FontFile3") {
            return Err(Construct::Font);
        }
        let program = descriptor.get::<Stream<'_>>("FontFile2").ok_or(Construct::Font)?;
        let id = program.obj_id();
        if let Some(figures) = self.programs.borrow().get(&id) {
            return Ok(Typeface { figures: Rc::clone(figures), glyphs });
        }
        let figures = Rc::new(font::figures(&self.decoded(&program)?)?);
        self.programs.borrow_mut().insert(id, Rc::clone(&figures));
        Ok(Typeface { figures, glyphs })
    }

    /// What a stream holds, if every reader finds the same: its length leads to its end, and it is
    /// whole.
    pub(super) fn decoded(&self, stream: &Stream<'_>) -> Result<Vec<u8>> {
        let dict = stream.dict();
        let is_plain = ["DecodeParms", "F", "FFilter", "FDecodeParms", "DP"];
        if is_plain.into_iter().any(|key| dict.contains_key(key)) {
            return Err(Construct::Stream);
        }
        let raw = stream.raw_data();
        self.ends(&raw)?;
        let filter = match dict.get::<Object<'_>>("Filter") {
            None => None,
            Some(Object::Name(name)) => Some(name),
            Some(Object::Array(names)) if names.raw_iter().count() == 1 => names.iter().next(),
            Some(_) => return Err(Construct::Stream),
        };
        let left = MOST_BYTES.saturating_sub(self.bytes.get());
        let decoded = match filter {
            None => raw.into_owned(),
            Some(name) if name.as_ref() == b"FlateDecode" => inflated(&raw, left)?,
            Some(_) => return Err(Construct::Stream),
        };
        self.bytes.set(self.bytes.get() + decoded.len());
        if decoded.len() > left { Err(Construct::TooMuch) } else { Ok(decoded) }
    }

    fn ends(&self, raw: &[u8]) -> Result<()> {
        let file: &[u8] = self.pdf.data().as_ref();
        let start = raw.as_ptr().addr().checked_sub(file.as_ptr().addr());
        let end = start.and_then(|start| start.checked_add(raw.len())).ok_or(Construct::Stream)?;
        let after = file.get(end..).ok_or(Construct::Stream)?;
        let after = after.strip_prefix(b"\r").unwrap_or(after);
        let after = after.strip_prefix(b"\n").unwrap_or(after);
        let within = raw.windows(9).any(|window| window == b"endstream");
        if after.starts_with(b"endstream") && !within { Ok(()) } else { Err(Construct::Stream) }
    }
}

/// A whole zlib stream with nothing but the end of a line behind it.
fn inflated(raw: &[u8], most: usize) -> Result<Vec<u8>> {
    let mut inflater = Decompress::new(true);
    let mut out = Vec::with_capacity((raw.len() * 4).clamp(1 << 12, 1 << 22));
    loop {
        let read = usize::try_from(inflater.total_in()).map_err(|_| Construct::Stream)?;
        let rest = raw.get(read..).ok_or(Construct::Stream)?;
        let before = (out.len(), read);
        let status = inflater.decompress_vec(rest, &mut out, FlushDecompress::None);
        match status.map_err(|_| Construct::Stream)? {
            Status::StreamEnd => {
                let read = usize::try_from(inflater.total_in()).map_err(|_| Construct::Stream)?;
                let rest = raw.get(read..).ok_or(Construct::Stream)?;
                let is_whole = rest.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
                return if is_whole { Ok(out) } else { Err(Construct::Stream) };
            }
            _ if out.len() > most => return Err(Construct::TooMuch),
            _ if out.len() == out.capacity() => out.reserve(out.len()),
            // Neither more room nor more input would move it.
            _ if before.0 == out.len() && usize::try_from(inflater.total_in()) == Ok(before.1) => {
                return Err(Construct::Stream);
            }
            _ => {}
        }
    }
}
