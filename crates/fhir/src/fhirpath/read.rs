//! From the tokens of an expression to its tree.

use super::function::{Function, function};
use super::lex::{Token, tokens};
use super::moment::Moment;
use super::number;
use super::quantity::{self, Origin, Quantity};
use super::types::TypeName;
use super::value::Item;
use super::{Meaning, Unread};
use std::collections::HashSet;

/// A step of an expression.
#[derive(Debug)]
pub(crate) enum Node {
    /// `$this`, also in front of every path.
    This,
    /// `$index`
    Index,
    /// `$total`
    Total,
    /// `%resource`
    Resource,
    /// `%rootResource`
    Root,
    /// `%context`: what the expression is asked of.
    Context,
    /// `{}`
    Empty,
    /// A truth, number, date or quantity as written.
    Literal(Item<'static>),
    Text(String),
    Member(Box<Node>, Name),
    /// A type's name in front of a path: the focus itself, if it is of the type.
    Typed(TypeName),
    Call(Box<Node>, Function, Vec<Node>),
    /// `[0]`
    At(Box<Node>, Box<Node>),
    Minus(Box<Node>),
    Plus(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    /// `is` or `as` a type.
    Is(Box<Node>, TypeName),
    As(Box<Node>, TypeName),
}

impl Node {
    /// How many steps stand on each other. Tokens bound how deep this goes.
    fn height(&self) -> usize {
        1 + match self {
            Self::Member(of, _) | Self::Minus(of) | Self::Plus(of) | Self::Is(of, _) | Self::As(of, _) => of.height(),
            Self::Binary(_, left, right) | Self::At(left, right) => left.height().max(right.height()),
            Self::Call(of, _, inputs) => inputs.iter().map(Self::height).fold(of.height(), usize::max),
            _ => 0,
        }
    }
}

/// A member's name in the three forms that JSON knows.
#[derive(Debug)]
pub(crate) struct Name {
    pub(super) plain: String,
    /// `_name`
    pub(super) beside: String,
    /// Written `name[x]` somewhere in R4: JSON may hold it as `nameQuantity`.
    pub(super) choice: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Implies,
    Or,
    Xor,
    And,
    In,
    Contains,
    Equal,
    Unequal,
    Equivalent,
    Unlike,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    Union,
    Plus,
    Minus,
    Join,
    Times,
    Over,
    Div,
    Mod,
}

/// How tightly `is` and `as` bind: more than `|`, less than `+`.
const TYPES: u8 = 8;
/// Deepest nesting of parentheses and inputs while reading, and highest tree: each level takes stack.
const DEPTH_MAX: usize = 40;
const HEIGHT_MAX: usize = 80;

/// Compiles an expression, given the names that are written `name[x]` in R4.
pub(crate) fn read(text: &str, choices: &HashSet<Box<str>>, meaning: Meaning) -> Result<Node, Unread> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, choices, meaning, depth: 0 };
    let node = reader.expression(0)?;
    match reader.tokens.get(reader.at) {
        None if node.height() > HEIGHT_MAX => Err(Unread::wrong("the expression has too many steps")),
        None => Ok(node),
        Some(token) => Err(Unread::wrong(format!("{token:?} is not expected"))),
    }
}

