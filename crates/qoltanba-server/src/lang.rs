//! In which language to answer.

use std::io::ErrorKind;

use axum::http::{HeaderMap, Uri, header};
use qoltanba::Lang;

/// One text in three languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) kk: &'static str,
    pub(crate) ru: &'static str,
    pub(crate) en: &'static str,
}

impl Words {
    pub(crate) const fn new(kk: &'static str, ru: &'static str, en: &'static str) -> Self {
        Self { kk, ru, en }
    }

    pub(crate) const fn pick(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ru => self.ru,
            Lang::En => self.en,
            Lang::Kk => self.kk,
        }
    }
}

/// What the system says of a file or an address.
pub(crate) const fn of_system(kind: ErrorKind) -> Words {
    match kind {
        ErrorKind::NotFound => {
            Words {
                kk: "мұндай файл жоқ", ru: "такого файла нет", en: "there is no such file"
            }
        }
        ErrorKind::PermissionDenied => {
            Words {
                kk: "бұған рұқсат жоқ", ru: "на это нет прав", en: "that is not permitted"
            }
        }
        ErrorKind::IsADirectory => {
            Words { kk: "бұл — бума", ru: "это папка", en: "this is a folder" }
        }
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => Words {
            kk: "мұнда бума емес, файл тұр",
            ru: "на этом месте файл, а не папка",
            en: "there is a file in the place of a folder",
        },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Words {
                kk: "дискіде орын жоқ", ru: "на диске нет места", en: "the disk is full"
            }
        }
        ErrorKind::InvalidData => Words {
            kk: "бұл UTF-8 мәтіні емес",
            ru: "это не текст в UTF-8",
            en: "it is no text in UTF-8",
        },
        ErrorKind::AddrInUse => Words {
            kk: "бұл мекенжайды басқа бағдарлама тыңдап тұр",
            ru: "этот адрес уже слушает другая программа",
            en: "another program listens there",
        },
        ErrorKind::AddrNotAvailable => Words {
            kk: "бұл компьютерде мұндай мекенжай жоқ",
            ru: "у этого компьютера нет такого адреса",
            en: "this machine has no such address",
        },
        ErrorKind::OutOfMemory | ErrorKind::WouldBlock => Words {
            kk: "жүйенің ресурсы жетпейді",
            ru: "системе не хватает ресурсов",
            en: "the system has not enough resources",
        },
        _ => Words {
            kk: "енгізу-шығару қатесі",
            ru: "ошибка ввода-вывода",
            en: "an error of input or output",
        },
    }
}

/// The tag of a language (RFC 5646).
pub(crate) const fn tag(lang: Lang) -> &'static str {
    Words { kk: "kk", ru: "ru", en: "en" }.pick(lang)
}

pub(crate) fn by_name(name: &str) -> Option<Lang> {
    [Lang::Kk, Lang::Ru, Lang::En].into_iter().find(|lang| tag(*lang) == name)
}

/// The language of a request, in its extensions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked(pub(crate) Lang);

/// The language that a request asks for: by its address, by `lang` in its query, else by
/// Accept-Language.
pub(crate) fn of_request(uri: &Uri, headers: &HeaderMap, default: Lang) -> Lang {
    let pairs = uri.query().unwrap_or_default().split('&');
    let named = pairs.filter_map(|pair| pair.strip_prefix("lang=")).find_map(by_name);
    by_address(uri).or(named).or_else(|| accepted(headers)).unwrap_or(default)
}

/// The language of a page, which its address begins with.
pub(crate) fn by_address(uri: &Uri) -> Option<Lang> {
    uri.path().split('/').nth(1).and_then(by_name)
}

/// The best of the three by Accept-Language (RFC 9110 §12.5.4); the first of equals.
fn accepted(headers: &HeaderMap) -> Option<Lang> {
    let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(Lang, f32)> = None;
    for range in text.split(',').take(16) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?.split('-').next()?.to_ascii_lowercase();
        let weight = parts.find_map(|p| p.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
        let (Some(lang), Some(weight)) = (by_name(&name), weight) else { continue };
        if weight > 0.0 && best.is_none_or(|(_, known)| weight > known) {
            best = Some((lang, weight));
        }
    }
    best.map(|(lang, _)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_language_is_found() {
        let of = |uri: &str, accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
            tag(of_request(&uri.parse().unwrap(), &headers, Lang::Kk))
        };
        assert_eq!(of("/", "ru-KZ,ru;q=0.9,en;q=0.8"), "ru");
        assert_eq!(of("/", "de, en;q=0.3, kk;q=0.5"), "kk");
        assert_eq!(of("/", "de"), "kk");
        assert_eq!(of("/", "en;q=0, ru;q=0.1"), "ru");
        assert_eq!(of("/?lang=en", "ru"), "en");
        assert_eq!(of("/?a=b&lang=ru", ""), "ru");
        assert_eq!(of("/?lang=xx", "en"), "en");
        assert_eq!(of("/kk/check?lang=ru", "en"), "kk");
        assert_eq!(of("/api/kk", "en"), "en");
    }
}
