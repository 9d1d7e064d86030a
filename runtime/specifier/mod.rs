//! Specifiers: the one parser of the names under which scripts ask for providers, services and modules.
//!
//! In: text as a script or a user wrote it, untrusted. Out: [`Specifier`], or a [`SpecifierError`] that
//! points at the offending part. No I/O.
//!
//! | text | meaning |
//! |---|---|
//! | `github:owner/repo/sub@ref`, `https://github.com/owner/repo/tree/ref` | a repository on GitHub |
//! | `git+https://host/x.git/sub@ref`, `git+file:///x.git` | any other git repository |
//! | `npm:name@range/sub`, `@scope/name@range`, `name@range` | an npm package |
//! | `file:///path`, `file:./path`, `./path`, `/path` | a folder or file |
//! | `https://host/module.ts` | a module or a running service |
//! | `my-provider` | an id registered in the program |

mod error;
mod file;
mod git;
mod git_ref;
mod npm;
mod text;
mod web;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use url::Url;

pub use error::SpecifierError;
pub use git_ref::version_ranges;

use text::{Part, is_unprintable};

/// Longer texts are refused before they are looked at.
const MAX_LENGTH: usize = 4096;

/// The branch that a git specifier without a ref asks for.
const DEFAULT_REFERENCE: &str = "main";

/// The version that an npm specifier without one asks for.
const DEFAULT_VERSION: &str = "latest";

const SCHEMES: [&str; 8] = [
    "github",
    "npm",
    "file",
    "https",
    "http",
    "git+https",
    "git+http",
    "git+file",
];

/// A name, understood.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Specifier {
    /// A repository on GitHub.
    Github {
        /// User or organisation.
        owner: String,
        /// Name, without `.git`.
        repo: String,
        /// A folder or file inside it.
        path: Option<String>,
        /// Branch, tag, commit, range of versions or `latest`.
        reference: Option<String>,
    },
    /// A git repository anywhere else.
    Git {
        /// `https:`, `http:` or `file:`, without `git+`.
        url: Url,
        /// A folder or file inside it.
        path: Option<String>,
        /// Branch, tag, commit, range of versions or `latest`.
        reference: Option<String>,
    },
    /// An npm package.
    Npm {
        /// With its scope.
        name: String,
        /// Version, range or tag.
        version: Option<String>,
        /// An export or file inside it.
        path: Option<String>,
    },
    /// A folder or file of this computer.
    File {
        /// Absolute, decoded, without `.` and `..`.
        path: PathBuf,
    },
    /// Any other http(s) address.
    Http {
        /// The address.
        url: Url,
    },
    /// A registered id.
    Static {
        /// The id.
        id: String,
    },
}

impl Specifier {
    /// Reads a specifier. Relative paths start from `base_dir`, which is to be absolute. Does no I/O.
    ///
    /// # Errors
    /// [`SpecifierError`], with the place in the text and, where there is one, the text that was meant.
    pub fn parse(text: &str, base_dir: &Path) -> Result<Specifier, SpecifierError> {
        let part = Part::new(text);
        check_text(part)?;
        if text.starts_with('@') {
            return npm::parse(part);
        }
        if matches!(text, "." | "..")
            || ["./", "../", "/"]
                .iter()
                .any(|start| text.starts_with(start))
        {
            return Ok(Specifier::File {
                path: file::parse_path(part, base_dir)?,
            });
        }
        match split_scheme(part) {
            Some((scheme, rest)) => parse_scheme(part, scheme, rest, base_dir),
            None => parse_bare(part),
        }
    }

    /// The same without the reference or version: what all releases have in common.
    #[must_use]
    pub fn without_version(&self) -> Specifier {
        let mut bare = self.clone();
        match &mut bare {
            Specifier::Github { reference, .. } | Specifier::Git { reference, .. } => {
                *reference = None;
            }
            Specifier::Npm { version, .. } => *version = None,
            Specifier::File { .. } | Specifier::Http { .. } | Specifier::Static { .. } => {}
        }
        bare
    }

    /// The shortest text that reads back as the same value: `github:owner/repo/sub@ref`.
    pub fn canonical(&self) -> String {
        match self {
            Specifier::Github {
                owner,
                repo,
                path,
                reference,
            } => {
                format!(
                    "github:{owner}/{repo}{}",
                    git::canonical_place(path.as_deref(), reference.as_deref())
                )
            }
            Specifier::Git {
                url,
                path,
                reference,
            } => git::canonical_git(url, path.as_deref(), reference.as_deref()),
            Specifier::Npm {
                name,
                version,
                path,
            } => {
                let version = version
                    .as_ref()
                    .map(|version| format!("@{version}"))
                    .unwrap_or_default();
                format!(
                    "npm:{name}{version}{}",
                    git::canonical_place(path.as_deref(), None)
                )
            }
            Specifier::File { path } => file::canonical(path),
            Specifier::Http { url } => url.to_string(),
            Specifier::Static { id } => id.clone(),
        }
    }

    /// The object that `parseIdentifier` gives to scripts. Its keys and their order are fixed.
    pub fn to_parsed_identifier(&self) -> Value {
        let reference = |reference: &Option<String>| {
            reference
                .clone()
                .unwrap_or_else(|| DEFAULT_REFERENCE.to_string())
        };
        let (value, path) = match self {
            Specifier::Github {
                owner,
                repo,
                path,
                reference: name,
            } => (
                json!({ "type": "github", "owner": owner, "repo": repo, "ref": reference(name) }),
                path,
            ),
            Specifier::Git {
                url,
                path,
                reference: name,
            } => (
                json!({ "type": "git", "url": url.as_str(), "ref": reference(name) }),
                path,
            ),
            Specifier::Npm {
                name,
                version,
                path,
            } => {
                let version = version.as_deref().unwrap_or(DEFAULT_VERSION);
                (
                    json!({ "type": "npm", "packageName": name, "version": version }),
                    path,
                )
            }
            Specifier::File { path } => (
                json!({ "type": "file", "path": path.to_string_lossy() }),
                &None,
            ),
            Specifier::Http { url } => (json!({ "type": "http", "url": url.as_str() }), &None),
            Specifier::Static { id } => (json!({ "type": "static", "id": id }), &None),
        };
        with_path(value, path.as_deref())
    }
}