struct Reader<'c> {
    tokens: Vec<Token>,
    at: usize,
    choices: &'c HashSet<Box<str>>,
    meaning: Meaning,
    depth: usize,
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

    fn expect(&mut self, sign: &str) -> Result<(), Unread> {
        if self.sign(sign) {
            return Ok(());
        }
        Err(Unread::wrong(format!("{sign:?} is missing before {:?}", self.peek())))
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
                "div" => (Operator::Div, 10),
                "mod" => (Operator::Mod, 10),
                _ => return None,
            },
            Token::Sign(sign) => match *sign {
                "=" => (Operator::Equal, 5),
                "!=" => (Operator::Unequal, 5),
                "~" => (Operator::Equivalent, 5),
                "!~" => (Operator::Unlike, 5),
                "<" => (Operator::Less, 6),
                "<=" => (Operator::LessOrEqual, 6),
                ">" => (Operator::More, 6),
                ">=" => (Operator::MoreOrEqual, 6),
                "|" => (Operator::Union, 7),
                "+" => (Operator::Plus, 9),
                "-" => (Operator::Minus, 9),
                "&" => (Operator::Join, 9),
                "*" => (Operator::Times, 10),
                "/" => (Operator::Over, 10),
                _ => return None,
            },
            _ => return None,
        })
    }

    fn expression(&mut self, least: u8) -> Result<Node, Unread> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Unread::wrong("the expression is nested too deep"));
        }
        let mut left = self.signed()?;
        loop {
            if let (Some(Token::Name(word)), true) = (self.peek(), least <= TYPES) {
                let is = word == "is";
                if is || word == "as" {
                    self.at += 1;
                    let ty = self.type_name()?;
                    left = if is { Node::Is(Box::new(left), ty) } else { Node::As(Box::new(left), ty) };
                    continue;
                }
            }
            let Some((operator, binds)) = self.operator().filter(|(_, binds)| *binds >= least) else { break };
            self.at += 1;
            let right = self.expression(binds + 1)?;
            left = Node::Binary(operator, Box::new(left), Box::new(right));
        }
        self.depth -= 1;
        Ok(left)
    }

    /// A path with the signs in front of it, which bind less than the path: `-1.abs()` is `-(1.abs())`.
    fn signed(&mut self) -> Result<Node, Unread> {
        let mut signs = Vec::new();
        while let Some(Token::Sign(sign @ ("-" | "+"))) = self.peek() {
            signs.push(*sign);
            self.at += 1;
        }
        let path = self.path()?;
        let wrap = |node, sign: &&str| {
            let node = Box::new(node);
            if *sign == "-" { Node::Minus(node) } else { Node::Plus(node) }
        };
        Ok(signs.iter().rev().fold(path, wrap))
    }

    fn type_name(&mut self) -> Result<TypeName, Unread> {
        let mut name = self.word()?;
        let mut within = None;
        while self.sign(".") {
            within = Some(std::mem::replace(&mut name, self.word()?));
        }
        TypeName::read(within.as_deref(), name, self.meaning)
    }

    fn word(&mut self) -> Result<String, Unread> {
        let token = self.peek().cloned();
        self.at += 1;
        match token {
            Some(Token::Name(word) | Token::Quoted(word)) => Ok(word),
            other => Err(Unread::wrong(format!("a name is wanted, not {other:?}"))),
        }
    }

    fn path(&mut self) -> Result<Node, Unread> {
        let mut node = self.term()?;
        loop {
            if self.sign(".") {
                let name = self.word()?;
                node = self.step(node, name)?;
            } else if self.sign("[") {
                let at = self.expression(0)?;
                self.expect("]")?;
                node = Node::At(Box::new(node), Box::new(at));
            } else {
                return Ok(node);
            }
        }
    }

    fn term(&mut self) -> Result<Node, Unread> {
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
            Some(Token::Number(number)) => self.number(&number)?,
            Some(Token::Moment(moment)) => Node::Literal(Moment::item(moment)),
            Some(Token::Variable(name)) => variable(&name)?,
            Some(Token::Name(word)) if word == "true" || word == "false" => Node::Literal(Item::Bool(word == "true")),
            Some(Token::Name(word) | Token::Quoted(word)) => {
                let named_type = word.starts_with(|c: char| c.is_ascii_uppercase());
                if named_type && !matches!(self.peek(), Some(Token::Sign("("))) {
                    Node::Typed(TypeName::read(None, word, Meaning::Rules)?)
                } else {
                    self.step(Node::This, word)?
                }
            }
            other => return Err(Unread::wrong(format!("{other:?} is not expected"))),
        })
    }

    /// A number, or with its unit a quantity.
    fn number(&mut self, number: &str) -> Result<Node, Unread> {
        let (unit, origin) = match self.peek() {
            Some(Token::Text(unit)) => (unit.clone(), Origin::Ucum),
            Some(Token::Name(word)) if quantity::is_calendar(word) => (word.clone(), Origin::Calendar),
            _ => {
                let number = number::literal(number).ok_or_else(|| Unread::wrong("a number is too large"))?;
                return Ok(Node::Literal(number));
            }
        };
        self.at += 1;
        let value = number.parse().map_err(|_| Unread::wrong("a number is too large"))?;
        Ok(Node::Literal(Quantity { value, unit, origin }.item()))
    }

    /// A member, or a call of a function.
    fn step(&mut self, of: Node, name: String) -> Result<Node, Unread> {
        if !self.sign("(") {
            let choice = self.choices.contains(name.as_str());
            return Ok(member(of, &name, choice));
        }
        if matches!(name.as_str(), "is" | "as" | "ofType") {
            let ty = self.type_name()?;
            self.expect(")")?;
            let function = match name.as_str() {
                "is" => Function::Is(ty),
                "as" => Function::As(ty),
                _ => Function::OfType(ty),
            };
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
        if name == "extension" {
            return extension(of, inputs);
        }
        let function = function(&name, &mut inputs, self.meaning)?;
        Ok(Node::Call(Box::new(of), function, inputs))
    }
}

fn member(of: Node, name: &str, choice: bool) -> Node {
    Node::Member(Box::new(of), Name { plain: name.into(), beside: format!("_{name}"), choice })
}

/// `extension('url')` is `extension.where(url = 'url')`.
fn extension(of: Node, mut inputs: Vec<Node>) -> Result<Node, Unread> {
    let (Some(url @ Node::Text(_)), true) = (inputs.pop(), inputs.is_empty()) else {
        return Err(Unread::unspoken("an extension whose URL is not written out"));
    };
    let same = Node::Binary(Operator::Equal, Box::new(member(Node::This, "url", false)), Box::new(url));
    Ok(Node::Call(Box::new(member(of, "extension", false)), Function::Where, vec![same]))
}

/// What a variable stands for. `%vs-…` and `%ext-…` are names of HL7's own value sets and extensions.
fn variable(name: &str) -> Result<Node, Unread> {
    Ok(match name {
        "$this" => Node::This,
        "$index" => Node::Index,
        "$total" => Node::Total,
        "%resource" => Node::Resource,
        "%rootResource" => Node::Root,
        "%context" => Node::Context,
        "%ucum" => Node::Text("http://unitsofmeasure.org".into()),
        "%sct" => Node::Text("http://snomed.info/sct".into()),
        "%loinc" => Node::Text("http://loinc.org".into()),
        other => {
            let named = |prefix, base| Some(format!("{base}{}", other.strip_prefix(prefix)?));
            let text = named("%vs-", "http://hl7.org/fhir/ValueSet/")
                .or_else(|| named("%ext-", "http://hl7.org/fhir/StructureDefinition/"));
            Node::Text(text.ok_or_else(|| Unread::unspoken(other))?)
        }
    })
}
