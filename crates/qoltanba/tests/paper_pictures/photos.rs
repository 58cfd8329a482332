//! Several pictures of one set, places of symbols, and other people's readers.

use std::{fs, process::Command};

use qoltanba::{
    Limits,
    paper::{
        QrSymbol, Raster,
        picture::{Point, SymbolKind, symbols},
    },
};
use qoltanba_testkit::Sheet;

use super::page::{NUMBER, carried, document, page, png, raster, set, squeezed, texts};

#[test]
fn photographs_in_any_order_overlapping_and_turned_give_the_document() {
    let document = document(8, 3);
    let sheet = page(&texts(&document), 200.0);
    let (width, height) = (sheet.width(), sheet.height());
    // Each shows three of the four columns of the foot of the page, or the upper rows of it.
    let foot = height / 5 * 3;
    let photo = |left: u32, wide: u32, degrees: f64| {
        let part = sheet.part(left, foot, wide, height - foot);
        raster(&squeezed(&part.rotated(degrees).tilted(0.04), 70))
    };
    let right = width / 4 * 3;
    let photos = vec![photo(width - right, right, 93.0), photo(0, right, -4.0)];
    assert_eq!(carried(&photos).unwrap(), document);
    let again: Vec<Raster> = photos.iter().rev().chain(&photos).cloned().collect();
    assert_eq!(carried(&again).unwrap(), document);
}

#[test]
fn a_part_that_is_on_no_picture_is_named() {
    let texts = texts(&document(5, 4));
    let first = raster(&page(&texts[..2], 200.0));
    let second = raster(&page(&texts[3..], 200.0));
    let set = set(&[second, first]).unwrap();
    assert_eq!((set.amount(), set.missing()), (5, vec![3]));
}

#[test]
fn a_symbol_that_is_painted_over_leaves_the_others() {
    let texts = texts(&document(3, 6));
    let mut sheet = page(&texts, 200.0);
    let (x, y) = (f64::from(sheet.width()) * 0.35, f64::from(sheet.height()) * 0.87);
    sheet.draw((x, y), (1, 1), (160.0, 160.0), |_, _| true);
    let set = set(&[raster(&sheet)]).unwrap();
    assert_eq!(set.missing(), [2]);
}

/// How far a place is from where it should be.
fn off(found: Point, (x, y): (f64, f64)) -> f64 {
    (found.x - x).hypot(found.y - y)
}

#[test]
fn corners_lie_where_the_symbol_was_drawn() {
    let text = &texts(&document(1, 8))[0];
    let symbol = QrSymbol::fit(text, 45.0).unwrap();
    let size = symbol.size();
    let mut worst = [0.0f64; 3];
    for module in [2.1, 2.83, 4.25] {
        let mut sheet = Sheet::white(1_000, 800);
        let (left, top) = (203.4, 151.7);
        let end = size as f64 * module;
        sheet.draw((left, top), (size, size), (module, module), |x, y| symbol.is_dark(x, y));
        let corners = [(0.0, 0.0), (end, 0.0), (end, end), (0.0, end)];
        let found = |sheet: &Sheet| {
            let read = symbols(&[raster(sheet)], &Limits::default()).concat();
            assert_eq!(read[0].kind, SymbolKind::Qr { modules: size as u32 });
            read[0].corners
        };
        for (corner, (x, y)) in found(&sheet).iter().zip(corners) {
            worst[0] = worst[0].max(off(*corner, (left + x, top + y)));
        }
        for (nth, degrees) in [(1, 90.0), (2, 7.0)] {
            let turned = sheet.rotated(degrees);
            let (sin, cos) = f64::to_radians(degrees).sin_cos();
            let middle = (f64::from(turned.width()) / 2.0, f64::from(turned.height()) / 2.0);
            for (corner, (x, y)) in found(&turned).iter().zip(corners) {
                let (x, y) = (left + x - 500.0, top + y - 400.0);
                let place = (x * cos - y * sin + middle.0, x * sin + y * cos + middle.1);
                worst[nth] = worst[nth].max(off(*corner, place));
            }
        }
    }
    println!("corners are off by {worst:?} pixels at most");
    assert!(worst.iter().all(|off| *off < 0.15), "{worst:?}");
}

#[test]
fn the_number_in_bars_is_read() {
    let sheet = page(&texts(&document(1, 2)), 200.0);
    // The set would be whole before the bars are looked for.
    let head = sheet.part(0, 0, sheet.width(), sheet.height() / 2);
    for seen in [head.clone(), head.rotated(6.0), head.rotated(90.0)] {
        let read = symbols(&[raster(&seen)], &Limits::default()).concat();
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].kind, read[0].text.as_str()), (SymbolKind::Code128, NUMBER));
    }
}

#[test]
fn zbarimg_reads_what_is_read_here() {
    let sheet = page(&texts(&document(5, 9)), 300.0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.png");
    fs::write(&file, png(&sheet)).unwrap();
    let Ok(peer) = Command::new("zbarimg").args(["--raw", "-q"]).arg(&file).output() else {
        println!("zbarimg is not installed");
        return;
    };
    let said = String::from_utf8(peer.stdout).unwrap();
    let mut theirs: Vec<&str> = said.lines().filter(|line| line.starts_with('<')).collect();
    let mut ours = super::page::scan(&[raster(&sheet)]);
    ours.sort();
    theirs.sort_unstable();
    assert_eq!(ours, theirs);
}

/// Letters outside of ASCII, in the bytes of one segment, as every writer of the country has them.
#[test]
fn kazakh_letters_are_not_guessed_at() {
    for text in ["<t>Өтініш қабылданды: Әлия Ұлықбекқызы, ₸ 12 000</t>", "ҚР", "é à ü", "日本語"]
    {
        let symbol = QrSymbol::encode(text, qoltanba::paper::QrLevel::M).unwrap();
        let mut sheet = Sheet::white(400, 400);
        let size = (symbol.size(), symbol.size());
        sheet.draw((40.0, 40.0), size, (4.0, 4.0), |x, y| symbol.is_dark(x, y));
        let read = symbols(&[raster(&sheet)], &Limits::default()).concat();
        assert_eq!(read[0].text, text);
    }
}
