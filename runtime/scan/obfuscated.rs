//! Code that was made hard to read: by its names, its escapes, its characters.
//!
//! In: text and syntax tree. Out: places and what is odd there. Side effects: none.

use std::collections::HashSet;

use deno_ast::ParsedSource;
use deno_ast::swc::ast::{Expr, Ident, IdentName, Str};
use deno_ast::swc::atoms::Atom;
use deno_ast::swc::common::BytePos;
use deno_ast::swc::ecma_visit::{Visit, VisitWith, noop_visit_type};

use super::text::is_hidden_character;
use super::walk::Source;
use super::{Findings, Rule};

/// Different names like `_0x3f2a` from which on they are no coincidence.
const MOST_HEX_NAMES: usize = 8;
/// Escapes of characters that could have been written, and their share of all characters of strings in percent.
const MOST_ESCAPES: usize = 100;
const MOST_ESCAPED: usize = 25;
/// A string this long …
const LONG_STRING: usize = 2000;
/// … with this many bits in a character is compressed or encrypted …
const HIGH_ENTROPY: f64 = 5.6;

/// Code of six characters: `[][(![]+[])[+[]]+…`.
pub(super) fn check_text(source: &Source, content: &str, findings: &mut Findings) {
    let written = content.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let (mut all, mut odd) = (0usize, 0usize);
    for byte in written {
        all += 1;
        odd += usize::from(matches!(
            byte,
            b'[' | b']' | b'(' | b')' | b'!' | b'+' | b'{' | b'}' | b';'
        ));
    }
    if all > 300 && odd * 100 > all * 95 {
        let message = "is written in brackets and operators alone";
        findings.add(Rule::Obfuscated, &source.name, Some(1), message);
    }
}

/// What names and strings show.
pub(super) fn check(parsed: &ParsedSource) -> Vec<(BytePos, Rule, &'static str)> {
    let mut signs = Signs::default();
    parsed.program_ref().visit_with(&mut signs);
    let hidden = "has a name with a character that is not seen";
    let names = signs.hidden_names.iter();
    let names = names.map(|at| (*at, Rule::HiddenCharacters, hidden));
    let mut found: Vec<_> = names.collect();
    let mut add = |at, message| found.push((at, Rule::Obfuscated, message));
    if signs.hex_names.len() >= MOST_HEX_NAMES {
        add(
            signs.first_hex_name,
            "has names that an obfuscator makes (_0x…)",
        );
    }
    if signs.escapes >= MOST_ESCAPES && signs.escapes * 100 > signs.characters * MOST_ESCAPED {
        add(signs.first_escape, "hides its strings behind escapes");
    }
    if let (Some(at), true) = (signs.dense_string, signs.has_evaluator) {
        add(at, "has a long encoded string, and runs text as code");
    }
    found
}

#[derive(Default)]
struct Signs {
    hidden_names: Vec<BytePos>,
    hex_names: HashSet<Atom>,
    first_hex_name: BytePos,
    escapes: usize,
    characters: usize,
    first_escape: BytePos,
    dense_string: Option<BytePos>,
    has_evaluator: bool,
}

impl Signs {
    fn look_at_name(&mut self, at: BytePos, name: &str) {
        if !name.is_ascii() && name.chars().any(is_hidden_character) {
            self.hidden_names.push(at);
        }
    }
}

impl Visit for Signs {
    noop_visit_type!();

    fn visit_ident_name(&mut self, it: &IdentName) {
        self.look_at_name(it.span.lo, &it.sym);
    }

    fn visit_ident(&mut self, it: &Ident) {
        self.look_at_name(it.span.lo, &it.sym);
        let digits = it.sym.strip_prefix("_0x").unwrap_or_default();
        if digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            if self.hex_names.is_empty() {
                self.first_hex_name = it.span.lo;
            }
            self.hex_names.insert(it.sym.clone());
        }
    }

    fn visit_expr(&mut self, it: &Expr) {
        if let Expr::Ident(name) = it {
            self.has_evaluator |= matches!(&*name.sym, "eval" | "Function");
        }
        it.visit_children_with(self);
    }

    fn visit_str(&mut self, it: &Str) {
        let raw = it.raw.as_ref().map_or("", |raw| raw.as_str());
        let escapes = needless_escapes(raw);
        if escapes > 0 && self.escapes == 0 {
            self.first_escape = it.span.lo;
        }
        self.escapes += escapes;
        self.characters += it.value.len();
        if raw.len() >= LONG_STRING && is_dense(raw) {
            self.dense_string.get_or_insert(it.span.lo);
        }
    }
}

/// `\x68` and `\u0068` stand for `h`: printable ASCII is never escaped in earnest.
fn needless_escapes(raw: &str) -> usize {
    let mut count = 0;
    for part in raw.split('\\').skip(1) {
        let digits = match part.as_bytes() {
            [b'x', ..] => part.get(1..3),
            [b'u', ..] => part.get(1..5),
            _ => None,
        };
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        count += usize::from(code.is_some_and(|code| (0x20..0x7f).contains(&code)));
    }
    count
}

/// The characters of base64 alone, and nearly as many bits in each as it has room for.
fn is_dense(text: &str) -> bool {
    let text = text.trim_matches(['"', '\'']);
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte);
    if !text.bytes().all(is_base64) {
        return false;
    }
    let mut counts = [0u32; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    #[expect(clippy::cast_precision_loss, reason = "an estimate of a few digits")]
    let length = text.len() as f64;
    let shares = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length);
    let entropy: f64 = shares.map(|share| -share * share.log2()).sum();
    entropy > HIGH_ENTROPY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(needless_escapes(r#""\x68\x69""#), 2);
        assert_eq!(needless_escapes(r#""\u0068 \u00e9 \n \x00""#), 1);
        assert_eq!(needless_escapes(r#""\x""#), 0);
    }

    #[test]
    fn density() {
        let english = "thequickbrownfoxjumpsoverthelazydog".repeat(100);
        assert!(!is_dense(&english));
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        assert!(is_dense(&alphabet.repeat(50)));
    }
}
