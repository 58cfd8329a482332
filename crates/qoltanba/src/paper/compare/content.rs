//! Content streams, read strictly: whatever one viewer might take in another way than another
//! is no content that our own renderer writes, nor what the common tools make of it.

use super::Construct;

type Result<T> = std::result::Result<T, Construct>;

/// Arrays and dictionaries within each other, and operands of one operator.
const DEEPEST: usize = 8;

/// An operand, or the operator that ends its row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    Number(f64),
    Name(&'a [u8]),
    Text(Vec<u8>),
    Array(Vec<Token<'a>>),
    Dictionary,
    Operator(&'a [u8]),
}

/// The tokens of a content stream.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(super) const fn new(content: &'a [u8]) -> Self {
        Self { rest: content }
    }

    /// The operands up to the next operator, and that; nothing at the end.
    pub(super) fn instruction(
        &mut self,
        operands: &mut Vec<Token<'a>>,
    ) -> Result<Option<&'a [u8]>> {
        operands.clear();
        loop {
            self.skip_space();
            if self.rest.is_empty() {
                return if operands.is_empty() { Ok(None) } else { Err(Construct::Content) };
            }
            match self.token(0)? {
                Token::Operator(operator) => return Ok(Some(operator)),
                // No operator of the pages has more.
                _ if operands.len() >= DEEPEST => return Err(Construct::Content),
                operand => operands.push(operand),
            }
        }
    }

    fn skip_space(&mut self) {
        while let Some((&first, rest)) = self.rest.split_first()
            && matches!(first, b' ' | b'\n' | b'\r' | b'\t')
        {
            self.rest = rest;
        }
    }

    fn token(&mut self, depth: usize) -> Result<Token<'a>> {
        let (&first, rest) = self.rest.split_first().ok_or(Construct::Content)?;
        match first {
            b'/' => {
                self.rest = rest;
                let name = self.regular();
                // An escaped name is read by its characters in one viewer and as it stands in another.
                if name.is_empty() || name.contains(&b'#') {
                    Err(Construct::Content)
                } else {
                    Ok(Token::Name(name))
                }
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => number(self.regular()).map(Token::Number),
            b'(' => {
                self.rest = rest;
                self.literal().map(Token::Text)
            }
            b'<' if rest.first() == Some(&b'<') => {
                self.rest = rest.get(1..).unwrap_or_default();
                self.until(b">>", depth)?;
                Ok(Token::Dictionary)
            }
            b'<' => {
                self.rest = rest;
                self.hexadecimal().map(Token::Text)
            }
            b'[' => {
                self.rest = rest;
                self.until(b"]", depth).map(Token::Array)
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'\'' | b'"' => Ok(Token::Operator(self.regular())),
            _ => Err(Construct::Content),
        }
    }

    /// What stands up to a closing delimiter.
    fn until(&mut self, end: &[u8], depth: usize) -> Result<Vec<Token<'a>>> {
        if depth >= DEEPEST {
            return Err(Construct::Content);
        }
        let mut found = Vec::new();
        loop {
            self.skip_space();
            if let Some(rest) = self.rest.strip_prefix(end) {
                self.rest = rest;
                return Ok(found);
            }
            found.push(self.token(depth + 1)?);
        }
    }

    /// Characters up to a delimiter or white space (ISO 32000-1 §7.2.2).
    fn regular(&mut self) -> &'a [u8] {
        let is_end = |byte: &u8| !byte.is_ascii_graphic() || b"()<>[]{}/%".contains(byte);
        let end = self.rest.iter().position(is_end).unwrap_or(self.rest.len());
        let (found, rest) = self.rest.split_at(end);
        self.rest = rest;
        found
    }

    fn next(&mut self) -> Result<u8> {
        let (&first, rest) = self.rest.split_first().ok_or(Construct::Content)?;
        self.rest = rest;
        Ok(first)
    }

    /// A string in parentheses (ISO 32000-1 §7.3.4.2), without what readers differ on: ends of
    /// lines and escapes that are none.
    fn literal(&mut self) -> Result<Vec<u8>> {
        let mut text = Vec::new();
        let mut open = 0_u32;
        loop {
            match self.next()? {
                b')' if open == 0 => return Ok(text),
                b')' => {
                    open -= 1;
                    text.push(b')');
                }
                b'(' => {
                    open += 1;
                    text.push(b'(');
                }
                b'\r' => return Err(Construct::Content),
                b'\\' => {
                    let escaped = self.escaped()?;
                    text.push(escaped);
                }
                other => text.push(other),
            }
        }
    }

    fn escaped(&mut self) -> Result<u8> {
        Ok(match self.next()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            plain @ (b'(' | b')' | b'\\') => plain,
            first @ b'0'..=b'3' => {
                let mut value = first - b'0';
                for _ in 0..2 {
                    match self.next()? {
                        digit @ b'0'..=b'7' => value = value << 3 | (digit - b'0'),
                        _ => return Err(Construct::Content),
                    }
                }
                value
            }
            _ => return Err(Construct::Content),
        })
    }

    fn hexadecimal(&mut self) -> Result<Vec<u8>> {
        let mut text = Vec::new();
        loop {
            let first = self.next()?;
            if first == b'>' {
                return Ok(text);
            }
            text.push(digit(first)? << 4 | digit(self.next()?)?);
        }
    }
}

/// The keys of a dictionary as it stands in the file, in their order.
pub(super) fn keys(dictionary: &[u8]) -> Result<Vec<&[u8]>> {
    let inside = dictionary.strip_prefix(b"<<").ok_or(Construct::Entry)?;
    let mut tokens = Tokens::new(inside).until(b">>", 0)?.into_iter().peekable();
    let mut keys = Vec::new();
    while let Some(key) = tokens.next() {
        let Token::Name(key) = key else { return Err(Construct::Entry) };
        keys.push(key);
        let value = tokens.next().ok_or(Construct::Entry)?;
        // `12 0 R`
        if matches!(value, Token::Number(_)) && matches!(tokens.peek(), Some(Token::Number(_))) {
            tokens.next();
            if tokens.next() != Some(Token::Operator(b"R")) {
                return Err(Construct::Entry);
            }
        }
    }
    Ok(keys)
}

fn digit(byte: u8) -> Result<u8> {
    match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        b'A'..=b'F' => Ok(byte - b'A' + 10),
        _ => Err(Construct::Content),
    }
}

/// A number as ISO 32000-1 §7.3.3 writes it: a sign, digits, a point.
fn number(text: &[u8]) -> Result<f64> {
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let points = digits.iter().filter(|byte| **byte == b'.').count();
    let is_plain = digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    if !is_plain || points > 1 || digits.len() == points || digits.len() > 24 {
        return Err(Construct::Content);
    }
    let value = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    value.ok_or(Construct::Content)
}
