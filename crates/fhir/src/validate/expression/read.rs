//! From the text of an expression to its tree.

use regex::Regex;
use std::collections::HashSet;

/// A compiled rule.
pub(in crate::validate) type Expression = Node;

/// A step of an expression.
#[derive(Debug)]
pub(in crate::validate) enum Node {
    /// `$this`, also in front of every path.
    This,
    /// `%resource`
    Resource,
    /// `%rootResource`
    Root,
    /// `%context`: what the rule is judged on.
    Context,
    /// `{}`
    Empty,
    Bool(bool),
    Text(String),
    Number(String),
    Member(Box<Node>, Name),
    /// A type's name in front of a path: the focus itself, if it is of the type.
    Typed(String),
    Call(Box<Node>, Function, Vec<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    /// `is` or `as` a type.
    Is(Box<Node>, String),
    As(Box<Node>, String),
}

/// A member's name in the three forms that JSON knows.
#[derive(Debug)]
pub(in crate::validate) struct Name {
    pub(in crate::validate) plain: String,
    /// `_name`
    pub(in crate::validate) beside: String,
    /// Written `name[x]` somewhere in R4: JSON may hold it as `nameQuantity`.
    pub(in crate::validate) choice: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::validate) enum Operator {
    Implies,
    Or,
    Xor,
    And,
    In,
    Contains,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    Union,
    Plus,
    Join,
}

#[derive(Debug)]
pub(in crate::validate) enum Function {
    All,
    AllFalse,
    AllTrue,
    As(String),
    Children,
    Combine,
    Contains,
    Count,
    Descendants,
    Distinct,
    Empty,
    EndsWith,
    Exists,
    First,
    HasValue,
    Iif,
    Intersect,
    Is(String),
    IsDistinct,
    Last,
    Length,
    Matches(Regex),
    Not,
    ReplaceMatches(Regex),
    Resolve,
    Select,
    StartsWith,
    Substring,
    Tail,
    ToInteger,
    ToText,
    Trace,
    Where,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    /// In back quotes: never a keyword.
    Quoted(String),
    Variable(String),
    Text(String),
    Number(String),
    Sign(&'static str),
}

const SIGNS: [&str; 17] = ["!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "=", "<", ">", "|", "+", "&"];

/// Compiles an expression, given the names that are written `name[x]` in R4. The error says what in it is not known here.
pub(in crate::validate) fn read(text: &str, choices: &HashSet<Box<str>>) -> Result<Expression, String> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, choices };
    let node = reader.expression(0)?;
    match reader.tokens.get(reader.at) {
        None => Ok(node),
        Some(token) => Err(format!("{token:?} is not expected")),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = |s: &str| s.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(s.len());
        let (token, length) = match first {
            '\'' | '`' => {
                let (inner, length) = closed(rest, first)?;
                (if first == '`' { Token::Quoted(inner) } else { Token::Text(inner) }, length)
            }
            '%' | '$' => {
                let end = 1 + word(&rest[1..]);
                (Token::Variable(rest[..end].to_owned()), end)
            }
            c if c.is_ascii_digit() => {
                let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                (Token::Number(rest[..end].to_owned()), end)
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let end = word(rest);
                (Token::Name(rest[..end].to_owned()), end)
            }
            _ => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                let sign = sign.ok_or_else(|| format!("{first:?} is not known"))?;
                (Token::Sign(sign), sign.len())
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// What stands between two marks, with its escapes resolved, and how long it is with them.
fn closed(text: &str, mark: char) -> Result<(String, usize), String> {
    let mut inner = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, 'n')) => inner.push('\n'),
                Some((_, 't')) => inner.push('\t'),
                Some((_, 'r')) => inner.push('\r'),
                Some((_, c)) => inner.push(c),
                None => break,
            },
            c if c == mark => return Ok((inner, at + 1)),
            c => inner.push(c),
        }
    }
    Err("a text is not closed".into())
}

