//! The report as JSON, version 1. Keys are only ever added; codes never change their meaning.

use serde_json::{Map, Value, json};

use super::{
    AttachedFile, CertificateReport, Check, Conclusion, Container, ContainerKind, EvidenceFacts,
    EvidenceReport, Lang, Law, OcspStatus, Paper, Part, Remark, Report, RuleOutcome, RuleResult,
    SignatureLevel, SignatureReport, SigningTime, Subjects, TimeStampReport,
};
use crate::{
    algorithm::SignatureAlgorithm,
    certificate::Certificate,
    identity::Subject,
    policy::Preset,
    text::hex,
    time::Instant,
    verdict::{Evidence, PageMatch, Reason, Region},
};

impl Report {
    /// The report as one JSON object, its sentences in `lang`.
    ///
    /// A `signer` is there only where the verdict is `passed`; what an unproved certificate says
    /// is under `claimed_signer`.
    #[must_use]
    pub fn to_json(&self, lang: Lang) -> Value {
        let reason = self.reason();
        let subjects: Vec<Value> = match &self.subjects {
            Subjects::Signatures(all) => all.iter().map(|s| signature(s, lang)).collect(),
            Subjects::Certificate(one) => vec![certificate_report(one, lang)],
            Subjects::Evidence(one) => vec![evidence_report(one, lang)],
        };
        let mut out = json!({
            "version": 1,
            "format": self.format.code(),
            "verdict": self.verdict().code(),
            "reason": reason.map(Reason::code),
            "sub_indication": sub_indication(reason),
            "message": message(reason, self.verdict().text(lang), lang),
            "standing": self.standing().code(),
            "next_step": self.next_step().map(|step| {
                json!({ "code": step.code(), "message": step.text(lang) })
            }),
            "law": self.law().map(|one| law(&one, lang)),
            "signatures": subjects,
            "missing": self.missing().map(|e| evidence(e, lang)).collect::<Vec<_>>(),
            "remarks": remarks(&self.remarks, lang),
        });
        if let (Some(held), Some(out)) = (&self.container, out.as_object_mut()) {
            put_container(held, out);
        }
        if let (Some(paper), Some(out)) = (&self.paper, out.as_object_mut()) {
            if let Some(digest) = &paper.document_sha256 {
                out.insert("document_sha256".into(), json!(hex(digest)));
            }
            out.insert("paper".into(), paper_json(paper, lang));
        }
        out
    }
}

/// What is told of a document that came in barcodes.
fn put_container(container: &Container, out: &mut Map<String, Value>) {
    let id = container.id.as_deref();
    let favor_id = id.filter(|_| container.kind == ContainerKind::Barcodes);
    out.insert("document_sha256".into(), json!(container.document_sha256.map(|d| hex(&d))));
    out.insert("favor_id".into(), json!(favor_id));
    let created: Vec<String> = container.claimed_created.iter().map(Instant::to_string).collect();
    let about = json!({
        "kind": container.kind.code(),
        "id": id,
        "parts": container.parts,
        "claimed_created": created,
    });
    out.insert("container".into(), about);
}

/// What is told of the paper that a document came on. `page` is `agrees`, `differs` with the
/// places in millimetres, `not_compared` with the reason, or `not_asked`.
fn paper_json(paper: &Paper, lang: Lang) -> Value {
    let file = |one: &AttachedFile| json!({ "name": one.name, "bytes": one.bytes, "sha256": hex(&one.sha256) });
    let (places, why) = match &paper.page {
        PageMatch::Differs { places } => (places.as_slice(), None),
        PageMatch::NotCompared(why) => (&[][..], Some(why)),
        _ => (&[][..], None),
    };
    let place = |one: &Region| {
        json!({
            "page": one.page, "x": one.x, "y": one.y, "width": one.width, "height": one.height,
        })
    };
    json!({
        "kind": paper.kind.code(),
        "pages": paper.pages,
        "unread": paper.unread,
        "attachments": paper.attachments.iter().map(file).collect::<Vec<_>>(),
        "pdf_signatures": paper.pdf_signatures,
        "page": {
            "outcome": paper.page.code(),
            "places": places.iter().map(place).collect::<Vec<_>>(),
            "why": why.map(|why| why.code()),
            "message": why.map(|why| why.text(lang)),
        },
    })
}

