//! Tests of the joined policy.

use std::path::Path;
use std::time::{Duration, SystemTime};

use url::Url;

use super::*;
use crate::trust::subject::{Origin as From, Subject};

fn layer(origin: Origin, text: &str) -> Layer {
    let path = match origin {
        Origin::Machine => "/etc/prizm/policy.json",
        Origin::User => "/home/me/.config/prizm/policy.json",
        Origin::Project => "/p/prizm.json",
    };
    document::read(Path::new(path), text, origin).unwrap()
}

fn policy(machine: &str, user: &str, project: &str) -> Policy {
    Policy::join(vec![
        layer(Origin::Machine, machine),
        layer(Origin::User, user),
        layer(Origin::Project, project),
    ])
}

fn specifier(text: &str) -> Specifier {
    Specifier::parse(text, Path::new("/p")).unwrap()
}

fn check(policy: &Policy, text: &str) -> Result<Decision, String> {
    let checked = policy.check_name(&specifier(text));
    checked.map_err(|error| error.to_string())
}

fn malformed(origin: Origin, text: &str) -> String {
    let path = Path::new("/x/policy.json");
    document::read(path, text, origin).unwrap_err().to_string()
}

#[test]
fn every_allow_list_must_have_it_and_the_first_that_refuses_is_named() {
    let policy = policy(
        "{\n  \"allow\": [\"github:company/*\", \"npm:*\"]\n}",
        "{\n\n  \"allow\": [\"github:*\"]\n}",
        r#"{ "block": ["github:company/old"] }"#,
    );
    let decision = check(&policy, "github:company/x").unwrap();
    let (pattern, at) = decision.allowed_by.unwrap();
    assert_eq!(pattern, "github:company/*");
    assert_eq!(at.to_string(), "/etc/prizm/policy.json:2");
    assert_eq!(
        check(&policy, "npm:zod").unwrap_err(),
        "Refused to load `npm:zod`: the policy does not allow it (/home/me/.config/prizm/policy.json:3)"
    );
    assert_eq!(
        check(&policy, "github:Company/Old@v1").unwrap_err(),
        "Refused to load `github:Company/Old@v1`: the policy blocks `github:company/old` (/p/prizm.json:1)"
    );
    assert!(check(&policy, "painter").is_ok());
}

#[test]
fn versions_are_decided_once_they_are_known() {
    let policy = policy(
        r#"{ "block": ["npm:*@<1.0"] }"#,
        "{}",
        r#"{ "allow": ["npm:a@^2", "npm:b"] }"#,
    );
    assert!(check(&policy, "npm:a").is_ok());
    let package = |name, version| {
        policy.check_package(Package {
            name,
            version,
            addresses: &[],
            released: None,
        })
    };
    assert!(package("a", "2.3.0").is_ok());
    assert!(package("a", "1.3.0").is_err());
    assert!(package("b", "1.3.0").is_ok());
    let error = package("b", "0.3.0").unwrap_err().to_string();
    assert!(error.contains("blocks `npm:*@<1.0`"), "{error}");
}

