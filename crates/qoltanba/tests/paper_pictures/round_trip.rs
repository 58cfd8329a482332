//! Each condition of a scan or a photograph alone, and several at once.

use std::collections::BTreeMap;

use qoltanba_testkit::Sheet;

use super::page::{carried, document, page, raster, squeezed, texts};

type Condition = (&'static str, fn(&Sheet, u64) -> Sheet);

/// What a page must stand at 200 dpi and above.
const ALONE: [Condition; 14] = [
    ("as it is", |sheet, _| sheet.clone()),
    ("rotated 1", |sheet, _| sheet.rotated(1.0)),
    ("rotated -2.5", |sheet, _| sheet.rotated(-2.5)),
    ("rotated 5", |sheet, _| sheet.rotated(5.0)),
    ("rotated -7.3", |sheet, _| sheet.rotated(-7.3)),
    ("rotated 10", |sheet, _| sheet.rotated(10.0)),
    ("rotated -10", |sheet, _| sheet.rotated(-10.0)),
    ("JPEG 50", |sheet, _| squeezed(sheet, 50)),
    ("noise 12", |sheet, seed| sheet.noisy(12.0, seed)),
    ("noise 20", |sheet, seed| sheet.noisy(20.0, seed)),
    ("tilted 5 %", |sheet, _| sheet.tilted(0.05)),
    ("tilted 10 %", |sheet, _| sheet.tilted(0.10)),
    ("blurred 0.7", |sheet, _| sheet.blurred(0.7)),
    ("light 50 %", |sheet, _| sheet.shaded(0.5)),
];

/// What is told as a rate.
const TOGETHER: [Condition; 9] = [
    ("rotated 4, JPEG 50", |sheet, _| squeezed(&sheet.rotated(4.0), 50)),
    ("rotated 10, noise 12, JPEG 50", |sheet, seed| {
        squeezed(&sheet.rotated(10.0).noisy(12.0, seed), 50)
    }),
    ("tilted 5 %, noise 12", |sheet, seed| sheet.tilted(0.05).noisy(12.0, seed)),
    ("blurred 0.7, noise 12", |sheet, seed| sheet.blurred(0.7).noisy(12.0, seed)),
    ("light 50 %, tilted 10 %, JPEG 50", |sheet, _| squeezed(&sheet.tilted(0.10).shaded(0.5), 50)),
    ("blurred 1.0", |sheet, _| sheet.blurred(1.0)),
    ("blurred 1.3", |sheet, _| sheet.blurred(1.3)),
    ("blurred 1.0, 10 degrees, noise 8, JPEG 50", |sheet, seed| {
        squeezed(&sheet.rotated(10.0).blurred(1.0).noisy(8.0, seed), 50)
    }),
    ("all: 3 degrees, 5 %, 0.7, light, noise 8, JPEG 50", |sheet, seed| {
        let seen = sheet.rotated(3.0).tilted(0.05).blurred(0.7);
        squeezed(&seen.shaded(0.6).noisy(8.0, seed), 50)
    }),
];

fn passes(parts: usize, dpi: f64, seed: u64, condition: &Condition) -> Result<(), String> {
    let document = document(parts, seed);
    let texts = texts(&document);
    assert_eq!(texts.len(), parts);
    let sheet = condition.1(&page(&texts, dpi), seed);
    match carried(&[raster(&sheet)]) {
        Ok(carried) => {
            assert_eq!(carried, document);
            Ok(())
        }
        Err(error) => Err(format!("{parts} parts, {dpi} dpi, {}: {error}", condition.0)),
    }
}

#[test]
fn each_condition_alone_is_stood_at_200_dpi_and_above() {
    let mut failed = Vec::new();
    for dpi in [200.0, 300.0] {
        for (nth, condition) in ALONE.iter().enumerate() {
            let parts = 3 + nth % 6;
            failed.extend(passes(parts, dpi, nth as u64 + 1, condition).err());
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Every condition at every resolution with sets of three to eight, as a table.
#[test]
#[ignore = "a table of rates, to be read: cargo test --test paper_pictures -- --ignored --nocapture"]
fn rates() {
    let mut lines: BTreeMap<(usize, &str), Vec<String>> = BTreeMap::new();
    let conditions = ALONE.iter().chain(&TOGETHER);
    for dpi in [150.0, 200.0, 300.0] {
        for (nth, condition) in conditions.clone().enumerate() {
            let start = std::time::Instant::now();
            let tried = (3..=8).map(|parts| passes(parts, dpi, parts as u64, condition));
            let failed: Vec<String> = tried.filter_map(Result::err).collect();
            let rate = format!("{} of 6", 6 - failed.len());
            println!("{dpi} {} {rate} {failed:?} {:?}", condition.0, start.elapsed());
            lines.entry((nth, condition.0)).or_default().push(rate);
        }
    }
    println!("{:<52}{:>10}{:>10}{:>10}", "pages read whole", "150 dpi", "200 dpi", "300 dpi");
    for ((_, name), rates) in lines {
        println!("{name:<52}{:>10}{:>10}{:>10}", rates[0], rates[1], rates[2]);
    }
}
