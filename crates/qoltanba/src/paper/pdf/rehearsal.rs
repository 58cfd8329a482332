//! A page is drawn once without drawing: every path, picture and layer is counted by what the
//! renderer would do with it, and the first step too many ends it.
//!
//! The renderer itself cannot be stopped. It goes through the same operations in the same order,
//! so what passes here is bounded there.

use std::panic::resume_unwind;

use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
    StrokeProps,
    font::{Glyph, GlyphRun},
    pattern::{Pattern, TilingPattern},
    util::x_y_advances,
};
use hayro::kurbo::{Affine, BezPath, ParamCurveArclen as _, PathEl, Rect, Shape as _};

use crate::budget::Limits;

/// An operation, a piece of a path, and a pixel of an edge.
const OPERATION: f64 = 2000.0;
const PIECE: f64 = 200.0;
const EDGE: f64 = 32.0;
/// A curve is cut into as many lines as the root of its length in pixels, and more.
const CURVE: f64 = 20.0;
const GLYPH: f64 = 4000.0;
/// A pixel that is filled, and one that a layer covers without being drawn on.
const FILLED: f64 = 1.0;
const COVERED: f64 = 1.0 / 16.0;
/// A pixel of a gradient that has to be computed.
const SHADED: f64 = 500.0;
/// Masks and tiles that are kept while a page is drawn, in pages.
const KEPT: f64 = 16.0;

/// The word that the rehearsal ends with when there is too much.
pub(super) struct TooMuch;

/// Counts what a renderer would do.
pub(super) struct Rehearsal {
    target: Rect,
    left: f64,
    kept: f64,
    /// What a pattern, glyph or mask runs besides what it draws.
    aside: f64,
    pixels: f64,
}

impl Rehearsal {
    pub(super) fn new(width: u16, height: u16, aside: u64, limits: &Limits) -> Self {
        let target = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        Self {
            target,
            left: limits.page_steps as f64,
            kept: KEPT * target.area(),
            aside: aside as f64,
            pixels: limits.page_pixels as f64,
        }
    }

    /// Ends the rehearsal when the steps are used up. What is not a number is too much.
    fn spend(&mut self, steps: f64) {
        self.left -= steps;
        if self.left.is_nan() || self.left < 0.0 {
            // The interpreter has no way out but this one; it holds nothing that could be left
            // in disorder, and the hook for panics is not called.
            resume_unwind(Box::new(TooMuch));
        }
    }

    fn keep(&mut self, pixels: f64) {
        self.kept -= pixels;
        if self.kept.is_nan() || self.kept < 0.0 {
            resume_unwind(Box::new(TooMuch));
        }
        self.spend(pixels);
    }

    fn visible(&self, rect: Rect) -> f64 {
        let seen = rect.intersect(self.target);
        seen.width().max(0.0) * seen.height().max(0.0)
    }

    /// The outline of a path on the page.
    fn outline(&mut self, path: &BezPath, transform: Affine) -> Rect {
        let scale = x_y_advances(&transform);
        let scale = scale.0.length().max(scale.1.length());
        let longest = 2.0 * (self.target.width() + self.target.height());
        let mut steps = OPERATION;
        for segment in path.segments() {
            let length = segment.arclen(1.0) * scale;
            steps += PIECE + EDGE * length.min(longest);
            if !matches!(segment, hayro::kurbo::PathSeg::Line(_)) {
                steps += CURVE * length.sqrt();
            }
        }
        let others = path.elements().iter().filter(|e| matches!(e, PathEl::MoveTo(_))).count();
        self.spend(steps + PIECE * others as f64);
        transform.transform_rect_bbox(path.bounding_box())
    }

