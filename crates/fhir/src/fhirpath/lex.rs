//! From the text of an expression to its tokens.

use super::Unread;
use super::moment::Moment;

/// A piece of an expression that is not taken apart further.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Name(String),
    /// In back quotes: never a keyword.
    Quoted(String),
    /// `$this`, `%resource`; what stands in back quotes or marks after `%` without them.
    Variable(String),
    Text(String),
    Number(String),
    /// `@2026-05`
    Moment(Moment),
    Sign(&'static str),
}

const SIGNS: [&str; 23] = [
    "!=", "!~", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "=", "~", "<", ">", "|", "+", "-", "*", "/", "&",
    "@",
];

/// Most tokens of one expression. The longest rule of R4 has under 300; a tree is never deeper than its tokens, and each level
/// takes stack.
const TOKENS_MAX: usize = 1000;

/// All tokens. The error is a syntax error.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Unread> {
    let mut tokens = Vec::new();
    let mut rest = skipped(text)?;
    while let Some(first) = rest.chars().next() {
        let word = |s: &str| s.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(s.len());
        let (token, length) = match first {
            '\'' | '`' => {
                let (inner, length) = closed(rest, first)?;
                (if first == '`' { Token::Quoted(inner) } else { Token::Text(inner) }, length)
            }
            '%' if rest[1..].starts_with(['`', '\'']) => {
                let (inner, length) = closed(&rest[1..], rest[1..].chars().next().unwrap_or('`'))?;
                (Token::Variable(format!("%{inner}")), length + 1)
            }
            '%' | '$' => {
                let end = 1 + word(&rest[1..]);
                (Token::Variable(rest[..end].to_owned()), end)
            }
            '@' => {
                let (moment, length) =
                    Moment::prefix(&rest[1..]).ok_or_else(|| Unread::wrong("a date or time after @ is not one"))?;
                (Token::Moment(moment), length + 1)
            }
            c if c.is_ascii_digit() => {
                let end = number(rest);
                (Token::Number(rest[..end].to_owned()), end)
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let end = word(rest);
                (Token::Name(rest[..end].to_owned()), end)
            }
            _ => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                let sign = sign.ok_or_else(|| Unread::wrong(format!("{first:?} is not known")))?;
                (Token::Sign(sign), sign.len())
            }
        };
        tokens.push(token);
        if tokens.len() > TOKENS_MAX {
            return Err(Unread::wrong("the expression is too long"));
        }
        rest = skipped(&rest[length..])?;
    }
    Ok(tokens)
}

/// What follows space and comments.
fn skipped(text: &str) -> Result<&str, Unread> {
    let mut rest = text.trim_start();
    loop {
        rest = if let Some(line) = rest.strip_prefix("//") {
            line.find('\n').map_or("", |end| &line[end..])
        } else if let Some(inner) = rest.strip_prefix("/*") {
            let end = inner.find("*/").ok_or_else(|| Unread::wrong("a comment is not closed"))?;
            &inner[end + 2..]
        } else {
            return Ok(rest);
        }
        .trim_start();
    }
}

/// Where a number ends: a point belongs to it only in front of a digit (`1.toString()`).
fn number(text: &str) -> usize {
    let digits = |s: &str| s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
    let whole = digits(text);
    let Some(fraction) = text[whole..].strip_prefix('.') else { return whole };
    match digits(fraction) {
        0 => whole,
        n => whole + 1 + n,
    }
}

/// What stands between two marks, with its escapes resolved, and how long it is with them. A backslash before any other
/// character is left out: R4's rules write some that need none.
fn closed(text: &str, mark: char) -> Result<(String, usize), Unread> {
    let mut inner = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, 'n')) => inner.push('\n'),
                Some((_, 't')) => inner.push('\t'),
                Some((_, 'r')) => inner.push('\r'),
                Some((_, 'f')) => inner.push('\u{c}'),
                Some((at, 'u')) => {
                    let code = text.get(at + 1..at + 5).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                    let code = code.and_then(char::from_u32);
                    inner.push(code.ok_or_else(|| Unread::wrong("\\u wants four hexadecimal digits of a character"))?);
                    chars.nth(3);
                }
                Some((_, c)) => inner.push(c),
                None => break,
            },
            c if c == mark => return Ok((inner, at + 1)),
            c => inner.push(c),
        }
    }
    Err(Unread::wrong("a text is not closed"))
}
