//! Verdicts with answers of responders: which are taken, which are left, what comes instead.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    net::TcpListener,
    path::Path,
    process::{Child, ChildStderr, Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use qoltanba::{
    Certificate, Conclusion, Instant, Question, Reason, Report, Verdict, Verifier,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    report::Subjects,
    time::Validity,
    verdict::Evidence,
};
use qoltanba_fetch::Kind;
use qoltanba_testkit::{
    Authority, CrlSpec, EndEntity, Issued, OcspFault, OcspRefusal, OcspRequest, OcspSpec, Order,
    Profile, Revoked, SeededRng, Status, pooled_key,
};

use crate::{
    pki::{BASE, CERTIFICATE, LIST, OCSP, Pki, ROOT_LIST, at, fetcher, heard, hours, said},
    server::{Answer, Make, Server},
};

/// What a responder is to say.
#[derive(Clone, Copy)]
struct Says {
    status: Status,
    fault: Option<OcspFault>,
    nonce: bool,
    at: Instant,
}

impl Says {
    fn good() -> Self {
        Self { status: Status::Good, fault: None, nonce: true, at: at() }
    }

    fn revoked() -> Self {
        let status = Status::Revoked { at: hours(-48), reason: None };
        Self { status, ..Self::good() }
    }

    fn wrong(fault: OcspFault) -> Self {
        Self { fault: Some(fault), ..Self::good() }
    }
}

/// A responder of the authority itself, as the national one is today.
fn responder(authority: &Authority, says: Says) -> Answer {
    let authority = authority.clone();
    Make::by(move |posted| {
        let request = OcspRequest::from_der(posted).unwrap();
        let mut spec = OcspSpec::at(says.at).says(request.ids[0].clone(), says.status);
        if let Some(nonce) = request.nonce.filter(|_| says.nonce) {
            spec = spec.nonce(&nonce);
        }
        spec.fault = says.fault;
        authority.answer(&spec, None, &mut SeededRng::new(3)).unwrap()
    })
}

#[test]
fn an_answer_spares_the_list() {
    let pki = Pki::new();
    let server = pki.server().with(OCSP, responder(pki.mint.issuing(), Says::good()));
    let outcome = pki.verify(&fetcher(&server), &pki.verifier(), at());
    assert_eq!((said(&outcome), heard(&outcome)), (("passed", "none", vec![]), vec![]));
    let asked = server.asked();
    let lines: Vec<&str> = asked.iter().map(|a| a.line.as_str()).collect();
    let line = |method: &str, path: &str| format!("{method} {path} HTTP/1.1");
    let expected = [line("GET", CERTIFICATE), line("POST", OCSP), line("GET", ROOT_LIST)];
    assert_eq!(lines, expected);
    let typed = asked[1].headers.iter().any(|h| h.ends_with("application/ocsp-request"));
    assert!(typed, "{:?}", asked[1].headers);
    assert!(outcome.sources.iter().any(|s| s.kind == Kind::Ocsp && s.fetched == at()));

    // Each request has a nonce of its own.
    pki.verify(&fetcher(&server), &pki.knowing(), at());
    let again = server.asked().into_iter().find(|a| a.line.starts_with("POST")).unwrap();
    let nonce = |body: &[u8]| OcspRequest::from_der(body).unwrap().nonce.unwrap();
    assert_ne!(nonce(&asked[1].body), nonce(&again.body));
}

#[test]
fn a_revocation_in_an_answer_counts() {
    let pki = Pki::new();
    let server = pki.server().with(OCSP, responder(pki.mint.issuing(), Says::revoked()));
    let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
    assert_eq!(said(&outcome), ("failed", "cert_revoked", vec![]));
}

/// Silence, garbage and unsigned errors are no answer: the list is asked instead, and when it
/// cannot be had either, nothing is known.
#[test]
fn without_an_answer_the_list_decides() {
    let pki = Pki::new();
    let server = pki.server();
    let page = b"<html>busy</html>".to_vec();
    let mut cases = vec![
        (Answer::Status(500, "", Vec::new()), "http_status"),
        (Answer::Raw(Vec::new()), "cut_short"),
        (Answer::Silence, "timeout"),
        (Answer::Drip(vec![0x30; 300], Duration::from_millis(50)), "timeout"),
        (Answer::Body(page), "html"),
        (Answer::Status(302, "Location: /\r\n", Vec::new()), "redirect"),
        (Answer::Body(Vec::new()), "empty"),
        (Answer::Body(b"0garbage".to_vec()), "ocsp_malformed"),
        (Answer::Endless, "too_large"),
    ];
    for refusal in OcspRefusal::ALL {
        cases.push((Answer::Body(refusal.to_der().to_vec()), "ocsp_unanswered"));
    }
    for (answer, note) in cases {
        server.set(OCSP, answer);
        server.set(LIST, Answer::Body(pki.mint.lists[1].clone()));
        let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
        assert_eq!(said(&outcome), ("passed", "none", vec![]), "{note}");
        assert_eq!(heard(&outcome), [note]);

        server.set(LIST, Answer::Status(500, "", Vec::new()));
        let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
        let expected = ("indeterminate", "revocation_unknown", vec!["http_status"]);
        assert_eq!((said(&outcome), heard(&outcome)), (expected, vec![note]));
    }
}

/// An answer that is there and is not sound is not covered up by a good list; but a list that
/// revokes is heard.
#[test]
fn a_bad_signed_answer_is_reported_as_such() {
    let pki = Pki::new();
    let server = pki.server();
    let good = pki.mint.lists[1].clone();
    let revoking =
        CrlSpec::complete(101, hours(-1)).revoke(Revoked::new(&pki.mint.signer.serial, hours(-48)));
    let revoking = pki.list(&revoking);
    let without_nonce = Says { nonce: false, ..Says::good() };
    for (says, reason) in [
        (Says::wrong(OcspFault::BadSignature), "ocsp_bad_signature"),
        (Says::wrong(OcspFault::WrongSerial), "ocsp_certid_mismatch"),
        (Says::wrong(OcspFault::WrongIssuerHash), "ocsp_certid_mismatch"),
        (Says::wrong(OcspFault::WrongNonce), "ocsp_nonce"),
        (without_nonce, "ocsp_nonce"),
        (Says::wrong(OcspFault::SelfSignedResponder), "ocsp_unauthorised"),
        (Says::wrong(OcspFault::ForeignResponder), "ocsp_unauthorised"),
        (Says::wrong(OcspFault::ForgedResponder), "ocsp_unauthorised"),
    ] {
        server.set(OCSP, responder(pki.mint.issuing(), says));
        server.set(LIST, Answer::Body(good.clone()));
        server.asked();
        let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
        assert_eq!(said(&outcome), ("indeterminate", reason, vec![]));
        // One answer is one answer: nobody asks until it suits.
        let posts = server.asked().iter().filter(|a| a.line.starts_with("POST")).count();
        assert_eq!(posts, 1, "{reason}");

        server.set(LIST, Answer::Body(revoking.clone()));
        let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
        assert_eq!(said(&outcome), ("failed", "cert_revoked", vec![]), "{reason}");
    }
}

#[test]
fn an_old_answer_clears_nothing_and_the_list_decides() {
    let pki = Pki::new();
    let says = Says::wrong(OcspFault::Stale);
    let server = pki.server().with(OCSP, responder(pki.mint.issuing(), says));
    let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
    assert_eq!(said(&outcome), ("passed", "none", vec![]));
    server.set(LIST, Answer::Silence);
    let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
    assert_eq!(said(&outcome), ("indeterminate", "ocsp_stale", vec!["timeout"]));
}

/// The same report with other responders named in what is missing.
fn with_mirrors(mut report: Report, mirrors: &[String]) -> Report {
    let Subjects::Signatures(signatures) = &mut report.subjects else { panic!("no message") };
    let Conclusion::Indeterminate(_, missing) = &mut signatures[0].conclusion else {
        return report;
    };
    for evidence in missing {
        if let Evidence::OcspResponse { addresses, .. } = evidence {
            *addresses = mirrors.to_vec();
        }
    }
    report
}

#[test]
fn the_next_mirror_is_asked_until_one_signs() {
    let pki = Pki::new();
    let server = pki.server();
    let later = || Answer::Body(OcspRefusal::TryLater.to_der().to_vec());
    for (path, answer) in [
        ("/silent", Answer::Silence),
        ("/later", later()),
        ("/good", responder(pki.mint.issuing(), Says::good())),
        ("/bad", responder(pki.mint.issuing(), Says::wrong(OcspFault::BadSignature))),
    ] {
        server.set(path, answer);
    }
    let ask = |paths: &[&str]| {
        let mirrors: Vec<String> =
            paths.iter().map(|p| format!("{}{p}", BASE.trim_end_matches('/'))).collect();
        let question = Question::at(at());
        let judge = |verifier: &Verifier| -> qoltanba::Result<Report> {
            Ok(with_mirrors(verifier.verify(&pki.document, &question)?, &mirrors))
        };
        let outcome = fetcher(&server).complete(&pki.knowing(), at(), judge).unwrap();
        let asked = server.asked();
        let posts: Vec<String> = asked
            .iter()
            .filter_map(|a| a.line.strip_prefix("POST "))
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect();
        let list = asked.iter().any(|a| a.line.contains(LIST));
        (outcome.report.verdict(), heard(&outcome), posts, list)
    };
    let codes = vec!["timeout", "ocsp_unanswered"];
    let (verdict, notes, posts, list) = ask(&["/silent", "/later", "/good", "/bad"]);
    assert_eq!((verdict, notes, list), (Verdict::Passed, codes.clone(), false));
    assert_eq!(posts, ["/silent", "/later", "/good"]);

    // Nobody signs: the list.
    let (verdict, notes, posts, list) = ask(&["/silent", "/later"]);
    assert_eq!((verdict, notes, list), (Verdict::Passed, codes, true));
    assert_eq!(posts.len(), 2);

    // A bad answer is not shopped around for a better one.
    let (verdict, _, posts, list) = ask(&["/bad", "/good"]);
    assert_eq!((verdict, list), (Verdict::Indeterminate, true));
    assert_eq!(posts, ["/bad"]);
}

/// An `openssl ocsp` that is stopped when it goes out of scope.
struct Responder(Child, BufReader<ChildStderr>);

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn delegate(pki: &Pki, algorithm: SignatureAlgorithm, now: Instant) -> Issued {
    let day = 86_400;
    let validity =
        Validity { not_before: now.plus_seconds(-day), not_after: now.plus_seconds(300 * day) };
    let entity = EndEntity::invented(Profile::OcspResponder, 5, algorithm, validity);
    let mut rng = SeededRng::new(40);
    let key = pooled_key(algorithm, &mut rng).unwrap();
    pki.mint.issuing().issue(&entity, key, &mut rng).unwrap()
}

/// A responder of another make, on the other side of a real wire, for a delegated key.
#[test]
fn openssl_answers_for_status() {
    let rsa = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    // OpenSSL answers by its own clock.
    let now = || {
        let past = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Instant::from_unix(i64::try_from(past.as_secs()).unwrap())
    };
    let pki = Pki::of(&Order::new(rsa, now()));
    let responder = delegate(&pki, rsa, now());
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, label: &str, der: &[u8]| {
        fs::write(folder.path().join(name), pem(label, der)).unwrap();
    };
    write("ca.pem", "CERTIFICATE", pki.mint.issuing().certificate());
    write("responder.pem", "CERTIFICATE", &responder.certificate);
    write("responder.key", "PRIVATE KEY", &responder.key.to_pkcs8().unwrap());
    let serial: String =
        pki.mint.signer.serial.iter().map(|octet| format!("{octet:02X}")).collect();
    for (index, expected) in [
        (format!("V\t400101000000Z\t\t{serial}\tunknown\t/CN=x\n"), ("passed", "none")),
        (
            format!("R\t400101000000Z\t200101000000Z\t{serial}\tunknown\t/CN=x\n"),
            ("failed", "cert_revoked"),
        ),
        (String::new(), ("indeterminate", "ocsp_unknown")),
    ] {
        fs::write(folder.path().join("index.txt"), index).unwrap();
        let (port, _running) = openssl_responder(folder.path());
        let server = Server::start()
            .with("/crl/root_rsa.crl", Answer::Body(pki.mint.lists[0].clone()))
            .with("/crl/nca_rsa.crl", Answer::Body(pki.mint.lists[1].clone()));
        let policy = qoltanba_fetch::AddressPolicy::none()
            .mirror(&format!("{BASE}ocsp/"), &format!("http://127.0.0.1:{port}/"))
            .and_then(|policy| policy.mirror(BASE, &server.at("/")))
            .unwrap();
        let fetcher = qoltanba_fetch::Fetcher::new(policy)
            .with_http(qoltanba_fetch::Http::new(crate::pki::SHORT));
        let outcome = pki.verify(&fetcher, &pki.knowing(), now().plus_seconds(2));
        let (verdict, reason, _) = said(&outcome);
        assert_eq!((verdict, reason), expected, "{:?}", outcome.notes);
        assert_eq!(heard(&outcome), Vec::<&str>::new());
        assert!(outcome.sources.iter().any(|s| s.kind == Kind::Ocsp));
    }
}

fn openssl_responder(folder: &Path) -> (u16, Responder) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("openssl");
    command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::piped());
    command.args(["ocsp", "-port", &port.to_string(), "-index", "index.txt", "-CA", "ca.pem"]);
    command.args(["-rsigner", "responder.pem", "-rkey", "responder.key", "-ndays", "1"]);
    let mut child = command.spawn().unwrap();
    let said = BufReader::new(child.stderr.take().unwrap());
    let mut running = Responder(child, said);
    // A connection to see whether it listens would be taken for a client, and waited for.
    let ready = running.1.by_ref().lines().any(|line| line.unwrap().contains("waiting for"));
    assert!(ready, "openssl ocsp did not start");
    (port, running)
}

#[test]
fn a_reason_names_who_could_not_be_checked() {
    let pki = Pki::new();
    let server = pki.server();
    server.set(LIST, Answer::Silence);
    let outcome = pki.verify(&fetcher(&server), &pki.knowing(), at());
    let certificate = Certificate::from_der(&pki.mint.signer.certificate).unwrap();
    let expected = Reason::RevocationUnknown { subject: certificate.claimed_subject().to_string() };
    assert_eq!(outcome.report.reason(), Some(&expected));
}
