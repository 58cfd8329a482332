//! Following the chain, and saying where it breaks.

use std::collections::BTreeSet;

use qoltanba::{Certificate, Lang};

use super::{
    Entry, digest, digest_of,
    head::{Head, Signed, Statement},
};
use crate::lang::Words;

/// Where an audit log is not whole, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// The first entry that is concerned.
    pub from: u64,
    /// The last one.
    pub to: u64,
    /// What happened to them.
    pub kind: AuditFaultKind,
}

/// What happened to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditFaultKind {
    /// It is not the one that the next entry was chained to.
    Altered,
    /// It is missing between others.
    Removed,
    /// It stands where another belongs.
    Reordered,
    /// It is missing at the end: a head says that it was there.
    Truncated,
    /// It was chained anew: the chain is whole, and is not the one that a head names.
    Rewritten,
    /// It cannot be read.
    Unreadable,
    /// A head is of another log.
    OtherLog,
    /// A head has a signature that is not of the given certificate.
    HeadNotSigned,
    /// A document of the registry is not as the entries say.
    DocumentDiffers,
    /// A key of a provider is not as the entries say.
    KeyDiffers,
    /// A protocol of a check is not as the entries say.
    ProtocolDiffers,
}

impl AuditFaultKind {
    /// The word for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Removed => "removed",
            Self::Reordered => "reordered",
            Self::Truncated => "truncated",
            Self::Rewritten => "rewritten",
            Self::Unreadable => "unreadable",
            Self::OtherLog => "other_log",
            Self::HeadNotSigned => "head_not_signed",
            Self::DocumentDiffers => "document_differs",
            Self::KeyDiffers => "key_differs",
            Self::ProtocolDiffers => "protocol_differs",
        }
    }

    const fn words(self) -> Words {
        match self {
            Self::Altered => Words {
                kk: "жазба өзгертілген",
                ru: "запись изменена",
                en: "the entry was altered",
            },
            Self::Removed => {
                Words {
                    kk: "жазбалар жойылған", ru: "записи удалены", en: "entries were removed"
                }
            }
            Self::Reordered => Words {
                kk: "жазба өз орнында емес",
                ru: "запись стоит не на своём месте",
                en: "the entry is not in its place",
            },
            Self::Truncated => Words {
                kk: "журналдың соңы кесілген",
                ru: "конец журнала отрезан",
                en: "the end of the log was cut off",
            },
            Self::Rewritten => Words {
                kk: "тізбек қайта жазылған: қол қойылған тізбек басқа",
                ru: "цепочка переписана: заверена была другая",
                en: "the chain was written anew: another one was attested",
            },
            Self::Unreadable => Words {
                kk: "жазба оқылмайды",
                ru: "запись не читается",
                en: "the entry cannot be read",
            },
            Self::OtherLog => Words {
                kk: "куәлік басқа журналға тиесілі",
                ru: "заверение относится к другому журналу",
                en: "the head is of another log",
            },
            Self::HeadNotSigned => Words {
                kk: "куәліктің қолтаңбасы берілген сертификатқа сәйкес емес",
                ru: "подпись заверения не соответствует указанному сертификату",
                en: "the signature of the head is not of the given certificate",
            },
            Self::DocumentDiffers => Words {
                kk: "тізілімдегі құжат журналға сәйкес емес",
                ru: "документ в реестре расходится с журналом",
                en: "a document of the registry is not as the log says",
            },
            Self::KeyDiffers => Words {
                kk: "провайдердің кілті журналға сәйкес емес",
                ru: "ключ поставщика расходится с журналом",
                en: "a key of a provider is not as the log says",
            },
            Self::ProtocolDiffers => Words {
                kk: "тексеру хаттамасы журналға сәйкес емес",
                ru: "протокол проверки расходится с журналом",
                en: "a protocol of a check is not as the log says",
            },
        }
    }
}

impl AuditFault {
    pub(super) const fn at(entry: u64, kind: AuditFaultKind) -> Self {
        Self { from: entry, to: entry, kind }
    }

    /// The sentence for people.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let place = match self.from == self.to {
            true => format!("№ {}", self.from),
            false => format!("№ {}–{}", self.from, self.to),
        };
        format!("{place}: {}", self.kind.words().pick(lang))
    }
}

/// One entry as it was found.
#[derive(Debug)]
struct Link {
    sequence: u64,
    previous: Option<[u8; 32]>,
    digest: [u8; 32],
    /// Whether the digest that was kept beside the line is another.
    differs: bool,
}

/// Follows entries in the order in which they stand.
#[derive(Debug, Default)]
pub(super) struct Chain {
    links: Vec<Link>,
    log: Option<String>,
    pub(super) faults: Vec<AuditFault>,
}

