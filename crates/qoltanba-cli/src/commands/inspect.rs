//! `qoltanba inspect`.

use std::{fmt::Write as _, path::Path};

use qoltanba::{
    Certificate, Error, Lang, Limits, Question, Reason, Report, TrustStore, Verifier,
    identity::Subject,
    paper::{
        ScannedPages,
        pdf::{Attachment, ClaimedSignature, PdfFile},
    },
    report::{Format, Subjects},
    revocation::Crl,
    sign::{KeyStore, SigningKey as _},
    verify::{Recognised, recognise_all},
};
use serde_json::{Value, json};

use super::sign::open_bytes;
use crate::{
    args,
    clock::now,
    exit::{Exit, Failure, Result, shown},
    files,
    output::{self, Console, DIM, Pick as _, STRONG, complain, decimal, hex, paint},
    password,
};

/// Shows what one file says of itself.
pub(crate) fn run(args: &args::Inspect, lang: Lang) -> Result<Exit> {
    let looked = look(args, lang).map_err(|failure| failure.about(&args.file));
    let mut stdout = Console::stdout();
    if args.json {
        stdout.write(output::json_line(&to_json(&args.file, &looked, lang)))?;
    }
    match looked {
        Ok(_) if args.json => {}
        Ok(things) => stdout.write(text(&args.file, &things, lang))?,
        Err(failure) => {
            if !args.json {
                complain(&failure);
            }
            return Ok(failure.exit);
        }
    }
    Ok(Exit::Passed)
}

/// Something that could be read.
enum Thing {
    Certificate(Certificate),
    KeyStore(Box<KeyStore>),
    Message {
        report: Report,
        content: Option<usize>,
    },
    Xml(Report),
    Crl(Crl),
    /// An OCSP response or a time stamp.
    Evidence(Report),
    Pdf(Box<PdfFile>),
    /// A picture, by what its barcodes are.
    Picture(ScannedPages),
}

fn look(args: &args::Inspect, lang: Lang) -> Result<Vec<Thing>> {
    let bytes = files::read(&args.file, lang)?;
    let of_core = |error: &Error| Failure::of_core(error, lang);
    let blocks = recognise_all(&bytes);
    if blocks.is_empty() {
        return Err(Failure::data(
            "unrecognised",
            lang.pick(
                "файл түрі танылмады: сертификат, кілт қоймасы, CMS немесе CRL емес",
                "тип файла не распознан: не сертификат, не хранилище ключа, не CMS и не CRL",
                "the kind of file is not recognised: no certificate, key store, CMS or CRL",
            ),
        ));
    }
    let read = |block| match block {
        Recognised::Certificate(body) => {
            let certificate = body.and_then(|der| Certificate::from_der(&der));
            certificate.map(Thing::Certificate).map_err(|e| of_core(&e))
        }
        Recognised::Crl(body) => {
            body.and_then(|der| Crl::from_der(&der)).map(Thing::Crl).map_err(|e| of_core(&e))
        }
        Recognised::KeyStore(body) => {
            let der = body.map_err(|e| of_core(&e))?;
            let password = password::obtain(&args.password, &args.file, lang)?;
            open_bytes(&der, &password, lang).map(|store| Thing::KeyStore(Box::new(store)))
        }
        Recognised::SignedMessage(body) => {
            body.map_err(|e| of_core(&e)).and_then(|der| message(&der, lang))
        }
        Recognised::SignedMail(_) => message(&bytes, lang),
        Recognised::Xml(document) => xml(document, lang),
        Recognised::Pdf(file) => PdfFile::parse(file, &Limits::default())
            .map(|pdf| Thing::Pdf(Box::new(pdf)))
            .map_err(|e| of_core(&e)),
        Recognised::Picture(file) => ScannedPages::read(&[file], &Limits::default())
            .map(Thing::Picture)
            .map_err(|e| of_core(&e)),
        Recognised::Ocsp(body) | Recognised::TimeStamp(body) => {
            body.map_err(|e| of_core(&e)).and_then(|der| judged(&der, lang)).map(Thing::Evidence)
        }
        _ => Err(Failure::data(
            "unsupported",
            lang.pick(
                "бұл CMS хабарламасы қол қойылған түрде емес",
                "это сообщение CMS не является подписанным",
                "this CMS message is not of the signed kind",
            ),
        )),
    };
    blocks.into_iter().map(read).collect()
}

/// Reads a message without believing anything of it.
fn message(bytes: &[u8], lang: Lang) -> Result<Thing> {
    let report = judged(bytes, lang)?;
    let content =
        qoltanba::sign::extract(bytes, &Limits::default()).ok().map(|content| content.len());
    Ok(Thing::Message { report, content })
}

/// Reads an XML document, signed or not, without believing anything of it.
fn xml(document: &[u8], lang: Lang) -> Result<Thing> {
    judged(document, lang).map(Thing::Xml)
}

/// What a verifier reads: there is no anchor to believe.
fn judged(bytes: &[u8], lang: Lang) -> Result<Report> {
    let verifier = Verifier::new(TrustStore::empty());
    let report = verifier
        .verify(bytes, &Question::at(now()))
        .map_err(|error| Failure::of_core(&error, lang))?;
    match &report.problem {
        Some(Reason::Malformed(error)) => Err(Failure::of_core(error, lang)),
        _ => Ok(report),
    }
}

