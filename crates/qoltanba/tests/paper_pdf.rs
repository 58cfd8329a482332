#![allow(dead_code, clippy::unwrap_used, clippy::disallowed_methods)]
use qoltanba::{Limits, paper::pdf::PdfFile};
#[test]
fn probe() {
    let folder = std::env::var("QOLTANBA_VECTORS").unwrap() + "/minted/open/pdf";
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let limits = Limits::default();
        let t = std::time::Instant::now();
        match PdfFile::parse(&bytes, &limits) {
            Err(e) => println!("{path:?}: {e}"),
            Ok(pdf) => {
                println!("{path:?}: {pdf:?} {:?}", t.elapsed());
                for i in 0..pdf.pages() {
                    let t = std::time::Instant::now();
                    let r = pdf.raster(i, 200);
                    println!(
                        "   {:?} {:?}",
                        r.as_ref().map(|r| (r.width(), r.height())),
                        t.elapsed()
                    );
                    if let Ok(r) = r {
                        let t = std::time::Instant::now();
                        println!("   symbols {} {:?}", r.symbols(&limits).len(), t.elapsed());
                    }
                }
            }
        }
    }
}
