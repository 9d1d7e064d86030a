//! Patterns of the policy: `github:company/*`, `npm:@company/*`, `npm:*@<1.0`, `git+https://host/*`, `file:./plugins/*`, `*`.
//!
//! In: a text, and a [`Target`]. Out: whether they fit. Side effects: none.
//!
//! `*` stands for any characters, slashes among them. After `@` comes a range of versions, or the name of a branch
//! or tag, in which `*` works too. A pre-release counts as the release that it leads to.

#[cfg(test)]
mod tests;

use std::path::{Component, Path, PathBuf};

use semver::{Version, VersionReq};

use super::target::{Name, Target};
use crate::specifier::version_ranges;

/// What a pattern may begin with.
pub const SCHEMES: [&str; 8] = [
    "github:",
    "npm:",
    "git+https:",
    "git+http:",
    "git+file:",
    "https:",
    "http:",
    "file:",
];

/// A pattern, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    /// The name with its scheme, in which `*` is any text.
    name: String,
    version: Option<Wanted>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Exactly(Version),
    /// One of these.
    Ranges(Vec<VersionReq>),
    /// A branch, tag or commit.
    Named(String),
}

/// Whether a pattern fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    Yes,
    No,
    /// It depends on the version, which is not known yet.
    Unsure,
}

/// Whether letters of the other case are the same letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// As the source has it: for lists that allow.
    OfSource,
    /// Everywhere: for lists that refuse.
    Ignored,
}

