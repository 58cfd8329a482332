//! Long lists in the cache, opened by their indexes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use qoltanba::{Instant, Lang, Question, algorithm::SignatureAlgorithm};
use qoltanba_fetch::{BundleContents, Cache, Fetcher, Kind, Note, Outcome, Source};
use qoltanba_testkit::{CrlFault, CrlSpec, Order, Revoked};

use crate::{
    pki::{DELTA, LIST, Pki, at, fetcher, hours, offline, said},
    server::{Answer, Server},
};

/// Long enough to get an index.
const MANY: u64 = 8000;
/// Around the checksum of a header, a directory and what binds the index to the copy.
const TAIL: usize = 70;

fn long(number: u64) -> CrlSpec {
    CrlSpec::complete(number, hours(-1)).revoke_invented(MANY)
}

/// The files of lists that have an index, with the indexes.
fn indexed(folder: &Path) -> Vec<(PathBuf, PathBuf)> {
    let all = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
    let mut found: Vec<_> = all
        .filter(|f| f.extension().is_some_and(|e| e == "index"))
        .map(|f| (f.with_extension("entry"), f))
        .collect();
    found.sort();
    found
}

/// Puts other octets in the place of a file, as a file system does: what is mapped stays.
fn swap(path: &Path, octets: &[u8]) {
    let new = path.with_extension("swapped");
    fs::write(&new, octets).unwrap();
    fs::rename(new, path).unwrap();
}

/// A process of its own, as far as the cache can tell: it holds no list yet.
fn cached(fetcher: Fetcher, folder: &Path) -> Fetcher {
    fetcher.with_cache(Cache::open(folder).unwrap())
}

fn next_process(pki: &Pki, server: &Server, folder: &Path, now: Instant) -> Outcome {
    pki.verify(&cached(offline(server), folder), &pki.knowing(), now)
}

/// A cache that was filled over the network.
fn filled(pki: &Pki, server: &Server) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let outcome = pki.verify(&cached(fetcher(server), folder.path()), &pki.knowing(), at());
    assert!(outcome.evidence.indexed.is_empty(), "what came was parsed");
    folder
}

/// Everything that a caller sees, but for how the lists were opened.
fn seen(outcome: &Outcome) -> (String, &[Source], &[Note]) {
    let report = &outcome.report;
    let json = [Lang::Kk, Lang::Ru, Lang::En].map(|lang| report.to_json(lang).to_string());
    (json.concat(), &outcome.sources, &outcome.notes)
}

#[test]
fn the_next_process_does_not_read_the_body_of_a_list() {
    let pki = Pki::new();
    let server = pki.server();
    let list = pki.list(&long(200));
    server.set(LIST, Answer::Body(list.clone()));
    let folder = filled(&pki, &server);
    let files = indexed(folder.path());
    let [(entry, index)] = &files[..] else { panic!("{files:?}") };

    let outcome = next_process(&pki, &server, folder.path(), hours(1));
    assert_eq!(said(&outcome), ("passed", "none", vec![]));
    assert_eq!(outcome.evidence.indexed.len(), 1);
    assert!(outcome.sources.iter().all(|source| source.from_cache && source.fetched == at()));
    // What a bundle needs is still had.
    let mut contents = BundleContents::new(at());
    contents.add(outcome.evidence);
    assert!(contents.lists.iter().any(|one| one.as_der() == list));

    // The same with a body that would not stand its SHA-256.
    let good = fs::read(entry).unwrap();
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    swap(entry, &bad);
    let outcome = next_process(&pki, &server, folder.path(), hours(1));
    assert_eq!(said(&outcome), ("passed", "none", vec![]));
    assert!(outcome.evidence.indexed[0].read().is_none());
    // The lines before the body are read, and so is its length.
    let first = good.windows(8).position(|w| w == b"fetched:").unwrap() + 12;
    bad[first] ^= 1;
    for bad in [bad, good[..good.len() - 1].to_vec(), [&good[..], b"0"].concat(), Vec::new()] {
        swap(entry, &bad);
        let outcome = next_process(&pki, &server, folder.path(), hours(1));
        let damaged = vec!["copy_damaged", "offline"];
        assert_eq!(said(&outcome), ("indeterminate", "revocation_unknown", damaged));
    }
    // An index alone is nothing.
    fs::remove_file(entry).unwrap();
    let outcome = next_process(&pki, &server, folder.path(), hours(1));
    assert_eq!(said(&outcome), ("indeterminate", "revocation_unknown", vec!["offline"]));
    assert!(index.exists());
}

#[test]
fn the_report_is_the_same_with_and_without_an_index() {
    let good = Order::new(SignatureAlgorithm::Gost2015_512, at());
    for (pki, revoked) in [(Pki::new(), false), (Pki::of(&good), true)] {
        let server = pki.server();
        let signer = pki.mint.signer_certificate().unwrap();
        let delta = CrlSpec::delta(5000, 200, hours(-1)).revoke_invented(MANY);
        let delta = match revoked {
            true => delta.revoke(Revoked::new(signer.serial(), hours(-48))),
            false => delta,
        };
        server.set(LIST, Answer::Body(pki.list(&long(200))));
        server.set(DELTA, Answer::Body(pki.list(&delta)));
        let folder = filled(&pki, &server);
        let files = indexed(folder.path());
        assert_eq!(files.len(), 2);
        for now in [at(), hours(1), hours(24 * 400)] {
            let swift = next_process(&pki, &server, folder.path(), now);
            assert_eq!(swift.evidence.indexed.len(), 2);
            let indexes = files.iter().map(|(_, index)| (index, fs::read(index).unwrap()));
            let indexes: Vec<_> = indexes.collect();
            indexes.iter().for_each(|(index, _)| fs::remove_file(index).unwrap());
            let slow = next_process(&pki, &server, folder.path(), now);
            indexes.iter().for_each(|(index, octets)| swap(index, octets));
            assert!(slow.evidence.indexed.is_empty());
            assert_eq!(seen(&swift), seen(&slow));
            let reason = swift.report.reason().map(qoltanba::Reason::code);
            assert_eq!(reason == Some("cert_revoked"), revoked, "{reason:?}");
        }
    }
}

