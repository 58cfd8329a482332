//! Random documents: namespaces, attributes, white space and every kind of node.

/// A small generator with a seed, so that a failure can be run again.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub(crate) fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

const PREFIXES: [&str; 5] = ["", "a", "b", "ns-1", "Қ"];
// No "&" in a namespace name: libxml2 writes it there without escaping it.
pub(crate) const URIS: [&str; 6] =
    ["urn:a", "urn:b", "http://example.org/z", "http://example.org/y?z=%20", "urn:a:1", "tag:x"];
const NAMES: [&str; 6] = ["x", "y", "B", "a.b-c", "_1", "құжат"];
const TEXTS: [&str; 22] = [
    "plain",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\r\r\n",
    "&#13;",
    "&#xD;\n",
    "&#9;",
    "&#10;",
    "&lt;",
    "&gt;",
    "&amp;",
    "&quot;",
    "&apos;",
    "\"'",
    "]]",
    ">",
    "қазақ тілі",
    "\u{1D11E}",
    "\u{85}\u{2028}",
];
const SECTIONS: [&str; 6] = ["", "<&>", "a]]b]", "\r\n\"\r", "]]", "&#13;"];
const COMMENTS: [&str; 5] = ["", " c ", "a\r\nb\r", "<&>\"]]>", "- - "];
const INSTRUCTIONS: [&str; 5] = ["p", "p ", "p  a=\"b\"  ", "xml-x \r\n y\rz", "q <&>?"];
const VALUES: [&str; 14] = [
    "v",
    " ",
    "  two  ",
    "\t",
    "\n",
    "\r\n",
    "&#9;",
    "&#10;",
    "&#13;",
    "&lt;&amp;",
    ">",
    "&quot;",
    "&apos;",
    "ж\u{1D11E}",
];

pub(crate) struct Generator {
    random: Random,
    out: String,
    elements: usize,
    ids: usize,
}

impl Generator {
    /// A document and how many elements it has.
    pub(crate) fn document(seed: u64) -> (String, usize) {
        let mut made = Self { random: Random::new(seed), out: String::new(), elements: 0, ids: 0 };
        match made.random.below(4) {
            0 => made.out.push_str("<?xml version=\"1.0\"?>"),
            1 => made.out.push_str("<?xml version='1.0' encoding='UTF-8'\r\n standalone='yes' ?>"),
            2 => made.out.push('\u{FEFF}'),
            _ => {}
        }
        made.beside();
        made.element(0, &[]);
        made.beside();
        (made.out, made.elements)
    }

    fn beside(&mut self) {
        for _ in 0..self.random.below(4) {
            let space = self.random.pick(&["", "\n", " \r\n"]);
            self.out.push_str(space);
            if self.random.chance(2) {
                self.comment()
            } else {
                self.instruction()
            }
            self.out.push_str(space);
        }
    }

    fn comment(&mut self) {
        let text = self.random.pick(&COMMENTS);
        self.out.push_str(&format!("<!--{text}-->"));
    }

    fn instruction(&mut self) {
        let text = self.random.pick(&INSTRUCTIONS);
        self.out.push_str(&format!("<?{text}?>"));
    }

    fn spaces(&mut self) {
        let space = self.random.pick(&[" ", " ", "  ", "\n", "\r\n\t"]);
        self.out.push_str(space);
    }

    fn quoted(&mut self, value: &str) {
        let quote = self.random.pick(&["\"", "'"]);
        let around = self.random.pick(&["=", " = ", "=\n"]);
        self.out.push_str(&format!("{around}{quote}{value}{quote}"));
    }

    fn element(&mut self, depth: usize, outer: &[(&'static str, &'static str)]) {
        self.elements += 1;
        let mut scope = outer.to_vec();
        let mut declared: Vec<(&str, &str)> = Vec::new();
        for _ in 0..self.random.below(4).saturating_sub(usize::from(depth > 2)) {
            let prefix = self.random.pick(&PREFIXES);
            let uri = if prefix.is_empty() && self.random.chance(3) {
                ""
            } else {
                // The same declaration again is as likely as another one.
                let known = scope.iter().find(|(known, _)| *known == prefix);
                match known {
                    Some((_, uri)) if self.random.chance(3) => uri,
                    _ => self.random.pick(&URIS),
                }
            };
            if !declared.iter().any(|(known, _)| *known == prefix) {
                declared.push((prefix, uri));
                scope.retain(|(known, _)| *known != prefix);
                scope.push((prefix, uri));
            }
        }
        let bound: Vec<_> = scope.iter().copied().filter(|(_, uri)| !uri.is_empty()).collect();
        let qualified = |prefix: &str, local: &str| match prefix {
            "" => local.to_owned(),
            _ => format!("{prefix}:{local}"),
        };
        let prefix = if bound.is_empty() || self.random.chance(3) {
            ""
        } else {
            let index = self.random.below(bound.len());
            bound[index].0
        };
        let name = qualified(prefix, self.random.pick(&NAMES));
        self.out.push('<');
        self.out.push_str(&name);

        let mut parts: Vec<(String, String)> = declared
            .iter()
            .map(|(prefix, uri)| match *prefix {
                "" => ("xmlns".to_owned(), (*uri).to_owned()),
                _ => (format!("xmlns:{prefix}"), (*uri).to_owned()),
            })
            .collect();
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for _ in 0..self.random.below(5) {
            let (prefix, uri) = match self.random.below(bound.len() + 1).checked_sub(1) {
                Some(index) if !bound[index].0.is_empty() => bound[index],
                _ => ("", ""),
            };
            let local = self.random.pick(&NAMES);
            if !seen.contains(&(uri, local)) {
                seen.push((uri, local));
                let values = [self.random.pick(&VALUES), self.random.pick(&VALUES)];
                parts.push((qualified(prefix, local), values.concat()));
            }
        }
        if self.random.chance(4) {
            parts.push(("xml:lang".into(), self.random.pick(&["kk", "ru", ""]).into()));
        }
        if self.random.chance(6) {
            parts.push(("xml:space".into(), self.random.pick(&["preserve", "default"]).into()));
        }
        if self.random.chance(5) {
            self.ids += 1;
            parts.push(("xml:id".into(), format!("i{}", self.ids)));
        }
        if self.random.chance(4) {
            let base = self.random.pick(&[
                "http://example.org/a/b",
                "c/d",
                "../e/",
                "/f/",
                "g",
                "http://h.example/i/",
            ]);
            parts.push(("xml:base".into(), base.into()));
        }
        while !parts.is_empty() {
            let index = self.random.below(parts.len());
            let (name, value) = parts.swap_remove(index);
            self.spaces();
            self.out.push_str(&name);
            self.quoted(&value);
        }
        if self.random.chance(4) {
            self.out.push_str(self.random.pick(&["/>", " />", "\r\n/>"]));
            return;
        }
        self.out.push_str(self.random.pick(&[">", " >"]));
        for _ in 0..self.random.below(7) {
            match self.random.below(9) {
                0..=2 if depth < 6 && self.elements < 40 => self.element(depth + 1, &scope),
                3 => self.comment(),
                4 => self.instruction(),
                5 => {
                    let text = self.random.pick(&SECTIONS);
                    self.out.push_str(&format!("<![CDATA[{text}]]>"));
                }
                _ => {
                    let text = self.random.pick(&TEXTS);
                    // "]]" and ">" must not come to stand together.
                    if !(text == ">" && self.out.ends_with("]]")) {
                        self.out.push_str(text);
                    }
                }
            }
        }
        self.out.push_str(&format!("</{name}{}>", self.random.pick(&["", " ", "\n"])));
    }
}
