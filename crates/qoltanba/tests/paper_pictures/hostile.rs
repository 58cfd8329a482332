//! Files and pictures made to break a reader: they end in a clear answer, in bounded time.

use std::time::{Duration, Instant};

use image::ImageFormat;
use qoltanba::{
    ErrorKind, Limits,
    paper::{
        Raster,
        picture::{read, symbols},
    },
};
use qoltanba_testkit::Sheet;

use super::{
    files::{is_over_budget, sample, stack},
    page::{document, jpeg, page, png, raster, texts},
};

fn webp(sheet: &Sheet) -> Vec<u8> {
    let grey = image::GrayImage::from_raw(sheet.width(), sheet.height(), sheet.pixels().to_vec());
    let image = image::DynamicImage::ImageLuma8(grey.unwrap()).to_rgb8();
    let mut out = std::io::Cursor::new(Vec::new());
    image.write_to(&mut out, ImageFormat::WebP).unwrap();
    out.into_inner()
}

fn files(sheet: &Sheet) -> [(&'static str, Vec<u8>); 4] {
    [
        ("PNG", png(sheet)),
        ("JPEG", jpeg(sheet, 70)),
        ("TIFF", stack(&[sheet.clone(), sheet.clone()])),
        ("WebP", webp(sheet)),
    ]
}

fn is_told(bytes: &[u8]) -> Result<Vec<Raster>, ErrorKind> {
    let read = read(bytes, &Limits::default()).map_err(|error| error.kind().clone());
    if let Err(kind) = &read {
        assert!(
            matches!(
                kind,
                ErrorKind::Malformed { .. }
                    | ErrorKind::OverBudget { .. }
                    | ErrorKind::Unsupported { .. }
                    | ErrorKind::Unrecognised
            ),
            "{kind:?}"
        );
    }
    read
}

#[test]
fn a_file_that_is_cut_off_is_malformed() {
    let sheet = page(&texts(&document(1, 1)), 50.0);
    for (name, bytes) in files(&sheet) {
        for length in (0..bytes.len()).step_by(100) {
            let kind = is_told(&bytes[..length]).expect_err(name);
            let known = matches!(kind, ErrorKind::Malformed { .. });
            assert!(known || length < 12, "{name} cut at {length}: {kind:?}");
        }
        is_told(&bytes).unwrap();
    }
}

#[test]
fn changed_bytes_never_do_more_than_damage() {
    let sheet = page(&texts(&document(1, 1)), 30.0);
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 16) as usize % below
    };
    let limits = Limits { picture_pixels: 1 << 21, picture_bytes: 16 << 20, ..Limits::default() };
    for (_, bytes) in files(&sheet) {
        for _ in 0..300 {
            let mut changed = bytes.clone();
            for _ in 0..=next(4) {
                let near_the_head = next(2) == 0;
                let at = next(if near_the_head { 64.min(bytes.len()) } else { bytes.len() });
                changed[at] = next(256) as u8;
            }
            for picture in read(&changed, &limits).into_iter().flatten() {
                assert!(picture.pixels().len() <= limits.picture_pixels);
            }
        }
    }
}

/// A PNG that says it has these sides, with next to nothing inside.
fn declared(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(&sample());
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 * (sum & 1)))
    })
}

/// A TIFF by its entries: one strip of one byte.
fn tiff_of(width: u32, height: u32, next: u32) -> Vec<u8> {
    let entries: [(u16, u16, u32); 8] = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 0),
        (278, 4, height),
        (279, 4, 1),
    ];
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(next.to_le_bytes());
    bytes
}

