//! The page of a protocol: an output document made by a form, as any other.

use std::sync::LazyLock;

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Conclusion, Lang, Result,
    identity::Subject,
    paper::{
        PageLanguage, Renderer, SignedDocument,
        document::{LocalTime, OutputDocument, UniqueNumber},
        form::{Form, Issue},
        law::Law,
    },
    report::SignatureReport,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    mask::{hidden, masked},
    statement::About,
};
use crate::{
    problem::Problem,
    verify::{Answer, FileFacts, hex},
};

/// Rows of signatures and of evidence: the JSON has all.
const ROWS: usize = 20;
/// Rows of files, which a check has seldom more of.
const FILES: usize = 40;
/// Characters of a name, of a line of evidence, of a sentence; the form has room for a few more.
const NAME: usize = 120;
const LONG_NAME: usize = 300;
const LINE: usize = 490;
const SENTENCE: usize = 1900;

/// Fonts are the same for every page.
static RENDERER: LazyLock<Result<Renderer>> = LazyLock::new(Renderer::new);

pub(super) fn form() -> Result<Form> {
    Form::from_toml(include_str!("form.toml"))
}

/// The page as a document that is yet to be signed.
pub(super) fn document(
    form: &Form,
    law: &Law,
    answer: &Answer,
    about: &About<'_>,
    said: &[u8],
) -> std::result::Result<OutputDocument, Problem> {
    let report = &answer.report;
    let words = |tell: &dyn Fn(Lang) -> String| in_both(|lang| fit(&tell(lang), SENTENCE));
    let signatures = report.signatures();
    let has_remarks = !answer.remarks(Lang::Kk).is_empty();
    let given = json!({
        "verdict": words(&|lang| answer.title(lang).to_owned()),
        "sentence": words(&|lang| answer.because(lang)),
        "remarks": has_remarks.then(|| words(&|lang| answer.remarks(lang).join(" "))),
        "kind": words(&|lang| answer.kind().pick(lang).to_owned()),
        "checked_at": answer.now.to_string(),
        "judged_at": answer.at.to_string(),
        "signatures_count": signatures.len(),
        "files_count": answer.files.len(),
        "files": answer.files.iter().take(FILES).map(file).collect::<Vec<_>>(),
        "digests": answer.digests.iter().take(ROWS).map(digest).collect::<Vec<_>>(),
        "signatures": signatures.iter().take(ROWS).map(signature).collect::<Vec<_>>(),
        "evidence": evidence(answer),
        "protocol_sha256": grouped(&hex(&Sha256::digest(said))),
        "kept_until": about.expires.to_string(),
        "link": about.url,
    });
    let issue = Issue {
        number: UniqueNumber::generate(&mut UnwrapErr(SysRng)),
        issued: LocalTime(about.made),
        issuer: about.issuer.clone(),
        law,
        header: None,
    };
    form.fill(&given, &issue).map_err(|faults| {
        let at: Vec<&str> = faults.iter().map(qoltanba::paper::form::FieldFault::at).collect();
        tracing::error!(?at, "protocol without a page");
        Problem::internal()
    })
}

/// The page as PDF.
pub(super) fn pdf(page: Vec<u8>) -> Result<Vec<u8>> {
    let renderer = RENDERER.as_ref().map_err(Clone::clone)?;
    SignedDocument::read(page)?.pdf(renderer, PageLanguage::Both)
}

fn file(file: &FileFacts) -> Value {
    json!({
        "name": or_dash(fit(file.name.as_deref().unwrap_or_default(), NAME)),
        "bytes": file.bytes,
        "sha256": grouped(&hex(&file.sha256)),
    })
}

