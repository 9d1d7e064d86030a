//! Tests of the fence: links, nested folders, private addresses.

use std::fs;
use std::os::unix::fs::symlink;

use deno_runtime::deno_permissions::OpenAccessKind;

use super::*;

struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    /// `own/` is granted; `secret/key` and `own/inner/lock` are not.
    fn new() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        for name in ["own/inner/free", "secret", "read"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        for name in [
            "own/file",
            "own/inner/lock",
            "own/inner/free/x",
            "secret/key",
            "read/x",
        ] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        Fixture { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    fn container(&self) -> PermissionsContainer {
        let list = |names: &[&str]| {
            Some(
                names
                    .iter()
                    .map(|name| self.path(name).display().to_string())
                    .collect(),
            )
        };
        let options = PermissionsOptions {
            allow_read: list(&["own", "read", "own/inner/free"]),
            deny_read: list(&["own/inner", "a", "z"]),
            allow_write: list(&["own", "own/inner/free"]),
            deny_write: list(&["own/inner"]),
            ..PermissionsOptions::default()
        };
        container(&options, Path::new("/")).unwrap()
    }

    fn opens(&self, name: &str, kind: OpenAccessKind) -> Result<PathBuf, String> {
        let path = Cow::Owned(self.path(name));
        let checked = self
            .container()
            .check_open(path, kind, Some("test"))
            .map(|checked| checked.into_owned_path());
        checked.map_err(|error| error.to_string())
    }
}

#[test]
fn what_is_granted_opens() {
    let fixture = Fixture::new();
    for name in ["own/file", "own/new", "own/inner/free/x"] {
        assert_eq!(
            fixture.opens(name, OpenAccessKind::Read),
            Ok(fixture.path(name))
        );
        assert_eq!(
            fixture.opens(name, OpenAccessKind::Write),
            Ok(fixture.path(name))
        );
    }
    assert!(fixture.opens("read/x", OpenAccessKind::Read).is_ok());
    assert!(fixture.opens("read/x", OpenAccessKind::Write).is_err());
}

#[test]
fn the_innermost_folder_decides() {
    let fixture = Fixture::new();
    let error = fixture
        .opens("own/inner/lock", OpenAccessKind::Read)
        .unwrap_err();
    let shown = fixture.path("own/inner/lock").display().to_string();
    assert!(
        error.starts_with(&format!("Requires read access to \"{shown}\"")),
        "{error}"
    );
    assert!(
        fixture
            .opens("own/inner/new", OpenAccessKind::Write)
            .is_err()
    );
}

#[test]
fn links_lead_nowhere_else() {
    let fixture = Fixture::new();
    symlink(fixture.path("secret"), fixture.path("own/folder")).unwrap();
    symlink(fixture.path("secret/key"), fixture.path("own/link")).unwrap();
    symlink(fixture.path("own/inner/lock"), fixture.path("own/lock")).unwrap();
    symlink("/proc/self/environ", fixture.path("own/environ")).unwrap();
    symlink(fixture.path("read/x"), fixture.path("own/read")).unwrap();
    symlink(fixture.path("secret/new"), fixture.path("own/dangling")).unwrap();
    for name in [
        "own/folder/key",
        "own/link",
        "own/lock",
        "own/environ",
        "own/folder/../key",
    ] {
        for kind in [OpenAccessKind::Read, OpenAccessKind::Write] {
            let result = fixture.opens(name, kind);
            assert!(
                result.is_err() || result == Ok(fixture.path("own/key")),
                "{name}: {result:?}"
            );
        }
    }
    // A link to what may be read only may not be written through, whoever asks.
    assert!(fixture.opens("own/read", OpenAccessKind::Write).is_err());
    let checked = fixture.container();
    let path = Cow::Owned(fixture.path("own/dangling"));
    let checked = checked
        .check_open(path, OpenAccessKind::Write, None)
        .unwrap();
    assert!(checked.canonicalized(), "opened without following the link");
}

#[test]
fn links_inside_what_is_granted_work() {
    let fixture = Fixture::new();
    symlink(fixture.path("own/file"), fixture.path("own/alias")).unwrap();
    let target = fixture.path("own/file");
    assert_eq!(fixture.opens("own/alias", OpenAccessKind::Read), Ok(target));
    let link = fixture.path("own/alias");
    assert_eq!(
        fixture.opens("own/alias", OpenAccessKind::ReadNoFollow),
        Ok(link)
    );
}

#[test]
fn what_may_be_read_may_still_not_be_written_and_the_reverse() {
    let fixture = Fixture::new();
    let path = |name: &str| fixture.path(name).display().to_string();
    let all = |names: &[&str]| Some(names.iter().map(|name| path(name)).collect::<Vec<_>>());
    let opens = |options: PermissionsOptions, name: &str, kind| {
        let container = container(&options, Path::new("/")).unwrap();
        container
            .check_open(Cow::Owned(fixture.path(name)), kind, None)
            .is_ok()
    };
    let read_only = || PermissionsOptions {
        allow_read: all(&["own"]),
        allow_write: all(&["own"]),
        deny_write: all(&["own/inner"]),
        ..PermissionsOptions::default()
    };
    assert!(opens(read_only(), "own/inner/lock", OpenAccessKind::Read));
    assert!(!opens(read_only(), "own/inner/lock", OpenAccessKind::Write));
    assert!(!opens(
        read_only(),
        "own/inner/lock",
        OpenAccessKind::ReadWrite
    ));
    let write_only = || PermissionsOptions {
        allow_read: all(&["own"]),
        deny_read: all(&["own/inner"]),
        allow_write: all(&["own"]),
        ..PermissionsOptions::default()
    };
    assert!(!opens(write_only(), "own/inner/lock", OpenAccessKind::Read));
    assert!(opens(write_only(), "own/inner/lock", OpenAccessKind::Write));
    // Allowed inside of denied inside of allowed: what is between stays closed.
    let nested = || PermissionsOptions {
        allow_read: all(&["own"]),
        allow_write: all(&["own", "own/inner/free", "a", "b"]),
        deny_write: all(&["own/inner", "m", "n"]),
        ..PermissionsOptions::default()
    };
    assert!(!opens(nested(), "own/inner/lock", OpenAccessKind::Write));
    assert!(opens(nested(), "own/inner/free/x", OpenAccessKind::Write));
    assert!(opens(nested(), "own/file", OpenAccessKind::Write));
}

#[test]
fn names_do_not_open_private_addresses() {
    let options = PermissionsOptions {
        allow_net: Some(vec!["a.com".to_string(), "127.0.0.1:80".to_string()]),
        deny_net: Some(vec!["127.0.0.2/32".to_string(), "::/127".to_string()]),
        ..PermissionsOptions::default()
    };
    let mut container = container(&options, Path::new("/")).unwrap();
    assert!(container.check_net(&("a.com", Some(443)), "test").is_ok());
    for (address, is_allowed) in [("127.0.0.1", true), ("127.0.0.2", false), ("::1", false)] {
        let address = address.parse().unwrap();
        let checked = container.check_net_resolved(&address, 443, "test");
        assert_eq!(checked.is_ok(), is_allowed, "{address}");
    }
    assert!(
        container
            .check_net(&("[::ffff:127.0.0.2]", Some(80)), "test")
            .is_err()
    );
}

#[test]
fn everything_is_not_quite_everything() {
    let fixture = Fixture::new();
    let options = PermissionsOptions {
        allow_read: Some(Vec::new()),
        deny_read: Some(vec![
            fixture.path("secret").display().to_string(),
            "/proc".to_string(),
        ]),
        ..PermissionsOptions::default()
    };
    let container = container(&options, Path::new("/")).unwrap();
    let opens = |path: PathBuf| {
        container
            .check_open(Cow::Owned(path), OpenAccessKind::Read, None)
            .is_ok()
    };
    assert!(opens(fixture.path("own/file")));
    assert!(!opens(fixture.path("secret/key")));
    for path in [
        "/proc/self/environ",
        "/proc/self/fd/3",
        "/proc/1/root/etc/passwd",
        "/proc/pressure/cpu",
    ] {
        assert!(!opens(PathBuf::from(path)), "{path}");
    }
}
