//! Files: every format and every way to store colours gives the same page.

use std::io::Cursor;

use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, ImageFormat};
use qoltanba::{
    ErrorKind, Limits,
    paper::{
        Raster, ScannedPages,
        picture::{PictureFormat, read},
    },
};
use qoltanba_testkit::Sheet;
use tiff::encoder::{Compression, TiffEncoder, colortype};

use super::page::{carried, document, jpeg, page, png, raster, texts};

/// A small picture without symmetry: a dark corner, a grey ramp.
pub(crate) fn sample() -> Sheet {
    let pixels = (0..40 * 24).map(|at| {
        let (x, y) = (at % 40, at / 40);
        if x < 12 && y < 6 { 0 } else { (80 + x * 4) as u8 }
    });
    Sheet::of(40, 24, pixels.collect()).unwrap()
}

fn one(bytes: &[u8]) -> Raster {
    let mut pages = read(bytes, &Limits::default()).unwrap();
    assert_eq!(pages.len(), 1);
    pages.remove(0)
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// The largest difference of a pixel.
fn apart(one: &Raster, other: &Raster) -> u8 {
    assert_eq!((one.width(), one.height()), (other.width(), other.height()));
    one.pixels().iter().zip(other.pixels()).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

#[test]
fn colours_and_depths_give_the_same_page() {
    let sheet = sample();
    let wanted = raster(&sheet);
    let grey = image::GrayImage::from_raw(40, 24, sheet.pixels().to_vec()).unwrap();
    let grey = DynamicImage::ImageLuma8(grey);
    let same: [DynamicImage; 8] = [
        grey.clone(),
        grey.to_luma_alpha8().into(),
        grey.to_rgb8().into(),
        grey.to_rgba8().into(),
        grey.to_luma16().into(),
        grey.to_luma_alpha16().into(),
        grey.to_rgb16().into(),
        grey.to_rgba16().into(),
    ];
    for (nth, image) in same.iter().enumerate() {
        assert!(apart(&one(&written(image, ImageFormat::Png)), &wanted) <= 1, "PNG {nth}");
        if !matches!(nth, 1 | 5) {
            let tiff = written(image, ImageFormat::Tiff);
            assert!(apart(&one(&tiff), &wanted) <= 1, "TIFF {nth}");
        }
    }
    for image in [&same[2], &same[3]] {
        assert!(apart(&one(&written(image, ImageFormat::WebP)), &wanted) <= 1);
    }
    let mut out = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 95);
    let colours = grey.to_rgb8();
    encoder.write_image(colours.as_raw(), 40, 24, ExtendedColorType::Rgb8).unwrap();
    assert!(apart(&one(&out), &wanted) <= 60, "the edge of the corner");
    assert!(apart(&one(&jpeg(&sheet, 95)), &wanted) <= 60);
}

#[test]
fn what_is_transparent_lies_on_white_paper() {
    let mut clear = image::RgbaImage::new(2, 1);
    clear.put_pixel(0, 0, image::Rgba([0, 0, 0, 0]));
    clear.put_pixel(1, 0, image::Rgba([0, 0, 0, 128]));
    let read = one(&written(&clear.into(), ImageFormat::Png));
    assert_eq!(read.pixels(), [255, 127]);
}

#[test]
fn red_green_and_blue_weigh_what_the_eye_gives_them() {
    let mut colours = image::RgbImage::new(3, 1);
    for (at, colour) in [[255, 0, 0], [0, 255, 0], [0, 0, 255]].into_iter().enumerate() {
        colours.put_pixel(at as u32, 0, image::Rgb(colour));
    }
    assert_eq!(one(&written(&colours.into(), ImageFormat::Png)).pixels(), [76, 149, 28]);
}

#[test]
fn a_palette_of_png_is_looked_up() {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 4, 1);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(vec![0, 0, 0, 255, 255, 255, 255, 0, 0]);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0b0001_1000]).unwrap();
    drop(writer);
    assert_eq!(one(&out).pixels(), [0, 255, 76, 0]);
}

