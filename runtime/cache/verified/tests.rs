//! Tests of what is checked when cached files are loaded.

use super::*;

fn package(cache: &Cache) -> PathBuf {
    let folder = cache.bucket(Bucket::Npm).join("r.test/@s/p/1.2.3");
    fs::create_dir_all(folder.join("lib")).unwrap();
    fs::write(folder.join("package.json"), "{}").unwrap();
    fs::write(folder.join("lib/a.js"), "one").unwrap();
    fs::write(folder.join("lib/b c.js"), "two").unwrap();
    cache.seal_package(&folder).unwrap();
    folder
}

fn check(cache: &Cache, path: &Path) -> Result<(), CacheError> {
    cache.check_loaded(path, &fs::read(path).unwrap())
}

#[test]
fn a_changed_file_of_a_package_is_named_with_what_mends_it() {
    let room = tempfile::tempdir().unwrap();
    let cache = Cache::new(room.path().to_path_buf());
    let folder = package(&cache);
    let file = folder.join("lib/a.js");
    check(&cache, &file).unwrap();
    check(&cache, &folder.join("lib/b c.js")).unwrap();
    fs::write(&file, "ONE").unwrap();
    let error = check(&cache, &file).unwrap_err();
    assert!(error.to_string().contains("lib/a.js"), "{error}");
    let mend = "prizm cache add --reload=npm:@s/p npm:@s/p@1.2.3";
    assert_eq!(error.hints(), [mend]);
    fs::write(folder.join("lib/new.js"), "").unwrap();
    assert!(check(&cache, &folder.join("lib/new.js")).is_err());
    assert!(cache.verify_package(&folder).is_err());
}

#[test]
fn a_changed_package_json_or_list_is_noticed() {
    let room = tempfile::tempdir().unwrap();
    let cache = || Cache::new(room.path().to_path_buf());
    let folder = package(&cache());
    assert!(cache().is_sealed(&folder));
    let list = folder.join(FILES);
    let good = fs::read_to_string(&list).unwrap();
    fs::write(&list, good.replacen("lib/a.js", "lib/c.js", 1)).unwrap();
    assert!(check(&cache(), &folder.join("lib/a.js")).is_err());
    fs::write(&list, &good).unwrap();
    fs::write(folder.join("package.json"), "[]").unwrap();
    assert!(!cache().is_sealed(&folder));
    fs::remove_file(&list).unwrap();
    assert!(!cache().is_sealed(&folder));
}

#[test]
fn native_code_is_read_before_its_package_runs() {
    let room = tempfile::tempdir().unwrap();
    let cache = Cache::new(room.path().to_path_buf());
    let folder = package(&cache);
    fs::write(folder.join("addon.node"), "elf").unwrap();
    cache.seal_package(&folder).unwrap();
    fs::write(folder.join("addon.node"), "ELF").unwrap();
    let error = check(&cache, &folder.join("lib/a.js")).unwrap_err();
    assert!(error.to_string().contains("addon.node"), "{error}");
}

#[test]
fn what_a_package_carries_does_not_speak_for_it() {
    let room = tempfile::tempdir().unwrap();
    let cache = Cache::new(room.path().to_path_buf());
    let folder = package(&cache);
    fs::create_dir(folder.join("evil")).unwrap();
    fs::write(folder.join("evil/x.js"), "evil").unwrap();
    let hash = hex(&Sha256::digest(b"evil"));
    fs::write(folder.join("evil").join(FILES), format!("{hash} x.js\n")).unwrap();
    assert!(check(&cache, &folder.join("evil/x.js")).is_err());
}

#[test]
fn a_package_may_change_while_its_scripts_run() {
    let room = tempfile::tempdir().unwrap();
    let cache = Cache::new(room.path().to_path_buf());
    let folder = package(&cache);
    cache.open_package(&folder).unwrap();
    fs::write(folder.join("lib/made.js"), "made").unwrap();
    check(&cache, &folder.join("lib/made.js")).unwrap();
    cache.seal_package(&folder).unwrap();
    check(&cache, &folder.join("lib/made.js")).unwrap();
    fs::write(folder.join("lib/made.js"), "other").unwrap();
    assert!(check(&cache, &folder.join("lib/made.js")).is_err());
}

#[test]
fn files_of_a_tree_are_held_against_its_name() {
    let room = tempfile::tempdir().unwrap();
    let cache = Cache::new(room.path().to_path_buf());
    let staging = cache.staging().unwrap();
    fs::create_dir(staging.path().join("src")).unwrap();
    fs::write(staging.path().join("src/index.ts"), "one").unwrap();
    let hash = TreeHash::of(staging.path()).unwrap();
    let root = cache.install_tree(staging, &hash).unwrap();
    let file = root.join("src/index.ts");
    check(&cache, &file).unwrap();
    assert!(cache.check_loaded(&file, b"two").is_err());
    assert!(cache.check_loaded(&root.join("src/extra.ts"), b"").is_err());
    cache
        .check_loaded(Path::new("/somewhere/else.ts"), b"mine")
        .unwrap();
}
