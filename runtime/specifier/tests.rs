//! Tests of specifiers.

use std::path::Path;

use serde_json::json;

use super::*;

fn parse(text: &str) -> Result<Specifier, SpecifierError> {
    Specifier::parse(text, Path::new("/base/dir"))
}

fn github(path: Option<&str>, reference: Option<&str>) -> Specifier {
    Specifier::Github {
        owner: "o".to_string(),
        repo: "r".to_string(),
        path: path.map(str::to_string),
        reference: reference.map(str::to_string),
    }
}

#[test]
fn parsed_identifiers_have_exactly_the_documented_shapes() {
    let cases = [
        (
            "https://github.com/owner/repo",
            r#"{"type":"github","owner":"owner","repo":"repo","ref":"main"}"#,
        ),
        (
            "github:owner/repo@v1.0.0",
            r#"{"type":"github","owner":"owner","repo":"repo","ref":"v1.0.0"}"#,
        ),
        (
            "@scope/package@1.2.3",
            r#"{"type":"npm","packageName":"@scope/package","version":"1.2.3"}"#,
        ),
        (
            "npm:package@latest",
            r#"{"type":"npm","packageName":"package","version":"latest"}"#,
        ),
        (
            "npm:package",
            r#"{"type":"npm","packageName":"package","version":"latest"}"#,
        ),
        (
            "file:///path/to/provider",
            r#"{"type":"file","path":"/path/to/provider"}"#,
        ),
        ("file:./a%20b", r#"{"type":"file","path":"/base/dir/a b"}"#),
        (
            "github:owner/repo/sub/dir@v1",
            r#"{"type":"github","owner":"owner","repo":"repo","ref":"v1","path":"sub/dir"}"#,
        ),
        ("my-provider", r#"{"type":"static","id":"my-provider"}"#),
        (
            "git+https://host/x.git@v1",
            r#"{"type":"git","url":"https://host/x.git","ref":"v1"}"#,
        ),
        (
            "http://127.0.0.1:8080",
            r#"{"type":"http","url":"http://127.0.0.1:8080/"}"#,
        ),
    ];
    for (text, expected) in cases {
        let value = parse(text).unwrap().to_parsed_identifier();
        assert_eq!(value.to_string(), expected, "{text}");
    }
    assert_ne!(json!({}), parse("x").unwrap().to_parsed_identifier());
}

#[test]
fn github_forms() {
    let cases = [
        ("github:o/r", github(None, None)),
        ("GitHub:o/r.git", github(None, None)),
        ("github:o/r@feature/x", github(None, Some("feature/x"))),
        (
            "github:o/r/sub/dir@feature/x",
            github(Some("sub/dir"), Some("feature/x")),
        ),
        (
            "github:o/r/packages/@scope/x@v1",
            github(Some("packages/@scope/x"), Some("v1")),
        ),
        (
            "github:o/r@@scope/x@1.2.3",
            github(None, Some("@scope/x@1.2.3")),
        ),
        (
            "github:o/r@v1/sub/file.ts",
            github(Some("sub/file.ts"), Some("v1")),
        ),
        ("github:o/r@v1/sub", github(Some("sub"), Some("v1"))),
        ("github:o/r@main/sub", github(Some("sub"), Some("main"))),
        ("github:o/r@^2.1/sub", github(Some("sub"), Some("^2.1"))),
        ("github:o/r@%5E2.1/sub", github(Some("sub"), Some("^2.1"))),
        (
            "github:o/r@topic/mod.ts",
            github(Some("mod.ts"), Some("topic")),
        ),
        (
            "github:o/r@topic%2Fmod.ts",
            github(None, Some("topic/mod.ts")),
        ),
        (
            "github:o/r@feature%2Fx/mod.ts",
            github(Some("mod.ts"), Some("feature/x")),
        ),
        (
            "github:o/r@>=1 <3 || ^5",
            github(None, Some(">=1 <3 || ^5")),
        ),
        ("github:o/r@latest", github(None, Some("latest"))),
        ("github:o/r@1.x", github(None, Some("1.x"))),
        (
            "github:o/r@4f0c5b6a7d8e9f00112233445566778899aabbcc/x/y",
            github(
                Some("x/y"),
                Some("4f0c5b6a7d8e9f00112233445566778899aabbcc"),
            ),
        ),
        ("https://github.com/o/r.git", github(None, None)),
        ("http://www.GitHub.com/o/r/", github(None, None)),
        ("https://github.com/o/r@v1", github(None, Some("v1"))),
        (
            "https://github.com/o/r.git@feature/x",
            github(None, Some("feature/x")),
        ),
        (
            "https://github.com/o/r/tree/main",
            github(None, Some("main")),
        ),
        (
            "https://github.com/o/r/tree/main/sub/dir",
            github(Some("sub/dir"), Some("main")),
        ),
        (
            "https://github.com/o/r/tree/feature/x",
            github(None, Some("feature/x")),
        ),
        (
            "https://github.com/o/r/tree/%40s/p%401.0.0",
            github(None, Some("@s/p@1.0.0")),
        ),
        (
            "https://github.com/o/r/blob/topic/src/a.ts",
            github(Some("src/a.ts"), Some("topic")),
        ),
        (
            "https://github.com/o/r/releases/tag/v1.2.3",
            github(None, Some("v1.2.3")),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(parse(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn other_forms() {
    let cases = [
        ("git+https://host/x.git@ref", "git+https://host/x.git@ref"),
        (
            "git+https://host/g/x.git/sub@v1",
            "git+https://host/g/x.git/sub@v1",
        ),
        ("git+https://host/g/x@v1", "git+https://host/g/x@v1"),
        (
            "git+http://127.0.0.1:8080/x.git",
            "git+http://127.0.0.1:8080/x.git",
        ),
        (
            "git+file:///srv/x.git@v1/mod.ts",
            "git+file:///srv/x.git/mod.ts@v1",
        ),
        ("git+file:../x@v1", "git+file:///base/x@v1"),
        ("npm:@s/p@^1.2 || 2/sub", "npm:@s/p@^1.2 || 2/sub"),
        ("npm:/zod@3", "npm:zod@3"),
        ("npm:JSONStream", "npm:JSONStream"),
        ("zod@3/mini", "npm:zod@3/mini"),
        ("@s/p", "npm:@s/p"),
        ("./a/../b%20c", "file:///base/dir/b%2520c"),
        ("..", "file:///base"),
        ("/x//y/", "file:///x/y"),
        ("file://localhost/x", "file:///x"),
        ("file:../../../..", "file:///"),
        ("https://host/a.ts?v=1#x", "https://host/a.ts?v=1#x"),
        ("https://github.com:8443/o/r", "https://github.com:8443/o/r"),
        (
            "https://raw.githubusercontent.com/o/r/v1/a.ts",
            "https://raw.githubusercontent.com/o/r/v1/a.ts",
        ),
    ];
    for (text, canonical) in cases {
        assert_eq!(parse(text).unwrap().canonical(), canonical, "{text}");
    }
}

/// Each text is refused, and the error underlines the part between the brackets.
#[test]
fn refusals_point_at_the_offending_part() {
    let cases = [
        "github:[]/r",
        "github:o[]",
        "github:[..]/r",
        "github:o/[..]",
        "github:[-o]/r",
        "github:o/[.git]",
        "github:o/r/[..]/x@v1",
        "github:o/r/[%2e%2e]/x@v1",
        "github:o/r/[a%2fb]@v1",
        "github:o/r/[a\\b]@v1",
        "github:o/r/a/[]/b",
        "github:o/r@[]",
        "github:o/r@[-x]",
        "github:o/r@[a..b]",
        "github:o/r@[../../etc/passwd]",
        "github:o/r@[%2e%2e%2fetc]",
        "github:o/r@[a//b]",
        "github:o/r@[.a]",
        "github:o/r@[a/.b]",
        "github:o/r@[a.lock]",
        "github:o/r@[a.]",
        "github:o/r@[a@{1}]",
        "github:o/r@[@]",
        "github:o/r@[a b]",
        "github:o/r@[a:b]",
        "github:o/r@[^nope]",
        "github:o/r@[a\\b]",
        "github:o/r@[%]zz",
        "github:o/r@[%ff]",
        "github:o/r@[%00]",
        "github:o/r[#v1]",
        "github:o/r@v1/[..]/x",
        "github:o/r/sub@v1/[x.ts]",
        "github:o/r[\n]",
        "github:o/r@v1[\u{202e}]",
        "https://github.com/o[]",
        "https://github.com/o/r[?tab=readme]",
        "https://github.com/o/r/[issues/2]",
        "https://github.com/o/r/tree/main/[..]/x",
        "https://github.com/[%2e%2e]/r",
        "https://[user:pw]@github.com/o/r",
        "https://[]",
        "https:[]host/x",
        "https:[]user:pw@host/://github.com/",
        "https://host[\\]@evil/x",
        "https://host/[%2E%2e]/x",
        "git+https://[token]@host/x.git",
        "git+https://host/x.git/[..]@v1",
        "git+https://host/x[?a]",
        "[git+ssh]://git@host/x.git",
        "[git@]github.com:o/r.git",
        "[gihub]:o/r",
        "[gitlab]:o/r",
        "npm:[]",
        "npm:[@1]",
        "npm:[.x]",
        "npm:[..]/x",
        "npm:[_x]",
        "npm:[node_modules]",
        "npm:[@s]",
        "npm:@[..]/x",
        "npm:@s/[..]",
        "npm:@[]/x",
        "npm:@s/[]",
        "npm:a[ ]b",
        "npm:a[%]2fb",
        "npm:caf[é]",
        "npm:x@[]",
        "npm:x@[..]/../y",
        "npm:x@[file:..]/y",
        "npm:x@1/[..]/y",
        "npm:x@1/[%2e%2e]/y",
        "file:[]",
        "file://[]",
        "file://[host]/x",
        "file:///a[?]b",
        "file:///[%2e%2e]/x",
        "file:///[a%2fb]",
        "file:///[%00]",
        "[owner/repo]",
        "[owner/repo@v1]",
        "a[ ]b",
        "[]",
        "[ my-provider]",
    ];
    for case in cases {
        let start = case.find('[').unwrap();
        let end = case.rfind(']').unwrap();
        let text = [&case[..start], &case[start + 1..end], &case[end + 1..]].concat();
        let error = match parse(&text) {
            Ok(value) => panic!("{text:?} was taken as {value:?}"),
            Err(error) => error,
        };
        assert_eq!(error.span, start..end - 1, "{text:?}: {error}");
    }
}

#[test]
fn errors_show_a_caret_line_and_hints() {
    let error = parse("github:owner/repo/../x@v1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "malformed specifier: `..` may not be part of a path\n    github:owner/repo/../x@v1\n                      ^^"
    );
    let hints = |text: &str| parse(text).unwrap_err().hints();
    assert_eq!(
        hints("owner/repo@v1"),
        ["github:owner/repo@v1", "./owner/repo@v1"]
    );
    assert_eq!(hints("gihub:o/r@v1"), ["github:o/r@v1"]);
    assert_eq!(hints("github:o/r#v1"), ["github:o/r@v1"]);
    assert_eq!(
        hints("gitlab:o/r@v1"),
        ["git+https://gitlab.com/o/r.git@v1"]
    );
    assert_eq!(hints("file://dir/x"), ["file:./dir/x", "file:///dir/x"]);

    let long = format!("github:o/r/{}/../{}", "a".repeat(300), "b".repeat(300));
    let shown = parse(&long).unwrap_err().to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[1].chars().count() < 120, "{shown}");
    let caret = lines[2].find('^').unwrap();
    assert_eq!(
        lines[1].chars().skip(caret).take(2).collect::<String>(),
        ".."
    );
}

#[test]
fn errors_neither_leak_credentials_nor_reach_the_terminal() {
    let texts = [
        "https://user:s3cret@github.com/o/r",
        "git+https://s3cret@host/x.git",
        "htps://user:s3cret@host/x",
        "https:user:s3cret@host/x",
        " https://user:s3cret@host/x",
        "https://github.com/o/r?token=s3cret",
        "https:\\\\user:s3cret@host/x",
        "ssh://git:s3cret@host/x",
    ];
    for text in texts {
        let error = parse(text).unwrap_err();
        assert!(
            !format!("{error} {:?}", error).contains("s3cret"),
            "{error:?}"
        );
    }
    let error = parse("github:o/r\u{1b}[31m").unwrap_err();
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
}

#[test]
fn ranges_are_told_from_names() {
    let fits = |range: &str, version: &str| {
        let version = semver::Version::parse(version).unwrap();
        version_ranges(range).map(|ranges| ranges.iter().any(|range| range.matches(&version)))
    };
    assert_eq!(fits("^2.1", "2.9.0"), Some(true));
    assert_eq!(fits("^2.1", "3.0.0"), Some(false));
    assert_eq!(fits("~1.2.3", "1.2.9"), Some(true));
    assert_eq!(fits(">=1 <3", "2.5.0"), Some(true));
    assert_eq!(fits(">= 1 < 3", "3.0.0"), Some(false));
    assert_eq!(fits("^1 || ^3", "3.1.0"), Some(true));
    assert_eq!(fits("1.2 - 2.0", "2.0.7"), Some(true));
    assert_eq!(fits("1.2.3 || 5.x", "1.2.4"), Some(false));
    assert_eq!(fits("1.2.3 || 5.x", "5.2.4"), Some(true));
    assert_eq!(fits("1.*", "1.7.0"), Some(true));
    assert_eq!(fits("^1.x", "1.7.0"), Some(true));
    assert_eq!(fits("*", "9.0.0"), Some(true));
    assert_eq!(fits("=v1.2.3", "1.2.3"), Some(true));
    for name in [
        "1.x",
        "v1.2.3",
        "main",
        "latest",
        "feature/x",
        "^",
        "^main",
        "> main",
        "",
    ] {
        assert!(version_ranges(name).is_none(), "{name}");
    }
}

/// A small generator of numbers, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

#[test]
fn canonical_texts_read_back_as_the_same_value() {
    const PIECES: [&str; 54] = [
        "github:",
        "npm:",
        "file:",
        "file://",
        "git+https://",
        "git+file://",
        "https://",
        "github.com",
        "host",
        "/",
        "/",
        "/",
        "@",
        "@",
        ":",
        ".",
        "..",
        ".git",
        ".git/",
        "%",
        "%2F",
        "%2e%2e",
        "%40",
        "%25",
        "%20",
        "#",
        "?",
        "^1",
        "v1",
        "1.2.3",
        ">=1 <2",
        "||",
        " ",
        "main",
        "latest",
        "tree",
        "blob",
        "mod.ts",
        "o",
        "r",
        "@s",
        "a",
        "é",
        "-",
        "_",
        "~",
        "*",
        "\\",
        "\u{1b}",
        "\u{202e}",
        "localhost",
        "4f0c",
        "refs",
        "x.json",
    ];
    const STARTS: [&str; 10] = [
        "",
        "github:o/r",
        "github:o/r@",
        "github:o/r/",
        "https://github.com/o/r/",
        "git+https://host/x.git",
        "git+file:",
        "npm:a",
        "file:",
        "@s/",
    ];
    let mut random = Random(0x5eed);
    let mut accepted = 0;
    for _ in 0..200_000 {
        let mut text = STARTS[random.below(STARTS.len())].to_string();
        for _ in 0..random.below(7) {
            text.push_str(PIECES[random.below(PIECES.len())]);
        }
        match parse(&text) {
            Ok(value) => {
                let canonical = value.canonical();
                assert_eq!(
                    parse(&canonical).as_ref(),
                    Ok(&value),
                    "{text:?} -> {canonical:?}"
                );
                assert_eq!(parse(&canonical).unwrap().canonical(), canonical);
                assert_harmless(&value, &text);
                accepted += 1;
            }
            Err(error) => {
                assert!(
                    error.text.get(error.span.clone()).is_some(),
                    "{text:?}: {error:?}"
                );
                assert!(!error.to_string().contains('\u{1b}'));
            }
        }
    }
    assert!(accepted > 20_000, "only {accepted} texts were accepted");
}

/// Nothing in a value leads out of the folder that it is joined to.
fn assert_harmless(value: &Specifier, text: &str) {
    let (path, reference) = match value {
        Specifier::Github {
            path, reference, ..
        }
        | Specifier::Git {
            path, reference, ..
        } => (path, reference),
        Specifier::Npm { path, version, .. } => (path, version),
        _ => return,
    };
    for part in [path, reference].into_iter().flatten() {
        assert!(
            !part.is_empty() && !part.starts_with('/'),
            "{text:?}: {value:?}"
        );
        assert!(
            !part.contains("..") || path.as_ref() == Some(part),
            "{text:?}: {value:?}"
        );
        assert!(
            !part.contains(['\\', '\0', '\u{1b}']),
            "{text:?}: {value:?}"
        );
        assert!(
            part.split('/')
                .all(|segment| !matches!(segment, ".." | ".git/..")),
            "{text:?}: {value:?}"
        );
    }
    assert!(
        reference.as_ref().is_none_or(|name| !name.starts_with('-')),
        "{text:?}: {value:?}"
    );
    if let Some(path) = path {
        assert!(
            path.split('/')
                .all(|segment| !matches!(segment, "" | "." | "..")),
            "{text:?}: {value:?}"
        );
    }
}
