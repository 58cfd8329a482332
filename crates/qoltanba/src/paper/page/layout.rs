//! Pages of a document: its rows, what stands at the foot, the barcodes.

use super::{
    PageLanguage, Printed,
    compose::{Cell, Composer, joined, rule, slices},
    flow::{Mark, Page, Place, Role, Row, Tree},
    font::{Fonts, Shaper},
    grid::Grid,
    line::{Align, Ink, Style, lines},
    sheet::{self, MEASURE, MM},
    show,
};
use crate::{
    budget::Limits,
    error::{Error, Result},
    paper::{
        document::{Bilingual, Block, OutputDocument},
        set::BarcodeSet,
        symbol::{Code128, QrSymbol},
    },
};

/// Octets of text on the pages of one document; a set of barcodes holds about this much.
const MOST_CHARACTERS: usize = 1 << 20;
/// Blocks, rows of tables, fields, items and signatories.
const MOST_ITEMS: usize = 10_000;
/// Characters of a sentence at the foot.
const MOST_AT_FOOT: usize = 1_000;

/// Between the rule and the sentence of law.
const LAW: f32 = 3.0 * MM;
/// Above the barcodes.
const GAP: f32 = 4.5 * MM;

/// Pages ready to be drawn.
pub(super) struct Layout {
    pub(super) pages: Vec<Page>,
    pub(super) tree: Tree,
    pub(super) symbols: Vec<QrSymbol>,
    pub(super) bars: Code128,
}

impl Layout {
    pub(super) fn new(
        fonts: &Fonts,
        printed: &Printed<'_>,
        language: PageLanguage,
    ) -> Result<Self> {
        let document = printed.document;
        if document.look != OutputDocument::LOOK {
            return Err(Error::unsupported("look of a page", document.look));
        }
        within_limits(document)?;
        let number = document.number.as_str();
        let texts = BarcodeSet::write(printed.signed, number, document.issued.0)?;
        let bars = Code128::encode(number)?;
        let mut composer = Composer::new(document, language, Shaper::new(fonts, MOST_CHARACTERS));
        composer.content()?;
        let flow = std::mem::take(&mut composer.flow);
        let mut pages = flow.paginate()?;
        let foot = composer.foot(0.0)?;
        let symbols = composer.barcodes(&mut pages, foot, &texts)?;
        composer.folios(&mut pages)?;
        Ok(Self { pages, tree: composer.tree, symbols, bars })
    }
}

/// The rows that stand at the foot of the last page of text and beneath barcodes.
struct Foot {
    legal: Row,
    footnote: Row,
}

impl Foot {
    /// The height of the sentence of law, with the rule above it; nothing without one.
    fn law(&self) -> f32 {
        if self.legal.height > 0.0 { self.legal.height + LAW } else { 0.0 }
    }

    /// The height of the footnote with the space above it.
    fn note(&self) -> f32 {
        self.footnote.height + 1.5 * MM
    }
}

impl Composer<'_, '_> {
    fn foot(&mut self, x: f32) -> Result<Foot> {
        let document = self.document;
        let legal = match &document.legal_basis {
            Some(basis) => self.sentence(&basis.sentence, Role::Paragraph, sheet::LEGAL, x)?,
            None => Row::default(),
        };
        let footnote = self.sentence(&document.footnote, Role::Note, sheet::FOOTNOTE, x)?;
        Ok(Foot { legal, footnote })
    }

    fn sentence(&mut self, words: &Bilingual, role: Role, style: Style, x: f32) -> Result<Row> {
        let width = MEASURE - x;
        let lines = self.bilingual(words, (style, style), width, (role, None))?;
        let cell = Cell { x, width, align: Align::Left, lines };
        Ok(joined(slices(vec![cell], 1.36 * style.size)))
    }

