//! Output documents signed by those who may, and by nobody else; what is made is verified here.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

#[path = "common/message.rs"]
mod message;

use message::{algorithms, at, reason, rsa, verifier};
use qoltanba::{
    Certificate, Lang, Limits, Question, Verdict,
    algorithm::SignatureAlgorithm,
    identity::{Role, Subject},
    paper::{
        BarcodeScan, BarcodeSet, DocumentSigner, PageLanguage, RefusalData, Renderer,
        SignedDocument,
        document::{
            Amount, Bilingual, Block, Date, Field, FormName, Issuer, Language, LegalBasis,
            LocalTime, OutputDocument, Recipient, Signatory, UniqueNumber, Value,
        },
        form::{Form, Issue, SignedBy},
        law::Law,
        pdf::PdfFile,
        picture,
    },
    request::{Admission, Profile as Service, RequestAnswer, RequestCheck, RequestQuestion},
    sign::{CmsSigner, XmlSigner},
};
use qoltanba_testkit::{Mint, Order, Profile, SeededRng};

const NUMBER: &str = "70420000000013";

fn mint_of(algorithm: SignatureAlgorithm, profile: Profile) -> Mint {
    let order = Order::new(algorithm, at()).profile(profile);
    Mint::new(&order, &mut SeededRng::new(5)).unwrap()
}

fn head() -> Mint {
    mint_of(SignatureAlgorithm::Gost2015_512, Profile::Sign(Role::FirstHead))
}

fn both(kk: &str, ru: &str) -> Bilingual {
    Bilingual::new(kk, ru)
}

fn field(id: &str, kk: &str, ru: &str, value: Value) -> Field {
    Field { id: id.to_owned(), label: both(kk, ru), value }
}

/// A notice of the size that notices have.
fn notice(subject: &Subject) -> OutputDocument {
    OutputDocument {
        form: FormName { id: "result-notice".into(), version: 1 },
        look: OutputDocument::LOOK,
        number: UniqueNumber::new(NUMBER).unwrap(),
        issued: LocalTime(at()),
        header: both(
            "Құжат «электрондық үкімет» порталымен құрылған",
            "Документ сформирован порталом «электронного правительства»",
        ),
        title: both(
            "Мемлекеттік қызмет көрсету нәтижесі туралы хабарлама",
            "Уведомление о результате оказания государственной услуги",
        ),
        issuer: Issuer {
            name: both("«Сынақ» әкімдігінің бөлімі", "Отдел акимата «Проба»"),
            bin: subject.bin.unwrap_or_else(|| "450140000005".parse().unwrap()),
        },
        recipient: Some(Recipient {
            name: "Әлімжанова Гүлнұр Серікқызы".into(),
            iin: Some("920101100008".parse().unwrap()),
            bin: None,
        }),
        blocks: vec![
            Block::Fields(vec![
                field("request", "Өтініштің нөмірі", "Номер заявления", Value::Text(NUMBER.into())),
                field(
                    "day",
                    "Шешім күні",
                    "Дата решения",
                    Value::Date(Date::new(2026, 11, 22).unwrap()),
                ),
                field(
                    "sum",
                    "Төлем мөлшері",
                    "Размер выплаты",
                    Value::Amount(Amount { tiyn: 4_567_800 }),
                ),
                field(
                    "from",
                    "Басталатын күні",
                    "Дата начала",
                    Value::Date(Date::new(2026, 12, 1).unwrap()),
                ),
                field(
                    "till",
                    "Аяқталатын күні",
                    "Дата окончания",
                    Value::Date(Date::new(2027, 11, 30).unwrap()),
                ),
            ]),
            Block::Paragraph(both(
                "Сізге сұратылған мемлекеттік қызмет бойынша төлем тағайындалды. Төлем көрсетілген банк шотына ай сайын аударылады.",
                "Вам назначена выплата по запрошенной государственной услуге. Выплата будет ежемесячно перечисляться на указанный банковский счёт.",
            )),
        ],
        signatories: vec![Signatory {
            position: both("Бөлім басшысы", "Начальник отдела"),
            name: subject.name.clone().unwrap_or_else(|| "Серіков Н.".into()),
        }],
        legal_basis: Some(LegalBasis {
            id: "digital-code-62-2".into(),
            sentence: both(
                "Осы құжат Қазақстан Республикасы Цифрлық кодексінің 62-бабы 2-тармағына сәйкес қағаз жеткізгіштегі құжатпен бірдей.",
                "Данный документ согласно пункту 2 статьи 62 Цифрового кодекса Республики Казахстан равнозначен документу на бумажном носителе.",
            ),
        }),
        footnote: both(
            "*Штрих-код «электрондық үкімет» ақпараттық жүйесінен алынған және уәкілетті тұлғаның электрондық цифрлық қолтаңбасымен қойылған деректерді қамтиды.",
            "*Штрих-код содержит данные, полученные из информационной системы и подписанные электронной цифровой подписью уполномоченного лица.",
        ),
    }
}

