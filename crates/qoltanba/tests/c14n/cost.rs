//! What parsing and canonicalising cost, by size. Run with `--release -- --ignored cost`.

use std::time::Instant;

use libtest_mimic::Trial;
use qoltanba::xmldsig::{
    Document, Method, PrefixList, Selection, Subtree, XmlLimits, canonicalize_to,
};

pub(crate) fn trials(all: &mut Vec<Trial>) {
    all.push(Trial::test("cost", || cost().map_err(Into::into)).with_ignored_flag(true));
}

/// Records as a portal sends them: namespaces, attributes, text with references, CR LF.
fn document(bytes: usize) -> Vec<u8> {
    let mut source = String::with_capacity(bytes + 512);
    source.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<r:records xmlns:r=\"urn:r\">");
    let mut number = 0;
    while source.len() < bytes {
        number += 1;
        source.push_str(&format!(
            "\r\n  <r:record id=\"{number}\" xmlns:p{}=\"urn:p\"><name>Тест &amp; {number}</name>\
             <p{}:note kind='a'>some text, &#13;some more of it and <!-- a comment --></p{}:note>\
             </r:record>",
            number % 7,
            number % 7,
            number % 7
        ));
    }
    source.push_str("</r:records>");
    source.into_bytes()
}

/// Peak resident memory in bytes since the last call to [`reset_peak`], where the system says.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok()? << 10)
}

fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn cost() -> Result<(), String> {
    let shown = |error: qoltanba::Error| error.to_string();
    let mut slowest: Option<(f64, f64)> = None;
    for bytes in [1 << 10, 64 << 10, 1 << 20, 10 << 20, 100 << 20] {
        let source = document(bytes);
        let rounds = ((4 << 20) / bytes).max(1);
        reset_peak();
        let before = peak().unwrap_or_default();
        let started = Instant::now();
        for _ in 0..rounds {
            Document::parse(&source, &XmlLimits::default()).map_err(shown)?;
        }
        let parsing = started.elapsed().as_secs_f64() / rounds as f64;
        let parsed = Document::parse(&source, &XmlLimits::default()).map_err(shown)?;
        let held = peak().unwrap_or_default().saturating_sub(before);
        let whole = Subtree::document();
        let rate = |seconds: f64| source.len() as f64 / seconds / 1e6;
        print!(
            "{:>10} bytes: parse {:>6.0} MB/s, peak {:>7.1} MB more ({:.1} a byte)",
            source.len(),
            rate(parsing),
            held as f64 / 1e6,
            held as f64 / source.len() as f64
        );
        let mut fastest = f64::INFINITY;
        for method in [Method::Inclusive10, Method::Inclusive11, Method::Exclusive10WithComments] {
            let mut length = 0;
            let started = Instant::now();
            for _ in 0..rounds {
                canonicalize_to(
                    &parsed,
                    &Selection::Subtree(&whole),
                    method,
                    &PrefixList::none(),
                    &mut |part| length += part.len(),
                )
                .map_err(shown)?;
            }
            let seconds = started.elapsed().as_secs_f64() / rounds as f64;
            fastest = fastest.min(rate(seconds));
            print!(", {method:?} {:.0} MB/s", rate(seconds));
        }
        println!();
        let this = (rate(parsing), fastest);
        if let Some(best) = slowest
            && (this.0 * 8.0 < best.0 || this.1 * 8.0 < best.1)
        {
            return Err(format!("{bytes} bytes cost more than in proportion"));
        }
        slowest = Some(slowest.map_or(this, |best| (best.0.max(this.0), best.1.max(this.1))));
    }
    Ok(())
}
