//! Verdicts with evidence from a server, and without it when the server fails.

use std::{process::Command, time::Duration};

use qoltanba::{
    Certificate, Question,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    time::Validity,
};
use qoltanba_fetch::{AddressPolicy, Cache, FetchLimits, Fetcher, Http, Kind};
use qoltanba_testkit::{
    CrlFault, CrlSpec, EndEntity, Fault, Mint, Order, Profile, Revoked, SeededRng,
    TimeStampRequest, TimeStampSpec, pooled_key, time_stamp_response,
};

use crate::{
    pki::{
        BASE, CERTIFICATE, DELTA, LIST, Pki, ROOT_LIST, SHORT, at, fetcher, hours, offline,
        publish, said,
    },
    server::{Answer, Make, Server},
};

fn cache(folder: &tempfile::TempDir) -> Cache {
    Cache::open(folder.path()).unwrap()
}

#[test]
fn everything_missing_is_fetched() {
    let pki = Pki::new();
    let server = pki.server();
    let outcome = pki.verify(&fetcher(&server), &pki.verifier(), at());
    assert_eq!(said(&outcome), ("passed", "none", vec![]));
    assert_eq!(server.paths(), [CERTIFICATE, LIST, DELTA, ROOT_LIST]);
    let kinds: Vec<Kind> = outcome.sources.iter().map(|s| s.kind).collect();
    assert_eq!(kinds, [Kind::Certificate, Kind::List, Kind::Delta, Kind::List]);
    assert!(outcome.sources.iter().all(|s| !s.from_cache && s.fetched == at()));
    assert_eq!(outcome.evidence.deltas.len(), 1);
    // Without the network nothing of it is there.
    let alone = pki.verify(&offline(&server), &pki.verifier(), at());
    assert_eq!(said(&alone), ("indeterminate", "chain_untrusted", vec!["offline"]));
}

#[test]
fn a_good_verifier_asks_nobody() {
    let pki = Pki::new();
    let server = pki.server();
    let lists = pki.mint.lists.iter().map(|l| qoltanba::revocation::Crl::from_der(l).unwrap());
    let outcome = pki.verify(&fetcher(&server), &pki.knowing().with_crls(lists), at());
    assert_eq!(said(&outcome), ("passed", "none", vec![]));
    assert!(server.paths().is_empty());
}

#[test]
fn a_revocation_in_a_fetched_list_counts() {
    let order = Order::new(SignatureAlgorithm::Gost2015_512, at()).revoked(hours(-48));
    let pki = Pki::of(&order);
    let outcome = pki.verify(&fetcher(&pki.server()), &pki.verifier(), at());
    assert_eq!(said(&outcome), ("failed", "cert_revoked", vec![]));
}

