//! Pieces of a specifier's text that know where they stand, and the rules that all pieces share.

use std::ops::Range;

use super::error::SpecifierError;

/// A part of the whole text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    whole: &'a str,
    start: usize,
    end: usize,
}

impl<'a> Part<'a> {
    pub(super) fn new(whole: &'a str) -> Part<'a> {
        Part {
            whole,
            start: 0,
            end: whole.len(),
        }
    }

    pub(super) fn as_str(self) -> &'a str {
        &self.whole[self.start..self.end]
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// A part of this part, by byte offsets within it.
    pub(super) fn slice(self, range: Range<usize>) -> Part<'a> {
        Part {
            whole: self.whole,
            start: self.start + range.start,
            end: self.start + range.end,
        }
    }

    pub(super) fn before(self, at: usize) -> Part<'a> {
        self.slice(0..at)
    }

    pub(super) fn after(self, at: usize) -> Part<'a> {
        self.slice(at..self.end - self.start)
    }

    pub(super) fn strip_prefix(self, prefix: &str) -> Option<Part<'a>> {
        self.as_str()
            .starts_with(prefix)
            .then(|| self.after(prefix.len()))
    }

    /// Splits at the first `separator`, which belongs to neither half.
    pub(super) fn split_once(self, separator: char) -> Option<(Part<'a>, Part<'a>)> {
        let at = self.as_str().find(separator)?;
        Some((self.before(at), self.after(at + separator.len_utf8())))
    }

    /// The parts between `separator`s.
    pub(super) fn split(self, separator: char) -> impl Iterator<Item = Part<'a>> {
        let mut start = 0;
        self.as_str().split(separator).map(move |text| {
            let part = self.slice(start..start + text.len());
            start += text.len() + separator.len_utf8();
            part
        })
    }

    pub(super) fn fail(self, reason: impl Into<String>) -> SpecifierError {
        SpecifierError::new(self.whole, self.start..self.end, reason)
    }

    /// Undoes percent-encoding. What is decoded must be printable UTF-8.
    pub(super) fn decode(self) -> Result<String, SpecifierError> {
        let text = self.as_str();
        let mut bytes = Vec::with_capacity(text.len());
        let mut at = 0;
        while let Some(&byte) = text.as_bytes().get(at) {
            if byte != b'%' {
                bytes.push(byte);
                at += 1;
                continue;
            }
            let digits = text
                .get(at + 1..at + 3)
                .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
            let Some(value) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
                let found = self.slice(at..at + 1);
                return Err(found
                    .fail("`%` is not followed by two hexadecimal digits")
                    .hint("write `%25` for the character `%`"));
            };
            bytes.push(value);
            at += 3;
        }
        let decoded =
            String::from_utf8(bytes).map_err(|_| self.fail("this does not decode to UTF-8"))?;
        if decoded.contains(is_unprintable) {
            return Err(self.fail("this decodes to a control character"));
        }
        Ok(decoded)
    }

    /// Decodes one segment of a path: not empty, not `.` or `..`, without separators of any system.
    pub(super) fn decode_segment(self) -> Result<String, SpecifierError> {
        let decoded = self.decode()?;
        match decoded.as_str() {
            "" => Err(self.fail("a part of the path is empty")),
            "." | ".." if self.as_str() != decoded => Err(self.fail(format!(
                "this decodes to `{decoded}`, which may not be part of a path"
            ))),
            "." | ".." => Err(self.fail(format!("`{decoded}` may not be part of a path"))),
            _ if decoded.contains(['/', '\\']) => {
                Err(self.fail("a part of a path may not hold `/` or `\\`"))
            }
            _ => Ok(decoded),
        }
    }

    /// Decodes a relative path of one or more segments.
    pub(super) fn decode_path(self) -> Result<String, SpecifierError> {
        let segments: Result<Vec<String>, SpecifierError> =
            self.split('/').map(Part::decode_segment).collect();
        Ok(segments?.join("/"))
    }
}

/// Percent-encodes the ASCII characters of `text` for which `is_reserved` holds.
pub(super) fn encode(text: &str, is_reserved: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        match u8::try_from(character) {
            Ok(byte) if byte.is_ascii() && is_reserved(byte) => {
                encoded.push_str(&format!("%{byte:02X}"))
            }
            _ => encoded.push(character),
        }
    }
    encoded
}

/// Control characters, and those that make text look other than it is (bidirectional marks, line ends).
pub(super) fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
