//! Requests to services: what is accepted, what is refused and why, and what attackers try.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

use std::collections::BTreeSet;

use qoltanba::{
    Certificate, Instant, Lang, TrustAnchor, TrustStore, Verifier,
    algorithm::SignatureAlgorithm,
    certificate::Purpose,
    identity::{Role, Subject},
    numbers::{Bin, Iin},
    policy::Policy,
    request::{
        Admission, FieldFault, Item, Profile, RefusalReason, RequestAnswer, RequestCheck,
        RequestKey, RequestQuestion,
    },
    revocation::Crl,
    sign::{CmsSigner, XmlSigner},
};
use qoltanba_testkit::{CrlFault, Fault, Mint, Order, SeededRng};

fn at() -> Instant {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

const GOST: SignatureAlgorithm = SignatureAlgorithm::Gost2015_512;

/// Someone who signs, with all that is needed to believe it.
struct Person {
    mint: Mint,
    certificate: Certificate,
    subject: Subject,
}

impl Person {
    fn of(order: &Order, seed: u64) -> Self {
        let mint = Mint::new(order, &mut SeededRng::new(seed)).unwrap();
        let certificate = mint.signer_certificate().unwrap();
        let subject = Subject::claimed_by(&certificate);
        Self { mint, certificate, subject }
    }

    fn new(role: Role, number: u32) -> Self {
        let mut order = Order::new(GOST, at()).role(role);
        order.number = number;
        Self::of(&order, u64::from(number) + 1)
    }

    fn iin(&self) -> String {
        self.subject.iin.unwrap().to_string()
    }

    fn bin(&self) -> String {
        self.subject.bin.unwrap().to_string()
    }

    fn xml(&self, source: &str) -> Vec<u8> {
        self.xml_with(source, 7)
    }

    fn xml_with(&self, source: &str, seed: u64) -> Vec<u8> {
        let signer = XmlSigner::new(&*self.mint.signer.key, &self.certificate).unwrap();
        signer.sign(source.as_bytes(), &mut SeededRng::new(seed)).unwrap()
    }

    fn cms(&self, content: &str, detached: bool) -> Vec<u8> {
        let signer = CmsSigner::new(&*self.mint.signer.key, &self.certificate).unwrap();
        let signer = signer.signing_time(at()).detached(detached);
        signer.sign(content.as_bytes(), &mut SeededRng::new(9)).unwrap()
    }

    /// The request that this person sends.
    fn request(&self) -> String {
        format!(
            "<request><iin>{}</iin><service>003</service><number>10100000000042</number></request>",
            self.iin()
        )
    }
}

fn verifier(people: &[&Person]) -> Verifier {
    let mut trust = TrustStore::empty();
    let (mut certificates, mut lists) = (Vec::new(), Vec::new());
    for Person { mint, .. } in people {
        let anchor = Certificate::from_der(&mint.anchor).unwrap();
        trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
        let authorities = mint.authorities.iter();
        certificates.extend(authorities.map(|a| Certificate::from_der(a.certificate()).unwrap()));
        lists.extend(mint.lists.iter().map(|l| Crl::from_der(l).unwrap()));
    }
    Verifier::new(trust).with_certificates(certificates).with_crls(lists)
}

fn all_new(_: &RequestKey) -> Admission {
    Admission::New
}

fn ask(people: &[&Person], profile: &Profile, document: &[u8]) -> RequestAnswer {
    let verifier = verifier(people);
    let check = RequestCheck::new(&verifier, profile);
    check.answer(document, &RequestQuestion::at(at()), &mut all_new).unwrap()
}

fn plain() -> Profile {
    Profile::named("regulation-003").unwrap()
}

/// A profile of the tests' own.
fn profile(paths: &str, rest: &str) -> Profile {
    Profile::from_toml(&format!(
        "schema = 1\nservice = \"003\"\ntitle = {{ kk = \"Қызмет\", ru = \"Услуга\", en = \"A service\" }}\n\
         formats = [\"xml\", \"cms-xml\", \"cms-json\"]\n[paths]\niin = \"/request/iin\"\n\
         service = \"/request/service\"\nnumber = \"/request/number\"\n{paths}\n{rest}\n[notice]\n"
    ))
    .unwrap()
}

#[track_caller]
fn accepted(answer: RequestAnswer) -> qoltanba::request::AcceptedRequest {
    match answer {
        RequestAnswer::Accepted(request) => *request,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(answer: RequestAnswer) -> Vec<&'static str> {
    match answer {
        RequestAnswer::Refused(refusal) => {
            assert!(!refusal.reasons().is_empty());
            refusal.reasons().iter().map(RefusalReason::code).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_good_request_is_accepted_in_every_form() {
    let person = Person::new(Role::Individual, 0);
    let json =
        format!(r#"{{"request":{{"iin":"{}","service":"003","number":"42"}}}}"#, person.iin());
    let wide = profile("", "[signer]\nroles = [\"individual\"]");
    for document in [
        person.xml(&person.request()),
        person.cms(&person.request(), false),
        person.cms(&json, false),
    ] {
        let request = accepted(ask(&[&person], &wide, &document));
        assert_eq!(request.iin().to_string(), person.iin());
        assert_eq!(request.service(), "003");
        assert_eq!(request.signer().certificate(), &person.certificate);
        assert_eq!(request.bin(), None);
    }
    // A form that the service does not take.
    assert_eq!(refused(ask(&[&person], &plain(), &person.cms(&json, false))), ["request_format"]);
    // Detached.
    let (request, verifier, profile) = (person.request(), verifier(&[&person]), plain());
    let document = person.cms(&request, true);
    let check = RequestCheck::new(&verifier, &profile);
    let mut question = RequestQuestion::at(at());
    let without = check.answer(&document, &question, &mut all_new).unwrap();
    assert!(matches!(without, RequestAnswer::Unchecked(_)), "{without:?}");
    question.data = Some(request.as_bytes());
    accepted(check.answer(&document, &question, &mut all_new).unwrap());
    let other = request.replace("42<", "43<");
    question.data = Some(other.as_bytes());
    let altered = check.answer(&document, &question, &mut all_new).unwrap();
    assert_eq!(refused(altered), ["content_digest_mismatch"]);
}

#[test]
fn each_condition_on_the_eds_can_fail() {
    let good = Person::new(Role::Individual, 0);
    let altered = String::from_utf8(good.xml(&good.request())).unwrap().replace("42<", "43<");
    assert!(
        refused(ask(&[&good], &plain(), altered.as_bytes())).contains(&"content_digest_mismatch")
    );
    assert_eq!(refused(ask(&[&good], &plain(), good.request().as_bytes())), ["no_signers"]);
    assert_eq!(refused(ask(&[&good], &plain(), b"nothing")), ["not_signed"]);
    assert_eq!(refused(ask(&[&good], &plain(), good.certificate.as_der())), ["not_signed"]);
    for (order, code) in [
        (Order::new(GOST, at()).fault(Fault::Expired), "cert_expired"),
        (Order::new(GOST, at()).fault(Fault::NotYetValid), "cert_not_yet_valid"),
        (Order::new(GOST, at()).revoked(at().plus_seconds(-90_000)), "cert_revoked"),
    ] {
        let person = Person::of(&order, 3);
        let codes = refused(ask(&[&person], &plain(), &person.xml(&person.request())));
        assert_eq!(codes, [code]);
    }
}

#[test]
fn what_could_not_be_checked_is_neither_accepted_nor_refused() {
    let person = Person::new(Role::Individual, 0);
    let document = person.xml(&person.request());
    let unchecked = |verifier: &Verifier| {
        let profile = plain();
        let check = RequestCheck::new(verifier, &profile);
        match check.answer(&document, &RequestQuestion::at(at()), &mut all_new).unwrap() {
            RequestAnswer::Unchecked(unchecked) => {
                assert!(!unchecked.is_storage_silent());
                unchecked.reasons().iter().map(qoltanba::Reason::code).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(unchecked(&Verifier::new(TrustStore::empty())), ["chain_untrusted"]);
    let mut trust = TrustStore::empty();
    let anchor = Certificate::from_der(&person.mint.anchor).unwrap();
    trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
    let issuing = Certificate::from_der(person.mint.issuing().certificate()).unwrap();
    let bare = Verifier::new(trust).with_certificates([issuing]);
    assert_eq!(unchecked(&bare), ["revocation_unknown"; 2]);
    let stale = Person::of(&Order::new(GOST, at()).crl_fault(CrlFault::Stale), 1);
    let answer = ask(&[&stale], &plain(), &stale.xml(&stale.request()));
    assert!(matches!(answer, RequestAnswer::Unchecked(_)), "{answer:?}");
    // A storage that is silent.
    let verifier = verifier(&[&person]);
    let profile = plain();
    let check = RequestCheck::new(&verifier, &profile);
    let mut silent = |_: &RequestKey| Admission::Unknown;
    let answer = check.answer(&document, &RequestQuestion::at(at()), &mut silent).unwrap();
    assert!(matches!(&answer, RequestAnswer::Unchecked(u) if u.is_storage_silent()), "{answer:?}");
    assert_eq!(answer.to_json()["answer"], "unchecked");
}

#[test]
fn a_policy_about_logging_in_is_no_policy_for_requests() {
    let person = Person::new(Role::Individual, 0);
    let login = verifier(&[&person]).with_policy(Policy::for_purpose(Purpose::Authenticate));
    let profile = plain();
    let check = RequestCheck::new(&login, &profile);
    let document = person.xml(&person.request());
    assert!(check.answer(&document, &RequestQuestion::at(at()), &mut all_new).is_err());
}

#[test]
fn the_iin_of_the_request_is_that_of_the_certificate() {
    let (person, other) = (Person::new(Role::Individual, 0), Person::new(Role::Individual, 1));
    assert_ne!(person.iin(), other.iin());
    let foreign = person.xml(&other.request());
    assert_eq!(refused(ask(&[&person], &plain(), &foreign)), ["request_iin_mismatch"]);
    // What the caller knows is a further check, never a substitute.
    let (verifier, profile) = (verifier(&[&person]), plain());
    let check = RequestCheck::new(&verifier, &profile);
    let mut question = RequestQuestion::at(at());
    question.expect_iin = Some(person.iin().parse::<Iin>().unwrap());
    let answer = check.answer(&foreign, &question, &mut all_new).unwrap();
    assert_eq!(refused(answer), ["request_iin_mismatch", "unexpected"]);
    let own = person.xml(&person.request());
    accepted(check.answer(&own, &question, &mut all_new).unwrap());
    question.expect_iin = Some(other.iin().parse().unwrap());
    let answer = check.answer(&own, &question, &mut all_new).unwrap();
    assert!(
        matches!(&answer, RequestAnswer::Refused(r)
        if r.reasons() == [RefusalReason::Unexpected(Item::Iin)]),
        "{answer:?}"
    );
    question.expect_iin = None;
    question.expect_number = Some("10100000000043");
    assert_eq!(refused(check.answer(&own, &question, &mut all_new).unwrap()), ["unexpected"]);
    question.expect_number = None;
    question.expect_bin = Some("123456789012".parse::<Bin>().unwrap());
    assert_eq!(refused(check.answer(&own, &question, &mut all_new).unwrap()), ["unexpected"]);
}

#[test]
fn values_are_read_from_what_is_signed_and_from_one_place() {
    let person = Person::new(Role::Individual, 0);
    let (iin, rest) = (person.iin(), "<service>003</service><number>42</number>");
    let item = |source: &str| {
        let answer = ask(&[&person], &plain(), &person.xml(source));
        match answer {
            RequestAnswer::Refused(refusal) => refusal.reasons().to_vec(),
            other => panic!("{source}: {other:?}"),
        }
    };
    let field = |item, fault| RefusalReason::Field { item, fault };
    for (inside, fault) in [
        (String::new(), FieldFault::Absent),
        (format!("<iin>{iin}</iin><iin>{iin}</iin>"), FieldFault::Several),
        (format!("<iin>{iin}</iin><iin>990101300007</iin>"), FieldFault::Several),
        (format!("<iin>{}<!-- -->{}</iin>", &iin[..6], &iin[6..]), FieldFault::NotPlain),
        (format!("<iin>{iin}<!-- 990101300007 --></iin>"), FieldFault::NotPlain),
        (format!("<iin>{iin}<?pi 1?></iin>"), FieldFault::NotPlain),
        (format!("<iin><b>{iin}</b></iin>"), FieldFault::NotPlain),
        (format!("<iin xmlns='urn:other'>{iin}</iin>"), FieldFault::Namespace),
        (format!("<x:iin xmlns:x='urn:other'>{iin}</x:iin>"), FieldFault::Namespace),
        (
            format!("<iin>990101300007</iin><x:iin xmlns:x='urn:o'>{iin}</x:iin>"),
            FieldFault::Several,
        ),
        (format!("<iin> {iin}</iin>"), FieldFault::Form),
        (format!("<iin>{iin}\n</iin>"), FieldFault::Form),
        (format!("<iin>\u{200b}{iin}</iin>"), FieldFault::Form),
        (format!("<iin>{}</iin>", &iin[..11]), FieldFault::Form),
        (format!("<iin>IIN{iin}</iin>"), FieldFault::Form),
        ("<iin/>".to_owned(), FieldFault::Form),
        // It is in the document and elsewhere.
        (format!("<person><iin>{iin}</iin></person>"), FieldFault::Absent),
    ] {
        let found = item(&format!("<request>{inside}{rest}</request>"));
        assert_eq!(found, [field(Item::Iin, fault)], "{inside}");
    }
    let found = item(&format!("<other><iin>{iin}</iin>{rest}</other>"));
    assert_eq!(
        found,
        [Item::Iin, Item::Service, Item::Number].map(|item| field(item, FieldFault::Absent))
    );
    let found = item(&format!(
        "<request><iin>{iin}</iin><service>001</service><number>42</number></request>"
    ));
    assert_eq!(found, [RefusalReason::ServiceMismatch]);
    let found =
        item(&format!("<request><iin>{iin}</iin><service>003</service><number/></request>"));
    assert_eq!(found, [field(Item::Number, FieldFault::Form)]);
}

#[test]
fn a_path_names_its_namespaces() {
    let person = Person::new(Role::Individual, 0);
    let toml = "schema = 1\nservice = \"s\"\ntitle = { kk = \"қ\", ru = \"у\", en = \"s\" }\nformats = [\"xml\"]\n\
        [paths]\niin = \"/r:request/c:iin\"\nservice = \"/r:request/c:service\"\nnumber = \"/r:request/c:number\"\n\
        [namespaces]\nr = \"urn:request\"\nc = \"urn:common\"\n[signer]\n[notice]\n";
    let profile = Profile::from_toml(toml).unwrap();
    let source = format!(
        "<a:request xmlns:a='urn:request' xmlns='urn:common'><iin>{}</iin><service>s</service>\
         <number>1</number></a:request>",
        person.iin()
    );
    accepted(ask(&[&person], &profile, &person.xml(&source)));
    let other = source.replace("urn:common", "urn:uncommon");
    assert_eq!(refused(ask(&[&person], &profile, &person.xml(&other)))[0], "field_namespace");
    let other = source.replace("urn:request", "urn:requests");
    assert_eq!(refused(ask(&[&person], &profile, &person.xml(&other)))[0], "field_namespace");
}

#[test]
fn a_value_outside_the_signature_is_no_value() {
    let person = Person::new(Role::Individual, 0);
    // Only an element is signed; the IIN stands beside it.
    let source = format!(
        "<request><iin>{}</iin><data Id=\"d\">x</data><service>003</service><number>42</number></request>",
        person.iin()
    );
    let signer = XmlSigner::new(&*person.mint.signer.key, &person.certificate).unwrap();
    let partial = signer.element("d").sign(source.as_bytes(), &mut SeededRng::new(3)).unwrap();
    assert_eq!(refused(ask(&[&person], &plain(), &partial)), ["xml_partial_coverage"]);
    // The signed element is whole, and is moved into a request of someone else's making.
    let signed = format!("<request Id=\"d\"><iin>{}</iin></request>", person.iin());
    let signer = XmlSigner::new(&*person.mint.signer.key, &person.certificate).unwrap();
    let signed = signer.element("d").sign(signed.as_bytes(), &mut SeededRng::new(3)).unwrap();
    let signed = String::from_utf8(signed).unwrap();
    let wrapped = format!(
        "<request><iin>{}</iin><service>003</service><number>42</number>{}</request>",
        person.iin(),
        signed.split_once("?>").map_or(&*signed, |(_, rest)| rest)
    );
    let codes = refused(ask(&[&person], &plain(), wrapped.as_bytes()));
    assert!(codes.contains(&"xml_partial_coverage"), "{codes:?}");
    // Beside the content of a message there is nothing to read from.
    let mut message = person.cms(&person.request(), false);
    message.extend_from_slice(person.request().as_bytes());
    assert_eq!(refused(ask(&[&person], &plain(), &message)), ["parse"]);
}

#[test]
fn only_one_person_signs_unless_the_service_knows_the_others() {
    let (person, other) = (Person::new(Role::Individual, 0), Person::new(Role::Individual, 1));
    let operator = Person::new(Role::Employee, 2);
    let people = [&person, &other, &operator];
    let both = |second: &Person| {
        let first = person.xml(&person.request());
        second.xml(std::str::from_utf8(&first).unwrap())
    };
    assert_eq!(refused(ask(&people, &plain(), &both(&other))), ["other_signer"]);
    assert_eq!(refused(ask(&people, &plain(), &both(&operator))), ["other_signer"]);
    // Regulation 001: the operator of the State Corporation signs too.
    let corporation = Profile::named("regulation-001").unwrap();
    let request = person.request().replace("003", "001");
    let first = String::from_utf8(person.xml(&request)).unwrap();
    let signed = operator.xml(&first);
    let found = accepted(ask(&people, &corporation, &signed));
    assert_eq!(found.iin().to_string(), person.iin());
    assert_eq!(refused(ask(&people, &corporation, &other.xml(&first))), ["other_signer"]);
    // The operator alone is not the applicant.
    let codes = refused(ask(&people, &corporation, &operator.xml(&request)));
    assert_eq!(codes, ["request_iin_mismatch"]);
    // Nor is the operator with his own IIN.
    let own = request.replace(&person.iin(), &operator.iin());
    assert_eq!(refused(ask(&people, &corporation, &operator.xml(&own))), ["request_role_mismatch"]);
    // The same person may sign twice.
    accepted(ask(&people, &plain(), &both(&person)));
}

#[test]
fn one_signature_carries_person_organisation_and_role() {
    let head = Person::new(Role::FirstHead, 0);
    let employee = Person::new(Role::Employee, 0);
    assert_eq!((head.iin(), head.bin()), (employee.iin(), employee.bin()));
    let people = [&head, &employee];
    let asked = profile("bin = \"/request/bin\"", "[signer]\nroles = [\"ceo\"]");
    let request =
        |bin: &str| head.request().replace("<service>", &format!("<bin>{bin}</bin><service>"));
    let found = accepted(ask(&people, &asked, &head.xml(&request(&head.bin()))));
    assert_eq!(found.bin().unwrap().to_string(), head.bin());
    let codes = refused(ask(&people, &asked, &employee.xml(&request(&head.bin()))));
    assert_eq!(codes, ["request_role_mismatch"]);
    let foreign = Person::new(Role::FirstHead, 1).bin();
    let codes = refused(ask(&people, &asked, &head.xml(&request(&foreign))));
    assert_eq!(codes, ["request_bin_mismatch"]);
    assert_eq!(refused(ask(&people, &asked, &head.xml(&head.request()))), ["field_absent"]);
    let bad = head.xml(&request("12345678901"));
    assert_eq!(refused(ask(&people, &asked, &bad)), ["field_form"]);
    // The organisation that the service names, whatever the request says.
    let named = |bin: &str| profile("", &format!("[signer]\norganisation = \"{bin}\""));
    accepted(ask(&people, &named(&head.bin()), &head.xml(&head.request())));
    let codes = refused(ask(&people, &named(&foreign), &head.xml(&head.request())));
    assert_eq!(codes, ["request_bin_mismatch"]);
    // For himself alone: the head's certificate is none of an individual.
    let codes = refused(ask(&people, &plain(), &head.xml(&head.request())));
    assert_eq!(codes, ["request_role_mismatch"]);
    // The organisation of one signature and the role of another make no signer.
    let other_firm = {
        let mut order = Order::new(GOST, at()).role(Role::FirstHead);
        order.number = 1;
        Person::of(&order, 77)
    };
    let codes = refused(ask(
        &[&head, &employee, &other_firm],
        &asked,
        &other_firm.xml(std::str::from_utf8(&employee.xml(&request(&head.bin()))).unwrap()),
    ));
    assert!(codes.contains(&"request_role_mismatch"), "{codes:?}");
}

#[test]
fn a_request_comes_in_once_however_it_is_wrapped() {
    let person = Person::new(Role::Individual, 0);
    let profile = profile("", "[signer]\nroles = [\"individual\"]");
    let verifier = verifier(&[&person]);
    let check = RequestCheck::new(&verifier, &profile);
    let mut seen = BTreeSet::new();
    let mut admit = |key: &RequestKey| {
        if seen.insert(*key) { Admission::New } else { Admission::AlreadyAccepted }
    };
    let mut send = |document: &[u8]| match check
        .answer(document, &RequestQuestion::at(at()), &mut admit)
        .unwrap()
    {
        RequestAnswer::Accepted(_) => "accepted",
        RequestAnswer::Refused(refusal) => refusal.reasons()[0].code(),
        RequestAnswer::Unchecked(_) => "unchecked",
    };
    let request = person.request();
    let signed = person.xml(&request);
    assert_eq!(send(&signed), "accepted");
    assert_eq!(send(&signed), "replay");
    // Signed anew, in another layout, inside a message, with a second signature.
    let again = person.xml_with(&request, 8);
    assert_ne!(again, signed);
    assert_eq!(send(&again), "replay");
    let signer = || XmlSigner::new(&*person.mint.signer.key, &person.certificate).unwrap();
    let xades = signer().compact(true).xades(at());
    assert_eq!(send(&xades.sign(request.as_bytes(), &mut SeededRng::new(4)).unwrap()), "replay");
    assert_eq!(send(&person.xml(std::str::from_utf8(&signed).unwrap())), "replay");
    let message = person.cms(&request, false);
    assert_eq!(send(&message), "replay");
    let spaced =
        request.replace("<iin>", "<iin  >").replace("</request>", "</request >\n<!-- x -->");
    assert_eq!(send(&person.xml(&spaced)), "replay");
    // Another encoding of the same message.
    let armour = pem(&message);
    assert_eq!(send(&armour), "replay");
    // Another request.
    assert_eq!(send(&person.xml(&request.replace("42<", "43<"))), "accepted");

    let json = |text: &str| text.replace("IIN", &person.iin());
    let one = json(r#"{"request":{"iin":"IIN","service":"003","number":"44"}}"#);
    let same =
        json("{ \"request\": {\"number\":\"4\\u0034\", \"service\":\"003\",\n\"iin\":\"IIN\"}}");
    assert_eq!(send(&person.cms(&one, false)), "accepted");
    assert_eq!(send(&person.cms(&same, false)), "replay");
    // Nothing is remembered of what was refused.
    let foreign = request.replace(&person.iin(), "990101300007").replace("42<", "45<");
    assert_eq!(send(&person.xml(&foreign)), "request_iin_mismatch");
    assert_eq!(seen.len(), 3);
}

fn pem(der: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN CMS-----\n{text}\n-----END CMS-----\n").into_bytes()
}

#[test]
fn json_is_read_strictly() {
    let person = Person::new(Role::Individual, 0);
    let profile = profile("", "[signer]\nroles = [\"individual\"]");
    let ask = |text: &str| {
        let text = text.replace("IIN", &person.iin());
        refused(ask(&[&person], &profile, &person.cms(&text, false)))
    };
    for (text, code) in [
        (
            r#"{"request":{"iin":"990101300007","iin":"IIN","service":"003","number":"1"}}"#,
            "request_format",
        ),
        (
            r#"{"request":{},"request":{"iin":"IIN","service":"003","number":"1"}}"#,
            "request_format",
        ),
        (r#"{"request":{"iin":"IIN","service":"003","number":"1"}} {}"#, "request_format"),
        (r#"{"request":{"iin":IIN,"service":"003","number":"1"}}"#, "field_not_plain"),
        (r#"{"request":{"iin":["IIN"],"service":"003","number":"1"}}"#, "field_not_plain"),
        (r#"{"request":{"iin":" IIN","service":"003","number":"1"}}"#, "field_form"),
        (r#"{"request":{"iin":null,"service":"003","number":"1"}}"#, "field_absent"),
        (r#"{"request/iin":"IIN"}"#, "field_absent"),
    ] {
        assert_eq!(ask(text)[0], code, "{text}");
    }
    assert_eq!(ask("[1]"), ["request_format"]);
    assert_eq!(ask("<request"), ["request_format"]);
}

#[test]
fn the_notice_says_all_that_a_person_needs() {
    let person = Person::of(&Order::new(GOST, at()).fault(Fault::Expired), 3);
    let answer = ask(&[&person], &plain(), &person.xml(&person.request()));
    let RequestAnswer::Refused(refusal) = &answer else { panic!("{answer:?}") };
    assert_eq!(
        refusal.ground(),
        ["003 p.11(7)", "003 p.11(6)", "255-VIII art. 49(2)", "500/НҚ p.16.1"]
    );
    assert_eq!(refusal.due(), Some(at().plus_seconds(20)));
    assert_eq!(refusal.reasons()[0].item(), Item::Certificate);
    let ru = refusal.notice(Lang::Ru);
    assert!(ru.title.starts_with("Уведомление об отказе"), "{}", ru.title);
    assert!(ru.body.iter().any(|s| s.contains("срок действия сертификата истёк")), "{:?}", ru.body);
    assert!(ru.body.iter().any(|s| s.contains("Серийный номер")), "{:?}", ru.body);
    let kk = refusal.notice(Lang::Kk);
    assert!(kk.title.contains("бас тарту туралы хабарлама"), "{}", kk.title);
    assert!(kk.body.iter().any(|s| s.contains("сертификаттың қолданылу мерзімі")), "{:?}", kk.body);
    let json = answer.to_json();
    assert_eq!(json["answer"], "refused");
    assert_eq!(json["reasons"][0]["code"], "cert_expired");
    assert_eq!(json["reasons"][0]["clause"], "500/НҚ p.16.1");
    for lang in ["kk", "ru", "en"] {
        assert!(json["notice"][lang]["title"].is_string());
        assert!(json["reasons"][0]["message"][lang].is_string());
    }
    // The law of the day: before the Digital Code, the law of 2003.
    let old = RequestQuestion::at("2026-07-01T00:00:00Z".parse().unwrap());
    let verifier = verifier(&[&person]);
    let profile = Profile::named("regulation-004").unwrap();
    let check = RequestCheck::new(&verifier, &profile);
    let document = person.request();
    let answer = check.answer(document.as_bytes(), &old, &mut all_new).unwrap();
    let RequestAnswer::Refused(refusal) = answer else { panic!("{answer:?}") };
    assert!(refusal.ground().contains(&"370-II art. 10(1)".to_owned()), "{:?}", refusal.ground());
    assert!(!refusal.ground().iter().any(|clause| clause.starts_with("004 ")));
    // What is not about the EDS has another title.
    let good = Person::new(Role::Individual, 0);
    let other = good.xml(&good.request().replace(">003<", ">001<"));
    let RequestAnswer::Refused(refusal) = ask(&[&good], &plain(), &other) else { panic!() };
    assert_eq!(refusal.notice(Lang::Ru).title, "Уведомление об отказе в приёме запроса");
}