/// The list over the signer fails in every way; the verdict is never good, and says why.
#[test]
fn a_list_that_cannot_be_had_is_named() {
    let pki = Pki::new();
    let other =
        Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut SeededRng::new(77)).unwrap();
    let spec = || CrlSpec::complete(101, hours(-1));
    let good = pki.list(&spec());
    let page = b"<html><body>Service unavailable</body></html>".to_vec();
    let half = |head: &str| [head.as_bytes(), &good[..good.len() / 2]].concat();
    let announced = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", good.len());
    let chunk =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", good.len());
    let elsewhere = "Location: http://portal.example/\r\n";
    let unknown = "revocation_unknown";
    let cases = [
        (Answer::Status(503, "", Vec::new()), unknown, "http_status"),
        (Answer::Raw(Vec::new()), unknown, "cut_short"),
        (Answer::Silence, unknown, "timeout"),
        (Answer::Drip(good.clone(), Duration::from_millis(50)), unknown, "timeout"),
        (Answer::Body(page), unknown, "html"),
        (Answer::Status(302, elsewhere, good.clone()), unknown, "redirect"),
        (Answer::Body(Vec::new()), unknown, "empty"),
        (Answer::Body(b"0garbage".to_vec()), unknown, "list_malformed"),
        (Answer::Body(good[..good.len() / 2].to_vec()), unknown, "list_malformed"),
        (Answer::Raw(half(&announced)), unknown, "cut_short"),
        (Answer::Raw(half(&chunk)), unknown, "cut_short"),
        (Answer::Raw(half("HTTP/1.0 200 OK\r\n\r\n")), unknown, "list_malformed"),
        (Answer::Endless, unknown, "too_large"),
        (Answer::Body(pki.mint.lists[0].clone()), unknown, "list_of_another_issuer"),
        (Answer::Body(pki.list(&CrlSpec::delta(5000, 100, hours(-1)))), unknown, "list_is_delta"),
        // Of the right name, by the key of another.
        (Answer::Body(publish(other.issuing(), &spec())), "crl_wrong_issuer", "list_forged"),
        (
            Answer::Body(pki.list(&spec().fault(CrlFault::BadSignature))),
            "crl_bad_signature",
            "list_forged",
        ),
        (Answer::Body(pki.list(&spec().fault(CrlFault::Stale))), "crl_stale", "list_not_in_force"),
        (
            Answer::Body(pki.list(&spec().fault(CrlFault::FromTheFuture))),
            "crl_stale",
            "list_not_in_force",
        ),
    ];
    let server = pki.server();
    for (answer, reason, note) in cases {
        let folder = tempfile::tempdir().unwrap();
        let shown: String = format!("{answer:?}").chars().take(60).collect();
        server.set(LIST, answer);
        let fetcher = fetcher(&server).with_cache(cache(&folder));
        let outcome = pki.verify(&fetcher, &pki.knowing(), at());
        assert_eq!(said(&outcome), ("indeterminate", reason, vec![note]), "{shown}");
        let kept = cache(&folder).read(Kind::List, &format!("{BASE}crl/nca_gost2015.crl")).unwrap();
        assert!(kept.is_none(), "{note} was kept");
    }
}

/// The same failures, with a good copy from earlier: it is still there, and still counts.
#[test]
fn nothing_good_is_lost() {
    let pki = Pki::new();
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let fetcher = fetcher(&server).with_cache(cache(&folder));
    let first = pki.verify(&fetcher, &pki.knowing(), at());
    assert_eq!(said(&first), ("passed", "none", vec![]));
    let address = format!("{BASE}crl/nca_gost2015.crl");
    let kept = cache(&folder).read(Kind::List, &address).unwrap().unwrap();
    assert_eq!(kept.body(), pki.mint.lists[1]);

    let newer = |number| CrlSpec::complete(number, hours(-1));
    let forged =
        Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut SeededRng::new(77)).unwrap();
    let cases = [
        (Answer::Silence, "timeout"),
        (Answer::Body(b"<html>".to_vec()), "html"),
        (Answer::Body(kept.body()[..100].to_vec()), "list_malformed"),
        (Answer::Body(pki.mint.lists[0].clone()), "list_of_another_issuer"),
        (Answer::Body(pki.list(&CrlSpec::delta(5000, 100, hours(-1)))), "list_is_delta"),
        (Answer::Body(pki.list(&CrlSpec::complete(100, hours(-48)))), "list_older"),
        (Answer::Body(pki.list(&newer(99))), "list_number_lower"),
        (Answer::Body(pki.list(&newer(101).fault(CrlFault::BadSignature))), "list_forged"),
        (Answer::Body(publish(forged.issuing(), &newer(9999))), "list_forged"),
        (Answer::Body(pki.list(&newer(101).fault(CrlFault::Stale))), "list_not_in_force"),
    ];
    for (answer, note) in cases {
        server.set(LIST, answer);
        let outcome = pki.verify(&fetcher, &pki.knowing(), hours(5));
        assert_eq!(said(&outcome), ("passed", "none", vec![note]));
        let source = outcome.sources.iter().rfind(|s| s.address == address).unwrap();
        assert!(source.from_cache && source.fetched == at(), "{note}: {source:?}");
        let now = cache(&folder).read(Kind::List, &address).unwrap().unwrap();
        assert_eq!(now, kept, "{note}");
    }

    let better = pki.list(&newer(101));
    server.set(LIST, Answer::Body(better.clone()));
    let outcome = pki.verify(&fetcher, &pki.knowing(), hours(6));
    assert_eq!(said(&outcome), ("passed", "none", vec![]));
    assert_eq!(cache(&folder).read(Kind::List, &address).unwrap().unwrap().body(), better);
}

