//! The settings: one file, and the environment above it.
//!
//! `default.toml` is the only place of names, meanings and defaults; a test holds that every
//! setting stands there. A name that is not known is an error, in the file and in the environment:
//! a limit with a misspelt name would else be no limit.

use std::{fmt, fs, io, net::IpAddr, net::SocketAddr, path::Path, path::PathBuf};

use qoltanba::{Lang, xmldsig::XmlLimits};
use serde::{Deserialize, Deserializer};
use toml::{Table, Value};

use crate::lang::Words;

/// The settings with their defaults and what they mean, as a file to begin with.
pub const DEFAULTS: &str = include_str!("default.toml");

/// The settings of the service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub(crate) server: ServerSettings,
    pub(crate) limits: Limits,
    pub(crate) evidence: EvidenceSettings,
    pub(crate) registry: RegistrySettings,
    pub(crate) key: KeySettings,
    pub(crate) protocol: ProtocolSettings,
    pub(crate) audit: AuditSettings,
    pub(crate) ops: Ops,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServerSettings {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: String,
    pub(crate) data: PathBuf,
    #[serde(deserialize_with = "language")]
    pub(crate) language: Lang,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) connections: usize,
    pub(crate) connections_of_client: usize,
    pub(crate) head_seconds: u64,
    pub(crate) body_seconds: u64,
    pub(crate) body_pause_seconds: u64,
    pub(crate) write_pause_seconds: u64,
    pub(crate) drain_seconds: u64,
    pub(crate) shutdown_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) upload_bytes: u64,
    pub(crate) memory_bytes: u64,
    pub(crate) all_memory_bytes: u64,
    pub(crate) all_spool_bytes: u64,
    pub(crate) spool_files: usize,
    pub(crate) client_share: u64,
    pub(crate) files: usize,
    pub(crate) xml_bytes: usize,
    pub(crate) xml_nodes: usize,
    pub(crate) pdf_pages: usize,
    pub(crate) page_steps: usize,
    pub(crate) page_pixels: usize,
    pub(crate) scan_pixels: usize,
    pub(crate) workers: usize,
    pub(crate) queue: usize,
    pub(crate) deadline_seconds: u64,
    pub(crate) verify_per_minute: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceSettings {
    pub(crate) trust: Vec<PathBuf>,
    pub(crate) certificates: Vec<PathBuf>,
    pub(crate) lists: Vec<PathBuf>,
    pub(crate) ocsp: Vec<PathBuf>,
    pub(crate) bundles: Vec<PathBuf>,
    pub(crate) bundle_signers: Vec<String>,
    pub(crate) offline: bool,
    pub(crate) hosts: Vec<String>,
    pub(crate) proxy: String,
    pub(crate) list_urls: Vec<String>,
    pub(crate) delta_urls: Vec<String>,
    pub(crate) national_lists: bool,
    pub(crate) refresh_seconds: u64,
    pub(crate) fetch_seconds: u64,
    pub(crate) fetches: usize,
    pub(crate) silence_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegistrySettings {
    pub(crate) checks_per_minute: u32,
    pub(crate) checks_of_number_per_minute: u32,
    pub(crate) reserved: u32,
    pub(crate) busy_seconds: u64,
    pub(crate) queue: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeySettings {
    pub(crate) file: PathBuf,
    pub(crate) password: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProtocolSettings {
    pub(crate) name_kk: String,
    pub(crate) name_ru: String,
    pub(crate) days: u32,
    pub(crate) per_minute: u32,
    pub(crate) kept: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditSettings {
    pub(crate) export: PathBuf,
    pub(crate) export_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ops {
    pub(crate) listen: String,
    pub(crate) log: String,
}

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
    /// The file is not TOML.
    Syntax {
        /// Where and why, as the parser says.
        why: String,
    },
    /// There is no such setting.
    Unknown {
        /// Its name.
        name: String,
    },
    /// A setting has a value that makes no sense.
    Value {
        /// Which and why.
        why: String,
    },
}

impl ConfigError {
    pub(crate) fn value(name: &str, why: impl fmt::Display) -> Self {
        Self::Value { why: format!("{name}: {why}") }
    }

    /// The sentence for people.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let (lead, about) = match self {
            Self::Unreadable { path, kind } => (
                Words {
                    kk: "баптау файлы оқылмады",
                    ru: "файл настроек не читается",
                    en: "the file of settings cannot be read",
                },
                format!("{}: {kind}", path.display()),
            ),
            Self::Syntax { why } => (
                Words {
                    kk: "баптау файлы TOML емес",
                    ru: "файл настроек не в формате TOML",
                    en: "the file of settings is not TOML",
                },
                why.clone(),
            ),
            Self::Unknown { name } => (
                Words {
                    kk: "мұндай баптау жоқ",
                    ru: "нет такой настройки",
                    en: "there is no such setting",
                },
                name.clone(),
            ),
            Self::Value { why } => (
                Words {
                    kk: "баптаудың мәні жарамсыз",
                    ru: "значение настройки не подходит",
                    en: "the value of a setting cannot be used",
                },
                why.clone(),
            ),
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

/// A step of drawing is about a nanosecond.
const STEPS_OF_A_SECOND: u64 = 1_000_000_000;

/// What the environment calls a setting begins so.
const PREFIX: &str = "QOLTANBA_";

impl Config {
    /// Reads a file, and the environment above it.
    ///
    /// # Errors
    /// When the file cannot be read, is no TOML, or has a setting that is not known or makes no
    /// sense.
    pub fn load(
        path: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let text = match path {
            None => String::new(),
            Some(path) => fs::read_to_string(path)
                .map_err(|e| ConfigError::Unreadable { path: path.to_owned(), kind: e.kind() })?,
        };
        Self::read(&text, environment)
    }

    /// The same for the text of a file.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn read(
        text: &str,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut all = table(DEFAULTS)?;
        merge(&mut all, table(text)?)?;
        for (name, value) in environment {
            override_one(&mut all, &name, &value)?;
        }
        let config: Self = Value::Table(all).try_into().map_err(|e: toml::de::Error| {
            ConfigError::Value { why: e.to_string().trim().to_owned() }
        })?;
        config.check()?;
        Ok(config)
    }

    /// Listens elsewhere than the settings say.
    #[must_use]
    pub const fn listening_on(mut self, address: SocketAddr) -> Self {
        self.server.listen = address;
        self
    }

    fn check(&self) -> Result<(), ConfigError> {
        let Limits { memory_bytes, upload_bytes, .. } = self.limits;
        if memory_bytes > upload_bytes {
            return Err(ConfigError::value("limits.memory_bytes", "above limits.upload_bytes"));
        }
        // What was taken in must be possible to judge.
        if self.limits.all_memory_bytes < upload_bytes {
            return Err(ConfigError::value("limits.all_memory_bytes", "below limits.upload_bytes"));
        }
        // Drawing goes on by itself after the deadline: its pages are drawn twice at most.
        let limits = &self.limits;
        let drawing = (limits.page_steps as u64).saturating_mul(2 * limits.pdf_pages as u64);
        if drawing / STEPS_OF_A_SECOND > limits.deadline_seconds {
            let why = "limits.pdf_pages times this is above limits.deadline_seconds";
            return Err(ConfigError::value("limits.page_steps", why));
        }
        crate::cors::check(&self.server.cors_origins)?;
        let some = [
            ("server.connections", self.server.connections as u64),
            ("server.head_seconds", self.server.head_seconds),
            ("server.body_seconds", self.server.body_seconds),
            ("server.body_pause_seconds", self.server.body_pause_seconds),
            ("server.write_pause_seconds", self.server.write_pause_seconds),
            ("limits.upload_bytes", upload_bytes),
            ("limits.memory_bytes", memory_bytes),
            ("limits.files", self.limits.files as u64),
            ("limits.client_share", self.limits.client_share),
            ("limits.deadline_seconds", self.limits.deadline_seconds),
            ("evidence.refresh_seconds", self.evidence.refresh_seconds),
            ("evidence.fetches", self.evidence.fetches as u64),
            ("registry.busy_seconds", self.registry.busy_seconds),
            ("registry.queue", self.registry.queue as u64),
            ("audit.export_seconds", self.audit.export_seconds),
            ("protocol.days", u64::from(self.protocol.days)),
        ];
        match some.iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => Err(ConfigError::value(name, "0")),
            None => Ok(()),
        }
    }

    /// How much work one document may cause: less than the library allows for one at a desk.
    pub(crate) fn document_limits(&self) -> (qoltanba::Limits, XmlLimits) {
        let limits = &self.limits;
        let bytes = usize::try_from(limits.upload_bytes).unwrap_or(usize::MAX);
        let of_all = qoltanba::Limits::default();
        let xml = XmlLimits::default();
        let nodes = limits.xml_nodes.min(xml.nodes);
        (
            qoltanba::Limits {
                input_bytes: bytes.min(of_all.input_bytes),
                pdf_pages: limits.pdf_pages,
                page_steps: limits.page_steps,
                page_pixels: limits.page_pixels,
                scan_pixels: limits.scan_pixels,
                ..of_all
            },
            XmlLimits { bytes: limits.xml_bytes.min(xml.bytes), nodes, attributes: nodes, ..xml },
        )
    }

    /// Where metrics are served.
    pub(crate) fn ops_address(&self) -> Result<Option<SocketAddr>, ConfigError> {
        let text = self.ops.listen.as_str();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|e| ConfigError::value("ops.listen", e))
    }

    /// The beginning of links to the service, without a slash at its end.
    pub(crate) fn public_url(&self) -> String {
        match self.server.public_url.trim_end_matches('/') {
            "" => format!("http://{}", self.server.listen),
            url => url.to_owned(),
        }
    }
}

fn table(text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|e: toml::de::Error| ConfigError::Syntax { why: e.to_string() })
}

/// Puts the settings of a file above the defaults, of which none may be new.
fn merge(all: &mut Table, file: Table) -> Result<(), ConfigError> {
    for (section, settings) in file {
        let unknown = |name: &str| ConfigError::Unknown { name: name.to_owned() };
        let Some(Value::Table(known)) = all.get_mut(&section) else {
            return Err(unknown(&section));
        };
        let Value::Table(settings) = settings else { return Err(unknown(&section)) };
        for (name, value) in settings {
            match known.get_mut(&name) {
                Some(place) => *place = value,
                None => return Err(unknown(&format!("{section}.{name}"))),
            }
        }
    }
    Ok(())
}

/// Sets what a variable of the environment names. Variables that begin with no section are others'.
fn override_one(all: &mut Table, name: &str, value: &str) -> Result<(), ConfigError> {
    let Some(rest) = name.strip_prefix(PREFIX) else { return Ok(()) };
    let rest = rest.to_ascii_lowercase();
    for (section, settings) in all.iter_mut() {
        let Some(setting) = rest.strip_prefix(section).and_then(|r| r.strip_prefix('_')) else {
            continue;
        };
        let unknown = || ConfigError::Unknown { name: name.to_owned() };
        let place = settings.as_table_mut().and_then(|t| t.get_mut(setting));
        let place = place.ok_or_else(unknown)?;
        *place = typed(place, value).ok_or_else(|| ConfigError::value(name, "type"))?;
        return Ok(());
    }
    Ok(())
}

/// A value of the same type as the default.
fn typed(like: &Value, text: &str) -> Option<Value> {
    match like {
        Value::String(_) => Some(Value::String(text.to_owned())),
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Array(_) if text.trim_start().starts_with('[') => {
            table(&format!("value = {text}")).ok()?.remove("value")
        }
        Value::Array(_) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Some(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()))
        }
        _ => None,
    }
}