fn text(path: &Path, things: &[Thing], lang: Lang) -> String {
    let mut text = format!("{}\n", paint(DIM, shown(path)));
    for thing in things {
        match thing {
            Thing::Certificate(certificate) => {
                describe_certificate(&mut text, certificate, lang);
            }
            Thing::Crl(crl) => {
                let kind = lang.pick(
                    "Кері қайтарылған сертификаттар тізімі (CRL)",
                    "Список отозванных сертификатов (CRL)",
                    "Revocation list (CRL)",
                );
                heading(&mut text, kind);
                text += &output::crl(crl, lang).to_text();
            }
            Thing::KeyStore(store) => {
                let kind = lang.pick(
                    "Кілт қоймасы (PKCS#12)",
                    "Хранилище ключа (PKCS#12)",
                    "Key store (PKCS#12)",
                );
                heading(&mut text, kind);
                text += &output::key_store(store, lang).to_text();
                describe_certificate(&mut text, store.certificate(), lang);
            }
            Thing::Message { report, content } => {
                describe_message(&mut text, report, *content, lang)
            }
            Thing::Evidence(report) => describe_evidence(&mut text, report, lang),
            Thing::Pdf(pdf) => {
                heading(&mut text, lang.pick("PDF файлы", "Файл PDF", "PDF file"));
                text += &describe_pdf(pdf, lang).to_text();
            }
            Thing::Picture(pages) => {
                heading(&mut text, lang.pick("Сурет", "Снимок", "Picture"));
                let mut rows = output::Rows::default();
                let codes = lang.pick("Штрих-кодтар", "Штрих-коды", "Barcodes");
                rows.add(codes, pages.texts().len().to_string());
                text += &rows.to_text();
            }
            Thing::Xml(report) => {
                heading(&mut text, lang.pick("XML құжаты", "Документ XML", "XML document"));
                describe_signatures(&mut text, report, output::Rows::default(), lang);
            }
        }
    }
    let claims = lang.pick(
        "Мұның бәрі файлдың өз сөзі, ештеңе дәлелденген жоқ: verify арқылы тексеріңіз.",
        "Всё это со слов самого файла, ничего не доказано: проверяет команда verify.",
        "All of this is the file's own word and nothing is proved: verify does that.",
    );
    let _ = writeln!(text, "\n{}", paint(DIM, claims));
    text
}

fn heading(text: &mut String, kind: &str) {
    let _ = writeln!(text, "\n{}", paint(STRONG, kind));
}

fn describe_certificate(text: &mut String, certificate: &Certificate, lang: Lang) {
    heading(text, lang.pick("Сертификат", "Сертификат", "Certificate"));
    *text += &output::certificate(certificate, lang).to_text();
    output::list_remarks(text, &output::remarks(certificate), lang);
}

fn describe_message(text: &mut String, report: &Report, content: Option<usize>, lang: Lang) {
    heading(
        text,
        lang.pick(
            "Қол қойылған хабарлама (CMS)",
            "Подписанное сообщение (CMS)",
            "Signed message (CMS)",
        ),
    );
    let mut rows = output::Rows::default();
    let inside = match content {
        Some(bytes) => {
            format!(
                "{}, {bytes} {}",
                lang.pick("ішінде", "внутри", "inside"),
                lang.pick("байт", "байт", "bytes")
            )
        }
        None => lang.pick("бөлек", "отдельно", "detached").to_owned(),
    };
    rows.add(lang.pick("Құжат", "Документ", "Document"), inside);
    describe_signatures(text, report, rows, lang);
}

fn describe_evidence(text: &mut String, report: &Report, lang: Lang) {
    let kind = match report.format {
        Format::TimeStamp => lang.pick("Уақыт белгісі", "Метка времени", "Time stamp"),
        _ => lang.pick("OCSP жауабы", "Ответ OCSP", "OCSP response"),
    };
    heading(text, kind);
    if let Subjects::Evidence(one) = &report.subjects {
        *text += &output::evidence_facts(&one.facts, lang).to_text();
        output::list_remarks(text, &one.remarks, lang);
    }
}

fn describe_pdf(pdf: &PdfFile, lang: Lang) -> output::Rows {
    let mut rows = output::Rows::default();
    rows.add(lang.pick("Беттер", "Страниц", "Pages"), pdf.pages().to_string());
    let bytes = lang.pick("байт", "байт", "bytes");
    for attachment in pdf.attachments() {
        let facts = format!("{}, {} {bytes}", attachment.name(), attachment.content().len());
        rows.add(lang.pick("Тіркеме", "Вложение", "Attachment"), facts);
    }
    for signature in pdf.claimed_signatures() {
        let hidden = lang.pick("жасырын", "скрытая", "hidden");
        let field = signature.field.as_deref().unwrap_or(hidden);
        let kind = signature.kind.as_deref().unwrap_or_default();
        let label = lang.pick("PDF қолтаңбасы", "Подпись PDF", "PDF signature");
        rows.add(label, format!("{field} {kind}"));
    }
    rows
}

