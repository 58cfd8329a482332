//! A document as rows: what stands where, in which letters, and what it means.

use super::{
    PageLanguage,
    flow::{Flow, Mark, NodeId, Place, Role, Row, Tree},
    font::Shaper,
    line::{Align, Ink, Line, Style, lines},
    sheet::{self, MEASURE, MM},
    show::{self, Words},
};
use crate::{
    error::Result,
    paper::{
        document::{Bilingual, Block, Field, Language, List, OutputDocument, Signatory, Value},
        symbol::QrSymbol,
    },
};

/// The column of labels.
const LABELS: f32 = 0.36 * MEASURE;
/// Between columns.
const GUTTER: f32 = 6.0 * MM;
/// Between the header and the unique number.
const NUMBER_BLOCK: f32 = 58.0 * MM;
/// The mark beside the header.
const EMBLEM: f32 = 12.5 * MM;
/// A module of Code 128 and the height of its bars.
const BAR: f32 = 0.36 * MM;
const BARS: f32 = 9.0 * MM;
/// The square of a link, its quiet zone included, in millimetres.
const LINK: f64 = 30.0;

/// Lines of one language of a text.
pub(super) type Lines = Vec<(Line, Style, NodeId)>;

/// A column of lines.
pub(super) struct Cell {
    pub(super) x: f32,
    pub(super) width: f32,
    pub(super) align: Align,
    pub(super) lines: Lines,
}

pub(super) struct Composer<'d, 'f> {
    pub(super) document: &'d OutputDocument,
    pub(super) language: PageLanguage,
    pub(super) shaper: Shaper<'f>,
    pub(super) tree: Tree,
    pub(super) flow: Flow,
}

impl<'d, 'f> Composer<'d, 'f> {
    pub(super) fn new(
        document: &'d OutputDocument,
        language: PageLanguage,
        shaper: Shaper<'f>,
    ) -> Self {
        Self { document, language, shaper, tree: Tree::default(), flow: Flow::default() }
    }

    /// Everything from the header to the signatories.
    pub(super) fn content(&mut self) -> Result<()> {
        let document = self.document;
        self.header()?;
        self.parties()?;
        self.title()?;
        for block in &document.blocks {
            self.block(block)?;
        }
        self.signatories(&document.signatories)
    }

    fn block(&mut self, block: &Block) -> Result<()> {
        match block {
            Block::Heading(words) => self.heading(words),
            Block::Fields(fields) => self.fields(fields),
            Block::Paragraph(words) => self.paragraph(words),
            Block::Table(table) => self.table(table),
            Block::List(list) => self.list(list),
            Block::Prominent(field) => self.prominent(field),
            Block::Link(field) => self.link(field),
        }
    }

    fn header(&mut self) -> Result<()> {
        let section = self.tree.add(Role::Section, None, None);
        let x = EMBLEM + 4.0 * MM;
        let width = MEASURE - x - NUMBER_BLOCK - GUTTER;
        let style = (sheet::HEADER, sheet::HEADER_SECOND);
        let role = (Role::Paragraph, Some(section));
        let words = self.bilingual(&self.document.header, style, width, role)?;
        let mut left = slices(vec![Cell { x, width, align: Align::Left, lines: words }], 12.0);
        let mut first = self.number_block(section)?;
        let fitting = left.len().min(6);
        // The mark and the first lines stand level with each other.
        let mut y = if fitting < 3 { (EMBLEM - 12.0 * fitting as f32) / 2.0 } else { 0.0 };
        for row in left.drain(..fitting) {
            first.marks.extend(row.marks.into_iter().map(|mark| mark.lower(y)));
            y += 12.0;
        }
        let place = Place { x: 0.0, y: 0.0, width: EMBLEM, height: EMBLEM };
        first.marks.push(Mark::Emblem { place });
        let mut rows = vec![first];
        rows.append(&mut left);
        rows.push(rule(4.0 * MM, 1.2, Ink::Accent));
        tie(&mut rows, usize::MAX);
        self.push(rows, true);
        Ok(())
    }