fn language<'de, D: Deserializer<'de>>(source: D) -> Result<Lang, D::Error> {
    let name = String::deserialize(source)?;
    crate::lang::by_name(&name).ok_or_else(|| serde::de::Error::custom("kk, ru or en"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let pairs = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::read(text, pairs)
    }

    #[test]
    fn every_setting_has_its_default_in_the_file() {
        assert_eq!(read("", &[]).unwrap().limits.files, 32);
    }

    #[test]
    fn every_setting_is_explained() {
        let lines: Vec<&str> = DEFAULTS.lines().collect();
        let mut explained = false;
        for line in lines {
            match line.chars().next() {
                Some('#') => explained = true,
                None | Some('[') => explained = false,
                // Of two settings that belong together one explanation may be of both.
                Some(_) => assert!(explained, "{line}"),
            }
        }
    }

    #[test]
    fn the_environment_is_above_the_file() {
        let file = "[limits]\nqueue = 3\nfiles = 2\n[evidence]\nhosts = [\"a.kz\"]";
        let environment = [
            ("QOLTANBA_LIMITS_QUEUE", "7"),
            ("QOLTANBA_EVIDENCE_OFFLINE", "true"),
            ("QOLTANBA_EVIDENCE_HOSTS", "b.kz, c.kz"),
            ("QOLTANBA_CACHE", "/elsewhere"),
            ("HOME", "/root"),
        ];
        let config = read(file, &environment).unwrap();
        assert_eq!((config.limits.queue, config.limits.files), (7, 2));
        assert!(config.evidence.offline);
        assert_eq!(config.evidence.hosts, ["b.kz", "c.kz"]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for text in ["[limits]\nuploadbytes = 1", "[limit]\nfiles = 1", "files = 1", "[limits"] {
            assert!(read(text, &[]).is_err(), "{text}");
        }
        let misspelt = read("", &[("QOLTANBA_LIMITS_UPLOADBYTES", "1")]);
        assert!(matches!(misspelt, Err(ConfigError::Unknown { .. })));
        assert!(read("", &[("QOLTANBA_LIMITS_FILES", "many")]).is_err());
        assert!(read("[limits]\nfiles = -1", &[]).is_err());
        assert!(read("[limits]\nfiles = 0", &[]).is_err());
        assert!(read("[limits]\npage_steps = 4000000000", &[]).is_err(), "minutes of a core");
        for origin in ["*", "null", "portal.kz", "https://portal.kz/", "ftp://a", "https://*.kz"] {
            assert!(read(&format!("server.cors_origins = [{origin:?}]"), &[]).is_err(), "{origin}");
        }
        assert!(read("server.cors_origins = [\"http://localhost:3000\"]", &[]).is_ok());
        assert!(read("[server]\nlanguage = \"de\"", &[]).is_err());
    }
}
