//! A denied access, in words that name the provider, what it tried, and the command that would allow it.
//!
//! In: the message of an error on its way out of a provider's isolate. Out: [`Denial`]. Side effects: none.
//!
//! The runtime's own text, `Requires net access to "host:443", run again with the --allow-net flag`, says nothing of
//! providers, and its advice would not help. It is looked for anywhere in a message: libraries wrap it into their own.

use std::path::{Path, PathBuf};

use super::words::{grant_command, visible};
use super::{Granted, Kind, PermissionSet, Places, Scope, normalise, path_entry};

const START: &str = "Requires ";
const ACCESS: &str = " access";
const END: &str = ", run again with the --allow-";

/// What the runtime denied.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Access<'a> {
    /// Where the runtime's text stands in the message.
    span: std::ops::Range<usize>,
    /// `net`, `read`, `import`
    permission: &'a str,
    target: Option<&'a str>,
}

/// What to say instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The message, with the runtime's text replaced.
    pub message: String,
    /// What the reader can type; `None` where nothing would allow it.
    pub hint: Option<String>,
}

/// Explains `message` of an error in the isolate of the provider that `granted` is about. `None` where it is of no
/// denied access.
///
/// `place`: the line of the provider's code, `file:///…/index.ts:3:15`.
pub fn explain(
    granted: &Granted,
    places: &Places,
    message: &str,
    place: Option<&str>,
) -> Option<Denial> {
    let access = find(message)?;
    let owner = visible(&granted.owner().to_string());
    let asked = asked(&access, places);
    let mut text = format!("{owner} may not {}", words(&access));
    let cut = granted.cuts().iter().find(|cut| {
        asked
            .iter()
            .flat_map(PermissionSet::iter)
            .any(|(kind, scope)| {
                let cut = cut.set.get(kind);
                scope.entries().any(|entry| cut.covers(kind, entry)) || cut == *scope
            })
    });
    if let Some(cut) = cut {
        text += &format!(": the policy {} does not allow it", cut.file.display());
    }
    if let Some(place) = place {
        text += &format!(", at {}", visible(place));
    }
    let hint = asked.filter(|_| cut.is_none());
    Some(Denial {
        message: format!(
            "{}{text}{}",
            &message[..access.span.start],
            &message[access.span.end..]
        ),
        hint: hint.map(|set| grant_command(&granted.owner().to_string(), &set)),
    })
}

fn find(message: &str) -> Option<Access<'_>> {
    let start = message.find(START)?;
    let rest = &message[start + START.len()..];
    let (permission, rest) = rest.split_once(ACCESS)?;
    let is_name =
        !permission.is_empty() && permission.bytes().all(|byte| byte.is_ascii_lowercase());
    let end = rest.find(END).filter(|_| is_name)?;
    let target = rest[..end]
        .strip_prefix(" to ")
        .map(|target| target.trim_matches('"'));
    let flag = format!("{END}{permission} flag");
    let rest = rest[end..].strip_prefix(flag.as_str())?;
    Some(Access {
        span: start..message.len() - rest.len(),
        permission,
        target,
    })
}

fn words(access: &Access<'_>) -> String {
    let target = access.target.map(visible);
    let of = |verb: &str, everything: &str| match &target {
        Some(target) => format!("{verb} \"{target}\""),
        None => format!("{verb} {everything}"),
    };
    match access.permission {
        "net" => of("talk to", "every host"),
        "env" if target.is_none() => "read the environment variables, all of them".to_string(),
        "env" => of("read the environment variable", ""),
        "read" => of("read", "every file"),
        "write" => of("write", "every file"),
        "run" => of("run", "every program"),
        "ffi" => of("load native code from", "everywhere"),
        "sys" => of("know of this computer:", "everything"),
        "import" => of(
            "import code from",
            "everywhere; its code comes from its repository and packages",
        ),
        other => of(&format!("have {other} access to"), "everything"),
    }
}

/// The set that would allow the access; `None` where no grant does.
fn asked(access: &Access<'_>, places: &Places) -> Option<PermissionSet> {
    let kind = Kind::of_name(access.permission)?;
    let mut set = PermissionSet::default();
    let Some(target) = access.target else {
        set.set(kind, Scope::All);
        return Some(set);
    };
    // `<CWD>` and the like stand for a path that is not told.
    let entry = match kind {
        Kind::Read | Kind::Write | Kind::Ffi if target.starts_with('<') => return None,
        Kind::Read | Kind::Write | Kind::Ffi => path_of(kind, target, places),
        Kind::Run if target.contains('/') => path_of(kind, target, places),
        _ => target.to_string(),
    };
    set.add(kind, normalise(kind, &entry).ok()?);
    Some(set)
}

/// The entry that names a path: `$CACHE/x` for one in the provider's own folder.
fn path_of(kind: Kind, target: &str, places: &Places) -> String {
    let path = match Path::new(target).is_absolute() {
        true => PathBuf::from(target),
        false => std::env::current_dir().unwrap_or_default().join(target),
    };
    let path = deno_path_util::normalize_path(std::borrow::Cow::Owned(path)).into_owned();
    entry_of(kind, &path, places)
}

