//! Adding signatures to messages: nothing that is there changes by an octet.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "common/message.rs"]
mod message;

mod common;

use std::fs;

use qoltanba::{
    Certificate, Limits, Question, TrustAnchor, TrustStore, Verdict, Verifier,
    report::Outcome,
    revocation::Crl,
    sign::{CmsSigner, SigningKey, extract},
    verdict::Standing,
    verify::{Recognised, recognise},
};
use qoltanba_testkit::{Fault, Mint, Order, SeededRng};

use message::{CONTENT, algorithms, at, openssl, pem, write};

fn mints(rng: &mut SeededRng) -> Vec<Mint> {
    let order = |(number, algorithm)| Order { number, ..Order::new(algorithm, at()) };
    (0..).zip(algorithms()).map(|one| Mint::new(&order(one), rng).unwrap()).collect()
}

fn verifier(mints: &[&Mint]) -> Verifier {
    let mut trust = TrustStore::empty();
    let mut verifier = Verifier::new(TrustStore::empty());
    for mint in mints {
        let anchor = Certificate::from_der(&mint.anchor).unwrap();
        trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
    }
    if !mints.is_empty() {
        verifier = Verifier::new(trust);
    }
    let authorities = mints.iter().flat_map(|m| &m.authorities);
    verifier
        .with_certificates(authorities.map(|a| Certificate::from_der(a.certificate()).unwrap()))
        .with_crls(mints.iter().flat_map(|m| &m.lists).map(|l| Crl::from_der(l).unwrap()))
}

fn sign(mint: &Mint, detached: bool, rng: &mut SeededRng) -> Vec<u8> {
    let certificate = mint.signer_certificate().unwrap();
    let signer = CmsSigner::new(&*mint.signer.key, &certificate).unwrap();
    signer.signing_time(at()).detached(detached).sign(CONTENT, rng).unwrap()
}

fn cosign(
    mint: &Mint,
    message: &[u8],
    content: Option<&[u8]>,
    rng: &mut SeededRng,
) -> qoltanba::Result<Vec<u8>> {
    let certificate = mint.signer_certificate().unwrap();
    CmsSigner::new(&*mint.signer.key, &certificate)
        .unwrap()
        .signing_time(at())
        .cosign(message, content, rng)
}

/// One BER value: tag, the whole, what is inside, what follows.
fn value(bytes: &[u8]) -> (u8, &[u8], &[u8], &[u8]) {
    let (start, length) = match bytes[1] {
        0x80 => {
            let mut pos = 2;
            while bytes[pos..][..2] != [0, 0] {
                pos += value(&bytes[pos..]).1.len();
            }
            return (bytes[0], &bytes[..pos + 2], &bytes[2..pos], &bytes[pos + 2..]);
        }
        short @ ..0x80 => (2, usize::from(short)),
        long => {
            let end = 2 + usize::from(long & 0x7f);
            (end, bytes[2..end].iter().fold(0, |n, b| n << 8 | usize::from(*b)))
        }
    };
    (bytes[0], &bytes[..start + length], &bytes[start..start + length], &bytes[start + length..])
}

fn values(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>, Vec<u8>)> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let (tag, whole, inside, rest) = value(bytes);
        all.push((tag, whole.to_vec(), inside.to_vec()));
        bytes = rest;
    }
    all
}

/// What a co-signature may add to and what it may not touch, read by a reader of the test's own.
struct Taken {
    version: Vec<u8>,
    digests: Vec<Vec<u8>>,
    content: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    crls: Option<Vec<u8>>,
    signers: Vec<Vec<u8>>,
}

fn take(message: &[u8]) -> Taken {
    let info = values(value(message).2);
    let fields = values(value(&info[1].2).2);
    let wholes = |set: &[u8]| values(set).into_iter().map(|v| v.1).collect::<Vec<_>>();
    let tagged = |tag| fields[3..].iter().find(|f| f.0 == tag);
    Taken {
        version: fields[0].1.clone(),
        digests: wholes(&fields[1].2),
        content: fields[2].1.clone(),
        certificates: tagged(0xa0).map(|f| wholes(&f.2)).unwrap_or_default(),
        crls: tagged(0xa1).map(|f| f.1.clone()),
        signers: wholes(&fields.last().unwrap().2),
    }
}

fn is_part(part: &[Vec<u8>], whole: &[Vec<u8>]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|one| rest.any(|other| other == one))
}

