//! Tests of the cache.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;

/// Starts the ignored test `name` of this module's binary in a process of its own, with `folder` to work in.
pub(crate) fn start_child(name: &str, folder: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args([
            name,
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("PRIZM_TEST_FOLDER", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The folder that [`start_child`] gave; `None` when the test is run by hand.
pub(crate) fn child_folder() -> Option<PathBuf> {
    env::var_os("PRIZM_TEST_FOLDER").map(PathBuf::from)
}

/// The name by which the test harness knows a test of the module that this is used in.
macro_rules! test_name {
    ($name:ident) => {
        concat!(module_path!(), "::", stringify!($name))
            .split_once("::")
            .unwrap()
            .1
    };
}
pub(crate) use test_name;

fn wait_for_line(child: &mut Child, line: &str) {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(
        lines.any(|found| found.unwrap().ends_with(line)),
        "the child never said {line}"
    );
}

fn say_and_wait(line: &str) {
    println!("\n{line}");
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn cache() -> (tempfile::TempDir, Cache) {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(folder.path().join("home"));
    (folder, cache)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn is_clear(cache: &Cache) -> bool {
    names(&cache.temporary()).is_empty()
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

const FILES: [(&str, &str); 3] = [
    ("index.ts", "export {}"),
    ("src/a.ts", "a"),
    ("src/deep/b.ts", "bb"),
];

/// Installs [`FILES`] and gives the hash and the folder.
fn install(cache: &Cache) -> (TreeHash, PathBuf) {
    let staged = cache.staging().unwrap();
    write(staged.path(), &FILES);
    let hash = TreeHash::of(staged.path()).unwrap();
    let tree = cache.install_tree(staged, &hash).unwrap();
    (hash, tree)
}

fn age(path: &Path, days: u64) {
    let time = SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
    File::open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn staging_leaves_nothing_behind() {
    let (_folder, cache) = cache();
    let first = cache.staging().unwrap();
    let second = cache.staging().unwrap();
    assert_ne!(first.path(), second.path());
    write(first.path(), &FILES);
    let path = first.path().to_path_buf();
    drop(first);
    assert!(!path.exists() && second.path().is_dir());
    drop(second);
    assert!(is_clear(&cache), "{:?}", names(&cache.temporary()));
}

#[test]
fn what_dead_processes_left_is_swept_and_what_live_ones_use_is_not() {
    let (_folder, cache) = cache();
    let mut child = start_child(test_name!(child_that_stages), cache.root());
    wait_for_line(&mut child, "staged");
    drop(cache.staging().unwrap());
    assert_eq!(
        names(&cache.temporary()).len(),
        2,
        "a live process lost its folder"
    );

    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(names(&cache.temporary()).len(), 2);
    drop(cache.staging().unwrap());
    assert!(is_clear(&cache), "{:?}", names(&cache.temporary()));
}

#[test]
#[ignore = "a process of another test"]
fn child_that_stages() {
    let Some(root) = child_folder() else { return };
    let staging = Cache::new(root).staging().unwrap();
    write(staging.path(), &FILES);
    say_and_wait("staged");
}

#[test]
fn loose_files_are_swept_when_old() {
    let (_folder, cache) = cache();
    write(&cache.temporary(), &[("w-1-a", "old"), ("w-2-b", "new")]);
    age(&cache.temporary().join("w-1-a"), 1);
    drop(cache.staging().unwrap());
    assert_eq!(
        names(&cache.temporary()),
        BTreeSet::from(["w-2-b".to_string()])
    );
}

#[test]
fn a_signal_clears_staging() {
    let (_folder, cache) = cache();
    let mut child = start_child(test_name!(child_that_is_stopped), cache.root());
    assert!(child.wait().unwrap().success());
    assert!(is_clear(&cache), "{:?}", names(&cache.temporary()));
}

#[test]
#[ignore = "a process of another test"]
fn child_that_is_stopped() {
    let Some(root) = child_folder() else { return };
    let cache = Cache::new(root);
    let staging = cache.staging().unwrap();
    write(staging.path(), &FILES);
    let loose = cache.write_temporary(b"text").unwrap();
    assert_eq!(names(&cache.temporary()).len(), 3);
    thread::spawn(remove_all_staging).join().unwrap();
    assert!(is_clear(&cache));
    cache.staging().unwrap_err();
    cache
        .write_atomic(&cache.root().join("x"), b"")
        .unwrap_err();
    // The process ends without running destructors, as one ended by a signal does.
    std::mem::forget((staging, loose));
}

#[test]
fn writes_are_whole_and_leave_no_temporary_file() {
    let (folder, cache) = cache();
    let path = cache.bucket(Bucket::Http).join("a/b");
    cache.write_atomic(&path, b"one").unwrap();
    cache.write_atomic(&path, b"two").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    // A folder that is not empty cannot be replaced by a file.
    cache
        .write_atomic(&cache.bucket(Bucket::Http), b"x")
        .unwrap_err();
    assert!(is_clear(&cache));

    fs::write(folder.path().join("file"), "").unwrap();
    let error = Cache::new(folder.path().join("file"))
        .write_atomic(&path, b"")
        .unwrap_err();
    assert!(matches!(error, CacheError::Io { .. }), "{error}");
}

#[test]
fn failures_are_told_apart() {
    let sort =
        |kind: io::ErrorKind| CacheError::io("write", Path::new("/x"), io::Error::from(kind));
    let full = sort(io::ErrorKind::StorageFull);
    assert!(matches!(full, CacheError::DiskFull { .. }));
    assert!(
        full.hints().iter().any(|hint| hint == "prizm cache clean"),
        "{:?}",
        full.hints()
    );
    for kind in [
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::PermissionDenied,
    ] {
        let error = sort(kind);
        assert!(matches!(error, CacheError::ReadOnly { .. }));
        assert!(
            error.hints()[0].starts_with("PRIZM_HOME="),
            "{:?}",
            error.hints()
        );
    }
}

#[test]
fn locks_exclude_threads() {
    let (_folder, cache) = cache();
    let inside = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let _lock = cache.lock("github:owner/repo@v1").unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(names(&cache.root().join("locks")).len(), 1);
}

#[test]
fn locks_exclude_processes_and_end_with_them() {
    let (_folder, cache) = cache();
    let mut child = start_child(test_name!(child_that_locks), cache.root());
    wait_for_line(&mut child, "locked");
    let file = File::open(cache.root().join("locks/name.lock")).unwrap();
    assert!(file.try_lock().is_err());
    child.kill().unwrap();
    child.wait().unwrap();
    drop(cache.lock("name").unwrap());
}

#[test]
#[ignore = "a process of another test"]
fn child_that_locks() {
    let Some(root) = child_folder() else { return };
    let _lock = Cache::new(root).lock("name").unwrap();
    say_and_wait("locked");
}

/// The format is a promise to every lock file: `printf '644 %s a/b.ts\n755 %s run.sh\n' … | sha256sum`.
#[cfg(unix)]
#[test]
fn tree_hashes_are_stable() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("run.sh", "run"), ("a/b.ts", "x")]);
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::set_permissions(
        folder.path().join("run.sh"),
        fs::Permissions::from_mode(0o775),
    )
    .unwrap();
    let hash = TreeHash::of(folder.path()).unwrap();
    assert_eq!(
        hash.as_str(),
        "sha256-eca2d18cfd3905ce466a6adf4ef1403232ad18faeb17731a4edfd79beb6e6c05"
    );
    assert_eq!(hash.as_str().parse::<TreeHash>().unwrap(), hash);
    for text in [
        "",
        "sha256-",
        "sha512-00",
        &hash.as_str().to_uppercase(),
        "sha256-../../../x",
    ] {
        text.parse::<TreeHash>().unwrap_err();
    }
}

#[test]
fn trees_are_installed_once_and_checked() {
    let (_folder, cache) = cache();
    let (hash, tree) = install(&cache);
    assert_eq!(cache.tree(&hash).as_ref(), Some(&tree));
    assert_eq!(
        fs::read_to_string(tree.join("src/deep/b.ts")).unwrap(),
        "bb"
    );
    cache.check_tree(&hash).unwrap();
    cache.verify_tree(&hash).unwrap();

    let inode = |path: &Path| path.metadata().unwrap().modified().unwrap();
    let before = inode(&tree);
    assert_eq!(install(&cache), (hash.clone(), tree.clone()));
    assert_eq!(inode(&tree), before);
    assert!(is_clear(&cache));

    let other: TreeHash = format!("sha256-{}", "0".repeat(64)).parse().unwrap();
    assert_eq!(cache.tree(&other), None);
    assert!(matches!(
        cache.check_tree(&other),
        Err(CacheError::Missing { .. })
    ));
    let staged = cache.staging().unwrap();
    let error = cache.install_tree(staged, &other).unwrap_err();
    assert!(matches!(error, CacheError::Mismatch { .. }), "{error}");
    assert_eq!(cache.tree(&other), None);
    assert!(is_clear(&cache));
}

#[test]
fn changed_trees_are_noticed() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 5] = [
        ("changed: src/a.ts", |tree| {
            fs::write(tree.join("src/a.ts"), "A").unwrap()
        }),
        ("changed: index.ts", |tree| {
            fs::write(tree.join("index.ts"), "longer than before").unwrap()
        }),
        ("missing: index.ts", |tree| {
            fs::remove_file(tree.join("index.ts")).unwrap()
        }),
        ("extra: src/new.ts", |tree| {
            fs::write(tree.join("src/new.ts"), "").unwrap()
        }),
        (
            "missing: index.ts, missing: src/a.ts, missing: src/deep/b.ts",
            |tree| {
                fs::remove_dir_all(tree).unwrap();
                fs::create_dir(tree).unwrap();
            },
        ),
    ];
    for (expected, damage) in damages {
        let (_folder, cache) = cache();
        let (hash, tree) = install(&cache);
        damage(&tree);
        let found = TreeHash::of(&tree).unwrap();
        for result in [cache.check_tree(&hash), cache.verify_tree(&hash)] {
            let error = result.unwrap_err();
            let text = error.to_string();
            assert!(matches!(error, CacheError::Mismatch { .. }), "{text}");
            assert!(
                [hash.as_str(), found.as_str(), expected]
                    .iter()
                    .all(|part| text.contains(part)),
                "{text}"
            );
            assert!(
                error
                    .hints()
                    .iter()
                    .any(|hint| hint == "prizm cache verify")
            );
        }
        // Fetching it again repairs it.
        install(&cache);
        cache.verify_tree(&hash).unwrap();
        assert!(is_clear(&cache));
    }
}

#[cfg(unix)]
#[test]
fn modes_links_and_odd_names_are_noticed() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (_folder, cache) = cache();
    let (hash, tree) = install(&cache);
    fs::set_permissions(tree.join("index.ts"), fs::Permissions::from_mode(0o755)).unwrap();
    cache.check_tree(&hash).unwrap_err();
    fs::set_permissions(tree.join("index.ts"), fs::Permissions::from_mode(0o644)).unwrap();
    cache.check_tree(&hash).unwrap();
    fs::remove_file(tree.join("index.ts")).unwrap();
    symlink("/etc/passwd", tree.join("index.ts")).unwrap();
    assert!(matches!(
        cache.check_tree(&hash),
        Err(CacheError::Unsupported { .. })
    ));

    for name in [&b"\xff.ts"[..], b"a\nb", b"a\\b"] {
        let staged = cache.staging().unwrap();
        fs::write(staged.path().join(OsStr::from_bytes(name)), "").unwrap();
        let error = cache.install_tree(staged, &hash).unwrap_err();
        assert!(matches!(error, CacheError::Unsupported { .. }), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

#[test]
fn a_copied_cache_is_read_once() {
    let (_folder, cache) = cache();
    let (hash, tree) = install(&cache);
    let manifest = tree.with_file_name("manifest.json");
    age(&tree.join("index.ts"), 3);
    let before = fs::read(&manifest).unwrap();
    cache.check_tree(&hash).unwrap();
    let renewed = fs::read(&manifest).unwrap();
    assert_ne!(renewed, before);
    cache.check_tree(&hash).unwrap();
    assert_eq!(fs::read(&manifest).unwrap(), renewed);

    for damage in [
        "",
        "{",
        r#"{"version":9,"files":[]}"#,
        r#"{"version":1,"files":[]}"#,
    ] {
        fs::write(&manifest, damage).unwrap();
        assert!(cache.verify_tree(&hash).is_err(), "{damage}");
        cache.check_tree(&hash).unwrap();
        assert_eq!(fs::read(&manifest).unwrap(), renewed);
    }
}

#[test]
fn threads_and_processes_install_one_tree() {
    let (_folder, cache) = cache();
    let children = [(); 2].map(|()| start_child(test_name!(child_that_installs), cache.root()));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| install_repeatedly(&cache));
        }
    });
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let (hash, _) = install(&cache);
    cache.verify_tree(&hash).unwrap();
    assert_eq!(cache.list().unwrap().len(), 1);
    assert!(is_clear(&cache), "{:?}", names(&cache.temporary()));
}

#[test]
#[ignore = "a process of another test"]
fn child_that_installs() {
    if let Some(root) = child_folder() {
        install_repeatedly(&Cache::new(root));
    }
}

/// Now and then the tree is damaged or cleaned away while others install it.
fn install_repeatedly(cache: &Cache) {
    for round in 0..40 {
        let (_, tree) = install(cache);
        match round % 10 {
            3 => drop(fs::remove_file(tree.join("src/a.ts"))),
            6 => drop(cache.clean(Some(Bucket::Sources)).unwrap()),
            _ => {}
        }
    }
}

#[test]
fn compiled_output_comes_back_or_counts_as_missing() {
    let (_folder, cache) = cache();
    for length in [0, 1, 7, 8, 31, 32, 33, 100_000] {
        let bytes: Vec<u8> = (0..length)
            .map(|at: u32| at.to_le_bytes()[0] ^ at.to_le_bytes()[1])
            .collect();
        let key = format!("{length:064x}");
        assert_eq!(cache.emit_get(&key), None);
        cache.emit_put(&key, &bytes);
        assert_eq!(cache.emit_get(&key), Some(bytes));
    }
    let key = format!("{:064x}", 33);
    let path = cache
        .bucket(Bucket::Js)
        .join("00")
        .join(format!("{key}.bin"));
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&path, &bad).unwrap();
        assert_eq!(cache.emit_get(&key), None, "byte {at}");
        fs::write(&path, &good[..at]).unwrap();
        assert_eq!(cache.emit_get(&key), None, "{at} bytes");
    }
    fs::write(path.with_file_name(format!("{:064x}.bin", 5)), &good).unwrap();
    assert_eq!(
        cache.emit_get(&format!("{:064x}", 5)),
        None,
        "an entry under another key"
    );
    for key in ["", "ab", "../../x", "xyz123", "aa/bb"] {
        cache.emit_put(key, b"x");
        assert_eq!(cache.emit_get(key), None);
    }
    assert!(is_clear(&cache));
}