fn codes(mint: &Mint, document: &OutputDocument, of: SignedBy) -> Vec<&'static str> {
    let certificate = mint.signer_certificate().unwrap();
    let signer = DocumentSigner::new(&*mint.signer.key, &certificate).unwrap();
    let faults = signer.faults(document, of);
    for fault in &faults {
        for lang in [Lang::Kk, Lang::Ru, Lang::En] {
            assert!(fault.text(lang).chars().count() > 40, "{fault:?}");
        }
    }
    let made = signer.sign(document.clone(), of, &mut SeededRng::new(1));
    assert_eq!(made.is_err(), !faults.is_empty(), "{faults:?}");
    faults.iter().map(|fault| fault.code()).collect()
}

fn subject(mint: &Mint) -> Subject {
    Subject::claimed_by(&mint.signer_certificate().unwrap())
}

#[test]
fn what_an_authorised_person_signs_passes_for_every_key() {
    for algorithm in algorithms() {
        let mint = mint_of(algorithm, Profile::Sign(Role::FirstHead));
        let certificate = mint.signer_certificate().unwrap();
        let signer = DocumentSigner::new(&*mint.signer.key, &certificate).unwrap();
        let document = notice(signer.subject());
        let made = signer.sign(document.clone(), SignedBy::Person, &mut SeededRng::new(2)).unwrap();
        assert_eq!(made.document(), &document);
        let report = verifier(&mint).verify(made.octets(), &Question::at(at())).unwrap();
        assert_eq!(report.verdict(), Verdict::Passed, "{algorithm}: {}", reason(&report));
        let accepted = report.accepted().next().unwrap();
        assert_eq!(accepted.signer().bin(), Some(document.issuer.bin));
        // Signed again, the barcodes carry exactly these octets.
        let texts = made.barcodes().unwrap();
        let report = verifier(&mint).verify_barcodes(&texts, &Question::at(at())).unwrap();
        assert_eq!(report.verdict(), Verdict::Passed, "{algorithm}: {}", reason(&report));
        let again = SignedDocument::read(made.octets().to_vec()).unwrap();
        assert_eq!(again, made);
    }
}

#[test]
fn an_issuer_called_otherwise_than_the_certificate_says_is_remarked() {
    let mut subject = subject(&head());
    let mut document = notice(&subject);
    let organisation = subject.organisation.clone().unwrap();
    let remark = document.signer_remark(&subject).unwrap();
    assert_eq!(remark.at(), "issuer");
    for lang in [Lang::Kk, Lang::Ru, Lang::En] {
        assert!(remark.text(lang).contains(&organisation), "{}", remark.text(lang));
    }
    document.issuer.name.kk = format!("«{}»", organisation.to_lowercase());
    assert_eq!(document.signer_remark(&subject), None);
    subject.organisation = None;
    document.issuer.name.kk = "Әкімдік".into();
    assert_eq!(document.signer_remark(&subject), None, "it says nothing of an organisation");
}

#[test]
fn the_plain_signature_saves_barcodes() {
    for (algorithm, role) in
        [(SignatureAlgorithm::Gost2015_512, Role::FirstHead), (rsa(), Role::RightToSign)]
    {
        let mint = mint_of(algorithm, Profile::Sign(role));
        let certificate = mint.signer_certificate().unwrap();
        let xml = notice(&subject(&mint)).to_xml().unwrap();
        let signer = || XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
        let size = |signer: XmlSigner<'_>| {
            let signed = signer.sign(&xml, &mut SeededRng::new(1)).unwrap();
            let parts = BarcodeSet::write(&signed, NUMBER, at()).unwrap();
            let zip: usize = parts.iter().map(|p| p.len()).sum();
            println!(
                "{algorithm}: {} octets, {} parts, {zip} characters",
                signed.len(),
                parts.len()
            );
            (parts.len(), zip)
        };
        let (plain, lines) = (size(signer().compact(true)), size(signer()));
        let xades = size(signer().compact(true).xades(at()));
        assert!(plain.1 < lines.1 && plain.1 < xades.1);
        assert!(plain.0 <= xades.0);
    }
}

