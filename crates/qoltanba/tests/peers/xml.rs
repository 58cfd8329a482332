//! The certificates inside of the XML documents that xmlsec signed with Russian keys.

use std::path::PathBuf;

use base64::Engine as _;
use libtest_mimic::Trial;
use qoltanba::{Certificate, algorithm::KeyKind};

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    let root = std::env::var_os("QOLTANBA_VECTORS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    );
    let folder = root.join("xmldsig/gost");
    let absent = !folder.is_dir();
    [
        ("enveloped-gost2001.xml", KeyKind::GostR2001),
        ("enveloped-gost2012-256.xml", KeyKind::GostR2012_256),
        ("enveloped-gost2012-512.xml", KeyKind::GostR2012_512),
    ]
    .map(|(name, kind)| {
        let file = folder.join(name);
        Trial::test(format!("keys of {name}"), move || keys(&std::fs::read_to_string(file)?, kind))
            .with_ignored_flag(absent)
    })
    .into()
}

fn keys(document: &str, signer: KeyKind) -> Outcome {
    let mut kinds = Vec::new();
    for certificate in document.split("<X509Certificate>").skip(1) {
        let (text, _) = certificate.split_once("</X509Certificate>").ok_or("no end")?;
        let digits: String = text.split_whitespace().collect();
        let der = base64::engine::general_purpose::STANDARD.decode(digits)?;
        kinds.push(Certificate::from_der(&der)?.public_key()?.kind());
    }
    assert_eq!(kinds, [KeyKind::Rsa(2048), KeyKind::Rsa(2048), signer]);
    Ok(())
}
