//! What a pattern is held against: the names that one thing goes by, and its version.
//!
//! In: a specifier, a subject, or a package. Out: [`Target`]. Side effects: none.

use url::Url;

use crate::specifier::Specifier;
use crate::trust::subject::Subject;

/// A thing to be judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    pub names: Vec<Name>,
    /// A tag or version, where it is known.
    pub version: Option<String>,
    /// The reference as written.
    pub reference: Option<String>,
    pub commit: Option<String>,
    /// Nothing more will be known later.
    pub is_exact: bool,
}

/// One of its names, with the scheme: `github:owner/repo`, `git+https://host/repo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    /// GitHub's names have no case.
    pub ignores_case: bool,
    /// Could be read in two ways: `a%2F..%2Fb`.
    pub is_ambiguous: bool,
}

impl Name {
    fn plain(text: String) -> Name {
        Name {
            text,
            ignores_case: false,
            is_ambiguous: false,
        }
    }
}

impl Target {
    /// What is known before anything is looked up.
    pub fn of_name(specifier: &Specifier) -> Target {
        let names = names(specifier);
        match specifier {
            Specifier::Github { reference, .. } | Specifier::Git { reference, .. } => Target {
                names,
                reference: reference.clone(),
                ..Target::default()
            },
            Specifier::Npm { version, .. } => Target {
                names,
                reference: version.clone(),
                ..Target::default()
            },
            _ => Target {
                names,
                is_exact: true,
                ..Target::default()
            },
        }
    }

    /// What is known once it has been resolved.
    pub fn of_release(
        specifier: &Specifier,
        version: Option<&str>,
        commit: Option<&str>,
    ) -> Target {
        Target {
            version: version.map(str::to_owned),
            commit: commit.map(str::to_owned),
            is_exact: true,
            ..Target::of_name(specifier)
        }
    }

    /// The same for what the parts of the program hand around.
    pub fn of_subject(subject: &Subject) -> Target {
        Target::of_release(
            &subject.specifier,
            subject.version.as_deref(),
            subject.commit.as_deref(),
        )
    }

    /// An npm package at one version.
    pub fn of_package(name: &str, version: &str) -> Target {
        Target {
            names: vec![Name::plain(format!("npm:{name}"))],
            version: Some(version.to_owned()),
            is_exact: true,
            ..Target::default()
        }
    }
}

fn names(specifier: &Specifier) -> Vec<Name> {
    match specifier {
        Specifier::Github { owner, repo, .. } => of_github(owner, repo),
        Specifier::Git { url, .. } => {
            let mut names = of_url(url, "git+");
            if let Some((owner, repo)) = on_github(url) {
                names.extend(of_github(&owner, &repo));
            }
            names
        }
        Specifier::Npm { name, .. } => vec![Name::plain(format!("npm:{name}"))],
        Specifier::File { path } => {
            let path = path.to_string_lossy().replace('\\', "/");
            vec![Name::plain(format!("file:{path}"))]
        }
        Specifier::Http { url } => of_url(url, ""),
        Specifier::Static { id } => vec![Name::plain(id.clone())],
    }
}

fn of_github(owner: &str, repo: &str) -> Vec<Name> {
    let repo = repo.strip_suffix(".git").unwrap_or(repo);
    [
        format!("github:{owner}/{repo}"),
        format!("git+https://github.com/{owner}/{repo}"),
    ]
    .map(|text| Name {
        ignores_case: true,
        ..Name::plain(text)
    })
    .into()
}

fn on_github(url: &Url) -> Option<(String, String)> {
    let host = url.host_str()?.to_ascii_lowercase();
    let is_github = matches!(host.trim_end_matches('.'), "github.com" | "www.github.com");
    let mut parts = url.path_segments().filter(|_| is_github)?;
    let (owner, repo) = (decoded(parts.next()?), decoded(parts.next()?));
    let repo = repo.strip_suffix(".git").unwrap_or(&repo).to_owned();
    Some((owner, repo))
}

/// The address without user, password, query and `.git`; once as written and once decoded, if that differs.
fn of_url(url: &Url, prefix: &str) -> Vec<Name> {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let port = url.port().map(|port| format!(":{port}"));
    let start = format!(
        "{prefix}{}://{host}{}",
        url.scheme(),
        port.unwrap_or_default()
    );
    let path = match prefix {
        "" => url.path(),
        _ => {
            let path = url.path().trim_end_matches('/');
            path.strip_suffix(".git").unwrap_or(path)
        }
    };
    let lower = path.to_ascii_lowercase();
    let is_ambiguous = ["%2f", "%5c", "%2e"]
        .iter()
        .any(|part| lower.contains(part));
    let name = |path: &str| Name {
        is_ambiguous,
        ..Name::plain(format!("{start}{path}"))
    };
    let plain = decoded(path);
    match plain == path {
        true => vec![name(path)],
        false => vec![name(path), name(&plain)],
    }
}

fn decoded(text: &str) -> String {
    let protected = format!("={}", text.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(protected.as_bytes())
        .map(|(_, value)| value.into_owned())
        .next()
        .unwrap_or_default()
}
