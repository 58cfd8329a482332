//! `qoltanba sign`.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Lang, Limits, Question, TrustStore, Verifier,
    certificate::Purpose,
    sign::{CmsSigner, KeyStore, Password, XmlSigner},
};

use super::stamp::stamped;

use crate::{
    args::{self, SignatureFormat},
    clock::now,
    exit::{Exit, Failure, Result, about, shown},
    files::{self, Existing},
    output::{Console, Pick as _, note, purposes, warn},
    password,
};

/// Signs one file.
pub(crate) fn run(args: &args::Sign, lang: Lang) -> Result<Exit> {
    refuse_nonsense(args, lang)?;
    let target = Target::new(output(args, lang)?, &args.output, &[&args.file, &args.key], lang)?;
    // A time stamp is put into a whole message.
    let streams = args.format == SignatureFormat::Cms && args.time_stamp.wanted.is_none();
    let large = files::large(&args.file).filter(|_| streams);
    if let Some(large) = large {
        let store = open(&args.key, &args.password, lang)?;
        return target.write_with(lang, |out| sign_large(&store, large, args.detached, out, lang));
    }
    let document = files::read(&args.file, lang)?;
    let store = open(&args.key, &args.password, lang)?;
    let signed = match args.format {
        SignatureFormat::Cms => sign(&store, &document, args.detached, lang),
        SignatureFormat::Xml => sign_xml(&store, &document, &args.xml, lang),
    };
    let mut signed = signed.map_err(|failure| failure.about(&args.key))?;
    if let Some(address) = &args.time_stamp.wanted {
        let report = Verifier::new(TrustStore::empty()).verify(&signed, &Question::at(now()));
        // The new signature of a document that was signed before is the last.
        let last = report.map_or(0, |report| report.signatures().len().saturating_sub(1));
        let addresses = address.as_slice();
        signed = stamped(&signed, last, addresses, args.time_stamp.proxy.as_ref(), lang)?;
    }
    target.write(&signed, lang)
}

fn refuse_nonsense(args: &args::Sign, lang: Lang) -> Result<()> {
    let refuse = |kk, ru, en| Err(Failure::usage(lang.pick(kk, ru, en)));
    match args.format {
        SignatureFormat::Cms if args.xml.is_used() => refuse(
            "--id, --xades, --compact тек --format xml үшін",
            "--id, --xades, --compact только для --format xml",
            "--id, --xades and --compact go with --format xml",
        ),
        SignatureFormat::Xml if args.detached => refuse(
            "--detached тек --format cms үшін",
            "--detached только для --format cms",
            "--detached goes with --format cms",
        ),
        _ => Ok(()),
    }
}

/// Where the answer of a signing command goes.
pub(super) struct Target {
    path: PathBuf,
    existing: Existing,
}

impl Target {
    /// Refuses a place where something is that must not be lost.
    pub(super) fn new(
        path: PathBuf,
        output: &args::Output,
        sources: &[&Path],
        lang: Lang,
    ) -> Result<Self> {
        let existing = Existing::from_force(output.force);
        if !files::is_standard_stream(&path) {
            files::refuse_existing(&path, existing, lang)?;
            if sources.iter().any(|source| files::is_same_file(source, &path)) {
                return Err(Failure::usage(about(
                    &path,
                    lang.pick(
                        "нәтиже бастапқы файлдың орнына жазылар еді",
                        "результат заменил бы исходный файл",
                        "the answer would take the place of a file that it is made from",
                    ),
                )));
            }
        }
        Ok(Self { path, existing })
    }

    pub(super) fn write(&self, signed: &[u8], lang: Lang) -> Result<Exit> {
        if files::is_standard_stream(&self.path) {
            Console::raw_stdout().write(signed)?;
            return Ok(Exit::Passed);
        }
        files::write(&self.path, signed, self.existing, lang)?;
        self.say(lang);
        Ok(Exit::Passed)
    }

    /// Writes what `fill` puts out, whole or not at all.
    fn write_with(
        &self,
        lang: Lang,
        fill: impl FnOnce(&mut dyn io::Write) -> Result<()>,
    ) -> Result<Exit> {
        if files::is_standard_stream(&self.path) {
            fill(&mut io::stdout())?;
            return Ok(Exit::Passed);
        }
        files::write_with(&self.path, self.existing, lang, |file| fill(file))?;
        self.say(lang);
        Ok(Exit::Passed)
    }

    fn say(&self, lang: Lang) {
        note(&format!("{} {}", lang.pick("Жазылды:", "Записано:", "Written:"), shown(&self.path)));
    }
}