#[test]
fn a_stale_copy_stays_stale_and_its_revocations_stand() {
    for revoked in [false, true] {
        let order = Order::new(SignatureAlgorithm::Gost2015_512, at());
        let pki = Pki::of(&if revoked { order.revoked(hours(-48)) } else { order });
        let server = pki.server();
        let folder = tempfile::tempdir().unwrap();
        let fetcher = fetcher(&server).with_cache(cache(&folder));
        pki.verify(&fetcher, &pki.knowing(), at());
        server.set(LIST, Answer::Silence);
        // The lists are in force for thirty days.
        let later = hours(40 * 24);
        let root = CrlSpec::complete(2, hours(39 * 24));
        server.set(ROOT_LIST, Answer::Body(publish(&pki.mint.root, &root)));
        let outcome = pki.verify(&fetcher, &pki.knowing(), later);
        let expected =
            if revoked { ("failed", "cert_revoked") } else { ("indeterminate", "crl_stale") };
        let (verdict, reason, notes) = said(&outcome);
        assert_eq!((verdict, reason), expected);
        assert_eq!(notes[0], "timeout");
    }
}

#[test]
fn copies_answer_without_the_network_until_they_are_old() {
    let pki = Pki::new();
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let online = fetcher(&server).with_cache(cache(&folder));
    assert_eq!(pki.verify(&online, &pki.verifier(), at()).report.verdict().code(), "passed");
    server.asked();

    let again = pki.verify(&online, &pki.verifier(), hours(3));
    assert_eq!(said(&again), ("passed", "none", vec![]));
    assert!(server.paths().is_empty(), "somebody was asked");
    assert!(again.sources.iter().all(|s| s.from_cache && s.fetched == at()));

    let alone = offline(&server).with_cache(cache(&folder));
    let outcome = pki.verify(&alone, &pki.verifier(), hours(20 * 24));
    let (verdict, _, notes) = said(&outcome);
    assert_eq!(verdict, "passed");
    assert!(notes.iter().all(|n| *n == "offline"), "{notes:?}");

    // After four hours the lists are asked for again; the certificate is as good as it was.
    pki.verify(&online, &pki.verifier(), hours(5));
    assert_eq!(server.paths(), [LIST, DELTA, ROOT_LIST]);
}

#[test]
fn a_copy_that_ran_out_is_not_used_for_being_recent() {
    let pki = Pki::new();
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let fetcher = fetcher(&server).with_cache(cache(&folder));
    let short = CrlSpec { next_update: Some(hours(1)), ..CrlSpec::complete(100, hours(-1)) };
    server.set(LIST, Answer::Body(pki.list(&short)));
    assert_eq!(said(&pki.verify(&fetcher, &pki.knowing(), at())), ("passed", "none", vec![]));
    server.set(LIST, Answer::Body(pki.list(&CrlSpec::complete(101, hours(1)))));
    server.asked();
    assert_eq!(said(&pki.verify(&fetcher, &pki.knowing(), hours(2))), ("passed", "none", vec![]));
    assert_eq!(server.paths(), [LIST]);
}

#[test]
fn a_list_in_memory_gives_way_to_what_another_process_brought() {
    let order = Order::new(SignatureAlgorithm::Gost2015_512, at());
    let pki = Pki::of(&order);
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let mine = fetcher(&server).with_cache(cache(&folder));
    for _ in 0..2 {
        let outcome = pki.verify(&mine, &pki.knowing(), at());
        assert_eq!(said(&outcome), ("passed", "none", vec![]));
    }
    let news = Revoked::new(&pki.mint.signer.serial, hours(-2));
    server.set(LIST, Answer::Body(pki.list(&CrlSpec::complete(101, at()).revoke(news))));
    let other = fetcher(&server).with_cache(cache(&folder));
    let address = format!("{BASE}crl/nca_gost2015.crl");
    let (source, _) = other.refresh(&pki.knowing(), Kind::List, &[&address], hours(1));
    assert!(source.is_some());
    server.asked();
    let outcome = pki.verify(&mine, &pki.knowing(), hours(1));
    assert_eq!(said(&outcome), ("failed", "cert_revoked", vec![]));
    assert!(server.paths().is_empty(), "the copy is recent");
}