/// Nobody is named but by a signature that passed.
fn signature(signature: &SignatureReport) -> Value {
    let passed = match &signature.conclusion {
        Conclusion::Passed(accepted) => Some(accepted.signer().subject()),
        _ => None,
    };
    let told = |lang| match signature.deciding_reason() {
        Some(reason) => fit(&reason.text(lang), SENTENCE),
        None => signature.conclusion.verdict().text(lang).to_owned(),
    };
    let role = |lang| {
        let role = passed.and_then(|subject| subject.role);
        role.map_or("—", |role| role.text(lang)).to_owned()
    };
    let iin = passed.and_then(|subject| subject.iin).map(|iin| hidden(iin.as_str()));
    json!({
        "signer": or_dash(passed.map(full_name).unwrap_or_default()),
        "number": or_dash(iin.unwrap_or_default()),
        "organisation": or_dash(passed.map(organisation).unwrap_or_default()),
        "role": in_both(role),
        "verdict": in_both(told),
    })
}

fn full_name(subject: &Subject) -> String {
    let parts = [&subject.name, &subject.patronymic].into_iter().flatten();
    fit(&parts.map(String::as_str).collect::<Vec<_>>().join(" "), LONG_NAME)
}

/// The number is never cut, and never taken for that of a person.
fn organisation(subject: &Subject) -> String {
    let name = subject.organisation.as_deref().map(|name| fit(name, LONG_NAME));
    let bin = subject.bin.map(|bin| bin.to_string());
    let parts = [name, bin].into_iter().flatten();
    parts.collect::<Vec<_>>().join(", ")
}

/// What was at hand and what was fetched, one a line.
fn evidence(answer: &Answer) -> Vec<String> {
    let lists = answer.lists.iter().map(|list| {
        let next = list.next_update.map_or_else(|| "—".to_owned(), |next| next.to_string());
        format!("CRL {}: {} – {next}", list.issuer, list.this_update)
    });
    let fetched = answer
        .sources
        .iter()
        .map(|source| format!("{} {}: {}", source.kind.code(), source.address, source.fetched));
    fetched.chain(lists).map(|line| fit(&line, LINE)).take(ROWS).collect()
}

/// A digest that stood for a document.
fn digest((name, value): &(&str, Vec<u8>)) -> String {
    format!("{name}: {}", grouped(&hex(value)))
}

fn in_both(tell: impl Fn(Lang) -> String) -> Value {
    json!({ "kk": tell(Lang::Kk), "ru": tell(Lang::Ru) })
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "—".to_owned() } else { text }
}

/// Foreign text for a page: no number of a person in it, letters that there are, so many at most.
/// Whatever a file has in it, it has its room.
fn fit(text: &str, most: usize) -> String {
    let text = plain(&masked(text));
    match text.char_indices().nth(most) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
    }
}

/// Sixty-four digits in groups, which a line can be broken between.
fn grouped(hex: &str) -> String {
    let groups: Vec<&str> =
        hex.as_bytes().chunks(16).map(|group| str::from_utf8(group).unwrap_or_default()).collect();
    groups.join(" ")
}

/// A text with letters that the fonts of a page have, and no others; white space in one piece.
pub(super) fn plain(text: &str) -> String {
    let has = |c: char| {
        matches!(c, ' '..='~' | '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{17f}' | '\u{400}'..='\u{4ff}')
            || "–—‘’“”„…№₸".contains(c)
    };
    let shown: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .map(|c| if has(c) { c } else { '?' })
        .collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_one() {
        assert_eq!(form().unwrap().signed_by(), qoltanba::paper::form::SignedBy::System);
    }

    #[test]
    fn names_are_shown_in_letters_that_there_are() {
        assert_eq!(plain("  Өтініш\n№ 7 «а»  "), "Өтініш № 7 «а»");
        assert_eq!(plain("a\u{202e}b\u{1f600}c"), "a?b?c");
        assert_eq!(grouped(&"ab".repeat(32)).len(), 67);
        assert_eq!(fit("а б в", 5), "а б в");
        assert_eq!(fit("а б в", 4), "а б…");
        assert_eq!(fit("SERIALNUMBER=IIN920101100008", 300), "SERIALNUMBER=IIN********0008");
    }
}
