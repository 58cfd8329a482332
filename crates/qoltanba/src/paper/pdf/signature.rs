//! Signatures that a PDF file claims to have (ISO 32000-2 §12.8). They are not verified here: a
//! file with one is told apart from a file without.

use std::collections::BTreeSet;

use hayro_syntax::{
    Pdf,
    object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, String as PdfString},
};

use super::{attachment::text, catalogue};
use crate::error::{Error, Result};

/// Fields of a form that are looked at.
const MAX_FIELDS: usize = 10_000;
const MAX_DEPTH: usize = 32;

/// A signature that a PDF file claims to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedSignature {
    /// The name of its field; none when no field of the form leads to it.
    pub field: Option<String>,
    /// The kind of signature, by its own word: `adbe.pkcs7.detached`, `ETSI.CAdES.detached`.
    pub kind: Option<String>,
    /// The octets that it says it covers, as pairs of offset and length.
    pub byte_range: Vec<u64>,
    /// The changes that it allows, when it certifies the document.
    pub doc_mdp: Option<DocMdp>,
}

/// The changes that a certification allows (§12.8.2.2, table 257).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocMdp {
    /// None.
    Nothing,
    /// Filling in forms.
    Forms,
    /// Filling in forms and annotating.
    Annotations,
}

/// Every signature: those of the form's fields first, then those that objects hold and no field
/// leads to, then those of which only octets of an earlier revision are left.
pub(super) fn all(pdf: &Pdf, bytes: &[u8]) -> Result<Vec<ClaimedSignature>> {
    let mut walk =
        Walk { pdf, seen: BTreeSet::new(), fields: 0, values: BTreeSet::new(), found: Vec::new() };
    if let Some(catalogue) = catalogue(pdf) {
        if let Some(form) = catalogue.get::<Dict<'_>>("AcroForm")
            && let Some(fields) = form.get::<Array<'_>>("Fields")
        {
            walk.fields(&fields, "", false, 0)?;
        }
        if let Some(permissions) = catalogue.get::<Dict<'_>>("Perms") {
            for key in ["DocMDP", "UR3"] {
                walk.value(permissions.get_raw::<Dict<'_>>(key), None);
            }
        }
    }
    for object in pdf.objects() {
        if let Object::Dict(dict) = object
            && is_signature(&dict)
        {
            walk.add(&dict, None);
        }
    }
    let named = bytes.windows(BYTE_RANGE.len()).filter(|window| *window == BYTE_RANGE).count();
    for _ in walk.found.iter().filter(|one| !one.byte_range.is_empty()).count()..named {
        let hidden =
            ClaimedSignature { field: None, kind: None, byte_range: Vec::new(), doc_mdp: None };
        walk.found.push(hidden);
    }
    Ok(walk.found)
}

const BYTE_RANGE: &[u8] = b"/ByteRange";

fn is_signature(dict: &Dict<'_>) -> bool {
    let is = |name: Option<Name<'_>>, word: &[u8]| name.is_some_and(|name| &*name == word);
    is(dict.get::<Name<'_>>("Type"), b"Sig")
        || is(dict.get::<Name<'_>>("Type"), b"DocTimeStamp")
        || (dict.contains_key("ByteRange") && dict.contains_key("Contents"))
}

struct Walk<'p> {
    pdf: &'p Pdf,
    seen: BTreeSet<ObjectIdentifier>,
    fields: usize,
    values: BTreeSet<ObjectIdentifier>,
    found: Vec<ClaimedSignature>,
}

impl<'p> Walk<'p> {
    /// `FT` may be inherited from the field above (§12.7.4.1).
    fn fields(
        &mut self,
        fields: &Array<'p>,
        above: &str,
        signs_above: bool,
        depth: usize,
    ) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Error::over_budget("levels of a form", MAX_DEPTH as u64));
        }
        for field in fields.raw_iter() {
            self.fields += 1;
            if self.fields > MAX_FIELDS {
                return Err(Error::over_budget("fields of a form", MAX_FIELDS as u64));
            }
            let field = match field {
                MaybeRef::NotRef(Object::Dict(field)) => field,
                MaybeRef::NotRef(_) => continue,
                MaybeRef::Ref(reference) => {
                    if !self.seen.insert(reference.into()) {
                        return Err(Error::malformed("PDF: the fields come back to themselves"));
                    }
                    match self.pdf.xref().get::<Dict<'p>>(reference.into()) {
                        Some(field) => field,
                        None => continue,
                    }
                }
            };
            let part = field.get::<PdfString<'_>>("T").map(|name| text(name.as_bytes()));
            let name = match (above, part) {
                ("", part) => part.unwrap_or_default(),
                (above, Some(part)) => format!("{above}.{part}"),
                (above, None) => above.to_owned(),
            };
            let kind = field.get::<Name<'_>>("FT");
            let signs = kind.map_or(signs_above, |kind| &*kind == b"Sig");
            if signs {
                // An empty field waits for a signature and has none.
                self.value(field.get_raw::<Dict<'p>>("V"), Some(&name));
            }
            if let Some(kids) = field.get::<Array<'p>>("Kids") {
                self.fields(&kids, &name, signs, depth + 1)?;
            }
        }
        Ok(())
    }

    fn value(&mut self, value: Option<MaybeRef<Dict<'p>>>, field: Option<&str>) {
        let dict = match value {
            Some(MaybeRef::NotRef(dict)) => Some(dict),
            Some(MaybeRef::Ref(reference)) => self.pdf.xref().get::<Dict<'p>>(reference.into()),
            None => None,
        };
        if let Some(dict) = dict {
            self.add(&dict, field);
        }
    }

    fn add(&mut self, dict: &Dict<'p>, field: Option<&str>) {
        if dict.obj_id().is_some_and(|id| !self.values.insert(id)) {
            return;
        }
        let range = dict.get::<Array<'p>>("ByteRange").map_or_else(Vec::new, |range| {
            let numbers = range.iter::<Object<'p>>().take(64);
            numbers.filter_map(Object::into_number).map(|n| n.as_f64().max(0.0) as u64).collect()
        });
        self.found.push(ClaimedSignature {
            field: field.map(ToOwned::to_owned),
            kind: dict.get::<Name<'_>>("SubFilter").map(|name| text(name.as_str().as_bytes())),
            byte_range: range,
            doc_mdp: doc_mdp(dict),
        });
    }
}

fn doc_mdp(dict: &Dict<'_>) -> Option<DocMdp> {
    let references = dict.get::<Array<'_>>("Reference")?;
    let parameters = references.iter::<Dict<'_>>().take(16).find_map(|reference| {
        let method = reference.get::<Name<'_>>("TransformMethod")?;
        (&*method == b"DocMDP").then(|| reference.get::<Dict<'_>>("TransformParams")).flatten()
    })?;
    Some(match parameters.get::<i32>("P") {
        Some(1) => DocMdp::Nothing,
        Some(3) => DocMdp::Annotations,
        _ => DocMdp::Forms,
    })
}
