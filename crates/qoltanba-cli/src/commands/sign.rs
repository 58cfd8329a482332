//! `qoltanba sign`.

use std::path::{Path, PathBuf};

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{CmsSigner, KeyStore, Lang, Limits, Password, Purpose};

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
    let SignatureFormat::Cms = args.format;
    let output = output(args, lang)?;
    let existing = Existing::from_force(args.output.force);
    if !files::is_standard_stream(&output) {
        files::refuse_existing(&output, existing, lang)?;
        if files::is_same_file(&args.file, &output) || files::is_same_file(&args.key, &output) {
            return Err(Failure::usage(about(
                &output,
                lang.pick(
                    "нәтиже бастапқы файлдың орнына жазылар еді",
                    "результат заменил бы исходный файл",
                    "the answer would take the place of a file that it is made from",
                ),
            )));
        }
    }
    let document = files::read(&args.file, lang)?;
    let store = open(&args.key, &args.password, lang)?;
    let message = sign(&store, &document, args.detached, lang).map_err(|f| f.about(&args.key))?;
    if files::is_standard_stream(&output) {
        Console::raw_stdout().write(&message)?;
        return Ok(Exit::Passed);
    }
    files::write(&output, &message, existing, lang)?;
    note(&format!("{} {}", lang.pick("Жазылды:", "Записано:", "Written:"), shown(&output)));
    Ok(Exit::Passed)
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
    let mut name = args.file.clone().into_os_string();
    name.push(if args.detached { ".p7s" } else { ".cms" });
    Ok(name.into())
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

/// Signs with a certificate that is meant for it (500/НҚ p.4).
pub(super) fn sign(
    store: &KeyStore,
    document: &[u8],
    detached: bool,
    lang: Lang,
) -> Result<Vec<u8>> {
    let certificate = store.certificate();
    if !certificate.purposes().allows(Purpose::Sign) {
        let lead = lang.pick(
            "бұл кілт құжатқа қол қоюға арналмаған; мақсаты",
            "этот ключ не предназначен для подписания документов; назначение",
            "this key is not meant for signing documents; its purpose",
        );
        return Err(Failure::data("key_usage", format!("{lead}: {}", purposes(certificate, lang))));
    }
    let at = now();
    if !certificate.validity().contains(at) {
        warn(lang.pick(
            "сертификаттың мерзімі қазір жарамсыз: қолтаңба қабылданбайды",
            "срок сертификата сейчас не действует: подпись не примут",
            "the certificate is outside its validity now: the signature will not be accepted",
        ));
    }
    CmsSigner::new(store.key(), certificate)
        .and_then(|signer| {
            let signer = signer.signing_time(at).detached(detached);
            signer.sign(document, &mut UnwrapErr(SysRng))
        })
        .map_err(|error| Failure::of_core(&error, lang))
}