fn sub_indication(reason: Option<&Reason>) -> Option<&'static str> {
    reason.map(|r| r.sub_indication().code())
}

fn message(reason: Option<&Reason>, verdict: &str, lang: Lang) -> String {
    reason.map_or_else(|| verdict.to_owned(), |r| r.text(lang))
}

fn conclusion<A>(conclusion: &Conclusion<A>, lang: Lang) -> Map<String, Value> {
    let reason = conclusion.reason();
    let verdict = conclusion.verdict();
    let mut out = Map::new();
    out.insert("verdict".into(), json!(verdict.code()));
    out.insert("reason".into(), json!(reason.map(Reason::code)));
    out.insert("sub_indication".into(), json!(sub_indication(reason)));
    out.insert("message".into(), json!(message(reason, verdict.text(lang), lang)));
    out
}

fn signature(report: &SignatureReport, lang: Lang) -> Value {
    let mut out = conclusion(&report.conclusion, lang);
    let mut put = |key: &str, value: Value| out.insert(key.into(), value);
    put("kind", json!("signature"));
    put("standing", json!(report.standing().code()));
    put("time", json!(report.time.instant().to_string()));
    put("time_source", json!(report.time.code()));
    put("claimed_signing_time", json!(report.claimed_signing_time.map(|t| t.to_string())));
    put("proven_time", json!(proven(report.time).map(|t| t.to_string())));
    put("time_stamps", report.time_stamps.iter().map(|t| time_stamp(t, lang)).collect());
    put("claimed_level", json!(report.claimed_level.code()));
    put("confirmed_level", json!(report.confirmed_level.map(SignatureLevel::code)));
    let algorithm = report.algorithm;
    if let Conclusion::Passed(accepted) = &report.conclusion {
        put("signer", subject(accepted.signer().subject(), algorithm));
    } else {
        put("signer", Value::Null);
        if let Some(certificate) = &report.claimed_certificate {
            put("claimed_signer", subject(&Subject::claimed_by(certificate), algorithm));
        }
    }
    if let Some(claimed) = &report.claimed_certificate {
        put("certificate", certificate(claimed));
    }
    put("covers", json!(report.covers));
    put("policy", preset(report.preset));
    put("parts", report.parts().iter().map(|one| part(one, lang)).collect());
    put("law", json!(report.law().map(|one| law(&one, lang))));
    put("rules", report.rules().iter().map(|one| rule(one, lang)).collect());
    put("checks", report.checks.iter().map(|c| check(c, lang)).collect());
    put("missing", report.conclusion.missing().iter().map(|e| evidence(e, lang)).collect());
    put("remarks", remarks(&report.remarks, lang));
    Value::Object(out)
}

const fn proven(time: SigningTime) -> Option<Instant> {
    match time {
        SigningTime::Proven(at) => Some(at),
        SigningTime::Given(_) => None,
    }
}

fn time_stamp(report: &TimeStampReport, lang: Lang) -> Value {
    let mut out = conclusion(&report.conclusion, lang);
    let mut put = |key: &str, value: Value| out.insert(key.into(), value);
    put("kind", json!(report.kind.code()));
    put("gen_time", json!(report.claimed_time.map(|t| t.to_string())));
    put("policy", json!(report.policy));
    put("serial", json!(report.serial));
    put("authority", json!(report.claimed_authority));
    Value::Object(out)
}

