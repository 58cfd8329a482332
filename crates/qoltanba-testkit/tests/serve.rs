//! The services on loopback, as OpenSSL and a plain client see them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod common;

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant as Moment},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::{GOST, RSA, now, openssl, pem, put, run};
use qoltanba::{algorithm::DigestAlgorithm, identity::Role};
use qoltanba_testkit::{
    Addresses, Behaviour, DevPki, Existing, FailInfo, Family, Holder, Imprint, OcspFault,
    OcspRefusal, OcspRequest, Profile, SeededRng, Server, Service, Services, State, TimeStampFault,
    TimeStampRefusal, TimeStampRequest,
};

struct Scene {
    pki: DevPki,
    server: Server,
    base: String,
}

impl Scene {
    /// The one that the tests share, each in its turn: its RSA keys take seconds.
    fn shared() -> MutexGuard<'static, Option<Self>> {
        static SHARED: Mutex<Option<Scene>> = Mutex::new(None);
        let mut scene = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let scene_now = scene.get_or_insert_with(|| {
            let mut rng = SeededRng::new(80);
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let base = format!("http://{}", listener.local_addr().unwrap());
            let addresses = Addresses { base: base.clone() };
            let pki =
                DevPki::with_addresses(&DevPki::ALGORITHMS, &addresses, now(), &mut rng).unwrap();
            let services = Services::of(&pki, &mut rng).unwrap();
            let server = Server::start(listener, services, Box::new(rng)).unwrap();
            Self { pki, server, base }
        });
        for service in [Service::Lists, Service::Certificates, Service::Ocsp, Service::TimeStamps] {
            scene_now.server.behave(service, Behaviour::Right);
        }
        scene
    }

    fn family(&self, algorithm: qoltanba::algorithm::SignatureAlgorithm) -> &Family {
        self.pki.families.iter().find(|f| f.algorithm() == algorithm).unwrap()
    }

    fn get(&self, path: &str) -> Answer {
        ask(self.server.local_addr(), &format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"), &[])
    }

    fn post(&self, path: &str, kind: &str, body: &[u8]) -> Answer {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        ask(self.server.local_addr(), &head, body)
    }

    fn status(&self, request: &OcspRequest) -> Vec<u8> {
        self.post("/ocsp/", "application/ocsp-request", &request.to_der().unwrap()).body
    }

    fn stamp(&self, request: &TimeStampRequest) -> Vec<u8> {
        self.post("/tsp/", "application/timestamp-query", &request.to_der().unwrap()).body
    }
}

struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn is(&self, status: &str) -> bool {
        self.head.starts_with(&format!("HTTP/1.1 {status} "))
    }
}

fn ask(address: SocketAddr, head: &str, body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    let end = all.windows(4).position(|w| w == b"\r\n\r\n").map_or(0, |at| at + 4);
    let body = all.split_off(end);
    Answer { head: String::from_utf8(all).unwrap(), body }
}

fn question(family: &Family, serial: &[u8]) -> OcspRequest {
    let id = family.issuing.certificate_id(serial, DigestAlgorithm::Sha256);
    OcspRequest { ids: vec![id], nonce: Some(vec![7; 8]) }
}

fn query(digest: DigestAlgorithm) -> TimeStampRequest {
    TimeStampRequest {
        imprint: Imprint::of(digest, b"document"),
        policy: None,
        nonce: Some(vec![0x11; 8]),
        certificate: true,
    }
}

fn certificate(dir: &Path, name: &str, der: &[u8]) -> std::path::PathBuf {
    put(dir, name, pem("CERTIFICATE", der).as_bytes())
}

#[test]
fn openssl_asks_about_everybody_and_believes() {
    let scene = Scene::shared();
    let scene = scene.as_ref().unwrap();
    let family = scene.family(RSA);
    let dir = tempfile::tempdir().unwrap();
    let anchor = certificate(dir.path(), "anchor.pem", family.root.certificate());
    let issuer = certificate(dir.path(), "issuer.pem", family.issuing.certificate());
    let url = scene.pki.addresses.ocsp();
    let ask = |holder: &Holder, digest: &str| {
        let person = certificate(dir.path(), "person.pem", &holder.issued.certificate);
        let mut command = openssl()?;
        command.args(["ocsp", "-url", &url, "-issuer"]).arg(&issuer).arg(digest);
        command.arg("-cert").arg(person).arg("-CAfile").arg(&anchor);
        let (ok, text) = run(command.arg("-verify_other").arg(&issuer));
        assert!(ok && text.contains("Response verify OK"), "{text}");
        assert!(!text.contains("WARNING"), "{text}");
        Some(text)
    };
    for holder in &family.holders {
        let expected = match holder.state {
            State::Revoked => "revoked",
            // Another authority issued it; this one has the same name and another key.
            State::Faulty(qoltanba_testkit::Fault::SameNamedForeignRoot) => "certificateHold",
            _ => "good",
        };
        let digest = if holder.state == State::Good { "-sha256" } else { "-sha1" };
        let Some(text) = ask(holder, digest) else { return };
        assert!(text.contains(expected), "{}: {text}", holder.file);
        if holder.state == State::Revoked {
            assert!(text.contains("Reason: keyCompromise"), "{text}");
        }
    }
}

