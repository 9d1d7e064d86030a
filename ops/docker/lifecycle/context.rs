//! A build context: the files of a folder, without those that `.dockerignore` names.
//!
//! In: a folder. Out: a tar archive. Side effects: reads files.
//!
//! Source: Docker's documentation of `.dockerignore`: the last pattern that fits decides, `!` takes files back in,
//! `<dockerfile>.dockerignore` goes before `.dockerignore`, the Dockerfile itself is always sent.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

/// What `dockerfile_inline` is called within the context.
pub const INLINE: &str = ".prizm.Dockerfile";

/// The context as a tar archive.
///
/// # Errors
/// A file that cannot be read, a pattern that is none.
pub fn pack(folder: &Path, dockerfile: &str, inline: Option<&str>) -> io::Result<Vec<u8>> {
    let ignored = Ignored::read(folder, dockerfile)?;
    let mut archive = tar::Builder::new(Vec::new());
    archive.follow_symlinks(false);
    add(&mut archive, folder, Path::new(""), &ignored, dockerfile)?;
    if let Some(text) = inline {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, INLINE, text.as_bytes())?;
    }
    archive.into_inner()
}

fn add(
    archive: &mut tar::Builder<Vec<u8>>,
    root: &Path,
    below: &Path,
    ignored: &Ignored,
    dockerfile: &str,
) -> io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(root.join(below))?.collect::<Result<_, _>>()?;
    // The same files give the same archive, and so the engine's cache fits.
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = below.join(entry.file_name());
        let is_folder = entry.file_type()?.is_dir();
        let is_left_out = ignored.fits(&path) && path != Path::new(dockerfile);
        if !is_left_out {
            archive.append_path_with_name(entry.path(), &path)?;
        }
        if is_folder && (!is_left_out || ignored.takes_back) {
            add(archive, root, &path, ignored, dockerfile)?;
        }
    }
    Ok(())
}

/// The patterns of a `.dockerignore`.
#[derive(Default)]
struct Ignored {
    patterns: Vec<(GlobMatcher, bool)>,
    /// Whether any pattern takes files back in: then ignored folders are walked too.
    takes_back: bool,
}

impl Ignored {
    fn read(folder: &Path, dockerfile: &str) -> io::Result<Ignored> {
        let own = PathBuf::from(format!("{dockerfile}.dockerignore"));
        for name in [own, PathBuf::from(".dockerignore")] {
            match fs::read_to_string(folder.join(name)) {
                Ok(text) => return Ignored::parse(&text),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Ignored::default())
    }

    fn parse(text: &str) -> io::Result<Ignored> {
        let mut ignored = Ignored::default();
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (pattern, takes_back) = match line.strip_prefix('!') {
                Some(rest) => (rest.trim(), true),
                None => (line, false),
            };
            let pattern = pattern.trim_start_matches("./").trim_matches('/');
            // A folder takes all that is in it along.
            for pattern in [pattern.to_owned(), format!("{pattern}/**")] {
                let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
                let matcher = glob.map_err(io::Error::other)?.compile_matcher();
                ignored.patterns.push((matcher, takes_back));
            }
            ignored.takes_back |= takes_back;
        }
        Ok(ignored)
    }

    fn fits(&self, path: &Path) -> bool {
        let last = self.patterns.iter().rev();
        let mut fitting = last.filter(|(matcher, _)| matcher.is_match(path));
        fitting.next().is_some_and(|(_, takes_back)| !takes_back)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[(&str, &str)], dockerfile: &str, inline: Option<&str>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let packed = pack(folder.path(), dockerfile, inline).unwrap();
        let mut archive = tar::Archive::new(&packed[..]);
        let entries = archive.entries().unwrap().map(Result::unwrap);
        let files = entries.filter(|entry| !entry.header().entry_type().is_dir());
        files
            .map(|entry| entry.path().unwrap().display().to_string())
            .collect()
    }

    #[test]
    fn the_last_pattern_that_fits_decides() {
        let found = names(
            &[
                (
                    ".dockerignore",
                    "# models\n*.bin\nlogs/\n**/cache\n!keep.bin\n",
                ),
                ("a.bin", ""),
                ("keep.bin", ""),
                ("logs/1.txt", ""),
                ("src/a.bin", ""),
                ("src/cache/x", ""),
            ],
            "Dockerfile",
            None,
        );
        assert_eq!(found, [".dockerignore", "keep.bin", "src/a.bin"]);
    }

    #[test]
    fn a_file_in_an_ignored_folder_is_taken_back() {
        let files = [
            (".dockerignore", "models\n!models/small.bin"),
            ("models/big.bin", ""),
            ("models/small.bin", ""),
        ];
        assert_eq!(
            names(&files, "Dockerfile", None),
            [".dockerignore", "models/small.bin"]
        );
    }

    #[test]
    fn the_dockerfile_is_always_sent() {
        let files = [(".dockerignore", "*"), ("Dockerfile", ""), ("a", "")];
        assert_eq!(names(&files, "Dockerfile", None), ["Dockerfile"]);
        assert_eq!(names(&files, INLINE, Some("FROM scratch")), [INLINE]);
    }

    #[test]
    fn a_dockerfile_may_have_patterns_of_its_own() {
        let files = [
            (".dockerignore", "a"),
            ("gpu.Dockerfile", ""),
            ("gpu.Dockerfile.dockerignore", "b\n.*"),
            ("a", ""),
            ("b", ""),
        ];
        assert_eq!(
            names(&files, "gpu.Dockerfile", None),
            ["a", "gpu.Dockerfile", "gpu.Dockerfile.dockerignore"]
        );
    }
}
