//! Following the chain, and saying where it breaks.

use std::collections::{BTreeMap, BTreeSet};

use qoltanba::Lang;

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
    /// A head is not signed by the key of the given certificate that it names. One without any
    /// signature is of no account where a signed one of the same entry or of a later one stands.
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
                kk: "тізбек қайта жазылған: расталған тізбек басқа",
                ru: "цепочка переписана: заверена была другая",
                en: "the chain was written anew: another one was attested",
            },
            Self::Unreadable => Words {
                kk: "жазба оқылмайды",
                ru: "запись не читается",
                en: "the entry cannot be read",
            },
            Self::OtherLog => Words {
                kk: "растама басқа журналға тиесілі",
                ru: "заверение относится к другому журналу",
                en: "the head is of another log",
            },
            Self::HeadNotSigned => Words {
                kk: "растамаға берілген сертификаттың кілтімен қол қойылмаған",
                ru: "заверение не подписано ключом указанного сертификата",
                en: "the head is not signed by the key of the given certificate",
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

/// The entries in the order in which they stand. Each is looked at a fixed number of times,
/// whatever the length of the log: an entry by its number is searched for and not walked to.
#[derive(Debug, Default)]
struct Links {
    all: Vec<Link>,
    /// Where each number stands first.
    places: BTreeMap<u64, usize>,
    #[cfg(test)]
    looks: std::cell::Cell<u64>,
}

impl Links {
    fn push(&mut self, link: Link) {
        self.places.entry(link.sequence).or_insert(self.all.len());
        self.all.push(link);
    }

    fn looked(&self) {
        #[cfg(test)]
        self.looks.set(self.looks.get() + 1);
    }

    fn get(&self, place: usize) -> Option<&Link> {
        self.looked();
        self.all.get(place)
    }

    fn iter(&self) -> impl Iterator<Item = &Link> {
        self.all.iter().inspect(|_| self.looked())
    }

    fn last(&self) -> Option<&Link> {
        self.looked();
        self.all.last()
    }

    fn find(&self, sequence: u64) -> Option<&Link> {
        self.get(*self.places.get(&sequence)?)
    }

    fn has_any(&self, sequences: std::ops::Range<u64>) -> bool {
        self.looked();
        // A range that ends before it begins has nothing.
        let is_range = sequences.start < sequences.end;
        is_range && self.places.range(sequences).next().is_some()
    }

    /// The highest number, wherever it stands.
    fn highest(&self) -> u64 {
        self.looked();
        self.places.keys().next_back().copied().unwrap_or(0)
    }
}

/// Follows entries in the order in which they stand.
#[derive(Debug, Default)]
pub(super) struct Chain {
    links: Links,
    log: Option<String>,
    pub(super) faults: Vec<AuditFault>,
    breaks: Breaks,
}

/// A head with what its signature is worth.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) head: Head,
    pub(super) statement: Option<Statement>,
    pub(super) signed: Signed,
}

/// Which stretches of the log are told of already.
#[derive(Debug, Default)]
struct Breaks {
    /// The ends of faults between entries in order, each with the earliest beginning of it and of
    /// all that end later.
    between: Vec<(u64, u64)>,
    /// The last end of what heads brought. They come in order: none begins behind the one that is
    /// asked about.
    of_heads: u64,
}

impl Breaks {
    fn of(faults: &[AuditFault]) -> Self {
        let mut between: Vec<(u64, u64)> = faults.iter().map(|one| (one.to, one.from)).collect();
        between.sort_unstable();
        let mut earliest = u64::MAX;
        for (_, from) in between.iter_mut().rev() {
            earliest = earliest.min(*from);
            *from = earliest;
        }
        Self { between, of_heads: 0 }
    }

    /// Whether a fault lies behind `good` and not behind `at`.
    fn touch(&self, good: u64, at: u64) -> bool {
        let first = self.between.partition_point(|(to, _)| *to <= good);
        self.of_heads > good || self.between.get(first).is_some_and(|(_, from)| *from <= at)
    }
}

