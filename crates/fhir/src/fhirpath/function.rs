//! The functions that expressions call: their names and how many inputs they take.

use super::convert::Target;
use super::read::Node;
use super::types::TypeName;
use super::{Meaning, Unread};
use regex::Regex;

#[derive(Debug)]
pub(crate) enum Function {
    Abs,
    Aggregate,
    All,
    AllFalse,
    AllTrue,
    AnyFalse,
    AnyTrue,
    As(TypeName),
    Ceiling,
    Children,
    Combine,
    Comparable,
    Contains,
    /// Whether it can be converted.
    Converts(Target),
    Count,
    Descendants,
    Distinct,
    Empty,
    EndsWith,
    Exclude,
    Exists,
    Exp,
    First,
    Floor,
    HasValue,
    HighBoundary,
    Iif,
    IndexOf,
    Intersect,
    Is(TypeName),
    IsDistinct,
    Join,
    Last,
    LastIndexOf,
    Length,
    Ln,
    Log,
    LowBoundary,
    Lower,
    /// None for `matches({})`, which is empty.
    Matches(Option<Regex>),
    Not,
    Now,
    OfType(TypeName),
    Power,
    Precision,
    Repeat,
    Replace,
    ReplaceMatches(Option<Regex>),
    Resolve,
    Round,
    Select,
    Single,
    Skip,
    /// Which of its keys are in descending order.
    Sort(Vec<bool>),
    Split,
    Sqrt,
    StartsWith,
    SubsetOf,
    Substring,
    SupersetOf,
    Tail,
    Take,
    To(Target),
    ToChars,
    Today,
    Trace,
    Trim,
    Truncate,
    Type,
    Union,
    Upper,
    Where,
}

