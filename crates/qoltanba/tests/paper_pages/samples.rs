//! Documents of every form, and ones that are hard to set, of invented people.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use qoltanba_testkit::SeededRng;

use qoltanba::paper::{
    document::{
        Amount, Bilingual, Block, Column, Date, Field, FormName, Issuer, LegalBasis, List,
        LocalTime, OutputDocument, Recipient, Signatory, Table, UniqueNumber, Value,
    },
    form::{Forms, Issue},
    law::Law,
};

pub(crate) fn words(kk: &str, ru: &str) -> Bilingual {
    Bilingual { kk: kk.to_owned(), ru: ru.to_owned() }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn date(year: u16, month: u8, day: u8) -> Value {
    Value::Date(Date::new(year, month, day).unwrap())
}

fn tenge(tiyn: i64) -> Value {
    Value::Amount(Amount { tiyn })
}

/// A name that is given once.
fn name() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("n{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

fn field(kk: &str, ru: &str, value: Value) -> Field {
    Field { id: name(), label: words(kk, ru), value }
}

fn column(kk: &str, ru: &str) -> Column {
    Column { id: name(), label: words(kk, ru) }
}

fn signatory(kk: &str, ru: &str, name: &str) -> Signatory {
    Signatory { position: words(kk, ru), name: name.to_owned() }
}

fn basis() -> LegalBasis {
    LegalBasis {
        id: "digital-code-62-2".to_owned(),
        sentence: words(
            "Осы құжат Қазақстан Республикасы Цифрлық кодексінің 62-бабының 2-тармағына сәйкес \
             қағаз жеткізгіштегі қол қойылған құжатпен бірдей.",
            "Данный документ согласно пункту 2 статьи 62 Цифрового кодекса Республики Казахстан \
             равнозначен подписанному документу на бумажном носителе.",
        ),
    }
}

fn document(form: &str, title: Bilingual, blocks: Vec<Block>) -> OutputDocument {
    OutputDocument {
        form: FormName { id: form.to_owned(), version: 1 },
        look: OutputDocument::LOOK,
        number: UniqueNumber::new("10100000000017").unwrap(),
        issued: LocalTime("2026-11-25T09:04:05Z".parse().unwrap()),
        header: words(
            "Құжат электрондық үкімет порталымен құрылған",
            "Документ сформирован порталом электронного правительства",
        ),
        title,
        issuer: Issuer {
            name: words(
                "«Көктөбе қаласының жұмыспен қамту және әлеуметтік бағдарламалар бөлімі» КММ",
                "КГУ «Отдел занятости и социальных программ города Коктобе»",
            ),
            bin: "450140000005".parse().unwrap(),
        },
        recipient: Some(Recipient {
            name: "Сәрсенбаева Әйгерім Қайратқызы".to_owned(),
            iin: Some("920101100008".parse().unwrap()),
            bin: None,
        }),
        blocks,
        signatories: vec![
            signatory("Маман", "Специалист", "Оспанов Ерлан Ғабитұлы"),
            signatory("Бөлім басшысы", "Руководитель отдела", "Жүнісова Гүлнар Өмірханқызы"),
        ],
        legal_basis: Some(basis()),
        footnote: words(
            "*Штрих-код «Электрондық әкімдік» ақпараттық жүйесі ұсынған және әкімдіктің \
             электрондық цифрлық қолтаңбасымен қол қойылған деректерді қамтиды.",
            "*Штрих-код содержит данные, предоставленные информационной системой «Электронный \
             акимат» и подписанные электронно-цифровой подписью акимата.",
        ),
    }
}

fn payments(count: usize) -> Block {
    let rows = (0..count).map(|i| {
        let n = i64::try_from(i).unwrap();
        vec![
            Value::Number(n + 1),
            text(["I тоқсан", "II тоқсан", "III тоқсан", "IV тоқсан"][i % 4]),
            Value::Number(2026 + n / 4),
            date(2027 + u16::try_from(i / 4 % 70).unwrap(), u8::try_from(i % 12).unwrap() + 1, 25),
            tenge(4_812_300 + 173_911 * n),
        ]
    });
    Block::Table(Table {
        id: name(),
        caption: Some(words("Төлемдер кестесі", "График выплат")),
        columns: vec![
            column("№", "№"),
            column("Тоқсан", "Квартал"),
            column("Жыл", "Год"),
            column("Төлем күні", "Дата выплаты"),
            column("Төлем сомасы", "Сумма выплаты"),
        ],
        rows: rows.collect(),
    })
}

pub(crate) fn result_notice() -> OutputDocument {
    document(
        "result-notice",
        words("Жәрдемақы тағайындау туралы хабарлама", "Уведомление о назначении пособия"),
        vec![
            Block::Paragraph(words(
                "Құрметті Әйгерім Қайратқызы! Сізге 2026 жылғы 1 желтоқсаннан бастап 2027 жылғы 30 \
                 қарашаға дейінгі кезеңге бала күтіміне байланысты жәрдемақы тағайындалғаны туралы \
                 хабарлаймыз.",
                "Уважаемая Айгерим Кайратовна! Уведомляем Вас о назначении пособия по уходу за \
                 ребёнком на период с 1 декабря 2026 года по 30 ноября 2027 года.",
            )),
            Block::Fields(vec![
                field("Мекенжайы", "Адрес", text("Көктөбе қ., Жібек жолы көш., 12-үй, 34-пәтер")),
                field("Телефоны", "Телефон", text("+7 700 000 00 17")),
                field("Айлық мөлшері", "Размер в месяц", tenge(4_812_300)),
            ]),
            payments(4),
        ],
    )
}

pub(crate) fn refusal() -> OutputDocument {
    document(
        "refusal",
        words("Қызмет көрсетуден бас тарту туралы дәлелді жауап", "Мотивированный ответ об отказе"),
        vec![
            Block::Paragraph(words(
                "Сіздің 2026 жылғы 23 қарашадағы өтінішіңіз қаралды. Төмендегі себептер бойынша \
                 мемлекеттік қызмет көрсетуден бас тартылды.",
                "Ваше заявление от 23 ноября 2026 года рассмотрено. В оказании государственной \
                 услуги отказано по следующим причинам.",
            )),
            Block::List(List {
                id: name(),
                label: words("Бас тарту себептері", "Причины отказа"),
                items: vec![
                    Value::Bilingual(words(
                        "ұсынылған құжаттардың қолданылу мерзімі өтіп кеткен;",
                        "истёк срок действия представленных документов;",
                    )),
                    Value::Bilingual(words(
                        "өтініште көрсетілген мекенжай тіркеу деректеріне сәйкес келмейді.",
                        "адрес в заявлении не соответствует данным регистрации.",
                    )),
                ],
            }),
            Block::Heading(words("Шағымдану тәртібі", "Порядок обжалования")),
            Block::Paragraph(words(
                "Бұл шешімге Қазақстан Республикасының заңнамасында белгіленген тәртіппен шағым \
                 жасалуы мүмкін.",
                "Настоящее решение может быть обжаловано в порядке, установленном \
                 законодательством Республики Казахстан.",
            )),
        ],
    )
}

pub(crate) fn receipt(attachments: usize) -> OutputDocument {
    let names = [
        ("Жеке куәліктің көшірмесі", "Копия удостоверения личности"),
        ("Баланың туу туралы куәлігі", "Свидетельство о рождении ребёнка"),
        ("Банк шотының бар-жоғы туралы анықтама", "Справка о наличии банковского счёта"),
        ("Отбасы құрамы туралы мәліметтер", "Сведения о составе семьи"),
    ];
    let items = (0..attachments).map(|at| {
        let (kk, ru) = names[at % names.len()];
        Value::Bilingual(words(kk, ru))
    });
    let mut receipt = document(
        "receipt",
        words("Құжаттарды қабылдау туралы қолхат", "Расписка о приёме документов"),
        vec![
            Block::Fields(vec![
                field("Өтініштің нөмірі", "Номер запроса", text("002-1120-000417")),
                field(
                    "Қабылданған күні мен уақыты",
                    "Дата и время приёма",
                    Value::DateTime(LocalTime("2026-11-25T04:31:00Z".parse().unwrap())),
                ),
                field(
                    "Қызмет түрі",
                    "Вид услуги",
                    Value::Bilingual(words(
                        "Бала күтіміне байланысты жәрдемақы тағайындау",
                        "Назначение пособия по уходу за ребёнком",
                    )),
                ),
                field("Нәтиже берілетін күн", "Дата выдачи результата", date(2026, 12, 9)),
                field(
                    "Нәтиже берілетін орын",
                    "Место выдачи результата",
                    text("Көктөбе қ., Абай даңғ., 5, 3-терезе"),
                ),
                field("Өтініш берушінің телефоны", "Телефон заявителя", text("+7 700 000 00 17")),
            ]),
            Block::List(List {
                id: name(),
                label: words("Қоса берілген құжаттар", "Перечень приложенных документов"),
                items: items.collect(),
            }),
        ],
    );
    receipt.signatories.truncate(1);
    receipt
}

pub(crate) fn ticket() -> OutputDocument {
    let mut ticket = document(
        "ticket",
        words("Кезек талоны", "Талон очереди"),
        vec![
            Block::Prominent(field("Кезектегі нөміріңіз", "Ваш номер в очереди", text("А-147"))),
            Block::Fields(vec![
                field("Терезе", "Окно", Value::Number(3)),
                field(
                    "Қабылдау уақыты",
                    "Время приёма",
                    Value::DateTime(LocalTime("2026-11-26T04:00:00Z".parse().unwrap())),
                ),
            ]),
        ],
    );
    ticket.signatories.clear();
    ticket.legal_basis = None;
    ticket
}

/// Names that do not end.
pub(crate) fn long_names() -> OutputDocument {
    let mut notice = result_notice();
    notice.issuer.name = words(
        "«Қазақстан Республикасы Еңбек және халықты әлеуметтік қорғау министрлігінің Көктөбе \
         облысы бойынша мемлекеттік әлеуметтік қамсыздандыру, көші-қон және еңбек қатынастары \
         саласындағы бақылау департаменті» республикалық мемлекеттік мекемесі",
        "Республиканское государственное учреждение «Департамент контроля в сфере \
         государственного социального обеспечения, миграции и трудовых отношений Министерства \
         труда и социальной защиты населения Республики Казахстан по Коктобинской области»",
    );
    notice.recipient = Some(Recipient {
        name: "Нұрмұхамбетова-Шаймұхаметқызы Күләнда-Гүлбаршын Әбдімүтәліпқызы-Сейітжаппарова"
            .to_owned(),
        iin: Some("920101100008".parse().unwrap()),
        bin: Some("450140000005".parse().unwrap()),
    });
    notice.title = words(
        "Бала бір жасқа толғанға дейін оның күтіміне байланысты берілетін мемлекеттік жәрдемақыны \
         тағайындау және төлеу туралы хабарлама",
        "Уведомление о назначении и выплате государственного пособия по уходу за ребёнком до \
         достижения им возраста одного года",
    );
    notice.signatories.push(signatory(
        "Көктөбе облысының мемлекеттік әлеуметтік қамсыздандыру саласындағы бақылау басқармасы \
         басшысының міндетін атқарушы",
        "Исполняющий обязанности руководителя управления контроля в сфере государственного \
         социального обеспечения Коктобинской области",
        "Нұрмұхамбетова-Шаймұхаметқызы Күләнда-Гүлбаршын Әбдімүтәліпқызы",
    ));
    let word = "қабылданбағандықтарыңыздан".repeat(8);
    notice.blocks.push(Block::Fields(vec![
        field("Өте ұзын сөз", "Очень длинное слово", text(&word)),
        field("Нөмір", "Номер", text(&"0123456789".repeat(20))),
        field(&"Ұзынжапсырмасөз".repeat(5), "Метка", tenge(i64::MAX)),
    ]));
    notice
}

pub(crate) fn long_table() -> OutputDocument {
    let mut notice = result_notice();
    notice.blocks.pop();
    notice.blocks.push(payments(300));
    notice
}

/// A wide table, and rows that are longer than a page.
pub(crate) fn hard_table() -> OutputDocument {
    let mut notice = result_notice();
    let columns = (0..12).map(|_| column("Көрсеткіштің атауы", "Наименование показателя"));
    let row =
        |n: i64| (0..12).map(move |at| if at == 3 { tenge(n * 1_000_003) } else { text("мән") });
    let long = "Ұзақ түсіндірме мәтін бірнеше бетке созылады. ".repeat(60).trim().to_owned();
    let mut wide: Vec<Vec<Value>> = (1..6).map(|n| row(n).collect()).collect();
    wide[2][5] = text(&long);
    notice.blocks.push(Block::Table(Table {
        id: name(),
        caption: None,
        columns: columns.collect(),
        rows: wide,
    }));
    notice
}

pub(crate) fn long_text() -> OutputDocument {
    let mut notice = refusal();
    let kk = "Мемлекеттік көрсетілетін қызмет нәтижесі туралы мәліметтер. ".repeat(170);
    let ru = "Сведения о результате оказания государственной услуги. ".repeat(185);
    notice.blocks.insert(1, Block::Paragraph(words(kk.trim(), ru.trim())));
    notice
}

/// Every form that is built in, with what is required and with everything.
pub(crate) fn of_forms() -> Vec<(String, OutputDocument)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors/paper");
    let law = Law::builtin().unwrap();
    let mut rng = SeededRng::new(9);
    let mut documents = Vec::new();
    for form in Forms::builtin().unwrap().iter() {
        for how in ["minimal", "full"] {
            let name = format!("{}.{how}", form.name().id);
            let given = fs::read(folder.join(format!("{name}.json"))).unwrap();
            let issue = Issue {
                number: UniqueNumber::generate(&mut rng),
                issued: "25.11.2026 14:04".parse().unwrap(),
                issuer: Issuer {
                    name: words(
                        "Сынақ ауданының жұмыспен қамту және әлеуметтік бағдарламалар бөлімі",
                        "Отдел занятости и социальных программ Пробного района",
                    ),
                    bin: "450140000005".parse().unwrap(),
                },
                law: &law,
                header: None,
            };
            let document = form.fill(&serde_json::from_slice(&given).unwrap(), &issue);
            documents.push((name, document.unwrap()));
        }
    }
    documents
}