#[test]
fn a_damaged_copy_is_named_and_replaced() {
    let pki = Pki::new();
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let fetcher = fetcher(&server).with_cache(cache(&folder));
    pki.verify(&fetcher, &pki.knowing(), at());
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|e| e == "entry") {
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        }
    }
    let outcome = pki.verify(&fetcher, &pki.knowing(), hours(1));
    assert_eq!(said(&outcome), ("passed", "none", vec!["copy_damaged"; 3]));
    let outcome = pki.verify(&fetcher, &pki.knowing(), hours(2));
    assert_eq!(said(&outcome), ("passed", "none", vec![]));
}

#[test]
fn a_delta_without_its_indicator_is_still_no_base() {
    let pki = Pki::new();
    let server = pki.server();
    // From the delta's address, fresh, and clearing everybody: were it a base, the stale complete
    // list would not matter.
    let unmarked = pki.list(&CrlSpec::complete(5000, hours(-1)));
    server.set(DELTA, Answer::Body(unmarked));
    server.set(LIST, Answer::Body(pki.list(&CrlSpec::complete(101, at()).fault(CrlFault::Stale))));
    let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
    assert_eq!(said(&outcome), ("indeterminate", "crl_stale", vec!["list_not_in_force"]));
    assert_eq!(outcome.evidence.deltas.len(), 1);
}

#[test]
fn a_revocation_that_only_the_delta_tells_counts() {
    let pki = Pki::new();
    let server = pki.server();
    let news = Revoked::new(&pki.mint.signer.serial, hours(-2));
    for marked in [true, false] {
        let spec = if marked {
            CrlSpec::delta(5000, 100, hours(-1))
        } else {
            CrlSpec::complete(5000, hours(-1))
        };
        server.set(DELTA, Answer::Body(pki.list(&spec.revoke(news.clone()))));
        let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
        assert_eq!(said(&outcome), ("failed", "cert_revoked", vec![]), "{marked}");
    }
}

#[test]
fn a_delta_that_fails_costs_nothing() {
    let pki = Pki::new();
    let server = pki.server();
    server.set(DELTA, Answer::Body(b"<html>".to_vec()));
    let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
    assert_eq!(said(&outcome), ("passed", "none", vec!["html"]));
}

#[test]
fn authorities_publish_certificates_in_every_form() {
    let pki = Pki::new();
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(file("ca.der"), pki.mint.issuing().certificate()).unwrap();
    std::fs::write(file("root.der"), &pki.mint.anchor).unwrap();
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    for name in ["ca", "root"] {
        let (from, to) = (file(&format!("{name}.der")), file(&format!("{name}.pem")));
        openssl(&["x509", "-inform", "DER", "-in", &from, "-out", &to]);
    }
    let (ca, root) = (file("ca.pem"), file("root.pem"));
    let bundle = ["crl2pkcs7", "-nocrl", "-certfile", &root, "-certfile", &ca, "-out"];
    openssl(&[&bundle[..], &[&file("bundle.p7b")]].concat());
    openssl(&[&bundle[..], &[&file("bundle.p7c"), "-outform", "DER"]].concat());
    for form in ["ca.der", "ca.pem", "bundle.p7b", "bundle.p7c"] {
        server.set(CERTIFICATE, Answer::Body(std::fs::read(file(form)).unwrap()));
        let outcome = pki.verify(&fetcher(&server), &pki.verifier(), at());
        assert_eq!(said(&outcome), ("passed", "none", vec![]), "{form}");
    }
}

