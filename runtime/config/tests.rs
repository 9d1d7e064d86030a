//! Tests of prizm.json.

use super::*;

fn parse(text: &str) -> Result<ProjectConfig, ConfigError> {
    ProjectConfig::parse(Path::new("/p/prizm.json"), text)
}

fn refused(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn everything_in_a_project_file_is_read() {
    let config = parse(
        r#"{
            // A comment.
            "$schema": "x",
            "imports": { "zod": "npm:zod@3", "off": null },
            "scopes": { "/a/": { "zod": "npm:zod@2" } },
            "providers": { "painter": "github:c/painter@v2" },
            "aliases": { "c": "github:c/all@v1" },
            "permissions": { "read": ["media"], "net": true, "env": { "ignore": ["A"] }, "all": false },
            "npm": { "registry": "https://r.example/" },
            "preload": ["npm:zod"],
            "allowScripts": ["sharp"],
            "lock": "x.lock", /* and a trailing comma: */
        }"#,
    )
    .unwrap();
    assert_eq!(config.dir, Path::new("/p"));
    assert_eq!(config.imports["zod"], "npm:zod@3");
    assert_eq!(config.scopes["/a/"]["zod"], "npm:zod@2");
    assert_eq!(config.providers["painter"], "github:c/painter@v2");
    assert_eq!(config.aliases["c"], "github:c/all@v1");
    assert_eq!(
        config.permissions.read.allow,
        Some(Access::Some(vec!["media".to_owned()]))
    );
    assert_eq!(config.permissions.net.allow, Some(Access::Everything));
    assert_eq!(
        config.permissions.env.ignore,
        Access::Some(vec!["A".to_owned()])
    );
    assert_eq!(config.npm.registry.unwrap().as_str(), "https://r.example/");
    assert_eq!(config.preload, ["npm:zod"]);
    assert_eq!(config.allow_scripts, ["sharp"]);
    assert_eq!(config.lock, LockConfig::At("x.lock".into()));
    assert_eq!(config.warnings, Vec::<String>::new());
}

#[test]
fn unknown_keys_are_one_warning() {
    let config =
        parse(r#"{ "import": {}, "npm": { "scope": 1 }, "permissions": { "hrtime": true } }"#)
            .unwrap();
    assert_eq!(
        config.warnings,
        ["unknown keys `import`, `npm.scope`, `permissions.hrtime` in /p/prizm.json"]
    );
}

#[test]
fn errors_point_at_the_place() {
    assert_eq!(
        refused("{\n\t\"imports\": { \"ä\": 12 }\n}"),
        "`imports.ä` must be a string, found a number\n  --> /p/prizm.json:2:20\n  2 | \t\"imports\": { \"ä\": 12 }\n    | \t                  ^^"
    );
    assert_eq!(
        refused("{ \"lock\": true \"preload\": [] }"),
        "Not valid JSON: expected comma\n  --> /p/prizm.json:1:15\n  1 | { \"lock\": true \"preload\": [] }\n    |               ^"
    );
    assert!(refused("").contains("found an empty file"));
    assert!(refused("[]").starts_with("Expected an object"));
    assert!(refused("\u{feff}{ \"lock\": 1 }").contains("/p/prizm.json:1:11"));
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    let table = [
        (
            r#"{ "permissions": { "net": "x" } }"#,
            "`permissions.net` must be true, false or a list of strings",
        ),
        (
            r#"{ "permissions": { "net": { "deny": 1 } } }"#,
            "`permissions.net.deny` must be",
        ),
        (
            r#"{ "preload": ["a", 1] }"#,
            "`preload[1]` must be a string",
        ),
        (
            r#"{ "providers": { "a": "" } }"#,
            "`providers.a` must not be empty",
        ),
        (
            r#"{ "npm": { "registry": "r" } }"#,
            "`npm.registry` is not a URL",
        ),
        (
            r#"{ "scopes": { "/a/": { "b": [] } } }"#,
            "`scopes./a/.b` must be a string, found a list",
        ),
        (
            r#"{ "lock": null }"#,
            "`lock` must be true, false or a path, found null",
        ),
    ];
    for (text, message) in table {
        assert!(refused(text).contains(message), "{text}: {}", refused(text));
    }
}

#[test]
fn the_nearest_project_file_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(dir.path().join(FILE_NAME), "{}").unwrap();
    // A folder of that name is not a project file.
    std::fs::create_dir(deep.join(FILE_NAME)).unwrap();
    let found = ProjectConfig::discover(&deep).unwrap().unwrap();
    assert_eq!(found.dir, dir.path());
    std::fs::write(dir.path().join("a").join(FILE_NAME), "x").unwrap();
    assert!(ProjectConfig::discover(&deep).is_err());
    let missing = ProjectConfig::read(Path::new("/nowhere/prizm.json")).unwrap_err();
    assert!(!missing.hints().is_empty());
}
