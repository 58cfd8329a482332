//! The answer to a request as JSON, version 1. Keys are only ever added.

use serde_json::{Map, Value, json};

use super::{AcceptedRequest, Refusal, RefusalReason, RequestAnswer, Unchecked};
use crate::{report::Lang, verdict::Reason};

const LANGUAGES: [(&str, Lang); 3] = [("kk", Lang::Kk), ("ru", Lang::Ru), ("en", Lang::En)];

impl RequestAnswer {
    /// The word in reports.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Refused(_) => "refused",
            Self::Unchecked(_) => "unchecked",
        }
    }

    /// The answer as one JSON object; what people read is there in Kazakh, Russian and English.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut out = Map::new();
        out.insert("version".into(), json!(1));
        out.insert("answer".into(), json!(self.code()));
        let more = match self {
            Self::Accepted(request) => accepted(request),
            Self::Refused(refusal) => refused(refusal),
            Self::Unchecked(unchecked) => could_not(unchecked),
        };
        if let Value::Object(more) = more {
            out.extend(more);
        }
        Value::Object(out)
    }
}

fn texts(text: impl Fn(Lang) -> Value) -> Value {
    Value::Object(LANGUAGES.iter().map(|(key, lang)| ((*key).to_owned(), text(*lang))).collect())
}

fn accepted(request: &AcceptedRequest) -> Value {
    let subject = request.signer().subject();
    json!({
        "iin": request.iin().to_string(),
        "bin": request.bin().map(|bin| bin.to_string()),
        "service": request.service(),
        "number": request.number(),
        "digest": request.key().to_string(),
        "time": request.time().instant().to_string(),
        "time_source": request.time().code(),
        "signer": {
            "name": subject.name,
            "patronymic": subject.patronymic,
            "organisation": subject.organisation,
            "bin": subject.bin.map(|bin| bin.to_string()),
            "role": subject.role.map(|role| role.code()),
        },
    })
}

fn refused(refusal: &Refusal) -> Value {
    let reason = |reason: &RefusalReason| {
        let clause = match reason {
            RefusalReason::Eds { clause, .. } => *clause,
            _ => None,
        };
        json!({
            "code": reason.code(),
            "item": reason.item().code(),
            "clause": clause,
            "message": texts(|lang| reason.text(lang).into()),
        })
    };
    json!({
        "time": refusal.at().to_string(),
        "due": refusal.due().map(|due| due.to_string()),
        "certificates": refusal.certificates().iter().map(|one| &one.serial).collect::<Vec<_>>(),
        "reasons": refusal.reasons().iter().map(reason).collect::<Vec<_>>(),
        "ground": refusal.ground(),
        "notice": texts(|lang| {
            let notice = refusal.notice(lang);
            json!({ "title": notice.title, "body": notice.body })
        }),
    })
}

fn could_not(unchecked: &Unchecked) -> Value {
    let reason = |reason: &Reason| {
        json!({
            "code": reason.code(),
            "sub_indication": reason.sub_indication().code(),
            "message": texts(|lang| reason.text(lang).into()),
        })
    };
    json!({
        "time": unchecked.at().to_string(),
        "storage_silent": unchecked.is_storage_silent(),
        "reasons": unchecked.reasons().iter().map(reason).collect::<Vec<_>>(),
        "missing": unchecked
            .missing()
            .iter()
            .map(|evidence| texts(|lang| evidence.text(lang).into()))
            .collect::<Vec<_>>(),
    })
}
