//! Code for a processor, known by its first bytes whatever its name.
//!
//! In: a file. Out: what it is. Side effects: none.

use super::walk::Source;

/// What kind of native code the file is, in words; `None` if it is none.
pub(super) fn native(source: &Source) -> Option<&'static str> {
    let bytes = source.bytes.as_slice();
    let kind = match bytes {
        [0x7f, b'E', b'L', b'F', ..] => "is native code (ELF)",
        [b'M', b'Z', ..] if is_pe(bytes) => "is native code (PE)",
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => {
            "is native code (Mach-O)"
        }
        // Java classes begin so too; their next number is their version, 45 or more.
        [0xca, 0xfe, 0xba, 0xbe | 0xbf, 0, 0, 0, 1..=30, ..] => {
            "is native code (Mach-O, universal)"
        }
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..] => "is a library of native code",
        _ => return named(&source.extension()),
    };
    Some(kind)
}

/// Whatever its content: these are loaded as native code.
fn named(extension: &str) -> Option<&'static str> {
    match extension {
        "node" => Some("is named as a native addon (.node)"),
        "dll" | "dylib" | "so" => Some("is named as a native library"),
        "exe" => Some("is named as a program"),
        _ => None,
    }
}

/// The offset at 0x3c leads to `PE\0\0`; two letters alone are also how a text may begin.
fn is_pe(bytes: &[u8]) -> bool {
    let offset = bytes
        .get(0x3c..0x40)
        .and_then(|bytes| bytes.try_into().ok());
    let offset = offset.map_or(usize::MAX, |bytes| u32::from_le_bytes(bytes) as usize);
    let end = offset.checked_add(4);
    end.and_then(|end| bytes.get(offset..end)) == Some(b"PE\0\0")
}