#[test]
fn a_bomb_is_over_budget_before_room_is_made() {
    let start = Instant::now();
    let limits = Limits::default();
    assert!(is_over_budget(&declared(60_000, 60_000), &limits));
    assert!(is_over_budget(&declared(20_000, 20_000), &limits));
    assert!(is_over_budget(&declared(u32::MAX >> 1, 1), &limits));
    assert!(is_over_budget(&tiff_of(60_000, 60_000, 0), &limits));
    assert!(is_over_budget(&tiff_of(u32::MAX, u32::MAX, 0), &limits));
    let mut tall = jpeg(&sample(), 80);
    let frame = tall.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    tall[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert!(is_over_budget(&tall, &limits));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn a_picture_without_pixels_is_malformed() {
    for bytes in [declared(0, 5), declared(5, 0), tiff_of(0, 5, 0), tiff_of(5, 0, 0)] {
        let kind = is_told(&bytes).unwrap_err();
        assert!(matches!(kind, ErrorKind::Malformed { .. }), "{kind:?}");
    }
}

#[test]
fn pages_of_a_tiff_that_run_in_a_circle_are_refused() {
    let kind = is_told(&tiff_of(1, 1, 8)).unwrap_err();
    assert!(matches!(kind, ErrorKind::Malformed { .. }), "{kind:?}");
}

/// Finder patterns side by side over the whole sheet.
fn finders(side: u32, module: u32) -> Sheet {
    let pixels = (0..side * side).map(|at| {
        let (x, y) = (at % side / module % 8, at / side / module % 8);
        let ring = |low: u32, high: u32| (low..=high).contains(&x) && (low..=high).contains(&y);
        if ring(0, 6) && (!ring(1, 5) || ring(2, 4)) { 0 } else { 255 }
    });
    Sheet::of(side, side, pixels.collect()).unwrap()
}

fn noise(side: u32, module: u32) -> Sheet {
    let mut state = 1u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 40 & 1 == 0
    };
    let mut sheet = Sheet::white(side, side);
    let dark: Vec<bool> = (0..(side / module).pow(2)).map(|_| next()).collect();
    let count = (side / module) as usize;
    let size = f64::from(module);
    sheet.draw((0.0, 0.0), (count, count), (size, size), |x, y| dark[y * count + x]);
    sheet
}

#[test]
fn sheets_full_of_false_symbols_end_in_bounded_time() {
    let limits = Limits::default();
    let stripes = (0..1_500 * 1_500).map(|at| if at % 1_500 / 3 % 2 == 0 { 0 } else { 255 });
    let sheets = [
        ("finders of 1", finders(1_500, 1)),
        ("finders of 3", finders(1_500, 3)),
        ("finders of 11", finders(1_500, 11)),
        ("noise of 1", noise(1_500, 1)),
        ("noise of 4", noise(1_500, 4)),
        ("stripes", Sheet::of(1_500, 1_500, stripes.collect()).unwrap()),
    ];
    for (name, sheet) in sheets {
        let start = Instant::now();
        assert!(symbols(&[raster(&sheet)], &limits)[0].is_empty());
        println!("{name}: {:?}", start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(60), "{name}: {:?}", start.elapsed());
    }
    let none = Limits { picture_passes: 0, ..limits };
    let sheet = page(&texts(&document(1, 1)), 100.0);
    assert!(symbols(&[raster(&sheet)], &none)[0].is_empty());
}

/// Symbols that are damaged, each in its own way, are read rightly or not at all.
#[test]
fn damaged_symbols_are_never_read_as_something_else() {
    let texts = texts(&document(1, 1));
    let sheet = page(&texts, 100.0);
    let side = 180;
    let symbol = sheet.part(55, sheet.height() - 230, side, side);
    assert_eq!(symbols(&[raster(&symbol)], &Limits::default())[0][0].text, texts[0]);
    let mut state = 99u64;
    let mut next = |below: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u32 % below
    };
    for _ in 0..120 {
        let mut pixels = symbol.pixels().to_vec();
        for _ in 0..1 + next(12) {
            let (left, top, size) = (next(side), next(side), 1 + next(40));
            let shade = next(256) as u8;
            for (at, pixel) in pixels.iter_mut().enumerate() {
                let (x, y) = (at as u32 % side, at as u32 / side);
                if (left..left + size).contains(&x) && (top..top + size).contains(&y) {
                    *pixel = shade;
                }
            }
        }
        let picture = Raster::new(side, side, pixels).unwrap();
        for read in symbols(&[picture], &Limits::default()).concat() {
            assert_eq!(read.text, texts[0]);
        }
    }
    for (width, height) in [(1, 1), (1, 900), (900, 1), (7, 7), (39, 41)] {
        let tiny = Raster::new(width, height, vec![0; (width * height) as usize]).unwrap();
        assert!(symbols(&[tiny], &Limits::default())[0].is_empty());
    }
}
