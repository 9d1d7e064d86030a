//! `https:` and `http:` URLs: pages of GitHub are repositories, the rest are modules.

use url::Url;

use super::error::SpecifierError;
use super::text::Part;
use super::{Specifier, git};

/// Reads a whole http(s) URL.
pub(super) fn parse(part: Part<'_>) -> Result<Specifier, SpecifierError> {
    let text = part.as_str();
    let url = parse_url(part)?;
    let is_github =
        matches!(url.host_str(), Some("github.com" | "www.github.com")) && url.port().is_none();
    if !is_github {
        return Ok(Specifier::Http { url });
    }
    if let Some(at) = text.find(['?', '#']) {
        return Err(part
            .after(at)
            .fail("this is not part of a repository's address")
            .hint(&text[..at]));
    }
    let page = part.after(authority_end(text));
    git::parse_github_page(page.strip_prefix("/").unwrap_or(page))
}

/// Parses a URL that may be sent over the network: with a host, without credentials or hidden traversal.
pub(super) fn parse_url(part: Part<'_>) -> Result<Url, SpecifierError> {
    let text = part.as_str();
    let start = authority_start(text);
    let end = authority_end(text);
    if start >= end || !text[..start].ends_with("//") {
        return Err(part.slice(start..start).fail("`//` and a host are missing"));
    }
    if let Some((at, found)) = text
        .char_indices()
        .find(|(_, found)| found.is_whitespace() || *found == '\\')
    {
        let found_part = part.slice(at..at + found.len_utf8());
        return Err(found_part.fail(format!("a URL may not hold `{found}`")));
    }
    if let Some(at) = text[start..end].rfind('@') {
        return Err(part
            .slice(start..start + at)
            .fail("credentials do not belong in a specifier")
            .hint("GITHUB_TOKEN, git's credential helpers and .npmrc are read"));
    }
    let path_end = text[end..]
        .find(['?', '#'])
        .map_or(text.len(), |at| end + at);
    for segment in part.slice(end..path_end).split('/') {
        if segment.as_str().contains('%') && matches!(segment.decode()?.as_str(), "." | "..") {
            return Err(segment.fail("this decodes to a part that leads out of its folder"));
        }
    }
    Url::parse(text).map_err(|error| part.fail(error.to_string()))
}

/// Where the authority of a URL ends; in a URL without one, where its scheme ends.
pub(super) fn authority_end(text: &str) -> usize {
    let start = authority_start(text);
    if !text[..start].ends_with("//") {
        return start;
    }
    text[start..]
        .find(['/', '?', '#', '\\'])
        .map_or(text.len(), |at| start + at)
}

/// After `scheme://`, or after `scheme:`.
fn authority_start(text: &str) -> usize {
    let start = text.find(':').map_or(0, |at| at + 1);
    if text[start..].starts_with("//") {
        start + 2
    } else {
        start
    }
}