/// See [`path_of`].
pub(super) fn entry_of(kind: Kind, path: &Path, places: &Places) -> String {
    // Files of a repository in the cache cannot be changed by any grant; the provider has a folder of its own.
    if kind == Kind::Write && !places.is_root_writable && path.starts_with(&places.root) {
        return "$CACHE".to_string();
    }
    let folders = [
        ("$CACHE", Some(&places.cache)),
        (".", Some(&places.root)),
        ("$TMP", Some(&places.temporary)),
    ];
    for (name, folder) in folders {
        let inner = folder.and_then(|folder| path.strip_prefix(folder).ok());
        if let Some(inner) = inner {
            let entry = format!("{name}/{}", inner.display());
            return path_entry::normalise(&entry).unwrap_or(entry);
        }
    }
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::permissions::{Caps, Grant, Owner, Requested, granted};

    fn places() -> Places {
        Places {
            root: PathBuf::from("/c/src-v1/abc"),
            cache: PathBuf::from("/c/data-v1/r"),
            temporary: PathBuf::from("/tmp"),
            ..Places::default()
        }
    }

    fn denial(message: &str) -> Option<Denial> {
        let requested = Requested::of(PermissionSet::from_json(&json!({ "run": ["sh"] })).unwrap());
        let grant = Grant {
            accepted: requested.set().clone(),
            added: PermissionSet::default(),
        };
        let caps = Caps::parse(
            &json!({ "run": false }),
            Path::new("/etc/prizm/policy.json"),
        )
        .unwrap();
        let owner = Owner::new("github:o/r", Some(1));
        let granted = granted(&owner, &requested, &grant, &[caps]);
        explain(
            &granted,
            &places(),
            message,
            Some("file:///x/index.ts:3:15"),
        )
    }

    #[test]
    fn denials_name_provider_target_place_and_command() {
        let message =
            "Requires net access to \"api.x.com:443\", run again with the --allow-net flag";
        let denial = denial(message).unwrap();
        let expected =
            "github:o/r@v1 may not talk to \"api.x.com:443\", at file:///x/index.ts:3:15";
        assert_eq!(denial.message, expected);
        let hint = "prizm policy grant github:o/r@v1 --net=api.x.com:443";
        assert_eq!(denial.hint.as_deref(), Some(hint));
    }

    #[test]
    fn commands_fit_what_was_tried() {
        let cases = [
            ("read", "/etc/passwd", "--read=/etc/passwd"),
            ("read", "/c/data-v1/r/x", "'--read=$CACHE/x'"),
            ("write", "/c/src-v1/abc/x", "'--write=$CACHE'"),
            ("write", "/tmp/a b", "'--write=$TMP/a b'"),
            ("env", "API_KEY", "--env=API_KEY"),
            ("sys", "hostname", "--sys=hostname"),
            ("run", "ffmpeg", "--run=ffmpeg"),
            ("ffi", "/x.node", "--ffi=/x.node"),
        ];
        for (permission, target, flag) in cases {
            let message = format!(
                "Requires {permission} access to \"{target}\", run again with the --allow-{permission} flag"
            );
            let hint = denial(&message).unwrap().hint.unwrap();
            assert_eq!(hint, format!("prizm policy grant github:o/r@v1 {flag}"));
        }
        let all = denial("Requires env access, run again with the --allow-env flag").unwrap();
        assert!(
            all.message
                .contains("read the environment variables, all of them"),
            "{}",
            all.message
        );
        assert_eq!(
            all.hint.as_deref(),
            Some("prizm policy grant github:o/r@v1 --env")
        );
    }

    #[test]
    fn policies_and_imports_have_no_command() {
        let cut =
            denial("Requires run access to \"sh\", run again with the --allow-run flag").unwrap();
        assert!(
            cut.message
                .contains("the policy /etc/prizm/policy.json does not allow it"),
            "{}",
            cut.message
        );
        assert_eq!(cut.hint, None);
        let import =
            "Requires import access to \"evil.com:443\", run again with the --allow-import flag";
        assert_eq!(denial(import).unwrap().hint, None);
    }

    #[test]
    fn texts_around_stay_and_other_texts_are_none() {
        let wrapped = "fetch failed: Requires env access to \"A\", run again with the --allow-env flag (retry)";
        let message = denial(wrapped).unwrap().message;
        assert!(
            message.starts_with("fetch failed: github:o/r@v1 may not"),
            "{message}"
        );
        assert!(message.ends_with(" (retry)"), "{message}");
        for text in [
            "",
            "Requires",
            "Requires patience",
            "Requires net access to x",
            "Requires X access, run again with the --allow-X flag",
        ] {
            assert_eq!(denial(text), None, "{text}");
        }
    }
}
