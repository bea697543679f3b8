//! The FHIRPath of the definitions, cut into steps.

/// A guard between two steps: the value must pass before the walk goes on.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Guard {
    /// `where(member='value')`
    Member(String, String),
    /// `where(member!=true)`: not said to be so.
    NotSaid(String),
    /// `where(resolve() is Type)`
    ResolvesTo(String),
    /// `[0]`
    First,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Field(String),
    As(String),
    Guard(Guard),
    /// `x.exists() and x != false`
    Exists,
}

/// The alternatives of a union.
pub(super) fn alternatives(expression: &str) -> impl Iterator<Item = &str> {
    expression.split('|').map(str::trim).filter(|s| !s.is_empty())
}

/// Cuts the leading type name off an alternative; none when it speaks of another type.
pub(super) fn relative_to(alternative: &str, types: [&str; 2]) -> Option<String> {
    let head = alternative.trim_start_matches('(');
    let first = head.split(['.', ' ', ')']).next().unwrap_or("");
    // `name | alias` of InsurancePlan names no type: members of whatever the parameter is of.
    if first.starts_with(char::is_lowercase) {
        return Some(alternative.to_owned());
    }
    if !types.contains(&first) {
        return None;
    }
    // `(Observation.value as Quantity)` keeps its parenthesis; `Patient.deceased.exists() and Patient.deceased != false`
    // names the type twice.
    let rest = alternative.replacen(first, "", 1).replacen("(.", "(", 1).replace(&format!("and {first}."), "and ");
    Some(rest.trim_start_matches('.').to_owned())
}

/// Cuts one alternative, its type name already off, into steps.
pub(super) fn steps(expression: &str) -> Result<Vec<Step>, String> {
    let expression = expression.trim();
    if let Some(rest) = expression.strip_prefix('(') {
        let close = closing(rest).ok_or("unbalanced")?;
        let mut all = match rest[..close].split_once(" as ") {
            Some((path, ty)) => {
                let mut all = steps(path)?;
                all.push(Step::As(ty.trim().into()));
                all
            }
            None => steps(&rest[..close])?,
        };
        if let Some(tail) = rest[close + 1..].strip_prefix('.') {
            all.extend(steps(tail)?);
        }
        return Ok(all);
    }
    if let Some((path, rest)) = expression.split_once(".exists()") {
        if rest.trim() != format!("and {path} != false") {
            return Err(format!("boolean: {expression}"));
        }
        let mut all = steps(path)?;
        all.push(Step::Exists);
        return Ok(all);
    }
    let (mut all, mut rest) = (Vec::new(), expression);
    while !rest.is_empty() {
        let (name, tail) = rest.split_at(rest.find(['.', '(']).unwrap_or(rest.len()));
        if let Some(arguments) = tail.strip_prefix('(') {
            let close = closing(arguments).ok_or("unbalanced")?;
            all.push(call(name, arguments[..close].trim(), expression)?);
            rest = arguments[close + 1..].trim_start_matches('.');
        } else {
            member(name, expression, &mut all)?;
            rest = tail.trim_start_matches('.');
        }
    }
    Ok(all)
}

fn closing(arguments: &str) -> Option<usize> {
    let mut depth = 1;
    arguments.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    })
}

fn call(name: &str, argument: &str, expression: &str) -> Result<Step, String> {
    Ok(match name {
        "as" | "ofType" => Step::As(argument.into()),
        "where" => match argument.strip_prefix("resolve() is ") {
            Some(ty) => Step::Guard(Guard::ResolvesTo(ty.trim().into())),
            None => {
                if let Some(member) = argument.strip_suffix("!=true") {
                    return Ok(Step::Guard(Guard::NotSaid(member.trim().into())));
                }
                let (member, value) = argument.split_once('=').ok_or_else(|| format!("where: {argument}"))?;
                Step::Guard(Guard::Member(member.trim().into(), value.trim().trim_matches('\'').into()))
            }
        },
        _ => return Err(format!("function {name}() in {expression}")),
    })
}

fn member(name: &str, expression: &str, all: &mut Vec<Step>) -> Result<(), String> {
    if let Some(field) = name.strip_suffix("[0]") {
        all.extend([Step::Field(field.into()), Step::Guard(Guard::First)]);
    } else if !name.is_empty() && name.chars().all(char::is_alphanumeric) {
        all.push(Step::Field(name.into()));
    } else {
        return Err(format!("step {name:?} in {expression}"));
    }
    Ok(())
}
