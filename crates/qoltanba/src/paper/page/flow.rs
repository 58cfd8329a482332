//! Rows from top to bottom, what they draw and mean, and how they fall into pages.

use super::{
    line::{Align, Ink, Line, Style},
    sheet,
};
use crate::{
    budget::Limits,
    error::Result,
    paper::{document::Language, symbol::QrSymbol},
};

/// Pages of text of one document.
pub(super) const MOST_PAGES: usize = 200;

/// A node of the logical structure, in the order of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeId(pub(super) usize);

/// What a part of the document is (ISO 32000-1 §14.8.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    Section,
    Heading(u16),
    Paragraph,
    List { numbered: bool },
    Item,
    Label,
    Body,
    Table,
    TableHead,
    TableBody,
    TableRow,
    HeadCell,
    Cell,
    Caption,
    Span,
    Figure { alt: String },
    Note,
}

/// One node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) role: Role,
    pub(super) parent: Option<NodeId>,
    pub(super) language: Option<Language>,
}

/// The logical structure.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
}

impl Tree {
    pub(super) fn add(
        &mut self,
        role: Role,
        parent: Option<NodeId>,
        language: Option<Language>,
    ) -> NodeId {
        self.nodes.push(Node { role, parent, language });
        NodeId(self.nodes.len() - 1)
    }
}

/// A rectangle, in points from the top left of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// Something to draw.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    /// A line of text; `y` is its base line. Without a node it is no part of the document.
    Text {
        x: f32,
        y: f32,
        width: f32,
        align: Align,
        line: Line,
        style: Style,
        node: Option<NodeId>,
    },
    /// A filled rectangle: decoration.
    Fill { place: Place, ink: Ink },
    /// The mark beside the header: decoration.
    Emblem { place: Place },
    /// The bars of the unique number.
    Bars { place: Place, node: NodeId },
    /// The QR symbol of this index.
    Symbol { place: Place, index: usize, node: NodeId },
    /// The QR symbol of a link.
    Link { place: Place, symbol: Box<QrSymbol>, node: NodeId },
}

impl Mark {
    /// The same a few points lower.
    pub(super) fn lower(mut self, by: f32) -> Self {
        match &mut self {
            Self::Text { y, .. } => *y += by,
            Self::Fill { place, .. }
            | Self::Emblem { place }
            | Self::Bars { place, .. }
            | Self::Symbol { place, .. }
            | Self::Link { place, .. } => place.y += by,
        }
        self
    }

    /// The same, no part of the document: a head that repeats.
    pub(super) fn repeated(mut self) -> Self {
        if let Self::Text { node, .. } = &mut self {
            *node = None;
        }
        self
    }

    pub(super) const fn node(&self) -> Option<NodeId> {
        match self {
            Self::Text { node, .. } => *node,
            Self::Bars { node, .. } | Self::Symbol { node, .. } | Self::Link { node, .. } => {
                Some(*node)
            }
            Self::Fill { .. } | Self::Emblem { .. } => None,
        }
    }
}

/// A stripe of the page that is never cut.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) height: f32,
    /// Space above, except at the top of a page.
    pub(super) before: f32,
    /// No page ends between this row and the next.
    pub(super) tied: bool,
    /// Which head is repeated when a page starts with this row.
    pub(super) head: Option<usize>,
    pub(super) marks: Vec<Mark>,
}

/// A document as rows.
#[derive(Debug, Default)]
pub(super) struct Flow {
    pub(super) rows: Vec<Row>,
    pub(super) heads: Vec<Vec<Row>>,
}

/// A page: what is drawn where, in points from the top left corner of the area for content.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) marks: Vec<Mark>,
    /// How far down it is filled.
    pub(super) filled: f32,
}

impl Page {
    pub(super) fn put(&mut self, row: Row, y: f32) {
        let filled = self.filled.max(y + row.height);
        self.marks.extend(row.marks.into_iter().map(|mark| mark.lower(y)));
        self.filled = filled;
    }
}

impl Flow {
    /// Lets the rows fall into pages: rows that are tied stay together unless they are longer
    /// than a page, and the heads of tables repeat.
    ///
    /// # Errors
    /// Over budget for too many pages.
    pub(super) fn paginate(self) -> Result<Vec<Page>> {
        let mut pages = Pages { heads: self.heads, done: Vec::new(), page: Page::default() };
        let mut group: Vec<Row> = Vec::new();
        for row in self.rows {
            let tied = row.tied;
            group.push(row);
            if !tied {
                pages.take(std::mem::take(&mut group))?;
            }
        }
        pages.take(group)?;
        pages.done.push(pages.page);
        Ok(pages.done)
    }
}

struct Pages {
    heads: Vec<Vec<Row>>,
    done: Vec<Page>,
    page: Page,
}

impl Pages {
    /// Takes in rows that belong together.
    fn take(&mut self, group: Vec<Row>) -> Result<()> {
        let height: f32 = group.iter().map(|row| row.before + row.height).sum();
        let left = self.limit() - self.page.filled;
        let is_long = height > sheet::BODY_LATER - self.head_height(group.first());
        // What no page holds is cut between its rows, and begins where a third of a page is left.
        let stays = height <= left || (is_long && left > sheet::BODY_LATER / 3.0);
        if !stays && self.page.filled > 0.0 {
            self.turn()?;
        }
        for row in group {
            let needed = row.before + row.height;
            if self.page.filled > 0.0 && self.page.filled + needed > self.limit() + 0.01 {
                self.turn()?;
            }
            self.place(row);
        }
        Ok(())
    }

    fn limit(&self) -> f32 {
        if self.done.is_empty() { sheet::BODY } else { sheet::BODY_LATER }
    }

    fn head_height(&self, row: Option<&Row>) -> f32 {
        let head = row.and_then(|row| row.head).and_then(|head| self.heads.get(head));
        head.map_or(0.0, |rows| rows.iter().map(|row| row.height).sum())
    }

    fn turn(&mut self) -> Result<()> {
        self.done.push(std::mem::take(&mut self.page));
        Limits::check("pages of one document", self.done.len(), MOST_PAGES)
    }

    fn place(&mut self, row: Row) {
        if self.page.filled > 0.0 {
            let y = self.page.filled + row.before;
            self.page.put(row, y);
            return;
        }
        let head = row.head.and_then(|head| self.heads.get(head)).cloned().unwrap_or_default();
        for mut part in head {
            part.marks = part.marks.into_iter().map(Mark::repeated).collect();
            let y = self.page.filled;
            self.page.put(part, y);
        }
        let y = self.page.filled;
        self.page.put(row, y);
    }
}
