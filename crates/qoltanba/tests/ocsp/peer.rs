//! `openssl ocsp` answers what is asked here, and its answers are judged here.

use std::{
    fs,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use qoltanba::{
    Certificate, Instant, Question, TrustAnchor, TrustStore, Verdict, Verifier,
    algorithm::DigestAlgorithm,
    policy::{Policy, Preset},
    revocation::{Crl, OcspRequest, OcspResponse},
};

use crate::{
    message::reason,
    scene::{HOUR, NONCE},
};

const CONFIGURATION: &str = "\
[req]
distinguished_name = nothing
[nothing]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[person]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
authorityKeyIdentifier = keyid
authorityInfoAccess = OCSP;URI:http://ocsp.invalid/
[exempt]
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
authorityKeyIdentifier = keyid
[delegate]
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
authorityKeyIdentifier = keyid
[ca]
default_ca = lists
[lists]
database = index.txt
crlnumber = crlnumber
default_crl_days = 30
default_md = sha256
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
";

/// An authority of OpenSSL's making: two people, one of them revoked, and two responders.
struct Peer(tempfile::TempDir);

impl Peer {
    fn new() -> Self {
        let peer = Self(tempfile::tempdir().unwrap());
        peer.write("openssl.cnf", CONFIGURATION.as_bytes());
        peer.write("crlnumber", b"01\n");
        peer.run("req -x509 -config openssl.cnf -extensions authority -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=PEER");
        for (name, serial, section) in [
            ("person", "0x1001", "person"),
            ("revoked", "0x1002", "person"),
            ("stranger", "0x1003", "person"),
            ("exempt", "0x2001", "exempt"),
            ("delegate", "0x2002", "delegate"),
        ] {
            peer.run(&format!("req -new -config openssl.cnf -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}"));
            peer.run(&format!("x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -set_serial {serial} -days 20 -extfile openssl.cnf -extensions {section} -out {name}.pem"));
        }
        peer.index("");
        peer
    }

    /// What the authority knows: the stranger is not in it.
    fn index(&self, more: &str) {
        let lines = "V\t491231235959Z\t\t1001\tunknown\t/CN=person\n\
            R\t491231235959Z\t260101000000Z,keyCompromise\t1002\tunknown\t/CN=revoked\n";
        self.write("index.txt", format!("{lines}{more}").as_bytes());
    }

    fn run(&self, arguments: &str) -> String {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .expect("the openssl command");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned() + &said
    }

    fn write(&self, name: &str, octets: &[u8]) {
        fs::write(self.0.path().join(name), octets).unwrap();
    }

    fn certificate(&self, name: &str) -> Certificate {
        self.run(&format!("x509 -in {name}.pem -outform DER -out {name}.der"));
        Certificate::from_der(&fs::read(self.0.path().join(format!("{name}.der"))).unwrap())
            .unwrap()
    }

    fn request(&self, name: &str) -> OcspRequest {
        let authority = self.certificate("ca");
        OcspRequest::new(&self.certificate(name), authority.public_key_info()).unwrap()
    }

    /// Lets OpenSSL answer, in the way of these arguments.
    fn answer(&self, request: &OcspRequest, arguments: &str) -> OcspResponse {
        self.write("request.der", &request.der());
        self.run(&format!(
            "ocsp -index index.txt -CA ca.pem -reqin request.der -respout answer.der {arguments}"
        ));
        OcspResponse::from_der(&fs::read(self.0.path().join("answer.der")).unwrap()).unwrap()
    }

    fn judge(
        &self,
        name: &str,
        answers: impl IntoIterator<Item = OcspResponse>,
        lists: impl IntoIterator<Item = Crl>,
    ) -> (Verdict, &'static str) {
        let mut trust = TrustStore::empty();
        trust.add(TrustAnchor::from_self_signed(&self.certificate("ca")).unwrap());
        let verifier = Verifier::new(trust)
            .with_policy(Policy::from(Preset::Pkix))
            .with_crls(lists)
            .with_ocsp_responses(answers);
        let question = Question::at(now());
        let report = verifier.verify(self.certificate(name).as_der(), &question).unwrap();
        (report.verdict(), reason(&report))
    }

    fn list(&self) -> Crl {
        self.run("ca -config openssl.cnf -gencrl -keyfile ca.key -cert ca.pem -out list.pem");
        self.run("crl -in list.pem -outform DER -out list.der");
        Crl::from_der(&fs::read(self.0.path().join("list.der")).unwrap()).unwrap()
    }
}

/// OpenSSL's certificates begin at its own moment.
fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Instant::from_unix(i64::try_from(since.as_secs()).unwrap())
}

const EXEMPT: &str = "-rsigner exempt.pem -rkey exempt.key";
const PASSED: (Verdict, &str) = (Verdict::Passed, "none");

