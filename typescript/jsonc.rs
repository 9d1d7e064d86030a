//! JSON with comments and trailing commas, as in `tsconfig.json`.
//!
//! In: text. Out: plain JSON of the same length, so that error positions stay true. Side effects: none.

/// Replaces comments and trailing commas by spaces.
pub(crate) fn to_json(text: &str) -> String {
    let mut bytes = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .as_bytes()
        .to_vec();
    let mut comma = None;
    let mut at = 0;
    while at < bytes.len() {
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'"', _) => string_end(&bytes, at),
            (b'/', Some(b'/')) => find(&bytes, at, b"\n").unwrap_or(bytes.len()),
            (b'/', Some(b'*')) => find(&bytes, at + 2, b"*/").map_or(bytes.len(), |it| it + 2),
            _ => at + 1,
        };
        match bytes[at] {
            b'/' if end > at + 1 => blank(&mut bytes[at..end]),
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(trailing) = comma.take() {
                    bytes[trailing] = b' ';
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at = end;
    }
    String::from_utf8(bytes).expect("only ASCII was put in place of whole characters")
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes {
        if !byte.is_ascii_whitespace() {
            *byte = b' ';
        }
    }
}

/// The place after the closing quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let found = rest.windows(what.len()).position(|window| window == what)?;
    Some(from + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_go() {
        let text = "{ // one\n \"a\": [1, 2, /* x */ ], /* é */ \"url\": \"http://x/*y*/\", }";
        let value: serde_json::Value = serde_json::from_str(&to_json(text)).unwrap();
        assert_eq!(
            value,
            serde_json::json!({ "a": [1, 2], "url": "http://x/*y*/" })
        );
    }

    #[test]
    fn broken_text_stays_broken_but_never_panics() {
        for text in ["{ \"a", "/*", "//", "{ \"a\\", "{,}", "\u{feff}{}", "\"\\"] {
            to_json(text);
        }
        assert_eq!(to_json("{ \"a\": 1,, }"), "{ \"a\": 1,  }");
    }
}
