//! Which URLs may be requested at all, and what a redirect may carry along.
//!
//! In: a URL and where it came from. Out: yes or [`HttpError`]. No side effects.

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, PROXY_AUTHORIZATION};
use url::{Host, Url};

use super::error::{Cause, HttpError, display_url};
use super::{HttpOptions, NetworkMode};

/// Refuses what the options do not allow. `previous` is the URL that redirected here.
///
/// # Errors
/// [`HttpError::Offline`], [`HttpError::Forbidden`], [`HttpError::Insecure`], or [`HttpError::Request`] for another scheme.
pub(super) fn check(
    options: &HttpOptions,
    url: &Url,
    previous: Option<&Url>,
) -> Result<(), HttpError> {
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(HttpError::Request {
            url: display_url(url),
            cause: Cause("only http: and https: URLs with a host can be requested".to_owned()),
        });
    }
    if options.mode == NetworkMode::Offline {
        return Err(HttpError::Offline {
            url: display_url(url),
        });
    }
    if let ("http", Some(place)) = (url.scheme(), &options.https_only) {
        return Err(HttpError::Forbidden {
            url: display_url(url),
            reason: "the policy allows HTTPS only",
            place: place.clone(),
        });
    }
    // A remote server must not steer requests to services of this machine.
    let local = is_loopback(url) && previous.is_none_or(is_loopback);
    if url.scheme() == "https" || local || is_allowed(&options.allow_insecure, url) {
        return Ok(());
    }
    Err(HttpError::Insecure {
        url: display_url(url),
        host: authority(url),
    })
}

/// Whether the URL's host is this machine: 127.0.0.0/8, ::1 or localhost.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Whether `--allow-insecure` names the URL's host, with or without its port.
fn is_allowed(allowed: &[String], url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    allowed.iter().any(|entry| {
        let entry = entry.to_ascii_lowercase();
        entry == host || entry == format!("{host}:{port}")
    })
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Moves a user and password from the URL into a basic `Authorization` header, unless there is one.
pub(super) fn extract_userinfo(url: &mut Url, headers: &mut HeaderMap) {
    use base64::Engine as _;
    if url.username().is_empty() && url.password().is_none() {
        return;
    }
    let pair = format!(
        "{}:{}",
        percent_decode(url.username()),
        percent_decode(url.password().unwrap_or_default())
    );
    strip_userinfo(url);
    let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
    if let Ok(mut value) = HeaderValue::from_str(&format!("Basic {encoded}")) {
        value.set_sensitive(true);
        headers.entry(AUTHORIZATION).or_insert(value);
    }
}

/// Removes a user and password from the URL.
pub(super) fn strip_userinfo(url: &mut Url) {
    // Both only fail for URLs that cannot hold a user at all.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

fn percent_decode(text: &str) -> String {
    // `form_urlencoded` would turn `+` into a space, so it is protected first.
    let protected = format!("={}", text.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(protected.as_bytes())
        .map(|(_, value)| value.into_owned())
        .next()
        .unwrap_or_default()
}

/// Drops headers that must not reach another origin: logins, cookies, and any marked as sensitive.
pub(super) fn drop_secrets(headers: &mut HeaderMap) {
    let secret: Vec<_> = headers
        .iter()
        .filter(|(name, value)| {
            value.is_sensitive() || [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(name)
        })
        .map(|(name, _)| name.clone())
        .collect();
    for name in secret {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn plain_http_only_to_loopback_or_allowed() {
        let options = HttpOptions {
            allow_insecure: vec!["Registry.test:8080".to_owned(), "lan.test".to_owned()],
            ..HttpOptions::default()
        };
        for good in [
            "https://a.test/",
            "http://127.9.9.9/",
            "http://[::1]:1/",
            "http://localhost:3/",
            "http://registry.test:8080/",
            "http://lan.test:99/",
        ] {
            let allowed = check(&options, &url(good), None);
            assert!(allowed.is_ok(), "{good}: {allowed:?}");
        }
        for bad in [
            "http://a.test/",
            "http://registry.test/",
            "http://10.0.0.1/",
        ] {
            let refused = check(&options, &url(bad), None);
            assert!(matches!(refused, Err(HttpError::Insecure { .. })), "{bad}");
        }
    }

    #[test]
    fn a_policy_may_forbid_plain_http_everywhere() {
        let options = HttpOptions {
            allow_insecure: vec!["a.test".to_owned()],
            https_only: Some("/etc/prizm/policy.json:2".to_owned()),
            ..HttpOptions::default()
        };
        for bad in ["http://a.test/", "http://127.0.0.1/"] {
            let refused = check(&options, &url(bad), None);
            assert!(matches!(refused, Err(HttpError::Forbidden { .. })), "{bad}");
        }
        assert!(check(&options, &url("https://a.test/"), None).is_ok());
    }

    #[test]
    fn redirects_do_not_reach_loopback_from_outside() {
        let options = HttpOptions::default();
        let from = url("https://a.test/");
        let to = url("http://127.0.0.1:2375/");
        assert!(check(&options, &to, Some(&from)).is_err());
        assert!(check(&options, &to, Some(&url("http://localhost/"))).is_ok());
    }

    #[test]
    fn offline_refuses_everything() {
        let options = HttpOptions {
            mode: NetworkMode::Offline,
            ..HttpOptions::default()
        };
        let refused = check(&options, &url("http://127.0.0.1/"), None);
        assert!(matches!(refused, Err(HttpError::Offline { .. })));
    }

    #[test]
    fn userinfo_becomes_a_header() {
        let mut address = url("https://me:p%40ss+w%26d@h.test/x");
        let mut headers = HeaderMap::new();
        extract_userinfo(&mut address, &mut headers);
        assert_eq!(address.as_str(), "https://h.test/x");
        assert_eq!(headers[AUTHORIZATION], "Basic bWU6cEBzcyt3JmQ=");
        assert!(headers[AUTHORIZATION].is_sensitive());
        drop_secrets(&mut headers);
        assert!(headers.is_empty());
    }
}
