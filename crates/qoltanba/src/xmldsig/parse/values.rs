//! The parser's reading of values: text, attributes, references, line ends.

use std::ops::Range;

use super::Parser;
use crate::error::{Error, Result};
use crate::xmldsig::chars::is_char;
use crate::xmldsig::tree::{Content, Span};

impl Parser<'_> {
    /// XML 1.0 §2.4 \[14\] CharData, §2.7 \[18\] CDSect, §4.1 \[67\] Reference: one text node.
    pub(super) fn characters(&mut self) -> Result<()> {
        let start = self.at;
        let side = self.tree.side.len();
        let mut spilled = false;
        let mut plain = start;
        loop {
            match self.rest() {
                [b'<', b'!', b'[', ..] => {
                    self.spill(plain..self.at);
                    self.expect(b"<![CDATA[", "markup after <!")?;
                    let end = self.find(b"]]>", "CDATA section without an end")?;
                    self.spill_lines(self.at..end);
                    self.at = end + 3;
                    (spilled, plain) = (true, self.at);
                }
                [] | [b'<', ..] => break,
                [b'&', ..] => {
                    self.spill(plain..self.at);
                    let c = self.reference()?;
                    self.tree.side.push(c);
                    (spilled, plain) = (true, self.at);
                }
                [b'\r', ..] => {
                    self.spill(plain..self.at);
                    self.line_end();
                    self.tree.side.push('\n');
                    (spilled, plain) = (true, self.at);
                }
                // XML 1.0 §2.4: "]]>" must not stand in content. A section or a reference does not
                // end in "]]", so the two before can only be text.
                [b'>', ..] if self.text.get(start..self.at).is_some_and(ends_section) => {
                    return Err(Error::malformed("]]> in text (XML 1.0 §2.4)"));
                }
                [_, rest @ ..] => {
                    self.at += 1 + rest
                        .iter()
                        .position(|byte| matches!(byte, b'<' | b'&' | b'\r' | b'>'))
                        .unwrap_or(rest.len());
                }
            }
        }
        let value = if spilled {
            self.spill(plain..self.at);
            Span::side(side, self.tree.side.len())
        } else {
            Span::source(start, self.at)
        };
        // XPath 1.0 §5.7: "A text node always has at least one character of data."
        if !value.is_empty() {
            let node = self.push(Content::Text(value), start)?;
            self.close(node);
        }
        Ok(())
    }

    /// XML 1.0 §2.3 \[10\] AttValue, normalised by §3.3.3 as CDATA.
    pub(super) fn attribute_value(&mut self) -> Result<Span> {
        let quote = match self.rest() {
            [quote @ (b'"' | b'\''), ..] => *quote,
            _ => return Err(Error::malformed("attribute value without quotes (XML 1.0 §2.3)")),
        };
        self.at += 1;
        let start = self.at;
        let side = self.tree.side.len();
        let mut spilled = false;
        let mut plain = start;
        let end = loop {
            match self.rest() {
                [] => return Err(Error::malformed("attribute value without an end")),
                [b'<', ..] => return Err(Error::malformed("< in an attribute (XML 1.0 §3.1)")),
                [byte, ..] if *byte == quote => break self.at,
                [b'&', ..] => {
                    self.spill(plain..self.at);
                    let c = self.reference()?;
                    self.tree.side.push(c);
                    (spilled, plain) = (true, self.at);
                }
                [b'\t' | b'\n' | b'\r', ..] => {
                    self.spill(plain..self.at);
                    self.line_end();
                    self.tree.side.push(' ');
                    (spilled, plain) = (true, self.at);
                }
                [_, rest @ ..] => {
                    let stops = |byte: &u8| {
                        *byte == quote || matches!(byte, b'<' | b'&' | b'\t' | b'\n' | b'\r')
                    };
                    self.at += 1 + rest.iter().position(stops).unwrap_or(rest.len());
                }
            }
        };
        self.at += 1;
        if !spilled {
            return Ok(Span::source(start, end));
        }
        self.spill(plain..end);
        Ok(Span::side(side, self.tree.side.len()))
    }

    /// XML 1.0 §4.1 \[66\] CharRef, §4.6 the five predefined entities.
    fn reference(&mut self) -> Result<char> {
        let rest = self.rest();
        let end = rest.iter().position(|byte| *byte == b';');
        let name = end
            .and_then(|end| rest.get(1..end))
            .ok_or(Error::malformed("reference without an end (XML 1.0 §4.1)"))?;
        let c = match name {
            b"amp" => '&',
            b"lt" => '<',
            b"gt" => '>',
            b"apos" => '\'',
            b"quot" => '"',
            [b'#', b'x', digits @ ..] => self.numbered(digits, 16)?,
            [b'#', digits @ ..] => self.numbered(digits, 10)?,
            _ => return Err(Error::malformed("reference to an entity that is not declared")),
        };
        self.at += name.len() + 2;
        Ok(c)
    }

    fn numbered(&self, digits: &[u8], radix: u32) -> Result<char> {
        let mut number: u32 = 0;
        for digit in digits {
            number = (*digit as char)
                .to_digit(radix)
                .map(|digit| number.saturating_mul(radix).saturating_add(digit))
                .ok_or(Error::malformed("character reference (XML 1.0 §4.1)"))?;
        }
        match char::from_u32(number) {
            // §4.1 "Legal Character". No digits give U+0000, which is none.
            Some(c) if is_char(c) => Ok(c),
            _ => Err(Error::malformed("character reference (XML 1.0 §4.1)")),
        }
    }

    /// Steps over one line end or one other white space character. XML 1.0 §2.11.
    fn line_end(&mut self) {
        self.at += if self.rest().starts_with(b"\r\n") { 2 } else { 1 };
    }

    fn spill(&mut self, range: Range<usize>) {
        self.tree.side.push_str(self.text.get(range).unwrap_or_default());
    }

    fn spill_lines(&mut self, range: Range<usize>) {
        let mut text = self.text.get(range).unwrap_or_default();
        while let Some((line, rest)) = text.split_once('\r') {
            self.tree.side.push_str(line);
            self.tree.side.push('\n');
            text = rest.strip_prefix('\n').unwrap_or(rest);
        }
        self.tree.side.push_str(text);
    }

    /// A stretch of the source with its line ends normalised, XML 1.0 §2.11.
    pub(super) fn lines(&mut self, range: Range<usize>) -> Span {
        if !self.bytes.get(range.clone()).unwrap_or_default().contains(&b'\r') {
            return Span::source(range.start, range.end);
        }
        let side = self.tree.side.len();
        self.spill_lines(range);
        Span::side(side, self.tree.side.len())
    }
}

fn ends_section(text: &str) -> bool {
    text.ends_with("]]")
}