#[test]
fn openssl_answers_and_is_believed() {
    let peer = Peer::new();
    let ask = |name: &str, arguments: &str| {
        let request = peer.request(name).with_nonce(&NONCE).unwrap();
        let answer = peer.answer(&request, arguments);
        assert_eq!(answer.nonce(), Some(&NONCE[..]), "{arguments}");
        peer.judge(name, [answer.answering(request)], [])
    };
    for arguments in [
        EXEMPT.to_owned(),
        format!("{EXEMPT} -ndays 1"),
        format!("{EXEMPT} -nmin 5 -resp_key_id"),
        format!("{EXEMPT} -rmd sha512"),
        "-rsigner ca.pem -rkey ca.key".to_owned(),
    ] {
        assert_eq!(ask("person", &arguments), PASSED, "{arguments}");
        assert_eq!(ask("revoked", &arguments), (Verdict::Failed, "cert_revoked"), "{arguments}");
        let stranger = (Verdict::Indeterminate, "ocsp_unknown");
        assert_eq!(ask("stranger", &arguments), stranger, "{arguments}");
    }
    let unauthorised = (Verdict::Indeterminate, "ocsp_unauthorised");
    assert_eq!(ask("person", "-rsigner person.pem -rkey person.key"), unauthorised);
    assert_eq!(ask("person", &format!("{EXEMPT} -resp_no_certs")), unauthorised);
    assert_eq!(ask("person", &format!("{EXEMPT} -badsig")).1, "ocsp_bad_signature");
    assert_eq!(ask("person", &format!("{EXEMPT} -rmd sha1")).1, "algorithm_not_allowed");
    // By another digest too.
    let authority = peer.certificate("ca");
    let person = peer.certificate("person");
    for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha384] {
        let request = OcspRequest::by_digest(&person, authority.public_key_info(), digest).unwrap();
        let answer = peer.answer(&request, EXEMPT);
        assert_eq!(peer.judge("person", [answer.answering(request)], []), PASSED, "{digest}");
    }
    // An answer to somebody else's question.
    let other = peer.answer(&peer.request("stranger"), EXEMPT);
    let answered = other.answering(peer.request("person"));
    let mismatch = (Verdict::Indeterminate, "ocsp_certid_mismatch");
    assert_eq!(peer.judge("person", [answered], [peer.list()]), mismatch);
}

#[test]
fn openssl_reads_what_is_asked() {
    let peer = Peer::new();
    peer.write("request.der", &peer.request("person").with_nonce(&NONCE).unwrap().der());
    let text = peer.run("ocsp -reqin request.der -req_text");
    for word in ["Hash Algorithm: sha256", "Serial Number: 1001", "0408157B28FD1AC7761E"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    // It is the request that OpenSSL itself would make.
    peer.run("ocsp -sha256 -issuer ca.pem -cert person.pem -no_nonce -reqout theirs.der");
    let theirs = fs::read(peer.0.path().join("theirs.der")).unwrap();
    let ids = |der: &[u8]| qoltanba_testkit::OcspRequest::from_der(der).unwrap().ids;
    assert_eq!(ids(&theirs), ids(&peer.request("person").der()));
}

#[test]
fn a_delegate_without_exemption_needs_a_status() {
    let peer = Peer::new();
    let request = peer.request("person");
    let answer =
        peer.answer(&request, "-rsigner delegate.pem -rkey delegate.key").answering(request);
    let unauthorised = (Verdict::Indeterminate, "ocsp_unauthorised");
    assert_eq!(peer.judge("person", [answer.clone()], []), unauthorised);
    // And so it is where the answer is the file.
    let file = |lists: Vec<Crl>| {
        let mut trust = TrustStore::empty();
        trust.add(TrustAnchor::from_self_signed(&peer.certificate("ca")).unwrap());
        let verifier = Verifier::new(trust).with_crls(lists);
        let report = verifier.verify(answer.as_der(), &Question::at(now())).unwrap();
        (report.verdict(), reason(&report))
    };
    assert_eq!(file(Vec::new()), (Verdict::Indeterminate, "revocation_unknown"));
    assert_eq!(file(vec![peer.list()]), PASSED);
    // The list clears the delegate.
    assert_eq!(peer.judge("person", [answer.clone()], [peer.list()]), PASSED);
    // However benign the reason, and however early the delegate says that it answered.
    for reason in ["superseded", "keyCompromise"] {
        let since = "260101000000Z";
        peer.index(&format!("R\t491231235959Z\t{since},{reason}\t2002\tunknown\t/CN=delegate\n"));
        assert_eq!(peer.judge("person", [answer.clone()], [peer.list()]), unauthorised, "{reason}");
    }
}

#[test]
fn an_answer_of_the_peer_is_over_at_its_next_update() {
    let peer = Peer::new();
    let answer = peer.answer(&peer.request("person"), &format!("{EXEMPT} -nmin 60"));
    let mut trust = TrustStore::empty();
    trust.add(TrustAnchor::from_self_signed(&peer.certificate("ca")).unwrap());
    let verifier = Verifier::new(trust).with_policy(Policy::from(Preset::Pkix));
    let file = |at: Instant| {
        let report = verifier.verify(answer.as_der(), &Question::at(at)).unwrap();
        (report.verdict(), reason(&report))
    };
    assert_eq!(file(now()), PASSED);
    let over = now().plus_seconds(HOUR + 1);
    assert_eq!(file(over), (Verdict::Indeterminate, "ocsp_stale"));
    let text = peer.run(
        "ocsp -respin answer.der -issuer ca.pem -sha256 -cert person.pem -no_nonce -CAfile ca.pem",
    );
    assert!(text.contains("Response verify OK") && text.contains("person.pem: good"), "{text}");
}
