//! Tests of what the runtime is told.

use serde_json::{Value, json};

use super::*;

struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        for name in ["root/models", "tmp", "home", "cache"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        Fixture { folder }
    }

    fn path(&self, name: &str) -> String {
        let folder = self.folder.path().canonicalize().unwrap();
        text(&folder.join(name))
    }

    fn places(&self) -> Places {
        let path = |name: &str| PathBuf::from(self.path(name));
        Places {
            root: path("root"),
            is_root_writable: false,
            packages: vec![path("npm/a")],
            cache: path("cache/data-v1/own"),
            temporary: path("tmp"),
            home: Some(path("home")),
            protected: vec![path("cache"), path("prizm.lock")],
        }
    }

    fn options(&self, block: Value) -> Result<PermissionsOptions, PermissionError> {
        granted(block).to_options(&self.places())
    }
}

fn granted(block: Value) -> Granted {
    let set = PermissionSet::from_json(&block).unwrap();
    Granted::new(Owner::new("github:o/r", Some(1)), set, Vec::new())
}

#[test]
fn nothing_granted_is_its_own_files_and_no_more() {
    let fixture = Fixture::new();
    let options = fixture.options(json!({})).unwrap();
    let own = vec![fixture.path("root"), fixture.path("npm/a")];
    assert_eq!(options.allow_read, Some(own));
    assert_eq!(options.allow_write, None);
    assert_eq!((options.allow_net, options.allow_env), (None, None));
    assert_eq!((options.allow_run, options.allow_ffi), (None, None));
    assert_eq!((options.allow_sys, options.allow_import), (None, None));
    assert!(!options.prompt);
}

#[test]
fn names_become_folders() {
    let fixture = Fixture::new();
    let block = json!({ "read": ["$CACHE", "$HOME/x", "/"], "write": ["$TMP/y", "$CACHE"] });
    let options = fixture.options(block).unwrap();
    let read = options.allow_read.unwrap();
    for path in ["cache/data-v1/own", "home/x", "root"] {
        assert!(read.contains(&fixture.path(path)), "{path} in {read:?}");
    }
    assert!(read.contains(&"/".to_string()));
    let write = options.allow_write.unwrap();
    assert_eq!(
        write,
        [fixture.path("cache/data-v1/own"), fixture.path("tmp/y")]
    );
    assert!(Path::new(&fixture.path("cache/data-v1/own")).is_dir());
    let deny = options.deny_read.unwrap();
    assert!(deny.contains(&fixture.path("prizm.lock")) && deny.contains(&"/proc".to_string()));
}

#[test]
fn what_is_named_exactly_is_not_protected() {
    let fixture = Fixture::new();
    let block = json!({ "read": [fixture.path("prizm.lock")] });
    let options = fixture.options(block).unwrap();
    let lock = fixture.path("prizm.lock");
    assert!(!options.deny_read.unwrap().contains(&lock));
    assert!(options.deny_write.unwrap().contains(&lock));
}

#[test]
fn a_repository_in_the_cache_is_not_written_to() {
    let fixture = Fixture::new();
    let block = json!({ "write": ["./models", "./"] });
    let options = fixture.options(block.clone()).unwrap();
    assert_eq!(options.allow_write, None);
    assert!(options.deny_write.unwrap().contains(&fixture.path("root")));
    let places = Places {
        is_root_writable: true,
        ..fixture.places()
    };
    let options = granted(block).to_options(&places).unwrap();
    let own = vec![fixture.path("root"), fixture.path("root/models")];
    assert_eq!(options.allow_write, Some(own));
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out() {
    let fixture = Fixture::new();
    std::os::unix::fs::symlink(fixture.path("home"), fixture.path("root/out")).unwrap();
    std::os::unix::fs::symlink(fixture.path("root/models"), fixture.path("root/in")).unwrap();
    let error = fixture
        .options(json!({ "write": ["./out/x"] }))
        .unwrap_err();
    assert!(
        error.to_string().contains("a symbolic link leads to"),
        "{error}"
    );
    assert!(error.hints()[0].contains("revoke"), "{:?}", error.hints());
    fixture.options(json!({ "ffi": ["./in/x.so"] })).unwrap();
}

#[test]
fn cache_folders_are_apart() {
    let folder = |name: &str, major| {
        Places::cache_of(Path::new("/c"), &Owner::new(name, major))
            .display()
            .to_string()
    };
    assert_eq!(folder("github:o/r", Some(1)), folder("github:o/r", Some(2)));
    assert_ne!(folder("github:o/r", None), folder("github:p/r", None));
    assert!(folder("github:o/..", None).starts_with("/c/data-v1/"));
    assert!(!folder("github:o/..", None).contains(".."));
}
