//! Pages drawn and tagged as PDF/A-3.

use std::num::NonZeroU16;

use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Archival, ConfigurationBuilder},
    embed::{AssociationKind, EmbeddedFile, MimeType},
    geom::{Path, PathBuilder, Point, Rect, Transform},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag,
        TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
    },
    text::{GlyphId, KrillaGlyph},
};

use super::{
    PageLanguage, Printed,
    contour::contours,
    flow::{Mark, NodeId, Page, Place, Role, Tree},
    font::{self, Fonts, Sign},
    layout::Layout,
    line::{Align, Ink, Line, Style},
    sheet,
    show::{self, Words},
};
use crate::{
    error::{Error, Result},
    paper::{
        document::{Language, LocalTime},
        symbol::{Code128, QrSymbol},
    },
};

const NO_PDF: Error = Error::misuse("the document cannot be written as PDF/A-3");
/// Kazakhstan's clocks.
const HOURS_EAST: i8 = 5;

/// Draws the pages and attaches the signed octets.
pub(super) fn pdf(
    fonts: &Fonts,
    printed: &Printed<'_>,
    language: PageLanguage,
    layout: &Layout,
) -> Result<Vec<u8>> {
    let configuration =
        ConfigurationBuilder::new().with_archival_validator(Archival::A3_A).finish();
    let settings = SerializeSettings {
        configuration: configuration.map_err(|_| NO_PDF)?,
        ..SerializeSettings::default()
    };
    let mut document = Document::new_with(settings);
    let mut leaves = vec![Vec::new(); layout.tree.nodes.len()];
    for (page, number) in layout.pages.iter().zip(0..) {
        let size = PageSettings::from_wh(sheet::WIDTH, sheet::HEIGHT).ok_or(NO_PDF)?;
        let mut sheet = document.start_page_with(size);
        let mut surface = sheet.surface();
        let top = top(number);
        Painter { fonts, layout, leaves: &mut leaves, surface: &mut surface, top }.page(page);
    }
    document.set_tag_tree(tags(&layout.tree, &leaves)?);
    document.set_metadata(metadata(printed, language));
    attach(&mut document, printed, language)?;
    document.finish().map_err(|_| NO_PDF)
}

const fn top(page: usize) -> f32 {
    if page == 0 { sheet::TOP } else { sheet::TOP_LATER }
}

fn metadata(printed: &Printed<'_>, language: PageLanguage) -> Metadata {
    let document = printed.document;
    let issuer = &document.issuer.name;
    let title = &document.title;
    let title = language.joined(&title.kk, &title.ru);
    Metadata::new()
        .title(format!("{title} № {}", document.number.as_str()))
        .authors(vec![language.joined(&issuer.kk, &issuer.ru)])
        .creator("Qoltanba".to_owned())
        .producer("Qoltanba".to_owned())
        .document_id(document.number.as_str().to_owned())
        .language(language.main().code().to_owned())
        .creation_date(moment(document.issued))
}

/// PDF cannot say years past 9999.
fn moment(at: LocalTime) -> DateTime {
    let at = show::clock(at);
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(u8::from(at.month()))
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(HOURS_EAST)
        .utc_offset_minute(0)
}

fn attach(document: &mut Document, printed: &Printed<'_>, language: PageLanguage) -> Result<()> {
    let number = printed.document.number.as_str();
    let signed = (format!("{number}.xml"), &show::SIGNED, AssociationKind::Source, printed.signed);
    let stamped = printed.stamped.map(|octets| {
        (format!("{number}.stamped.xml"), &show::STAMPED, AssociationKind::Supplement, octets)
    });
    for (path, words, association_kind, octets) in [signed].into_iter().chain(stamped) {
        let words: &Words = words;
        let file = EmbeddedFile {
            path,
            mime_type: MimeType::new("application/xml"),
            description: Some(language.words(words)),
            association_kind,
            data: octets.to_vec().into(),
            modification_date: Some(moment(printed.document.issued)),
            compress: Some(true),
            location: None,
        };
        document.embed_file(file).ok_or(NO_PDF)?;
    }
    Ok(())
}