/// Where the answer goes: beside the input, unless said.
fn output(args: &args::Sign, lang: Lang) -> Result<PathBuf> {
    if let Some(path) = &args.output.path {
        return Ok(path.clone());
    }
    if files::is_standard_stream(&args.file) {
        return Err(Failure::usage(lang.pick(
            "стандартты кіріске қол қойғанда -o керек",
            "при подписании стандартного ввода нужен -o",
            "signing standard input needs -o",
        )));
    }
    Ok(match (args.format, args.detached) {
        (SignatureFormat::Xml, _) => beside(&args.file, "signed"),
        (SignatureFormat::Cms, true) => with_suffix(&args.file, ".p7s"),
        (SignatureFormat::Cms, false) => with_suffix(&args.file, ".cms"),
    })
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(suffix);
    name.into()
}

/// `request.xml` → `request.signed.xml`.
pub(super) fn beside(path: &Path, word: &str) -> PathBuf {
    match path.extension() {
        None => path.with_extension(word),
        Some(extension) => {
            let mut ending = std::ffi::OsString::from(word);
            ending.push(".");
            ending.push(extension);
            path.with_extension(ending)
        }
    }
}

/// Opens a key store with the password that is given or asked for.
pub(super) fn open(path: &Path, given: &args::PasswordFile, lang: Lang) -> Result<KeyStore> {
    let bytes = files::read(path, lang)?;
    let password = password::obtain(given, path, lang)?;
    open_bytes(&bytes, &password, lang).map_err(|failure| failure.about(path))
}

pub(super) fn open_bytes(bytes: &[u8], password: &Password, lang: Lang) -> Result<KeyStore> {
    KeyStore::open(bytes, password, &Limits::default())
        .map_err(|error| Failure::of_core(&error, lang))
}

/// Refuses a key that is not meant for signing, and warns of one that is out of date
/// (500/НҚ p.4).
pub(super) fn check_key(store: &KeyStore, lang: Lang) -> Result<()> {
    let certificate = store.certificate();
    if !certificate.purposes().allows(Purpose::Sign) {
        let lead = lang.pick(
            "бұл кілт құжатқа қол қоюға арналмаған; мақсаты",
            "этот ключ не предназначен для подписания документов; назначение",
            "this key is not meant for signing documents; its purpose",
        );
        return Err(Failure::data("key_usage", format!("{lead}: {}", purposes(certificate, lang))));
    }
    if !certificate.validity().contains(now()) {
        warn(lang.pick(
            "сертификаттың қолданылу мерзімі басталмаған немесе өтіп кеткен: қолтаңба қабылданбайды",
            "срок действия сертификата истёк или ещё не начался: подпись не примут",
            "the certificate is outside its validity now: the signature will not be accepted",
        ));
    }
    Ok(())
}

/// Signs a document as a message.
pub(super) fn sign(
    store: &KeyStore,
    document: &[u8],
    detached: bool,
    lang: Lang,
) -> Result<Vec<u8>> {
    check_key(store, lang)?;
    CmsSigner::new(store.key(), store.certificate())
        .and_then(|signer| {
            let signer = signer.signing_time(now()).detached(detached);
            signer.sign(document, &mut UnwrapErr(SysRng))
        })
        .map_err(|error| Failure::of_core(&error, lang))
}

/// Signs a document as a message without holding it.
fn sign_large(
    store: &KeyStore,
    mut document: files::Large,
    detached: bool,
    out: &mut dyn io::Write,
    lang: Lang,
) -> Result<()> {
    check_key(store, lang)?;
    let mut out = io::BufWriter::new(out);
    CmsSigner::new(store.key(), store.certificate())
        .and_then(|signer| {
            let signer = signer.signing_time(now()).detached(detached);
            let length = Some(document.length);
            signer.sign_stream(&mut document.file, length, &mut out, &mut UnwrapErr(SysRng))
        })
        .map_err(|error| Failure::of_core(&error, lang))?;
    out.flush().map_err(|error| Failure::software(error.to_string()))
}

/// Signs an XML document, which may be signed already.
pub(super) fn sign_xml(
    store: &KeyStore,
    document: &[u8],
    layout: &args::XmlLayout,
    lang: Lang,
) -> Result<Vec<u8>> {
    check_key(store, lang)?;
    XmlSigner::new(store.key(), store.certificate())
        .and_then(|signer| {
            let mut signer = signer.compact(layout.compact);
            if let Some(id) = &layout.id {
                signer = signer.element(id);
            }
            if layout.xades {
                signer = signer.xades(now());
            }
            signer.sign(document, &mut UnwrapErr(SysRng))
        })
        .map_err(|error| Failure::of_core(&error, lang))
}
