//! Tests of the log: many writers, writers that die, full disks, and everything that may be done to it afterwards.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::*;
use crate::cache::tests::{child_folder, start_child, test_name};

fn log_in(folder: &Path) -> AuditLog {
    AuditLog::new(folder.join("audit/log.jsonl"), Redactor::default())
}

/// A log of `count` entries, `npm:p1` and so on.
fn filled(count: usize) -> (tempfile::TempDir, AuditLog) {
    let folder = tempfile::tempdir().unwrap();
    let log = log_in(folder.path());
    for number in 1..=count {
        log.append(entry(number)).unwrap();
    }
    (folder, log)
}

fn entry(number: usize) -> Entry {
    Entry::asked(format!("npm:p{number}")).outcome(Outcome::Loaded)
}

fn lines(log: &AuditLog) -> Vec<String> {
    let text = fs::read_to_string(log.path()).unwrap();
    text.lines().map(str::to_string).collect()
}

fn rewrite(log: &AuditLog, lines: &[String]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(log.path(), text).unwrap();
}

fn problems(log: &AuditLog) -> Vec<String> {
    let found = log.verify(None).unwrap();
    let problems = found.problems.iter();
    problems
        .map(|problem| format!("{}: {}", problem.line, problem.message))
        .collect()
}

#[test]
fn what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_in(folder.path());
    let permissions = json!({ "net": ["api.test:443"] });
    let entry = Entry::asked("github:a/b")
        .script("/x/main.ts")
        .signature("good", Some("ada@a.test".into()))
        .policy("allowed", Some("/x/prizm.json".into()))
        .permissions(permissions.clone())
        .duration(std::time::Duration::from_millis(12))
        .outcome(Outcome::Loaded);
    log.append(entry.clone()).unwrap();
    log.append(Entry::asked("npm:x").refused("blocked"))
        .unwrap();
    let records: Vec<Record> = log
        .lines()
        .unwrap()
        .map(|line| line.unwrap().record().unwrap())
        .collect();
    assert_eq!(records[0].entry, entry);
    assert_eq!((records[0].sequence, records[1].sequence), (1, 2));
    assert_eq!(records[0].previous, chain::GENESIS);
    assert_eq!(records[1].previous, chain::hash(lines(&log)[0].as_bytes()));
    assert_eq!(records[1].entry.reason.as_deref(), Some("blocked"));
    assert_eq!(records[0].pid, std::process::id());
    assert!(!records[0].user.is_empty());
    assert!(chrono::DateTime::parse_from_rfc3339(&records[0].time).is_ok());
    assert!(records[0].time.ends_with('Z'));
    let found = log.verify(None).unwrap();
    assert!(found.is_good() && found.notes.is_empty(), "{found:?}");
    assert_eq!(found.entries, 2);
    assert_eq!(found.head, Some(chain::hash(lines(&log)[1].as_bytes())));
}

