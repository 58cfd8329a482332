//! Why settings cannot be used, in sentences for whoever starts the service.

use std::{fmt, io, path::PathBuf};

use qoltanba::Lang;

use crate::lang::{Words, of_system};

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// How.
        kind: io::ErrorKind,
    },
    /// A folder of the service cannot be made or used.
    Folder {
        /// The folder.
        path: PathBuf,
        /// How.
        kind: io::ErrorKind,
    },
    /// The file is not TOML.
    Syntax {
        /// Where and why, in the words of the parser.
        told: String,
    },
    /// There is no such setting.
    Unknown {
        /// Its name.
        name: String,
    },
    /// A setting has a value of another type.
    Type {
        /// Which, and what is wanted, in the words of the parser.
        told: String,
    },
    /// A setting has a value that makes no sense.
    Value {
        /// Which.
        name: String,
        /// Why.
        wrong: SettingFault,
    },
}

/// Why the value of a setting makes no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingFault {
    /// This value.
    Given(String),
    /// It is of another type.
    Type,
    /// It is zero.
    Zero,
    /// It is above another setting.
    Above(&'static str),
    /// It is below another setting.
    Below(&'static str),
    /// The pages of one file would be drawn for longer than a document may take.
    Drawing,
    /// It is no address to listen on.
    Address,
    /// It is no address at which people reach a service.
    PublicAddress,
    /// It is empty, and signed protocols would have links that lead nowhere.
    NoPublicAddress,
    /// It is no level of a log.
    Level,
    /// There is nobody to trust.
    NoAnchor,
    /// A file that it names cannot be used.
    Core(Box<qoltanba::Error>),
}

impl SettingFault {
    fn text(&self, lang: Lang) -> String {
        let words = match self {
            Self::Given(value) => return value.clone(),
            Self::Core(error) => return error.text(lang),
            Self::Above(name) => {
                return match lang {
                    Lang::Kk => format!("{name} мәнінен үлкен болмауы керек"),
                    Lang::Ru => format!("не может быть больше, чем {name}"),
                    Lang::En => format!("must not be above {name}"),
                };
            }
            Self::Below(name) => {
                return match lang {
                    Lang::Kk => format!("{name} мәнінен кіші болмауы керек"),
                    Lang::Ru => format!("не может быть меньше, чем {name}"),
                    Lang::En => format!("must not be below {name}"),
                };
            }
            Self::Drawing => Words {
                kk: "limits.pdf_pages беттің суретін салу limits.deadline_seconds мәнінен ұзаққа созылар еді",
                ru: "отрисовка страниц (limits.pdf_pages) заняла бы больше, чем limits.deadline_seconds",
                en: "drawing limits.pdf_pages pages would take longer than limits.deadline_seconds",
            },
            Self::Type => Words {
                kk: "басқа түрдегі мән керек",
                ru: "нужно значение другого вида",
                en: "a value of another type is wanted",
            },
            Self::Zero => {
                Words {
                    kk: "нөл болмауы керек", ru: "не может быть нулём", en: "must not be zero"
                }
            }
            Self::Address => Words {
                kk: "мекенжай былай жазылады: 127.0.0.1:9464",
                ru: "адрес пишется так: 127.0.0.1:9464",
                en: "an address is written as 127.0.0.1:9464",
            },
            Self::PublicAddress => Words {
                kk: "мекенжай былай жазылады: https://check.example.kz (жолсыз, сұраусыз, пайдаланушысыз)",
                ru: "адрес пишется так: https://check.example.kz (без пути, запроса и пользователя)",
                en: "an address is written as https://check.example.kz (without a path, a query or a user)",
            },
            Self::NoPublicAddress => Words {
                kk: "қызмет хаттамаларға қол қояды, бірақ олардың сілтемелері ешқайда апармас еді: адамдар қызметті ашатын мекенжайды жазыңыз, мысалы https://check.example.kz",
                ru: "сервис подписывает протоколы, но их ссылки никуда бы не вели: укажите адрес, по которому люди открывают сервис, например https://check.example.kz",
                en: "the service signs protocols, whose links would lead nowhere: give the address at which people reach it, as https://check.example.kz",
            },
            Self::Level => Words {
                kk: "error, warn, info немесе debug болуы керек",
                ru: "нужно error, warn, info или debug",
                en: "error, warn, info or debug is wanted",
            },
            Self::NoAnchor => Words {
                kk: "бірде-бір сенімді түбірлік сертификат жоқ",
                ru: "нет ни одного доверенного корневого сертификата",
                en: "there is no trust anchor",
            },
        };
        words.pick(lang).to_owned()
    }
}

impl From<&str> for SettingFault {
    fn from(value: &str) -> Self {
        Self::Given(value.to_owned())
    }
}

impl From<&String> for SettingFault {
    fn from(value: &String) -> Self {
        Self::Given(value.clone())
    }
}

impl From<qoltanba::Error> for SettingFault {
    fn from(error: qoltanba::Error) -> Self {
        Self::Core(Box::new(error))
    }
}

impl ConfigError {
    pub(crate) fn value(name: &str, wrong: impl Into<SettingFault>) -> Self {
        Self::Value { name: name.to_owned(), wrong: wrong.into() }
    }

    /// The sentence for people.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let (lead, about) = match self {
            Self::Unreadable { path, kind } => (
                Words {
                    kk: "файл оқылмады",
                    ru: "файл не читается",
                    en: "the file cannot be read",
                },
                format!("{}: {}", path.display(), of_system(*kind).pick(lang)),
            ),
            Self::Folder { path, kind } => (
                Words {
                    kk: "қызметтің бумасын пайдалану мүмкін емес",
                    ru: "папкой сервиса нельзя пользоваться",
                    en: "a folder of the service cannot be used",
                },
                format!("{}: {}", path.display(), of_system(*kind).pick(lang)),
            ),
            Self::Syntax { told } => (
                Words {
                    kk: "баптау файлы TOML емес",
                    ru: "файл настроек не в формате TOML",
                    en: "the file of settings is not TOML",
                },
                told.clone(),
            ),
            Self::Unknown { name } => (
                Words {
                    kk: "мұндай баптау жоқ",
                    ru: "нет такой настройки",
                    en: "there is no such setting",
                },
                name.clone(),
            ),
            Self::Type { told } => (VALUE, told.clone()),
            Self::Value { name, wrong } => (VALUE, format!("{name}: {}", wrong.text(lang))),
        };
        format!("{}: {about}", lead.pick(lang))
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for ConfigError {}

const VALUE: Words = Words {
    kk: "баптаудың мәні жарамсыз",
    ru: "значение настройки не подходит",
    en: "the value of a setting cannot be used",
};
