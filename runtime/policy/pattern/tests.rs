//! Tests of patterns.

use super::*;
use crate::specifier::Specifier;

fn fit(pattern: &str, specifier: &str, case: Case) -> Fit {
    let pattern = Pattern::parse(pattern, Path::new("/p")).unwrap();
    let specifier = Specifier::parse(specifier, Path::new("/p")).unwrap();
    pattern.fit(&Target::of_name(&specifier), case)
}

fn fits(pattern: &str, specifier: &str) -> bool {
    fit(pattern, specifier, Case::OfSource) == Fit::Yes
}

#[test]
fn names_fit_whole() {
    assert!(fits("github:company/*", "github:company/tool@v1"));
    assert!(fits("github:company/*", "github:Company/Tool/sub/dir@main"));
    assert!(fits("github:company/*", "https://github.com/company/tool"));
    assert!(!fits("github:company/*", "github:company-evil/tool"));
    assert!(fits("github:company/tool", "github:company/tool.git"));
    assert!(fits("npm:@company/*", "@company/x@1.0.0"));
    assert!(!fits("npm:@company/*", "npm:@companyx/x"));
    assert!(fits("@company/*", "npm:@company/x"));
    assert!(fits("npm:*", "npm:@a/b"));
    assert!(fits(
        "git+https://host.test/*",
        "git+https://HOST.test/a/b.git@v1"
    ));
    assert!(!fits(
        "git+https://host.test/*",
        "git+https://host.test.evil/a.git"
    ));
    assert!(fits("file:./plugins/*", "./plugins/a"));
    assert!(!fits("file:./plugins/*", "./plugins/../a"));
    assert!(fits("https://esm.sh/*", "https://esm.sh/zod@3"));
    assert!(fits("*", "npm:x") && fits("file:*", "file:///x"));
}

#[test]
fn one_repository_goes_by_all_its_names() {
    assert!(fits(
        "github:company/*",
        "git+https://github.com/company/x.git"
    ));
    assert!(fits("git+https://github.com/*", "github:company/x"));
}

#[test]
fn refusing_lists_see_through_other_spellings() {
    let blocked = |text: &str| fit("git+https://h.test/evil/*", text, Case::Ignored);
    assert_eq!(blocked("git+https://h.test/EVIL/x.git"), Fit::Yes);
    assert_eq!(blocked("git+https://h.test/%65vil/x.git"), Fit::Yes);
    let url = "https://h.test/good%2F..%2Fevil/x".parse().unwrap();
    let target = Target::of_name(&Specifier::Git {
        url,
        path: None,
        reference: None,
    });
    let pattern = Pattern::parse("git+https://h.test/good*", Path::new("/p")).unwrap();
    assert_eq!(pattern.fit(&target, Case::OfSource), Fit::No);
    assert_eq!(pattern.fit(&target, Case::Ignored), Fit::Yes);
}

#[test]
fn versions_are_known_or_not() {
    let old = |text: &str| fit("npm:*@<1.0", text, Case::Ignored);
    assert_eq!(old("npm:a@0.9.1"), Fit::Yes);
    assert_eq!(old("npm:a@0.9.1-beta.2"), Fit::Yes);
    assert_eq!(old("npm:a@1.0.0"), Fit::No);
    assert_eq!(old("npm:a@^0.9"), Fit::Unsure);
    assert_eq!(old("npm:a"), Fit::Unsure);
    assert!(fits("github:o/r@^2", "github:o/r@v2.1.0"));
    assert!(fits("github:o/r@2", "github:o/r@v2.1.0"));
    assert!(fits("github:o/r@release/*", "github:o/r@release/x"));
    assert_eq!(
        fit("github:o/r@main", "github:o/r@dev", Case::OfSource),
        Fit::No
    );
    assert_eq!(
        fit("github:o/r@main", "github:o/r@^1", Case::OfSource),
        Fit::Unsure
    );
}

#[test]
fn nonsense_is_refused() {
    for text in [
        "",
        "company/*",
        "github:",
        "npm:a@",
        "npm:a@<x",
        "gitlab:a/b",
    ] {
        assert!(Pattern::parse(text, Path::new("/p")).is_err(), "{text}");
    }
}
