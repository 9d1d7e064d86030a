//! Tests of the lock file.

use std::thread;

use serde_json::json;

use super::write::write_error;
use super::*;
use crate::cache::tests::{child_folder, start_child, test_name};

const GOOD: &str = r#"{
  "version": "1",
  "git": {
    "github:a/b@v1": {
      "commit": "1111111111111111111111111111111111111111",
      "hash": "sha256-1111111111111111111111111111111111111111111111111111111111111111"
    },
    "github:o/r": {
      "commit": "2222222222222222222222222222222222222222",
      "hash": "sha256-2222222222222222222222222222222222222222222222222222222222222222"
    }
  },
  "npm": {
    "packages": {
      "zod@3.1.0": {
        "a": 1,
        "integrity": "sha512-x"
      }
    },
    "specifiers": {
      "zod@3": "3.1.0"
    }
  },
  "http": {
    "https://host/a.ts": "aa"
  }
}
"#;

fn pin(digit: char) -> GitPin {
    GitPin {
        commit: digit.to_string().repeat(40),
        hash: format!("sha256-{}", digit.to_string().repeat(64)),
    }
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prizm.lock");
    (folder, path)
}

fn open(path: &Path, mode: LockMode) -> Lockfile {
    Lockfile::open(Some(path.to_path_buf()), mode).unwrap()
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn the_text_is_sorted_and_stable() {
    let (folder, path) = folder();
    let lockfile = open(&path, LockMode::Write);
    lockfile.pin_git("github:o/r", pin('2')).unwrap();
    lockfile.pin_git("github:a/b@v1", pin('1')).unwrap();
    let npm = json!({
        "specifiers": { "zod@3": "3.1.0" },
        "packages": { "zod@3.1.0": { "integrity": "sha512-x", "a": 1 } },
    });
    lockfile.set_npm(npm.clone()).unwrap();
    lockfile.pin_http("https://host/a.ts", "aa").unwrap();
    assert!(!path.exists());
    assert!(lockfile.save().unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), GOOD);
    assert_eq!(files(folder.path()), ["prizm.lock"]);
    assert!(!lockfile.save().unwrap());

    let again = open(&path, LockMode::Frozen);
    assert_eq!(again.git("github:a/b@v1"), Some(pin('1')));
    assert_eq!(again.npm(), Some(npm.clone()));
    assert_eq!(again.http("https://host/a.ts").as_deref(), Some("aa"));
    again.pin_git("github:o/r", pin('2')).unwrap();
    again.accept_git("github:o/r", pin('2')).unwrap();
    again.set_npm(npm).unwrap();
    again.pin_http("https://host/a.ts", "aa").unwrap();
    assert!(!again.save().unwrap());
}

