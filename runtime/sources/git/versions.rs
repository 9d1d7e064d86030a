//! Versions as references: ranges over tags, `latest`, and one version with or without `v`.
//!
//! In: the text after `@`. Out: [`Wanted`]. No I/O.

use semver::{Version, VersionReq};

use crate::specifier::version_ranges;

/// Which versions a text asks for.
pub(super) enum Wanted {
    /// The highest release.
    Latest,
    /// Exactly this one.
    Exact(Version),
    /// Any that one of these accepts.
    Ranges(Vec<VersionReq>),
}

impl Wanted {
    /// What a text asks for; `None` if it is no version at all.
    pub(super) fn parse(text: &str) -> Option<Wanted> {
        if text == "latest" {
            return Some(Wanted::Latest);
        }
        if let Some(version) = parse_version(text) {
            return Some(Wanted::Exact(version));
        }
        parse_ranges(text).map(Wanted::Ranges)
    }

    pub(super) fn accepts(&self, version: &Version) -> bool {
        match self {
            Wanted::Latest => version.pre.is_empty(),
            Wanted::Exact(wanted) => wanted == version,
            Wanted::Ranges(ranges) => ranges.iter().any(|range| range.matches(version)),
        }
    }
}

/// A version with or without `v`.
pub(super) fn parse_version(text: &str) -> Option<Version> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    Version::parse(text).ok()
}

/// Ranges as the specifier knows them, and `1.x`, which could be a branch as well.
fn parse_ranges(text: &str) -> Option<Vec<VersionReq>> {
    version_ranges(text).or_else(|| {
        let (numbers, last) = text.rsplit_once('.')?;
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_wildcard = matches!(last, "x" | "X") && numbers.split('.').all(is_number);
        let range = VersionReq::parse(&format!("{numbers}.*")).ok()?;
        is_wildcard.then(|| vec![range])
    })
}

/// How far apart a version and the one named in a text are, to be compared.
pub(super) fn distance(text: &str, version: &Version) -> Option<[u64; 3]> {
    let [major, minor, patch] = first_numbers(text)?;
    // Where the bigger numbers differ, the smaller ones say nothing.
    Some(
        match [major.abs_diff(version.major), minor.abs_diff(version.minor)] {
            [0, 0] => [0, 0, patch.abs_diff(version.patch)],
            [0, minor] => [0, minor, 0],
            [major, _] => [major, 0, 0],
        },
    )
}

/// The first version named in a text, with what is missing as zero: 2.1.0 for `^2.1`.
fn first_numbers(text: &str) -> Option<[u64; 3]> {
    let start = text.find(|character: char| character.is_ascii_digit())?;
    let mut parts = text[start..].split(|character: char| !character.is_ascii_digit());
    let mut numbers = [0; 3];
    for number in &mut numbers {
        *number = parts
            .next()
            .and_then(|part| part.parse().ok())
            .unwrap_or_default();
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn releases_go_before_what_precedes_them() {
        let accepts =
            |text: &str, found: &str| Wanted::parse(text).unwrap().accepts(&version(found));
        assert!(accepts("latest", "1.0.0") && !accepts("latest", "2.0.0-rc.1"));
        assert!(accepts("^1.0", "1.9.0") && !accepts("^1.0", "1.9.1-beta"));
        assert!(accepts("1.x", "1.5.0") && !accepts("1.x", "2.0.0"));
        assert!(accepts("v1.2.3", "1.2.3") && !accepts("1.2.3", "1.2.4"));
    }

    #[test]
    fn names_are_no_versions() {
        for name in ["main", "1.2", "v1", "xyz", "fix.x", "a.b.x"] {
            assert!(Wanted::parse(name).is_none(), "{name}");
        }
    }

    #[test]
    fn distances_compare_the_biggest_difference() {
        assert_eq!(distance("^2.1", &version("2.4.7")), Some([0, 3, 0]));
        assert_eq!(distance("2.4.9", &version("2.4.7")), Some([0, 0, 2]));
        assert_eq!(distance("9", &version("2.4.7")), Some([7, 0, 0]));
        assert_eq!(distance("latest", &version("2.4.7")), None);
    }
}