#[test]
fn openssl_takes_a_stamp_and_believes_it() {
    let scene = Scene::shared();
    let scene = scene.as_ref().unwrap();
    let family = scene.family(RSA);
    let dir = tempfile::tempdir().unwrap();
    let anchor = certificate(dir.path(), "anchor.pem", family.root.certificate());
    let issuer = certificate(dir.path(), "issuer.pem", family.issuing.certificate());
    let document = put(dir.path(), "a.txt", "ҮЛГІ".as_bytes());
    let request = dir.path().join("a.tsq");
    let verify = |answer: &Answer| {
        let answer = put(dir.path(), "a.tsr", &answer.body);
        let mut command = openssl().unwrap();
        command.args(["ts", "-verify", "-queryfile"]).arg(&request).arg("-in").arg(answer);
        run(command.arg("-CAfile").arg(&anchor).arg("-untrusted").arg(&issuer))
    };
    let mut numbers = BTreeSet::new();
    for policy in ["1.2.398.3.3.2.6.2", ""] {
        let Some(mut command) = openssl() else { return };
        command.args(["ts", "-query", "-sha256", "-cert", "-data"]).arg(&document);
        if !policy.is_empty() {
            command.args(["-tspolicy", policy]);
        }
        let (ok, text) = run(command.arg("-out").arg(&request));
        assert!(ok, "{text}");
        let body = std::fs::read(&request).unwrap();
        let answer = scene.post("/tsp/", "application/timestamp-query", &body);
        assert!(answer.head.contains("Content-Type: application/timestamp-reply"));
        let (ok, text) = verify(&answer);
        assert!(ok && text.contains("Verification: OK"), "{text}");
        let file = put(dir.path(), "b.tsr", &answer.body);
        let (_, text) = run(openssl().unwrap().args(["ts", "-reply", "-text", "-in"]).arg(file));
        let number = text.lines().find(|l| l.starts_with("Serial number")).unwrap().to_owned();
        assert!(numbers.insert(number), "{text}");
        assert!(text.contains("1.2.398.3.3.2.6.2"), "{text}");

        for (fault, why) in [
            (TimeStampFault::WrongNonce, "nonce mismatch"),
            (TimeStampFault::ImprintMismatch, "imprint mismatch"),
        ] {
            scene.server.behave(Service::TimeStamps, Behaviour::TimeStamp(fault));
            let (ok, text) = verify(&scene.post("/tsp/", "application/timestamp-query", &body));
            assert!(!ok && text.contains(why), "{text}");
        }
        scene.server.behave(Service::TimeStamps, Behaviour::Right);
    }
}

#[test]
fn the_digest_chooses_the_authority_that_stamps() {
    let scene = Scene::shared();
    let scene = scene.as_ref().unwrap();
    for (digest, algorithm) in [
        (DigestAlgorithm::Gost3411, GOST[2]),
        (DigestAlgorithm::Sha1, GOST[2]),
        (DigestAlgorithm::Streebog512, GOST[0]),
        (DigestAlgorithm::Streebog256, GOST[0]),
        (DigestAlgorithm::Sha256, RSA),
    ] {
        let tsa = scene.family(algorithm).holder(Profile::TimeStamping).unwrap();
        let held = |answer: &[u8]| {
            let own = &tsa.issued.certificate;
            answer.windows(own.len()).any(|w| w == own)
        };
        assert!(held(&scene.stamp(&query(digest))), "{digest}");
        let bare = TimeStampRequest { certificate: false, ..query(digest) };
        assert!(!held(&scene.stamp(&bare)), "{digest}");
    }
    let refusal = |why| TimeStampRefusal::because(why).to_der().unwrap();
    let foreign = TimeStampRequest {
        policy: Some("1.2.398.3.3.2.6.4".to_owned()),
        ..query(DigestAlgorithm::Sha256)
    };
    assert_eq!(scene.stamp(&foreign), refusal(FailInfo::UnacceptedPolicy));
    let mut short = query(DigestAlgorithm::Sha256);
    short.imprint.value.pop();
    assert_eq!(scene.stamp(&short), refusal(FailInfo::BadDataFormat));
    let garbage = scene.post("/tsp/", "application/timestamp-query", b"garbage");
    assert_eq!(garbage.body, refusal(FailInfo::BadDataFormat));
}

