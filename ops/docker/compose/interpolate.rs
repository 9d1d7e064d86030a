//! `$NAME` and `${NAME…}` in values, as the compose specification has them.
//!
//! In: text, variables. Out: text; the names of variables that were missing. Side effects: none.
//! Source: <https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md>.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{ComposeError, Fault};
use super::node::{Node, Place, Value};

/// Defaults within defaults deeper than this are refused.
const DEEPEST: usize = 32;

/// The variables of a project, and what was asked for in vain.
pub(crate) struct Variables<'a> {
    pub(crate) values: &'a BTreeMap<String, String>,
    pub(crate) missing: BTreeSet<String>,
}

/// Why a text could not be interpolated.
pub(crate) enum Refused {
    Format(String),
    Missing { name: String, message: String },
}

impl<'a> Variables<'a> {
    pub(crate) fn new(values: &'a BTreeMap<String, String>) -> Self {
        Self {
            values,
            missing: BTreeSet::new(),
        }
    }

    /// Replaces variables in all values of `node`. Keys stay as they are.
    ///
    /// # Errors
    /// [`ComposeError::Interpolation`], [`ComposeError::MissingVariable`].
    pub(crate) fn interpolate(&mut self, node: &mut Node, path: &str) -> Result<(), ComposeError> {
        let place = node.place.clone();
        match &mut node.value {
            // What comes out is text, even where it looks like null.
            Value::Scalar { text, quoted } if text.contains('$') => {
                *text = self
                    .expand(text)
                    .map_err(|refused| error(refused, &place, path))?;
                *quoted = true;
            }
            Value::Scalar { .. } => {}
            Value::List(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.interpolate(item, &format!("{path}[{index}]"))?;
                }
            }
            Value::Map(entries) => {
                for entry in entries {
                    let path = if path.is_empty() {
                        entry.key.clone()
                    } else {
                        format!("{path}.{}", entry.key)
                    };
                    self.interpolate(&mut entry.node, &path)?;
                }
            }
        }
        Ok(())
    }

    /// `text` with its variables replaced.
    pub(crate) fn expand(&mut self, text: &str) -> Result<String, Refused> {
        let (expanded, _) = self.expand_until(text, false, 0)?;
        Ok(expanded)
    }

    /// Expands up to the end, or to the `}` that closes a default. Returns the rest behind it too.
    fn expand_until<'t>(
        &mut self,
        text: &'t str,
        braced: bool,
        depth: usize,
    ) -> Result<(String, &'t str), Refused> {
        if depth > DEEPEST {
            return Err(Refused::Format(format!(
                "defaults within defaults, more than {DEEPEST} deep"
            )));
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        loop {
            let Some(index) = rest.find(if braced { ['$', '}'] } else { ['$', '$'] }) else {
                out.push_str(rest);
                return if braced {
                    Err(Refused::Format("'${' without '}'".to_owned()))
                } else {
                    Ok((out, ""))
                };
            };
            out.push_str(&rest[..index]);
            rest = &rest[index..];
            if let Some(behind) = rest.strip_prefix('}') {
                return Ok((out, behind));
            }
            let (value, behind) = self.variable(&rest[1..], depth)?;
            out.push_str(&value);
            rest = behind;
        }
    }

    /// What stands behind a `$`.
    fn variable<'t>(&mut self, text: &'t str, depth: usize) -> Result<(String, &'t str), Refused> {
        if let Some(behind) = text.strip_prefix('$') {
            return Ok(("$".to_owned(), behind));
        }
        if let Some(inner) = text.strip_prefix('{') {
            return self.braced(inner, depth);
        }
        match split_name(text) {
            ("", _) => Err(Refused::Format("'$' without a name behind it".to_owned())),
            (name, behind) => Ok((self.plain(name), behind)),
        }
    }

    fn braced<'t>(&mut self, inner: &'t str, depth: usize) -> Result<(String, &'t str), Refused> {
        let (name, behind) = split_name(inner);
        if name.is_empty() {
            return Err(Refused::Format("'${' without a name behind it".to_owned()));
        }
        if let Some(behind) = behind.strip_prefix('}') {
            return Ok((self.plain(name), behind));
        }
        let (empty_counts_as_unset, behind) = behind
            .strip_prefix(':')
            .map_or((false, behind), |behind| (true, behind));
        let mut letters = behind.chars();
        let operator = letters.next();
        if !matches!(operator, Some('-' | '?' | '+')) {
            let found = behind
                .chars()
                .next()
                .map_or_else(|| "the end".to_owned(), |found| format!("'{found}'"));
            return Err(Refused::Format(format!(
                "'}}', ':-', '-', ':?', '?', ':+' or '+' expected behind '${{{name}', found {found}"
            )));
        }
        let value = self
            .values
            .get(name)
            .filter(|value| !(empty_counts_as_unset && value.is_empty()))
            .cloned();
        let missing_before = self.missing.clone();
        let (word, behind) = self.expand_until(letters.as_str(), true, depth + 1)?;
        let word_is_used = match operator {
            Some('+') => value.is_some(),
            _ => value.is_none(),
        };
        if !word_is_used {
            self.missing = missing_before;
        }
        match (operator, value) {
            (Some('+'), value) => Ok((value.map(|_| word).unwrap_or_default(), behind)),
            (Some('?'), None) => Err(Refused::Missing {
                name: name.to_owned(),
                message: word,
            }),
            (_, value) => Ok((value.unwrap_or(word), behind)),
        }
    }

    fn plain(&mut self, name: &str) -> String {
        self.values.get(name).cloned().unwrap_or_else(|| {
            self.missing.insert(name.to_owned());
            String::new()
        })
    }
}