    fn path(&mut self, path: &BezPath, props: &DrawProps<'_>, mode: &DrawMode) {
        let mut bounds = self.outline(path, props.transform);
        let stroke = match mode {
            DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) => Some(stroke),
            _ => None,
        };
        if let Some(stroke) = stroke {
            let wide = self.stroke(path, stroke, props.transform);
            bounds = bounds.inflate(wide, wide);
        }
        let area = self.visible(bounds);
        self.spend(FILLED * area);
        self.paint(&props.paint, bounds, stroke.is_some());
    }

    /// A stroke has two sides, and a dashed one as many pieces as dashes fit in.
    fn stroke(&mut self, path: &BezPath, stroke: &StrokeProps, transform: Affine) -> f64 {
        let length: f64 = path.segments().map(|segment| segment.arclen(1.0)).sum();
        let scale = x_y_advances(&transform);
        let scale = scale.0.length().max(scale.1.length());
        let round = f64::from(stroke.line_width.abs()) * scale;
        let count = path.elements().len() as f64;
        self.spend(count * (PIECE * 4.0 + CURVE * round.sqrt()));
        if !stroke.dash_array.is_empty() {
            let dashes: f64 = stroke.dash_array.iter().map(|dash| f64::from(dash.abs())).sum();
            let each = dashes / stroke.dash_array.len() as f64;
            self.spend(4.0 * PIECE * (length + f64::from(stroke.dash_offset.abs())) / each);
        }
        round * f64::from(stroke.miter_limit.abs().clamp(1.0, 100.0))
    }

    fn paint(&mut self, paint: &Paint<'_>, bounds: Rect, is_stroke: bool) {
        let Paint::Pattern(pattern) = paint else { return };
        let area = self.visible(bounds);
        match &**pattern {
            Pattern::Shading(_) => self.spend(OPERATION + SHADED * area),
            Pattern::Tiling(tile) => self.tile(tile, bounds.intersect(self.target), is_stroke),
        }
    }

    /// As `tiling_paint` of the renderer: one tile, drawn as often as copies of it overlap.
    fn tile(&mut self, tile: &TilingPattern<'_>, area: Rect, is_stroke: bool) {
        let area = tile.matrix.inverse().transform_rect_bbox(area);
        let (x, y) = x_y_advances(&tile.matrix);
        let across = axis(x.length(), tile.bbox.x0, tile.bbox.x1, tile.x_step, area.x0, area.x1);
        let down = axis(y.length(), tile.bbox.y0, tile.bbox.y1, tile.y_step, area.y0, area.y1);
        self.keep(across.size * down.size);
        let copies = (across.copies * down.copies).max(1.0);
        self.spend(copies * (OPERATION + self.aside));
        // Every copy is the same but for its place.
        let before = self.left;
        let own = self.target;
        self.target = Rect::new(0.0, 0.0, across.size, down.size);
        let scale = Affine::scale_non_uniform(across.scale, down.scale);
        tile.interpret(self, scale, is_stroke);
        self.target = own;
        self.spend((before - self.left) * (copies - 1.0));
    }

    fn mask(&mut self, mask: Option<&SoftMask<'_>>) {
        if let Some(mask) = mask {
            self.keep(self.target.area());
            self.spend(self.aside + OPERATION);
            mask.interpret(self);
        }
    }
}

struct Axis {
    scale: f64,
    size: f64,
    copies: f64,
}

fn axis(scale: f64, start: f64, end: f64, step: f32, from: f64, to: f64) -> Axis {
    let step = f64::from(step.abs());
    let width = end - start;
    let visible = (to - from).max(0.0);
    let scale = (step * scale).round().max(1.0) / step;
    let (size, copies) = if visible >= step {
        (step * scale, (width / step).ceil())
    } else {
        (visible * scale + 2.0, ((visible + width) / step).ceil() + 1.0)
    };
    Axis { scale, size: size.clamp(1.0, f64::from(u16::MAX)), copies: copies.max(1.0) }
}

impl<'a> Device<'a> for Rehearsal {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.mask(props.soft_mask.as_ref());
        self.path(path, &props, mode);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let bounds = self.outline(&clip.path, Affine::IDENTITY);
        self.spend(COVERED * self.visible(bounds));
    }

    fn push_transparency_group(&mut self, _: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.spend(OPERATION + COVERED * self.target.area());
        self.mask(mask.as_ref());
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.mask(props.soft_mask.as_ref());
        if matches!(mode, DrawMode::Invisible) {
            return;
        }
        if let Paint::Pattern(_) = props.paint {
            self.paint(&props.paint, self.target, false);
        }
        for glyph in run.glyphs() {
            match &**glyph {
                Glyph::Outline(outline) => {
                    let path = outline.outline();
                    let transform = props.transform * glyph.transform();
                    let bounds = self.outline(&path, transform);
                    self.spend(GLYPH + FILLED * self.visible(bounds));
                    if let DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) = mode {
                        self.stroke(&path, stroke, transform);
                    }
                }
                Glyph::Type3(drawn) => {
                    self.spend(GLYPH + self.aside);
                    drawn.interpret(self, props.transform, glyph.transform(), &props.paint);
                }
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.mask(props.soft_mask.as_ref());
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let (x, y) = x_y_advances(&props.transform);
        let shrunk = x.length() < 1.0 || y.length() < 1.0;
        let longest = f64::from(u16::MAX / 2);
        let (wide, high) = if shrunk {
            ((width * x.length()).ceil().min(longest), (height * y.length()).ceil().min(longest))
        } else {
            (width, height)
        };
        let made = wide * high;
        if made.is_nan() || made > self.pixels {
            resume_unwind(Box::new(TooMuch));
        }
        let seen = props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, width, height));
        // A stencil filled with a pattern is drawn on a page of its own.
        let layers = COVERED * 4.0 * self.target.area();
        self.spend(OPERATION + 8.0 * (width * height + made) + self.visible(seen) + layers);
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
