//! Values out of what a signature covers, and from nowhere else.

use super::{Document, NodeId, NodeKind, Subtree, XmlLimits, chars};
use crate::{
    error::{Error, Result},
    integrity::{Covered, CoveredPart},
};

impl Covered {
    /// The text of the one covered element at `path`, such as `/request/iin` or
    /// `/request/person[2]/iin`: local names from the root of the document, numbered among
    /// neighbours of the same name where there are several.
    ///
    /// It is read from the covered octets, never from the document, which may say more. Each call
    /// reads them anew.
    ///
    /// ```
    /// # fn iin(report: &qoltanba::Report) -> qoltanba::Result<Option<String>> {
    /// let Some(accepted) = report.accepted().next() else { return Ok(None) };
    /// accepted.intact().covered().value("/request/iin").map(Some)
    /// # }
    /// ```
    ///
    /// # Errors
    /// Malformed when not exactly one covered element is meant, or when it contains anything but
    /// characters: an element, a processing instruction, or a comment, which is not signed and
    /// lets two readers see two values. Misuse when `path` is no such path.
    pub fn value(&self, path: &str) -> Result<String> {
        let wanted = Step::all(path)?;
        let mut found = None;
        for part in &self.parts {
            let Some(inside) = part.inside(&wanted)? else { continue };
            for value in part.values(inside)? {
                if found.replace(value).is_some() {
                    return Err(AMBIGUOUS);
                }
            }
        }
        let none = Error::malformed("value: no covered element stands at this path");
        found.ok_or(none)?.ok_or(Error::malformed("value: markup or a comment stands inside it"))
    }
}

const AMBIGUOUS: Error = Error::malformed("value: several elements stand at this path");

/// One step of a path.
#[derive(Debug, PartialEq, Eq)]
struct Step<'p> {
    name: &'p str,
    number: Option<usize>,
}

impl<'p> Step<'p> {
    fn all(path: &'p str) -> Result<Vec<Self>> {
        const SHAPE: Error = Error::misuse("a path looks like /request/iin or /request/iin[2]");
        let relative = path.strip_prefix('/').ok_or(SHAPE)?;
        relative.split('/').map(|step| Self::read(step).ok_or(SHAPE)).collect()
    }

    fn read(step: &'p str) -> Option<Self> {
        let (name, number) = match step.strip_suffix(']') {
            None => (step, None),
            Some(open) => {
                let (name, number) = open.split_once('[')?;
                let plain = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
                (name, Some(number.parse().ok().filter(|_| plain)?))
            }
        };
        (!name.is_empty() && chars::name_length(name) == name.len())
            .then_some(Self { name, number })
    }
}

impl CoveredPart {
    /// The steps that go on inside this part, with the element that it is as the first one; `None`
    /// when the path leads elsewhere.
    fn inside<'w, 'p>(&self, wanted: &'w [Step<'p>]) -> Result<Option<&'w [Step<'p>]>> {
        let own: Vec<Step<'_>> = self.path.split('/').filter_map(Step::read).collect();
        let Some((before, _)) = wanted.split_at_checked(own.len()) else { return Ok(None) };
        for (own, wanted) in own.iter().zip(before) {
            match (own.number, wanted.number) {
                _ if own.name != wanted.name => return Ok(None),
                (None, None | Some(1)) => {}
                (Some(own), Some(wanted)) if own == wanted => {}
                // A neighbour that is not covered has the same name.
                (Some(_), None) => return Err(AMBIGUOUS),
                _ => return Ok(None),
            }
        }
        Ok(wanted.get(own.len().saturating_sub(1)..))
    }

    /// The texts of the elements meant, `None` for one that contains more than characters.
    fn values(&self, steps: &[Step<'_>]) -> Result<Vec<Option<String>>> {
        let document = Document::parse(&self.octets, &XmlLimits::NONE)?;
        let mut meant = vec![document.root()];
        for (depth, step) in steps.iter().enumerate() {
            let named = |n: &NodeId| document.name(*n).is_some_and(|name| name.local == step.name);
            if depth == 0 {
                // The part itself: its own number was compared with those of the whole document.
                let first = self.path != "/" || matches!(step.number, None | Some(1));
                meant.retain(|n| first && named(n));
                continue;
            }
            let mut next = Vec::new();
            for node in meant {
                let mut children = document.children(node).filter(named);
                match step.number {
                    None => next.extend(children),
                    Some(number) => next.extend(children.nth(number.saturating_sub(1))),
                }
            }
            meant = next;
        }
        let text = |node: &NodeId| {
            let before = document.nodes().take_while(|n| n < node);
            let number = before.filter(|n| document.kind(*n) == NodeKind::Element).count();
            let split = self.commented.iter().any(|n| *n as usize == number);
            document.plain_text(*node).filter(|_| !split).map(str::to_owned)
        };
        // Two are one too many, so that no more need be read.
        Ok(meant.iter().take(2).map(text).collect())
    }
}

