//! What the service asks of a request, as data.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::field::FieldPath;
use crate::{
    error::{Error, Result},
    identity::Role,
    numbers::Bin,
    report::Lang,
};

/// What a service asks of a request: a text in TOML, read strictly.
///
/// ```toml
/// schema = 1                              # of this description
/// service = "000"                         # what must stand in the request at paths.service
/// title = { kk = "…", ru = "…", en = "…" }
/// formats = ["xml", "cms-xml", "cms-json"]  # those that are taken
/// repealed = "2013-05-23"                 # may be left out; for people
///
/// [paths]                                 # where the values stand in the signed octets
/// iin = "/r:request/c:iin"
/// bin = "/r:request/c:bin"                # may be left out: a person for himself
/// service = "/r:request/c:service"
/// number = "/r:request/c:number"
///
/// [namespaces]                            # of the prefixes; a step without one has no namespace
/// r = "urn:example:request"
/// c = "urn:example:common"
///
/// [signer]
/// roles = ["ceo", "can_sign"]             # one of these; left out, any
/// organisation = "123456789012"           # the BIN that the signer must act for; may be left out
///
/// [cosigner]                              # may be left out: nobody else signs
/// roles = ["employee"]                    # who may sign beside the person named
///
/// [notice]
/// check = "p.8(6)"                        # the clause of the check; may be left out
/// ground = "p.8(7)"                       # the clause of the refusal; may be left out
/// deadline_seconds = 20                   # in which the notice must go out; may be left out
/// ```
///
/// In JSON a step is a key of an object and has no prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub(super) service: String,
    pub(super) title: [String; 3],
    pub(super) formats: Vec<RequestFormat>,
    pub(super) repealed: Option<String>,
    pub(super) iin: FieldPath,
    pub(super) bin: Option<FieldPath>,
    pub(super) service_path: FieldPath,
    pub(super) number: FieldPath,
    pub(super) roles: Vec<Role>,
    pub(super) organisation: Option<Bin>,
    pub(super) cosigners: Option<Vec<Role>>,
    pub(super) check: Option<String>,
    pub(super) ground: Option<String>,
    pub(super) deadline_seconds: Option<u32>,
}

/// A form in which a request comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[non_exhaustive]
pub enum RequestFormat {
    /// XML with signatures inside.
    #[serde(rename = "xml")]
    Xml,
    /// A message whose content is XML.
    #[serde(rename = "cms-xml")]
    CmsXml,
    /// A message whose content is JSON.
    #[serde(rename = "cms-json")]
    CmsJson,
}

impl RequestFormat {
    /// The word in profiles and reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::CmsXml => "cms-xml",
            Self::CmsJson => "cms-json",
        }
    }
}