/// An Exif block that says how the camera was held (Exif 2.3 §4.6.4 A), as an APP1 segment.
fn held(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let exif = [
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
        &[orientation, 0, 0, 0, 0, 0, 0],
    ]
    .concat();
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn photographs_are_turned_as_the_camera_was_held() {
    // A dark corner at the top left of what people see, stored as each orientation stores it:
    // where the corner is among the stored pixels (right, below), and whether the sides change.
    let stored = [
        (1, false, false, false),
        (2, true, false, false),
        (3, true, true, false),
        (4, false, true, false),
        (5, false, false, true),
        (6, false, true, true),
        (7, true, true, true),
        (8, true, false, true),
    ];
    for (orientation, right, below, lies) in stored {
        let (width, height) = if lies { (48, 64) } else { (64, 48) };
        let (wide, high) = if lies { (8, 24) } else { (24, 8) };
        let mut sheet = Sheet::white(width, height);
        let left = if right { width - wide } else { 0 };
        let top = if below { height - high } else { 0 };
        let place = (f64::from(left), f64::from(top));
        sheet.draw(place, (1, 1), (f64::from(wide), f64::from(high)), |_, _| true);
        let read = one(&held(&jpeg(&sheet, 90), orientation));
        assert_eq!((read.width(), read.height()), (64, 48), "{orientation}");
        assert!(read.get(4, 4) < 50 && read.get(20, 4) < 50, "{orientation}");
        assert!(read.get(4, 20) > 200 && read.get(60, 44) > 200, "{orientation}");
    }
}

/// A TIFF of several pages.
pub(crate) fn stack(sheets: &[Sheet]) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let encoder = TiffEncoder::new(&mut out).unwrap();
    let mut encoder = encoder.with_compression(Compression::Lzw);
    for sheet in sheets {
        let (width, height) = (sheet.width(), sheet.height());
        encoder.write_image::<colortype::Gray8>(width, height, sheet.pixels()).unwrap();
    }
    out.into_inner()
}

#[test]
fn a_set_over_the_pages_of_a_tiff_is_put_together() {
    let document = document(7, 5);
    let texts = texts(&document);
    let pages = [page(&texts[4..], 200.0), page(&texts[..4], 200.0)];
    let read = read(&stack(&pages), &Limits::default()).unwrap();
    assert_eq!(read.len(), 2);
    assert_eq!(carried(&read).unwrap(), document);
}

#[test]
fn pages_beyond_the_pixels_that_may_be_searched_count_as_unread() {
    let files = [png(&sample()), png(&sample())];
    let searched = |scan_pixels| {
        let limits = Limits { scan_pixels, ..Limits::default() };
        let found = ScannedPages::read(&files, &limits).unwrap();
        (found.pages(), found.unread().len())
    };
    assert_eq!([959, 960, 1919, 1920].map(searched), [(2, 2), (2, 1), (2, 1), (2, 0)]);
}

#[test]
fn only_so_many_pages_and_pixels_are_taken() {
    let sheets = vec![sample(); 5];
    let limits = Limits { picture_pages: 4, ..Limits::default() };
    assert!(is_over_budget(&stack(&sheets), &limits));
    let limits = Limits { picture_pixels: 40 * 24 * 5 - 1, ..Limits::default() };
    assert!(is_over_budget(&stack(&sheets), &limits));
    let limits = Limits { picture_pixels: 40 * 24 * 5, picture_pages: 5, ..Limits::default() };
    assert_eq!(read(&stack(&sheets), &limits).unwrap().len(), 5);
    for bytes in [png(&sample()), jpeg(&sample(), 80), stack(&[sample()])] {
        for limits in [
            Limits { picture_side: 39, ..Limits::default() },
            Limits { picture_pixels: 959, ..Limits::default() },
            Limits { picture_bytes: 959, ..Limits::default() },
            Limits { input_bytes: 40, ..Limits::default() },
        ] {
            assert!(is_over_budget(&bytes, &limits), "{:?}", PictureFormat::of(&bytes));
        }
    }
}

pub(crate) fn is_over_budget(bytes: &[u8], limits: &Limits) -> bool {
    matches!(read(bytes, limits).unwrap_err().kind(), ErrorKind::OverBudget { .. })
}

#[test]
fn a_name_is_not_asked_for() {
    let unknown = read(b"%PDF-1.7", &Limits::default()).unwrap_err();
    assert_eq!(unknown.kind(), &ErrorKind::Unrecognised);
    assert_eq!(PictureFormat::of(&png(&sample())), Some(PictureFormat::Png));
    assert_eq!(PictureFormat::of(&jpeg(&sample(), 80)), Some(PictureFormat::Jpeg));
    assert_eq!(PictureFormat::of(&stack(&[sample()])), Some(PictureFormat::Tiff));
}
