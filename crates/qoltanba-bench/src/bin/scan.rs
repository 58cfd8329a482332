//! Speed of reading a page back from a picture, against `zbarimg` on the same file.
//!
//! ```text
//! cargo run --release -p qoltanba-bench --bin scan [FILE...]
//! ```
//!
//! Without files, pages of A4 with five barcodes are drawn as a scanner gives them. The time is
//! that of the processor on one core, from the bytes of the file to the document, the best of ten
//! rounds; for `zbarimg` it is what its process took in user and system mode, mean of ten. A ratio
//! above one means that it takes longer than this.
#![expect(clippy::print_stdout, reason = "a report is what this program is for")]

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use image::{ExtendedColorType, ImageEncoder as _};
use qoltanba::{
    Limits,
    paper::{BarcodeScan, BarcodeSet, QrSymbol, picture},
};
use qoltanba_testkit::Sheet;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const ROUNDS: u32 = 10;
/// Clock ticks a second in what the kernel tells of processes (`proc_pid_stat(5)`, USER_HZ).
const TICKS: f64 = 100.0;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut files: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        files = drawn(folder.path())?;
    }
    println!("{:<34}{:>8}{:>10}{:>12}{:>8}", "file", "symbols", "ms", "zbarimg ms", "ratio");
    for file in files {
        let bytes = fs::read(&file)?;
        let (mut best, mut symbols) = (f64::INFINITY, 0);
        for _ in 0..ROUNDS {
            let before = own_seconds()?;
            symbols = read(&bytes)?;
            best = best.min(own_seconds()? - before);
        }
        let peer = zbarimg(&file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (ours, theirs) = (best * 1000.0, peer * 1000.0);
        println!("{name:<34}{symbols:>8}{ours:>10.1}{theirs:>12.1}{:>8.2}", theirs / ours);
    }
    Ok(())
}

/// From the bytes of a file to the document, if there is a whole one on it.
fn read(bytes: &[u8]) -> Result<usize> {
    let limits = Limits::default();
    let pages = picture::read(bytes, &limits)?;
    let symbols = picture::symbols(&pages, &limits).concat();
    let texts: Vec<&str> = symbols.iter().map(|symbol| symbol.text.as_str()).collect();
    for set in &BarcodeScan::read(&texts, &limits)?.sets {
        if set.problem().is_none() {
            set.assemble(&limits)?;
        }
    }
    Ok(symbols.len())
}

fn zbarimg(file: &Path) -> Result<f64> {
    let before = children_seconds()?;
    for _ in 0..ROUNDS {
        let output = Command::new("zbarimg").args(["-q", "--raw"]).arg(file).output()?;
        // Four: no symbol was found.
        if !matches!(output.status.code(), Some(0 | 4)) {
            return Err("zbarimg failed".into());
        }
    }
    Ok((children_seconds()? - before) / f64::from(ROUNDS))
}

fn own_seconds() -> Result<f64> {
    let said = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: f64 = said.split_whitespace().next().ok_or("no schedstat")?.parse()?;
    Ok(nanoseconds / 1e9)
}

/// What the children that have ended took.
fn children_seconds() -> Result<f64> {
    let said = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = said.rsplit_once(')').ok_or("no stat")?;
    let ticks = fields.split_whitespace().skip(13).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
}

/// Pages with five barcodes of a document that cannot be compressed.
fn drawn(folder: &Path) -> Result<Vec<PathBuf>> {
    const SIDE: f64 = 45.0;
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[5]
    };
    let document: Vec<u8> = (0..2_900).map(|_| next()).collect();
    let texts = BarcodeSet::write(&document, "10100000000017", "2026-11-25T12:00:00Z".parse()?)?;
    let mut files = Vec::new();
    for dpi in [150.0, 200.0, 300.0] {
        let pixels = |millimetres: f64| millimetres / 25.4 * dpi;
        let mut sheet = Sheet::a4(dpi);
        for line in 0..24_usize {
            let place = (pixels(20.0), pixels(30.0 + line as f64 * 6.0));
            sheet.draw(place, (400, 8), (pixels(0.4), pixels(0.35)), |column, row| {
                (column / 30 + line) % 4 != 0 && (column * 7 + row * 13 + column * row) % 5 < 2
            });
        }
        for (index, text) in texts.iter().enumerate() {
            let symbol = QrSymbol::fit(text, SIDE)?;
            let module = pixels(symbol.module(SIDE));
            let left = pixels(15.0 + (index % 4) as f64 * SIDE);
            let top = pixels(195.0 + (index / 4) as f64 * SIDE);
            let size = (symbol.size(), symbol.size());
            sheet.draw((left, top), size, (module, module), |x, y| symbol.is_dark(x, y));
        }
        let seen = sheet.rotated(1.5).blurred(0.5).noisy(6.0, 1);
        for (name, sheet) in [("clean", sheet), ("scanned", seen)] {
            let file = folder.join(format!("{name}-{dpi}.png"));
            let mut png = Vec::new();
            image::codecs::png::PngEncoder::new(&mut png).write_image(
                sheet.pixels(),
                sheet.width(),
                sheet.height(),
                ExtendedColorType::L8,
            )?;
            fs::write(&file, png)?;
            files.push(file);
        }
    }
    Ok(files)
}
