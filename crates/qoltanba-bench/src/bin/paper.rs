//! Time of issuing notices of one page with five QR codes: signed with GOST 34.10-2015 of 512
//! bits, and set as PDF/A-3.
//!
//! ```text
//! cargo run --release -p qoltanba-bench --bin paper [DOCUMENTS]
//! ```
//!
//! Each figure is of one core in processor time, which another process that is busy does not slow:
//! the best of five rounds over all documents (100 unless said), which differ in their numbers and
//! amounts.
//!
//! - `sign` makes the XML and signs it;
//! - `codes` makes the QR codes of the set and nothing else, which the page has to do as well;
//! - `page` makes the PDF with fonts that were prepared once;
//! - `plain loop` makes the PDF and prepares the fonts for each document anew;
//! - `both` is `sign` and `page`: the goal is 30 documents in a second.
#![expect(clippy::print_stdout, reason = "a report is what this program is for")]

use std::{env, error::Error, fs, hint::black_box};

use qoltanba::{
    algorithm::SignatureAlgorithm,
    paper::{
        BarcodeSet, PageLanguage, Printed, QrLevel, QrSymbol, Renderer,
        document::{
            Amount, Bilingual, Block, Column, Field, FormName, Issuer, Language, LegalBasis,
            LocalTime, OutputDocument, Recipient, Signatory, Table, UniqueNumber, Value,
        },
    },
    sign::XmlSigner,
};
use qoltanba_testkit::{Mint, SeededRng};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let documents = match env::args().nth(1) {
        Some(number) => number.parse()?,
        None => 100,
    };
    let now = "2026-11-25T12:00:00Z".parse()?;
    let mut rng = SeededRng::new(1);
    let mint = Mint::good(SignatureAlgorithm::Gost2015_512, now, &mut rng)?;
    let certificate = mint.signer_certificate()?;
    let signer = XmlSigner::new(&*mint.signer.key, &certificate)?;
    let renderer = Renderer::new()?;
    let all: Vec<OutputDocument> = (0..documents).map(notice).collect::<Result<_>>()?;

    let mut signed: Vec<Vec<u8>> = Vec::new();
    let sign = best(|| {
        let xml = all.iter().map(|document| signer.sign(&document.to_xml()?, &mut rng));
        signed = xml.collect::<qoltanba::Result<_>>()?;
        Ok(())
    })?;
    let pairs = || all.iter().zip(&signed);
    let mut codes = 0;
    let encode = best(|| {
        codes = 0;
        for (document, octets) in pairs() {
            for text in BarcodeSet::write(octets, document.number.as_str(), now)? {
                codes += 1;
                black_box(QrSymbol::encode(&text, QrLevel::M)?);
            }
        }
        Ok(())
    })?;
    let mut octets = 0;
    let page = best(|| {
        octets = 0;
        for (document, signed) in pairs() {
            let printed = Printed { document, signed, stamped: None };
            octets += renderer.pdf(&printed, PageLanguage::Only(Language::Kk))?.len();
        }
        Ok(())
    })?;
    let plain = best(|| {
        for (document, signed) in pairs() {
            let printed = Printed { document, signed, stamped: None };
            black_box(Renderer::new()?.pdf(&printed, PageLanguage::Only(Language::Kk))?);
        }
        Ok(())
    })?;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let each = |sum: usize| sum as f64 / documents as f64;
    println!("{:.1} codes and {:.0} octets each", each(codes), each(octets));
    for (name, seconds) in [
        ("sign", sign),
        ("codes", encode),
        ("page", page),
        ("plain loop", plain),
        ("both", sign + page),
    ] {
        let one = seconds / f64::from(documents);
        println!("{name:>10}  {:>8.2} ms  {:>8.1} in a second", one * 1e3, 1.0 / one);
    }
    Ok(())
}

/// The seconds of the best round.
fn best(mut round: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let before = processor_seconds()?;
        round()?;
        best = best.min(processor_seconds()? - before);
    }
    Ok(best)
}

