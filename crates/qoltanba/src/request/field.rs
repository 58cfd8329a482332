//! Values out of the octets that an accepted signature covers.

use std::{collections::BTreeMap, fmt};

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{
    error::{Error, Result},
    integrity::{Covered, CoveredPart},
    text,
    xmldsig::{
        DS, Document, Method, NodeId, PrefixList, Selection, Subtree, XmlLimits, canonicalize,
    },
};

/// Where a value stands: `/r:request/c:iin`, its prefixes replaced by their namespaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldPath {
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    namespace: String,
    local: String,
}

impl FieldPath {
    /// Reads a path whose prefixes are bound.
    pub(super) fn read(path: &str, namespaces: &BTreeMap<String, String>) -> Option<Self> {
        let steps = path.strip_prefix('/')?.split('/').map(|step| {
            let (namespace, local) = match step.split_once(':') {
                Some((prefix, local)) => (namespaces.get(prefix)?.clone(), local),
                None => (String::new(), step),
            };
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            let is_name = local.chars().all(plain)
                && local.starts_with(|c: char| c.is_alphabetic() || c == '_');
            is_name.then(|| Step { namespace, local: local.to_owned() })
        });
        Some(Self { steps: steps.collect::<Option<_>>()? })
    }

    /// The path by local names alone, as [`Covered::value`] takes it.
    fn local(&self) -> String {
        self.steps.iter().map(|step| format!("/{}", step.local)).collect()
    }
}

/// Why a value cannot be read from a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldFault {
    /// Nothing signed stands at its place.
    Absent,
    /// Several signed elements stand at its place.
    Several,
    /// It stands there in another namespace.
    Namespace,
    /// Markup or a comment stands inside it, or it is no text.
    NotPlain,
    /// It has another form: spaces around it, not twelve digits, too long, hidden characters.
    Form,
}

impl FieldFault {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Several => "several",
            Self::Namespace => "namespace",
            Self::NotPlain => "not_plain",
            Self::Form => "form",
        }
    }
}

/// What a signature covers, made ready to read from.
pub(super) enum Content {
    Xml { covered: Covered, root: usize },
    Json(Value),
}

impl Content {
    /// What an XML signature covers; it must be the whole document.
    pub(super) fn of_xml(covered: &Covered) -> Option<Self> {
        let is_root = |part: &CoveredPart| part.path.bytes().filter(|b| *b == b'/').count() == 1;
        let root = covered.parts.iter().position(is_root)?;
        Some(Self::Xml { covered: covered.clone(), root })
    }

    /// The content of a message, XML or JSON.
    pub(super) fn of_message(
        content: &[u8],
        covered: &Covered,
        limits: &XmlLimits,
    ) -> Result<Self> {
        let text = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        match text.iter().find(|b| !b.is_ascii_whitespace()) {
            Some(b'<') => {
                Document::parse(content, limits)?;
                let part = CoveredPart {
                    path: "/".to_owned(),
                    left_out: Vec::new(),
                    commented: Vec::new(),
                    octets: content.to_vec().into(),
                };
                Ok(Self::Xml { covered: Covered { parts: vec![part], ..covered.clone() }, root: 0 })
            }
            Some(b'{') => {
                let value: Unique = serde_json::from_slice(text)
                    .map_err(|_| Error::malformed("JSON of a request (RFC 8259)"))?;
                Ok(Self::Json(value.0))
            }
            _ => Err(Error::unrecognised()),
        }
    }

    /// The text at a path.
    pub(super) fn value(
        &self,
        path: &FieldPath,
        limits: &XmlLimits,
    ) -> Result<Result<String, FieldFault>> {
        Ok(match self {
            Self::Json(value) => json_value(value, path),
            Self::Xml { covered, root } => {
                let octets = covered.parts.get(*root).map_or(&[][..], CoveredPart::octets);
                let document = Document::parse(octets, limits)?;
                place(&document, path)
                    .and_then(|()| covered.value(&path.local()).map_err(|_| FieldFault::NotPlain))
            }
        })
    }

    /// The request itself in one form, whatever signatures and encodings are around it: what a
    /// request that comes again is known by.
    pub(super) fn canonical(&self, limits: &XmlLimits) -> Result<Vec<u8>> {
        match self {
            Self::Json(value) => Ok(sorted(value).to_string().into_bytes()),
            Self::Xml { covered, root } => {
                let octets = covered.parts.get(*root).map_or(&[][..], CoveredPart::octets);
                let document = Document::parse(octets, limits)?;
                let root = document.root();
                // A signature over the request is no part of it.
                let signatures =
                    document.nodes().filter(|n| document.is_element(*n, DS, "Signature"));
                let request = Subtree::of(root).without(signatures);
                let exclusive = Method::from_uri("http://www.w3.org/2001/10/xml-exc-c14n#")?;
                let none = PrefixList::none();
                canonicalize(&document, &Selection::Subtree(&request), exclusive, &none)
            }
        }
    }
}

/// Whether exactly one element of these local names stands there, and in the namespaces named. One
/// of the same local name in another namespace is a second one: readers differ about it.
fn place(document: &Document<'_>, path: &FieldPath) -> Result<(), FieldFault> {
    let mut meant: Vec<NodeId> = vec![document.root()];
    let mut named = true;
    for (depth, step) in path.steps.iter().enumerate() {
        if depth > 0 {
            meant = meant.iter().flat_map(|node| document.children(*node)).collect();
        }
        meant.retain(|node| document.name(*node).is_some_and(|name| name.local == step.local));
        match *meant.as_slice() {
            [] => return Err(FieldFault::Absent),
            [one] => named &= document.is_element(one, &step.namespace, &step.local),
            _ => return Err(FieldFault::Several),
        }
    }
    if named { Ok(()) } else { Err(FieldFault::Namespace) }
}

fn json_value(value: &Value, path: &FieldPath) -> Result<String, FieldFault> {
    let mut value = value;
    for step in &path.steps {
        value = value.get(&step.local).ok_or(FieldFault::Absent)?;
    }
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Null => Err(FieldFault::Absent),
        _ => Err(FieldFault::NotPlain),
    }
}

/// A number or a name of a service as it may stand in a request.
pub(super) fn is_word(text: &str) -> bool {
    const MAX: usize = 128;
    !text.is_empty()
        && text.chars().count() <= MAX
        && text.trim() == text
        && !text.chars().any(text::hides)
}

/// The same value with the members of every object by name.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            let member =
                |name: &String| (name.clone(), sorted(members.get(name).unwrap_or(&Value::Null)));
            Value::Object(names.into_iter().map(member).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// JSON whose objects have each member once: RFC 8259 §4 leaves open which of two a reader takes.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Unique;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Unique, E> {
                Ok(Unique(value.into()))
            }

            fn visit_unit<E>(self) -> Result<Unique, E> {
                Ok(Unique(Value::Null))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
                let mut all = Vec::new();
                while let Some(Unique(item)) = items.next_element()? {
                    all.push(item);
                }
                Ok(Unique(Value::Array(all)))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Unique, A::Error> {
                let mut all = Map::new();
                while let Some((name, Unique(value))) = members.next_entry::<String, Unique>()? {
                    if all.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member occurs twice"));
                    }
                }
                Ok(Unique(Value::Object(all)))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}