impl Chain {
    /// Takes the next line, with the digest that was kept beside it.
    pub(super) fn take(&mut self, line: &str, kept: Option<[u8; 32]>) -> Option<Entry> {
        let Ok(entry) = serde_json::from_str::<Entry>(line) else {
            // Its place is told by where it stands.
            let sequence = self.links.last().map_or(1, |last| last.sequence.saturating_add(1));
            self.faults.push(AuditFault::at(sequence, AuditFaultKind::Unreadable));
            let digest = digest(line);
            self.links.push(Link { sequence, previous: None, digest, differs: false });
            return None;
        };
        if let super::Event::LogBegun { log } = &entry.event
            && self.links.all.is_empty()
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
        self.links.all.len() as u64
    }

    pub(super) fn last(&self) -> u64 {
        self.links.last().map_or(0, |link| link.sequence)
    }

    /// Says where the chain breaks. Heads vouch for what they name, as the next entry does.
    pub(super) fn follow(&mut self, heads: &[Checked]) {
        let stated = heads.iter().filter(|head| head.signed != Signed::Badly);
        let named: BTreeSet<(u64, Option<[u8; 32]>)> = stated
            .filter_map(|head| head.statement.as_ref())
            .map(|statement| (statement.sequence, digest_of(&statement.digest)))
            .collect();
        let mut found = Found::default();
        let mut expected = 1;
        // What was unreadable was told.
        let told: BTreeSet<u64> = self.faults.iter().map(|fault| fault.from).collect();
        let mut before: Option<&Link> = None;
        for (index, link) in self.links.iter().enumerate() {
            let earlier_link = before.replace(link);
            if link.sequence < expected {
                found.tell(AuditFault::at(link.sequence, AuditFaultKind::Reordered));
                continue;
            }
            let is_later = link.sequence > expected;
            if is_later {
                let kind = match self.links.has_any(expected..link.sequence) {
                    true => AuditFaultKind::Reordered,
                    false => AuditFaultKind::Removed,
                };
                found.tell(AuditFault { from: expected, to: link.sequence - 1, kind });
            }
            expected = link.sequence.saturating_add(1);
            let altered = AuditFault::at(link.sequence, AuditFaultKind::Altered);
            if link.differs {
                found.tell(altered);
                continue;
            }
            if is_later || told.contains(&link.sequence) {
                continue;
            }
            if link.previous == earlier_link.map_or(Some([0; 32]), |before| Some(before.digest)) {
                continue;
            }
            // Either this entry or the one before was altered: this one, unless the next vouches
            // for it.
            let next = self.links.get(index + 1);
            let is_vouched = next.is_some_and(|next| next.previous == Some(link.digest))
                || named.contains(&(link.sequence, Some(link.digest)));
            let earlier = link.sequence.saturating_sub(1).max(1);
            let place = if is_vouched { earlier } else { link.sequence };
            if !found.ends.contains(&place) && !told.contains(&earlier) {
                found.tell(AuditFault::at(place, AuditFaultKind::Altered));
            }
        }
        self.faults.append(&mut found.faults);
        self.breaks = Breaks::of(&self.faults);
    }

    /// Holds a head against the chain, and says whether it names it as it is; heads are given in
    /// the order of the entries that they name. `good` is the last entry that is vouched for.
    pub(super) fn attest(&mut self, head: &Checked, good: u64) -> bool {
        let Err(fault) = self.against(head, good) else { return true };
        self.breaks.of_heads = fault.iter().map(|one| one.to).fold(self.breaks.of_heads, u64::max);
        self.faults.extend(fault);
        false
    }

