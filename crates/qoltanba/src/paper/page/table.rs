//! Tables: how wide their columns are, heads that repeat, rows that stay whole.

use super::{
    compose::{Cell, Composer, joined, pad, slices, space, tie, underline},
    flow::{Mark, NodeId, Place, Role, Row},
    line::{Align, Ink},
    sheet::{self, MEASURE, MM},
};
use crate::{
    budget::Limits,
    error::Result,
    paper::document::{Column, Table, Value},
};

/// More columns than this leave no room for words.
const MOST_COLUMNS: usize = 14;
/// Space at the sides of a cell.
const INSET: f32 = 1.5 * MM;
const LEADING: f32 = 12.0;

/// A column's place and side.
#[derive(Clone, Copy)]
struct Track {
    x: f32,
    width: f32,
    align: Align,
}

/// How wide a column has to be for its longest word, and how wide it would like to be.
#[derive(Clone, Copy, Default)]
struct Need {
    least: f32,
    liked: f32,
}

impl Composer<'_, '_> {
    pub(super) fn table(&mut self, table: &Table) -> Result<()> {
        Limits::check("columns of one table", table.columns.len(), MOST_COLUMNS)?;
        let node = self.tree.add(Role::Table, None, None);
        self.caption(table, node)?;
        let tracks = self.tracks(table)?;
        let head = self.head(&table.columns, &tracks, node)?;
        let repeats = head.iter().map(|row| row.height).sum::<f32>() < sheet::BODY / 4.0;
        let index = repeats.then(|| {
            self.flow.heads.push(head.clone());
            self.flow.heads.len() - 1
        });
        self.push(head, !table.rows.is_empty());
        let body = self.tree.add(Role::TableBody, Some(node), None);
        for (at, row) in table.rows.iter().enumerate() {
            let mut rows = self.row(row, &tracks, body)?;
            rows.iter_mut().for_each(|row| row.head = index);
            // A row never stands alone under its head on the last page.
            self.push(rows, at + 2 == table.rows.len());
        }
        Ok(())
    }

    fn caption(&mut self, table: &Table, node: NodeId) -> Result<()> {
        let before = 6.0 * MM;
        let Some(words) = &table.caption else {
            self.push(vec![Row { height: 0.0, before, ..Row::default() }], true);
            return Ok(());
        };
        let style = (sheet::HEADING, sheet::HEADING_SECOND);
        let lines = self.bilingual(words, style, MEASURE, (Role::Caption, Some(node)))?;
        let cell = Cell { x: 0.0, width: MEASURE, align: Align::Left, lines };
        let mut rows = slices(vec![cell], 14.0);
        tie(&mut rows, usize::MAX);
        space(&mut rows, before);
        pad(&mut rows, 0.0, 1.5 * MM);
        self.push(rows, true);
        Ok(())
    }

    fn head(&mut self, columns: &[Column], tracks: &[Track], table: NodeId) -> Result<Vec<Row>> {
        let head = self.tree.add(Role::TableHead, Some(table), None);
        let line = self.tree.add(Role::TableRow, Some(head), None);
        let mut cells = Vec::new();
        for (column, track) in columns.iter().zip(tracks) {
            let style = (sheet::CELL_HEAD, sheet::CELL_HEAD_SECOND);
            let role = (Role::HeadCell, Some(line));
            let lines = self.bilingual(&column.label, style, track.width, role)?;
            cells.push(Cell { x: track.x, width: track.width, align: track.align, lines });
        }
        let mut rows = slices(cells, LEADING - 0.5);
        pad(&mut rows, 3.5, 3.5);
        underline(&mut rows, Ink::Accent);
        for row in &mut rows {
            let place = Place { x: 0.0, y: 0.0, width: MEASURE, height: row.height };
            row.marks.insert(0, Mark::Fill { place, ink: Ink::Tint });
        }
        let height: f32 = rows.iter().map(|row| row.height).sum();
        if height < sheet::BODY / 4.0 {
            return Ok(vec![joined(rows)]);
        }
        tie(&mut rows, 0);
        Ok(rows)
    }

