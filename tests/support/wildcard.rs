//! Compares output with an expectation that has wildcards.
//!
//! `[WILDCARD]` any text, `[LINE]` any text in one line, `[PORT]` and `[NUMBER]` digits, `[HASH]` 7 to 128 hex digits.

use regex::Regex;

const WILDCARDS: [(&str, &str); 5] = [
    ("[WILDCARD]", "(?s:.*?)"),
    ("[LINE]", "[^\n]*?"),
    ("[PORT]", "[0-9]{1,5}"),
    ("[NUMBER]", "[0-9]+(?:\\.[0-9]+)?"),
    ("[HASH]", "[0-9a-f]{7,128}"),
];

/// Whether the whole of `actual` is what `expected` describes. Trailing line ends do not count.
pub fn matches(expected: &str, actual: &str) -> bool {
    let pattern = format!("^(?:{})$", pattern(expected.trim_end_matches('\n')));
    compile(&pattern).is_match(actual.trim_end_matches('\n'))
}

/// Whether some part of `actual` is what `expected` describes.
pub fn contains(expected: &str, actual: &str) -> bool {
    compile(&pattern(expected)).is_match(actual)
}

fn compile(pattern: &str) -> Regex {
    regex::RegexBuilder::new(pattern)
        .size_limit(64 << 20)
        .build()
        .expect("escaped text and known wildcards form a pattern")
}

fn pattern(expected: &str) -> String {
    let mut pattern = String::new();
    let mut rest = expected;
    'text: while !rest.is_empty() {
        for (name, expression) in WILDCARDS {
            if let Some(after) = rest.strip_prefix(name) {
                pattern.push_str(expression);
                rest = after;
                continue 'text;
            }
        }
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest[first..].find('[').map_or(rest.len(), |at| first + at);
        pattern.push_str(&regex::escape(&rest[..end]));
        rest = &rest[end..];
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::{contains, matches};

    #[test]
    fn wildcards_stand_for_what_they_say() {
        assert!(matches("a[LINE]z\n[WILDCARD]end", "a b z\n1\n2\nend\n"));
        assert!(matches("on [PORT] at [HASH]", "on 8080 at deadbeef"));
        assert!(!matches("a[LINE]z", "a\nz"));
        assert!(!matches("[HASH]", "xyz"));
        assert!(matches("[not a wildcard] (é)", "[not a wildcard] (é)"));
        assert!(contains("b[PORT]", "a b1 c"));
        assert!(!contains("b[PORT]", "a b c"));
    }
}