    /// The unique number, its bars and the date of issue.
    fn number_block(&mut self, section: NodeId) -> Result<Row> {
        let (x, width) = (MEASURE - NUMBER_BLOCK, NUMBER_BLOCK);
        let document = self.document;
        let number = document.number.as_str();
        let date = show::day(document.issued)?;
        let label = self.language.words(&show::UNIQUE_NUMBER);
        let mut row = Row::default();
        let node = self.tree.add(Role::Paragraph, Some(section), None);
        for (text, style, y) in
            [(label.as_str(), sheet::SMALL_LABEL, 6.5), (number, sheet::NUMBER, 20.0)]
        {
            self.put(&mut row, text, style, (x, width, y), Align::Right, node)?;
        }
        let alt = format!("Code 128: {number}");
        let figure = self.tree.add(Role::Figure { alt }, Some(section), None);
        let bars = 112.0 * BAR;
        let place = Place { x: MEASURE - bars, y: 25.5, width: bars, height: BARS };
        row.marks.push(Mark::Bars { place, node: figure });
        let node = self.tree.add(Role::Paragraph, Some(section), None);
        let y = 25.5 + BARS + 13.0;
        let date_width = self.width(&date, sheet::DATE)?;
        let label = self.language.words(&show::DATE_OF_ISSUE);
        let label_width = width - date_width - 5.0;
        self.put(&mut row, &label, sheet::SMALL_LABEL, (x, label_width, y), Align::Right, node)?;
        self.put(&mut row, &date, sheet::DATE, (x, width, y), Align::Right, node)?;
        row.height = y + 1.0;
        Ok(row)
    }

    /// A short text in one line.
    pub(super) fn put(
        &mut self,
        row: &mut Row,
        text: &str,
        style: Style,
        (x, width, y): (f32, f32, f32),
        align: Align,
        node: NodeId,
    ) -> Result<()> {
        for line in lines(&mut self.shaper, text, style, f32::INFINITY)? {
            row.marks.push(Mark::Text { x, y, width, align, line, style, node: Some(node) });
        }
        Ok(())
    }

    pub(super) fn width(&mut self, text: &str, style: Style) -> Result<f32> {
        let lines = lines(&mut self.shaper, text, style, f32::INFINITY)?;
        Ok(lines.iter().map(|line| line.width).fold(0.0, f32::max))
    }

    /// Who issues the document and whom it is for.
    fn parties(&mut self) -> Result<()> {
        let document = self.document;
        let half = (MEASURE - GUTTER) / 2.0;
        let width = if document.recipient.is_some() { half } else { MEASURE };
        let issuer = &document.issuer;
        let section = self.party(&show::PROVIDER, width)?;
        let (node, mut left) = section;
        let style = (sheet::PARTY, sheet::PARTY_SECOND);
        left.append(&mut self.bilingual(
            &issuer.name,
            style,
            width,
            (Role::Paragraph, Some(node)),
        )?);
        left.append(&mut self.numbered(&show::BIN, issuer.bin.as_str(), width, node)?);
        let mut cells = vec![Cell { x: 0.0, width, align: Align::Left, lines: left }];
        if let Some(recipient) = &document.recipient {
            let (node, mut right) = self.party(&show::RECIPIENT, half)?;
            let name = self.tree.add(Role::Paragraph, Some(node), None);
            right.append(&mut self.text(&recipient.name, sheet::PARTY, half, name)?);
            if let Some(iin) = &recipient.iin {
                right.append(&mut self.numbered(&show::IIN, iin.as_str(), half, node)?);
            }
            if let Some(bin) = &recipient.bin {
                right.append(&mut self.numbered(&show::BIN, bin.as_str(), half, node)?);
            }
            let x = half + GUTTER;
            cells.push(Cell { x, width: half, align: Align::Left, lines: right });
        }
        let mut rows = slices(cells, 13.0);
        tie(&mut rows, 24);
        space(&mut rows, 3.5 * MM);
        self.push(rows, false);
        Ok(())
    }

    fn party(&mut self, words: &Words, width: f32) -> Result<(NodeId, Lines)> {
        let section = self.tree.add(Role::Section, None, None);
        let label = self.tree.add(Role::Paragraph, Some(section), None);
        let words = self.language.words(words);
        let lines = self.text(&words, sheet::SMALL_LABEL, width, label)?;
        Ok((section, lines))
    }

    fn numbered(
        &mut self,
        words: &Words,
        number: &str,
        width: f32,
        parent: NodeId,
    ) -> Result<Lines> {
        let node = self.tree.add(Role::Paragraph, Some(parent), None);
        let words = self.language.words(words).replace(' ', "\u{a0}");
        let text = format!("{words}\u{a0}{number}");
        self.text(&text, sheet::PARTY_SECOND, width, node)
    }

