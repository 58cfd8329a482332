//! Tables: how wide their columns are, heads that repeat, rows that stay whole.

use super::{
    compose::{Cell, Composer, joined, pad, slices, space, tie, underline},
    flow::{Mark, NodeId, Place, Role, Row},
    line::{Align, Ink, Style},
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

/// The letters of a table.
struct Letters {
    cell: Style,
    head: Style,
    head_second: Style,
    leading: f32,
}

const LETTERS: Letters = Letters {
    cell: sheet::CELL,
    head: sheet::CELL_HEAD,
    head_second: sheet::CELL_HEAD_SECOND,
    leading: 12.0,
};

/// Those of a table with many columns.
const SMALL_LETTERS: Letters = Letters {
    cell: sheet::SMALL_CELL,
    head: sheet::SMALL_CELL_HEAD,
    head_second: sheet::SMALL_CELL_HEAD_SECOND,
    leading: 9.5,
};

/// A column's place and side.
#[derive(Clone, Copy)]
struct Track {
    x: f32,
    width: f32,
    align: Align,
}

/// How wide a column has to be for its longest number, for its longest word, and how wide it would
/// like to be.
#[derive(Clone, Copy, Default)]
struct Need {
    firm: f32,
    least: f32,
    liked: f32,
}

impl Composer<'_, '_> {
    pub(super) fn table(&mut self, table: &Table) -> Result<()> {
        Limits::check("columns of one table", table.columns.len(), MOST_COLUMNS)?;
        let node = self.tree.add(Role::Table, None, None);
        self.caption(table, node)?;
        let mut letters = &LETTERS;
        let mut needs = self.needs(table, letters)?;
        if needs.iter().map(|need| need.least).sum::<f32>() > MEASURE {
            letters = &SMALL_LETTERS;
            needs = self.needs(table, letters)?;
        }
        let tracks = tracks(table, &needs);
        let head = self.head(&table.columns, &tracks, letters, node)?;
        let repeats = head.iter().map(|row| row.height).sum::<f32>() < sheet::BODY / 4.0;
        let index = repeats.then(|| {
            self.flow.heads.push(head.clone());
            self.flow.heads.len() - 1
        });
        self.push(head, !table.rows.is_empty());
        let body = self.tree.add(Role::TableBody, Some(node), None);
        for (at, row) in table.rows.iter().enumerate() {
            let mut rows = self.row(row, &tracks, letters, body)?;
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

    fn head(
        &mut self,
        columns: &[Column],
        tracks: &[Track],
        letters: &Letters,
        table: NodeId,
    ) -> Result<Vec<Row>> {
        let head = self.tree.add(Role::TableHead, Some(table), None);
        let line = self.tree.add(Role::TableRow, Some(head), None);
        let mut cells = Vec::new();
        for (column, track) in columns.iter().zip(tracks) {
            let style = (letters.head, letters.head_second);
            let role = (Role::HeadCell, Some(line));
            let lines = self.bilingual(&column.label, style, track.width, role)?;
            cells.push(Cell { x: track.x, width: track.width, align: track.align, lines });
        }
        let mut rows = slices(cells, letters.leading - 0.5);
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

    fn row(
        &mut self,
        values: &[Value],
        tracks: &[Track],
        letters: &Letters,
        body: NodeId,
    ) -> Result<Vec<Row>> {
        let line = self.tree.add(Role::TableRow, Some(body), None);
        let mut cells = Vec::new();
        for (value, track) in values.iter().zip(tracks) {
            let node = self.tree.add(Role::Cell, Some(line), None);
            let lines = self.value(value, letters.cell, track.width, node)?;
            cells.push(Cell { x: track.x, width: track.width, align: track.align, lines });
        }
        let mut rows = slices(cells, letters.leading);
        pad(&mut rows, 2.5, 2.5);
        underline(&mut rows, Ink::Hair);
        tie(&mut rows, usize::MAX);
        Ok(rows)
    }

    fn needs(&mut self, table: &Table, letters: &Letters) -> Result<Vec<Need>> {
        let mut needs = vec![Need::default(); table.columns.len()];
        let language = self.language;
        for (column, need) in table.columns.iter().zip(&mut needs) {
            for (_, text) in language.of(&column.label) {
                self.need(text, letters.head, need)?;
            }
        }
        for row in &table.rows {
            for (value, need) in row.iter().zip(&mut needs) {
                for (_, text) in language.value(value) {
                    self.need(&text, letters.cell, need)?;
                }
                if !matches!(value, Value::Text(_) | Value::Bilingual(_)) {
                    need.firm = need.firm.max(self.firm(value, letters)?);
                }
            }
        }
        Ok(needs)
    }

    /// The width of a value that should stay in one line.
    fn firm(&mut self, value: &Value, letters: &Letters) -> Result<f32> {
        let mut width: f32 = 0.0;
        for (_, text) in self.language.value(value) {
            width = width.max(self.width(&text, letters.cell)? + 2.0 * INSET + 0.5);
        }
        Ok(width)
    }

    fn need(&mut self, text: &str, style: Style, need: &mut Need) -> Result<()> {
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

fn tracks(table: &Table, needs: &[Need]) -> Vec<Track> {
    let mut x = 0.0;
    let mut tracks = Vec::new();
    for (at, width) in share(needs, MEASURE).into_iter().enumerate() {
        let align = side(table, at);
        tracks.push(Track { x: x + INSET, width: width - 2.0 * INSET, align });
        x += width;
    }
    tracks
}

/// Amounts stand digit under digit, numbers in the middle, words at the left.
fn side(table: &Table, column: usize) -> Align {
    let values = || table.rows.iter().filter_map(|row| row.get(column));
    if values().next().is_none() {
        Align::Left
    } else if values().all(|value| matches!(value, Value::Amount(_))) {
        Align::Right
    } else if values().all(|value| matches!(value, Value::Number(_))) {
        Align::Centre
    } else {
        Align::Left
    }
}

/// Shares a width among columns: to each what it likes if there is enough, else what its longest
/// word needs and a part of the rest. Where not even that is there, words break before numbers do.
fn share(needs: &[Need], width: f32) -> Vec<f32> {
    let sum = |of: fn(&Need) -> f32| needs.iter().map(of).sum::<f32>();
    let (liked, least, firm) = (sum(|n| n.liked), sum(|n| n.least), sum(|n| n.firm));
    if liked <= width {
        let part = width / liked.max(1.0);
        return needs.iter().map(|need| need.liked * part).collect();
    }
    if least <= width {
        let part = (width - least) / (liked - least).max(1.0);
        return needs
            .iter()
            .map(|need| (need.liked - need.least).mul_add(part, need.least))
            .collect();
    }
    if firm >= width {
        let part = width / firm.max(1.0);
        return needs.iter().map(|need| need.firm * part).collect();
    }
    let at = |fair: f32| -> Vec<f32> {
        needs.iter().map(|need| need.least.min(fair).max(need.firm)).collect()
    };
    // The sum grows with what is fair: halving finds where it is the width.
    let (mut low, mut high) = (0.0, width);
    for _ in 0..32 {
        let middle = (low + high) / 2.0;
        if at(middle).iter().sum::<f32>() > width { high = middle } else { low = middle }
    }
    at(low)
}
