//! `qoltanba stamp`, and the time stamps of `sign`.

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Lang, Question, TrustStore, Verifier,
    sign::{add_time_stamp, time_stamp_request},
};
use qoltanba_fetch::{AddressPolicy, Fetcher, Patience, Proxy, national};

use super::sign::{Target, beside};
use crate::{
    args,
    clock::now,
    exit::{Exit, Failure, Result},
    files, network,
    output::Pick as _,
};

/// Puts a time stamp on a signature of a file.
pub(crate) fn run(args: &args::Stamp, lang: Lang) -> Result<Exit> {
    let output = match &args.output.path {
        Some(path) => path.clone(),
        None if files::is_standard_stream(&args.file) => {
            return Err(Failure::usage(lang.pick(
                "стандартты кіріс үшін -o керек",
                "для стандартного ввода нужен -o",
                "standard input needs -o",
            )));
        }
        None => beside(&args.file, "stamped"),
    };
    let target = Target::new(output, &args.output, &[&args.file], lang)?;
    let document = files::read(&args.file, lang)?;
    let number = match args.signature {
        Some(number) => usize::from(number),
        None => only_signature(&document, lang).map_err(|f| f.about(&args.file))?,
    };
    let stamped = stamped(&document, number - 1, &args.url, args.proxy.as_ref(), lang);
    target.write(&stamped.map_err(|failure| failure.about(&args.file))?, lang)
}

/// The number of the signature, where there is one.
fn only_signature(document: &[u8], lang: Lang) -> Result<usize> {
    let nobody = Verifier::new(TrustStore::empty());
    let report = nobody
        .verify(document, &Question::at(now()))
        .map_err(|error| Failure::of_core(&error, lang))?;
    if report.signatures().len() > 1 {
        return Err(Failure::usage(lang.pick(
            "бірнеше қолтаңба бар: --signature N көрсетіңіз",
            "подписей несколько: укажите --signature N",
            "there are several signatures: give --signature N",
        )));
    }
    Ok(1)
}

/// The document with a time stamp on its signature of this index.
pub(super) fn stamped(
    document: &[u8],
    signature: usize,
    addresses: &[String],
    proxy: Option<&Proxy>,
    lang: Lang,
) -> Result<Vec<u8>> {
    let of_core = |error: &qoltanba::Error| Failure::of_core(error, lang);
    let request = time_stamp_request(document, signature, &mut UnwrapErr(SysRng));
    let request = request.map_err(|error| of_core(&error))?;
    let national = [national::TIME_STAMPS.to_owned()];
    let addresses = if addresses.is_empty() { &national } else { addresses };
    // The service of the authority stays silent now and then and answers the next try.
    let patience = Patience { tries: 3, ..Patience::WHILE_A_USER_WAITS };
    let fetcher = Fetcher::new(AddressPolicy::none()).with_http(network::http(proxy, patience));
    let (token, notes) = fetcher.time_stamp(addresses, &request);
    let token = token.ok_or_else(|| {
        let told: Vec<String> = notes.iter().map(|note| note.text(lang)).collect();
        Failure::unavailable("time_stamp", told.join("; "))
    })?;
    add_time_stamp(document, signature, &token).map_err(|error| of_core(&error))
}