#[test]
fn compiled_output_that_cannot_be_kept_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let cache = Cache::new(folder.path().join("file"));
    cache.emit_put("abcdef", b"x");
    assert_eq!(cache.emit_get("abcdef"), None);
}

#[test]
fn listing_verifying_pruning_and_cleaning() {
    let (_folder, cache) = cache();
    assert!(cache.list().unwrap().is_empty() && cache.verify().is_empty());
    assert_eq!(cache.clean(None).unwrap(), Removed::default());
    let (hash, tree) = install(&cache);
    cache.emit_put("abcdef", b"x");
    write(
        &cache.bucket(Bucket::Npm),
        &[("registry/zod/3/a", "abc"), ("registry/@s/p/1/b", "de")],
    );
    write(&cache.bucket(Bucket::Audit), &[("log", "line")]);
    let listed: Vec<(Bucket, String)> = cache
        .list()
        .unwrap()
        .into_iter()
        .map(|entry| (entry.bucket, entry.name))
        .collect();
    let source = format!("{}/{hash}", &hash.digits()[..2]);
    let expected = [
        (Bucket::Sources, source.as_str()),
        (Bucket::Npm, "registry/@s/p"),
        (Bucket::Npm, "registry/zod"),
        (Bucket::Js, "ab/abcdef.bin"),
        (Bucket::Audit, "log"),
    ];
    assert_eq!(
        listed,
        expected.map(|(bucket, name)| (bucket, name.to_string()))
    );

    let bad = |cache: &Cache| -> Vec<Bucket> {
        let reports = cache
            .verify()
            .into_iter()
            .filter(|report| report.error.is_some());
        reports.map(|report| report.bucket).collect()
    };
    // Neither of the packages has a list of its files.
    assert_eq!(bad(&cache), [Bucket::Npm, Bucket::Npm]);
    assert_eq!(cache.verify().len(), 4);
    fs::write(cache.bucket(Bucket::Js).join("ab/abcdef.bin"), "junk").unwrap();
    fs::write(tree.join("index.ts"), "junk").unwrap();
    let all = [Bucket::Sources, Bucket::Npm, Bucket::Npm, Bucket::Js];
    assert_eq!(bad(&cache), all);

    age(&cache.bucket(Bucket::Npm).join("registry/zod"), 40);
    age(&cache.bucket(Bucket::Audit).join("log"), 40);
    age(tree.parent().unwrap(), 40);
    cache.tree(&hash).unwrap();
    assert_eq!(
        cache.prune(30).unwrap(),
        Removed {
            entries: 1,
            bytes: 3
        },
        "only zod is old: the tree was used"
    );
    assert_eq!(
        cache.clean(Some(Bucket::Npm)).unwrap(),
        Removed {
            entries: 1,
            bytes: 2
        }
    );
    assert_eq!(cache.clean(None).unwrap().entries, 2);
    assert_eq!(cache.list().unwrap().len(), 1, "the audit log stays");
    assert_eq!(cache.prune(0).unwrap().entries, 0);
    assert!(is_clear(&cache));
}
