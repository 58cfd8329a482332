//! `qoltanba cosign`.

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Lang,
    sign::{CmsSigner, KeyStore},
    verify::{Recognised, recognise},
};

use super::sign::{Target, beside, check_key, open, sign_xml};
use crate::{
    args,
    clock::now,
    exit::{Exit, Failure, Result},
    files,
    output::Pick as _,
};

/// Adds a signature to a signed file.
pub(crate) fn run(args: &args::Cosign, lang: Lang) -> Result<Exit> {
    let output = match &args.output.path {
        Some(path) => path.clone(),
        None if files::is_standard_stream(&args.file) => {
            return Err(Failure::usage(lang.pick(
                "стандартты кіріске қол қойғанда -o керек",
                "при подписании стандартного ввода нужен -o",
                "signing standard input needs -o",
            )));
        }
        None => beside(&args.file, "cosigned"),
    };
    let target = Target::new(output, &args.output, &[&args.file, &args.key], lang)?;
    let document = files::read(&args.file, lang)?;
    let data = args.data.as_deref().map(|path| files::read(path, lang)).transpose()?;
    let store = open(&args.key, &args.password, lang)?;
    let signed = match recognise(&document) {
        Some(Recognised::Xml(_)) if data.is_none() => sign_xml(&store, &document, &args.xml, lang),
        Some(Recognised::SignedMessage(_)) if !args.xml.is_used() => {
            cosign(&store, &document, data.as_deref(), lang)
        }
        Some(Recognised::Xml(_) | Recognised::SignedMessage(_)) => Err(Failure::usage(lang.pick(
            "--data хабарлама үшін; --id, --xades, --compact XML үшін",
            "--data для сообщения; --id, --xades, --compact для XML",
            "--data goes with a message; --id, --xades and --compact go with XML",
        ))),
        _ => Err(Failure::data(
            "unrecognised",
            lang.pick(
                "бұл қол қойылған хабарлама да, XML да емес",
                "это не подписанное сообщение и не XML",
                "this is neither a signed message nor XML",
            ),
        )
        .about(&args.file)),
    };
    target.write(&signed?, lang)
}

fn cosign(store: &KeyStore, message: &[u8], content: Option<&[u8]>, lang: Lang) -> Result<Vec<u8>> {
    check_key(store, lang)?;
    CmsSigner::new(store.key(), store.certificate())
        .and_then(|signer| {
            signer.signing_time(now()).cosign(message, content, &mut UnwrapErr(SysRng))
        })
        .map_err(|error| Failure::of_core(&error, lang))
}
