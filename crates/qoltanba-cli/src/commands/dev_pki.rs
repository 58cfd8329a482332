//! `qoltanba dev-pki`.

use std::{net::TcpListener, path::Path};

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::Lang;
use qoltanba_testkit::{Addresses, DevPki, Error, Existing, Server, Services};

use crate::{
    args::{self, DevPkiCommand},
    clock::now,
    exit::{Exit, Failure, Result, about, shown},
    output::{Console, Pick as _, warn},
};

/// Writes a test authority into a folder, or answers for one.
pub(crate) fn run(args: &args::DevPki, lang: Lang) -> Result<Exit> {
    if let Some(DevPkiCommand::Serve(args)) = &args.command {
        return serve(args, lang);
    }
    let existing = if args.force { Existing::Replace } else { Existing::Refuse };
    let addresses = args.base_url.clone().map(|base| Addresses { base });
    let folder = args.dir.as_deref().unwrap_or(Path::new("pki"));
    let files = write(folder, existing, &addresses.unwrap_or_default(), lang)?;
    report(folder, files, lang)?;
    Ok(Exit::Passed)
}

fn report(folder: &Path, files: usize, lang: Lang) -> Result<()> {
    let written = lang.pick("Жазылған файл саны", "Записано файлов", "Files written");
    Console::stdout().write(format!("{}: {written}: {files}\n", shown(folder)))?;
    warn(lang.pick(
        "бұл тек сынаққа арналған: кілттері жария, түбірлеріне сенбеңіз",
        "это только для проб: ключи общеизвестны, не доверяйте этим корням",
        "this is for tests only: its keys are public, never trust its roots",
    ));
    Ok(())
}

/// Makes and writes the authority; gives the number of files.
fn write(folder: &Path, existing: Existing, addresses: &Addresses, lang: Lang) -> Result<usize> {
    let mut rng = UnwrapErr(SysRng);
    let failed = |error| failure(error, lang);
    let pki = DevPki::with_addresses(&DevPki::ALGORITHMS, addresses, now(), &mut rng);
    let pki = pki.map_err(failed)?;
    pki.write(folder, existing, &mut rng).map(|files| files.len()).map_err(failed)
}

fn failure(error: Error, lang: Lang) -> Failure {
    match error {
        Error::Exists(path) => Failure::usage(about(
            &path,
            lang.pick(
                "бұрыннан бар; ауыстыру үшін --force беріңіз",
                "уже существует; чтобы заменить, укажите --force",
                "is there already; give --force to replace it",
            ),
        )),
        Error::Io { path, source } => Failure::writing(&path, &source, lang),
        other => Failure::software(other.to_string()),
    }
}

fn serve(args: &args::Serve, lang: Lang) -> Result<Exit> {
    if !args.listen.ip().is_loopback() {
        return Err(Failure::usage(lang.pick(
            "--listen: тек осы машинадағы мекенжай керек, мысалы 127.0.0.1:8088: бұл кілттер бәріне \
             белгілі",
            "--listen: нужен адрес этой же машины, например 127.0.0.1:8088: эти ключи известны всем",
            "--listen: an address of this machine is needed, as 127.0.0.1:8088: everybody has these \
             keys",
        )));
    }
    let taken = |error| {
        let what = lang.pick(
            "бұл мекенжайда тыңдау мүмкін емес",
            "слушать по этому адресу нельзя",
            "cannot listen at this address",
        );
        Failure::usage(format!("{}: {what}: {error}", args.listen))
    };
    let listener = TcpListener::bind(args.listen).map_err(taken)?;
    let base = format!("http://{}", listener.local_addr().map_err(taken)?);
    let addresses = Addresses { base };
    if args.dir.symlink_metadata().is_err() {
        let files = write(&args.dir, Existing::Refuse, &addresses, lang)?;
        report(&args.dir, files, lang)?;
    }
    let services = Services::open(&args.dir).map_err(|error| match error {
        Error::Io { path, source } => Failure::reading(&path, &source, lang),
        _ => Failure::data(
            "not_applicable",
            about(
                &args.dir,
                lang.pick(
                    "бұл сынақ орталығының бумасы емес; оны qoltanba dev-pki жасайды",
                    "это не папка пробного центра; её создаёт qoltanba dev-pki",
                    "this is no folder of a test authority; qoltanba dev-pki makes one",
                ),
            ),
        ),
    })?;
    if !services.are_at(&addresses) {
        let other = lang.pick(
            "сертификаттарында басқа мекенжайлар тұр; буманы осымен қайта жасаңыз:",
            "в сертификатах указаны другие адреса; создайте папку заново с",
            "its certificates name other addresses; make the folder again with",
        );
        warn(&about(&args.dir, &format!("{other} --base-url {}", addresses.base)));
    }
    let server = Server::start(listener, services, Box::new(UnwrapErr(SysRng))).map_err(taken)?;
    let stop = lang.pick("Тоқтату: Ctrl-C", "Остановить: Ctrl-C", "Stop with Ctrl-C");
    Console::stdout().write(format!(
        "CRL   {base}/crl/\nCert  {base}/cert/\nOCSP  {}\nTSP   {}\n{stop}\n",
        addresses.ocsp(),
        addresses.time_stamps(),
        base = addresses.base,
    ))?;
    server.wait();
    Ok(Exit::Passed)
}
