//! Permissions in words that a person understands, and as a command.
//!
//! In: permission sets, untrusted texts. Out: lines without control characters. Side effects: none.

use super::path_entry;
use super::{Kind, PermissionSet, Question, Scope};

/// One line of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    /// Whether it can do harm beyond the provider's own folders and hosts.
    pub is_dangerous: bool,
}

/// What `set` allows, one line each.
///
/// `home`: the home folder, to tell which paths hold it.
pub fn lines(set: &PermissionSet, home: Option<&str>) -> Vec<Line> {
    let lines = set.iter().flat_map(|(kind, scope)| match scope {
        Scope::All => vec![everything(kind)],
        Scope::Some(entries) if kind == Kind::Env => vec![variables(entries)],
        Scope::Some(entries) => entries
            .iter()
            .map(|entry| one(kind, &visible(entry), home))
            .collect(),
    });
    lines.collect()
}

fn line(text: String, is_dangerous: bool) -> Line {
    Line { text, is_dangerous }
}

fn everything(kind: Kind) -> Line {
    let text = match kind {
        Kind::Net => "talk to every host, also in this network and on this computer",
        Kind::Env => "read every environment variable, with all keys and tokens in them",
        Kind::Read => "read every file of yours",
        Kind::Write => "change and delete every file of yours",
        Kind::Run => "run any program; programs are bound by no permission",
        Kind::Docker => "start any Docker service; containers can be given the whole computer",
        Kind::Ffi => "load any native code; it is bound by no permission",
        Kind::Sys => "read everything about this computer and its user",
        Kind::Media => "use the media tools of Prizm",
    };
    line(text.to_string(), !matches!(kind, Kind::Media | Kind::Sys))
}

fn variables(entries: &std::collections::BTreeSet<String>) -> Line {
    let of = |entry: &String| match visible(entry).strip_suffix('*') {
        Some(prefix) => format!("all that begin with {prefix}"),
        None => visible(entry),
    };
    let names: Vec<String> = entries.iter().map(of).collect();
    let noun = match names.len() == 1 && !names[0].starts_with("all ") {
        true => "variable",
        false => "variables",
    };
    line(
        format!("read the environment {noun} {}", names.join(", ")),
        false,
    )
}

fn one(kind: Kind, entry: &str, home: Option<&str>) -> Line {
    match kind {
        Kind::Net => host(entry),
        Kind::Read => {
            let is_wide = path_entry::is_wide(entry, home);
            line(format!("read {}", place(entry)), is_wide)
        }
        Kind::Write => {
            let is_dangerous = !path_entry::is_private(entry);
            line(format!("change and delete {}", place(entry)), is_dangerous)
        }
        Kind::Run => line(
            format!("run the program {entry}; it is bound by no permission"),
            true,
        ),
        Kind::Docker => line(format!("start the Docker service {entry}"), true),
        Kind::Ffi => line(
            format!("load native code from {entry}; it is bound by no permission"),
            true,
        ),
        Kind::Sys => line(format!("know of this computer: {entry}"), false),
        Kind::Media => everything(kind),
        Kind::Env => line(format!("read the environment variable {entry}"), false),
    }
}

fn host(entry: &str) -> Line {
    if let Some(path) = entry.strip_prefix("unix:") {
        return line(
            format!("talk to the program behind the socket {path}"),
            true,
        );
    }
    let text = match entry.strip_prefix("*.") {
        Some(domain) => format!("talk to every host below {domain}"),
        None => format!("talk to {entry}"),
    };
    line(text, false)
}

fn place(path: &str) -> String {
    let inside = |rest: &str, folder: &str| match rest.trim_start_matches('/') {
        "" => format!("files in {folder}"),
        inner => format!("{inner} in {folder}"),
    };
    if path == "/" {
        return "every file of yours, as `/` holds all".to_string();
    }
    if let Some(rest) = path.strip_prefix("$CACHE") {
        return inside(rest, "its own cache folder");
    }
    if let Some(rest) = path.strip_prefix("$TMP") {
        return inside(
            rest,
            "the folder for temporary files, which all programs share",
        );
    }
    if let Some(rest) = path.strip_prefix("$HOME") {
        return inside(rest, "your home folder");
    }
    if let Some(rest) = path.strip_prefix("./") {
        return inside(rest, "its own repository");
    }
    format!("{path} and what is below it, outside its own folders")
}