fn certificate_report(report: &CertificateReport, lang: Lang) -> Value {
    let mut out = conclusion(&report.conclusion, lang);
    let mut put = |key: &str, value: Value| out.insert(key.into(), value);
    put("kind", json!("certificate"));
    put("time", json!(report.time.instant().to_string()));
    put("time_source", json!(report.time.code()));
    let algorithm = report.certificate.signature_algorithm().ok();
    if let Conclusion::Passed(accepted) = &report.conclusion {
        put("signer", subject(accepted.holder(), algorithm));
    } else {
        put("signer", Value::Null);
        put("claimed_signer", subject(&Subject::claimed_by(&report.certificate), algorithm));
    }
    put("certificate", certificate(&report.certificate));
    put("policy", preset(report.preset));
    put("law", json!(report.law().map(|one| law(&one, lang))));
    put("rules", report.rules().iter().map(|one| rule(one, lang)).collect());
    put("checks", report.checks.iter().map(|c| check(c, lang)).collect());
    put("missing", report.conclusion.missing().iter().map(|e| evidence(e, lang)).collect());
    put("remarks", remarks(&report.remarks, lang));
    Value::Object(out)
}

fn evidence_report(report: &EvidenceReport, lang: Lang) -> Value {
    let mut out = conclusion(&report.conclusion, lang);
    let mut put = |key: &str, value: Value| out.insert(key.into(), value);
    put("kind", json!(report.facts.format().code()));
    put("time", json!(report.time.instant().to_string()));
    put("time_source", json!(report.time.code()));
    put("facts", facts(&report.facts));
    put("checks", report.checks.iter().map(|c| check(c, lang)).collect());
    put("missing", report.conclusion.missing().iter().map(|e| evidence(e, lang)).collect());
    put("remarks", remarks(&report.remarks, lang));
    Value::Object(out)
}

/// What evidence says; a person's serial numbers are not among it.
fn facts(facts: &EvidenceFacts) -> Value {
    let moment = |at: &Option<Instant>| at.map(|t| t.to_string());
    match facts {
        EvidenceFacts::RevocationList {
            issuer,
            number,
            base,
            this_update,
            next_update,
            entries,
        } => json!({
            "issuer": issuer,
            "number": number.as_deref().map(list_number),
            "base": base.as_deref().map(list_number),
            "this_update": this_update.to_string(),
            "next_update": moment(next_update),
            "entries": entries,
        }),
        EvidenceFacts::OcspResponse { response, status, produced_at, this_update, next_update } => {
            let revoked = match status {
                Some(OcspStatus::Revoked { at, reason }) => Some((at, reason)),
                _ => None,
            };
            json!({
                "response": response,
                "status": status.map(OcspStatus::code),
                "revoked_at": revoked.map(|(at, _)| at.to_string()),
                "revocation_reason": revoked.map(|(_, reason)| reason.to_string()),
                "produced_at": moment(produced_at),
                "this_update": moment(this_update),
                "next_update": moment(next_update),
            })
        }
        EvidenceFacts::TimeStamp {
            gen_time,
            policy,
            serial,
            authority,
            imprint_algorithm,
            imprint,
        } => json!({
            "gen_time": gen_time.to_string(),
            "policy": policy,
            "serial": serial,
            "authority": authority,
            "imprint_algorithm": imprint_algorithm,
            "imprint": imprint,
        }),
        EvidenceFacts::TimeStampRefusal { status, failures, texts } => json!({
            "status": status,
            "failures": failures,
            "texts": texts,
        }),
    }
}

/// A JSON number when it fits 64 bits.
fn list_number(text: &str) -> Value {
    text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number))
}

fn subject(subject: &Subject, algorithm: Option<SignatureAlgorithm>) -> Value {
    json!({
        "name": subject.name,
        "iin": subject.iin.map(|n| n.to_string()),
        "bin": subject.bin.map(|n| n.to_string()),
        "role": subject.role.map(|r| r.code()),
        "algorithm": algorithm.map(|a| a.to_string()),
        "surname": subject.surname,
        "given_name": subject.given_name,
        "patronymic": subject.patronymic,
        "organisation": subject.organisation,
        "roles": subject.roles.iter().map(|r| r.code()).collect::<Vec<_>>(),
    })
}