struct Reader<'c> {
    tokens: Vec<Token>,
    at: usize,
    choices: &'c HashSet<Box<str>>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.sign(sign) { Ok(()) } else { Err(format!("{sign:?} is missing before {:?}", self.peek())) }
    }

    /// The operator that stands here and how tightly it binds.
    fn operator(&self) -> Option<(Operator, u8)> {
        Some(match self.peek()? {
            Token::Name(word) => match word.as_str() {
                "implies" => (Operator::Implies, 1),
                "or" => (Operator::Or, 2),
                "xor" => (Operator::Xor, 2),
                "and" => (Operator::And, 3),
                "in" => (Operator::In, 4),
                "contains" => (Operator::Contains, 4),
                _ => return None,
            },
            Token::Sign(sign) => match *sign {
                "=" => (Operator::Equal, 5),
                "!=" => (Operator::Unequal, 5),
                "<" => (Operator::Less, 6),
                "<=" => (Operator::LessOrEqual, 6),
                ">" => (Operator::More, 6),
                ">=" => (Operator::MoreOrEqual, 6),
                "|" => (Operator::Union, 7),
                "+" => (Operator::Plus, 9),
                "&" => (Operator::Join, 9),
                _ => return None,
            },
            _ => return None,
        })
    }

    fn expression(&mut self, least: u8) -> Result<Node, String> {
        let mut left = self.path()?;
        loop {
            // `is` and `as` bind tighter than `|`, looser than `+`.
            if let (Some(Token::Name(word)), true) = (self.peek(), least <= 8) {
                let word = word.clone();
                if word == "is" || word == "as" {
                    self.at += 1;
                    let ty = self.type_name()?;
                    left = if word == "is" { Node::Is(Box::new(left), ty) } else { Node::As(Box::new(left), ty) };
                    continue;
                }
            }
            let Some((operator, binds)) = self.operator().filter(|(_, binds)| *binds >= least) else { return Ok(left) };
            self.at += 1;
            let right = self.expression(binds + 1)?;
            left = Node::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    fn type_name(&mut self) -> Result<String, String> {
        let mut name = self.word()?;
        while self.sign(".") {
            name = self.word()?;
        }
        Ok(name)
    }

    fn word(&mut self) -> Result<String, String> {
        let token = self.peek().cloned();
        self.at += 1;
        match token {
            Some(Token::Name(word) | Token::Quoted(word)) => Ok(word),
            other => Err(format!("a name is wanted, not {other:?}")),
        }
    }

    fn path(&mut self) -> Result<Node, String> {
        let mut node = self.term()?;
        while self.sign(".") {
            let name = self.word()?;
            node = self.step(node, name)?;
        }
        Ok(node)
    }

    fn term(&mut self) -> Result<Node, String> {
        let token = self.peek().cloned();
        self.at += 1;
        Ok(match token {
            Some(Token::Sign("(")) => {
                let inner = self.expression(0)?;
                self.expect(")")?;
                inner
            }
            Some(Token::Sign("{")) => {
                self.expect("}")?;
                Node::Empty
            }
            Some(Token::Text(text)) => Node::Text(text),
            Some(Token::Number(number)) => Node::Number(number),
            Some(Token::Variable(name)) => match name.as_str() {
                "$this" => Node::This,
                "%resource" => Node::Resource,
                "%rootResource" => Node::Root,
                "%context" => Node::Context,
                "%ucum" => Node::Text("http://unitsofmeasure.org".into()),
                other => return Err(format!("{other} is not known")),
            },
            Some(Token::Name(word)) if word == "true" || word == "false" => Node::Bool(word == "true"),
            Some(Token::Name(word)) => {
                let named_type = word.starts_with(|c: char| c.is_ascii_uppercase());
                if named_type && !matches!(self.peek(), Some(Token::Sign("("))) {
                    Node::Typed(word)
                } else {
                    self.step(Node::This, word)?
                }
            }
            Some(Token::Quoted(word)) => self.step(Node::This, word)?,
            other => return Err(format!("{other:?} is not expected")),
        })
    }

    /// A member, or a call of a function.
    fn step(&mut self, of: Node, name: String) -> Result<Node, String> {
        if !self.sign("(") {
            let beside = format!("_{name}");
            let choice = self.choices.contains(name.as_str());
            return Ok(Node::Member(Box::new(of), Name { plain: name, beside, choice }));
        }
        if matches!(name.as_str(), "is" | "as" | "ofType") {
            let ty = self.type_name()?;
            self.expect(")")?;
            let function = if name == "is" { Function::Is(ty) } else { Function::As(ty) };
            return Ok(Node::Call(Box::new(of), function, Vec::new()));
        }
        let mut inputs = Vec::new();
        if !self.sign(")") {
            inputs.push(self.expression(0)?);
            while self.sign(",") {
                inputs.push(self.expression(0)?);
            }
            self.expect(")")?;
        }
        let function = function(&name, &mut inputs)?;
        Ok(Node::Call(Box::new(of), function, inputs))
    }
}

fn function(name: &str, inputs: &mut Vec<Node>) -> Result<Function, String> {
    let (function, least, most) = match name {
        "all" => (Function::All, 1, 1),
        "allFalse" => (Function::AllFalse, 0, 0),
        "allTrue" => (Function::AllTrue, 0, 0),
        "children" => (Function::Children, 0, 0),
        "combine" => (Function::Combine, 1, 1),
        "contains" => (Function::Contains, 1, 1),
        "count" => (Function::Count, 0, 0),
        "descendants" => (Function::Descendants, 0, 0),
        "distinct" => (Function::Distinct, 0, 0),
        "empty" => (Function::Empty, 0, 0),
        "endsWith" => (Function::EndsWith, 1, 1),
        "exists" => (Function::Exists, 0, 1),
        "first" => (Function::First, 0, 0),
        "hasValue" => (Function::HasValue, 0, 0),
        "iif" => (Function::Iif, 2, 3),
        "intersect" => (Function::Intersect, 1, 1),
        "isDistinct" => (Function::IsDistinct, 0, 0),
        "last" => (Function::Last, 0, 0),
        "length" => (Function::Length, 0, 0),
        "matches" => (Function::Matches(whole(inputs)?), 0, 0),
        "not" => (Function::Not, 0, 0),
        "replaceMatches" => (Function::ReplaceMatches(pattern(inputs, "", "")?), 1, 1),
        "resolve" => (Function::Resolve, 0, 0),
        "select" => (Function::Select, 1, 1),
        "startsWith" => (Function::StartsWith, 1, 1),
        "substring" => (Function::Substring, 1, 1),
        "tail" => (Function::Tail, 0, 0),
        "toInteger" => (Function::ToInteger, 0, 0),
        "toString" => (Function::ToText, 0, 0),
        "trace" => (Function::Trace, 1, 2),
        "where" => (Function::Where, 1, 1),
        other => return Err(format!("{other}() is not known")),
    };
    if (least..=most).contains(&inputs.len()) { Ok(function) } else { Err(format!("{name}() has other inputs")) }
}

/// The pattern of `matches`, which the rules of R4 mean for the whole text.
fn whole(inputs: &mut Vec<Node>) -> Result<Regex, String> {
    pattern(inputs, "^(?:", ")$")
}

fn pattern(inputs: &mut Vec<Node>, before: &str, after: &str) -> Result<Regex, String> {
    if inputs.is_empty() {
        return Err("a pattern is missing".into());
    }
    let Node::Text(pattern) = inputs.remove(0) else { return Err("a pattern must be written out".into()) };
    // Rules escape what needs none; the two that mean something else to this engine stay.
    Regex::new(&format!("(?s){before}{}{after}", pattern.replace("\\/", "/").replace("\\@", "@")))
        .map_err(|e| e.to_string())
}