#[test]
fn who_may_not_sign_is_refused_with_every_reason() {
    use SignedBy::{Applicant as Himself, Person as AuthorisedPerson, System as PersonOrSystem};
    let gost = SignatureAlgorithm::Gost2015_512;
    for (role, person, system) in [
        (Role::FirstHead, true, true),
        (Role::RightToSign, true, true),
        (Role::Employee, false, true),
        (Role::HumanResources, false, true),
        (Role::RightToSignFinancial, false, true),
        (Role::InformationSystem, false, true),
    ] {
        let mint = mint_of(gost, Profile::Sign(role));
        let document = notice(&subject(&mint));
        for (of, may) in [(AuthorisedPerson, person), (PersonOrSystem, system)] {
            let wanted: &[&str] = if may { &[] } else { &["signer_role"] };
            assert_eq!(codes(&mint, &document, of), wanted, "{role:?} {of:?}");
        }
        assert_eq!(codes(&mint, &document, Himself), ["signer_not_applicant"], "{role:?}");
    }
    // A person for himself has neither the role nor the organisation.
    let person = mint_of(gost, Profile::Sign(Role::Individual));
    let mut document = notice(&subject(&person));
    let wanted = ["signer_role", "signer_bin_mismatch"];
    assert_eq!(codes(&person, &document, AuthorisedPerson), wanted);
    assert_eq!(codes(&person, &document, Himself), ["signer_not_applicant"]);
    document.recipient.as_mut().unwrap().iin = subject(&person).iin;
    assert!(codes(&person, &document, Himself).is_empty());
    document.recipient.as_mut().unwrap().bin = Some(document.issuer.bin);
    assert_eq!(codes(&person, &document, Himself), ["signer_not_applicant"]);
    document.recipient = None;
    assert_eq!(codes(&person, &document, Himself), ["signer_not_applicant"]);
    // An application names him in its fields.
    let own = subject(&person).iin.unwrap();
    for (iin, wanted) in
        [(own, &[][..]), ("920101100008".parse().unwrap(), &["signer_not_applicant"])]
    {
        let value = Value::Iin(iin);
        document.blocks[0] = Block::Fields(vec![field("applicant_iin", "ЖСН", "ИИН", value)]);
        assert_eq!(codes(&person, &document, Himself), wanted);
    }
}

#[test]
fn the_certificate_must_fit_the_document() {
    let mint = head();
    let good = notice(&subject(&mint));
    let of = SignedBy::Person;
    assert!(codes(&mint, &good, of).is_empty());
    let mut document = good.clone();
    document.issuer.bin = "990140000005".parse().unwrap();
    assert_eq!(codes(&mint, &document, of), ["signer_bin_mismatch"]);
    // A day before the first and a day behind the last.
    let validity = mint.signer_certificate().unwrap().validity();
    for when in [validity.not_before.plus_seconds(-1), validity.not_after.plus_seconds(1)] {
        let mut document = good.clone();
        document.issued = LocalTime(when);
        assert_eq!(codes(&mint, &document, of), ["signer_validity"]);
    }
    let mut document = good.clone();
    document.signatories[0].name = "Бөтенов Б.".into();
    assert_eq!(codes(&mint, &document, of), ["signer_not_signatory"]);
    document.signatories.push(good.signatories[0].clone());
    assert!(codes(&mint, &document, of).is_empty());
    // Initials and other letters are the same person.
    let surname = subject(&mint).surname.unwrap().to_lowercase();
    let given = subject(&mint).given_name.unwrap();
    let initial = given.chars().next().unwrap();
    let named = |name: String| vec![Signatory { name, ..good.signatories[0].clone() }];
    document.signatories = named(format!("{initial}.{surname}"));
    assert!(codes(&mint, &document, of).is_empty());
    // Another person of the same family name is another person; so may be one without a name.
    assert_ne!(initial, 'Т');
    for name in [format!("Т.{surname}"), format!("{surname} {given} Бөтенұлы"), surname] {
        document.signatories = named(name);
        assert_eq!(codes(&mint, &document, of), ["signer_not_signatory"]);
    }
    // A key for logging in signs nothing.
    let auth = mint_of(rsa(), Profile::Authenticate(Role::FirstHead));
    let certificate = auth.signer_certificate().unwrap();
    assert!(DocumentSigner::new(&*auth.signer.key, &certificate).is_err());
    let other = Certificate::from_der(head().issuing().certificate()).unwrap();
    assert!(DocumentSigner::new(&*mint.signer.key, &other).is_err());
}