    fn title(&mut self) -> Result<()> {
        let title = &self.document.title;
        for (at, (language, text)) in self.language.of(title).into_iter().enumerate() {
            let node = self.tree.add(Role::Heading(1), None, self.mark(language));
            let style = if at == 0 { sheet::TITLE } else { sheet::TITLE_SECOND };
            let lines = self.text(text, style, MEASURE, node)?;
            let cell = Cell { x: 0.0, width: MEASURE, align: Align::Centre, lines };
            let mut rows = slices(vec![cell], style.size * 1.3);
            tie(&mut rows, usize::MAX);
            space(&mut rows, if at == 0 { 8.0 * MM } else { 1.0 * MM });
            self.push(rows, true);
        }
        Ok(())
    }

    fn heading(&mut self, words: &Bilingual) -> Result<()> {
        for (at, (language, text)) in self.language.of(words).into_iter().enumerate() {
            let node = self.tree.add(Role::Heading(2), None, self.mark(language));
            let style = if at == 0 { sheet::HEADING } else { sheet::HEADING_SECOND };
            let lines = self.text(text, style, MEASURE, node)?;
            let cell = Cell { x: 0.0, width: MEASURE, align: Align::Left, lines };
            let mut rows = slices(vec![cell], 14.0);
            tie(&mut rows, usize::MAX);
            space(&mut rows, if at == 0 { 6.0 * MM } else { 0.0 });
            self.push(rows, true);
        }
        Ok(())
    }

    fn paragraph(&mut self, words: &Bilingual) -> Result<()> {
        for (at, (language, text)) in self.language.of(words).into_iter().enumerate() {
            let node = self.tree.add(Role::Paragraph, None, self.mark(language));
            let lines = self.text(text, sheet::TEXT, MEASURE, node)?;
            let cell = Cell { x: 0.0, width: MEASURE, align: Align::Left, lines };
            let mut rows = slices(vec![cell], 15.0);
            tie(&mut rows, 3);
            let first = if self.is_under_heading() { 1.5 * MM } else { 4.0 * MM };
            space(&mut rows, if at == 0 { first } else { 2.2 * MM });
            self.push(rows, false);
        }
        Ok(())
    }

    fn is_under_heading(&self) -> bool {
        self.tree.nodes.iter().rev().nth(1).is_some_and(|node| node.role == Role::Heading(2))
    }

    fn fields(&mut self, fields: &[Field]) -> Result<()> {
        let list = self.tree.add(Role::List { numbered: false }, None, None);
        let label_width = LABELS - GUTTER;
        let value_width = MEASURE - LABELS;
        for (at, field) in fields.iter().enumerate() {
            let item = self.tree.add(Role::Item, Some(list), None);
            let style = (sheet::LABEL, sheet::LABEL);
            let role = (Role::Label, Some(item));
            let label = self.bilingual(&field.label, style, label_width, role)?;
            let body = self.tree.add(Role::Body, Some(item), None);
            let value = self.value(&field.value, sheet::VALUE, value_width, body)?;
            let mut rows = slices(
                vec![
                    Cell { x: 0.0, width: label_width, align: Align::Left, lines: label },
                    Cell { x: LABELS, width: value_width, align: Align::Left, lines: value },
                ],
                13.5,
            );
            pad(&mut rows, 3.0, 3.0);
            underline(&mut rows, Ink::Hair);
            tie(&mut rows, 12);
            space(&mut rows, if at == 0 { 4.0 * MM } else { 0.0 });
            self.push(rows, false);
        }
        Ok(())
    }

    fn list(&mut self, list: &List) -> Result<()> {
        const INDENT: f32 = 9.0 * MM;
        let node = self.tree.add(Role::List { numbered: true }, None, None);
        let style = (sheet::HEADING, sheet::HEADING_SECOND);
        let lines = self.bilingual(&list.label, style, MEASURE, (Role::Caption, Some(node)))?;
        let cell = Cell { x: 0.0, width: MEASURE, align: Align::Left, lines };
        let mut rows = slices(vec![cell], 14.0);
        tie(&mut rows, usize::MAX);
        space(&mut rows, 6.0 * MM);
        self.push(rows, !list.items.is_empty());
        for (value, number) in list.items.iter().zip(1..) {
            let item = self.tree.add(Role::Item, Some(node), None);
            let label = self.tree.add(Role::Label, Some(item), None);
            let label = self.text(&format!("{number}."), sheet::VALUE, INDENT, label)?;
            let body = self.tree.add(Role::Body, Some(item), None);
            let width = MEASURE - INDENT;
            let body = self.value(value, sheet::VALUE, width, body)?;
            let mut rows = slices(
                vec![
                    Cell { x: 0.0, width: INDENT - 2.2 * MM, align: Align::Right, lines: label },
                    Cell { x: INDENT, width, align: Align::Left, lines: body },
                ],
                14.0,
            );
            tie(&mut rows, 6);
            space(&mut rows, 1.0 * MM);
            self.push(rows, false);
        }
        Ok(())
    }