#[cfg(unix)]
#[test]
fn others_may_not_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, log) = filled(1);
    for path in [log.path().to_path_buf(), head_path(log.path())] {
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn secrets_and_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let redactor = Redactor::new([("MY_TOKEN".to_string(), "not-to-be-seen".to_string())]);
    let log = AuditLog::new(folder.path().join("log"), redactor);
    let entry = Entry::asked("git+https://me:not-to-be-seen@h.test/x.git?token=not-to-be-seen")
        .script("https://h.test/a.ts?key=abc#x")
        .policy(
            "held by https://u:p@h.test",
            Some("/x?not-to-be-seen".into()),
        )
        .permissions(
            json!({ "net": ["https://u:p@h.test/", { "not-to-be-seen": "not-to-be-seen" }] }),
        )
        .signature("x", Some("not-to-be-seen".into()))
        .failed(format!("not-to-be-seen\n{}", "x".repeat(100_000)));
    log.append(entry).unwrap();
    let text = lines(&log).join("\n");
    for secret in ["not-to-be-seen", "u:p@", "key=abc", "me:"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert!(text.contains("git+https://h.test/x.git\""), "{text}");
    assert_eq!(lines(&log).len(), 1);
    assert!(text.len() < 4000);
    let many: Vec<String> = (0..100_000)
        .map(|number| format!("host{number}.test"))
        .collect();
    log.append(Entry::asked("x").permissions(json!({ "net": many })))
        .unwrap();
    let long = "y".repeat(1000);
    let wide: serde_json::Map<_, _> = (0..300)
        .map(|name| (name.to_string(), json!([long, long])))
        .collect();
    log.append(Entry::asked("x").permissions(json!(wide)))
        .unwrap();
    assert!(lines(&log).iter().all(|line| line.len() <= LONGEST_LINE));
    assert!(log.verify(None).unwrap().is_good());
}

#[test]
fn every_change_is_found() {
    type Change = fn(&mut Vec<String>);
    let cases: [(&str, Change, &[&str]); 11] = [
        (
            "changed",
            |lines| lines[2] = lines[2].replace("npm:p3", "npm:q3"),
            &["3: was changed: line 4 carries another hash of it"],
        ),
        (
            "first changed",
            |lines| lines[0] = lines[0].replace("sha256-0", "sha256-1"),
            &[
                "1: was changed: it is not how a log begins",
                "1: was changed: line 2 carries another hash of it",
            ],
        ),
        (
            "last changed",
            |lines| lines[5] = lines[5].replace("npm:p6", "npm:q6"),
            &["6: was changed: the head file carries another hash of it"],
        ),
        (
            "not JSON",
            |lines| lines[2] = "hello".into(),
            &["3: is no entry of this log: it was changed"],
        ),
        (
            "missing",
            |lines| drop(lines.remove(2)),
            &["3: entry 3 is missing"],
        ),
        (
            "several missing",
            |lines| drop(lines.drain(1..4)),
            &["2: entries 2 to 4 are missing"],
        ),
        (
            "first missing",
            |lines| drop(lines.remove(0)),
            &["1: entry 1 is missing"],
        ),
        (
            "cut off",
            |lines| lines.truncate(4),
            &["4: entries 5 to 6 are missing after this line"],
        ),
        (
            "reordered",
            |lines| lines.swap(2, 3),
            &["4: holds entry 3, which belongs further up: the order was changed"],
        ),
        (
            "repeated",
            |lines| lines.insert(3, lines[2].clone()),
            &["4: holds entry 3 once more"],
        ),
        (
            "emptied",
            Vec::clear,
            &["0: entries 1 to 6 are missing after this line"],
        ),
    ];
    for (name, change, expected) in cases {
        let (_folder, log) = filled(6);
        let mut lines = lines(&log);
        change(&mut lines);
        rewrite(&log, &lines);
        assert_eq!(problems(&log), expected, "{name}");
    }
}

#[test]
fn a_changed_end_takes_no_more_entries() {
    let changes: [fn(&mut Vec<String>); 4] = [
        |lines| drop(lines.pop()),
        |lines| lines[2] = lines[2].replace("npm:p3", "npm:q3"),
        |lines| lines.push("{}".into()),
        Vec::clear,
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let (_folder, log) = filled(3);
        let mut lines = lines(&log);
        change(&mut lines);
        rewrite(&log, &lines);
        let before = fs::read(log.path()).unwrap();
        let error = log.append(entry(4)).unwrap_err();
        assert!(
            matches!(error, AuditError::Tampered { .. }),
            "{index}: {error}"
        );
        assert!(error.hints().contains(&"prizm audit verify".to_string()));
        assert_eq!(fs::read(log.path()).unwrap(), before);
    }
}

#[test]
fn a_missing_or_broken_head_is_found() {
    for text in [None, Some(""), Some("{}"), Some("{\"entries\":1}")] {
        let (_folder, log) = filled(2);
        match text {
            None => fs::remove_file(head_path(log.path())).unwrap(),
            Some(text) => fs::write(head_path(log.path()), text).unwrap(),
        }
        assert_eq!(problems(&log).len(), 1, "{text:?}");
        assert!(
            matches!(log.append(entry(3)), Err(AuditError::Tampered { .. })),
            "{text:?}"
        );
    }
}

#[test]
fn a_log_that_was_written_anew_lacks_the_noted_head() {
    let (_folder, log) = filled(3);
    let noted = log.verify(None).unwrap().head.unwrap();
    log.append(entry(4)).unwrap();
    assert!(log.verify(Some(&noted)).unwrap().is_good());
    fs::remove_file(log.path()).unwrap();
    fs::remove_file(head_path(log.path())).unwrap();
    (1..=4).for_each(|number| log.append(entry(number)).unwrap());
    assert!(log.verify(None).unwrap().is_good());
    assert!(!log.verify(Some(&noted)).unwrap().is_good());
}

#[test]
fn what_a_dead_writer_left_is_put_right() {
    // It died before the head was written …
    let (_folder, log) = filled(3);
    let head = fs::read(head_path(log.path())).unwrap();
    log.append(entry(4)).unwrap();
    fs::write(head_path(log.path()), head).unwrap();
    let found = log.verify(None).unwrap();
    assert!(found.is_good(), "{found:?}");
    assert_eq!(found.notes.len(), 1);
    log.append(entry(5)).unwrap();
    assert!(log.verify(None).unwrap().notes.is_empty());
    assert_eq!(lines(&log).len(), 5);
    // … or in the middle of its line.
    let mut text = fs::read(log.path()).unwrap();
    text.extend(b"{\"sequence\":6,\"prev");
    fs::write(log.path(), text).unwrap();
    let found = log.verify(None).unwrap();
    assert!(found.is_good() && found.notes.len() == 1, "{found:?}");
    log.append(entry(6)).unwrap();
    let found = log.verify(None).unwrap();
    assert!(found.is_good() && found.notes.is_empty(), "{found:?}");
    assert_eq!(found.entries, 6);
}

#[test]
fn entries_that_the_head_never_counted_are_found() {
    let (_folder, log) = filled(3);
    let head = fs::read(head_path(log.path())).unwrap();
    (4..=5).for_each(|number| log.append(entry(number)).unwrap());
    fs::write(head_path(log.path()), head).unwrap();
    assert_eq!(
        problems(&log),
        ["5: entries 4 to 5 are added by something else than Prizm"]
    );
    assert!(matches!(
        log.append(entry(6)),
        Err(AuditError::Tampered { .. })
    ));
}

#[test]
fn a_log_that_is_not_there_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_in(folder.path());
    assert_eq!(log.lines().unwrap().count(), 0);
    assert_eq!(log.verify(None).unwrap(), Verification::default());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let log = AuditLog::new(path, Redactor::default());
    let error = log.append(entry(1)).unwrap_err();
    assert!(matches!(error, AuditError::DiskFull { .. }), "{error:?}");
    assert_eq!(error.hints()[0], "prizm cache clean");
}