    /// The sentence of law and the footnote in the places that the last row of barcodes leaves,
    /// if they are no higher than a symbol.
    fn beside(&mut self, grid: &Grid, count: usize) -> Result<Option<Row>> {
        let x = grid.place(count).0 + 2.0 * MM;
        if count.is_multiple_of(grid.columns) {
            return Ok(None);
        }
        let mut foot = self.foot(x)?;
        let gap = if foot.legal.height > 0.0 { 2.5 * MM } else { 0.0 };
        foot.legal.height += gap;
        let row = joined(vec![foot.legal, foot.footnote]);
        Ok((row.height <= grid.side).then_some(row))
    }

    /// Puts the sentence of law and the barcodes at the foot of the last page, or the barcodes on
    /// pages of their own.
    fn barcodes(
        &mut self,
        pages: &mut Vec<Page>,
        foot: Foot,
        texts: &[String],
    ) -> Result<Vec<QrSymbol>> {
        let body = if pages.len() < 2 { sheet::BODY } else { sheet::BODY_LATER };
        let mut last = pages.pop().unwrap_or_default();
        let left = body - last.filled - 4.0 * MM;
        if let Some((grid, beside)) = self.way(&foot, texts, left)? {
            let grid = grid.filled(texts)?;
            match beside {
                Some(beside) => self.with_text_beside(&mut last, &grid, beside, body)?,
                None => self.with_text_around(&mut last, &grid, foot, body)?,
            }
            pages.push(last);
            return Ok(grid.symbols);
        }
        let mut page = Page::default();
        if foot.law() > left {
            // Under the rule that the head of the page has.
            page.put(foot.legal, 0.0);
        } else {
            let y = body - foot.law();
            put_law(&mut last, foot.legal, y);
        }
        pages.push(last);
        let grid = Grid::large(texts)?.filled(texts)?;
        self.barcode_pages(pages, page, &grid, &foot.footnote)?;
        Ok(grid.symbols)
    }

    /// The best way to set the barcodes in a height, with the sentences around them; or, where
    /// space demands, with the sentences beside the last of them.
    fn way(
        &mut self,
        foot: &Foot,
        texts: &[String],
        left: f32,
    ) -> Result<Option<(Grid, Option<Row>)>> {
        let count = texts.len();
        let around = left - foot.law() - GAP - foot.note();
        let fits = |grid: &Grid| grid.height(count) <= around;
        if let Some(grid) = Grid::ways(texts)?.into_iter().find(fits) {
            return Ok(Some((grid, None)));
        }
        for grid in Grid::ways(texts)? {
            if grid.height(count) + GAP <= left
                && let Some(beside) = self.beside(&grid, count)?
            {
                return Ok(Some((grid, Some(beside))));
            }
        }
        Ok(None)
    }

    fn with_text_around(
        &mut self,
        page: &mut Page,
        grid: &Grid,
        foot: Foot,
        body: f32,
    ) -> Result<()> {
        let count = grid.symbols.len();
        let (law, note) = (foot.law(), foot.note());
        let top = body - note - grid.height(count);
        put_law(page, foot.legal, top - GAP - law);
        self.symbols(page, grid, 0..count, top)?;
        page.put(foot.footnote, body - note + 1.5 * MM);
        Ok(())
    }

    fn with_text_beside(
        &mut self,
        page: &mut Page,
        grid: &Grid,
        beside: Row,
        body: f32,
    ) -> Result<()> {
        let count = grid.symbols.len();
        let top = body - grid.height(count);
        page.put(rule(0.0, 0.5, Ink::Hair), top - GAP);
        self.symbols(page, grid, 0..count, top)?;
        let (_, y) = grid.place(count);
        page.put(beside, top + y);
        Ok(())
    }

    /// Pages of barcodes, from one that may have been begun.
    fn barcode_pages(
        &mut self,
        pages: &mut Vec<Page>,
        mut page: Page,
        grid: &Grid,
        footnote: &Row,
    ) -> Result<()> {
        let count = grid.symbols.len();
        let note = footnote.height + 3.0 * MM;
        let mut next = 0;
        while next < count {
            let top = if page.filled > 0.0 { page.filled + 8.0 * MM } else { 2.0 * MM };
            let rows = grid.rows(sheet::BODY_LATER - note - top);
            let end = count.min(next + rows * grid.columns);
            self.symbols(&mut page, grid, next..end, top)?;
            let mut row = footnote.clone();
            if next > 0 {
                row.marks = row.marks.into_iter().map(Mark::repeated).collect();
            }
            page.put(row, top + grid.height(end - next) + 1.5 * MM);
            pages.push(std::mem::take(&mut page));
            next = end;
        }
        Ok(())
    }

