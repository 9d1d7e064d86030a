//! Errors of parsing, emitting and reading `tsconfig.json`.
//!
//! In: swc diagnostics and byte positions. Out: one error type whose text holds file, line, column and excerpt.
//! Side effects: none.

use std::path::{Path, PathBuf};

use deno_ast::ParseDiagnostic;
use url::Url;

/// Longest part of a source line that an excerpt shows, in characters.
const EXCERPT_WIDTH: usize = 120;

/// What can go wrong between source text and JavaScript.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
pub enum TypeScriptError {
    /// The source is not valid TypeScript or JavaScript.
    #[class(syntax)]
    #[error("{message}\n    at {specifier}:{line}:{column}\n\n{excerpt}")]
    Syntax {
        /// The file's URL.
        specifier: Box<Url>,
        /// 1-based.
        line: usize,
        /// 1-based, in characters.
        column: usize,
        /// The source line with a caret below the place.
        excerpt: String,
        /// The parser's words.
        message: String,
    },
    /// A construct that parses, but has no JavaScript form.
    #[class(syntax)]
    #[error("could not transpile {specifier}: {message}")]
    Transform {
        /// The file's URL.
        specifier: Box<Url>,
        /// What the transform said.
        message: String,
    },
    /// CommonJS is asked for, which cannot wait.
    #[class(syntax)]
    #[error("{specifier} uses `await` outside of functions, so it cannot be loaded as CommonJS")]
    TopLevelAwait {
        /// The file's URL.
        specifier: Box<Url>,
    },
    /// The printer failed.
    #[class(generic)]
    #[error("could not print {specifier}")]
    Print {
        /// The file's URL.
        specifier: Box<Url>,
        /// The printer's error.
        #[source]
        source: deno_ast::EmitError,
    },
    /// A `tsconfig.json` exists but cannot be read.
    #[class(generic)]
    #[error("could not read {}", path.display())]
    ConfigRead {
        /// The file.
        path: PathBuf,
        /// The reader's error.
        #[source]
        source: std::io::Error,
    },
    /// A `tsconfig.json` is not JSON with comments.
    #[class(syntax)]
    #[error("{} is not valid JSON: {message}\n    at {}:{line}:{column}\n\n{excerpt}", path.display(), path.display())]
    ConfigSyntax {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// 1-based, in characters.
        column: usize,
        /// The line with a caret below the place.
        excerpt: String,
        /// The parser's words.
        message: String,
    },
    /// `extends` leads back to a file that is being read.
    #[class(generic)]
    #[error("tsconfig `extends` goes in a circle: {}", chain.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" -> "))]
    ConfigCycle {
        /// The files in order; the last one repeats an earlier one.
        chain: Vec<PathBuf>,
    },
}

impl TypeScriptError {
    /// What the reader can type or change to get further.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Syntax { specifier, .. } if specifier.path().ends_with(".ts") => {
                let looks_like_jsx = self.to_string().contains("</");
                let hint = "JSX is only read in `.tsx` and `.jsx` files: rename the file";
                looks_like_jsx.then(|| hint.into()).into_iter().collect()
            }
            Self::TopLevelAwait { specifier } => {
                let name = specifier.path().rsplit('/').next().unwrap_or_default();
                vec![format!(
                    "load it with `await import(\"./{name}\")` instead of `require`"
                )]
            }
            Self::ConfigCycle { chain } => match chain.last() {
                Some(path) => vec![format!("remove one `extends` from {}", path.display())],
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    pub(crate) fn from_diagnostic(diagnostic: &ParseDiagnostic, source: &str) -> Self {
        let place = diagnostic.display_position();
        Self::Syntax {
            specifier: Box::new(diagnostic.specifier().clone()),
            line: place.line_number,
            column: place.column_number,
            excerpt: excerpt(source, place.line_number, place.column_number),
            message: diagnostic.kind().msg().into_owned(),
        }
    }

    pub(crate) fn from_json(path: &Path, source: &str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let message = text.split(" at line ").next().unwrap_or(&text).to_string();
        let (line, column) = (error.line().max(1), error.column().max(1));
        Self::ConfigSyntax {
            path: path.to_path_buf(),
            line,
            column,
            excerpt: excerpt(source, line, column),
            message,
        }
    }
}

/// One source line with its number and a caret below `column`; long lines are cut around the place.
fn excerpt(source: &str, line: usize, column: usize) -> String {
    let text = source.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let at = column.saturating_sub(1);
    let start = at.saturating_sub(EXCERPT_WIDTH / 2);
    let shown: String = text.chars().skip(start).take(EXCERPT_WIDTH).collect();
    let pad: String = shown
        .chars()
        .take(at - start)
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    let gutter = " ".repeat(line.to_string().len());
    format!("  {line} | {shown}\n  {gutter} | {pad}^")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpt_points_at_the_column() {
        assert_eq!(excerpt("a\n\tb c\n", 2, 4), "  2 | \tb c\n    | \t  ^");
    }

    #[test]
    fn excerpt_cuts_long_lines_around_the_place() {
        let line = "x".repeat(1000);
        let text = excerpt(&line, 1, 500);
        assert!(text.lines().all(|line| line.len() <= EXCERPT_WIDTH + 8));
        assert!(text.ends_with('^'));
    }
}