const BUILT_IN: [(&str, &str); 5] = [
    ("regulation-000", include_str!("profiles/regulation-000.toml")),
    ("regulation-001", include_str!("profiles/regulation-001.toml")),
    ("regulation-002", include_str!("profiles/regulation-002.toml")),
    ("regulation-003", include_str!("profiles/regulation-003.toml")),
    ("regulation-004", include_str!("profiles/regulation-004.toml")),
];

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// Unsupported, with what is wrong, when the text is no such profile: an unknown key, a role
    /// that there is not, a prefix without a namespace, a path of another shape.
    pub fn from_toml(text: &str) -> Result<Self> {
        let wrong = |what: &dyn core::fmt::Display| Error::unsupported("request profile", what);
        let raw: Raw = toml::from_str(text).map_err(|error| wrong(&error.message()))?;
        if raw.schema != 1 {
            return Err(wrong(&format_args!("schema {}", raw.schema)));
        }
        if raw.formats.is_empty() {
            return Err(wrong(&"formats is empty"));
        }
        if raw.service.trim().is_empty() {
            return Err(wrong(&"service is empty"));
        }
        let path = |text: &str| {
            FieldPath::read(text, &raw.namespaces)
                .ok_or_else(|| wrong(&format_args!("path {text}")))
        };
        let roles = |codes: &[String]| -> Result<Vec<Role>> {
            codes
                .iter()
                .map(|code| code.parse().map_err(|_| wrong(&format_args!("role {code}"))))
                .collect()
        };
        let organisation = raw.signer.organisation.as_deref();
        Ok(Self {
            iin: path(&raw.paths.iin)?,
            bin: raw.paths.bin.as_deref().map(path).transpose()?,
            service_path: path(&raw.paths.service)?,
            number: path(&raw.paths.number)?,
            roles: roles(&raw.signer.roles)?,
            organisation: organisation
                .map(|bin| bin.parse().map_err(|_| wrong(&format_args!("BIN {bin}"))))
                .transpose()?,
            cosigners: raw.cosigner.map(|cosigner| roles(&cosigner.roles)).transpose()?,
            service: raw.service,
            title: [raw.title.kk, raw.title.ru, raw.title.en],
            formats: raw.formats,
            repealed: raw.repealed,
            check: raw.notice.check,
            ground: raw.notice.ground,
            deadline_seconds: raw.notice.deadline_seconds,
        })
    }

    /// The names of the profiles that are built in: examples after five regulations.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A profile that is built in.
    ///
    /// # Errors
    /// Misuse when there is none of this name.
    pub fn named(name: &str) -> Result<Self> {
        let found = BUILT_IN.iter().find(|(known, _)| *known == name);
        let (_, text) = found.ok_or(Error::misuse("there is no request profile of this name"))?;
        Self::from_toml(text)
    }

    /// The service, as requests name it.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The name of the service for people.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        let [kk, ru, en] = &self.title;
        lang.pick(kk, ru, en)
    }

    /// The day on which the regulation was repealed.
    #[must_use]
    pub fn repealed(&self) -> Option<&str> {
        self.repealed.as_deref()
    }

    /// In how many seconds the notice of a refusal must go out.
    #[must_use]
    pub const fn deadline_seconds(&self) -> Option<u32> {
        self.deadline_seconds
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    schema: u32,
    service: String,
    title: Title,
    formats: Vec<RequestFormat>,
    #[serde(default)]
    repealed: Option<String>,
    paths: Paths,
    #[serde(default)]
    namespaces: BTreeMap<String, String>,
    signer: Signer,
    #[serde(default)]
    cosigner: Option<Cosigner>,
    notice: Notice,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    kk: String,
    ru: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paths {
    iin: String,
    #[serde(default)]
    bin: Option<String>,
    service: String,
    number: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signer {
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    organisation: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cosigner {
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    #[serde(default)]
    check: Option<String>,
    #[serde(default)]
    ground: Option<String>,
    #[serde(default)]
    deadline_seconds: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_profile_is_read() {
        for name in Profile::names() {
            let profile = Profile::named(name).unwrap();
            assert!(name.ends_with(profile.service()), "{name}");
            assert!(!profile.roles.is_empty(), "{name}");
        }
        assert_eq!(Profile::named("regulation-003").unwrap().deadline_seconds(), Some(20));
        assert!(Profile::named("regulation-004").unwrap().ground.is_none());
        assert!(Profile::named("regulation-005").is_err());
    }

    #[test]
    fn a_profile_is_read_strictly() {
        let (_, good) = BUILT_IN[0];
        assert!(Profile::from_toml(good).is_ok());
        for (from, to) in [
            ("schema = 1", "schema = 2"),
            ("schema = 1", "schema = 1\nchecks = false"),
            ("service = \"000\"", "service = \" \""),
            ("roles = [\"individual\"]", "roles = [\"applicant\"]"),
            ("roles = [\"individual\"]", "role = [\"individual\"]"),
            ("roles = [\"individual\"]", "organisation = \"12345678901\""),
            ("formats = [\"xml\", \"cms-xml\"]", "formats = []"),
            ("formats = [\"xml\", \"cms-xml\"]", "formats = [\"pdf\"]"),
            ("iin = \"/request/iin\"", "iin = \"request/iin\""),
            ("iin = \"/request/iin\"", "iin = \"/r:request/iin\""),
            ("iin = \"/request/iin\"", "iin = \"/request/iin[1]\""),
            ("number = \"/request/number\"", ""),
        ] {
            let text = good.replacen(from, to, 1);
            assert_ne!(text, good, "{from}");
            assert!(Profile::from_toml(&text).is_err(), "{to}");
        }
    }
}
