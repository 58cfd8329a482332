//! `qoltanba bundle`.

use std::path::Path;

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Certificate, Lang, Question, TrustStore, Verifier,
    revocation::{Crl, OcspResponse},
    sign::CmsSigner,
};
use qoltanba_fetch::{Bundle, BundleContents, BundleError, BundleTrust};
use serde_json::{Value, json};

use super::sign::{Target, check_key, open};
use crate::{
    args::{self, BundleCommand},
    clock::now,
    evidence::Evidence,
    exit::{Exit, Failure, Result, about, shown},
    files, network,
    output::{self, Console, DIM, Pick as _, Rows, STRONG, decimal, hex, moment, paint, warn},
};

/// Packs evidence, or shows what was packed.
pub(crate) fn run(args: &args::Bundle, lang: Lang) -> Result<Exit> {
    match &args.command {
        BundleCommand::Export(args) => export(args, lang),
        BundleCommand::Show(args) => show(args, lang),
    }
}

fn export(args: &args::Export, lang: Lang) -> Result<Exit> {
    let output = args.output.path.clone().ok_or_else(|| {
        Failure::usage(lang.pick("-o керек", "нужен -o", "-o is needed: where to write"))
    })?;
    let target = Target::new(output, &args.output, &[&args.key], lang)?;
    let now = now();
    let evidence = Evidence::read(&args.evidence, now, lang)?;
    for problem in &evidence.problems {
        warn(&problem.text());
    }
    let mut contents = match network::cache(&args.cache, lang) {
        Some(cache) => BundleContents::of_cache(&cache, now)
            .map_err(|error| Failure::software(error.text(lang)))?,
        None => BundleContents::new(now),
    };
    evidence.into_bundle(&mut contents);
    if counts(&contents).iter().all(|count| *count == 0) {
        return Err(Failure::data(
            "empty",
            lang.pick(
                "жинақтайтын ештеңе жоқ: алдымен refresh орындаңыз не --crl беріңіз",
                "упаковывать нечего: сначала выполните refresh или укажите --crl",
                "there is nothing to pack: run refresh first, or give --crl",
            ),
        ));
    }
    let store = open(&args.key, &args.password, lang)?;
    check_key(&store, lang)?;
    let sealed = CmsSigner::new(store.key(), store.certificate())
        .and_then(|signer| contents.seal(&signer.signing_time(now), &mut UnwrapErr(SysRng)));
    let sealed = sealed.map_err(|error| Failure::of_core(&error, lang).about(&args.key))?;
    target.write(&sealed, lang)
}

fn counts(contents: &BundleContents) -> [usize; 5] {
    [
        contents.anchors.len(),
        contents.certificates.len(),
        contents.lists.len(),
        contents.deltas.len(),
        contents.ocsp.len(),
    ]
}

fn show(args: &args::ShowBundle, lang: Lang) -> Result<Exit> {
    let file = files::read(&args.file, lang)?;
    let bundle = opened(&file)
        .map_err(|error| Failure::data("bundle", about(&args.file, &error.text(lang))))?;
    let mut stdout = Console::stdout();
    if args.json {
        stdout.write(output::json_line(&to_json(&args.file, &bundle)))?;
    } else {
        stdout.write(to_text(&args.file, &bundle, lang))?;
    }
    Ok(Exit::Passed)
}

/// Opens a bundle by the certificate that it claims to be signed by: to be looked at, not believed.
fn opened(file: &[u8]) -> core::result::Result<Bundle, BundleError> {
    let nobody = Verifier::new(TrustStore::empty());
    let report = nobody.verify(file, &Question::at(now())).map_err(BundleError::NotSigned)?;
    let claimed: Vec<[u8; 32]> = report
        .signatures()
        .iter()
        .filter_map(|signature| signature.claimed_certificate.as_ref())
        .map(Certificate::fingerprint)
        .collect();
    Bundle::open(file, &BundleTrust::Pinned(&claimed), now())
}