/// What this process has computed, in user and in system mode.
fn processor_seconds() -> Result<f64> {
    let said = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: f64 = said.split_whitespace().next().ok_or("no schedstat")?.parse()?;
    Ok(nanoseconds / 1e9)
}

fn notice(at: u32) -> Result<OutputDocument> {
    let field = |id: &str, kk: &str, ru: &str, value| {
        let label = Bilingual::new(kk, ru);
        Field { id: id.to_owned(), label, value }
    };
    let columns = [("quarter", "Тоқсан", "Квартал"), ("sum", "Сомасы", "Сумма")];
    let columns =
        columns.map(|(id, kk, ru)| Column { id: id.to_owned(), label: Bilingual::new(kk, ru) });
    let row = |n: u32| {
        let amount = Amount { tiyn: i64::from(at) * 7_919 + i64::from(n) * 104_729 };
        vec![Value::Number(i64::from(n)), Value::Amount(amount)]
    };
    Ok(OutputDocument {
        form: FormName { id: "result-notice".to_owned(), version: 1 },
        look: OutputDocument::LOOK,
        number: UniqueNumber::new(&format!("{:014}", 10_100_000_000_017_u64 + u64::from(at)))?,
        issued: LocalTime("2026-11-25T12:00:00Z".parse()?),
        header: Bilingual::new(
            "Құжат электрондық үкімет порталымен құрылған",
            "Документ сформирован порталом электронного правительства",
        ),
        title: Bilingual::new("Жәрдемақы тағайындау туралы хабарлама", "Уведомление о пособии"),
        issuer: Issuer {
            name: Bilingual::new("«Көктөбе қаласының жұмыспен қамту бөлімі» КММ", "КГУ «Отдел»"),
            bin: "450140000005".parse().map_err(|_| "a BIN has twelve digits")?,
        },
        recipient: Some(Recipient {
            name: "Сәрсенбаева Әйгерім Қайратқызы".to_owned(),
            iin: Some("920101100008".parse().map_err(|_| "an IIN has twelve digits")?),
            bin: None,
        }),
        blocks: vec![
            Block::Paragraph(Bilingual::new(
                "Сізге 2026 жылғы 1 желтоқсаннан бастап 2027 жылғы 30 қарашаға дейінгі кезеңге \
                 бала күтіміне байланысты жәрдемақы тағайындалғаны туралы хабарлаймыз.",
                "Уведомляем Вас о назначении пособия по уходу за ребёнком на период с 1 декабря \
                 2026 года по 30 ноября 2027 года.",
            )),
            Block::Fields(vec![
                field("address", "Мекенжайы", "Адрес", Value::Text("Жібек жолы, 12, 34".into())),
                field("case", "Іс нөмірі", "Номер дела", Value::Number(i64::from(at) + 417)),
            ]),
            Block::Table(Table {
                id: "payments".to_owned(),
                caption: None,
                columns: columns.into(),
                rows: (1..=4).map(row).collect(),
            }),
        ],
        signatories: vec![Signatory {
            position: Bilingual::new("Бөлім басшысы", "Руководитель отдела"),
            name: "Жүнісова Гүлнар Өмірханқызы".to_owned(),
        }],
        legal_basis: Some(LegalBasis {
            id: "digital-code-62-2".to_owned(),
            sentence: Bilingual::new(
                "Осы құжат Қазақстан Республикасы Цифрлық кодексінің 62-бабының 2-тармағына \
                 сәйкес қағаз жеткізгіштегі қол қойылған құжатпен бірдей.",
                "Данный документ согласно пункту 2 статьи 62 Цифрового кодекса Республики \
                 Казахстан равнозначен подписанному документу на бумажном носителе.",
            ),
        }),
        footnote: Bilingual::new(
            "*Штрих-код «Электрондық әкімдік» ақпараттық жүйесі ұсынған деректерді қамтиды.",
            "*Штрих-код содержит данные информационной системы «Электронный акимат».",
        ),
    })
}