/// By its index too: what the address of a delta brought never clears anybody (order 522/НҚ).
#[test]
fn a_list_from_the_address_of_a_delta_is_one() {
    let pki = Pki::new();
    let server = pki.server();
    server.set(LIST, Answer::Body(pki.list(&long(200).fault(CrlFault::Stale))));
    server.set(DELTA, Answer::Body(pki.list(&long(201))));
    let folder = filled(&pki, &server);
    assert_eq!(indexed(folder.path()).len(), 1, "the stale list is not kept");
    let stale = fetcher(&server);
    server.set(DELTA, Answer::Silence);
    let outcome = pki.verify(&cached(stale, folder.path()), &pki.knowing(), at());
    assert_eq!(outcome.evidence.indexed.len(), 1);
    assert_eq!(outcome.evidence.indexed[0].kind(), Kind::Delta);
    assert_eq!(outcome.report.verdict(), qoltanba::Verdict::Indeterminate);
}

#[test]
fn a_damaged_index_is_left_aside() {
    let pki = Pki::new();
    let server = pki.server();
    server.set(LIST, Answer::Body(pki.list(&long(200))));
    let folder = filled(&pki, &server);
    let files = indexed(folder.path());
    let (_, index) = &files[0];
    let good = fs::read(index).unwrap();
    let flipped =
        [0, 9, 40, 600, good.len() / 3, good.len() / 2, good.len() - TAIL, good.len() - 1];
    let mut bad: Vec<Vec<u8>> = flipped
        .map(|at| {
            let mut bad = good.clone();
            bad[at] ^= 1;
            bad
        })
        .to_vec();
    bad.extend([0, 31, 32, 512, good.len() - 32, good.len() - 1].map(|end| good[..end].to_vec()));
    bad.push([&good[..], &good[good.len() - 32..]].concat());
    for bad in bad {
        swap(index, &bad);
        let outcome = next_process(&pki, &server, folder.path(), hours(1));
        assert_eq!(said(&outcome), ("passed", "none", vec![]));
        assert!(outcome.evidence.indexed.is_empty());
    }
}

/// The older list clears the signer, and the newer one, of the same length, does not.
#[test]
fn the_index_of_an_older_list_is_left_aside() {
    let pki = Pki::new();
    let server = pki.server();
    let signer = pki.mint.signer_certificate().unwrap();
    let mut another = signer.serial().to_vec();
    *another.last_mut().unwrap() ^= 1;
    let [older, newer] = [(200, &another[..]), (201, signer.serial())]
        .map(|(number, serial)| pki.list(&long(number).revoke(Revoked::new(serial, hours(-48)))));
    assert_eq!(older.len(), newer.len());
    server.set(LIST, Answer::Body(older));
    let folder = filled(&pki, &server);
    let files = indexed(folder.path());
    let older = fs::read(&files[0].1).unwrap();
    server.set(LIST, Answer::Body(newer));
    let fetcher = cached(fetcher(&server), folder.path());
    let address = "http://pki.qoltanba.invalid/crl/nca_gost2015.crl";
    let (fresh, notes) = fetcher.refresh(&pki.knowing(), Kind::List, &[address], at());
    assert!(fresh.is_some() && notes.is_empty(), "{notes:?}");

    let newer = fs::read(&files[0].1).unwrap();
    assert_ne!(newer, older);
    for (index, used) in [(&newer, 1), (&older, 0)] {
        swap(&files[0].1, index);
        let outcome = next_process(&pki, &server, folder.path(), hours(1));
        assert_eq!(said(&outcome), ("failed", "cert_revoked", vec![]));
        assert_eq!(outcome.evidence.indexed.len(), used);
    }
    // A short list needs no index, and the old one goes.
    server.set(LIST, Answer::Body(pki.list(&CrlSpec::complete(202, hours(-1)))));
    let (fresh, _) = fetcher.refresh(&pki.knowing(), Kind::List, &[address], at());
    assert!(fresh.is_some() && indexed(folder.path()).is_empty());
}

/// A body that was damaged unnoticed does not open the way back to an older list.
#[test]
fn a_damaged_body_does_not_let_an_older_list_in() {
    let pki = Pki::new();
    let server = pki.server();
    server.set(LIST, Answer::Body(pki.list(&long(200))));
    let folder = filled(&pki, &server);
    let files = indexed(folder.path());
    let (entry, _) = &files[0];
    let mut bad = fs::read(entry).unwrap();
    let middle = bad.len() / 2;
    bad[middle] ^= 1;
    swap(entry, &bad);
    server.set(LIST, Answer::Body(pki.list(&CrlSpec::complete(199, hours(-2)))));
    let fetcher = cached(fetcher(&server), folder.path());
    let address = "http://pki.qoltanba.invalid/crl/nca_gost2015.crl";
    let (fresh, notes) = fetcher.refresh(&pki.knowing(), Kind::List, &[address], at());
    assert!(fresh.is_none());
    assert_eq!(notes.iter().map(|n| n.problem.code()).collect::<Vec<_>>(), ["list_older"]);
    let question = Question::at(at());
    let outcome = cached(offline(&server), folder.path())
        .verify(&pki.knowing(), &pki.document, &question, at())
        .unwrap();
    assert_eq!(outcome.evidence.indexed.len(), 1);
}
