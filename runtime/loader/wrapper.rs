//! ES modules that stand for what is none: CommonJS files and JSON.
//!
//! In: a path, the names it exports. Out: JavaScript source. Side effects: none.

use std::fmt::Write as _;
use std::path::Path;

/// What `import` of a CommonJS file gets as its `default`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultExport {
    /// The file was written as an ES module: its own `default`.
    Own,
    /// It was written as CommonJS: `module.exports`, as in Node.
    ModuleExports,
}

/// A module that runs the CommonJS file at `path` and exports `names` of it.
pub fn commonjs(path: &Path, names: &[String], default: DefaultExport) -> String {
    let path = serde_json::Value::from(path.to_string_lossy());
    let mut code = format!(
        "const $m = globalThis[Symbol.for('prizm.host')].require({path}, import.meta.main);\n"
    );
    match default {
        DefaultExport::Own if names.iter().any(|name| name == "default") => {
            code.push_str("export default $m.default;\n");
        }
        DefaultExport::Own => {}
        DefaultExport::ModuleExports => code.push_str("export default $m;\n"),
    }
    for (index, name) in names.iter().filter(|name| *name != "default").enumerate() {
        let name = serde_json::Value::from(name.as_str());
        writeln!(
            code,
            "const $e{index} = $m?.[{name}];\nexport {{ $e{index} as {name} }};"
        )
        .expect("a String takes all");
    }
    code
}

/// A module for a JSON file that is imported without attributes: `default`, and a name for each key that can be one.
pub fn json(text: &str) -> Result<String, serde_json::Error> {
    let value: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
    let mut code = format!(
        "const $m = {};\nexport default $m;\n",
        script_safe(&value.to_string())
    );
    let keys = value
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys());
    for (index, key) in keys
        .filter(|key| *key != "default" && is_identifier(key))
        .enumerate()
    {
        writeln!(
            code,
            "const $e{index} = $m.{key};\nexport {{ $e{index} as {key} }};"
        )
        .expect("a String takes all");
    }
    Ok(code)
}

/// `__proto__` in an object literal would set the prototype; as a computed key it is data.
fn script_safe(json: &str) -> String {
    json.replace("\"__proto__\":", "[\"__proto__\"]:")
}

fn is_identifier(key: &str) -> bool {
    let mut characters = key.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_' || first == '$')
        && characters.all(|rest| rest.is_ascii_alphanumeric() || rest == '_' || rest == '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_can_be_exported() {
        let names = ["default".to_string(), "a-b".to_string()];
        let code = commonjs(Path::new("/a \"b\".ts"), &names, DefaultExport::Own);
        assert!(code.contains(r#"require("/a \"b\".ts","#), "{code}");
        assert!(code.contains("export default $m.default;"), "{code}");
        assert!(code.contains(r#"export { $e0 as "a-b" };"#), "{code}");
    }

    #[test]
    fn json_keys_become_names_where_they_can() {
        let code = json(r#"{"version":"1","a-b":2,"default":3,"__proto__":4}"#).unwrap();
        assert!(code.contains("export { $e0 as version };"), "{code}");
        assert!(!code.contains("a-b }"), "{code}");
        assert!(code.contains("[\"__proto__\"]:4"), "{code}");
    }
}
