//! `.env` and `env_file`: lines of `NAME=value`.
//!
//! In: the text of a file, and variables for `${…}` within it. Out: pairs in order. Side effects: none.
//! Unquoted and double-quoted values are interpolated, single-quoted ones are not; `#` after a blank begins a comment.
//! Source: <https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax>.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{ComposeError, Fault};
use super::interpolate::{Variables, error};
use super::node::{Place, Source};

/// Reads all lines. `None` for a name that stands alone: its value is inherited.
///
/// # Errors
/// [`ComposeError::EnvironmentFile`]: no name, or a quote that is not closed. [`ComposeError::Interpolation`] and
/// [`ComposeError::MissingVariable`] from a value.
pub(crate) fn parse(
    source: &Arc<Source>,
    outer: &BTreeMap<String, String>,
) -> Result<Vec<(String, Option<String>)>, ComposeError> {
    let mut known = outer.clone();
    let mut pairs = Vec::new();
    let text = source
        .text
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n");
    let (mut rest, mut line) = (text.as_str(), 1);
    while !rest.is_empty() {
        let place = Place::new(source, line, 1);
        let (pair, behind) = one(rest, &known, &place)?;
        line += rest[..rest.len() - behind.len()].matches('\n').count();
        rest = behind;
        if let Some((name, value)) = pair {
            if let Some(value) = value.clone().filter(|_| !outer.contains_key(&name)) {
                known.insert(name.clone(), value);
            }
            pairs.push((name, value));
        }
    }
    Ok(pairs)
}

type Pair = (String, Option<String>);

/// One line, or several where a quoted value goes on.
fn one<'t>(
    text: &'t str,
    known: &BTreeMap<String, String>,
    place: &Place,
) -> Result<(Option<Pair>, &'t str), ComposeError> {
    let (line, behind) = text.split_once('\n').unwrap_or((text, ""));
    let trimmed = line.trim();
    if trimmed.is_empty() || trimmed.starts_with('#') {
        return Ok((None, behind));
    }
    let declared = trimmed.strip_prefix("export ").unwrap_or(trimmed);
    let Some((name, _)) = declared.split_once('=') else {
        let name = checked_name(declared.split(" #").next().unwrap_or(declared), place)?;
        return Ok((Some((name, None)), behind));
    };
    let name = checked_name(name, place)?;
    let start = text.find('=').map_or(text.len(), |index| index + 1);
    let value = text[start..].trim_start_matches([' ', '\t']);
    let expand = |value: &str| {
        Variables::new(known)
            .expand(value)
            .map_err(|refused| error(refused, place, &name))
    };
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let (inner, behind) = quoted(&value[1..], quote)
                .ok_or_else(|| fault(place, format!("a quote of {name} is not closed")))?;
            let inner = if quote == '"' {
                unescape(&expand(&inner.replace("\\$", "$$"))?)
            } else {
                inner.to_owned()
            };
            Ok((
                Some((name, Some(inner))),
                behind.split_once('\n').map_or("", |(_, behind)| behind),
            ))
        }
        _ => {
            let line = value.split('\n').next().unwrap_or_default();
            let plain = if line.starts_with('#') {
                ""
            } else {
                line.split(" #").next().unwrap_or_default()
            };
            Ok((Some((name.clone(), Some(expand(plain.trim())?))), behind))
        }
    }
}

fn checked_name(name: &str, place: &Place) -> Result<String, ComposeError> {
    let name = name.trim();
    if name.is_empty()
        || name.contains(|letter: char| letter.is_whitespace() || letter == '"' || letter == '\'')
    {
        return Err(fault(place, "NAME=value expected"));
    }
    Ok(name.to_owned())
}

fn fault(place: &Place, message: impl Into<String>) -> ComposeError {
    ComposeError::EnvironmentFile(Fault::new(place, "", message))
}

/// Up to the closing quote, and what is behind it.
fn quoted(text: &str, quote: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (index, letter) in text.char_indices() {
        if letter == quote && !escaped {
            return Some((&text[..index], &text[index + 1..]));
        }
        escaped = letter == '\\' && !escaped && quote == '"';
    }
    None
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(other @ ('"' | '\\' | '\'' | '$')) => out.push(other),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Pair>, ComposeError> {
        let source = Arc::new(Source {
            path: ".env".into(),
            text: text.to_owned(),
            is_private: true,
        });
        parse(
            &source,
            &BTreeMap::from([("OUT".to_owned(), "outer".to_owned())]),
        )
    }

    fn pair(name: &str, value: &str) -> Pair {
        (name.to_owned(), Some(value.to_owned()))
    }

    #[test]
    fn forms() {
        let text = "# c\n\nA=1\nexport B = two words # c\nC=\"x\\ty $A\" # c\nD='$A # \\n'\nE=\nF=a#b\nG\nH=${A}-$OUT-${NONE:-d}\nI=\"one\ntwo\"\r\nJ=a=b\n";
        let expected = [
            pair("A", "1"),
            pair("B", "two words"),
            pair("C", "x\ty 1"),
            pair("D", "$A # \\n"),
            pair("E", ""),
            pair("F", "a#b"),
            ("G".to_owned(), None),
            pair("H", "1-outer-d"),
            pair("I", "one\ntwo"),
            pair("J", "a=b"),
        ];
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn faults_name_the_line() {
        for (text, place) in [
            ("A=1\n=2\n", ".env:2:1"),
            ("A=\"x\ny\"\n\nB='x\n", ".env:4:1"),
            ("A B=1", ".env:1:1"),
            ("A=${B", ".env:1:1"),
        ] {
            assert!(
                read(text).unwrap_err().to_string().starts_with(place),
                "{text}"
            );
        }
    }
}