#[test]
fn nothing_is_written_when_nothing_changed() {
    let (folder, path) = folder();
    let lockfile = open(&path, LockMode::Write);
    lockfile.set_npm(json!({})).unwrap();
    assert!(!lockfile.save().unwrap());
    assert!(files(folder.path()).is_empty());

    // Not the text that this version writes, but the same meaning.
    let text = "\u{feff}{\"npm\":{},\r\n\"version\":\"1\"}";
    fs::write(&path, text).unwrap();
    let lockfile = open(&path, LockMode::Write);
    lockfile.set_npm(json!({})).unwrap();
    assert!(!lockfile.save().unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn keys_of_other_parts_are_kept() {
    let (_folder, path) = folder();
    fs::write(
        &path,
        r#"{"version":"1","permissions":{"b":[2,1],"a":true}}"#,
    )
    .unwrap();
    let lockfile = open(&path, LockMode::Write);
    lockfile.pin_http("https://host/a.ts", "aa").unwrap();
    assert!(lockfile.save().unwrap());
    let value: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(value["permissions"], json!({ "a": true, "b": [2, 1] }));
}

#[test]
fn a_frozen_file_refuses_changes_and_names_them() {
    let (_folder, path) = folder();
    fs::write(&path, GOOD).unwrap();
    let lockfile = open(&path, LockMode::Frozen);
    let refused = [
        (lockfile.pin_git("github:x/y@v2", pin('3')), "github:x/y@v2"),
        (lockfile.accept_git("github:o/r", pin('3')), "github:o/r"),
        (
            lockfile
                .set_npm(json!({ "packages": {}, "specifiers": { "zod@3": "3.2.0", "a@1": "1" } })),
            "+specifiers/a@1",
        ),
        (
            lockfile.pin_http("https://host/b.ts", "bb"),
            "https://host/b.ts",
        ),
        (
            lockfile.accept_http("https://host/a.ts", "bb"),
            "https://host/a.ts",
        ),
    ];
    for (result, name) in refused {
        let error = result.unwrap_err();
        assert!(matches!(error, LockfileError::Frozen { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
        assert!(error.hints()[0].contains("--frozen"));
    }
    assert!(!lockfile.save().unwrap());
    assert_eq!(lockfile.git("github:o/r"), Some(pin('2')));
    assert_eq!(fs::read_to_string(&path).unwrap(), GOOD);
}

#[test]
fn a_mismatch_names_both_hashes_and_the_command_that_accepts() {
    let (_folder, path) = folder();
    fs::write(&path, GOOD).unwrap();
    for mode in [LockMode::Write, LockMode::Frozen] {
        let lockfile = open(&path, mode);
        for found in [
            pin('3'),
            GitPin {
                commit: pin('2').commit,
                hash: pin('3').hash,
            },
        ] {
            let error = lockfile.pin_git("github:o/r", found.clone()).unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains(&found.hash) && text.contains(&pin('2').hash),
                "{text}"
            );
            assert!(
                error.hints()[0].contains("prizm run --reload=github:o/r "),
                "{:?}",
                error.hints()
            );
        }
        let error = lockfile.pin_http("https://host/a.ts", "bb").unwrap_err();
        assert!(matches!(error, LockfileError::Mismatch { .. }), "{error}");
    }
    let lockfile = open(&path, LockMode::Write);
    lockfile.pin_git("github:o/r@>=1 <2", pin('1')).unwrap();
    let hints = lockfile
        .pin_git("github:o/r@>=1 <2", pin('2'))
        .unwrap_err()
        .hints();
    assert!(
        hints[0].contains("--reload='github:o/r@>=1 <2' "),
        "{hints:?}"
    );
    lockfile.accept_git("github:o/r", pin('3')).unwrap();
    assert!(lockfile.save().unwrap());
    assert_eq!(
        open(&path, LockMode::Frozen).git("github:o/r"),
        Some(pin('3'))
    );
}

#[test]
fn without_a_file_pins_last_for_the_process() {
    let (folder, path) = folder();
    fs::write(&path, "junk").unwrap();
    for path in [Some(path), None] {
        let lockfile = Lockfile::open(path, LockMode::None).unwrap();
        lockfile.pin_git("github:o/r", pin('1')).unwrap();
        lockfile.pin_git("github:o/r", pin('2')).unwrap_err();
        assert_eq!(lockfile.git("github:o/r"), Some(pin('1')));
        assert!(!lockfile.save().unwrap());
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("prizm.lock")).unwrap(),
        "junk"
    );
}

#[test]
fn broken_files_are_refused_with_the_place() {
    let (_folder, path) = folder();
    let pin_with = |commit: &str, hash: &str| {
        format!(
            r#"{{"version":"1","git":{{"github:o/r":{{"commit":"{commit}","hash":"{hash}"}}}}}}"#
        )
    };
    let good = pin('1');
    let cases = [
        (
            "{\n  \"version\": \"1\",\n  \"git\": }".to_string(),
            "line 3, column 10",
        ),
        ("{".to_string(), "line 1, column 1"),
        (
            "{\n<<<<<<< ours\n}".to_string(),
            "unresolved merge conflict",
        ),
        ("[]".to_string(), "an object is expected"),
        ("{}".to_string(), "`version`"),
        (r#"{"version":"0"}"#.to_string(), "`version`"),
        (
            r#"{"version":"2"}"#.to_string(),
            "has version 2; this prizm knows up to 1",
        ),
        (r#"{"version":"1","git":[]}"#.to_string(), "`git`"),
        (
            r#"{"version":"1","git":{"x":{"commit":"1"}}}"#.to_string(),
            "missing field `hash`",
        ),
        (pin_with("../../x", &good.hash), "`git.github:o/r`"),
        (pin_with(&good.commit, "sha256-short"), "`git.github:o/r`"),
        (r#"{"version":"1","http":{"u":1}}"#.to_string(), "`http`"),
    ];
    for (text, expected) in cases {
        fs::write(&path, &text).unwrap();
        let error = Lockfile::open(Some(path.clone()), LockMode::Write).unwrap_err();
        assert!(error.to_string().contains(expected), "{text}: {error}");
        assert!(
            error.to_string().contains("prizm.lock") && !error.hints().is_empty(),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    fs::write(&path, "\n").unwrap();
    open(&path, LockMode::Write);
    fs::write(&path, b"\xff").unwrap();
    assert!(matches!(
        Lockfile::open(Some(path), LockMode::Write),
        Err(LockfileError::Read { .. })
    ));
}

#[test]
fn a_folder_that_is_missing_is_said_to_be_unwritable() {
    let (folder, _) = folder();
    let lockfile = open(&folder.path().join("missing/prizm.lock"), LockMode::Write);
    lockfile.pin_git("github:o/r", pin('1')).unwrap();
    let error = lockfile.save().unwrap_err();
    assert!(
        matches!(error, LockfileError::NotWritable { .. }),
        "{error}"
    );
    assert!(error.hints()[0].contains("--no-lock"));
    assert!(files(folder.path()).is_empty());
    let denied = write_error(
        Path::new("x"),
        io::Error::from(io::ErrorKind::ReadOnlyFilesystem),
    );
    assert!(matches!(denied, LockfileError::NotWritable { .. }));
}

#[test]
fn writers_agree_on_the_first_pin() {
    let (_folder, path) = folder();
    let [first, second, third] = [(); 3].map(|()| open(&path, LockMode::Write));
    first.pin_git("github:o/r", pin('1')).unwrap();
    first.pin_http("https://host/a.ts", "aa").unwrap();
    assert!(first.save().unwrap());

    second.pin_git("github:o/r", pin('2')).unwrap();
    second.pin_git("github:x/y", pin('2')).unwrap();
    assert!(second.save().unwrap());
    assert_eq!(
        second.git("github:o/r"),
        Some(pin('1')),
        "another commit of a moving branch"
    );

    let before = fs::read_to_string(&path).unwrap();
    third
        .pin_git(
            "github:o/r",
            GitPin {
                commit: pin('1').commit,
                hash: pin('3').hash,
            },
        )
        .unwrap();
    let error = third.save().unwrap_err();
    assert!(
        matches!(error, LockfileError::Mismatch { .. }),
        "other contents of one commit: {error}"
    );
    let fourth = open(&path, LockMode::Write);
    fourth.accept_http("https://host/a.ts", "bb").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
}

#[test]
fn npm_parts_merge_key_by_key() {
    let (_folder, path) = folder();
    let start = open(&path, LockMode::Write);
    start
        .set_npm(json!({ "packages": { "a@1": { "deps": ["x"] }, "old@1": {} } }))
        .unwrap();
    start.save().unwrap();

    let [ours, theirs] = [(); 2].map(|()| open(&path, LockMode::Write));
    theirs
        .set_npm(
            json!({ "packages": { "a@1": { "deps": ["x"] }, "old@1": {}, "b@1": {} }, "new": 1 }),
        )
        .unwrap();
    theirs.save().unwrap();
    ours.set_npm(json!({ "packages": { "a@1": { "deps": ["y"] }, "c@1": {} } }))
        .unwrap();
    ours.save().unwrap();
    let expected =
        json!({ "packages": { "a@1": { "deps": ["y"] }, "b@1": {}, "c@1": {} }, "new": 1 });
    assert_eq!(open(&path, LockMode::Write).npm(), Some(expected.clone()));
    assert_eq!(ours.npm(), Some(expected));
}

#[test]
fn a_file_broken_meanwhile_is_not_overwritten() {
    let (folder, path) = folder();
    let lockfile = open(&path, LockMode::Write);
    lockfile.pin_git("github:o/r", pin('1')).unwrap();
    fs::write(&path, "junk").unwrap();
    assert!(matches!(lockfile.save(), Err(LockfileError::Syntax { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "junk");
    assert_eq!(files(folder.path()), ["prizm.lock"]);
}

#[test]
fn threads_and_processes_lose_nothing() {
    let (folder, path) = folder();
    let children = [(); 2].map(|()| start_child(test_name!(child_that_pins), folder.path()));
    thread::scope(|scope| {
        for number in 0..4 {
            let path = &path;
            scope.spawn(move || pin_repeatedly(path, &format!("thread-{number}")));
        }
    });
    let mut names: Vec<String> = (0..4).map(|number| format!("thread-{number}")).collect();
    for mut child in children {
        names.push(format!("process-{}", child.id()));
        assert!(child.wait().unwrap().success());
    }
    let lockfile = open(&path, LockMode::Frozen);
    for name in names {
        for round in 0..ROUNDS {
            assert!(
                lockfile.git(&format!("github:{name}/r@{round}")).is_some(),
                "{name} {round}"
            );
            assert_eq!(
                lockfile.npm().unwrap()["packages"][format!("{name}@{round}")],
                json!({})
            );
        }
    }
    assert_eq!(files(folder.path()), ["prizm.lock"]);
}

const ROUNDS: usize = 15;

#[test]
#[ignore = "a process of another test"]
fn child_that_pins() {
    if let Some(folder) = child_folder() {
        pin_repeatedly(
            &folder.join("prizm.lock"),
            &format!("process-{}", std::process::id()),
        );
    }
}

fn pin_repeatedly(path: &Path, name: &str) {
    let lockfile = open(path, LockMode::Write);
    for round in 0..ROUNDS {
        lockfile
            .pin_git(&format!("github:{name}/r@{round}"), pin('1'))
            .unwrap();
        let mut npm = lockfile.npm().unwrap_or_else(|| json!({ "packages": {} }));
        npm["packages"][format!("{name}@{round}")] = json!({});
        lockfile.set_npm(npm).unwrap();
        assert!(lockfile.save().unwrap());
    }
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (folder, path) = folder();
    let shared = folder.path().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("real.lock"), "").unwrap();
    fs::set_permissions(shared.join("real.lock"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("shared/real.lock", &path).unwrap();
    let lockfile = open(&path, LockMode::Write);
    lockfile.pin_git("github:o/r", pin('1')).unwrap();
    assert!(lockfile.save().unwrap());
    assert!(path.symlink_metadata().unwrap().is_symlink());
    assert_eq!(
        shared
            .join("real.lock")
            .metadata()
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o640
    );
    assert!(open(&path, LockMode::Write).git("github:o/r").is_some());
}