/// Everything that was there is there still, in the same order; one signer was added, and no more
/// than one certificate and one digest.
fn assert_untouched(before: &[u8], after: &[u8], what: &str) {
    let (old, new) = (take(before), take(after));
    assert_eq!(old.version, new.version, "{what}");
    assert_eq!(old.content, new.content, "{what}");
    assert_eq!(old.crls, new.crls, "{what}");
    assert!(is_part(&old.digests, &new.digests), "{what}: digests");
    assert!(is_part(&old.certificates, &new.certificates), "{what}: certificates");
    assert!(is_part(&old.signers, &new.signers), "{what}: signers");
    assert_eq!(new.signers.len(), old.signers.len() + 1, "{what}");
    assert!(new.digests.len() <= old.digests.len() + 1, "{what}");
    assert!(new.certificates.len() <= old.certificates.len() + 1, "{what}");
    for set in [&new.digests, &new.certificates] {
        assert!(set.iter().enumerate().all(|(i, one)| !set[..i].contains(one)), "{what}: twice");
    }
    if old.signers.is_sorted() {
        assert!(new.signers.is_sorted(), "{what}: the order of a SET OF");
    }
}

#[test]
fn every_pair_of_algorithms_passes_and_leaves_the_first_as_it_was() {
    let mut rng = SeededRng::new(21);
    let mints = mints(&mut rng);
    for first in &mints {
        for second in &mints {
            for detached in [false, true] {
                let what = format!(
                    "{} then {}, detached: {detached}",
                    first.signer.key.algorithm(),
                    second.signer.key.algorithm()
                );
                let before = sign(first, detached, &mut rng);
                let given = detached.then_some(CONTENT);
                let after = cosign(second, &before, given, &mut rng).unwrap();
                assert_untouched(&before, &after, &what);

                let mut question = Question::at(at());
                question.data = given;
                let report = verifier(&[first, second]).verify(&after, &question).unwrap();
                assert_eq!(report.verdict(), Verdict::Passed, "{what}: {:?}", report.reason());
                let mut found: Vec<_> =
                    report.accepted().map(|a| a.signer().algorithm().to_string()).collect();
                let mut wanted = [first, second].map(|m| m.signer.key.algorithm().to_string());
                found.sort();
                wanted.sort();
                assert_eq!(found, wanted, "{what}");
                assert!(report.remarks.is_empty(), "{what}: {:?}", report.remarks);
                if !detached {
                    assert_eq!(extract(&after, &Limits::default()).unwrap(), CONTENT);
                }
            }
        }
    }
}

#[test]
fn signers_pile_up_and_one_may_sign_twice() {
    let mut rng = SeededRng::new(22);
    let mints = mints(&mut rng);
    let mut message = sign(&mints[0], false, &mut rng);
    for mint in mints.iter().chain(&mints) {
        let after = cosign(mint, &message, None, &mut rng).unwrap();
        assert_untouched(&message, &after, "in a pile");
        message = after;
    }
    let taken = take(&message);
    assert_eq!((taken.signers.len(), taken.certificates.len(), taken.digests.len()), (9, 4, 4));
    let all: Vec<&Mint> = mints.iter().collect();
    let report = verifier(&all).verify(&message, &Question::at(at())).unwrap();
    assert_eq!((report.verdict(), report.accepted().count()), (Verdict::Passed, 9));
}

/// The worst signature decides for a file, wherever it stands: each takes each place, since the
/// signers of a message are sorted by their octets.
#[test]
fn one_signature_that_is_not_good_is_not_outweighed_by_good_ones() {
    let mut rng = SeededRng::new(15);
    let mints = mints(&mut rng);
    for [a, b, c] in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        outweighed(&mints[a], &mints[b], &mints[c], &mut rng);
    }
}

/// The lists of the second one's authority are missing; the authority of the third is not known.
fn outweighed(good: &Mint, unlisted: &Mint, unknown: &Mint, rng: &mut SeededRng) {
    use Standing::{CouldNotCheck, Good, NotGood};
    use Verdict::{Indeterminate, Passed};
    let mut trust = TrustStore::empty();
    for mint in [good, unlisted] {
        let anchor = Certificate::from_der(&mint.anchor).unwrap();
        trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
    }
    let authorities = [good, unlisted, unknown].into_iter().flat_map(|m| &m.authorities);
    let lists = good.lists.iter().chain(&unknown.lists);
    let verifier = Verifier::new(trust)
        .with_certificates(authorities.map(|a| Certificate::from_der(a.certificate()).unwrap()))
        .with_crls(lists.map(|l| Crl::from_der(l).unwrap()));
    let mut judge = |signers: &[&Mint]| {
        let (first, rest) = signers.split_first().unwrap();
        let mut message = sign(first, false, rng);
        for mint in rest {
            message = cosign(mint, &message, None, rng).unwrap();
        }
        let report = verifier.verify(&message, &Question::at(at())).unwrap();
        let deciding = report.deciding_reason().map(qoltanba::Reason::code);
        (report.verdict(), report.standing(), deciding)
    };
    let no_list = (Indeterminate, CouldNotCheck, Some("revocation_unknown"));
    let no_path = (Indeterminate, NotGood, Some("chain_untrusted"));
    assert_eq!(judge(&[good]), (Passed, Good, None));
    assert_eq!((judge(&[unlisted]), judge(&[unknown])), (no_list, no_path));
    assert_eq!((judge(&[good, unlisted]), judge(&[good, unknown])), (no_list, no_path));
    // Of two proofs that are missing, what is told is the worse one.
    assert_eq!(judge(&[unlisted, unknown]), no_path);
}

