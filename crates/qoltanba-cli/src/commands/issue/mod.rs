//! `qoltanba issue`, `receipt` and `refuse`.

mod evidence;
mod forms;
mod items;
mod press;
mod register;
mod run;
mod signer;

use std::path::Path;

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Instant, Lang,
    algorithm::DigestAlgorithm,
    paper::{
        DocumentSigner, RefusalData, Renderer,
        document::{Bilingual, Issuer, UniqueNumber},
        form::{Form, SignedBy},
        law::Law,
    },
    policy::Policy,
    request::RequestAnswer,
};
use serde_json::{Map, Value, json};

use self::{
    evidence::Stamping,
    forms::Chosen,
    items::Item,
    press::Press,
    run::{Destination, Run},
    signer::SignerCheck,
};
use super::{
    request::{Asking, hear},
    sign::open,
};
use crate::{
    args,
    clock::now,
    evidence::Evidence,
    exit::{Exit, Failure, Result, about, shown},
    files, network,
    output::{self, Console, Pick as _, hex, warn},
};

/// Issues documents of a form.
pub(crate) fn run(args: &args::Issue, lang: Lang) -> Result<Exit> {
    if args.list {
        return forms::list(args.how.json, lang);
    }
    if let Some(form) = &args.template {
        return forms::template(&forms::read(form, lang)?.form, lang);
    }
    let (Some(form), Some(key)) = (&args.form, &args.key) else {
        return Err(Failure::software("the words were not checked"));
    };
    let form = forms::read(form, lang)?;
    let (items, several) = items::read(&args.data, lang)?;
    issue(form, key, &args.how, items, several, lang)
}

/// Issues receipts.
pub(crate) fn receipt(args: &args::Receipt, lang: Lang) -> Result<Exit> {
    let form = forms::read(&args.form, lang)?;
    let (items, several) = items::read(&args.data, lang)?;
    issue(form, &args.key, &args.how, items, several, lang)
}

/// Issues refusals.
pub(crate) fn refuse(args: &args::Refuse, lang: Lang) -> Result<Exit> {
    let (items, several) = items::read(&args.data, lang)?;
    let (Some(request), Some(profile)) = (&args.request, &args.profile) else {
        let given = args.form.as_deref().unwrap_or(Path::new("refusal"));
        let chosen = forms::read(given, lang)?;
        of_a_person(&chosen.form, given, lang)?;
        return issue(chosen, &args.key, &args.how, items, several, lang);
    };
    if several {
        return Err(Failure::usage(lang.pick(
            "--request бір ғана DATA-мен бірге беріледі",
            "--request указывается только с одним DATA",
            "--request goes with one DATA only",
        )));
    }
    let asking = Asking {
        file: request,
        profile,
        data: args.detached.as_deref(),
        evidence: &args.how.evidence,
        network: &args.how.network,
        at: args.at,
        expect_iin: args.expect_iin,
        expect_bin: None,
        expect_number: None,
        policy: args.policy,
        seen: None,
    };
    let heard = hear(&asking, lang)?;
    let data = match &heard.answer {
        RequestAnswer::Refused(refusal) => RefusalData::new(refusal, &law(&args.how, lang)?.0),
        answer => return nothing_to_refuse(request, answer, &heard.profile, args.how.json, lang),
    };
    let found = data.fields.as_object().cloned().unwrap_or_default();
    let item = match items.into_iter().next() {
        None => Item { place: shown(request), data: Ok(found) },
        Some(item) => {
            let Item { place, data } = item;
            let data = data.and_then(|given| completed(found, given, lang));
            Item { place, data }
        }
    };
    let form = Form::named(data.form).map_err(|error| Failure::software(error.text(lang)))?;
    of_a_person(&form, Path::new(data.form), lang)?;
    let chosen = Chosen { form, sha256: None };
    issue(chosen, &args.key, &args.how, vec![item], false, lang)
}