#[test]
fn only_a_signed_document_has_a_page() {
    let mint = head();
    let certificate = mint.signer_certificate().unwrap();
    let xml = notice(&subject(&mint)).to_xml().unwrap();
    let said = |octets: Vec<u8>| SignedDocument::read(octets).unwrap_err().to_string();
    assert!(said(xml.clone()).contains("no signature"));
    assert!(said(b"<a/>".to_vec()).contains("no output document"));
    let message = CmsSigner::new(&*mint.signer.key, &certificate).unwrap();
    assert!(SignedDocument::read(message.sign(&xml, &mut SeededRng::new(1)).unwrap()).is_err());
    // The stamped form is of this document and this signature.
    let sign = |xml: &[u8], seed| {
        let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
        signer.compact(true).sign(xml, &mut SeededRng::new(seed)).unwrap()
    };
    let signed = SignedDocument::read(sign(&xml, 1)).unwrap();
    let same = signed.clone().with_stamped(sign(&xml, 1)).unwrap();
    assert_eq!(same.stamped(), Some(signed.octets()));
    let other = signed.clone().with_stamped(sign(&xml, 2)).unwrap_err();
    assert!(other.to_string().contains("stamped form"), "{other}");
    let mut document = notice(&subject(&mint));
    document.title = both("Өзге", "Иное");
    let other = document.to_xml().unwrap();
    assert!(signed.with_stamped(sign(&other, 1)).is_err());
}

fn made(mint: &Mint) -> SignedDocument {
    let certificate = mint.signer_certificate().unwrap();
    let signer = DocumentSigner::new(&*mint.signer.key, &certificate).unwrap();
    let document = notice(signer.subject());
    signer.sign(document, SignedBy::Person, &mut SeededRng::new(3)).unwrap()
}

#[test]
fn the_page_carries_what_was_signed() {
    let mint = head();
    let signed = made(&mint);
    let renderer = Renderer::new().unwrap();
    let limits = Limits::default();
    for language in
        [PageLanguage::Only(Language::Kk), PageLanguage::Only(Language::Ru), PageLanguage::Both]
    {
        let pdf = signed.pdf(&renderer, language).unwrap();
        assert_eq!(SignedDocument::from_pdf(&pdf, &limits).unwrap(), signed);
        // What a scanner sees of it, puts the same octets together.
        let file = PdfFile::parse(&pdf, &limits).unwrap();
        let pages: Vec<_> = (0..file.pages()).map(|n| file.raster(n, 200).unwrap()).collect();
        let symbols = picture::symbols(&pages, &limits);
        let texts: Vec<_> = symbols.into_iter().flatten().map(|symbol| symbol.text).collect();
        let scan = BarcodeScan::read(&texts, &limits).unwrap();
        assert_eq!(scan.sets[0].assemble(&limits).unwrap().document(), signed.octets());
    }
    let other = [signed.octets(), b"\n"].concat();
    let stamped = signed.clone().with_stamped(other.clone()).unwrap();
    assert_eq!(stamped.stamped(), Some(&*other));
    let pdf = stamped.pdf(&renderer, PageLanguage::Both).unwrap();
    assert_eq!(SignedDocument::from_pdf(&pdf, &limits).unwrap(), stamped);
    assert!(SignedDocument::from_pdf(signed.octets(), &limits).is_err());
}

