//! A PDF in the hands of poppler, qpdf and zbar.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A file on the disk.
pub(crate) struct Pdf {
    folder: TempDir,
    path: PathBuf,
}

/// A word and where it stands, in points.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
    pub(crate) text: String,
}

impl Word {
    /// Whether the letters of two words touch: boxes are as high as the tallest letter of a font,
    /// so those of neighbouring lines may.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let middle = |w: &Self| (w.top + w.bottom) / 2.0;
        let height = (self.bottom - self.top).min(other.bottom - other.top);
        let level = (middle(self) - middle(other)).abs() < height * 0.55;
        level && self.left + 0.2 < other.right && other.left + 0.2 < self.right
    }
}

impl Pdf {
    pub(crate) fn new(octets: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("document.pdf");
        fs::write(&path, octets).unwrap();
        Self { folder, path }
    }

    /// What a tool says of the file.
    pub(crate) fn run(&self, tool: &str, before: &[&str], after: &[&str]) -> String {
        let output = Command::new(tool).args(before).arg(&self.path).args(after).output();
        let output = output.unwrap_or_else(|error| panic!("{tool}: {error}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{tool}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The text of each page in the order of drawing.
    pub(crate) fn page_texts(&self) -> Vec<String> {
        let text = self.run("pdftotext", &["-raw"], &["-"]);
        let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
        pages.pop();
        pages
    }

    /// The text without white space and without what repeats on pages, which stands at their end.
    pub(crate) fn text_without_repeats(&self) -> String {
        let mut all = String::new();
        let pages = self.page_texts();
        let count = pages.len();
        for (at, page) in pages.iter().enumerate() {
            let folio = format!("{} / {count}", at + 1);
            let end = page.rfind(&folio).filter(|_| count > 1).unwrap_or(page.len());
            all.extend(page[..end].chars().filter(|c| !c.is_whitespace()));
        }
        all
    }

    pub(crate) fn attachment(&self, name: &str) -> Vec<u8> {
        let list = self.run("pdfdetach", &["-list"], &[]);
        let place = list.lines().find_map(|line| {
            let (place, found) = line.split_once(": ")?;
            (found == name).then(|| place.to_owned())
        });
        let place = place.unwrap_or_else(|| panic!("no {name} in {list}"));
        let out = self.folder.path().join(name);
        self.run("pdfdetach", &["-save", &place, "-o", out.to_str().unwrap()], &[]);
        fs::read(out).unwrap()
    }

    /// Every page as a picture.
    pub(crate) fn pages(&self, dpi: u32) -> Vec<PathBuf> {
        let root = self.folder.path().join("page");
        let dpi = dpi.to_string();
        self.run("pdftoppm", &["-r", &dpi, "-gray", "-png"], &[root.to_str().unwrap()]);
        let files = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut pages: Vec<PathBuf> = files.filter(|p| p.extension().unwrap() == "png").collect();
        pages.sort();
        pages
    }

    /// The words of each page.
    pub(crate) fn words(&self) -> Vec<Vec<Word>> {
        let text = self.run("pdftotext", &["-bbox"], &["-"]);
        let mut pages = Vec::new();
        for line in text.lines().map(str::trim) {
            if line.starts_with("<page") {
                pages.push(Vec::new());
            } else if line.starts_with("<word") {
                let number = |name: &str| -> f64 {
                    let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
                    rest.split('"').next().unwrap().parse().unwrap()
                };
                let (_, rest) = line.split_once('>').unwrap();
                pages.last_mut().unwrap().push(Word {
                    left: number("xMin"),
                    top: number("yMin"),
                    right: number("xMax"),
                    bottom: number("yMax"),
                    text: rest.split("</word>").next().unwrap().to_owned(),
                });
            }
        }
        pages
    }
}

/// The texts of the barcodes of a picture.
pub(crate) fn zbar(page: &Path) -> Vec<String> {
    let output = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(page).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}