struct Painter<'p, 's> {
    fonts: &'p Fonts,
    layout: &'p Layout,
    /// What was drawn of each node.
    leaves: &'p mut Vec<Vec<Identifier>>,
    surface: &'p mut Surface<'s>,
    top: f32,
}

impl Painter<'_, '_> {
    fn page(&mut self, page: &Page) {
        self.decoration(page, ArtifactType::Layout, |mark| {
            matches!(mark, Mark::Fill { .. } | Mark::Emblem { .. })
        });
        let mut content: Vec<&Mark> = page.marks.iter().filter(|m| m.node().is_some()).collect();
        // What is read first comes first: some readers follow the order of drawing.
        content.sort_by_key(|mark| mark.node());
        for marks in content.chunk_by(|a, b| a.node() == b.node()) {
            let tag = ContentTag::Span(SpanTag::empty());
            let identifier = self.surface.start_tagged(tag);
            for mark in marks {
                self.mark(mark);
            }
            self.surface.end_tagged();
            let node = marks.first().and_then(|mark| mark.node());
            if let Some(leaf) = node.and_then(|NodeId(at)| self.leaves.get_mut(at)) {
                leaf.push(identifier);
            }
        }
        self.decoration(page, ArtifactType::Header, |mark| {
            matches!(mark, Mark::Text { node: None, .. })
        });
    }