fn to_text(path: &Path, bundle: &Bundle, lang: Lang) -> String {
    let contents = bundle.contents();
    let mut rows = Rows::default();
    rows.add(lang.pick("Жасалған", "Составлен", "Made at"), moment(contents.made));
    rows.add(
        lang.pick("Қол қойған", "Подписал", "Signed by"),
        bundle.signer().claimed_subject().to_string(),
    );
    rows.add("SHA-256", hex(&bundle.signer().fingerprint()));
    let title = lang.pick("Дәлелдер жинағы", "Набор данных", "Bundle of evidence");
    let mut text =
        format!("{}\n\n{}\n{}", paint(DIM, shown(path)), paint(STRONG, title), rows.to_text());
    let [anchors, certificates, lists, deltas, ocsp] = [
        lang.pick("Түбірлер", "Корни", "Roots"),
        lang.pick(
            "Орталықтардың сертификаттары",
            "Сертификаты центров",
            "Certificates of authorities",
        ),
        lang.pick(
            "Кері қайтарылған сертификаттар тізімдері",
            "Списки отозванных сертификатов",
            "Revocation lists",
        ),
        lang.pick("Тізім өзгерістері", "Дополнения к спискам", "Delta lists"),
        lang.pick("OCSP жауаптары", "Ответы OCSP", "OCSP responses"),
    ];
    let subjects = |all: &[Certificate]| -> Vec<String> {
        all.iter().map(|one| one.claimed_subject().to_string()).collect()
    };
    let issuers = |all: &[Crl]| -> Vec<String> {
        let due = |list: &Crl| list.next_update().map_or_else(|| "?".to_owned(), moment);
        all.iter().map(|list| format!("{} (→ {})", list.claimed_issuer(), due(list))).collect()
    };
    for (title, lines) in [
        (anchors, subjects(&contents.anchors)),
        (certificates, subjects(&contents.certificates)),
        (lists, issuers(&contents.lists)),
        (deltas, issuers(&contents.deltas)),
    ] {
        if !lines.is_empty() {
            text += &format!("\n{}\n", paint(STRONG, format!("{title}: {}", lines.len())));
        }
        for line in lines {
            text += &format!("  {}\n", qoltanba::text::visible(&line));
        }
    }
    if !contents.ocsp.is_empty() {
        text += &format!("\n{}\n", paint(STRONG, format!("{ocsp}: {}", contents.ocsp.len())));
    }
    let compare = lang.pick(
        "Қолтаңба дұрыс; кімдікі екенін SHA-256 бойынша салыстырыңыз (--bundle-signer).",
        "Подпись верна; чья она, сравните по SHA-256 (--bundle-signer).",
        "The signature holds; compare the SHA-256 to see whose it is (--bundle-signer).",
    );
    text + &format!("\n{}\n", paint(DIM, compare))
}

fn to_json(path: &Path, bundle: &Bundle) -> Value {
    let contents = bundle.contents();
    let certificates = |all: &[Certificate]| -> Vec<Value> {
        let one = |c: &Certificate| json!({ "subject": c.claimed_subject().to_string(), "sha256": hex(&c.fingerprint()) });
        all.iter().map(one).collect()
    };
    let lists = |all: &[Crl]| -> Vec<Value> {
        let one = |list: &Crl| {
            json!({
                "issuer": list.claimed_issuer().to_string(),
                "this_update": list.this_update().to_string(),
                "next_update": list.next_update().map(|at| at.to_string()),
                "number": list.number().map(decimal),
                "entries": list.len(),
            })
        };
        all.iter().map(one).collect()
    };
    let ocsp = |answer: &OcspResponse| answer.status().code();
    json!({
        "file": path.to_string_lossy(),
        "version": 1,
        "made": contents.made.to_string(),
        "signer": bundle.signer().claimed_subject().to_string(),
        "signer_sha256": hex(&bundle.signer().fingerprint()),
        "anchors": certificates(&contents.anchors),
        "certificates": certificates(&contents.certificates),
        "crl": lists(&contents.lists),
        "delta_crl": lists(&contents.deltas),
        "ocsp": contents.ocsp.iter().map(ocsp).collect::<Vec<_>>(),
    })
}