fn certificate(certificate: &Certificate) -> Value {
    let validity = certificate.validity();
    json!({
        "serial": hex(certificate.serial()),
        "issuer": certificate.issuer().to_string(),
        "subject": certificate.claimed_subject().to_string(),
        "not_before": validity.not_before.to_string(),
        "not_after": validity.not_after.to_string(),
        "sha256": hex(&certificate.fingerprint()),
    })
}

fn check(check: &Check, lang: Lang) -> Value {
    let reason = check.reason();
    json!({
        "id": check.id.code(),
        "outcome": check.outcome.code(),
        "reason": reason.map(Reason::code),
        "sub_indication": sub_indication(reason),
        "message": reason.map(|r| r.text(lang)),
    })
}

fn preset(preset: Preset) -> Value {
    let since = preset.effective_from();
    json!({
        "name": preset.name(),
        "text": preset.text_name(),
        "source": preset.source().code(),
        "effective_from": since.map(|(from, _)| from.to_string()),
        "effective_from_source": since.map(|(_, source)| source.code()),
    })
}

/// A part's verdict is its own; a reason that is a failure elsewhere may leave it indeterminate.
fn part(part: &Part, lang: Lang) -> Value {
    json!({
        "id": part.id.code(),
        "title": part.id.text(lang),
        "verdict": part.verdict.code(),
        "reason": part.reason.as_ref().map(Reason::code),
        "message": message(part.reason.as_ref(), part.verdict.text(lang), lang),
        "at": part.at.map(|at| at.to_string()),
    })
}

fn law(law: &Law, lang: Lang) -> Value {
    json!({
        "verdict": "negative",
        "policy": law.preset.name(),
        "rule": law.rule.id.code(),
        "clause": law.clause,
        "source": law.rule.source.code(),
        "reason": law.reason.code(),
        "message": law.text(lang),
    })
}

fn rule(result: &RuleResult, lang: Lang) -> Value {
    let (code, said) = match &result.outcome {
        RuleOutcome::Problem(reason) => (Some(reason.code()), Some(reason.text(lang))),
        RuleOutcome::Remark(remark) => (Some(remark.code()), Some(remark.text(lang))),
        RuleOutcome::NotApplicable(why) => (Some(why.code()), Some(why.text(lang).to_owned())),
        RuleOutcome::Passed | RuleOutcome::NotDone => (None, None),
    };
    json!({
        "number": result.rule.id.number(),
        "id": result.rule.id.code(),
        "title": result.rule.id.text(lang),
        "level": result.rule.level.code(),
        "clause": result.rule.clause,
        "source": result.rule.source.code(),
        "outcome": result.outcome.code(),
        "reason": code,
        "message": said,
    })
}

fn evidence(evidence: &Evidence, lang: Lang) -> Value {
    let (kind, of, addresses) = match evidence {
        Evidence::OcspResponse { subject, addresses, .. } => {
            ("ocsp_response", Some(subject), addresses.as_slice())
        }
        Evidence::RevocationList { issuer, addresses } => {
            ("revocation_list", Some(issuer), addresses.as_slice())
        }
        Evidence::AuthorityCertificate { subject, addresses } => {
            ("authority_certificate", Some(subject), addresses.as_slice())
        }
        Evidence::SignerCertificate => ("signer_certificate", None, &[][..]),
        Evidence::Content => ("content", None, &[][..]),
        Evidence::BarcodeParts { document, .. } => ("barcode_parts", Some(document), &[][..]),
    };
    json!({ "kind": kind, "of": of, "addresses": addresses, "message": evidence.text(lang) })
}

fn remarks(remarks: &[Remark], lang: Lang) -> Value {
    remarks.iter().map(|r| json!({ "code": r.code(), "message": r.text(lang) })).collect()
}