impl XmlLimits {
    /// For octets that came out of a document within its limits.
    const NONE: Self = Self {
        bytes: usize::MAX,
        nodes: usize::MAX,
        depth: usize::MAX,
        attributes_of_one: usize::MAX,
        attributes: usize::MAX,
        namespaces_in_scope: usize::MAX,
        canonical_growth: usize::MAX,
        work: usize::MAX,
    };
}

/// The elements of a subtree in which a comment stands, by their numbers among its elements in
/// document order: the canonical octets, which may have no comments, have the same elements.
pub(super) fn commented(document: &Document<'_>, subtree: &Subtree) -> Vec<u32> {
    let mut found = Vec::new();
    let mut open: Vec<(NodeId, u32)> = Vec::new();
    let mut elements = 0;
    let mut left_out = subtree.left_out().iter().copied().peekable();
    let (mut node, end) = (subtree.apex(), document.end(subtree.apex()));
    while node < end {
        while left_out.next_if(|out| *out < node).is_some() {}
        if left_out.next_if_eq(&node).is_some() {
            node = document.end(node);
            continue;
        }
        while open.pop_if(|(end, _)| *end <= node).is_some() {}
        match (document.kind(node), open.last()) {
            (NodeKind::Element, _) => {
                open.push((document.end(node), elements));
                elements += 1;
            }
            (NodeKind::Comment, Some((_, number))) => found.push(*number),
            _ => {}
        }
        node = NodeId(node.0.saturating_add(1));
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        algorithm::DigestAlgorithm,
        error::ErrorKind,
        xmldsig::{Method, PrefixList, Selection, canonicalize, place::Places},
    };

    /// What a signature over these parts of the source would cover, comments left out.
    fn covered(source: &str, ids: &[&str]) -> Covered {
        let document = Document::parse(source.as_bytes(), &XmlLimits::default()).unwrap();
        let signatures = super::super::signature::signature_elements(&document);
        let part = |apex: NodeId| {
            let subtree = Subtree::of(apex).without(signatures.iter().copied());
            let (method, none) = (Method::Inclusive10, PrefixList::none());
            let octets =
                canonicalize(&document, &Selection::Subtree(&subtree), method, &none).unwrap();
            CoveredPart {
                path: Places::of(&document).path(apex),
                left_out: Vec::new(),
                commented: commented(&document, &subtree),
                octets: Arc::new(octets),
            }
        };
        let with_id =
            |id: &&str| document.nodes().find(|n| document.attribute(*n, "", "id") == Some(*id));
        let parts = match ids {
            [] => vec![part(NodeId::DOCUMENT)],
            ids => ids.iter().map(|id| part(with_id(id).unwrap())).collect(),
        };
        Covered { digest_algorithm: DigestAlgorithm::Sha256, digest: Vec::new(), parts }
    }

    fn what(result: Result<String>) -> &'static str {
        match result.map_err(|e| e.kind().clone()) {
            Err(ErrorKind::Malformed { what }) => what,
            other => panic!("{other:?}"),
        }
    }

    const NONE: &str = "value: no covered element stands at this path";
    const SEVERAL: &str = "value: several elements stand at this path";
    const SPLIT: &str = "value: markup or a comment stands inside it";

    #[test]
    fn a_value_is_the_text_of_the_one_element() {
        let all = covered(
            "<!-- a --><r><a>1</a><!-- b --><x:b xmlns:x='urn:x'><![CDATA[<]]>&amp;</x:b>\
             <c/><p><d>2</d></p><p><d>3</d><e>4</e></p></r>",
            &[],
        );
        for (path, value) in [
            ("/r/a", "1"),
            ("/r[1]/a[1]", "1"),
            ("/r/b", "<&"),
            ("/r/c", ""),
            ("/r/p[1]/d", "2"),
            ("/r/p[2]/d", "3"),
            ("/r/p/e", "4"),
        ] {
            assert_eq!(all.value(path).as_deref(), Ok(value), "{path}");
        }
        for path in ["/a", "/r[2]/a", "/r/a[2]", "/r/p[3]/d", "/r/z", "/r/a/b", "/r/p[1]/e"] {
            assert_eq!(what(all.value(path)), NONE, "{path}");
        }
        assert_eq!(what(all.value("/r/p/d")), SEVERAL);
        assert_eq!(what(all.value("/r")), SPLIT);
        assert_eq!(what(all.value("/r/p[1]")), SPLIT);
    }

    #[test]
    fn two_elements_of_one_local_name_are_two() {
        let all = covered("<r xmlns:x='urn:x'><a>1</a><x:a>2</x:a></r>", &[]);
        assert_eq!(what(all.value("/r/a")), SEVERAL);
        assert_eq!(all.value("/r/a[2]").as_deref(), Ok("2"));
    }

    #[test]
    fn comments_and_instructions_inside_are_refused() {
        let source = "<r><s xmlns='http://www.w3.org/2000/09/xmldsig#'><!-- 0 --><Signature>\
                      <!-- left out --><z/></Signature><a>1</a></s><a>1<!-- -->2</a><b>1<?p?>2</b>\
                      <!-- in r --><c>3</c><d><!-- only --></d><e>4</e></r>";
        let all = covered(source, &[]);
        for path in ["/r/a", "/r/b", "/r/d"] {
            assert_eq!(what(all.value(path)), SPLIT, "{path}");
        }
        for (path, value) in [("/r/s/a", "1"), ("/r/c", "3"), ("/r/e", "4")] {
            assert_eq!(all.value(path).as_deref(), Ok(value), "{path}");
        }
    }

    #[test]
    fn only_covered_elements_count_and_keep_their_places() {
        let source = "<r><p><d>0</d></p><p id='x'><d>1</d><d id='y'>2</d></p><q id='z'>3</q></r>";
        let part = covered(source, &["x", "z"]);
        assert_eq!(part.value("/r/p[2]/d[1]").as_deref(), Ok("1"));
        assert_eq!(part.value("/r/p[2]/d[2]").as_deref(), Ok("2"));
        assert_eq!(part.value("/r/q").as_deref(), Ok("3"));
        assert_eq!(part.value("/r[1]/q[1]").as_deref(), Ok("3"));
        assert_eq!(what(part.value("/r/p[1]/d")), NONE);
        assert_eq!(what(part.value("/p[2]/d")), NONE);
        assert_eq!(what(part.value("/r/q[2]")), NONE);
        assert_eq!(what(part.value("/r")), NONE);
        // Another p, not covered, would be meant as well.
        assert_eq!(what(part.value("/r/p/d[1]")), SEVERAL);
        // Two references may cover one element, which then has two readings.
        let twice = covered(source, &["x", "y"]);
        assert_eq!(what(twice.value("/r/p[2]/d[2]")), SEVERAL);
        assert_eq!(twice.value("/r/p[2]/d[1]").as_deref(), Ok("1"));
    }

    #[test]
    fn a_path_has_one_shape() {
        let all = covered("<r><a>1</a></r>", &[]);
        let bad = [
            "",
            "/",
            "r/a",
            "/r/",
            "//r",
            "/r//a",
            "/r/a[0]",
            "/r/a[01]",
            "/r/a[+1]",
            "/r/a[]",
            "/r/a[1",
            "/r/a]",
            "/r/*",
            "/r/x:a",
            "/r/a[1][1]",
            "/r/a/text()",
            "/r/@a",
            "/r/..",
        ];
        for path in bad {
            let error = all.value(path).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Misuse { .. }), "{path}: {error}");
        }
    }
}