fn split_name(text: &str) -> (&str, &str) {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return ("", text);
    }
    let end = text
        .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .unwrap_or(text.len());
    text.split_at(end)
}

pub(crate) fn error(refused: Refused, place: &Place, path: &str) -> ComposeError {
    match refused {
        Refused::Format(message) => ComposeError::Interpolation(Fault::new(place, path, message)),
        Refused::Missing { name, message } => {
            let message = if message.is_empty() {
                format!("the variable {name} must be set")
            } else {
                format!("the variable {name} must be set: {message}")
            };
            ComposeError::MissingVariable {
                name,
                fault: Fault::new(place, path, message),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> Result<String, String> {
        let values = BTreeMap::from([
            ("A".to_owned(), "a".to_owned()),
            ("EMPTY".to_owned(), String::new()),
        ]);
        Variables::new(&values)
            .expand(text)
            .map_err(|refused| match refused {
                Refused::Format(message) => message,
                Refused::Missing { name, message } => format!("{name}: {message}"),
            })
    }

    #[test]
    fn forms_of_variables() {
        for (text, expected) in [
            ("x$A-y", "xa-y"),
            ("${A}${A}", "aa"),
            ("$$A $${A}", "$A ${A}"),
            ("[$NONE][${NONE}]", "[][]"),
            ("${A:-d}${NONE:-d}${EMPTY:-d}", "add"),
            ("${A-d}${NONE-d}[${EMPTY-d}]", "ad[]"),
            ("${A:+r}[${NONE:+r}][${EMPTY:+r}]", "r[][]"),
            ("${A+r}[${NONE+r}]${EMPTY+r}", "r[]r"),
            ("${A:?e}${A?e}[${EMPTY?e}]", "aa[]"),
            ("${NONE:-${NEITHER:-${A}}}!", "a!"),
            ("${NONE:-a-b:c?d+e}", "a-b:c?d+e"),
            ("${NONE:-$$x}", "$x"),
            ("${PORT:-8006}:8006", "8006:8006"),
            ("ünï ${A} cöde", "ünï a cöde"),
        ] {
            assert_eq!(expand(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_refused() {
        for (text, expected) in [
            ("${NONE:?no $A}", "NONE: no a"),
            ("${EMPTY:?}", "EMPTY: "),
            ("${NONE?e}", "NONE: e"),
            (
                "${A",
                "'}', ':-', '-', ':?', '?', ':+' or '+' expected behind '${A', found the end",
            ),
            ("${A:-d", "'${' without '}'"),
            ("${}", "'${' without a name behind it"),
            ("cost: 5$", "'$' without a name behind it"),
            ("$1", "'$' without a name behind it"),
            (
                "${A b}",
                "'}', ':-', '-', ':?', '?', ':+' or '+' expected behind '${A', found ' '",
            ),
        ] {
            assert_eq!(expand(text), Err(expected.to_owned()), "{text}");
        }
        assert!(expand(&format!("{}{}", "${N:-".repeat(40), "}".repeat(40))).is_err());
    }

    #[test]
    fn only_variables_that_were_used_are_missing() {
        let values = BTreeMap::from([("A".to_owned(), "a".to_owned())]);
        let mut variables = Variables::new(&values);
        assert!(variables.expand("$X ${A:-$Y} ${Z:-d}").is_ok());
        assert_eq!(variables.missing.into_iter().collect::<Vec<_>>(), ["X"]);
    }
}