#[test]
fn a_certificate_that_cannot_be_had_is_named() {
    let pki = Pki::new();
    let server = pki.server();
    let other =
        Mint::good(SignatureAlgorithm::Gost2015_512, at(), &mut SeededRng::new(77)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (answer, reason, note) in [
        (Answer::Silence, "chain_untrusted", Some("timeout")),
        (Answer::Body(b"<html>".to_vec()), "chain_untrusted", Some("html")),
        (Answer::Body(b"0garbage".to_vec()), "chain_untrusted", Some("no_such_certificate")),
        (Answer::Body(pki.mint.anchor.clone()), "chain_untrusted", Some("no_such_certificate")),
        // Of the right name, by another root: it is tried, and not kept.
        (Answer::Body(other.issuing().certificate().to_vec()), "chain_untrusted", None),
    ] {
        server.set(CERTIFICATE, answer);
        let fetcher = fetcher(&server).with_cache(cache(&folder));
        let outcome = pki.verify(&fetcher, &pki.verifier(), at());
        let notes: Vec<&str> = note.into_iter().collect();
        assert_eq!(said(&outcome), ("indeterminate", reason, notes));
        assert!(cache(&folder).entries().unwrap().is_empty());
    }
}

#[test]
fn strangers_addresses_are_not_asked() {
    let pki = Pki::new();
    let server = pki.server();
    let fetcher = Fetcher::new(AddressPolicy::national()).with_http(Http::new(SHORT));
    let outcome = pki.verify(&fetcher, &pki.verifier(), at());
    assert_eq!(said(&outcome), ("indeterminate", "chain_untrusted", vec!["address_refused"]));
    assert!(server.paths().is_empty());
}

#[test]
fn limits_on_rounds_and_requests_hold() {
    let pki = Pki::new();
    let server = pki.server();
    for (limits, asked, note) in [
        (FetchLimits { rounds: 0, ..FetchLimits::default() }, 0, None),
        (FetchLimits { rounds: 1, ..FetchLimits::default() }, 1, None),
        (FetchLimits { requests: 3, ..FetchLimits::default() }, 2, Some("limit")),
        (FetchLimits { bytes: 1, ..FetchLimits::default() }, 1, Some("limit")),
        (FetchLimits { seconds: 0, ..FetchLimits::default() }, 0, Some("limit")),
    ] {
        let outcome = pki.verify(&fetcher(&server).with_limits(limits), &pki.verifier(), at());
        let (verdict, _, notes) = said(&outcome);
        assert_eq!((verdict, notes.first().copied()), ("indeterminate", note), "{limits:?}");
        assert_eq!(server.paths().len(), asked, "{limits:?}");
    }
}

#[test]
fn lists_are_refreshed_ahead_of_need_from_the_first_mirror_that_is_well() {
    let pki = Pki::new();
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let fetcher = fetcher(&server).with_cache(cache(&folder));
    let (first, second) = (format!("{BASE}crl/mirror.crl"), format!("{BASE}crl/nca_gost2015.crl"));
    let mirrors = [first.as_str(), second.as_str()];
    let verifier = pki.knowing();
    server.set("/crl/mirror.crl", Answer::Silence);
    let (source, notes) = fetcher.refresh(&verifier, Kind::List, &mirrors, at());
    assert_eq!((source.unwrap().address, notes[0].problem.code()), (second.clone(), "timeout"));
    assert_eq!(server.paths(), ["/crl/mirror.crl", LIST]);

    // When the first is well, the second is not asked; and what is new is asked for every time.
    server.set("/crl/mirror.crl", Answer::Body(pki.mint.lists[1].clone()));
    for _ in 0..2 {
        let (source, notes) = fetcher.refresh(&verifier, Kind::List, &mirrors, at());
        assert_eq!((source.unwrap().address, notes), (first.clone(), vec![]));
        assert_eq!(server.paths(), ["/crl/mirror.crl"]);
    }

    let (source, notes) = fetcher.refresh(&verifier, Kind::Delta, &["http://a.invalid/"], at());
    assert_eq!((source, notes[0].problem.code()), (None, "address_refused"));
}

#[test]
fn a_list_of_another_authority_cannot_sit_in_the_place_of_the_right_one() {
    let pki = Pki::new();
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let fetcher = fetcher(&server).with_cache(cache(&folder));
    let address = format!("{BASE}crl/nca_gost2015.crl");
    // Authentic, in force, and of another authority: nobody said whose list was wanted.
    server.set(LIST, Answer::Body(pki.mint.lists[0].clone()));
    let (source, _) = fetcher.refresh(&pki.knowing(), Kind::List, &[&address], at());
    assert!(source.is_some());
    // A certificate says whose.
    server.set(LIST, Answer::Body(pki.mint.lists[1].clone()));
    let outcome = pki.verify(&fetcher, &pki.knowing(), hours(1));
    assert_eq!(said(&outcome), ("passed", "none", vec![]));
    let kept = cache(&folder).read(Kind::List, &address).unwrap().unwrap();
    assert_eq!(kept.body(), pki.mint.lists[1]);
    // Without that the copy that is in force stays.
    server.set(LIST, Answer::Body(pki.mint.lists[0].clone()));
    let (source, notes) = fetcher.refresh(&pki.knowing(), Kind::List, &[&address], hours(2));
    assert_eq!((source, notes[0].problem.code()), (None, "list_of_another_issuer"));
}

#[test]
fn a_list_of_another_authority_keeps_no_newer_one_away() {
    let pki = Pki::new();
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let fetcher = fetcher(&server).with_cache(cache(&folder));
    let address = format!("{BASE}crl/nca_gost2015.crl");
    server.set(LIST, Answer::Body(pki.mint.lists[0].clone()));
    assert!(fetcher.refresh(&pki.knowing(), Kind::List, &[&address], at()).0.is_some());
    let newer = pki.list(&CrlSpec::complete(101, at()));
    server.set(LIST, Answer::Body(newer.clone()));
    let (source, notes) = fetcher.refresh(&pki.knowing(), Kind::List, &[&address], hours(1));
    assert_eq!((source.is_some(), notes), (true, vec![]));
    assert_eq!(cache(&folder).read(Kind::List, &address).unwrap().unwrap().body(), newer);
}

#[test]
fn a_list_of_who_may_sign_none_is_not_kept() {
    let order = Order::new(SignatureAlgorithm::Gost2015_512, at()).fault(Fault::NoCrlSign);
    let pki = Pki::of(&order);
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let fetcher = fetcher(&server).with_cache(cache(&folder));
    let address = format!("{BASE}crl/nca_gost2015.crl");
    let (source, notes) = fetcher.refresh(&pki.knowing(), Kind::List, &[&address], at());
    assert_eq!((source, notes[0].problem.code()), (None, "list_issuer_unknown"));
    assert_eq!(cache(&folder).read(Kind::List, &address).unwrap(), None);
}

#[test]
fn what_may_be_a_delta_takes_no_place_of_a_complete_list() {
    let pki = Pki::new();
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let fetcher = fetcher(&server).with_cache(cache(&folder));
    let address = format!("{BASE}crl/nca_gost2015.crl");
    // Marked by nothing but a critical freshestCRL (order 522/НҚ), and numbered as deltas are: as a
    // copy it would keep away every complete list for as long as it is in force.
    let unmarked = CrlSpec::complete(57725, hours(-1)).fault(CrlFault::CriticalFreshestCrl);
    server.set(LIST, Answer::Body(pki.list(&unmarked)));
    let (source, notes) = fetcher.refresh(&pki.knowing(), Kind::List, &[&address], at());
    assert_eq!((source, notes[0].problem.code()), (None, "list_is_delta"));
    server.set(LIST, Answer::Body(pki.list(&CrlSpec::complete(101, hours(-2)))));
    assert!(fetcher.refresh(&pki.knowing(), Kind::List, &[&address], at()).0.is_some());
}

#[test]
fn time_stamps_come_from_where_the_operator_says() {
    let pki = Pki::new();
    let algorithm = SignatureAlgorithm::Gost2015_512;
    let validity = Validity { not_before: hours(-48), not_after: hours(24 * 300) };
    let entity = EndEntity::invented(Profile::TimeStamping, 5, algorithm, validity);
    let mut rng = SeededRng::new(40);
    let key = pooled_key(algorithm, &mut rng).unwrap();
    let authority = pki.mint.issuing().clone();
    let stamping = authority.issue(&entity, key, &mut rng).unwrap();
    let stamp = move |request: &TimeStampRequest| {
        let spec = TimeStampSpec::answering(request, at());
        let token = authority.stamp(&spec, &stamping, &mut SeededRng::new(1)).unwrap();
        time_stamp_response(&token).unwrap()
    };
    let other = stamp.clone();
    let server = Server::start()
        .with("/silent", Answer::Silence)
        .with("/garbage", Answer::Body(b"0garbage".to_vec()))
        .with("/busy", Answer::Body(vec![0x30, 5, 0x30, 3, 2, 1, 2]))
        .with(
            "/other",
            Make::by(move |posted| {
                let asked = TimeStampRequest::from_der(posted).unwrap();
                other(&TimeStampRequest { nonce: Some(vec![1, 2, 3]), ..asked })
            }),
        )
        .with("/good", Make::by(move |posted| stamp(&TimeStampRequest::from_der(posted).unwrap())))
        .with("/never", Answer::Body(b"0garbage".to_vec()));
    let addresses =
        ["/silent", "/garbage", "/busy", "/other", "/good", "/never"].map(|path| server.at(path));
    let digest = DigestAlgorithm::Sha256;
    let request =
        qoltanba::timestamp::TimeStampRequest::new(digest, &digest.digest(b"signature")).unwrap();
    let request = request.nonce(&[7; 8]);
    // A policy that follows nothing does not bind the operator.
    let fetcher = Fetcher::new(AddressPolicy::none()).with_http(Http::new(SHORT));
    let (token, notes) = fetcher.time_stamp(&addresses, &request);
    assert!(token.is_some(), "{notes:?}");
    let codes: Vec<&str> = notes.iter().map(|n| n.problem.code()).collect();
    let expected = ["timeout", "time_stamp_malformed", "time_stamp_refused", "time_stamp_mismatch"];
    assert_eq!(codes, expected);
    let asked = server.asked();
    assert_eq!(asked.len(), 5);
    for one in asked {
        assert!(one.line.starts_with("POST "), "{one:?}");
        assert!(one.headers.iter().any(|h| h.ends_with("application/timestamp-query")), "{one:?}");
    }
    let (none, notes) = fetcher.time_stamp(&addresses[..1], &request);
    assert!(none.is_none() && notes.len() == 1);
}

#[test]
fn a_certificate_on_its_own_is_completed_too() {
    let pki = Pki::new();
    let server = pki.server();
    let question = Question::at(at());
    let certificate = Certificate::from_der(&pki.mint.signer.certificate).unwrap();
    let fetcher = fetcher(&server);
    let outcome = fetcher.verify(&pki.verifier(), certificate.as_der(), &question, at()).unwrap();
    assert_eq!(said(&outcome), ("passed", "none", vec![]));
    assert_eq!(server.paths(), [CERTIFICATE, LIST, DELTA, ROOT_LIST]);
}

#[test]
fn a_key_that_nobody_knows_is_no_reason_to_doubt_a_list() {
    let order = Order::new(SignatureAlgorithm::Gost2015_512, at());
    let pki = Pki::of(&order);
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    // The authority's certificate stands in the message, and nowhere else.
    let mut rng = SeededRng::new(8);
    let certificate = pki.mint.signer_certificate().unwrap();
    let chain = [Certificate::from_der(pki.mint.issuing().certificate()).unwrap()];
    let signer = qoltanba::sign::CmsSigner::new(&*pki.mint.signer.key, &certificate).unwrap();
    let document = signer.with_chain(&chain).sign(b"x", &mut rng).unwrap();
    let fetcher = fetcher(&server).with_cache(cache(&folder));
    let question = Question::at(at());
    let outcome = fetcher.verify(&pki.verifier(), &document, &question, at()).unwrap();
    assert_eq!(said(&outcome), ("passed", "none", vec![]));
    let kept: Vec<String> =
        cache(&folder).entries().unwrap().iter().map(|e| e.address().to_owned()).collect();
    assert_eq!(kept, [format!("{BASE}crl/root_gost2015.crl")]);
}

#[test]
fn the_newest_of_two_copies_decides() {
    let order = Order::new(SignatureAlgorithm::Gost2015_512, at());
    let pki = Pki::of(&order);
    let server = pki.server();
    let folder = tempfile::tempdir().unwrap();
    let fetcher = fetcher(&server).with_cache(cache(&folder));
    assert_eq!(pki.verify(&fetcher, &pki.knowing(), at()).report.verdict().code(), "passed");
    let revoking =
        CrlSpec::complete(101, hours(4)).revoke(Revoked::new(&pki.mint.signer.serial, hours(3)));
    server.set(LIST, Answer::Body(pki.list(&revoking)));
    let outcome = pki.verify(&fetcher, &pki.knowing(), hours(5));
    assert_eq!(said(&outcome), ("failed", "cert_revoked", vec![]));
}
