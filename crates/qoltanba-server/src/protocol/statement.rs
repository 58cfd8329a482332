//! What a protocol says, as canonical JSON.

use qoltanba::{Instant, Lang, paper::document::Issuer};
use serde_json::{Value, json};

use super::{
    ProtocolId,
    mask::{mask, masked},
};
use crate::{
    evidence::ListState,
    verify::{Answer, FileFacts, hex, source},
};

/// What is said besides the answer.
pub(super) struct About<'a> {
    pub(super) id: &'a ProtocolId,
    pub(super) url: &'a str,
    pub(super) issuer: &'a Issuer,
    pub(super) made: Instant,
    pub(super) expires: Instant,
}

/// The octets that are signed: RFC 8785, where names are sorted and nothing stands between. All
/// numbers are whole, so that none can be written in two ways.
pub(super) fn octets(answer: &Answer, about: &About<'_>, lang: Lang) -> Option<Vec<u8>> {
    let mut files: Value = answer.files.iter().map(file).collect();
    let mut report = answer.to_json(lang);
    let mut evidence = evidence(answer);
    for part in [&mut files, &mut report, &mut evidence] {
        mask(part);
    }
    let name = &about.issuer.name;
    let digest =
        |(name, value): &(&str, Vec<u8>)| json!({ "algorithm": name, "value": hex(value) });
    let mut whole = json!({
        "type": "qoltanba-protocol",
        "version": 1,
        "id": about.id.0,
        "url": about.url,
        "made": about.made.to_string(),
        "expires": about.expires.to_string(),
        "service": {
            "name": { "kk": name.kk, "ru": name.ru },
            "bin": about.issuer.bin.as_str(),
        },
        "files": files,
        "digests": answer.digests.iter().map(digest).collect::<Vec<_>>(),
        "verdict": {
            "state": answer.report.standing().code(),
            "verdict": answer.report.verdict().code(),
            "reason": answer.report.deciding_reason().map(qoltanba::Reason::code),
            "kind": in_all(|lang| answer.kind().pick(lang).to_owned()),
            "title": in_all(|lang| answer.title(lang).to_owned()),
            "sentence": in_all(|lang| masked(&answer.because(lang))),
            "remarks": in_all(|lang| -> Vec<String> {
                answer.remarks(lang).iter().map(|remark| masked(remark)).collect()
            }),
        },
        "report": report,
        "evidence": evidence,
    });
    whole.sort_all_objects();
    serde_json::to_vec(&whole).ok()
}

fn in_all<T: serde::Serialize>(tell: impl Fn(Lang) -> T) -> Value {
    json!({ "kk": tell(Lang::Kk), "ru": tell(Lang::Ru), "en": tell(Lang::En) })
}

fn file(file: &FileFacts) -> Value {
    json!({
        "part": file.part,
        "name": file.name,
        "bytes": file.bytes,
        "sha256": hex(&file.sha256),
    })
}

/// What it was judged by: what was fetched for it, and the lists that were at hand.
fn evidence(answer: &Answer) -> Value {
    let list = |list: &ListState| {
        json!({
            "issuer": list.issuer,
            "delta": list.delta,
            "this_update": list.this_update.to_string(),
            "next_update": list.next_update.map(|t| t.to_string()),
        })
    };
    json!({
        "anchors": answer.anchors,
        "lists": answer.lists.iter().map(list).collect::<Vec<_>>(),
        "fetched": answer.sources.iter().map(source).collect::<Vec<_>>(),
    })
}
