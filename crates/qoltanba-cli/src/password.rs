//! Passwords: from a file, the environment or a prompt, and never from the arguments.

use std::{
    env,
    io::{self, IsTerminal as _},
    path::Path,
};

use qoltanba::{Lang, sign::Password};
use zeroize::Zeroizing;

use crate::{
    args::PasswordFile,
    exit::{Failure, Result, about, shown},
    files,
    output::Pick as _,
};

const VARIABLE: &str = "QOLTANBA_PASSWORD";

/// Finds the password of a key store.
pub(crate) fn obtain(given: &PasswordFile, store: &Path, lang: Lang) -> Result<Password> {
    if let Some(path) = &given.path {
        return from_file(path, lang);
    }
    match env::var(VARIABLE) {
        Ok(password) => return Ok(Password::new(password)),
        Err(env::VarError::NotUnicode(_)) => {
            return Err(Failure::data("password", format!("{VARIABLE}: {}", not_text(lang))));
        }
        Err(env::VarError::NotPresent) => {}
    }
    // The prompt needs someone to answer it.
    if io::stdin().is_terminal() && io::stderr().is_terminal() {
        let prompt = lang.pick("құпиясөзі", "пароль", "password");
        if let Ok(password) = rpassword::prompt_password(format!("{} — {prompt}: ", shown(store)))
        {
            return Ok(Password::new(password));
        }
    }
    let hint = lang.pick(
        "кілт қоймасының құпиясөзі керек: --password-file ФАЙЛ немесе QOLTANBA_PASSWORD айнымалысы",
        "нужен пароль хранилища ключа: --password-file ФАЙЛ или переменная QOLTANBA_PASSWORD",
        "the key store needs its password: --password-file FILE or the variable QOLTANBA_PASSWORD",
    );
    Err(Failure::data("password_missing", about(store, hint)))
}

/// The content of the file without the line break at its end.
fn from_file(path: &Path, lang: Lang) -> Result<Password> {
    let bytes = Zeroizing::new(files::read(path, lang)?);
    let text = str::from_utf8(&bytes)
        .map_err(|_| Failure::data("password", about(path, not_text(lang))))?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    Ok(Password::from(line.strip_suffix('\r').unwrap_or(line)))
}

const fn not_text(lang: Lang) -> &'static str {
    match lang {
        Lang::Kk => "құпиясөз UTF-8 мәтіні емес",
        Lang::Ru => "пароль не является текстом UTF-8",
        Lang::En => "the password is not UTF-8 text",
    }
}
