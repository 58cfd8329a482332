//! `qoltanba audit verify`.

use qoltanba::{Certificate, Lang};
use qoltanba_server::{AuditReport, WantedSigner, verify_audit};
use serde_json::json;

use crate::{
    args::serve::{Audit, AuditVerify},
    exit::{Exit, Failure, Result, about},
    files,
    output::{Console, Pick as _, json_line},
};

/// Proves a log, or says where it is not whole.
pub(crate) fn run(command: &Audit, lang: Lang) -> Result<Exit> {
    let Audit::Verify(args) = command;
    let mut signers = Vec::new();
    for path in &args.signers {
        let read = Certificate::from_der(&files::read(path, lang)?);
        signers.push(read.map_err(|error| Failure::of_core(&error, lang).about(path))?);
    }
    let report = verify_audit(&args.file, args.against.as_deref(), &signers);
    let report = report
        .map_err(|error| Failure::data("audit_log", about(error.path(), &error.text(lang))))?;
    let exit = match (report.is_whole(), report.is_attested()) {
        (false, _) => Exit::Failed,
        (true, false) => Exit::Indeterminate,
        (true, true) => Exit::Passed,
    };
    let shown = if args.json { as_json(args, &report, lang) } else { as_text(&report, lang) };
    Console::stdout().write(shown)?;
    Ok(exit)
}

fn as_json(args: &AuditVerify, report: &AuditReport, lang: Lang) -> String {
    let faults = report.faults.iter().map(|fault| {
        json!({
            "from": fault.from,
            "to": fault.to,
            "code": fault.kind.code(),
            "message": fault.text(lang),
        })
    });
    let wanted = report.wanted.iter().map(
        |one| json!({ "sha256": one.sha256, "heads": one.heads, "from": one.from, "to": one.to }),
    );
    json_line(&json!({
        "version": 1,
        "file": args.file.to_string_lossy(),
        "whole": report.is_whole(),
        "entries": report.entries,
        "heads": report.heads,
        "signed_heads": report.signed,
        "unchecked_heads": report.unchecked,
        "wanted_signers": wanted.collect::<Vec<_>>(),
        "lapsed_heads": report.lapsed,
        "attested": report.attested,
        "unfinished": report.unfinished,
        "faults": faults.collect::<Vec<_>>(),
    }))
}

fn wanted(one: &WantedSigner, lang: Lang) -> String {
    let (last, sha256) = (one.to, &one.sha256);
    match lang {
        Lang::Kk => format!(
            "№ {last} жазбаға дейінгі растамалар тексерілмеді: SHA-256 мәні {sha256} болатын \
             сертификатты --signer арқылы беріңіз"
        ),
        Lang::Ru => format!(
            "заверения до записи № {last} не проверены: укажите через --signer сертификат, SHA-256 \
             которого {sha256}"
        ),
        Lang::En => format!(
            "heads up to № {last} were not checked: give with --signer the certificate whose \
             SHA-256 is {sha256}"
        ),
    }
}

fn as_text(report: &AuditReport, lang: Lang) -> String {
    let mut lines: Vec<String> = report.faults.iter().map(|fault| fault.text(lang)).collect();
    if report.is_whole() {
        let whole =
            lang.pick("журнал бүтін, жазбалар", "журнал цел, записей", "the log is whole, entries");
        lines.push(format!("{whole}: {}", report.entries));
    }
    lines.push(match (report.attested, report.unchecked) {
        (Some(last), _) => format!(
            "{} № {last}",
            lang.pick(
                "қызметтің қолтаңбасымен расталған соңғы жазба:",
                "последняя запись, заверенная подписью сервиса:",
                "the last entry that a signature of the service attests:",
            )
        ),
        (None, 0) => lang
            .pick(
                "қол қойылған растама жоқ: мұнда жаза алатын адам журналды қайта жасай алады",
                "подписанных заверений нет: кто может писать сюда, может создать журнал заново",
                "no head is signed: whoever can write here can make the log anew",
            )
            .to_owned(),
        (None, _) => lang
            .pick(
                "ешбір қолтаңба тексерілмеді: журнал ештеңемен расталмаған",
                "ни одна подпись не проверена: журнал ничем не заверен",
                "no signature was checked: nothing attests the log",
            )
            .to_owned(),
    });
    lines.extend(report.wanted.iter().map(|one| wanted(one, lang)));
    if report.lapsed > 0 {
        let when_not = lang.pick(
            "сертификат күшінде болмаған кезде қол қойылған растамалар:",
            "заверений, подписанных, когда сертификат не действовал:",
            "heads that were signed when the certificate was not in force:",
        );
        lines.push(format!("{when_not} {}", report.lapsed));
    }
    if report.attested.is_some_and(|last| last < report.entries) {
        let more = lang.pick(
            "одан кейінгі жазбалар әлі расталмаған: оларды мұнда жаза алатын адам өзгерте алады",
            "записи после неё ещё не заверены: кто может писать сюда, может их изменить",
            "entries after it are not attested yet: whoever can write here can change them",
        );
        lines.push(more.to_owned());
    }
    if report.unfinished {
        let cut = lang.pick(
            "соңғы жол аяқталмаған: ол есепке алынбады және расталмаған",
            "последняя строка не дописана: она не учтена и не заверена",
            "the last line is unfinished: it was left out, and is not attested",
        );
        lines.push(cut.to_owned());
    }
    lines.join("\n") + "\n"
}