    fn prominent(&mut self, field: &Field) -> Result<()> {
        let inner = MEASURE - 10.0 * MM;
        let section = self.tree.add(Role::Section, None, None);
        let style = (sheet::LABEL, sheet::LABEL);
        let role = (Role::Paragraph, Some(section));
        let label = self.bilingual(&field.label, style, inner, role)?;
        let value = self.tree.add(Role::Paragraph, Some(section), None);
        let mut style = sheet::PROMINENT;
        for (_, text) in self.language.value(&field.value) {
            if self.width(&text, style)? > inner {
                style = sheet::PROMINENT_LONG;
            }
        }
        let value = self.value(&field.value, style, inner, value)?;
        let centred = |lines| vec![Cell { x: 5.0 * MM, width: inner, align: Align::Centre, lines }];
        let mut rows = slices(centred(label), 12.0);
        rows.append(&mut slices(centred(value), style.size * 1.2));
        pad(&mut rows, 4.0 * MM, 4.0 * MM);
        for row in &mut rows {
            let place = Place { x: 0.0, y: 0.0, width: MEASURE, height: row.height };
            row.marks.insert(0, Mark::Fill { place, ink: Ink::Tint });
        }
        let mut rows = vec![joined(rows)];
        space(&mut rows, 6.0 * MM);
        self.push(rows, false);
        Ok(())
    }

    /// An address, and the QR symbol of it at the right edge.
    fn link(&mut self, field: &Field) -> Result<()> {
        let address = field.value.show(self.language.main());
        let symbol = QrSymbol::fit(&address, LINK)?;
        #[allow(clippy::cast_possible_truncation, reason = "a few points")]
        let module = symbol.module(LINK) as f32 * MM;
        #[allow(clippy::cast_precision_loss, reason = "a hundred modules")]
        let side = symbol.size() as f32 * module;
        // ISO/IEC 18004 §6.3.8: the quiet zone of four modules; to the right there is the margin.
        let quiet = 4.0 * module;
        let width = MEASURE - side - quiet - GUTTER;
        let section = self.tree.add(Role::Section, None, None);
        let style = (sheet::LABEL, sheet::LABEL);
        let label = self.bilingual(&field.label, style, width, (Role::Paragraph, Some(section)))?;
        let value = self.tree.add(Role::Paragraph, Some(section), None);
        let value = self.value(&field.value, sheet::VALUE, width, value)?;
        let cell = |lines| vec![Cell { x: 0.0, width, align: Align::Left, lines }];
        let mut rows = slices(cell(label), 12.0);
        rows.append(&mut slices(cell(value), 13.5));
        let mut row = joined(rows);
        let alt = format!("QR: {address}");
        let node = self.tree.add(Role::Figure { alt }, Some(section), None);
        let place = Place { x: MEASURE - side, y: quiet, width: side, height: side };
        row.marks.push(Mark::Link { place, symbol: Box::new(symbol), node });
        row.height = row.height.max(side + 2.0 * quiet);
        row.before = 4.0 * MM;
        self.push(vec![row], false);
        Ok(())
    }

    fn signatories(&mut self, signatories: &[Signatory]) -> Result<()> {
        let positions = 0.5 * MEASURE;
        for (at, signatory) in signatories.iter().enumerate() {
            if let Some(last) = self.flow.rows.last_mut() {
                last.tied = true;
            }
            let section = self.tree.add(Role::Section, None, None);
            let style = (sheet::TEXT, sheet::HEADING_SECOND);
            let role = (Role::Paragraph, Some(section));
            let position = self.bilingual(&signatory.position, style, positions, role)?;
            let node = self.tree.add(Role::Paragraph, Some(section), None);
            let width = MEASURE - positions - GUTTER;
            let name = self.text(&signatory.name, sheet::SIGNATORY, width, node)?;
            let x = positions + GUTTER;
            let mut rows = slices(
                vec![
                    Cell { x: 0.0, width: positions, align: Align::Left, lines: position },
                    Cell { x, width, align: Align::Right, lines: name },
                ],
                14.0,
            );
            tie(&mut rows, 12);
            space(&mut rows, if at == 0 { 9.0 * MM } else { 4.0 * MM });
            self.push(rows, false);
        }
        Ok(())
    }