    /// What is no part of the document.
    fn decoration(&mut self, page: &Page, kind: ArtifactType, is: impl Fn(&Mark) -> bool) {
        let marks: Vec<&Mark> = page.marks.iter().filter(|mark| is(mark)).collect();
        if marks.is_empty() {
            return;
        }
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        for mark in marks {
            self.mark(mark);
        }
        self.surface.end_tagged();
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Text { x, y, width, align, line, style, .. } => {
                self.line((*x, *y, *width), *align, line, *style);
            }
            Mark::Fill { place, ink } => self.fill(*place, *ink),
            Mark::Emblem { place } => self.emblem(*place),
            Mark::Bars { place, .. } => self.bars(*place, &self.layout.bars),
            Mark::Symbol { place, index, .. } => {
                if let Some(symbol) = self.layout.symbols.get(*index) {
                    self.symbol(*place, symbol);
                }
            }
            Mark::Link { place, symbol, .. } => self.symbol(*place, symbol),
        }
    }

    fn ink(&mut self, ink: Ink) {
        let (red, green, blue) = match ink {
            Ink::Text => (0x1a, 0x1d, 0x21),
            Ink::Second => (0x4a, 0x52, 0x5b),
            Ink::Label => (0x5b, 0x63, 0x6d),
            Ink::Accent => (0x12, 0x3a, 0x63),
            Ink::Hair => (0xcf, 0xd5, 0xdc),
            Ink::Tint => (0xee, 0xf2, 0xf6),
            Ink::White => (0xff, 0xff, 0xff),
            Ink::Black => (0, 0, 0),
        };
        self.surface.set_fill(Some(Fill {
            paint: rgb::Color::new(red, green, blue).into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
    }

    fn at(&self, x: f32, y: f32) -> Point {
        Point::from_xy(sheet::LEFT + x, self.top + y)
    }

    fn fill(&mut self, place: Place, ink: Ink) {
        self.ink(ink);
        let corner = self.at(place.x, place.y);
        let rect = Rect::from_xywh(corner.x, corner.y, place.width, place.height);
        let mut path = PathBuilder::new();
        if let Some(rect) = rect {
            path.push_rect(rect);
        }
        self.draw(path);
    }

    fn draw(&mut self, path: PathBuilder) {
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    fn line(&mut self, (x, y, width): (f32, f32, f32), align: Align, line: &Line, style: Style) {
        let free = width - line.width;
        let start = match align {
            Align::Left => x,
            Align::Right => x + free,
            Align::Centre => x + free / 2.0,
        };
        let (text, signs) = signs(self.fonts, line, style);
        self.ink(style.ink);
        let mut at = self.at(start, y);
        for run in signs.chunk_by(|a, b| a.place == b.place) {
            let glyphs: Vec<KrillaGlyph> = run.iter().map(glyph).collect();
            let place = run.first().map_or(font::Place::Main, |sign| sign.place);
            let typeface = self.fonts.font(style.weight, place);
            self.surface.draw_glyphs(at, &glyphs, typeface, &text, style.size, false);
            at.x += run.iter().map(|sign| sign.advance).sum::<f32>() * style.size;
        }
    }

    /// A plain mark of the system: a sheet whose corner is turned down, and a tick.
    fn emblem(&mut self, place: Place) {
        let Point { x, y } = self.at(place.x, place.y);
        let unit = place.width / 32.0;
        let polygon = |points: &[(f32, f32)]| {
            let mut path = PathBuilder::new();
            for (at, (px, py)) in points.iter().enumerate() {
                let (px, py) = (px.mul_add(unit, x), py.mul_add(unit, y));
                if at == 0 { path.move_to(px, py) } else { path.line_to(px, py) }
            }
            path.close();
            path
        };
        self.ink(Ink::Accent);
        self.draw(rounded(x, y, place.width, 5.0 * unit));
        self.ink(Ink::White);
        self.draw(polygon(&[(9.0, 6.0), (19.0, 6.0), (24.0, 11.0), (24.0, 26.0), (9.0, 26.0)]));
        self.ink(Ink::Accent);
        self.draw(polygon(&[(18.4, 6.0), (19.0, 6.0), (24.0, 11.0), (24.0, 11.6), (18.4, 11.6)]));
        self.draw(polygon(&[
            (12.2, 17.6),
            (13.8, 16.0),
            (15.9, 18.1),
            (19.9, 13.9),
            (21.5, 15.5),
            (15.9, 21.3),
        ]));
    }

    fn bars(&mut self, place: Place, symbol: &Code128) {
        self.ink(Ink::Black);
        let modules = symbol.modules();
        #[allow(clippy::cast_precision_loss, reason = "a hundred modules")]
        let module = place.width / modules.len().max(1) as f32;
        let corner = self.at(place.x, place.y);
        let mut path = PathBuilder::new();
        let mut x = corner.x;
        for run in modules.chunk_by(|a, b| a == b) {
            #[allow(clippy::cast_precision_loss, reason = "four modules")]
            let width = run.len() as f32 * module;
            if run.first() == Some(&true)
                && let Some(rect) = Rect::from_xywh(x, corner.y, width, place.height)
            {
                path.push_rect(rect);
            }
            x += width;
        }
        self.draw(path);
    }

    fn symbol(&mut self, place: Place, symbol: &QrSymbol) {
        self.ink(Ink::Black);
        #[allow(clippy::cast_precision_loss, reason = "a hundred modules")]
        let module = place.width / symbol.size().max(1) as f32;
        let corner = self.at(place.x, place.y);
        let scale = Transform::from_row(module, 0.0, 0.0, module, corner.x, corner.y);
        if let Some(path) = outline(symbol) {
            self.surface.push_transform(&scale);
            self.surface.draw_path(&path);
            self.surface.pop();
        }
    }
}

/// The dark parts of a symbol, in units of a module.
#[allow(clippy::cast_precision_loss, reason = "a hundred modules")]
fn outline(symbol: &QrSymbol) -> Option<Path> {
    let mut path = PathBuilder::new();
    for line in contours(symbol) {
        let mut points = line.into_iter().map(|(x, y)| (x as f32, y as f32));
        let (x, y) = points.next()?;
        path.move_to(x, y);
        points.for_each(|(x, y)| path.line_to(x, y));
        path.close();
    }
    path.finish()
}

fn rounded(x: f32, y: f32, side: f32, radius: f32) -> PathBuilder {
    // The distance of control points by which a cubic comes closest to a quarter of a circle.
    let handle = radius * (1.0 - 0.552_285);
    let (right, bottom) = (x + side, y + side);
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - handle, y, right, y + handle, right, y + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - handle, right - handle, bottom, right - radius, bottom);
    path.line_to(x + radius, bottom);
    path.cubic_to(x + handle, bottom, x, bottom - handle, x, bottom - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + handle, x + handle, y, x + radius, y);
    path.close();
    path
}

/// The glyphs of a line and the text that they stand for.
fn signs(fonts: &Fonts, line: &Line, style: Style) -> (String, Vec<Sign>) {
    let mut text = String::new();
    let mut signs: Vec<Sign> = Vec::new();
    for (at, word) in line.words.iter().enumerate() {
        if at > 0 {
            signs.push(fonts.space(style.weight, text.len()));
            text.push(' ');
        }
        let start = text.len();
        signs.extend(word.signs.iter().map(|sign| Sign {
            range: sign.range.start + start..sign.range.end + start,
            ..sign.clone()
        }));
        text.push_str(&word.text);
    }
    if line.goes_on {
        signs.push(fonts.space(style.weight, text.len()));
        text.push(' ');
    }
    (text, signs)
}

fn glyph(sign: &Sign) -> KrillaGlyph {
    KrillaGlyph::new(
        GlyphId::new(sign.glyph),
        sign.advance,
        sign.dx,
        sign.dy,
        0.0,
        sign.range.clone(),
        None,
    )
}

/// The logical structure, with what was drawn of each node.
fn tags(tree: &Tree, leaves: &[Vec<Identifier>]) -> Result<TagTree> {
    let mut groups: Vec<TagGroup> = Vec::with_capacity(tree.nodes.len());
    for (node, leaves) in tree.nodes.iter().zip(leaves) {
        let mut group = TagGroup::new(kind(&node.role, node.language)?);
        leaves.iter().for_each(|leaf| group.push(Node::Leaf(*leaf)));
        groups.push(group);
    }
    let mut root = TagTree::new();
    let mut children: Vec<Vec<TagGroup>> = tree.nodes.iter().map(|_| Vec::new()).collect();
    // A child stands behind its parent, so from the end each is whole when it is handed up.
    for (at, (node, mut group)) in tree.nodes.iter().zip(groups).enumerate().rev() {
        let own = children.get_mut(at).map(std::mem::take).unwrap_or_default();
        own.into_iter().rev().for_each(|child| group.push(child));
        if group.children.is_empty() {
            continue;
        }
        match node.parent.and_then(|NodeId(parent)| children.get_mut(parent)) {
            Some(siblings) => siblings.push(group),
            None => root.push(group),
        }
    }
    root.children.reverse();
    Ok(root)
}

fn kind(role: &Role, language: Option<Language>) -> Result<TagKind> {
    let language = language.map(|language| language.code().to_owned());
    let level = |level| NonZeroU16::new(level).ok_or(NO_PDF);
    Ok(match role {
        Role::Section => Tag::Div.with_lang(language).into(),
        Role::Heading(n) => Tag::Hn(level(*n)?, None).with_lang(language).into(),
        Role::Paragraph => Tag::P.with_lang(language).into(),
        Role::List { numbered: true } => Tag::L(ListNumbering::Decimal).into(),
        Role::List { numbered: false } => Tag::L(ListNumbering::None).into(),
        Role::Item => Tag::LI.into(),
        Role::Label => Tag::Lbl.with_lang(language).into(),
        Role::Body => Tag::LBody.with_lang(language).into(),
        Role::Table => Tag::Table.into(),
        Role::TableHead => Tag::THead.into(),
        Role::TableBody => Tag::TBody.into(),
        Role::TableRow => Tag::TR.into(),
        Role::HeadCell => Tag::TH(TableHeaderScope::Column).with_lang(language).into(),
        Role::Cell => Tag::TD.with_lang(language).into(),
        Role::Caption => Tag::Caption.with_lang(language).into(),
        Role::Span => Tag::Span.with_lang(language).into(),
        Role::Note => Tag::Note.with_lang(language).into(),
        Role::Figure { alt } => Tag::Figure(Some(alt.clone())).into(),
    })
}
