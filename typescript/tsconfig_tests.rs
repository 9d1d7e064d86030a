//! Tests of tsconfig.json reading.

use std::collections::HashMap;

use super::*;

struct Files(HashMap<PathBuf, String>);

impl Files {
    fn new(files: &[(&str, &str)]) -> Files {
        let owned = |(path, text): &(&str, &str)| (PathBuf::from(path), text.to_string());
        Files(files.iter().map(owned).collect())
    }

    fn discover(
        &self,
        dir: &str,
        stop_at: Option<&str>,
    ) -> Result<Option<TsConfig>, TypeScriptError> {
        let read = |path: &Path| {
            let text = self.0.get(path).cloned();
            text.ok_or_else(|| io::Error::from(ErrorKind::NotFound))
        };
        TsConfig::discover(Path::new(dir), stop_at.map(Path::new), &read)
    }

    fn at(&self, dir: &str) -> TsConfig {
        self.discover(dir, None).unwrap().unwrap()
    }
}

fn fields_of(target: &str) -> bool {
    let text = format!("{{ \"compilerOptions\": {{ \"target\": \"{target}\" }} }}");
    let config = Files::new(&[("/p/tsconfig.json", &text)]).at("/p");
    config.options().use_define_for_class_fields
}

#[test]
fn the_nearest_config_is_found_but_not_above_the_end() {
    let files = Files::new(&[("/p/tsconfig.json", "{}"), ("/tsconfig.json", "{}")]);
    assert_eq!(files.at("/p/a/b").path(), Path::new("/p/tsconfig.json"));
    assert!(files.discover("/p/a/b", Some("/p/a")).unwrap().is_none());
    assert!(files.discover("/p/a/b", Some("/p")).unwrap().is_some());
}

#[test]
fn fields_are_assigned_below_es2022() {
    assert!(!fields_of("ES2021") && !fields_of("es5") && !fields_of("es6"));
    assert!(fields_of("ES2022") && fields_of("esnext") && fields_of("es2024"));
    assert!(
        Files::new(&[("/p/tsconfig.json", "")])
            .at("/p")
            .options()
            .use_define_for_class_fields
    );
}

#[test]
fn extends_merges_in_order_and_paths_keep_their_folder() {
    let files = Files::new(&[
        (
            "/p/tsconfig.json",
            r#"{ "extends": ["./conf/a", "./conf/b.json"], "compilerOptions": { "jsx": "react-jsx" } }"#,
        ),
        (
            "/p/conf/a.json",
            r#"{ "compilerOptions": { "experimentalDecorators": true, "target": "es5", "paths": { "x/*": ["./a/*"] } } }"#,
        ),
        (
            "/p/conf/b.json",
            r#"{ "compilerOptions": { "target": "es2022", "paths": { "x/*": ["./b/*"] } } }"#,
        ),
    ]);
    let config = files.at("/p");
    assert!(config.options().experimental_decorators);
    assert!(config.options().use_define_for_class_fields);
    let jsx = Jsx::ReactJsx {
        dev: false,
        import_source: None,
    };
    assert_eq!(config.options().jsx, jsx);
    assert_eq!(config.path_candidates("x/y"), [Path::new("/p/conf/b/y")]);
    assert_eq!(config.files().len(), 3);
}

#[test]
fn paths_start_from_the_base_url_where_there_is_one() {
    let files = Files::new(&[(
        "/p/tsconfig.json",
        r#"{ "compilerOptions": { "baseUrl": "./src", "paths": { "@/*": ["*", "../gen/*"] } } }"#,
    )]);
    let config = files.at("/p");
    let expected = ["/p/src/a", "/p/gen/a", "/p/src/@/a"].map(PathBuf::from);
    assert_eq!(config.path_candidates("@/a"), expected);
    assert_eq!(config.path_candidates("util"), [Path::new("/p/src/util")]);
    assert!(config.path_candidates("./util").is_empty());
    assert!(config.path_candidates("node:fs").is_empty());
}

#[test]
fn config_dir_is_the_folder_of_the_outer_config() {
    let files = Files::new(&[
        ("/p/tsconfig.json", r#"{ "extends": "./shared/base.json" }"#),
        (
            "/p/shared/base.json",
            r#"{ "compilerOptions": { "paths": { "@/*": ["${configDir}/src/*"] } } }"#,
        ),
    ]);
    assert_eq!(
        files.at("/p").path_candidates("@/a"),
        [Path::new("/p/src/a")]
    );
}

#[test]
fn packages_are_looked_up_in_node_modules_upwards() {
    let config = |name: &str| format!("{{ \"extends\": \"{name}\" }}");
    for (name, file) in [
        (
            "@tsconfig/node20/tsconfig.json",
            "/node_modules/@tsconfig/node20/tsconfig.json",
        ),
        (
            "@tsconfig/node20",
            "/p/node_modules/@tsconfig/node20/tsconfig.json",
        ),
        ("@me/conf/base", "/p/node_modules/@me/conf/base.json"),
    ] {
        let files = Files::new(&[
            ("/p/tsconfig.json", &config(name)),
            (
                file,
                r#"{ "compilerOptions": { "verbatimModuleSyntax": true } }"#,
            ),
        ]);
        assert!(files.at("/p/a").options().verbatim_module_syntax, "{name}");
    }
    let files = Files::new(&[
        ("/p/tsconfig.json", &config("conf")),
        (
            "/p/node_modules/conf/package.json",
            r#"{ "tsconfig": "./x.json" }"#,
        ),
        (
            "/p/node_modules/conf/x.json",
            r#"{ "compilerOptions": { "jsxFactory": "h" } }"#,
        ),
    ]);
    assert_eq!(files.at("/p").options().jsx_factory.as_deref(), Some("h"));
}

#[test]
fn a_missing_parent_is_a_warning() {
    let config = Files::new(&[("/p/tsconfig.json", r#"{ "extends": "gone" }"#)]).at("/p");
    assert_eq!(config.warnings().len(), 1);
    assert!(config.warnings()[0].contains("\"gone\""));
}

#[test]
fn circles_and_broken_json_are_errors() {
    let files = Files::new(&[
        ("/p/tsconfig.json", r#"{ "extends": "./b.json" }"#),
        ("/p/b.json", r#"{ "extends": "./tsconfig.json" }"#),
    ]);
    let error = files.discover("/p", None).unwrap_err();
    assert!(matches!(&error, TypeScriptError::ConfigCycle { chain } if chain.len() == 3));
    let files = Files::new(&[("/p/tsconfig.json", "{\n  \"a\": 1\n  \"b\": 2\n}")]);
    let error = files.discover("/p", None).unwrap_err();
    assert!(
        matches!(
            error,
            TypeScriptError::ConfigSyntax {
                line: 3,
                column: 3,
                ..
            }
        ),
        "{error}"
    );
}