    pub(super) fn push(&mut self, mut rows: Vec<Row>, tied: bool) {
        if let Some(last) = rows.last_mut() {
            last.tied = tied;
        }
        self.flow.rows.append(&mut rows);
    }

    /// The language of a node, where the page has two.
    pub(super) fn mark(&self, language: Language) -> Option<Language> {
        (language != self.language.main()).then_some(language)
    }

    pub(super) fn text(
        &mut self,
        text: &str,
        style: Style,
        width: f32,
        node: NodeId,
    ) -> Result<Lines> {
        let lines = lines(&mut self.shaper, text, style, width)?;
        Ok(lines.into_iter().map(|line| (line, style, node)).collect())
    }

    /// Words in the languages of the page, one under the other.
    pub(super) fn bilingual(
        &mut self,
        words: &Bilingual,
        (first, second): (Style, Style),
        width: f32,
        (role, parent): (Role, Option<NodeId>),
    ) -> Result<Lines> {
        let node = self.tree.add(role, parent, None);
        let mut all = Vec::new();
        for (at, (language, text)) in self.language.of(words).into_iter().enumerate() {
            let span = self.tree.add(Role::Span, Some(node), self.mark(language));
            let style = if at == 0 { first } else { second };
            all.append(&mut self.text(text, style, width, span)?);
        }
        Ok(all)
    }

    pub(super) fn value(
        &mut self,
        value: &Value,
        style: Style,
        width: f32,
        parent: NodeId,
    ) -> Result<Lines> {
        let mut all = Vec::new();
        for (language, text) in self.language.value(value) {
            let mark = language.and_then(|language| self.mark(language));
            let span = self.tree.add(Role::Span, Some(parent), mark);
            let ink =
                if mark.is_some() && style.ink == Ink::Text { Ink::Second } else { style.ink };
            all.append(&mut self.text(&text, Style { ink, ..style }, width, span)?);
        }
        Ok(all)
    }
}

/// Columns cut into rows of one line each.
pub(super) fn slices(cells: Vec<Cell>, leading: f32) -> Vec<Row> {
    let count = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or_default().max(1);
    let mut rows = vec![Row { height: leading, ..Row::default() }; count];
    for Cell { x, width, align, lines } in cells {
        for (row, (line, style, node)) in rows.iter_mut().zip(lines) {
            let y = sheet::base(leading, style);
            row.marks.push(Mark::Text { x, y, width, align, line, style, node: Some(node) });
        }
    }
    rows
}

/// Ties rows together: all of them if they are few, else the first two and the last two.
pub(super) fn tie(rows: &mut [Row], whole: usize) {
    let count = rows.len();
    for (at, row) in rows.iter_mut().enumerate() {
        row.tied = at + 1 < count && (count <= whole || at == 0 || at + 2 == count);
    }
}

pub(super) fn space(rows: &mut [Row], before: f32) {
    if let Some(first) = rows.first_mut() {
        first.before = before;
    }
}

/// Space inside the first and the last of some rows.
pub(super) fn pad(rows: &mut [Row], top: f32, bottom: f32) {
    if let Some(first) = rows.first_mut() {
        let marks = std::mem::take(&mut first.marks);
        first.marks = marks.into_iter().map(|mark| mark.lower(top)).collect();
        first.height += top;
    }
    if let Some(last) = rows.last_mut() {
        last.height += bottom;
    }
}

/// A thin rule under the last of some rows.
pub(super) fn underline(rows: &mut [Row], ink: Ink) {
    if let Some(last) = rows.last_mut() {
        let place = Place { x: 0.0, y: last.height - 0.5, width: MEASURE, height: 0.5 };
        last.marks.push(Mark::Fill { place, ink });
    }
}

/// A rule across the page.
pub(super) fn rule(before: f32, height: f32, ink: Ink) -> Row {
    let place = Place { x: 0.0, y: 0.0, width: MEASURE, height };
    Row { height, before, marks: vec![Mark::Fill { place, ink }], ..Row::default() }
}

/// Rows as one that is never cut.
pub(super) fn joined(rows: Vec<Row>) -> Row {
    let mut whole = Row::default();
    for row in rows {
        let y = whole.height;
        whole.height += row.height;
        whole.marks.extend(row.marks.into_iter().map(|mark| mark.lower(y)));
    }
    whole
}
