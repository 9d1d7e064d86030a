//! What unit tests of several modules share.
//!
//! In: names and texts. Out: folders that are gone after the test. Side effects: those folders.

/// A folder with these files, by path.
pub(crate) fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}
