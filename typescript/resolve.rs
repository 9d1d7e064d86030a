//! From an import's path to the file it means.
//!
//! In: an absolute path as written in an import, a probe and a reader. Out: the file. Side effects: none but calls
//! of the probe and the reader.
//!
//! TypeScript comes before JavaScript everywhere, because built files beside sources may be stale.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::paths;

/// What a path points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file, or a link to one.
    File,
    /// A folder, or a link to one.
    Dir,
    /// Nothing.
    Missing,
}

/// Extensions that an import may leave out, in the order they are tried.
const EXTENSIONS: [&str; 11] = [
    "ts", "tsx", "mts", "cts", "js", "mjs", "cjs", "jsx", "json", "wasm", "node",
];

/// Finds the file that an import means; a path ending in `/` means a folder.
///
/// In order: TypeScript in the place of a `.js`, `.jsx`, `.mjs` or `.cjs` path; the path itself; the path with each
/// extension; in a folder the `main` of its package.json, then `index`. Declaration files are only found by their
/// full name.
pub fn resolve_file(
    candidate: &Path,
    probe: &dyn Fn(&Path) -> FileKind,
    read: &dyn Fn(&Path) -> io::Result<String>,
) -> Option<PathBuf> {
    let resolver = Resolver { probe, read };
    let is_folder =
        candidate.as_os_str().to_string_lossy().ends_with('/') || candidate.file_name().is_none();
    let candidate = paths::normalize(candidate);
    let file = match is_folder {
        true => None,
        false => resolver.file(&candidate),
    };
    file.or_else(|| resolver.folder(&candidate))
}

struct Resolver<'a> {
    probe: &'a dyn Fn(&Path) -> FileKind,
    read: &'a dyn Fn(&Path) -> io::Result<String>,
}

impl Resolver<'_> {
    fn file(&self, path: &Path) -> Option<PathBuf> {
        let extension = path.extension().and_then(|it| it.to_str());
        let written_in = match extension {
            Some("js") => &["ts", "tsx"][..],
            Some("jsx") => &["tsx"],
            Some("mjs") => &["mts"],
            Some("cjs") => &["cts"],
            _ => &[],
        };
        let sources = written_in.iter().map(|source| path.with_extension(source));
        sources
            .chain([path.to_path_buf()])
            .find(|it| self.is_file(it))
            .or_else(|| self.with_extension(path))
    }

    fn with_extension(&self, path: &Path) -> Option<PathBuf> {
        let name = path.file_name()?.to_str()?;
        let is_declaration = |extension: &str| name.ends_with(".d") && extension.ends_with("ts");
        EXTENSIONS
            .iter()
            .filter(|extension| !is_declaration(extension))
            .map(|extension| path.with_file_name(format!("{name}.{extension}")))
            .find(|it| self.is_file(it))
    }

    fn folder(&self, path: &Path) -> Option<PathBuf> {
        if (self.probe)(path) != FileKind::Dir {
            return None;
        }
        self.package_main(path).or_else(|| self.index(path))
    }

    fn package_main(&self, folder: &Path) -> Option<PathBuf> {
        let manifest = folder.join("package.json");
        if !self.is_file(&manifest) {
            return None;
        }
        let package: Value = serde_json::from_str(&(self.read)(&manifest).ok()?).ok()?;
        let main = paths::join(folder, package.get("main")?.as_str()?);
        if main == folder {
            return None;
        }
        self.file(&main).or_else(|| match (self.probe)(&main) {
            FileKind::Dir => self.index(&main),
            FileKind::File | FileKind::Missing => None,
        })
    }

    fn index(&self, folder: &Path) -> Option<PathBuf> {
        self.with_extension(&folder.join("index"))
    }

    fn is_file(&self, path: &Path) -> bool {
        (self.probe)(path) == FileKind::File
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(candidate: &str, files: &[&str]) -> Option<String> {
        let probe = |path: &Path| {
            let is_below =
                |file: &&str| Path::new(file) != path && Path::new(file).starts_with(path);
            if files.iter().any(|file| Path::new(file) == path) {
                FileKind::File
            } else if files.iter().any(is_below) {
                FileKind::Dir
            } else {
                FileKind::Missing
            }
        };
        let read = |path: &Path| match path.ends_with("pkg/package.json") {
            true => Ok(r#"{ "main": "./lib/main.js" }"#.to_string()),
            false => Ok(r#"{ "main": "./gone.js" }"#.to_string()),
        };
        let found = resolve_file(Path::new(candidate), &probe, &read)?;
        Some(found.to_str().unwrap().to_string())
    }

    #[test]
    fn typescript_comes_first() {
        for (asked, files, expected) in [
            ("/a/x", &["/a/x.js", "/a/x.ts"][..], "/a/x.ts"),
            ("/a/x", &["/a/x.js", "/a/x.json"], "/a/x.js"),
            ("/a/x.js", &["/a/x.js", "/a/x.ts"], "/a/x.ts"),
            ("/a/x.js", &["/a/x.js", "/a/x.tsx"], "/a/x.tsx"),
            ("/a/x.js", &["/a/x.js"], "/a/x.js"),
            ("/a/x.mjs", &["/a/x.mts", "/a/x.mjs"], "/a/x.mts"),
            ("/a/x.cjs", &["/a/x.cts"], "/a/x.cts"),
            ("/a/x.jsx", &["/a/x.tsx"], "/a/x.tsx"),
            ("/a/x.ts", &["/a/x.ts", "/a/x.ts.js"], "/a/x.ts"),
            ("/a/x.json", &["/a/x.json", "/a/x.ts"], "/a/x.json"),
            ("/a/x.config", &["/a/x.config.ts"], "/a/x.config.ts"),
            ("/a/x.js", &["/a/x.js.ts"], "/a/x.js.ts"),
            ("/a/cli", &["/a/cli", "/a/cli.ts"], "/a/cli"),
        ] {
            assert_eq!(resolve(asked, files).as_deref(), Some(expected), "{asked}");
        }
    }

    #[test]
    fn declaration_files_are_never_meant() {
        assert_eq!(resolve("/a/x", &["/a/x.d.ts"]), None);
        assert_eq!(resolve("/a/x.d", &["/a/x.d.ts"]), None);
        assert_eq!(resolve("/a", &["/a/index.d.ts"]), None);
        assert!(resolve("/a/x.d.ts", &["/a/x.d.ts"]).is_some());
    }

    #[test]
    fn folders_have_a_main_or_an_index() {
        for (asked, files, expected) in [
            ("/a", &["/a/index.js", "/a/index.ts"][..], "/a/index.ts"),
            ("/a", &["/a/index.ts", "/a.ts"], "/a.ts"),
            ("/a/", &["/a/index.ts", "/a.ts"], "/a/index.ts"),
            ("/a/b/..", &["/a/index.ts", "/a/b/c.ts"], "/a/index.ts"),
            (
                "/pkg",
                &["/pkg/package.json", "/pkg/lib/main.ts", "/pkg/index.ts"],
                "/pkg/lib/main.ts",
            ),
            (
                "/old",
                &["/old/package.json", "/old/index.js"],
                "/old/index.js",
            ),
        ] {
            assert_eq!(resolve(asked, files).as_deref(), Some(expected), "{asked}");
        }
        assert_eq!(resolve("/a", &["/a/other.ts"]), None);
    }
}