#[test]
fn a_block_by_version_refuses_what_has_none() {
    let policy = policy(r#"{ "block": ["github:o/r@<2"] }"#, "{}", "{}");
    let commit =
        |version| policy.check_commit(&specifier("github:o/r@main"), version, "abc", || None);
    assert!(commit(Some("v2.0.0")).is_ok());
    assert!(commit(Some("v1.9.0")).is_err());
    assert!(commit(None).is_err());
}

#[test]
fn the_longest_age_holds_and_exceptions_are_each_files_own() {
    let policy = policy(
        r#"{ "minimumAge": { "age": "2d", "except": ["npm:@company/*"] } }"#,
        r#"{ "minimumAge": 24 }"#,
        "{}",
    );
    let age = |name| {
        let (age, at) = policy
            .minimum_age(&Target::of_package(name, "1.0.0"))
            .unwrap();
        (age.as_secs() / 3600, at.to_string())
    };
    assert_eq!(age("zod"), (48, "/etc/prizm/policy.json:1".into()));
    assert_eq!(age("@company/x").0, 24);
    let released = |seconds: u64| {
        let released = Some(SystemTime::now() - Duration::from_secs(seconds));
        let commit = policy.check_commit(&specifier("github:o/r"), None, "abc", || released);
        commit.map_err(|error| error.to_string())
    };
    let error = released(6 * 3600 + 30).unwrap_err();
    assert!(
        error.contains("it was released 6 hours ago") && error.contains("younger than 2 days"),
        "{error}"
    );
    assert!(released(49 * 3600).is_ok());
}

#[test]
fn a_release_is_held_against_names_versions_and_ages() {
    let policy = policy(r#"{ "block": ["npm:a@2"], "minimumAge": 24 }"#, "{}", "{}");
    let release = |version: &str, hours: u64, origin| Subject {
        asked: "npm:a".to_owned(),
        specifier: specifier("npm:a"),
        identity: format!("npm:a@{version}"),
        name: "npm:a".to_owned(),
        version: Some(version.to_owned()),
        commit: None,
        hash: None,
        released: SystemTime::now().checked_sub(Duration::from_secs(hours * 3600)),
        root: "/x".into(),
        manifest: None,
        origin,
    };
    let check = |subject: &Subject| policy.check_release(subject);
    assert!(check(&release("1.0.0", 25, From::Cache)).is_ok());
    let young = check(&release("1.0.0", 5, From::Cache));
    assert!(matches!(young, Err(PolicyError::TooYoung { .. })));
    let blocked = check(&release("2.1.0", 25, From::Network));
    assert!(matches!(blocked, Err(PolicyError::Blocked { .. })));
}

#[test]
fn a_clock_that_is_off_is_told() {
    let policy = policy(r#"{ "minimumAge": 1 }"#, "{}", "{}");
    let commit = |released| policy.check_commit(&specifier("github:o/r"), None, "abc", || released);
    let ahead = SystemTime::now() + Duration::from_secs(86_400);
    let error = commit(Some(ahead)).unwrap_err();
    assert!(matches!(error, PolicyError::Clock { .. }), "{error}");
    assert!(matches!(commit(None), Err(PolicyError::AgeUnknown { .. })));
    let a_little = SystemTime::now() + Duration::from_secs(30);
    assert!(matches!(
        commit(Some(a_little)),
        Err(PolicyError::TooYoung { .. })
    ));
}

#[test]
fn trust_needs_every_file_that_speaks_of_it() {
    let one = policy(
        "{}",
        r#"{ "trusted": ["github:company/*"] }"#,
        r#"{ "trusted": true }"#,
    );
    assert!(one.trusted(&specifier("github:company/x")).is_some());
    assert!(one.trusted(&specifier("github:evil/x")).is_none());
    let none = policy(r#"{ "trusted": false }"#, "{}", r#"{ "trusted": ["*"] }"#);
    assert!(none.trusted(&specifier("github:company/x")).is_none());
    assert!(
        policy("{}", "{}", "{}")
            .trusted(&specifier("npm:x"))
            .is_none()
    );
}

#[test]
fn flags_and_levels_take_the_stricter() {
    let policy = policy(
        r#"{ "httpsOnly": true, "scan": { "native": "warn", "secrets": "off" } }"#,
        r#"{ "httpsOnly": false, "scan": { "native": "fatal" }, "auditRequired": false, "scanner": ["clam", "-"] }"#,
        r#"{ "auditRequired": false, "offline": true }"#,
    );
    assert!(policy.https_only().is_some());
    assert_eq!(policy.offline().unwrap().to_string(), "/p/prizm.json:1");
    assert_eq!(policy.scan_levels()["native"].0, Level::Fatal);
    assert_eq!(policy.scan_levels()["secrets"].0, Level::Off);
    assert_eq!(policy.scanners()[0].value, ["clam", "-"]);
    assert!(!policy.audit_required().0);
    assert!(
        check(&policy, "http://127.0.0.1/x.ts")
            .unwrap_err()
            .contains("HTTPS only")
    );
    assert!(check(&policy, "git+http://127.0.0.1/x.git").is_err());
}

#[test]
fn a_project_cannot_switch_the_audit_off() {
    let policy = policy("{}", "{}", r#"{ "auditRequired": false }"#);
    assert_eq!(policy.audit_required(), (true, None));
}

#[test]
fn a_project_cannot_vouch_for_itself() {
    let signers = |machine, user, project| {
        let policy = policy(machine, user, project);
        let named = policy.allowed_signers();
        let named = named.iter().filter_map(|named| named.value.as_str());
        named.collect::<Vec<_>>().join(" ")
    };
    let project = r#"{ "allowedSigners": "./mine", "requireSignature": true }"#;
    assert_eq!(signers("{}", "{}", project), "./mine");
    let user = r#"{ "allowedSigners": "./users" }"#;
    assert_eq!(signers("{}", user, project), "./users");
    assert_eq!(
        signers(r#"{ "requireSignature": true }"#, "{}", project),
        ""
    );
    let machine = r#"{ "allowedSigners": "./machines" }"#;
    assert_eq!(signers(machine, user, project), "./machines");
}

#[test]
fn registries_are_held_against_every_list() {
    let policy = policy(
        r#"{ "allowedRegistries": ["https://npm.company.com/team/", "https://registry.npmjs.org"] }"#,
        r#"{ "allowedRegistries": ["https://npm.company.com/team"] }"#,
        "{}",
    );
    let forbidden = |url: &str| {
        let at = policy
            .registries()
            .forbid(&Url::parse(url).unwrap())
            .map(At::to_string);
        at.map(|at| at.contains("/home/"))
    };
    assert_eq!(forbidden("https://npm.company.com/team/zod"), None);
    assert_eq!(forbidden("https://registry.npmjs.org/zod"), Some(true));
    assert_eq!(forbidden("https://npm.company.com/teamx/zod"), Some(false));
    assert_eq!(forbidden("http://npm.company.com/team/zod"), Some(false));
}

#[test]
fn malformed_policies_say_where_and_what_was_expected() {
    let told = malformed(Origin::User, "{\n  \"alow\": []\n}");
    assert!(
        told.contains("`alow` is no setting of a policy: did you mean `allow`?"),
        "{told}"
    );
    assert!(told.contains("/x/policy.json:2:3"), "{told}");
    for (text, expected) in [
        (
            r#"{ "allow": "npm:x" }"#,
            "`allow` must be a list of strings, found a string",
        ),
        (r#"{ "allow": ["x/y"] }"#, "begins with no known scheme"),
        (
            r#"{ "minimumAge": "1y" }"#,
            "`minimumAge` must be a number of hours",
        ),
        (
            r#"{ "minimumAge": { "except": [] } }"#,
            "an object with `age`",
        ),
        (
            r#"{ "permissionCaps": { "nett": true } }"#,
            "did you mean `net`?",
        ),
        (
            r#"{ "permissionCaps": { "net": "x" } }"#,
            "permissionCaps.net",
        ),
        (
            r#"{ "allowedRegistries": ["npm"] }"#,
            "the address of a registry",
        ),
        (
            r#"{ "scan": { "nativ": "warn" } }"#,
            "did you mean `native`?",
        ),
        (
            r#"{ "scan": { "native": "loud" } }"#,
            "\"off\", \"warn\" or \"fatal\"",
        ),
        (
            r#"{ "requireSignature": "yes" }"#,
            "true, false or a list of patterns",
        ),
        (r#"{ "httpsOnly": 1 }"#, "`httpsOnly` must be true or false"),
        ("[]", "Expected an object"),
        ("{", "Not valid JSON"),
        ("", "found an empty file"),
    ] {
        let told = malformed(Origin::User, text);
        assert!(told.contains(expected), "{text}: {told}");
    }
}

#[test]
fn a_project_names_no_program_and_no_file_outside() {
    for text in [
        r#"{ "scanner": "x" }"#,
        r#"{ "historyFile": "../x" }"#,
        r#"{ "historyFile": "/etc/x" }"#,
        r#"{ "grants": {} }"#,
    ] {
        malformed(Origin::Project, text);
    }
    let inside = layer(Origin::Project, r#"{ "historyFile": "./refs.log" }"#);
    let path = inside.history_file.unwrap().value;
    assert_eq!(path, Path::new("/p/./refs.log"));
}