#[test]
fn of_one_signature_the_worst_of_its_checks_is_told() {
    let mut rng = SeededRng::new(16);
    let mint = &mints(&mut rng)[0];
    let message = sign(mint, true, &mut rng);
    let told = |verifier: &Verifier, question: &Question<'_>| {
        let report = verifier.verify(&message, question).unwrap();
        let signature = &report.signatures()[0];
        let reason = signature.conclusion.reason().map(qoltanba::Reason::code);
        (reason, signature.standing(), report.standing())
    };
    let (known, nobody) = (verifier(&[mint]), verifier(&[]));
    let (bare, whole) = (Question::at(at()), Question::at(at()).with_data(CONTENT));
    assert_eq!(told(&known, &whole), (None, Standing::Good, Standing::Good));
    let (lacks, not_good) = (Standing::CouldNotCheck, Standing::NotGood);
    assert_eq!(told(&known, &bare), (Some("content_missing"), lacks, lacks));
    assert_eq!(told(&nobody, &bare), (Some("content_missing"), not_good, not_good));
    // What passed, and is to be looked at all the same.
    let order = Order::new(algorithms()[0], at()).fault(Fault::WrongCheckDigit);
    let mint = &Mint::new(&order, &mut rng).unwrap();
    let message = sign(mint, false, &mut rng);
    let report = verifier(&[mint]).verify(&message, &Question::at(at())).unwrap();
    assert_eq!((report.verdict(), report.standing()), (Verdict::Passed, Standing::GoodWithRemarks));
}

#[test]
fn another_document_is_never_co_signed_by_mistake() {
    let mut rng = SeededRng::new(23);
    let mints = mints(&mut rng);
    let says = |message: &[u8], content, rng: &mut SeededRng| {
        cosign(&mints[0], message, content, rng).unwrap_err().to_string()
    };
    for mint in &mints {
        let attached = sign(mint, false, &mut rng);
        assert!(says(&attached, Some(b"other"), &mut rng).contains("not the one inside"));
        assert!(cosign(&mints[0], &attached, Some(CONTENT), &mut rng).is_ok());
        let detached = sign(mint, true, &mut rng);
        assert!(says(&detached, None, &mut rng).contains("detached"));
        assert!(says(&detached, Some(b"other"), &mut rng).contains("other content"));
        // Altered inside: the digest of the signature that is there does not fit any more.
        let place = attached.windows(CONTENT.len()).position(|w| w == CONTENT).unwrap();
        let mut altered = attached.clone();
        altered[place] ^= 1;
        assert!(says(&altered, None, &mut rng).contains("other content"));
        // Two signers, of whom only the first is of this content.
        let both = cosign(&mints[1], &attached, None, &mut rng).unwrap();
        let digest = mint.signer.key.algorithm().digest().digest(CONTENT);
        let place = both.windows(digest.len()).position(|w| w == digest).unwrap();
        let mut altered = both;
        altered[place] ^= 1;
        assert!(says(&altered, None, &mut rng).contains("other content"));
    }
    assert!(cosign(&mints[0], b"Dear Sir or Madam", None, &mut rng).is_err());
    assert!(cosign(&mints[0], &mints[0].anchor, None, &mut rng).is_err());
}