/// What the check found with what was given beside it, which says nothing of the same.
fn completed(
    mut found: Map<String, Value>,
    given: Map<String, Value>,
    lang: Lang,
) -> Result<Map<String, Value>> {
    let both = given.keys().filter(|name| found.contains_key(*name));
    let what = lang.pick(
        "бұл өрісті сұрау салуды тексеру толтырады, оны деректерден алып тастаңыз",
        "это поле заполняет проверка запроса, уберите его из данных",
        "this field is filled by the check of the request, take it out of the data",
    );
    let both: Vec<String> = both.map(|name| format!("{name}: {what}")).collect();
    if !both.is_empty() {
        return Err(Failure::data("set_by_check", both.join("\n  ")));
    }
    found.extend(given);
    Ok(found)
}

/// A refusal is a decision: a person signs it (255-VIII art. 49(3)).
fn of_a_person(form: &Form, given: &Path, lang: Lang) -> Result<()> {
    if form.signed_by() == SignedBy::Person {
        return Ok(());
    }
    let what = lang.pick(
        "бұл бас тарту нысаны емес: бас тартуға уәкілетті тұлға қол қояды, ал бұл нысанға қол қоятын —",
        "это не форма отказа: отказ подписывает уполномоченное лицо, а эту форму подписывает",
        "this is no form of a refusal, which an authorised person signs; this form is signed by",
    );
    let who = Press::who(form.signed_by(), lang);
    Err(Failure::usage(about(given, &format!("{what} {who}"))))
}

fn nothing_to_refuse(
    request: &Path,
    answer: &RequestAnswer,
    profile: &qoltanba::request::Profile,
    as_json: bool,
    lang: Lang,
) -> Result<Exit> {
    let mut stdout = Console::stdout();
    if as_json {
        let mut line = Map::new();
        line.insert("item".into(), Value::from(shown(request)));
        line.insert("status".into(), Value::from("not_refused"));
        if let Value::Object(answer) = answer.to_json() {
            line.extend(answer);
        }
        stdout.write(output::json_line(&Value::Object(line)))?;
    } else {
        stdout.write(output::answer(&shown(request), answer, profile, false, lang))?;
    }
    Ok(match answer {
        RequestAnswer::Unchecked(_) => Exit::Indeterminate,
        RequestAnswer::Accepted(_) | RequestAnswer::Refused(_) => Exit::Failed,
    })
}

/// Issues a document of each item.
fn issue(
    chosen: Chosen,
    key: &Path,
    how: &args::Issuing,
    items: Vec<Item>,
    several: bool,
    lang: Lang,
) -> Result<Exit> {
    let now = now();
    not_in_future(how, now, lang)?;
    let into = Destination::new(how, several, lang)?;
    let store = open(key, &how.password, lang)?;
    let of_core = |error: qoltanba::Error| Failure::of_core(&error, lang);
    let signer = DocumentSigner::new(store.key(), store.certificate())
        .map_err(|error| of_core(error).about(key))?;
    let Chosen { form, sha256: form_file } = chosen;
    let issuer = issuer(how, &signer, form.signed_by(), key, lang)?;
    let (law, law_file) = law(how, lang)?;
    let evidence = Evidence::read(&how.evidence, now, lang)?;
    for problem in &evidence.problems {
        warn(&problem.text());
    }
    let verifier = evidence.verifier(Policy::default());
    let fetcher = network::fetcher(&how.network, lang)?;
    let mut session = fetcher.begin(&verifier, now);
    let check = match SignerCheck::of(store.certificate(), &mut session, now, lang) {
        Ok(check) => check,
        Err(failure) => return nothing_issued(&items, failure.about(key), how.json),
    };
    let settings = json!({
        "form": { "id": form.name().id, "version": form.name().version, "file": form_file },
        "signer": hex(&store.certificate().fingerprint()),
        "issuer": { "kk": issuer.name.kk, "ru": issuer.name.ru, "bin": issuer.bin.to_string() },
        "header": how.header,
        "law": law_file,
        "language": how.language.code(),
        "time_stamp": how.time_stamp,
    });
    let verifier = session.verifier();
    let stamping = how.time_stamp.as_ref().map(|address| {
        let proxy = how.network.reach.proxy.as_ref();
        Stamping::new(address.as_slice(), proxy, session)
    });
    let press = Press {
        form,
        law,
        issuer,
        header: how.header.as_deref(),
        signer,
        certificate: store.certificate(),
        check,
        verifier,
        settings: sha256(settings.to_string().as_bytes()),
        renderer: Renderer::new().map_err(of_core)?,
        language: how.language.into(),
        kind: into.kind(),
        stamping,
        lang,
    };
    let mut run = Run::new(&press, how, lang);
    run.issue(items, &into)
}

