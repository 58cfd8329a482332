//! The settings: one file, and the environment above it.
//!
//! `default.toml` is the only place of names, meanings and defaults; a test holds that every
//! setting stands there. A name that is not known is an error, in the file and in the environment:
//! a limit with a misspelt name would else be no limit.

mod environment;
mod fault;

use std::{fs, net::IpAddr, net::SocketAddr, path::Path, path::PathBuf};

use qoltanba::{Lang, xmldsig::XmlLimits};
use serde::{Deserialize, Deserializer};
use toml::{Table, Value};

pub use self::fault::{ConfigError, SettingFault};
use crate::address;

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
    pub(crate) failed_checks_of_client_per_day: u32,
    pub(crate) failed_checks_per_day: u32,
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
    pub(crate) per_day: u32,
    pub(crate) signatures: usize,
    pub(crate) bytes: u64,
    pub(crate) kept: u32,
    pub(crate) kept_bytes: u64,
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

/// A step of drawing is about a nanosecond.
const STEPS_OF_A_SECOND: u64 = 1_000_000_000;

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
            environment::override_one(&mut all, &name, &value)?;
        }
        let config: Self = Value::Table(all).try_into().map_err(|e: toml::de::Error| {
            ConfigError::Type { told: e.to_string().trim().to_owned() }
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
            return Err(ConfigError::value(
                "limits.memory_bytes",
                SettingFault::Above("limits.upload_bytes"),
            ));
        }
        // What was taken in must be possible to judge.
        if self.limits.all_memory_bytes < upload_bytes {
            return Err(ConfigError::value(
                "limits.all_memory_bytes",
                SettingFault::Below("limits.upload_bytes"),
            ));
        }
        // Drawing goes on by itself after the deadline: its pages are drawn twice at most.
        let limits = &self.limits;
        let drawing = (limits.page_steps as u64).saturating_mul(2 * limits.pdf_pages as u64);
        if drawing / STEPS_OF_A_SECOND > limits.deadline_seconds {
            return Err(ConfigError::value("limits.page_steps", SettingFault::Drawing));
        }
        let ProtocolSettings { bytes, kept_bytes, .. } = self.protocol;
        if kept_bytes > 0 && bytes > kept_bytes {
            return Err(ConfigError::value(
                "protocol.bytes",
                SettingFault::Above("protocol.kept_bytes"),
            ));
        }
        crate::cors::check(&self.server.cors_origins)?;
        let public = self.server.public_url.as_str();
        if !public.is_empty() && !address::is_origin(public.strip_suffix('/').unwrap_or(public)) {
            return Err(ConfigError::value("server.public_url", SettingFault::PublicAddress));
        }
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
            ("protocol.signatures", self.protocol.signatures as u64),
            ("protocol.bytes", bytes),
        ];
        match some.iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => Err(ConfigError::value(name, SettingFault::Zero)),
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
        text.parse().map(Some).map_err(|_| ConfigError::value("ops.listen", SettingFault::Address))
    }

    /// Whether links to the service lead to it: from anywhere, or from this machine when nobody else
    /// can reach it.
    pub(crate) fn links_lead_here(&self) -> Result<(), ConfigError> {
        if self.server.public_url.is_empty() && !self.server.listen.ip().is_loopback() {
            return Err(ConfigError::value("server.public_url", SettingFault::NoPublicAddress));
        }
        Ok(())
    }

    /// The beginning of links to the service, without a slash at its end.
    pub(crate) fn public_url(&self) -> String {
        match self.server.public_url.strip_suffix('/').unwrap_or(&self.server.public_url) {
            "" => format!("http://{}", self.server.listen),
            url => url.to_owned(),
        }
    }
}

fn table(text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|e: toml::de::Error| ConfigError::Syntax { told: e.to_string() })
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
    fn why_is_told_in_the_language_of_the_sentence() {
        let missing = Config::load(Some(Path::new("/nowhere/a.toml")), std::iter::empty());
        let errors = [
            missing.unwrap_err(),
            read("limits.files = 0", &[]).unwrap_err(),
            read("limits.upload_bytes = 1", &[]).unwrap_err(),
            read("protocol.kept_bytes = 1", &[]).unwrap_err(),
            read("", &[("QOLTANBA_LIMITS_FILES", "many")]).unwrap_err(),
            read("ops.listen = \"here\"", &[]).unwrap().ops_address().unwrap_err(),
            ConfigError::value("evidence.trust", SettingFault::NoAnchor),
            ConfigError::value("ops.log", SettingFault::Level),
            read("server.public_url = \"check.kz\"", &[]).unwrap_err(),
            read("server.listen = \"0.0.0.0:80\"", &[]).unwrap().links_lead_here().unwrap_err(),
        ];
        for error in errors {
            for lang in [Lang::Kk, Lang::Ru] {
                let text = error.text(lang);
                let (_, why) = text.rsplit_once(": ").unwrap();
                let is_said = why.chars().any(|c| ('а'..='ӿ').contains(&c));
                assert!(is_said || text.contains("127.0.0.1"), "{text}");
            }
        }
    }

    #[test]
    fn links_lead_to_the_service() {
        let url = |text: &str| read(&format!("server.public_url = {text:?}"), &[]);
        for good in ["https://check.example.kz", "https://check.example.kz/", "http://10.0.0.5:81/"]
        {
            let config = url(good).unwrap();
            assert_eq!(config.public_url(), good.trim_end_matches('/'));
        }
        for bad in [
            "check.example.kz",
            "https://check.example.kz//",
            "https://check.example.kz/p/",
            "https://check.example.kz?a=b",
            "https://check.example.kz#a",
            "https://me@check.example.kz",
            "https://check example.kz",
            "ftp://check.example.kz",
            "/",
        ] {
            let wrong = ConfigError::value("server.public_url", SettingFault::PublicAddress);
            assert_eq!(url(bad).unwrap_err(), wrong, "{bad}");
        }
        for (listen, leads) in [
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("0.0.0.0:8080", false),
            ("[::]:8080", false),
            ("192.0.2.7:8080", false),
        ] {
            let text = format!("server.listen = {listen:?}");
            assert_eq!(read(&text, &[]).unwrap().links_lead_here().is_ok(), leads, "{listen}");
            let text = format!("{text}\nserver.public_url = \"https://check.example.kz\"");
            assert!(read(&text, &[]).unwrap().links_lead_here().is_ok());
        }
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