    /// What a head says against the chain, unless that was told.
    fn against(&self, head: &Checked, good: u64) -> Result<(), Option<AuditFault>> {
        let Some(statement) = &head.statement else {
            return Err(Some(AuditFault::at(good.saturating_add(1), AuditFaultKind::Unreadable)));
        };
        let at = statement.sequence;
        if head.signed == Signed::Badly {
            // Nothing of it is believed.
            return Err(Some(AuditFault::at(at, AuditFaultKind::HeadNotSigned)));
        }
        if self.log.as_ref().is_some_and(|log| *log != statement.log) {
            return Err(Some(AuditFault::at(at, AuditFaultKind::OtherLog)));
        }
        let last = self.links.highest();
        if at > last {
            let kind = AuditFaultKind::Truncated;
            return Err(Some(AuditFault { from: last + 1, to: at, kind }));
        }
        let named = self.links.find(at).map(|link| link.digest);
        if named.is_some() && named == digest_of(&statement.digest) {
            return Ok(());
        }
        // Where the chain is broken in between, that is the place.
        if self.breaks.touch(good, at) {
            return Err(None);
        }
        let from = good.saturating_add(1).min(at);
        let kind = match (from, at == last) {
            (from, true) if from == at => AuditFaultKind::Altered,
            _ => AuditFaultKind::Rewritten,
        };
        Err(Some(AuditFault { from, to: at, kind }))
    }
}

/// Faults between entries, as they are found.
#[derive(Debug, Default)]
struct Found {
    faults: Vec<AuditFault>,
    ends: BTreeSet<u64>,
}

impl Found {
    fn tell(&mut self, fault: AuditFault) {
        self.ends.insert(fault.to);
        self.faults.push(fault);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{audit::head::Head, verify::hex};

    /// A log of so many entries with a head of each, and how often an entry was looked at.
    fn looks(entries: u64, spoil: impl Fn(u64, &mut String) -> bool) -> (u64, usize) {
        let (mut chain, mut heads) = (Chain::default(), Vec::new());
        let mut previous = [0; 32];
        for sequence in 1..=entries {
            let event = match sequence {
                1 => json!({ "event": "log_begun", "log": "00" }),
                _ => json!({ "event": "key_revoked", "key": "k" }),
            };
            let mut entry = event;
            entry["sequence"] = sequence.into();
            entry["at"] = "2026-11-25T12:00:00Z".into();
            entry["previous"] = hex(&previous).into();
            let mut line = entry.to_string();
            previous = digest(&line);
            let statement = Statement {
                log: "00".into(),
                sequence,
                digest: hex(&previous),
                at: "2026-11-25T12:00:00Z".into(),
                key: None,
            };
            let head = serde_json::to_string(&statement).unwrap();
            heads.push(Checked {
                head: Head { head, certificate: None, signature: None },
                statement: Some(statement),
                signed: Signed::Not,
            });
            if spoil(sequence, &mut line) {
                chain.take(&line, None);
            }
        }
        chain.follow(&heads);
        let mut good = 0;
        for (head, at) in heads.iter().zip(1..) {
            if chain.attest(head, good) {
                good = at;
            }
        }
        (chain.links.looks.get(), chain.faults.len())
    }

    #[test]
    fn every_entry_is_looked_at_a_fixed_number_of_times() {
        type Spoil = fn(u64, &mut String) -> bool;
        let whole: Spoil = |_, _| true;
        let gaps: Spoil = |sequence, _| sequence % 3 != 2;
        let altered: Spoil = |sequence, line| {
            if sequence % 3 == 0 {
                *line = line.replace("2026", "2025");
            }
            true
        };
        let cut: Spoil = |sequence, _| sequence < 100;
        for (name, spoil, faults) in [
            ("whole", whole, 0),
            ("gaps", gaps, 667),
            ("altered", altered, 666),
            ("cut", cut, 1901),
        ] {
            let (looks_once, found) = looks(2000, spoil);
            assert_eq!(found, faults, "{name}");
            assert!(looks_once <= 5 * 2000, "{name}: {looks_once}");
            assert!(looks(4000, spoil).0 <= 2 * looks_once + 8, "{name}");
        }
    }
}
