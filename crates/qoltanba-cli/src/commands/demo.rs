//! `qoltanba demo`: each step is the command that it shows.

mod served;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Parser as _;
use qoltanba::{Certificate, Lang, identity::Subject};
use qoltanba_testkit::invented_iin;
use serde_json::json;

use crate::{
    args::{self, Args},
    exit::{Exit, Failure, Result, about, shown},
    files::{self, Existing},
    output::{Console, DIM, Pick as _, STRONG, full_name, paint},
};

/// Tells a folder of ours from anyone else's.
const MARKER: &str = ".qoltanba-demo";
const SIGNER: &str = "people/gost2015-can_sign";
/// What the forger changes, and into what. Both have one length, so that nothing else changes.
const TERM: &str = "15 жұмыс күні / 15 рабочих дней";
const FORGED_TERM: &str = "95 жұмыс күні / 95 рабочих дней";

/// Walks the whole way once.
pub(crate) fn run(args: &args::Demo, lang: Lang) -> Result<Exit> {
    if args.serve && !args.listen.ip().is_loopback() {
        return Err(Failure::usage(lang.pick(
            "--listen: тек осы машинадағы мекенжай керек, мысалы 127.0.0.1:8080: бұл кілттер бәріне \
             белгілі",
            "--listen: нужен адрес этой же машины, например 127.0.0.1:8080: эти ключи известны всем",
            "--listen: an address of this machine is needed, as 127.0.0.1:8080: everybody has these \
             keys",
        )));
    }
    let demo = Demo { dir: args.dir.clone(), again: prepare(&args.dir, lang)?, lang };
    demo.say(lang.pick(
        "1. Сынақ куәландырушы орталығы",
        "1. Пробный удостоверяющий центр",
        "1. A test authority",
    ))?;
    let force = if demo.again { &["--force"][..] } else { &[] };
    demo.step(&[&["dev-pki".into(), demo.path("pki")], &words(force)[..]].concat(), Exit::Passed)?;

    demo.say(lang.pick(
        "2. Көрсетілетін қызметті берушінің хабарламасына уәкілетті тұлға қол қояды",
        "2. Уполномоченное лицо услугодателя подписывает уведомление",
        "2. The provider's authorised person signs a notice",
    ))?;
    demo.write("notice.txt", notice(&demo.signer()?).as_bytes())?;
    let key = [words(&["sign", "--key"]), vec![demo.path(&format!("pki/{SIGNER}.p12"))]].concat();
    let password = [words(&["--password-file"]), vec![demo.path("pki/password.txt")]].concat();
    let what = [words(&["--format", "cms"]), vec![demo.path("notice.txt")]].concat();
    demo.step(&[key, password.clone(), words(force), what].concat(), Exit::Passed)?;

    demo.say(lang.pick(
        "3. Өтініш беруші қолтаңбаны тексереді",
        "3. Заявитель проверяет подпись",
        "3. The applicant verifies the signature",
    ))?;
    demo.step(&demo.verify("notice.txt.cms"), Exit::Passed)?;

    demo.say(lang.pick(
        "4. Біреу көшірмедегі мерзімді өзгертті",
        "4. Кто-то изменил срок в копии",
        "4. Somebody changed the term in a copy",
    ))?;
    let message = files::read(&demo.file("notice.txt.cms"), lang)?;
    demo.write("notice-altered.cms", &altered(&message))?;
    demo.step(&demo.verify("notice-altered.cms"), Exit::Failed)?;

    demo.say(lang.pick(
        "5. Сол хабарлама қағазда: штрих-кодтар қол қойылған деректерді қамтиды",
        "5. То же уведомление на бумаге: штрих-коды содержат подписанные данные",
        "5. The same notice on paper: its barcodes carry what is signed",
    ))?;
    demo.write("notice.json", data(&demo.signer()?).as_bytes())?;
    let key = [words(&["--key"]), vec![demo.path(&format!("pki/{SIGNER}.p12"))]].concat();
    let form = words(&["issue", "--form", "result-notice"]);
    let what = vec!["-o".to_owned(), demo.path("notice.pdf"), demo.path("notice.json")];
    let evidence = demo.evidence();
    demo.step(&[form, key, password, words(force), what, evidence].concat(), Exit::Passed)?;
    demo.step(&demo.verify("notice.pdf"), Exit::Passed)?;

    demo.say(lang.pick("6. Өзіңіз байқап көріңіз", "6. Попробуйте сами", "6. Try it yourself"))?;
    demo.show(&[words(&["inspect"]), vec![demo.path("notice.txt.cms")]].concat())?;
    demo.show(&[words(&["extract"]), vec![demo.path("notice.txt.cms")]].concat())?;
    let stay = lang.pick("Файлдар қалды", "Файлы остались", "The files stay in");
    demo.print(&format!("\n{stay}: {}\n", shown(&demo.dir)))?;
    if args.serve {
        served::run(&demo, args.listen)?;
    }
    Ok(Exit::Passed)
}

