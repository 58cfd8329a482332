//! Pictures of pages, as a reader of PDF draws them.

use std::sync::Arc;

use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::InterpreterSettings,
    hayro_syntax::Pdf,
    render,
    vello_cpu::{Pixmap, color::palette::css::WHITE},
};
use hayro_svg::SvgRenderSettings;

use crate::{
    error::{Error, Result},
    paper::raster::Raster,
};

const NOT_DRAWN: Error = Error::misuse("the page cannot be drawn");
const RESOLUTION: Error = Error::misuse("a picture of a page has from 10 to 600 dots in an inch");

/// Every page at so many dots in an inch.
pub(super) fn pixmaps(pdf: Vec<u8>, dpi: f32) -> Result<Vec<Pixmap>> {
    if !(10.0..=600.0).contains(&dpi) {
        return Err(RESOLUTION);
    }
    let pdf = Pdf::new(Arc::new(pdf)).map_err(|_| NOT_DRAWN)?;
    let scale = dpi / 72.0;
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let cache = RenderCache::new();
    let draw = |page| {
        let interpreter = InterpreterSettings::default();
        render(page, &cache, &interpreter, &RenderSettings::default(), &settings)
    };
    Ok(pdf.pages().iter().map(draw).collect())
}

pub(super) fn png(pixmap: Pixmap) -> Result<Vec<u8>> {
    pixmap.into_png().map_err(|_| NOT_DRAWN)
}

/// Grey as the eye weighs colours (ITU-R BT.601).
pub(super) fn grey(pixmap: &Pixmap) -> Result<Raster> {
    let weigh = |r: u8, g: u8, b: u8| {
        let sum = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b);
        u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX)
    };
    let pixels = pixmap.data().iter().map(|p| weigh(p.r, p.g, p.b)).collect();
    Raster::new(u32::from(pixmap.width()), u32::from(pixmap.height()), pixels)
}

/// Every page as SVG.
pub(super) fn svg(pdf: Vec<u8>) -> Result<Vec<String>> {
    let pdf = Pdf::new(Arc::new(pdf)).map_err(|_| NOT_DRAWN)?;
    let cache = hayro_svg::RenderCache::new();
    let settings = SvgRenderSettings { bg_color: [255; 4] };
    let interpreter = InterpreterSettings::default();
    let draw = |page| hayro_svg::convert(page, &cache, &interpreter, &settings);
    Ok(pdf.pages().iter().map(draw).collect())
}