fn describe_signatures(text: &mut String, report: &Report, mut rows: output::Rows, lang: Lang) {
    let count = report.signatures().len().to_string();
    rows.add(lang.pick("Қолтаңба саны", "Подписей", "Signatures"), count);
    *text += &rows.to_text();
    for (index, signature) in report.signatures().iter().enumerate() {
        let title = lang.pick("Қолтаңба", "Подпись", "Signature");
        heading(text, &format!("{title} {}", index + 1));
        let mut rows = output::claims(signature, lang);
        for path in &signature.covers {
            rows.add(lang.pick("Қамтиды", "Охватывает", "Covers"), path.clone());
        }
        *text += &rows.to_text();
        output::list_remarks(text, &signature.remarks, lang);
    }
}

fn to_json(path: &Path, looked: &Result<Vec<Thing>>, lang: Lang) -> Value {
    let file = path.to_string_lossy();
    match looked {
        Ok(things) => {
            let things: Vec<Value> = things.iter().map(|thing| thing_json(thing, lang)).collect();
            json!({ "file": file, "version": 1, "contents": things })
        }
        Err(failure) => json!({
            "file": file,
            "version": 1,
            "reason": failure.reason,
            "message": failure.message,
            "contents": [],
        }),
    }
}

fn thing_json(thing: &Thing, lang: Lang) -> Value {
    match thing {
        Thing::Certificate(certificate) => {
            json!({ "kind": "certificate", "claimed": certificate_json(certificate) })
        }
        Thing::KeyStore(store) => json!({
            "kind": "key_store",
            "key": store.key().kind().to_string(),
            "algorithm": store.key().algorithm().to_string(),
            "key_name": store.friendly_name(),
            "other_certificates": store.chain().len(),
            "claimed": certificate_json(store.certificate()),
        }),
        Thing::Crl(crl) => json!({ "kind": "crl", "claimed": {
            "issuer": crl.claimed_issuer().to_string(),
            "this_update": crl.this_update().to_string(),
            "next_update": crl.next_update().map(|at| at.to_string()),
            "number": crl.number().map(decimal),
            "entries": crl.len(),
            "delta": crl.is_delta(),
            "algorithm": crl.signature_algorithm().ok().map(|a| a.to_string()),
        }}),
        Thing::Evidence(report) => {
            let facts = report.to_json(lang).pointer("/signatures/0/facts").cloned();
            json!({ "kind": report.format.code(), "claimed": facts })
        }
        Thing::Message { report, content } => {
            let signatures = signatures_json(report, lang);
            json!({ "kind": "cms", "content_bytes": content, "signatures": signatures })
        }
        Thing::Pdf(pdf) => pdf_json(pdf),
        Thing::Picture(pages) => json!({
            "kind": "picture",
            "pages": pages.pages(),
            "barcodes": pages.texts().len(),
        }),
        Thing::Xml(report) => json!({ "kind": "xml", "signatures": signatures_json(report, lang) }),
    }
}

fn pdf_json(pdf: &PdfFile) -> Value {
    let attachment = |one: &Attachment| {
        json!({
            "name": one.name(),
            "relationship": one.relationship(),
            "bytes": one.content().len(),
        })
    };
    let signature = |one: &ClaimedSignature| json!({ "field": one.field, "kind": one.kind, "byte_range": one.byte_range });
    json!({
        "kind": "pdf",
        "pages": pdf.pages(),
        "attachments": pdf.attachments().iter().map(attachment).collect::<Vec<_>>(),
        "claimed_signatures": pdf.claimed_signatures().iter().map(signature).collect::<Vec<_>>(),
    })
}

fn signatures_json(report: &Report, lang: Lang) -> Vec<Value> {
    report
        .signatures()
        .iter()
        .map(|s| {
            json!({
                "claimed_signing_time": s.claimed_signing_time.map(|at| at.to_string()),
                "algorithm": s.algorithm.map(|a| a.to_string()),
                "covers": s.covers,
                "claimed": s.claimed_certificate.as_ref().map(certificate_json),
                "remarks": s.remarks.iter().map(|r| r.text(lang)).collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn certificate_json(certificate: &Certificate) -> Value {
    let subject = Subject::claimed_by(certificate);
    let validity = certificate.validity();
    json!({
        "name": output::full_name(&subject),
        "iin": subject.iin.map(|n| n.to_string()),
        "organisation": subject.organisation,
        "bin": subject.bin.map(|n| n.to_string()),
        "role": subject.role.map(|r| r.code()),
        "roles": subject.roles.iter().map(|r| r.code()).collect::<Vec<_>>(),
        "key": certificate.public_key().ok().map(|key| key.kind().to_string()),
        "subject": certificate.claimed_subject().to_string(),
        "issuer": certificate.issuer().to_string(),
        "serial": hex(certificate.serial()),
        "not_before": validity.not_before.to_string(),
        "not_after": validity.not_after.to_string(),
        "sha256": hex(&certificate.fingerprint()),
    })
}