impl Pattern {
    /// Reads a pattern. `folder`: where a relative `file:` path starts, which is the policy file's own folder.
    ///
    /// # Errors
    /// What was expected, in words.
    pub fn parse(text: &str, folder: &Path) -> Result<Pattern, String> {
        let (name, version) = match text {
            "*" => ("*".to_owned(), None),
            _ => split(text, folder)?,
        };
        Ok(Pattern {
            version: version.map(wanted).transpose()?,
            text: text.to_owned(),
            name,
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The npm packages that it names, whatever their version: `@company/*`.
    pub fn package_name(&self) -> Option<&str> {
        match (&self.version, self.name.as_str()) {
            (None, "*") => Some("*"),
            (None, name) => name.strip_prefix("npm:"),
            _ => None,
        }
    }

    /// Whether it fits `target`, by any of the names that the target goes by.
    pub fn fit(&self, target: &Target, case: Case) -> Fit {
        let is_named = target.names.iter().any(|name| self.fits_name(name, case));
        match (&self.version, is_named) {
            (_, false) => Fit::No,
            (None, true) => Fit::Yes,
            (Some(wanted), true) => wanted.fit(target),
        }
    }

    fn fits_name(&self, name: &Name, case: Case) -> bool {
        if case == Case::Ignored || name.ignores_case {
            return glob(
                self.name.to_lowercase().as_bytes(),
                name.text.to_lowercase().as_bytes(),
            );
        }
        // What is spelt so that it could be read in two ways is no member of a list that allows.
        !name.is_ambiguous && glob(self.name.as_bytes(), name.text.as_bytes())
    }
}

impl Wanted {
    fn fit(&self, target: &Target) -> Fit {
        if let Wanted::Named(name) = self {
            let mut words = [&target.version, &target.reference, &target.commit]
                .into_iter()
                .flatten();
            return match words.any(|word| glob(name.as_bytes(), word.as_bytes())) {
                true => Fit::Yes,
                // A range or `latest` may lead to a tag of that name.
                false if target.is_exact || target.reference.as_deref().is_some_and(is_plain) => {
                    Fit::No
                }
                false => Fit::Unsure,
            };
        }
        let text = target.version.as_ref().or(target.reference.as_ref());
        match text.and_then(|text| release(text)) {
            Some(version) if self.accepts(&version) => Fit::Yes,
            Some(_) => Fit::No,
            None => Fit::Unsure,
        }
    }

    fn accepts(&self, version: &Version) -> bool {
        match self {
            Wanted::Exactly(wanted) => without_pre(wanted.clone()) == *version,
            Wanted::Ranges(ranges) => ranges.iter().any(|range| range.matches(version)),
            Wanted::Named(_) => false,
        }
    }
}

/// The release that a version is, or leads to.
fn release(text: &str) -> Option<Version> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    Version::parse(text).ok().map(without_pre)
}

fn without_pre(version: Version) -> Version {
    Version::new(version.major, version.minor, version.patch)
}

/// Whether a reference can only be the name of one thing.
fn is_plain(reference: &str) -> bool {
    reference != "latest" && version_ranges(reference).is_none()
}

/// The name with its scheme, and what follows `@`.
fn split<'a>(text: &'a str, folder: &Path) -> Result<(String, Option<&'a str>), String> {
    let scheme = SCHEMES.iter().find(|scheme| text.starts_with(*scheme));
    let text = text.trim();
    let Some(scheme) = scheme else {
        if text.starts_with('@') {
            let (name, version) = at_version(text, 1);
            return Ok((format!("npm:{name}"), version));
        }
        return Err(format!(
            "`{text}` begins with no known scheme: expected a pattern such as `github:company/*`, `npm:@company/*`, `npm:*@<1.0`, `git+https://host/*`, `file:./folder/*` or `*`"
        ));
    };
    let rest = &text[scheme.len()..];
    if rest.is_empty() {
        return Err(format!(
            "nothing follows `{scheme}`: `{scheme}*` stands for all"
        ));
    }
    match *scheme {
        "file:" => Ok((format!("file:{}", absolute(rest, folder)), None)),
        // A web address may hold an `@` of its own.
        "https:" | "http:" => Ok((normal_url(text), None)),
        "npm:" => {
            let (name, version) = at_version(rest, usize::from(rest.starts_with('@')));
            Ok((format!("npm:{name}"), version))
        }
        "github:" => {
            let (name, version) = at_version(rest, 0);
            Ok((format!("github:{}", plain_end(name)), version))
        }
        _ => {
            let (name, version) = at_version(text, 0);
            Ok((normal_url(plain_end(name)), version))
        }
    }
}

/// Host names have no case.
fn normal_url(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let end = rest.find('/').unwrap_or(rest.len());
    format!("{scheme}://{}{}", rest[..end].to_lowercase(), &rest[end..])
}

fn plain_end(name: &str) -> &str {
    let name = name.trim_end_matches('/');
    name.strip_suffix(".git").unwrap_or(name)
}

fn at_version(text: &str, start: usize) -> (&str, Option<&str>) {
    match text[start..].find('@') {
        Some(at) => (&text[..start + at], Some(&text[start + at + 1..])),
        None => (text, None),
    }
}

/// An absolute path, without `.` and `..`, with forward slashes.
fn absolute(text: &str, folder: &Path) -> String {
    let text = text.strip_prefix("//").unwrap_or(text);
    if text == "*" {
        return text.to_owned();
    }
    let mut path = PathBuf::new();
    for part in folder.join(text).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path.to_string_lossy().replace('\\', "/")
}

fn wanted(text: &str) -> Result<Wanted, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("a version, range or tag is missing after `@`".to_owned());
    }
    if let Ok(version) = Version::parse(text.strip_prefix('v').unwrap_or(text)) {
        return Ok(Wanted::Exactly(version));
    }
    let is_marked = text.starts_with(['^', '~', '<', '>', '=']) || text.contains(['|', ' ']);
    if is_marked || text == "*" {
        let ranges = version_ranges(text).filter(|ranges| !ranges.is_empty());
        return ranges.map(Wanted::Ranges).ok_or_else(|| {
            format!("`{text}` is not a range of versions such as `<1.0` or `^2.1`")
        });
    }
    // `3`, `3.2`, `3.x`: all that begin so.
    let numbers = text.trim_end_matches(".x").trim_end_matches(".*");
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if numbers.split('.').all(is_number)
        && let Ok(range) = VersionReq::parse(&format!("~{numbers}"))
    {
        return Ok(Wanted::Ranges(vec![range]));
    }
    Ok(Wanted::Named(text.to_owned()))
}

/// `*` is any text, nothing and slashes included. Takes time in proportion to both lengths.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while place < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                retry = Some((at + 1, place));
                at += 1;
            }
            Some(byte) if *byte == text[place] => {
                at += 1;
                place += 1;
            }
            _ => match &mut retry {
                Some((after, from)) => {
                    *from += 1;
                    (at, place) = (*after, *from);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}