    fn row(&mut self, values: &[Value], tracks: &[Track], body: NodeId) -> Result<Vec<Row>> {
        let line = self.tree.add(Role::TableRow, Some(body), None);
        let mut cells = Vec::new();
        for (value, track) in values.iter().zip(tracks) {
            let node = self.tree.add(Role::Cell, Some(line), None);
            let lines = self.value(value, sheet::CELL, track.width, node)?;
            cells.push(Cell { x: track.x, width: track.width, align: track.align, lines });
        }
        let mut rows = slices(cells, LEADING);
        pad(&mut rows, 2.5, 2.5);
        underline(&mut rows, Ink::Hair);
        tie(&mut rows, usize::MAX);
        Ok(rows)
    }

    fn tracks(&mut self, table: &Table) -> Result<Vec<Track>> {
        let mut needs = vec![Need::default(); table.columns.len()];
        let language = self.language;
        for (column, need) in table.columns.iter().zip(&mut needs) {
            for (_, text) in language.of(&column.label) {
                self.need(text, sheet::CELL_HEAD, need)?;
            }
        }
        for row in &table.rows {
            for (value, need) in row.iter().zip(&mut needs) {
                for (_, text) in language.value(value) {
                    self.need(&text, sheet::CELL, need)?;
                }
            }
        }
        let widths = share(&needs, MEASURE);
        let mut x = 0.0;
        let mut tracks = Vec::new();
        for (at, width) in widths.into_iter().enumerate() {
            let align = if is_amount(table, at) { Align::Right } else { Align::Left };
            tracks.push(Track { x: x + INSET, width: width - 2.0 * INSET, align });
            x += width;
        }
        Ok(tracks)
    }

    fn need(&mut self, text: &str, style: super::line::Style, need: &mut Need) -> Result<()> {
        for paragraph in text.lines() {
            let mut whole = 0.0;
            for word in paragraph.split([' ', '\t']).filter(|word| !word.is_empty()) {
                let width = self.shaper.word(style.weight, word)?.width * style.size;
                need.least = need.least.max(width + 2.0 * INSET + 0.5);
                whole += width + self.shaper.space(style.weight) * style.size;
            }
            need.liked = need.liked.max((whole + 2.0 * INSET + 0.5).min(MEASURE));
        }
        Ok(())
    }
}

/// Whether a column holds what is added up.
fn is_amount(table: &Table, column: usize) -> bool {
    let mut values = table.rows.iter().filter_map(|row| row.get(column)).peekable();
    values.peek().is_some()
        && values.all(|value| matches!(value, Value::Amount(_) | Value::Number(_)))
}

/// Shares a width among columns: to each what it likes if there is enough, else what its longest
/// word needs and a part of the rest; where not even that is there, the wide ones give way.
fn share(needs: &[Need], width: f32) -> Vec<f32> {
    #[allow(clippy::cast_precision_loss, reason = "a few columns")]
    let count = needs.len() as f32;
    let liked: f32 = needs.iter().map(|need| need.liked).sum();
    let least: f32 = needs.iter().map(|need| need.least).sum();
    if liked <= width {
        let more = (width - liked) / count;
        return needs.iter().map(|need| need.liked + more).collect();
    }
    if least <= width {
        let wish = (liked - least).max(1.0);
        let part = (width - least) / wish;
        return needs
            .iter()
            .map(|need| (need.liked - need.least).mul_add(part, need.least))
            .collect();
    }
    let mut fair = width / count;
    for _ in 0..needs.len() {
        let (narrow, wide): (Vec<&Need>, Vec<&Need>) =
            needs.iter().partition(|need| need.least <= fair);
        let taken: f32 = narrow.iter().map(|need| need.least).sum();
        #[allow(clippy::cast_precision_loss, reason = "a few columns")]
        let next = (width - taken) / wide.len().max(1) as f32;
        if (next - fair).abs() < 0.01 {
            break;
        }
        fair = next;
    }
    needs.iter().map(|need| need.least.min(fair)).collect()
}
