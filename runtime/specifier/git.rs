//! `github:…`, GitHub's web addresses, and `git+https:`, `git+http:`, `git+file:`.

use std::path::Path;

use url::Url;

use super::error::SpecifierError;
use super::text::{Part, encode};
use super::{Specifier, file, git_ref, web};

/// A place in a repository as written: `sub/dir`, `v1`.
type Place = (Option<String>, Option<String>);

/// Reads what follows `github:`.
pub(super) fn parse_github(rest: Part<'_>) -> Result<Specifier, SpecifierError> {
    let (location, reference) = split_at_sign(rest);
    let mut segments = location.split('/');
    let (owner, repo) = repository(location, segments.next(), segments.next())?;
    let path = segments
        .map(Part::decode_segment)
        .collect::<Result<Vec<_>, _>>()?
        .join("/");
    let path = Some(path).filter(|path| !path.is_empty());
    let (path, reference) = join_reference(location, path, reference)?;
    Ok(Specifier::Github {
        owner,
        repo,
        path,
        reference,
    })
}

/// Reads the path of a page on github.com, without its leading slash.
pub(super) fn parse_github_page(page: Part<'_>) -> Result<Specifier, SpecifierError> {
    let page = if page.as_str().ends_with('/') {
        page.before(page.as_str().len() - 1)
    } else {
        page
    };
    let (owner, rest) = page
        .split_once('/')
        .unwrap_or((page, page.after(page.as_str().len())));
    let end = rest
        .as_str()
        .find(['/', '@'])
        .unwrap_or(rest.as_str().len());
    let name = rest.before(end);
    let (owner, repo) = repository(
        page,
        Some(owner),
        Some(name).filter(|name| !name.is_empty()),
    )?;
    let rest = rest.after(end);
    let (path, reference) = if let Some(reference) = rest.strip_prefix("@") {
        join_reference(name, None, Some(reference))?
    } else if let Some(view) = rest.strip_prefix("/") {
        page_view(view, &owner, &repo)?
    } else {
        (None, None)
    };
    Ok(Specifier::Github {
        owner,
        repo,
        path,
        reference,
    })
}

/// `tree/<ref>[/path]`, `blob/<ref>/file`, `commit/<id>`, `releases/tag/<tag>`.
fn page_view(view: Part<'_>, owner: &str, repo: &str) -> Result<Place, SpecifierError> {
    let views = ["tree/", "blob/", "raw/", "commit/"];
    if let Some(reference) = views.iter().find_map(|prefix| view.strip_prefix(prefix)) {
        return join_reference(view, None, Some(reference));
    }
    if let Some(tag) = view.strip_prefix("releases/tag/") {
        return Ok((None, Some(git_ref::decode(tag)?)));
    }
    let reason = "this page of GitHub is neither a repository nor a branch, tag or commit of one";
    Err(view
        .fail(reason)
        .hint(format!("github:{owner}/{repo}/{}", view.as_str())))
}

/// Reads what follows `git+`: a URL whose repository ends at `.git`, or at `@` if it has no such part.
pub(super) fn parse_git(rest: Part<'_>, base: &Path) -> Result<Specifier, SpecifierError> {
    let text = rest.as_str();
    let authority = web::authority_end(text);
    let end = repository_end(text, authority);
    let (repository, rest) = match end {
        Some(end) => (rest.before(end), rest.after(end)),
        None => {
            let at = at_sign(text, authority).unwrap_or(text.len());
            (rest.before(at), rest.after(at))
        }
    };
    let url = repository_url(repository, base)?;
    let (place, reference) = split_at_sign(rest);
    let path = place.strip_prefix("/").map(Part::decode_path).transpose()?;
    let (path, reference) = join_reference(place, path, reference)?;
    Ok(Specifier::Git {
        url,
        path,
        reference,
    })
}

fn repository_url(part: Part<'_>, base: &Path) -> Result<Url, SpecifierError> {
    let scheme = part
        .as_str()
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if scheme == "file" {
        let path = file::parse_url(part.after("file:".len()), base)?;
        if path.file_name().is_none() {
            return Err(part.fail("the path of the repository is missing"));
        }
        let url =
            Url::from_file_path(&path).map_err(|()| part.fail("this is not an absolute path"))?;
        // What marks the end of a repository is written otherwise within its path.
        let text = url.as_str().replace('@', "%40").replace(".git/", "%2Egit/");
        return Url::parse(&text).map_err(|error| part.fail(error.to_string()));
    }
    if let Some(found) = part.as_str().find(['?', '#']) {
        let found = part.after(found);
        return Err(found
            .fail("a git URL has neither query nor fragment")
            .hint("a ref follows `@`: git+https://host/x.git@v1"));
    }
    let url = web::parse_url(part)?;
    let path = part.after(web::authority_end(part.as_str()));
    match path.strip_prefix("/").filter(|path| !path.is_empty()) {
        Some(path) => drop(path.decode_path()?),
        None => return Err(path.fail("the path of the repository is missing")),
    }
    Ok(url)
}

