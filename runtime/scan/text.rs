//! What shows in the text itself: secrets, characters that are not seen, code without its source.
//!
//! In: a file's text. Out: findings. Side effects: none.

use std::borrow::Cow;
use std::collections::HashSet;

use super::walk::Source;
use super::{Findings, Rule, tokens};

/// A file is minified if most of it stands in lines this long …
const LONG_LINE: usize = 500;
/// … it is no snippet …
const SHORTEST: usize = 2048;
/// … and few of its characters are white space, in percent.
const MOST_SPACE: usize = 12;

/// So many hidden characters in a row are no emoji.
const LONGEST_RUN: usize = 4;

/// Where hidden characters are looked for, beside code: what is read or run by programs.
const READ_BY_PROGRAMS: [&str; 12] = [
    "json",
    "yml",
    "yaml",
    "toml",
    "sh",
    "bash",
    "py",
    "html",
    "xml",
    "dockerfile",
    "gyp",
    "env",
];

/// The file's text; `None` for other files.
pub(super) fn of(source: &Source) -> Option<Cow<'_, str>> {
    let start = &source.bytes[..source.bytes.len().min(8192)];
    if start.contains(&0) {
        return None;
    }
    Some(String::from_utf8_lossy(&source.bytes))
}

pub(super) fn check(source: &Source, content: &str, findings: &mut Findings) {
    for token in tokens::find(content) {
        let line = line_of(content, token.range.start);
        let message = format!("holds what looks like {}", token.kind);
        findings.add(Rule::Secrets, &source.name, Some(line), message);
    }
    let extension = source.extension();
    let is_read =
        super::code::is_code(&extension) || READ_BY_PROGRAMS.contains(&extension.as_str());
    if is_read || source.base() == "Dockerfile" {
        hidden(source, content, findings);
    }
}

/// One that is not seen stands in many an honest string; those that turn text around, stand in for letters or carry
/// hidden text, and several in a row, do not. In names, every one is found by the syntax tree.
fn hidden(source: &Source, content: &str, findings: &mut Findings) {
    if content.is_ascii() {
        return;
    }
    let mut last_line = 0;
    let mut run = 0;
    for (at, char) in content.char_indices() {
        run = if is_hidden_character(char) {
            run + 1
        } else {
            0
        };
        if is_never_honest(char) || run == LONGEST_RUN {
            let line = line_of(content, at);
            if line != last_line {
                let message = format!("holds {} (U+{:04X})", describe(char), char as u32);
                findings.add(Rule::HiddenCharacters, &source.name, Some(line), message);
            }
            last_line = line;
        }
    }
}

/// Whether a character is not seen, or changes the order in which others are seen.
pub fn is_hidden_character(char: char) -> bool {
    matches!(char,
        '\u{00ad}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn is_never_honest(char: char) -> bool {
    matches!(char,
        '\u{115f}' | '\u{1160}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{3164}' | '\u{ffa0}'
        | '\u{e0001}' | '\u{e0100}'..='\u{e01ef}')
}

fn describe(char: char) -> &'static str {
    match char {
        '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{061c}' => "a character that turns text around",
        _ => "a character that is not seen",
    }
}

/// The line of a byte offset, 1 for the first.
pub(super) fn line_of(content: &str, offset: usize) -> u32 {
    let before = &content.as_bytes()[..offset.min(content.len())];
    let breaks = before.iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(breaks + 1).unwrap_or(u32::MAX)
}

/// Tells code without source from code that was built from what is beside it.
#[derive(Debug, Default)]
pub(super) struct Minified {
    /// File and stem.
    minified: Vec<(String, String)>,
    /// Stems of readable code.
    readable: HashSet<String>,
}

impl Minified {
    /// Takes note of a file of code.
    pub(super) fn add(&mut self, source: &Source, content: &str) {
        let stem = source
            .base()
            .split('.')
            .next()
            .unwrap_or_default()
            .to_string();
        match is_minified(content) {
            true if !content.contains("//# sourceMappingURL=data:") => {
                self.minified.push((source.name.clone(), stem));
            }
            true => {}
            false if source.name.ends_with(".d.ts") => {}
            false => {
                self.readable.insert(stem);
            }
        }
    }

    /// Reports minified files that no readable file is the source of.
    pub(super) fn finish(&self, findings: &mut Findings) {
        for (name, stem) in &self.minified {
            if !self.readable.contains(stem) {
                let message = "is minified, and there is no readable source of it";
                findings.add(Rule::Minified, name, None, message);
            }
        }
    }
}

fn is_minified(content: &str) -> bool {
    if content.len() < SHORTEST {
        return false;
    }
    let long = content
        .lines()
        .map(str::len)
        .filter(|length| *length >= LONG_LINE);
    let spaces = content.bytes().filter(u8::is_ascii_whitespace).count();
    long.sum::<usize>() * 10 > content.len() * 6 && spaces * 100 < content.len() * MOST_SPACE
}