/// Makes the folder, or takes over one of ours. Says whether it was there before.
fn prepare(dir: &Path, lang: Lang) -> Result<bool> {
    let marker = dir.join(MARKER);
    if marker.is_file() {
        return Ok(true);
    }
    let failed = |error: io::Error| Failure::writing(dir, &error, lang);
    let in_use = match fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => true,
        Err(error) => return Err(failed(error)),
    };
    if in_use {
        return Err(Failure::usage(about(
            dir,
            lang.pick(
                "бұрыннан бар және бұл көрсетілімнің бумасы емес: басқасын атаңыз",
                "уже существует и не является папкой этого показа: назовите другую",
                "is there already and is no folder of the demo: name another one",
            ),
        )));
    }
    fs::create_dir_all(dir).map_err(failed)?;
    files::write(&marker, b"Made by qoltanba demo.\n", Existing::Replace, lang)?;
    Ok(false)
}

struct Demo {
    dir: PathBuf,
    again: bool,
    lang: Lang,
}

impl Demo {
    fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn path(&self, name: &str) -> String {
        self.file(name).to_string_lossy().into_owned()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        files::write(&self.file(name), bytes, Existing::Replace, self.lang)
    }

    fn print(&self, text: &str) -> Result<()> {
        Console::stdout().write(text)
    }

    fn say(&self, title: &str) -> Result<()> {
        self.print(&format!("\n{}\n", paint(STRONG, title)))
    }

    fn show(&self, words: &[String]) -> Result<()> {
        self.print(&format!("{}\n", paint(DIM, format!("$ {}", shell_line(words)))))
    }

    /// Shows a command and runs it, through the same parser as the command line.
    fn step(&self, words: &[String], expected: Exit) -> Result<()> {
        self.show(words)?;
        self.print("\n")?;
        let program = ["qoltanba".to_owned()];
        let args = Args::try_parse_from(program.iter().chain(words))
            .map_err(|error| Failure::software(error.to_string()))?;
        let exit = crate::dispatch(&args.command, self.lang)?;
        if exit != expected {
            return Err(Failure::software(self.lang.pick(
                "көрсетілім күткендей өтпеді: бұл бағдарламаның қатесі, хабарлаңыз",
                "показ прошёл не так, как должен: это ошибка программы, сообщите о ней",
                "the demo did not go as it should: this is a defect, please report it",
            )));
        }
        Ok(())
    }

    fn verify(&self, name: &str) -> Vec<String> {
        [vec!["verify".to_owned(), self.path(name)], self.evidence()].concat()
    }

    /// What the test authority is verified by.
    fn evidence(&self) -> Vec<String> {
        [("--trust", "pki/anchors"), ("--cert", "pki/authorities"), ("--crl", "pki/crl")]
            .into_iter()
            .flat_map(|(option, folder)| [option.to_owned(), self.path(folder)])
            .collect()
    }

