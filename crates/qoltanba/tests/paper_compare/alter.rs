//! Pages that carry the genuine data and show something else.

use qoltanba::{
    paper::{PageLanguage, document::Language},
    verdict::{PageMatch, Region},
};

use super::scene::{Scene, cells, document, parsed, regions};

/// The pixels that differ between two first pages, in millimetres: left, top, right, bottom.
fn changed(one: &[u8], other: &[u8]) -> [f64; 4] {
    const DPI: u32 = 150;
    let (one, other) = (parsed(one).raster(0, DPI).unwrap(), parsed(other).raster(0, DPI).unwrap());
    let millimetres = |pixels: u32| f64::from(pixels) * 25.4 / f64::from(DPI);
    let mut bounds = [f64::MAX, f64::MAX, 0.0, 0.0];
    for y in 0..one.height() {
        for x in 0..one.width() {
            if one.get(x, y).abs_diff(other.get(x, y)) > 64 {
                let (x, y) = (millimetres(x), millimetres(y));
                bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
            }
        }
    }
    bounds
}

/// Whether a place holds the change, with no more around it than a few millimetres.
fn holds(region: &Region, [left, top, right, bottom]: [f64; 4]) -> bool {
    let near = |place: u32, wanted: f64| (f64::from(place) - wanted).abs() <= 4.0;
    region.page == 1
        && near(region.x, left)
        && near(region.y, top)
        && near(region.x + region.width, right)
        && near(region.y + region.height, bottom)
}

#[test]
fn each_digit_that_was_changed_is_found_where_it_stands() {
    let scene = Scene::new();
    let genuine = scene.genuine(PageLanguage::Only(Language::Ru));
    let own = parsed(&genuine);
    let mut tried = 0;
    for (cell, text) in cells().iter().enumerate() {
        for (at, digit) in text.char_indices().filter(|(_, letter)| letter.is_ascii_digit()) {
            // Figures that are most alike: 1 and 7, 3 and 8, 5 and 6, 0 and 8, 9 and 0.
            let other = match digit {
                '0' | '3' => '8',
                '1' => '7',
                '7' => '1',
                '5' => '6',
                '6' => '5',
                '8' => '3',
                '9' => '0',
                '2' => '7',
                _ => '1',
            };
            let mut altered = cells();
            altered[cell].replace_range(at..=at, &other.to_string());
            let page = scene.page(&document(&altered), PageLanguage::Only(Language::Ru));
            let found = PageMatch::between(&parsed(&page), &own).unwrap();
            let place = changed(&page, &genuine);
            let [region] = regions(&found) else { panic!("{text} {at}: {found:?}") };
            assert!(holds(region, place), "{text} {at} to {other}: {region:?} {place:?}");
            tried += 1;
        }
    }
    assert!(tried > 50);
}

#[test]
fn small_changes_of_the_text_are_found() {
    let scene = Scene::new();
    for (from, to) in [
        ("12 345,67 ₸", "12 345.67 ₸"),
        ("12 345,67 ₸", "1 2345,67 ₸"),
        ("12 345,67 ₸", "12 345,67"),
        ("03.01.2026", "03,01.2026"),
        ("03.01.2026", "03.01 2026"),
    ] {
        let mut altered = cells();
        let cell = altered.iter_mut().find(|cell| *cell == from).unwrap();
        *cell = to.to_owned();
        let page = scene.page(&document(&altered), PageLanguage::Both);
        let found = scene.judge(&page);
        assert!(matches!(found, PageMatch::Differs { .. }), "{from} to {to}: {found:?}");
    }
    let mut other = document(&cells());
    other.recipient.as_mut().unwrap().name = "Әлімжанова Гүлнар Өсерқызы".into();
    let page = scene.page(&other, PageLanguage::Both);
    let found = scene.judge(&page);
    assert!(!regions(&found).is_empty());
    let png = found.marked(&parsed(&page), 1).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
}
