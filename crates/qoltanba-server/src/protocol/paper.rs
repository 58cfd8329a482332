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
    statement::{About, sentence},
};
use crate::{
    problem::Problem,
    verify::{Answer, FileFacts, hex},
};

/// Rows of signatures and of evidence: the JSON has all.
const ROWS: usize = 20;
/// Characters of the name of a file.
const NAME: usize = 120;

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
    let words = |tell: &dyn Fn(Lang) -> String| json!({ "kk": plain(&tell(Lang::Kk)), "ru": plain(&tell(Lang::Ru)) });
    let signatures = report.signatures();
    let given = json!({
        "verdict": words(&|lang| report.standing().text(lang).to_owned()),
        // Of what passed there is no more to say.
        "sentence": report.reason().map(|_| words(&|lang| sentence(report, lang))),
        "checked_at": answer.now.to_string(),
        "judged_at": answer.at.to_string(),
        "signatures_count": signatures.len(),
        "files": answer.files.iter().map(file).collect::<Vec<_>>(),
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
    let name = masked(file.name.as_deref().unwrap_or("—"));
    let name: String = plain(&name).chars().take(NAME).collect();
    let name = name.trim();
    json!({
        "name": if name.is_empty() { "—" } else { name },
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
    let or_dash = |text: Option<String>| text.filter(|t| !t.is_empty()).unwrap_or("—".to_owned());
    let told = |lang| {
        let verdict = signature.conclusion.verdict().text(lang);
        let reason = signature.conclusion.reason();
        plain(&masked(&reason.map_or_else(|| verdict.to_owned(), |reason| reason.text(lang))))
    };
    let role = |lang| {
        let role = passed.and_then(|subject| subject.role);
        role.map_or("—", |role| role.text(lang)).to_owned()
    };
    json!({
        "signer": or_dash(passed.map(full_name)),
        "number": or_dash(passed.and_then(|s| s.iin).map(|iin| hidden(iin.as_str()))),
        "organisation": or_dash(passed.map(organisation)),
        "role": { "kk": role(Lang::Kk), "ru": role(Lang::Ru) },
        "verdict": { "kk": told(Lang::Kk), "ru": told(Lang::Ru) },
    })
}

fn full_name(subject: &Subject) -> String {
    let parts = [&subject.name, &subject.patronymic].into_iter().flatten();
    plain(&parts.map(String::as_str).collect::<Vec<_>>().join(" "))
}

fn organisation(subject: &Subject) -> String {
    let bin = subject.bin.map(|bin| bin.to_string());
    let parts = [&subject.organisation, &bin].into_iter().flatten();
    plain(&parts.map(String::as_str).collect::<Vec<_>>().join(", "))
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
    let all = fetched.chain(lists).map(|line| plain(&masked(&line)));
    all.map(|line| line.chars().take(500).collect()).take(ROWS).collect()
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
    }
}
