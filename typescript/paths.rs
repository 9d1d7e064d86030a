//! Paths without a file system: joining, `..`, and the `paths` patterns of a tsconfig.
//!
//! In: texts and paths. Out: candidate paths. Side effects: none.

use std::path::{Component, Path, PathBuf};

/// One entry of `paths`: `"@lib/*": ["./src/lib/*"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathPattern {
    /// Before the star; the whole key where there is none.
    prefix: String,
    /// After the star; `None` where there is none.
    suffix: Option<String>,
    /// Relative to `base`.
    targets: Vec<String>,
    base: PathBuf,
}

impl PathPattern {
    pub(crate) fn new(key: &str, targets: Vec<String>, base: PathBuf) -> Self {
        let (prefix, suffix) = match key.split_once('*') {
            Some((prefix, suffix)) => (prefix, Some(suffix.to_string())),
            None => (key, None),
        };
        Self {
            prefix: prefix.to_string(),
            suffix,
            targets,
            base,
        }
    }

    /// What the star stands for, or `None` where the pattern does not match.
    fn star<'a>(&self, specifier: &'a str) -> Option<&'a str> {
        match &self.suffix {
            None => (specifier == self.prefix).then_some(""),
            Some(suffix) => specifier
                .strip_prefix(&self.prefix)?
                .strip_suffix(&**suffix),
        }
    }
}

/// The targets of the best pattern, in their order: an exact key wins, then the longest text before the star.
pub(crate) fn candidates(patterns: &[PathPattern], specifier: &str) -> Vec<PathBuf> {
    let best = patterns
        .iter()
        .filter_map(|pattern| Some((pattern, pattern.star(specifier)?)))
        .max_by_key(|(pattern, _)| (pattern.suffix.is_none(), pattern.prefix.len()));
    let Some((pattern, star)) = best else {
        return Vec::new();
    };
    let targets = pattern.targets.iter();
    targets
        .map(|target| join(&pattern.base, &target.replacen('*', star, 1)))
        .collect()
}

/// Whether a specifier stands for a file by its place rather than by a name.
pub(crate) fn is_relative(specifier: &str) -> bool {
    let is_dotted = |dots: &str| {
        specifier
            .strip_prefix(dots)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    is_dotted(".") || is_dotted("..") || Path::new(specifier).is_absolute()
}

/// Joins and resolves `.` and `..` by text.
pub(crate) fn join(base: &Path, relative: &str) -> PathBuf {
    normalize(&base.join(relative))
}

pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            Component::ParentDir if normal.has_root() => {}
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns() -> Vec<PathPattern> {
        let base = PathBuf::from("/p");
        let new = |key: &str, targets: &[&str]| {
            let targets = targets.iter().map(|it| it.to_string()).collect();
            PathPattern::new(key, targets, base.clone())
        };
        vec![
            new("*", &["./types/*"]),
            new("@/*", &["./src/*", "./generated/*"]),
            new("@/lib/*", &["lib/*.x"]),
            new("@/lib/exact", &["./exact.ts"]),
            new("a*z", &["./az/*"]),
        ]
    }

    #[test]
    fn longest_prefix_wins_and_targets_keep_their_order() {
        let find = |specifier: &str| candidates(&patterns(), specifier);
        assert_eq!(
            find("@/a/b"),
            [Path::new("/p/src/a/b"), Path::new("/p/generated/a/b")]
        );
        assert_eq!(find("@/lib/q"), [Path::new("/p/lib/q.x")]);
        assert_eq!(find("@/lib/exact"), [Path::new("/p/exact.ts")]);
        assert_eq!(find("a-to-z"), [Path::new("/p/az/-to-")]);
        assert_eq!(find("other"), [Path::new("/p/types/other")]);
    }

    #[test]
    fn relative_specifiers_are_told_from_names() {
        assert!(
            [".", "..", "./a", "../a", "/a"]
                .iter()
                .all(|it| is_relative(it))
        );
        assert!(
            ![".a", "..a", "a/./b", "@a/b"]
                .iter()
                .any(|it| is_relative(it))
        );
    }

    #[test]
    fn dots_are_resolved() {
        assert_eq!(join(Path::new("/a/b"), "../c/./d"), Path::new("/a/c/d"));
        assert_eq!(join(Path::new("/"), "../../c"), Path::new("/c"));
    }
}