#[test]
fn a_place_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let log = AuditLog::new(folder.path().join("file/log"), Redactor::default());
    assert!(log.append(entry(1)).is_err());
}

const PROCESSES: usize = 8;
const EACH: usize = 25;

#[test]
fn many_processes_append_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let start = || start_child(test_name!(child_that_appends), folder.path());
    let children: Vec<_> = (0..PROCESSES).map(|_| start()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    let log = log_in(folder.path());
    let found = log.verify(None).unwrap();
    assert!(found.is_good() && found.notes.is_empty(), "{found:?}");
    assert_eq!(found.entries, (PROCESSES * EACH) as u64);
    let pids: std::collections::HashSet<u32> = log
        .lines()
        .unwrap()
        .map(|line| line.unwrap().record().unwrap().pid)
        .collect();
    assert_eq!(pids.len(), PROCESSES);
}

#[test]
#[ignore = "a process of another test"]
fn child_that_appends() {
    let Some(folder) = child_folder() else { return };
    let log = log_in(&folder);
    (0..EACH).for_each(|number| log.append(entry(number)).unwrap());
}

/// Killed at any moment, writers leave a log that is whole.
#[test]
fn killed_writers_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let log = log_in(folder.path());
    for round in 1..=5u64 {
        let mut child = start_child(test_name!(child_that_appends_for_ever), folder.path());
        while log.lines().unwrap().count() < (round * 20) as usize {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        log.append(entry(0)).unwrap();
        let found = log.verify(None).unwrap();
        assert!(found.is_good() && found.notes.is_empty(), "{found:?}");
    }
}

#[test]
#[ignore = "a process of another test"]
fn child_that_appends_for_ever() {
    let Some(folder) = child_folder() else { return };
    let log = log_in(&folder);
    loop {
        log.append(entry(0)).unwrap();
    }
}