/// The function of this name. Takes what must be written out, a pattern, from the inputs.
pub(super) fn function(name: &str, inputs: &mut Vec<Node>, meaning: Meaning) -> Result<Function, Unread> {
    let (function, least, most) = match name {
        "abs" => (Function::Abs, 0, 0),
        "aggregate" => (Function::Aggregate, 1, 2),
        "all" => (Function::All, 1, 1),
        "allFalse" => (Function::AllFalse, 0, 0),
        "allTrue" => (Function::AllTrue, 0, 0),
        "anyFalse" => (Function::AnyFalse, 0, 0),
        "anyTrue" => (Function::AnyTrue, 0, 0),
        "ceiling" => (Function::Ceiling, 0, 0),
        "children" => (Function::Children, 0, 0),
        "combine" => (Function::Combine, 1, 1),
        "comparable" => (Function::Comparable, 1, 1),
        "contains" => (Function::Contains, 1, 1),
        "count" => (Function::Count, 0, 0),
        "descendants" => (Function::Descendants, 0, 0),
        "distinct" => (Function::Distinct, 0, 0),
        "empty" => (Function::Empty, 0, 0),
        "endsWith" => (Function::EndsWith, 1, 1),
        "exclude" => (Function::Exclude, 1, 1),
        "exists" => (Function::Exists, 0, 1),
        "exp" => (Function::Exp, 0, 0),
        "first" => (Function::First, 0, 0),
        "floor" => (Function::Floor, 0, 0),
        "hasValue" => (Function::HasValue, 0, 0),
        "highBoundary" => (Function::HighBoundary, 0, 1),
        "iif" => (Function::Iif, 2, 3),
        "indexOf" => (Function::IndexOf, 1, 1),
        "intersect" => (Function::Intersect, 1, 1),
        "isDistinct" => (Function::IsDistinct, 0, 0),
        "join" => (Function::Join, 0, 1),
        "last" => (Function::Last, 0, 0),
        "lastIndexOf" => (Function::LastIndexOf, 1, 1),
        "length" => (Function::Length, 0, 0),
        "ln" => (Function::Ln, 0, 0),
        "log" => (Function::Log, 1, 1),
        "lowBoundary" => (Function::LowBoundary, 0, 1),
        "lower" => (Function::Lower, 0, 0),
        // R4's rules mean the whole text (`name.matches('[A-Z]…')`); FHIRPath has come to mean a part of it.
        "matches" if meaning == Meaning::Standard => (Function::Matches(pattern(inputs, "", "")?), 0, 0),
        "matches" | "matchesFull" => (Function::Matches(pattern(inputs, "^(?:", ")$")?), 0, 0),
        "not" => (Function::Not, 0, 0),
        "now" => (Function::Now, 0, 0),
        "power" => (Function::Power, 1, 1),
        "precision" => (Function::Precision, 0, 0),
        "repeat" => (Function::Repeat, 1, 1),
        "replace" => (Function::Replace, 2, 2),
        "replaceMatches" => (Function::ReplaceMatches(pattern(inputs, "", "")?), 1, 1),
        "resolve" => (Function::Resolve, 0, 0),
        "round" => (Function::Round, 0, 1),
        "select" => (Function::Select, 1, 1),
        "single" => (Function::Single, 0, 0),
        "skip" => (Function::Skip, 1, 1),
        "sort" => (Function::Sort(directions(inputs)), 0, usize::MAX),
        "split" => (Function::Split, 1, 1),
        "sqrt" => (Function::Sqrt, 0, 0),
        "startsWith" => (Function::StartsWith, 1, 1),
        "subsetOf" => (Function::SubsetOf, 1, 1),
        "substring" => (Function::Substring, 1, 2),
        "supersetOf" => (Function::SupersetOf, 1, 1),
        "tail" => (Function::Tail, 0, 0),
        "take" => (Function::Take, 1, 1),
        "toChars" => (Function::ToChars, 0, 0),
        "today" => (Function::Today, 0, 0),
        "trace" => (Function::Trace, 1, 2),
        "trim" => (Function::Trim, 0, 0),
        "truncate" => (Function::Truncate, 0, 0),
        "type" => (Function::Type, 0, 0),
        "union" => (Function::Union, 1, 1),
        "upper" => (Function::Upper, 0, 0),
        "where" => (Function::Where, 1, 1),
        other => (conversion(other).ok_or_else(|| Unread::unspoken(format!("{other}()")))?, 0, 0),
    };
    if (least..=most).contains(&inputs.len()) {
        return Ok(function);
    }
    Err(Unread::wrong(format!("{name}() has other inputs")))
}

/// `toDate` and `convertsToDate` of all targets.
fn conversion(name: &str) -> Option<Function> {
    let target = |rest: Option<&str>| Target::named(rest?);
    target(name.strip_prefix("to"))
        .map(Function::To)
        .or_else(|| target(name.strip_prefix("convertsTo")).map(Function::Converts))
}

/// A key with a minus in front is in descending order, also where it is no number.
fn directions(inputs: &mut [Node]) -> Vec<bool> {
    let descends = |input: &mut Node| match std::mem::replace(input, Node::Empty) {
        Node::Minus(key) => {
            *input = *key;
            true
        }
        key => {
            *input = key;
            false
        }
    };
    inputs.iter_mut().map(descends).collect()
}

/// A pattern is compiled once, so it must be written out: what a resource holds never becomes one.
fn pattern(inputs: &mut Vec<Node>, before: &str, after: &str) -> Result<Option<Regex>, Unread> {
    if inputs.is_empty() {
        return Err(Unread::wrong("a pattern is missing"));
    }
    let pattern = match inputs.remove(0) {
        Node::Text(pattern) => pattern,
        Node::Empty => return Ok(None),
        _ => return Err(Unread::unspoken("a pattern that is not written out")),
    };
    // Rules escape what needs none; the two that mean something else to this engine stay.
    Regex::new(&format!("(?s){before}{}{after}", pattern.replace("\\/", "/").replace("\\@", "@")))
        .map(Some)
        .map_err(|e| Unread::wrong(e.to_string()))
}