/// What keeps a provider from being loaded where nobody can be asked.
pub(super) fn refusal(question: &Question) -> String {
    let mut text = match question.is_update {
        true => format!("{} asks for more than was granted:", question.owner),
        false => format!(
            "{} asks for permissions that were not granted:",
            question.owner
        ),
    };
    for line in lines(&question.asked, question.home.as_deref()) {
        let mark = if line.is_dangerous { "!" } else { "-" };
        text += &format!("\n    {mark} {}", line.text);
    }
    text
}

/// `prizm policy grant github:o/r@v1 --net=api.example.com:443 --media`
pub fn grant_command(owner: &str, set: &PermissionSet) -> String {
    let mut command = format!("prizm policy grant {}", shell_word(owner));
    for flag in flags(set) {
        command += &format!(" {}", shell_word(&flag));
    }
    command
}

/// The flags that stand for `set`: `--net=a.com,b.com`, `--media`.
pub fn flags(set: &PermissionSet) -> Vec<String> {
    let flag = |(kind, scope): (Kind, &Scope)| match scope {
        Scope::All => format!("--{kind}"),
        Scope::Some(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| entry.replace(',', ",,"))
                .collect();
            format!("--{kind}={}", entries.join(","))
        }
    };
    set.iter().map(flag).collect()
}

/// Quotes what a shell would not take as one plain word.
pub fn shell_word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@%+=:,./_^-".contains(&byte);
    match !text.is_empty() && text.bytes().all(is_plain) {
        true => text.to_string(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// `text` with everything that a terminal would act on, or that would hide or reorder text, made visible.
pub fn visible(text: &str) -> String {
    let show = |char: char| match is_hidden(char) {
        true => char.escape_unicode().to_string(),
        false => char.to_string(),
    };
    text.chars().map(show).collect()
}

/// Control characters, and those of Unicode that are not seen but change what is.
pub(super) fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn marked(block: serde_json::Value) -> Vec<String> {
        let set = PermissionSet::from_json(&block).unwrap();
        let mark =
            |line: Line| format!("{}{}", if line.is_dangerous { "! " } else { "" }, line.text);
        lines(&set, Some("/home/me"))
            .into_iter()
            .map(mark)
            .collect()
    }

    #[test]
    fn requests_are_words() {
        let block = json!({
            "net": ["api.x.com:443", "*.y.com"], "env": ["API_KEY", "AWS_*"],
            "read": ["$CACHE", "/srv/data"], "write": ["$CACHE/out"], "media": true,
        });
        let expected = [
            "talk to every host below y.com",
            "talk to api.x.com:443",
            "read the environment variables API_KEY, all that begin with AWS_",
            "read files in its own cache folder",
            "read /srv/data and what is below it, outside its own folders",
            "change and delete out in its own cache folder",
            "use the media tools of Prizm",
        ];
        assert_eq!(marked(block), expected);
    }

    #[test]
    fn what_is_dangerous_is_marked() {
        for block in [
            json!({ "run": ["ffmpeg"] }),
            json!({ "run": true }),
            json!({ "ffi": true }),
            json!({ "ffi": ["./x.so"] }),
            json!({ "docker": true }),
            json!({ "docker": ["gpu"] }),
            json!({ "write": ["/srv"] }),
            json!({ "write": ["$TMP"] }),
            json!({ "write": true }),
            json!({ "read": ["/"] }),
            json!({ "read": ["$HOME"] }),
            json!({ "read": ["/home"] }),
            json!({ "read": true }),
            json!({ "env": true }),
            json!({ "net": true }),
            json!({ "net": ["unix:/var/run/docker.sock"] }),
        ] {
            let lines = marked(block.clone());
            assert!(
                lines.iter().all(|line| line.starts_with("! ")),
                "{block}: {lines:?}"
            );
        }
    }

    #[test]
    fn commands_are_quoted() {
        let block = json!({ "net": ["a.com", "*.b.com"], "read": ["/it's here"], "media": true });
        let set = PermissionSet::from_json(&block).unwrap();
        assert_eq!(
            grant_command("github:o/r@v1", &set),
            r"prizm policy grant github:o/r@v1 '--net=*.b.com,a.com' '--read=/it'\''s here' --media"
        );
    }

    #[test]
    fn terminals_are_told_nothing() {
        let text = visible("a\x1b[2Jb\r\n\u{202e}c\u{7}");
        assert!(!text.chars().any(is_hidden), "{text:?}");
        assert_eq!(visible("github:ö/ü@v1"), "github:ö/ü@v1");
    }
}