impl Chain {
    /// Takes the next line, with the digest that was kept beside it.
    pub(super) fn take(&mut self, line: &str, kept: Option<[u8; 32]>) -> Option<Entry> {
        let Ok(entry) = serde_json::from_str::<Entry>(line) else {
            // Its place is told by where it stands.
            let sequence = self.links.last().map_or(1, |last| last.sequence + 1);
            self.faults.push(AuditFault::at(sequence, AuditFaultKind::Unreadable));
            let digest = digest(line);
            self.links.push(Link { sequence, previous: None, digest, differs: false });
            return None;
        };
        if let super::Event::LogBegun { log } = &entry.event
            && self.links.is_empty()
        {
            self.log = Some(log.clone());
        }
        let digest = digest(line);
        self.links.push(Link {
            sequence: entry.sequence,
            previous: digest_of(&entry.previous),
            digest,
            differs: kept.is_some_and(|kept| kept != digest),
        });
        Some(entry)
    }

    pub(super) fn entries(&self) -> u64 {
        self.links.len() as u64
    }

    pub(super) fn last(&self) -> u64 {
        self.links.last().map_or(0, |link| link.sequence)
    }

    /// Says where the chain breaks. Heads vouch for what they name, as the next entry does.
    pub(super) fn follow(&mut self, heads: &[Head], by: Option<&Certificate>) {
        let stated = heads.iter().filter(|head| head.signed(by) != Signed::Badly);
        let named: BTreeSet<(u64, Option<[u8; 32]>)> = stated
            .filter_map(Head::statement)
            .map(|statement| (statement.sequence, digest_of(&statement.digest)))
            .collect();
        let mut found = Vec::new();
        let mut expected = 1;
        // What was unreadable was told.
        let told: Vec<u64> = self.faults.iter().map(|fault| fault.from).collect();
        for (index, link) in self.links.iter().enumerate() {
            if link.sequence < expected {
                found.push(AuditFault::at(link.sequence, AuditFaultKind::Reordered));
                continue;
            }
            let is_later = link.sequence > expected;
            if is_later {
                let elsewhere =
                    self.links.iter().any(|l| (expected..link.sequence).contains(&l.sequence));
                let kind = match elsewhere {
                    true => AuditFaultKind::Reordered,
                    false => AuditFaultKind::Removed,
                };
                found.push(AuditFault { from: expected, to: link.sequence - 1, kind });
            }
            expected = link.sequence + 1;
            let altered = AuditFault::at(link.sequence, AuditFaultKind::Altered);
            if link.differs {
                found.push(altered);
                continue;
            }
            if is_later || told.contains(&link.sequence) {
                continue;
            }
            let before = match index.checked_sub(1) {
                None => Some([0; 32]),
                Some(before) => self.links.get(before).map(|before| before.digest),
            };
            if link.previous == before {
                continue;
            }
            // Either this entry or the one before was altered: this one, unless the next vouches
            // for it.
            let next = self.links.get(index + 1);
            let is_vouched = next.is_some_and(|next| next.previous == Some(link.digest))
                || named.contains(&(link.sequence, Some(link.digest)));
            let earlier = link.sequence.saturating_sub(1).max(1);
            let place = if is_vouched { earlier } else { link.sequence };
            let is_told =
                found.iter().any(|fault: &AuditFault| fault.to == place) || told.contains(&earlier);
            if !is_told {
                found.push(AuditFault::at(place, AuditFaultKind::Altered));
            }
        }
        self.faults.append(&mut found);
    }

    /// Holds a head against the chain. `good` is the last entry that an earlier head attested.
    pub(super) fn attest(
        &mut self,
        head: &Head,
        by: Option<&Certificate>,
        good: u64,
    ) -> Option<(Statement, Signed)> {
        let Some(statement) = head.statement() else {
            self.faults.push(AuditFault::at(good + 1, AuditFaultKind::Unreadable));
            return None;
        };
        let signed = head.signed(by);
        let at = statement.sequence;
        if signed == Signed::Badly {
            // Nothing of it is believed.
            self.faults.push(AuditFault::at(at, AuditFaultKind::HeadNotSigned));
            return None;
        }
        if self.log.as_ref().is_some_and(|log| *log != statement.log) {
            self.faults.push(AuditFault::at(at, AuditFaultKind::OtherLog));
            return None;
        }
        let last = self.links.iter().map(|link| link.sequence).max().unwrap_or(0);
        if at > last {
            self.faults.push(AuditFault {
                from: last + 1,
                to: at,
                kind: AuditFaultKind::Truncated,
            });
            return None;
        }
        let named = self.links.iter().find(|link| link.sequence == at);
        let is_same = named.map(|link| link.digest) == digest_of(&statement.digest);
        if !is_same {
            // Where the chain is broken in between, that is the place.
            let is_told = self.faults.iter().any(|fault| fault.to > good && fault.from <= at);
            if !is_told {
                let from = (good + 1).min(at);
                let kind = match (from, at == last) {
                    (from, true) if from == at => AuditFaultKind::Altered,
                    _ => AuditFaultKind::Rewritten,
                };
                self.faults.push(AuditFault { from, to: at, kind });
            }
            return None;
        }
        Some((statement, signed))
    }
}