/// The message of a file, out of any armour.
fn body(file: &[u8]) -> Vec<u8> {
    match recognise(file) {
        Some(Recognised::SignedMessage(body)) => body.unwrap().into_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn messages_of_the_national_software_are_co_signed() {
    let Some(folder) = common::set("kz") else { return };
    let document = common::read(&folder.join("cms/skarm_individual_document.txt"));
    let mut rng = SeededRng::new(24);
    let mints = mints(&mut rng);
    let mut seen = 0;
    for entry in fs::read_dir(folder.join("cms")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // Of one the content is unknown.
        if !name.ends_with(".cms") || name.contains("contentless") {
            continue;
        }
        let file = common::read(&path);
        let given = name.contains("detached").then_some(&document[..]);
        let before = body(&file);
        for mint in &mints {
            let after =
                cosign(mint, &file, given, &mut rng).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_untouched(&before, &after, &name);
            let mut question = Question::at(at());
            question.data = given;
            let checks = |message: &[u8]| {
                let report = verifier(&[mint]).verify(message, &question).unwrap();
                let of_key = report.signatures().iter().map(|s| {
                    let checks = s.checks[..5].iter();
                    (
                        s.claimed_certificate.clone().unwrap().serial().to_vec(),
                        checks.cloned().collect::<Vec<_>>(),
                    )
                });
                of_key.collect::<Vec<_>>()
            };
            let (old, new) = (checks(&before), checks(&after));
            assert!(old.iter().all(|one| new.contains(one)), "{name}");
            let ours = new.iter().find(|one| !old.contains(one)).unwrap();
            assert!(ours.1.iter().all(|c| c.outcome == Outcome::Passed), "{name}: {:?}", ours.1);
            seen += 1;
        }
    }
    assert!(seen >= 4 * 11, "{seen}");
}

/// What OpenSSL signs, in DER and in BER, is co-signed here, and OpenSSL verifies both signatures.
#[test]
fn messages_of_openssl_are_co_signed() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = SeededRng::new(25);
    let mints = mints(&mut rng);
    let base = &mints[3];
    let key =
        write(folder.path(), "key.pem", &pem("PRIVATE KEY", &base.signer.key.to_pkcs8().unwrap()));
    let signer = write(folder.path(), "signer.pem", &pem("CERTIFICATE", &base.signer.certificate));
    let content = write(folder.path(), "content", CONTENT);
    let bundle = [&base.anchor[..], base.issuing().certificate()].map(|c| pem("CERTIFICATE", c));
    let authorities = write(folder.path(), "authorities.pem", &bundle.concat());
    let forms: [&[&str]; 11] = [
        &["-nodetach"],
        &["-nodetach", "-cades"],
        &["-nodetach", "-stream", "-indef"],
        &["-nodetach", "-keyid"],
        &["-nodetach", "-md", "sha512"],
        &["-nodetach", "-md", "sha1"],
        &["-nodetach", "-noattr"],
        &["-nodetach", "-outform", "PEM"],
        &["-nodetach", "-econtent_type", "1.2.840.113549.1.9.16.1.2"],
        &[],
        &["-stream", "-indef"],
    ];
    for form in forms {
        let mut arguments =
            vec!["cms", "-sign", "-binary", "-in", &content, "-signer", &signer, "-inkey", &key];
        if !form.contains(&"PEM") {
            arguments.extend(["-outform", "DER"]);
        }
        arguments.extend(form);
        let message = openssl(&arguments);
        let given = (!form.contains(&"-nodetach")).then_some(CONTENT);
        for mint in &mints {
            let what = format!("{form:?} then {}", mint.signer.key.algorithm());
            let after =
                cosign(mint, &message, given, &mut rng).unwrap_or_else(|e| panic!("{what}: {e}"));
            assert_untouched(&body(&message), &after, &what);
            let mut question = Question::at(at());
            question.data = given;
            let report = verifier(&[base, mint]).verify(&after, &question).unwrap();
            assert_eq!(report.signatures().len(), 2, "{what}");
            // SHA-1 is accepted under no signature; it tells one document from another all the same.
            let wanted = if form.contains(&"sha1") { 1 } else { 2 };
            let passed =
                |s: &&qoltanba::report::SignatureReport| s.conclusion.verdict() == Verdict::Passed;
            assert_eq!(report.signatures().iter().filter(passed).count(), wanted, "{what}");
        }
        let after = cosign(base, &message, given, &mut rng).unwrap();
        let file = write(folder.path(), "after.cms", &after);
        let at = at().unix().to_string();
        let mut arguments = vec!["cms", "-verify", "-binary", "-inform", "DER", "-in", &file];
        arguments.extend(["-CAfile", &authorities, "-purpose", "any", "-attime", &at]);
        if given.is_some() {
            arguments.extend(["-content", &content]);
        }
        assert_eq!(openssl(&arguments), CONTENT, "{form:?}");
    }
    // Without signed attributes and without the certificate nothing tells what is signed.
    let mut arguments = vec!["cms", "-sign", "-binary", "-nodetach", "-noattr", "-nocerts"];
    arguments.extend(["-in", &content, "-signer", &signer, "-inkey", &key, "-outform", "DER"]);
    let error = cosign(base, &openssl(&arguments), None, &mut rng).unwrap_err().to_string();
    assert!(error.contains("without signed attributes"), "{error}");
}