/// Where the first path segment that ends in `.git` ends.
fn repository_end(text: &str, from: usize) -> Option<usize> {
    text[from..]
        .match_indices(".git")
        .map(|(at, found)| from + at + found.len())
        .find(|end| matches!(text.as_bytes().get(*end), None | Some(b'/' | b'@')))
}

/// The first `@` that does not begin a path segment, as in `packages/@scope/x@v1`.
fn at_sign(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    text[from..]
        .match_indices('@')
        .map(|(at, _)| from + at)
        .find(|at| *at == 0 || bytes[at - 1] != b'/')
}

fn split_at_sign(part: Part<'_>) -> (Part<'_>, Option<Part<'_>>) {
    match at_sign(part.as_str(), 0) {
        Some(at) => (part.before(at), Some(part.after(at + 1))),
        None => (part, None),
    }
}

/// Reads a ref, and the path that may follow it if none came before.
fn join_reference(
    location: Part<'_>,
    path: Option<String>,
    reference: Option<Part<'_>>,
) -> Result<Place, SpecifierError> {
    let Some(reference) = reference else {
        return Ok((path, None));
    };
    let (name, rest) = git_ref::split(reference)?;
    let name = git_ref::decode(name)?;
    match rest {
        None => Ok((path, Some(name))),
        Some(rest) if path.is_some() => Err(rest
            .fail(format!(
                "a second path: `{}` has one before `@` already",
                location.as_str()
            ))
            .hint("write `%2F` for a slash that belongs to the ref")),
        Some(rest) => Ok((Some(rest.decode_path()?), Some(name))),
    }
}

/// Checks owner and name by GitHub's rules, with room for what its enterprise edition allows.
fn repository(
    location: Part<'_>,
    owner: Option<Part<'_>>,
    repo: Option<Part<'_>>,
) -> Result<(String, String), SpecifierError> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let owner = owner.filter(|owner| !owner.is_empty());
    let owner = owner.ok_or_else(|| {
        location
            .before(0)
            .fail("the owner is missing")
            .hint("github:owner/repo")
    })?;
    let name = owner.as_str();
    if !name.bytes().all(is_word) || name.starts_with('-') || name.len() > 100 {
        return Err(owner.fail("this cannot be an owner: letters, digits, `-` and `_` only"));
    }
    let end = location.after(location.as_str().len());
    let repo = repo.filter(|repo| !repo.is_empty());
    let repo = repo.ok_or_else(|| {
        end.fail("the repository is missing")
            .hint(format!("github:{name}/repo"))
    })?;
    if let Some((before, after)) = repo.split_once('#') {
        let hint = format!("github:{name}/{}@{}", before.as_str(), after.as_str());
        return Err(repo
            .after(before.as_str().len())
            .fail("a ref follows `@`, not `#`")
            .hint(hint));
    }
    let stem = repo.as_str().strip_suffix(".git").unwrap_or(repo.as_str());
    let is_good = stem.bytes().all(|byte| is_word(byte) || byte == b'.');
    if matches!(stem, "" | "." | "..") || stem.ends_with(".git") || !is_good || stem.len() > 100 {
        return Err(
            repo.fail("this cannot be a repository: letters, digits, `-`, `_` and `.` only")
        );
    }
    Ok((name.to_string(), stem.to_string()))
}

/// The text of a git URL. One that does not end in `.git` takes its path after the ref, and nothing
/// after it may look like such an end.
pub(super) fn canonical_git(url: &Url, path: Option<&str>, reference: Option<&str>) -> String {
    if url.as_str().ends_with(".git") {
        return format!("git+{url}{}", canonical_place(path, reference));
    }
    let place = match (path, reference) {
        (Some(path), Some(reference)) => {
            let reference = encode(reference, |byte| matches!(byte, b'%' | b'/'));
            format!("@{reference}{}", canonical_place(Some(path), None))
        }
        _ => canonical_place(path, reference),
    };
    format!("git+{url}{}", place.replace(".git", "%2Egit"))
}

/// `[/path][@ref]` such that it reads back the same.
pub(super) fn canonical_place(path: Option<&str>, reference: Option<&str>) -> String {
    let mut text = String::new();
    for segment in path.into_iter().flat_map(|path| path.split('/')) {
        // Only an `@` within a segment would be taken for the one before the ref.
        let (at, rest) = if segment.starts_with('@') {
            segment.split_at(1)
        } else {
            ("", segment)
        };
        text.push('/');
        text.push_str(at);
        text.push_str(&encode(rest, |byte| {
            matches!(byte, b'%' | b'@' | b'#' | b' ')
        }));
    }
    if let Some(reference) = reference {
        let encoded = encode(reference, |byte| byte == b'%');
        let is_split = !matches!(git_ref::split(Part::new(&encoded)), Ok((_, None)));
        text.push('@');
        text.push_str(&if is_split {
            encoded.replace('/', "%2F")
        } else {
            encoded
        });
    }
    text
}
