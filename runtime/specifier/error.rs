//! The error of a specifier that cannot be read: what, where in the text, and what to type instead.

use std::fmt;
use std::ops::Range;

/// How much of a long text is shown before and after the offending part.
const CONTEXT: usize = 48;

/// A malformed specifier. Displays the reason, then the text with the offending part underlined.
///
/// ```text
/// malformed specifier: `..` may not be part of a path
///     github:owner/repo/../x@v1
///                       ^^
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecifierError {
    /// The text as given, with credentials in it replaced by `*` of the same length.
    pub text: String,
    /// The offending part: byte offsets into `text`; empty where something is missing.
    pub span: Range<usize>,
    /// What is wrong with it.
    pub reason: String,
    hints: Vec<String>,
}

impl SpecifierError {
    pub(super) fn new(text: &str, span: Range<usize>, reason: impl Into<String>) -> SpecifierError {
        SpecifierError {
            text: mask_credentials(text),
            span,
            reason: reason.into(),
            hints: Vec::new(),
        }
    }

    /// The text from `at` on, fit for a hint: credentials are hidden.
    pub(super) fn text_from(&self, at: usize) -> String {
        self.text[at..].to_string()
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> SpecifierError {
        self.hints.push(hint.into());
        self
    }

    /// Things the reader can type instead.
    pub fn hints(&self) -> Vec<String> {
        self.hints.clone()
    }

    /// One line of text around the span, and the line that underlines it. Both have one character per
    /// character of the text, whatever control characters it holds.
    fn excerpt(&self) -> (String, String) {
        let shown = |text: &str| text.chars().map(printable).collect::<Vec<char>>();
        let before = shown(&self.text[..self.span.start]);
        let inside = shown(&self.text[self.span.clone()]);
        let after = shown(&self.text[self.span.end..]);
        let mut line = String::new();
        let skipped = before.len().saturating_sub(CONTEXT);
        if skipped > 0 {
            line.push('…');
        }
        line.extend(&before[skipped..]);
        let indent = line.chars().count();
        let width = inside.len().clamp(1, 2 * CONTEXT);
        line.extend(inside.iter().take(width));
        if inside.len() > width {
            line.push('…');
        } else {
            line.extend(after.iter().take(CONTEXT));
            if after.len() > CONTEXT {
                line.push('…');
            }
        }
        (line, format!("{}{}", " ".repeat(indent), "^".repeat(width)))
    }
}

impl fmt::Display for SpecifierError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, carets) = self.excerpt();
        write!(
            formatter,
            "malformed specifier: {}\n    {line}\n    {carets}",
            self.reason
        )
    }
}

impl std::error::Error for SpecifierError {}

/// A text that a terminal would act on must not reach it.
fn printable(character: char) -> char {
    if super::text::is_unprintable(character) {
        '\u{fffd}'
    } else {
        character
    }
}

/// Hides what stands before `@` in what is, or may have been meant as, a URL's authority; and a URL's
/// query. The length stays, so that spans hold.
fn mask_credentials(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once(':') else {
        return text.to_string();
    };
    let authority = rest.trim_start_matches(['/', '\\']);
    let has_authority = !["github", "npm", "file"].contains(&scheme.to_ascii_lowercase().as_str());
    if !has_authority && !rest.starts_with("//") {
        return text.to_string();
    }
    let start = text.len() - authority.len();
    let end = text[start..]
        .find(['/', '?', '#', '\\'])
        .map_or(text.len(), |at| start + at);
    let mut masked = text.to_string();
    let stars = |part: &str| "*".repeat(part.len());
    if let Some(query) = text[end..].find('?').map(|at| end + at + 1) {
        masked.replace_range(query.., &stars(&text[query..]));
    }
    if let Some(at) = text[start..end].rfind('@') {
        masked.replace_range(start..start + at, &stars(&text[start..start + at]));
    }
    masked
}
