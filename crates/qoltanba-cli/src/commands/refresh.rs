//! `qoltanba refresh`.

use qoltanba::{Lang, policy::Policy};
use qoltanba_fetch::{FetchLimits, Fetcher, Kind, Note, Patience, Source, national};
use serde_json::json;

use crate::{
    args,
    clock::now,
    evidence::Evidence,
    exit::{Exit, Failure, Result},
    network::{self, note_json, note_text, source_json},
    output::{self, BAD, Console, GOOD, Pick as _, paint, warn},
};

/// One list and the addresses that serve it.
struct Wanted {
    kind: Kind,
    addresses: Vec<String>,
}

/// Fetches lists into the folder of copies.
pub(crate) fn run(args: &args::Refresh, lang: Lang) -> Result<Exit> {
    let now = now();
    let evidence = Evidence::read(&args.evidence, now, lang)?;
    for problem in &evidence.problems {
        warn(&problem.text());
    }
    let cache = network::open_cache(args.cache.as_deref(), lang).ok_or_else(|| {
        Failure::usage(lang.pick(
            "көшірмелер бумасы керек: --cache DIR немесе QOLTANBA_CACHE",
            "нужна папка копий: --cache DIR или QOLTANBA_CACHE",
            "a folder of copies is needed: --cache DIR or QOLTANBA_CACHE",
        ))
    })?;
    let mut policy = network::policy(&args.reach)?;
    for url in args.url.iter().chain(&args.delta_url) {
        policy = network::leading(policy, beginning(url))?;
    }
    let fetcher = Fetcher::new(policy)
        .with_http(network::http(args.reach.proxy.as_ref(), Patience::SCHEDULED))
        .with_cache(cache)
        .with_limits(FetchLimits { requests: u32::MAX, ..FetchLimits::default() });
    let mut verifier = evidence.verifier(Policy::default());
    let mut show = Show { as_json: args.json, lang, stdout: Console::stdout(), exit: Exit::Passed };
    let own = args.url.is_empty() && args.delta_url.is_empty();
    if own {
        // A list is kept when the key of its authority is known.
        let mut session = fetcher.begin(&verifier, now);
        for address in national::CERTIFICATES {
            session.authority(address);
        }
        let (notes, with) = (session.notes().to_vec(), session.verifier());
        show.notes(&notes);
        verifier = with;
    }
    for one in if own { national_lists() } else { given_lists(args) } {
        let addresses: Vec<&str> = one.addresses.iter().map(String::as_str).collect();
        let (source, notes) = fetcher.refresh(&verifier, one.kind, &addresses, now);
        show.list(&one, source.as_ref(), &notes)?;
    }
    Ok(show.exit)
}

/// The folder of an address, with its slash.
fn beginning(url: &str) -> &str {
    url.rfind('/').and_then(|at| url.get(..=at)).unwrap_or(url)
}

fn national_lists() -> Vec<Wanted> {
    let wanted = |kind, addresses: &[&str]| Wanted {
        kind,
        addresses: addresses.iter().map(|a| (*a).to_owned()).collect(),
    };
    let both = |list: &national::List| {
        [wanted(Kind::List, list.complete), wanted(Kind::Delta, list.delta)]
    };
    national::LISTS.iter().flat_map(both).filter(|list| !list.addresses.is_empty()).collect()
}

fn given_lists(args: &args::Refresh) -> Vec<Wanted> {
    let lists = args.url.iter().map(|url| (Kind::List, url));
    lists
        .chain(args.delta_url.iter().map(|url| (Kind::Delta, url)))
        .map(|(kind, url)| Wanted { kind, addresses: vec![url.clone()] })
        .collect()
}

struct Show {
    as_json: bool,
    lang: Lang,
    stdout: Console<anstream::AutoStream<std::io::Stdout>>,
    exit: Exit,
}

impl Show {
    fn list(&mut self, wanted: &Wanted, source: Option<&Source>, notes: &[Note]) -> Result<()> {
        let lang = self.lang;
        if source.is_none() {
            self.exit = Exit::Indeterminate;
        }
        if self.as_json {
            return self.stdout.write(output::json_line(&json!({
                "version": 1,
                "kind": wanted.kind.code(),
                "addresses": wanted.addresses,
                "refreshed": source.map(source_json),
                "problems": notes.iter().map(|note| note_json(note, lang)).collect::<Vec<_>>(),
            })));
        }
        match source {
            Some(source) => {
                let line = format!("{} {}\n", paint(GOOD, "✓"), output::source(source, lang));
                self.stdout.write(line)?;
            }
            None => {
                let kept = lang.pick(
                    "жаңартылмады; бұрынғы көшірме болса, орнында қалды",
                    "не обновлён; прежняя копия, если есть, осталась",
                    "not brought up to date; an earlier copy, if any, stays",
                );
                let address = wanted.addresses.first().map_or("", String::as_str);
                let kind = output::kind(wanted.kind, lang);
                let line = format!("{} {address}: {kind}: {kept}\n", paint(BAD, "✗"));
                self.stdout.write(line)?;
            }
        }
        self.notes(notes);
        Ok(())
    }

    fn notes(&self, notes: &[Note]) {
        if !self.as_json {
            notes.iter().for_each(|note| warn(&note_text(note, self.lang)));
        }
    }
}