/// The answer to a request of a person that names another IIN, or another service.
fn refusal(iin: &str, service: &str) -> RefusalData {
    let mint = mint_of(SignatureAlgorithm::Gost2015_512, Profile::Sign(Role::Individual));
    let certificate = mint.signer_certificate().unwrap();
    let iin = if iin.is_empty() { subject(&mint).iin.unwrap().to_string() } else { iin.to_owned() };
    let request = format!(
        "<request><iin>{iin}</iin><service>{service}</service><number>42</number></request>"
    );
    let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
    let signed = signer.sign(request.as_bytes(), &mut SeededRng::new(1)).unwrap();
    let (verifier, service) = (verifier(&mint), Service::named("regulation-003").unwrap());
    let check = RequestCheck::new(&verifier, &service);
    let answer = check.answer(&signed, &RequestQuestion::at(at()), &mut |_: &_| Admission::New);
    match answer.unwrap() {
        RequestAnswer::Refused(refusal) => RefusalData::from(&*refusal),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refused_request_fills_the_form_of_its_refusal() {
    let issue = Issue {
        number: UniqueNumber::new(NUMBER).unwrap(),
        issued: LocalTime(at()),
        issuer: Issuer {
            name: both("Әкімдік", "Акимат"), bin: "450140000005".parse().unwrap()
        },
        law: &Law::builtin().unwrap(),
        header: None,
    };
    for (data, form, said) in [
        (refusal("920101100008", "003"), "eds-refusal", "ИИН в запросе не совпадает с ИИН"),
        (refusal("", "001"), "data-refusal", "Запрос относится к другой услуге"),
    ] {
        assert_eq!(data.form, form);
        let form = Form::named(form).unwrap();
        assert_eq!(form.signed_by(), SignedBy::Person);
        let faults = form.fill(&data.fields, &issue).unwrap_err();
        let at: Vec<&str> = faults.iter().map(|fault| fault.at()).collect();
        assert_eq!(at, ["signatories"], "who stands under it is not in the request");
        let mut fields = data.fields;
        let position = serde_json::json!({ "kk": "Басшы", "ru": "Руководитель" });
        fields["signatories"] = serde_json::json!([{ "position": position, "name": "Серіков Н." }]);
        let document = form.fill(&fields, &issue).unwrap();
        let xml = String::from_utf8(document.to_xml().unwrap()).unwrap();
        assert!(xml.contains(said), "{xml}");
        // When it was checked, on the clocks of the country.
        assert!(xml.contains("2026-11-25T17:00:00+05:00"), "{xml}");
    }
    // Which certificate it was, and on what ground.
    let fields = refusal("920101100008", "003").fields;
    let mint = mint_of(SignatureAlgorithm::Gost2015_512, Profile::Sign(Role::Individual));
    let serial: String = mint.signer.serial.iter().map(|octet| format!("{octet:02x}")).collect();
    let holder = subject(&mint).name.unwrap();
    let certificate = &fields["certificates"][0];
    assert_eq!(certificate["kk"], format!("{holder}, сериялық нөмірі {serial}"));
    assert_eq!(certificate["ru"], format!("{holder}, серийный номер {serial}"));
    assert_eq!(
        fields["grounds"][0]["ru"],
        "Цифровой кодекс Республики Казахстан от 9 января 2026 года № 255-VIII, статья 49, пункт 2"
    );
    assert_ne!(fields["grounds"][0]["kk"], fields["grounds"][0]["ru"]);
    assert!(!fields.to_string().contains("003"), "{fields}");
}

/// What failed is said on the country's clocks, of a person rather than a distinguished name.
#[test]
fn a_refusal_is_in_the_words_of_the_applicant() {
    let mint = mint_of(SignatureAlgorithm::Gost2015_512, Profile::Sign(Role::Individual));
    let certificate = mint.signer_certificate().unwrap();
    let subject = Subject::claimed_by(&certificate);
    let request = format!(
        "<request><iin>{}</iin><service>003</service><number>42</number></request>",
        subject.iin.unwrap()
    );
    let signer = XmlSigner::new(&*mint.signer.key, &certificate).unwrap();
    let signed = signer.sign(request.as_bytes(), &mut SeededRng::new(1)).unwrap();
    let (verifier, service) = (verifier(&mint), Service::named("regulation-003").unwrap());
    let check = RequestCheck::new(&verifier, &service);
    // Long after the certificate has expired.
    let late = at().plus_seconds(4 * 366 * 86_400);
    let answer = check.answer(&signed, &RequestQuestion::at(late), &mut |_: &_| Admission::New);
    let RequestAnswer::Refused(refusal) = answer.unwrap() else { panic!("it is not refused") };
    let fields = RefusalData::from(&*refusal).fields;
    let ended = LocalTime(certificate.validity().not_after);
    let serial: String = mint.signer.serial.iter().map(|octet| format!("{octet:02x}")).collect();
    let reasons = fields["reasons"].as_array().unwrap();
    let wanted = format!("срок действия сертификата истёк {ended} (UTC+5)");
    let named = format!("{}, серийный номер {serial}.", subject.name.unwrap());
    let found = reasons.iter().filter_map(|reason| reason["ru"].as_str());
    assert!(found.into_iter().any(|r| r.contains(&wanted) && r.ends_with(&named)), "{fields}");
    let all = fields.to_string();
    for raw in ["CN=", "C=KZ", "00Z", "IIN", "регламент"] {
        assert!(!all.contains(raw), "{raw}: {all}");
    }
    for reason in reasons {
        assert_ne!(reason["kk"], reason["ru"]);
    }
}