/// A document of tomorrow would say what is not yet so.
fn not_in_future(how: &args::Issuing, now: Instant, lang: Lang) -> Result<()> {
    match how.issued {
        Some(issued) if issued.0 > now => {
            let what = lang.pick(
                "берілген уақыты әлі келген жоқ",
                "время выдачи ещё не наступило",
                "that time has not come yet",
            );
            Err(Failure::usage(format!("--issued {issued}: {what}")))
        }
        _ => Ok(()),
    }
}

/// The key may sign nothing: a line for each document tells so to programs, one sentence to people.
fn nothing_issued(items: &[Item], failure: Failure, as_json: bool) -> Result<Exit> {
    if as_json {
        let mut stdout = Console::stdout();
        for item in items {
            stdout.write(output::json_line(&json!({
                "item": item.place,
                "status": "error",
                "reason": failure.reason,
                "message": failure.message,
                "faults": [],
            })))?;
        }
    }
    Err(failure)
}

/// Whom the documents are of: who signs, unless others are named.
fn issuer(
    how: &args::Issuing,
    signer: &DocumentSigner<'_>,
    by: SignedBy,
    key: &Path,
    lang: Lang,
) -> Result<Issuer> {
    let subject = signer.subject();
    // An application goes to a provider whom the applicant's certificate does not name.
    let own = by != SignedBy::Applicant;
    let bin = how.provider_bin.or(subject.bin.filter(|_| own));
    let name = subject.organisation.clone().filter(|_| own);
    let name = |given: &Option<String>| given.clone().or_else(|| name.clone());
    match (bin, name(&how.provider_kk), name(&how.provider_ru)) {
        (Some(bin), Some(kk), Some(ru)) => Ok(Issuer { name: Bilingual::new(kk, ru), bin }),
        _ => Err(Failure::data(
            "provider",
            about(
                key,
                lang.pick(
                    "сертификат көрсетілетін қызметті берушіні атамайды: --provider-kk, --provider-ru, --provider-bin керек",
                    "сертификат не называет услугодателя: нужны --provider-kk, --provider-ru, --provider-bin",
                    "the certificate names no provider: --provider-kk, --provider-ru and --provider-bin are needed",
                ),
            ),
        )),
    }
}

/// The texts of law, and the digest of the file of own ones.
fn law(how: &args::Issuing, lang: Lang) -> Result<(Law, Option<String>)> {
    let built_in = Law::builtin().map_err(|error| Failure::software(error.text(lang)))?;
    let Some(path) = &how.law else { return Ok((built_in, None)) };
    let bytes = files::read(path, lang)?;
    let digest = sha256(&bytes);
    let own = String::from_utf8(bytes).ok().map(|text| Law::from_toml(&text));
    match own {
        Some(Ok(own)) => Ok((built_in.overridden_by(own), Some(digest))),
        Some(Err(error)) => Err(Failure::data("law", about(path, &error.text(lang)))),
        None => Err(Failure::data(
            "law",
            about(
                path,
                lang.pick(
                    "құқықтық мәтіндер файлы UTF-8 емес",
                    "файл правовых текстов не в UTF-8",
                    "the file of legal texts is no text in UTF-8",
                ),
            ),
        )),
    }
}

/// The SHA-256 digest in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    hex(&DigestAlgorithm::Sha256.digest(bytes))
}

/// A number that was given to nothing else.
fn draw(taken: impl Fn(&UniqueNumber) -> bool) -> UniqueNumber {
    loop {
        let number = UniqueNumber::generate(&mut UnwrapErr(SysRng));
        if !taken(&number) {
            return number;
        }
    }
}
