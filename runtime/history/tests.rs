//! Tests of the log of references.

use std::time::{Duration, UNIX_EPOCH};

use super::*;

const REPOSITORY: &str = "https://h.test/r.git";

fn resolved<'a>(reference: &'a str, commit: &'a str) -> Resolved<'a> {
    Resolved {
        repository: REPOSITORY,
        reference,
        commit,
        name: "git+https://h.test/r.git",
    }
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn history(folder: &Path) -> History {
    History::new(&Cache::new(folder.to_path_buf()), [])
}

#[test]
fn tags_may_not_move_and_branches_may() {
    let folder = tempfile::tempdir().unwrap();
    let history = history(folder.path());
    history
        .record(resolved("refs/tags/v1", "aaa"), at(0))
        .unwrap();
    history
        .record(resolved("refs/tags/v1", "aaa"), at(10))
        .unwrap();
    history
        .record(resolved("refs/heads/main", "aaa"), at(20))
        .unwrap();
    history
        .record(resolved("refs/heads/main", "bbb"), at(30))
        .unwrap();
    let error = history
        .record(resolved("refs/tags/v1", "bbb"), at(40))
        .unwrap_err();
    let text = error.to_string();
    for part in [
        "`v1`",
        "before: aaa (seen 1970-01-01T00:00:00Z",
        "now:    bbb (seen 1970-01-01T00:00:40Z)",
    ] {
        assert!(text.contains(part), "{text}");
    }
    // A refused commit leaves no trace.
    history
        .record(resolved("refs/tags/v1", "aaa"), at(50))
        .unwrap();
    let lines = fs::read_to_string(folder.path().join("history/refs.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 3, "{lines}");
}

#[test]
fn a_branch_cannot_take_the_name_of_a_tag() {
    let folder = tempfile::tempdir().unwrap();
    let history = history(folder.path());
    history
        .record(resolved("refs/tags/v1", "aaa"), at(0))
        .unwrap();
    assert!(
        history
            .record(resolved("refs/heads/v1", "bbb"), at(1))
            .is_err()
    );
}

#[test]
fn what_a_person_accepts_is_the_tag_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let history = history(folder.path());
    history
        .record(resolved("refs/tags/v1", "aaa"), at(0))
        .unwrap();
    history
        .accept(resolved("refs/tags/v1", "bbb"), at(1))
        .unwrap();
    history
        .record(resolved("refs/tags/v1", "bbb"), at(2))
        .unwrap();
    assert!(
        history
            .record(resolved("refs/tags/v1", "aaa"), at(3))
            .is_err()
    );
    // A lock file may go on naming what the tag once was, and nothing that it never was.
    history.check_pinned(resolved("v1", "aaa"), at(4)).unwrap();
    assert!(history.check_pinned(resolved("v1", "ccc"), at(4)).is_err());
    history.check_pinned(resolved("v2", "ccc"), at(4)).unwrap();
}

#[test]
fn a_shared_log_tells_other_users() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let shared = one.path().join("shared/refs.jsonl");
    let user = |folder: &Path| History::new(&Cache::new(folder.to_path_buf()), [shared.as_path()]);
    user(one.path())
        .record(resolved("refs/tags/v1", "aaa"), at(0))
        .unwrap();
    let moved = user(other.path()).record(resolved("refs/tags/v1", "bbb"), at(1));
    let Err(HistoryError::Moved(moved)) = moved else {
        panic!("it is known to others");
    };
    assert_eq!(moved.log, shared);
}

#[test]
fn half_a_line_costs_nothing_but_itself() {
    let folder = tempfile::tempdir().unwrap();
    let history = history(folder.path());
    history
        .record(resolved("refs/tags/v1", "aaa"), at(0))
        .unwrap();
    let path = folder.path().join("history/refs.jsonl");
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("{\"time\":\"20");
    fs::write(&path, text).unwrap();
    history
        .record(resolved("refs/tags/v2", "bbb"), at(1))
        .unwrap();
    assert!(
        history
            .record(resolved("refs/tags/v1", "ccc"), at(2))
            .is_err()
    );
    assert!(
        history
            .record(resolved("refs/tags/v2", "ccc"), at(2))
            .is_err()
    );
}

#[test]
fn many_may_append_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let history = history(folder.path());
            scope.spawn(move || {
                for number in 0..20 {
                    let reference = format!("refs/tags/v{writer}.{number}.0");
                    history.record(resolved(&reference, "aaa"), at(0)).unwrap();
                    // Whoever comes second finds what the first one wrote.
                    history
                        .record(resolved("refs/tags/shared", "aaa"), at(0))
                        .unwrap();
                }
            });
        }
    });
    let text = fs::read_to_string(folder.path().join("history/refs.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 8 * 20 + 1);
    assert!(
        text.lines()
            .all(|line| serde_json::from_str::<Entry>(line).is_ok())
    );
}
