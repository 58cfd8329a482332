//! Everything that lies in the cache, for who prepares a verifier ahead of need.

use super::{Fetcher, Gathered, Note, Problem, memory::Held, run::read_certificates};
use crate::cache::Kind;

impl Fetcher {
    /// The certificates and lists of the cache, lists opened by their indexes where they have one,
    /// with what could not be read. Nothing is asked for over the network. A list that was read
    /// before is not read again unless its file changed, so a service may call this often.
    ///
    /// Whether a list is in force and whose it is, the verifier decides. OCSP answers stay where
    /// they are: each is about one person, and is looked for when a document asks.
    #[must_use]
    pub fn copies(&self) -> (Gathered, Vec<Note>) {
        let mut gathered = Gathered::default();
        let mut notes = Vec::new();
        let Some(cache) = &self.cache else { return (gathered, notes) };
        let addresses = match cache.addresses() {
            Ok(addresses) => addresses,
            Err(error) => {
                let problem = Problem::Cache(error);
                notes.push(Note { kind: Kind::List, address: String::new(), problem });
                return (gathered, notes);
            }
        };
        for (kind, address) in addresses {
            let read = match kind {
                Kind::List | Kind::Delta => self.memory.read(cache, kind, &address).map(|kept| {
                    match kept.map(|kept| kept.list) {
                        Some(Held::Indexed(list)) => gathered.indexed.push(list),
                        Some(Held::Parsed(list)) if kind == Kind::Delta => {
                            gathered.deltas.push(list);
                        }
                        Some(Held::Parsed(list)) => gathered.lists.push(list),
                        None => {}
                    }
                }),
                Kind::Certificate => cache.read(kind, &address).map(|entry| {
                    let body = entry.iter().flat_map(|entry| read_certificates(entry.body()));
                    gathered.certificates.extend(body);
                }),
                Kind::Ocsp | Kind::TimeStamp => Ok(()),
            };
            if let Err(error) = read {
                notes.push(Note { kind, address, problem: Problem::Cache(error) });
            }
        }
        (gathered, notes)
    }
}