#[test]
fn lists_and_certificates_are_where_certificates_say() {
    let scene = Scene::shared();
    let scene = scene.as_ref().unwrap();
    let path = |address: String| address.strip_prefix(&scene.base).unwrap().to_owned();
    for family in &scene.pki.families {
        let (addresses, file) = (&scene.pki.addresses, &family.issuing.spec().file);
        let root = &family.root.spec().file;
        for (address, kind, contents) in [
            (addresses.list(file), "pkix-crl", family.issuing_list.as_slice()),
            (addresses.list(root), "pkix-crl", &family.root_list),
            (addresses.delta(file), "pkix-crl", &family.issuing_delta),
            (addresses.certificate(file), "pkix-cert", family.issuing.certificate()),
            (addresses.certificate(root), "pkix-cert", family.root.certificate()),
        ] {
            let answer = scene.get(&path(address.clone()));
            assert!(answer.is("200") && answer.body == contents, "{address}: {}", answer.head);
            assert!(answer.head.contains(&format!("application/{kind}\r\n")), "{}", answer.head);
        }
        let holder = family.holder(Profile::Sign(Role::Individual)).unwrap();
        for address in [addresses.list(file), addresses.delta(file), addresses.ocsp()] {
            let own = &holder.issued.certificate;
            assert!(own.windows(address.len()).any(|w| w == address.as_bytes()), "{address}");
        }
    }
}

