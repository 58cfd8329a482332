//! The measures of the sheet and its letters, in points of 1/72 inch.

use super::{
    font::Weight,
    line::{Ink, Style},
};

/// Points in a millimetre.
pub(super) const MM: f32 = 72.0 / 25.4;

/// A4 (ISO 216).
pub(super) const WIDTH: f32 = 210.0 * MM;
pub(super) const HEIGHT: f32 = 297.0 * MM;

/// The left margin is wide enough for a binder.
pub(super) const LEFT: f32 = 25.0 * MM;
pub(super) const RIGHT: f32 = 15.0 * MM;
pub(super) const TOP: f32 = 12.0 * MM;
/// From the second page on the number of the document stands above the content.
pub(super) const TOP_LATER: f32 = 22.0 * MM;
pub(super) const BOTTOM: f32 = 14.0 * MM;

/// The area for content.
pub(super) const MEASURE: f32 = WIDTH - LEFT - RIGHT;
pub(super) const BODY: f32 = HEIGHT - TOP - BOTTOM;
pub(super) const BODY_LATER: f32 = HEIGHT - TOP_LATER - BOTTOM;

const fn regular(size: f32, ink: Ink) -> Style {
    Style { weight: Weight::Regular, size, ink }
}

const fn bold(size: f32, ink: Ink) -> Style {
    Style { weight: Weight::Bold, size, ink }
}

pub(super) const HEADER: Style = bold(9.0, Ink::Accent);
pub(super) const HEADER_SECOND: Style = regular(9.0, Ink::Text);
pub(super) const SMALL_LABEL: Style = regular(7.5, Ink::Label);
pub(super) const NUMBER: Style = bold(12.5, Ink::Text);
pub(super) const DATE: Style = bold(9.5, Ink::Text);
pub(super) const PARTY: Style = bold(9.5, Ink::Text);
pub(super) const PARTY_SECOND: Style = regular(9.5, Ink::Text);
pub(super) const TITLE: Style = bold(14.0, Ink::Accent);
pub(super) const TITLE_SECOND: Style = bold(12.0, Ink::Text);
pub(super) const HEADING: Style = bold(11.0, Ink::Accent);
pub(super) const HEADING_SECOND: Style = regular(10.0, Ink::Label);
pub(super) const LABEL: Style = regular(9.0, Ink::Label);
pub(super) const VALUE: Style = regular(10.5, Ink::Text);
pub(super) const TEXT: Style = regular(10.5, Ink::Text);
pub(super) const CELL: Style = regular(9.0, Ink::Text);
pub(super) const CELL_HEAD: Style = bold(8.5, Ink::Text);
pub(super) const CELL_HEAD_SECOND: Style = regular(8.0, Ink::Label);
pub(super) const SMALL_CELL: Style = regular(7.0, Ink::Text);
pub(super) const SMALL_CELL_HEAD: Style = bold(6.8, Ink::Text);
pub(super) const SMALL_CELL_HEAD_SECOND: Style = regular(6.5, Ink::Label);
pub(super) const PROMINENT: Style = bold(40.0, Ink::Accent);
pub(super) const PROMINENT_LONG: Style = bold(20.0, Ink::Accent);
pub(super) const SIGNATORY: Style = bold(10.5, Ink::Text);
pub(super) const LEGAL: Style = regular(8.0, Ink::Text);
pub(super) const FOOTNOTE: Style = regular(7.0, Ink::Label);
pub(super) const PART: Style = regular(7.5, Ink::Label);
pub(super) const FOLIO: Style = regular(8.0, Ink::Label);

/// The height of capitals of the main typeface, in em.
const CAPITALS: f32 = 0.714;

/// Where the base line stands in a line of this height.
pub(super) fn base(leading: f32, style: Style) -> f32 {
    CAPITALS.mul_add(style.size, leading) / 2.0
}
