//! `qoltanba issue`, `receipt` and `refuse`.

mod evidence;
mod forms;
mod items;
mod press;
mod register;
mod run;

use std::path::Path;

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Lang,
    paper::{
        Bilingual, DocumentSigner, Form, Issuer, Law, RefusalData, Renderer, SignedBy, UniqueNumber,
    },
    policy::Policy,
    request::RequestAnswer,
};
use serde_json::{Map, Value};

use self::{
    evidence::Stamping,
    items::Item,
    press::Press,
    run::{Destination, Run},
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
    output::{self, Console, Pick as _, warn},
};

/// Issues documents of a form.
pub(crate) fn run(args: &args::Issue, lang: Lang) -> Result<Exit> {
    if args.list {
        return forms::list(args.how.json, lang);
    }
    if let Some(form) = &args.template {
        return forms::template(&forms::read(form, lang)?, lang);
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
        let form = args.form.as_deref().unwrap_or(Path::new("refusal"));
        return issue(forms::read(form, lang)?, &args.key, &args.how, items, several, lang);
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
        RequestAnswer::Refused(refusal) => RefusalData::from(&**refusal),
        answer => return nothing_to_refuse(request, answer, &heard.profile, args.how.json, lang),
    };
    let mut fields = data.fields.as_object().cloned().unwrap_or_default();
    let mut place = shown(request);
    if let Some(item) = items.into_iter().next() {
        place = item.place;
        // What is given goes before what the request says.
        fields.extend(item.data.map_err(|failure| failure.about(Path::new(&place)))?);
    }
    let form = Form::named(data.form).map_err(|error| Failure::software(error.text(lang)))?;
    issue(form, &args.key, &args.how, vec![Item { place, data: Ok(fields) }], false, lang)
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
    form: Form,
    key: &Path,
    how: &args::Issuing,
    items: Vec<Item>,
    several: bool,
    lang: Lang,
) -> Result<Exit> {
    let into = Destination::new(how, several, lang)?;
    let store = open(key, &how.password, lang)?;
    let of_core = |error: qoltanba::Error| Failure::of_core(&error, lang);
    let signer = DocumentSigner::new(store.key(), store.certificate())
        .map_err(|error| of_core(error).about(key))?;
    let issuer = issuer(how, &signer, form.signed_by(), key, lang)?;
    let now = now();
    let evidence = Evidence::read(&how.evidence, now, lang)?;
    for problem in &evidence.problems {
        warn(&problem.text());
    }
    let verifier = evidence.verifier(Policy::default());
    let fetcher = network::fetcher(&how.network, lang)?;
    let stamping = how.time_stamp.as_ref().map(|address| {
        let proxy = how.network.reach.proxy.as_ref();
        Stamping::new(address.as_slice(), proxy, fetcher.begin(&verifier, now))
    });
    let press = Press {
        form,
        law: law(how, lang)?,
        issuer,
        header: how.header.as_deref(),
        signer,
        renderer: Renderer::new().map_err(of_core)?,
        language: how.language.into(),
        kind: into.kind(),
        stamping,
        lang,
    };
    let mut run = Run::new(&press, how, lang);
    run.issue(items, &into)
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

fn law(how: &args::Issuing, lang: Lang) -> Result<Law> {
    let built_in = Law::builtin().map_err(|error| Failure::software(error.text(lang)))?;
    let Some(path) = &how.law else { return Ok(built_in) };
    let bytes = files::read(path, lang)?;
    let own = String::from_utf8(bytes).ok().map(|text| Law::from_toml(&text));
    match own {
        Some(Ok(own)) => Ok(built_in.overridden_by(own)),
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

/// A number that was given to nothing else.
fn draw(taken: impl Fn(&UniqueNumber) -> bool) -> UniqueNumber {
    loop {
        let number = UniqueNumber::generate(&mut UnwrapErr(SysRng));
        if !taken(&number) {
            return number;
        }
    }
}