    /// Who will sign, to be named in the notice.
    fn signer(&self) -> Result<Subject> {
        let path = self.file(&format!("pki/{SIGNER}.cer"));
        let certificate = Certificate::from_der(&files::read(&path, self.lang)?)
            .map_err(|error| Failure::of_core(&error, self.lang).about(&path))?;
        Ok(Subject::claimed_by(&certificate))
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The command as one would type it; a long one has a line for each option.
fn shell_line(words: &[String]) -> String {
    let length: usize = words.iter().map(|word| quoted(word).chars().count() + 1).sum();
    let mut line = "qoltanba".to_owned();
    for word in words {
        let breaks = length > 70 && word.starts_with("--");
        line += if breaks { " \\\n    " } else { " " };
        line += &quoted(word);
    }
    line
}

/// The word as a POSIX shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// An invented notice in the two languages that such notices have.
fn notice(signer: &Subject) -> String {
    let provider = signer.organisation.as_deref().unwrap_or_default();
    let bin = signer.bin.map(|n| n.to_string()).unwrap_or_default();
    let person = full_name(signer).unwrap_or_default();
    format!(
        "ҮЛГІ / ОБРАЗЕЦ\n\n\
         ӨТІНІШТІҢ ҚАБЫЛДАНҒАНЫ ТУРАЛЫ ХАБАРЛАМА\n\
         УВЕДОМЛЕНИЕ О ПРИНЯТИИ ЗАЯВЛЕНИЯ\n\n\
         Көрсетілетін қызметті беруші / Услугодатель: {provider}, БСН/БИН {bin}\n\
         Өтініш нөмірі / Номер заявления: 000-000-001\n\
         Қарау мерзімі / Срок рассмотрения: {TERM}\n\n\
         Сіздің өтінішіңіз қабылданды және тіркелді.\n\
         Ваше заявление принято и зарегистрировано.\n\n\
         Уәкілетті тұлға / Уполномоченное лицо: {person}\n\n\
         Бұл құжаттағы адамдар мен ұйымдар ойдан шығарылған.\n\
         Люди и организации в этом документе вымышлены.\n"
    )
}

/// The same as data of a form.
fn data(signer: &Subject) -> String {
    let data = json!({
        "recipient": { "name": "ҮЛГІБАЕВ СЫНАҚБЕК МЫСАЛҰЛЫ", "iin": invented_iin(0) },
        "service": { "kk": "Үлгі қызмет", "ru": "Услуга-образец" },
        "request_number": "000-000-001",
        "result": { "kk": "Сіздің өтінішіңіз қабылданды.", "ru": "Ваше заявление принято." },
        "signatories": [{
            "position": { "kk": "Уәкілетті тұлға", "ru": "Уполномоченное лицо" },
            "name": full_name(signer).unwrap_or_default(),
        }],
    });
    format!("{data:#}\n")
}

fn altered(message: &[u8]) -> Vec<u8> {
    let mut copy = message.to_vec();
    let found = copy.windows(TERM.len()).position(|window| window == TERM.as_bytes());
    if let Some(place) = found.and_then(|at| copy.get_mut(at..at + TERM.len())) {
        place.copy_from_slice(FORGED_TERM.as_bytes());
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forgery_changes_the_term_and_nothing_else() {
        let notice = format!("a\n{TERM}\nb");
        let forged = String::from_utf8(altered(notice.as_bytes())).unwrap();
        assert_ne!(forged, notice);
        assert_eq!(forged.replace(FORGED_TERM, TERM), notice);
    }

    #[test]
    fn shown_commands_can_be_pasted() {
        assert_eq!(quoted("qoltanba-demo/pki"), "qoltanba-demo/pki");
        assert_eq!(quoted("my demo"), "'my demo'");
        assert_eq!(quoted("a'b$(x)"), r"'a'\''b$(x)'");
        assert_eq!(quoted(""), "''");
    }
}