#[test]
fn requests_that_are_none_are_refused() {
    let scene = Scene::shared();
    let scene = scene.as_ref().unwrap();
    for (head, status) in [
        ("GET /crl/../password.txt HTTP/1.1\r\n\r\n", "404"),
        ("GET /crl/nobody.crl HTTP/1.1\r\n\r\n", "404"),
        ("GET /people/rsa-ceo.p12 HTTP/1.1\r\n\r\n", "404"),
        ("DELETE /crl/nca_rsa.crl HTTP/1.1\r\n\r\n", "405"),
        ("GET /tsp/ HTTP/1.1\r\n\r\n", "405"),
        ("POST /ocsp/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "415"),
        ("POST /ocsp/ HTTP/1.1\r\nContent-Length: 70000\r\n\r\n", "413"),
        ("POST /ocsp/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"),
        ("POST /ocsp/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "411"),
        ("GET / HTTP/2.0\r\n\r\n", "505"),
        ("nonsense\r\n\r\n", "400"),
    ] {
        let answer = ask(scene.server.local_addr(), head, &[]);
        assert!(answer.is(status), "{head}: {}", answer.head);
    }
    let long = format!("GET /crl/a HTTP/1.1\r\nA: {}\r\n\r\n", "a".repeat(17_000));
    assert!(!ask(scene.server.local_addr(), &long, &[]).is("200"));
    let answer = ask(scene.server.local_addr(), "HEAD /crl/nca_rsa.crl HTTP/1.1\r\n\r\n", &[]);
    assert!(answer.is("200") && answer.body.is_empty());

    let family = scene.family(GOST[0]);
    let known = family.holder(Profile::Sign(Role::FirstHead)).unwrap();
    let request = question(family, &known.issued.serial);
    let by_get = STANDARD.encode(request.to_der().unwrap()).replace('+', "%2B").replace('/', "%2F");
    let by_get = scene.get(&format!("/ocsp/{}", by_get.replace('=', "%3D")));
    assert!(by_get.is("200") && by_get.body.len() > 500, "{}", by_get.head);
    let malformed = scene.post("/ocsp/", "application/ocsp-request", b"garbage");
    assert_eq!(malformed.body, OcspRefusal::MalformedRequest.to_der());
    let mut foreign = question(family, &known.issued.serial);
    foreign.ids[0].issuer_key_hash[0] ^= 1;
    assert_eq!(scene.status(&foreign), OcspRefusal::Unauthorized.to_der());
}

#[test]
fn services_misbehave_on_demand() {
    let scene = Scene::shared();
    let scene = scene.as_ref().unwrap();
    let family = scene.family(GOST[0]);
    let known = family.holder(Profile::Sign(Role::FirstHead)).unwrap();
    let request = question(family, &known.issued.serial).to_der().unwrap();
    let ocsp = || scene.post("/ocsp/", "application/ocsp-request", &request);
    let list = || scene.get("/crl/nca_gost2015.crl");
    let behave = |behaviour| {
        for service in [Service::Ocsp, Service::Lists, Service::TimeStamps] {
            scene.server.behave(service, behaviour);
        }
    };
    let before = scene.server.asked(Service::Ocsp);
    let (good, good_list) = (ocsp(), list());

    behave(Behaviour::TryLater);
    assert_eq!(ocsp().body, OcspRefusal::TryLater.to_der());
    assert!(list().is("503"));
    let refusal = TimeStampRefusal::because(FailInfo::TimeNotAvailable).to_der().unwrap();
    assert_eq!(scene.stamp(&query(DigestAlgorithm::Streebog512)), refusal);
    behave(Behaviour::Refuse(FailInfo::SystemFailure));
    let refusal = TimeStampRefusal::because(FailInfo::SystemFailure).to_der().unwrap();
    assert_eq!(scene.stamp(&query(DigestAlgorithm::Streebog512)), refusal);

    behave(Behaviour::Half);
    assert_eq!(list().body, good_list.body[..good_list.body.len() / 2]);
    assert!(list().head.contains(&format!("Content-Length: {}\r\n", good_list.body.len())));
    behave(Behaviour::Empty);
    assert!(ocsp().is("200") && ocsp().body.is_empty() && list().body.is_empty());
    behave(Behaviour::Garbage);
    assert!(ocsp().is("200") && ocsp().body.starts_with(&[0xa5; 4]));
    behave(Behaviour::Html);
    assert!(list().head.contains("text/html") && list().body.starts_with(b"<!DOCTYPE"));
    behave(Behaviour::Broken);
    assert!(ocsp().is("500") && list().is("500"));
    behave(Behaviour::Redirect);
    assert!(list().is("302") && list().head.contains("Location: http://elsewhere.invalid/"));

    behave(Behaviour::Other);
    let holds = |answer: &Answer| {
        let serial = &known.issued.serial;
        answer.body.windows(serial.len()).any(|w| w == serial)
    };
    assert!(holds(&good) && !holds(&ocsp()));
    assert!(list().is("200") && list().body != good_list.body);
    behave(Behaviour::Ocsp(OcspFault::WrongNonce));
    let nonce = |answer: &Answer| answer.body.windows(8).any(|w| w == [7; 8]);
    assert!(nonce(&good) && !nonce(&ocsp()));

    behave(Behaviour::Slow(Duration::from_millis(300)));
    let start = Moment::now();
    assert_eq!(list().body, good_list.body);
    assert!(start.elapsed() >= Duration::from_millis(300));
    behave(Behaviour::Silence);
    let mut stream = TcpStream::connect(scene.server.local_addr()).unwrap();
    stream.write_all(b"GET /crl/nca_gost2015.crl HTTP/1.1\r\n\r\n").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(400))).unwrap();
    assert!(stream.read(&mut [0; 1]).is_err(), "it spoke");

    behave(Behaviour::Right);
    assert_eq!(list().body, good_list.body);
    assert!(scene.server.asked(Service::Ocsp) > before + 8);
}

#[test]
fn a_folder_serves_what_was_made_and_only_on_loopback() {
    let mut rng = SeededRng::new(81);
    let pki = DevPki::of(&[GOST[0]], now(), &mut rng).unwrap();
    let dir = tempfile::tempdir().unwrap();
    assert!(Services::open(dir.path()).is_err());
    pki.write(dir.path(), Existing::Refuse, &mut rng).unwrap();
    let open = || Services::open(dir.path()).unwrap();

    if let Ok(everywhere) = TcpListener::bind("0.0.0.0:0") {
        assert!(Server::start(everywhere, open(), Box::new(rng.clone())).is_err());
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::start(listener, open(), Box::new(rng)).unwrap();
    let address = server.local_addr();
    let family = &pki.families[0];
    let answer = ask(address, "GET /crl/nca_gost2015.crl HTTP/1.0\r\n\r\n", &[]);
    assert_eq!(answer.body, family.issuing_list);
    let revoked = family.holders.iter().find(|h| h.state == State::Revoked).unwrap();
    let request = question(family, &revoked.issued.serial).to_der().unwrap();
    let length = request.len();
    let head = format!(
        "POST /ocsp HTTP/1.1\r\nContent-Type: application/ocsp-request\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    let body = ask(address, &head, &request).body;
    // RevokedInfo with keyCompromise.
    assert!(body.windows(5).any(|w| w == [0xa0, 3, 0x0a, 1, 1]));
    server.shutdown();
    assert!(TcpStream::connect(address).is_err(), "somebody is still there");
}
