//! Issue a notice on paper, and verify it back from what its barcodes carry.

use std::io::Write;

use qoltanba::{
    Limits, Question, Verifier,
    identity::Role,
    paper::{
        DocumentSigner, PageLanguage, Renderer, SignedDocument,
        document::{Bilingual, Issuer, LocalTime, UniqueNumber},
        form::{Form, Issue},
        law::Law,
    },
};
use qoltanba_examples::{Outcome, Setting};
use qoltanba_testkit::SeededRng;

/// Fills a form, signs the document, sets it on a page, and verifies what the page carries.
pub fn run(out: &mut dyn Write) -> Outcome {
    let setting = Setting::new(Role::FirstHead)?;
    let mut rng = SeededRng::new(2); // in production: the system's generator
    let certificate = setting.signer.signer_certificate()?;
    let signer = DocumentSigner::new(&*setting.signer.signer.key, &certificate)?;

    // A service is data: fourteen forms are built in, others are files.
    let form = Form::named("result-notice")?;
    let bin = signer.subject().bin.ok_or("the certificate is of no organisation")?;
    let issue = Issue {
        number: UniqueNumber::generate(&mut rng),
        issued: LocalTime(setting.now),
        issuer: Issuer {
            name: Bilingual::new("Сынақ әкімдігі", "Пробный акимат"), bin
        },
        law: &Law::builtin()?,
        header: None,
    };
    let data = serde_json::json!({
        "recipient": { "name": "ҮЛГІБАЕВ СЫНАҚБЕК", "iin": "900101100004" },
        "service": { "kk": "Әлеуметтік көмек", "ru": "Социальная помощь" },
        "result": { "kk": "Көмек тағайындалды", "ru": "Помощь назначена" },
        "signatories": [{
            "position": { "kk": "Басшы", "ru": "Руководитель" },
            "name": signer.subject().name,
        }],
    });
    let document = form.fill(&data, &issue).map_err(|faults| format!("{faults:?}"))?;
    let signed = signer.sign(document, form.signed_by(), &mut rng)?;
    let pdf = signed.pdf(&Renderer::new()?, PageLanguage::Both)?;
    writeln!(out, "a PDF: {}", pdf.starts_with(b"%PDF-"))?;

    // The other side has the paper, the anchors and the lists.
    let verifier = Verifier::new(setting.trust()?)
        .with_certificates([setting.authority.clone()])
        .with_crls(setting.lists.clone());
    let read = SignedDocument::from_pdf(&pdf, &Limits::default())?;
    let report = verifier.verify_barcodes(&read.barcodes()?, &Question::at(setting.now))?;
    let signer = report.accepted().next().ok_or("not good")?.signer();
    writeln!(out, "barcodes: {}", read.barcodes()?.len())?;
    writeln!(out, "signed for the issuer: {}", signer.bin() == Some(read.document().issuer.bin))?;
    Ok(())
}

#[allow(dead_code, reason = "the tests call `run`")]
fn main() -> Outcome {
    run(&mut std::io::stdout())
}
