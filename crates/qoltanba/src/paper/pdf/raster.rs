//! A page as grey pixels.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::{
        Context, InterpreterCache, InterpreterSettings, TransformExt as _, interpret_page,
    },
    kurbo::{Affine, Rect},
    vello_cpu::color::palette::css::WHITE,
};
use hayro_syntax::page::Page;

use super::{
    cost,
    rehearsal::{Rehearsal, TooMuch},
};
use crate::{
    budget::Limits,
    error::{Error, Result},
    paper::Raster,
};

/// Units of a page in an inch (ISO 32000-2 §8.3.2.3).
const UNITS: f32 = 72.0;

pub(super) fn draw(page: &Page<'_>, dpi: u32, limits: &Limits) -> Result<Raster> {
    let scale = dpi as f32 / UNITS;
    let (width, height) = sides(page, scale, limits)?;
    let aside = cost::of_page(page, limits)?;
    rehearse(page, scale, (width, height), aside, limits)?;
    let pixmap = hayro::render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        // The programs inside fonts that move their outlines are not run.
        &RenderSettings { hinting: false, ..RenderSettings::default() },
        &PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE },
    );
    let grey = pixmap.data_as_u8_slice().chunks_exact(4).map(|pixel| match pixel {
        [red, green, blue, _] => luma(*red, *green, *blue),
        _ => u8::MAX,
    });
    Raster::new(u32::from(pixmap.width()), u32::from(pixmap.height()), grey.collect())
}

/// The weights of ITU-R BT.601.
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX)
}

fn sides(page: &Page<'_>, scale: f32, limits: &Limits) -> Result<(u16, u16)> {
    let (width, height) = page.render_dimensions();
    let (width, height) = (width * scale, height * scale);
    let fits = width.is_finite() && height.is_finite();
    let pixels = f64::from(width) * f64::from(height);
    let longest = f32::from(u16::MAX);
    if !fits || pixels > limits.page_pixels as f64 || width > longest || height > longest {
        return Err(Error::over_budget("pixels of a page", limits.page_pixels as u64));
    }
    if width < 1.0 || height < 1.0 {
        return Err(Error::malformed("PDF: a page without a size"));
    }
    Ok((width as u16, height as u16))
}

fn rehearse(
    page: &Page<'_>,
    scale: f32,
    (width, height): (u16, u16),
    aside: u64,
    limits: &Limits,
) -> Result<()> {
    let transform = Affine::scale(f64::from(scale)) * page.initial_transform(true).to_kurbo();
    let target = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let work = || {
        let cache = InterpreterCache::new();
        let settings = InterpreterSettings::default();
        let mut context = Context::new(transform, target, &cache, page.xref(), settings);
        let mut rehearsal = Rehearsal::new(width, height, aside, limits);
        interpret_page(page, &mut context, &mut rehearsal);
    };
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(()) => Ok(()),
        Err(word) if word.is::<TooMuch>() => {
            Err(Error::over_budget("drawing a page", limits.page_steps as u64))
        }
        Err(panic) => resume_unwind(panic),
    }
}