impl std::fmt::Display for Specifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.canonical())
    }
}

fn with_path(value: Value, path: Option<&str>) -> Value {
    let mut members: Map<String, Value> = match value {
        Value::Object(members) => members,
        other => return other,
    };
    if let Some(path) = path {
        members.insert("path".to_string(), Value::String(path.to_string()));
    }
    Value::Object(members)
}

fn check_text(part: Part<'_>) -> Result<(), SpecifierError> {
    let text = part.as_str();
    if text.trim().is_empty() {
        return Err(part
            .fail("it is empty")
            .hint("github:owner/repo")
            .hint("npm:name")
            .hint("file:./folder"));
    }
    if text.len() > MAX_LENGTH {
        return Err(part.fail(format!("it is longer than {MAX_LENGTH} bytes")));
    }
    if let Some((at, found)) = text
        .char_indices()
        .find(|(_, character)| is_unprintable(*character))
    {
        let code = u32::from(found);
        return Err(part
            .slice(at..at + found.len_utf8())
            .fail(format!("it holds the control character U+{code:04X}")));
    }
    if text.trim() != text {
        let error = part.fail("it begins or ends with white space");
        let trimmed = error.text_from(0).trim().to_string();
        return Err(error.hint(trimmed));
    }
    Ok(())
}

/// Splits `scheme:rest`. A scheme has letters, digits, `+`, `-` and `.`, of which a letter comes first.
fn split_scheme(part: Part<'_>) -> Option<(String, Part<'_>)> {
    let (scheme, rest) = part.split_once(':')?;
    let text = scheme.as_str();
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let is_scheme =
        text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(is_good);
    is_scheme.then(|| (text.to_ascii_lowercase(), rest))
}

fn parse_scheme(
    part: Part<'_>,
    scheme: String,
    rest: Part<'_>,
    base_dir: &Path,
) -> Result<Specifier, SpecifierError> {
    match scheme.as_str() {
        "github" => git::parse_github(rest),
        "npm" => npm::parse(rest),
        "file" => Ok(Specifier::File {
            path: file::parse_url(rest, base_dir)?,
        }),
        "https" | "http" => web::parse(part),
        "git+https" | "git+http" | "git+file" => git::parse_git(part.after("git+".len()), base_dir),
        _ => Err(unknown_scheme(part.before(scheme.len()), &scheme)),
    }
}

fn unknown_scheme(part: Part<'_>, scheme: &str) -> SpecifierError {
    let error = part.fail(format!("`{scheme}:` is not a known scheme"));
    let rest = error.text_from(scheme.len() + 1);
    match scheme {
        "git" | "ssh" | "git+ssh" => part
            .fail("git is reached over https only")
            .hint("git+https://host/repo.git@ref")
            .hint("github:owner/repo@ref"),
        "gitlab" | "bitbucket" => {
            let host = if scheme == "gitlab" {
                "gitlab.com"
            } else {
                "bitbucket.org"
            };
            let (place, reference) = rest.split_once('@').unwrap_or((&rest, ""));
            let reference = if reference.is_empty() {
                String::new()
            } else {
                format!("@{reference}")
            };
            error.hint(format!("git+https://{host}/{place}.git{reference}"))
        }
        _ => {
            let distance = |known: &&str| strsim::damerau_levenshtein(scheme, known);
            match SCHEMES
                .iter()
                .min_by_key(|known| distance(known))
                .filter(|known| distance(known) <= 2)
            {
                Some(near) => error.hint(format!("{near}:{rest}")),
                None => error.hint(format!("known schemes: {}", SCHEMES.join(", "))),
            }
        }
    }
}

/// A text without a scheme: `name@range` is a package, a word a registered id.
fn parse_bare(part: Part<'_>) -> Result<Specifier, SpecifierError> {
    let text = part.as_str();
    if text.starts_with("git@") {
        return Err(part
            .before("git@".len())
            .fail("git is reached over https only")
            .hint("github:owner/repo@ref"));
    }
    let at = text.find(['@', '/']).unwrap_or(text.len());
    match text.as_bytes().get(at) {
        Some(b'@') => npm::parse(part),
        Some(_) => Err(part
            .fail("this could be a repository or a path: say which")
            .hint(format!("github:{text}"))
            .hint(format!("./{text}"))),
        None => parse_id(part),
    }
}

fn parse_id(part: Part<'_>) -> Result<Specifier, SpecifierError> {
    let text = part.as_str();
    let is_good = |character: char| character.is_alphanumeric() || "-_.".contains(character);
    if let Some((at, found)) = text
        .char_indices()
        .find(|(_, character)| !is_good(*character))
    {
        let found_part = part.slice(at..at + found.len_utf8());
        return Err(found_part.fail(format!("an id may not hold `{found}`")));
    }
    if text.starts_with(['-', '.']) {
        return Err(part.before(1).fail("an id begins with a letter or digit"));
    }
    Ok(Specifier::Static {
        id: text.to_string(),
    })
}

#[cfg(test)]
mod tests;