    fn symbols(
        &mut self,
        page: &mut Page,
        grid: &Grid,
        range: std::ops::Range<usize>,
        top: f32,
    ) -> Result<()> {
        let amount = grid.symbols.len();
        for (at, index) in range.enumerate() {
            let (x, y) = grid.place(at);
            let label = format!("{}/{amount}", index + 1);
            let alt = format!("QR {label}");
            let figure = self.tree.add(Role::Figure { alt }, None, None);
            let place = Place { x, y: top + y, width: grid.side, height: grid.side };
            page.marks.push(Mark::Symbol { place, index, node: figure });
            let node = self.tree.add(Role::Paragraph, None, None);
            let mut row = Row::default();
            let at = (x, grid.side, top + y + grid.label());
            self.put(&mut row, &label, sheet::PART, at, Align::Centre, node)?;
            page.put(row, 0.0);
        }
        Ok(())
    }

    /// What repeats on the pages: the number of the document, and which page it is.
    fn folios(&mut self, pages: &mut [Page]) -> Result<()> {
        let count = pages.len();
        if count < 2 {
            return Ok(());
        }
        let document = self.document;
        let number =
            format!("{}: {}", self.language.words(&show::UNIQUE_NUMBER), document.number.as_str());
        let date = show::day(document.issued)?;
        for (page, folio) in pages.iter_mut().zip(1..) {
            let body = if folio == 1 { sheet::BODY } else { sheet::BODY_LATER };
            let folio_text = format!("{folio} / {count}");
            self.repeat(page, &folio_text, body + 6.5 * MM, Align::Right)?;
            if folio == 1 {
                continue;
            }
            self.repeat(page, &number, -7.5 * MM, Align::Left)?;
            self.repeat(page, &date, -7.5 * MM, Align::Right)?;
            let place = Place { x: 0.0, y: -5.5 * MM, width: MEASURE, height: 0.8 };
            page.marks.push(Mark::Fill { place, ink: Ink::Accent });
        }
        Ok(())
    }

    fn repeat(&mut self, page: &mut Page, text: &str, y: f32, align: Align) -> Result<()> {
        let style = sheet::FOLIO;
        for line in lines(&mut self.shaper, text, style, f32::INFINITY)? {
            let width = MEASURE;
            page.marks.push(Mark::Text { x: 0.0, y, width, align, line, style, node: None });
        }
        Ok(())
    }
}

fn put_law(page: &mut Page, law: Row, y: f32) {
    if law.height > 0.0 {
        page.put(rule(0.0, 0.5, Ink::Hair), y);
        page.put(law, y + LAW);
    }
}

/// A document that no barcodes could hold need not be laid out.
fn within_limits(document: &OutputDocument) -> Result<()> {
    let items: usize = document
        .blocks
        .iter()
        .map(|block| match block {
            Block::Fields(fields) => fields.len(),
            Block::Table(table) => table.rows.iter().map(|row| 1 + row.len()).sum(),
            Block::List(list) => list.items.len(),
            Block::Heading(_) | Block::Paragraph(_) | Block::Prominent(_) | Block::Link(_) => 1,
        })
        .sum();
    let items = items + document.signatories.len();
    Limits::check("pieces of content of one document", items, MOST_ITEMS)?;
    let law = document.legal_basis.as_ref().map(|basis| &basis.sentence);
    for words in law.into_iter().chain([&document.footnote]) {
        for text in [&words.kk, &words.ru] {
            let length = text.chars().count();
            Limits::check("characters of a sentence at the foot", length, MOST_AT_FOOT)?;
        }
    }
    Ok(())
}
