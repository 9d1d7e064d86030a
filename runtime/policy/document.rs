//! Reads one policy file. Nothing in it is passed over: what is not understood is an error.
//!
//! In: JSON with comments. Out: [`Layer`], or an error with line, column, and what was expected. Side effects: none.
//!
//! ```jsonc
//! {
//!   "allow": ["github:company/*", "npm:@company/*"],
//!   "block": ["npm:*@<1.0"],
//!   "requireSignature": ["github:company/*"],
//!   "minimumAge": { "age": "24h", "except": ["npm:@company/*"] },
//!   "permissionCaps": { "net": ["*.company.com"], "run": false },
//!   "httpsOnly": true
//! }
//! ```

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use url::Url;

use super::age;
use super::layer::{At, Layer, MinimumAge, Origin, Patterns, Placed, Rule};
use super::pattern::Pattern;
use crate::config::ConfigError;
use crate::config::parse::{File, to_json};
use crate::permissions::Caps;
use crate::scan::{self, Level};

/// Every setting.
const SETTINGS: [&str; 17] = [
    "allow",
    "block",
    "requireSignature",
    "requireProvenance",
    "minimumAge",
    "permissionCaps",
    "httpsOnly",
    "allowedRegistries",
    "offline",
    "trusted",
    "scan",
    "scanner",
    "auditRequired",
    "historyFile",
    "allowedSigners",
    "grants",
    "$schema",
];
/// What a provider can ask for.
const PERMISSIONS: [&str; 9] = [
    "net", "env", "read", "write", "run", "docker", "ffi", "sys", "media",
];
/// Names less alike than this are not offered instead.
const LIKENESS: f64 = 0.6;

/// Reads the text of a policy file.
///
/// # Errors
/// [`ConfigError::Invalid`].
pub fn read(path: &Path, text: &str, origin: Origin) -> Result<Layer, ConfigError> {
    let file = File::new(path, text);
    let root = file.root()?;
    Reader::new(&file, path, origin).layer(&root)
}

/// Reads `policy` of a project file.
///
/// # Errors
/// [`ConfigError::Invalid`].
pub fn read_value(
    file: &File<'_>,
    path: &Path,
    value: &ast::Value<'_>,
) -> Result<Layer, ConfigError> {
    let root = file.object("policy", value)?;
    Reader::new(file, path, Origin::Project).layer(root)
}

struct Reader<'a, 'f> {
    file: &'f File<'a>,
    folder: &'f Path,
    layer: Layer,
}

impl<'a, 'f> Reader<'a, 'f> {
    fn new(file: &'f File<'a>, path: &'f Path, origin: Origin) -> Reader<'a, 'f> {
        Reader {
            file,
            folder: path.parent().unwrap_or(Path::new("")),
            layer: Layer::new(path, origin),
        }
    }

    fn layer(mut self, root: &ast::Object<'_>) -> Result<Layer, ConfigError> {
        for property in &root.properties {
            let (key, value) = (property.name.as_str(), &property.value);
            let at = self.at(property);
            match key {
                "allow" => self.layer.allow = Some(placed(self.patterns(key, value)?, at)),
                "block" => self.layer.block = self.patterns(key, value)?,
                "requireSignature" => {
                    self.layer.require_signature = Some(placed(self.rule(key, value)?, at));
                }
                "requireProvenance" => {
                    self.layer.require_provenance = Some(placed(self.rule(key, value)?, at));
                }
                "trusted" => self.layer.trusted = Some(placed(self.rule(key, value)?, at)),
                "minimumAge" => {
                    self.layer.minimum_age = Some(placed(self.minimum_age(value)?, at));
                }
                "permissionCaps" => {
                    self.check_caps(value)?;
                    self.layer.permission_caps = Some(placed(to_json(value), at));
                }
                "httpsOnly" => self.layer.https_only = Some(self.flag(key, value, at)?),
                "offline" => self.layer.offline = Some(self.flag(key, value, at)?),
                "auditRequired" => self.layer.audit_required = Some(self.flag(key, value, at)?),
                "allowedRegistries" => {
                    self.layer.allowed_registries = Some(placed(self.registries(value)?, at));
                }
                "scan" => self.scan(value)?,
                "scanner" => self.layer.scanner = Some(placed(self.scanner(property)?, at)),
                "historyFile" => {
                    self.layer.history_file = Some(placed(self.history_file(value)?, at));
                }
                "allowedSigners" | "grants" => {
                    self.elsewhere(key, property)?;
                    let kept = placed(to_json(value), at);
                    self.layer.other.insert(key.to_owned(), kept);
                }
                "$schema" => {}
                _ => return Err(self.unknown("setting", key, &SETTINGS, property)),
            }
        }
        Ok(self.layer)
    }

    fn at(&self, place: &impl Ranged) -> At {
        At {
            path: self.layer.path.clone(),
            line: self.file.line(place.range().start),
        }
    }

    fn unknown(&self, kind: &str, name: &str, known: &[&str], at: &impl Ranged) -> ConfigError {
        let likeness = |known: &str| {
            strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase())
        };
        let nearest = known
            .iter()
            .map(|known| (likeness(known), *known))
            .filter(|(likeness, _)| *likeness >= LIKENESS)
            .max_by(|one, other| one.0.total_cmp(&other.0));
        let what = match nearest {
            Some((_, nearest)) => format!("did you mean `{nearest}`?"),
            None => format!("expected one of {}", known.join(", ")),
        };
        let reason = format!("`{name}` is no {kind} of a policy: {what}");
        self.file.invalid(at.range(), reason)
    }

    /// Grants are the user's own.
    fn elsewhere(&self, key: &str, property: &ast::ObjectProp<'_>) -> Result<(), ConfigError> {
        if key == "grants" && self.layer.origin != Origin::User {
            let reason = "`grants` stand in the user's own policy only".to_owned();
            return Err(self.file.invalid(property.range(), reason));
        }
        Ok(())
    }

    fn patterns(&self, key: &str, value: &ast::Value<'_>) -> Result<Patterns, ConfigError> {
        let texts = self.file.texts(key, value)?;
        let ast::Value::Array(array) = value else {
            return Ok(Vec::new());
        };
        let elements = array.elements.iter().zip(texts);
        elements
            .map(|(element, text)| {
                let pattern = Pattern::parse(&text, self.folder)
                    .map_err(|reason| self.file.invalid(element.range(), reason))?;
                Ok(placed(pattern, self.at(element)))
            })
            .collect()
    }

    fn rule(&self, key: &str, value: &ast::Value<'_>) -> Result<Rule, ConfigError> {
        match value {
            ast::Value::BooleanLit(literal) if literal.value => Ok(Rule::All),
            ast::Value::BooleanLit(_) => Ok(Rule::Only(Vec::new())),
            ast::Value::Array(_) => Ok(Rule::Only(self.patterns(key, value)?)),
            other => {
                let what = "true, false or a list of patterns";
                Err(self.file.expected(key, what, other))
            }
        }
    }

    fn flag(&self, key: &str, value: &ast::Value<'_>, at: At) -> Result<Placed<bool>, ConfigError> {
        Ok(placed(self.file.boolean(key, value)?, at))
    }

    fn minimum_age(&self, value: &ast::Value<'_>) -> Result<MinimumAge, ConfigError> {
        let ast::Value::Object(object) = value else {
            return Ok(MinimumAge {
                age: self.span("minimumAge", value)?,
                except: Vec::new(),
            });
        };
        let mut minimum = MinimumAge {
            age: Duration::ZERO,
            except: Vec::new(),
        };
        for property in &object.properties {
            match property.name.as_str() {
                "age" => minimum.age = self.span("minimumAge.age", &property.value)?,
                "except" => {
                    minimum.except = self.patterns("minimumAge.except", &property.value)?;
                }
                name => return Err(self.unknown("setting", name, &["age", "except"], property)),
            }
        }
        match object.properties.iter().any(|it| it.name.as_str() == "age") {
            true => Ok(minimum),
            false => Err(self
                .file
                .expected("minimumAge", "an object with `age`", value)),
        }
    }

    fn span(&self, key: &str, value: &ast::Value<'_>) -> Result<Duration, ConfigError> {
        let found = match value {
            ast::Value::NumberLit(literal) => literal.value.parse().ok().and_then(age::of_hours),
            ast::Value::StringLit(literal) => age::parse(&literal.value),
            _ => None,
        };
        let what = "a number of hours, or a text such as \"24h\" or \"3d\"";
        found.ok_or_else(|| self.file.expected(key, what, value))
    }

    /// The shape of a manifest's `permissions`: names → true, false, or a list of texts.
    fn check_caps(&self, value: &ast::Value<'_>) -> Result<(), ConfigError> {
        let file = self.file;
        for property in &file.object("permissionCaps", value)?.properties {
            let name = property.name.as_str();
            if !PERMISSIONS.contains(&name) {
                return Err(self.unknown("permission", name, &PERMISSIONS, property));
            }
            let one = serde_json::json!({ name: to_json(&property.value) });
            Caps::parse(&one, &self.layer.path)
                .map_err(|error| file.invalid(property.value.range(), error.to_string()))?;
        }
        Ok(())
    }

    fn registries(&self, value: &ast::Value<'_>) -> Result<Vec<Url>, ConfigError> {
        let texts = self.file.texts("allowedRegistries", value)?;
        let ast::Value::Array(array) = value else {
            return Ok(Vec::new());
        };
        let read = |(element, text): (&ast::Value<'_>, String)| {
            let url = Url::parse(&text).ok();
            let url = url.filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
            url.ok_or_else(|| {
                let what = "the address of a registry, as `https://registry.npmjs.org/`";
                self.file.expected("allowedRegistries", what, element)
            })
        };
        array.elements.iter().zip(texts).map(read).collect()
    }

    fn scan(&mut self, value: &ast::Value<'_>) -> Result<(), ConfigError> {
        for property in &self.file.object("scan", value)?.properties {
            let name = property.name.as_str();
            let key = format!("scan.{name}");
            let at = self.at(property);
            let rules: Vec<&str> = scan::Rule::ALL.iter().map(|rule| rule.name()).collect();
            if name != "*" && !rules.contains(&name) {
                return Err(self.unknown("rule of the scan", name, &rules, property));
            }
            let level = match property.value.as_string_lit().map(|it| it.value.as_ref()) {
                Some("off") => Level::Off,
                Some("warn") => Level::Warn,
                Some("fatal") => Level::Fatal,
                _ => {
                    let what = "\"off\", \"warn\" or \"fatal\"";
                    return Err(self.file.expected(&key, what, &property.value));
                }
            };
            let placed = placed(level, at);
            self.layer.scan.insert(name.to_owned(), placed);
        }
        Ok(())
    }

    /// A program is run with the user's own rights: a project, which may come from anywhere, names none.
    fn scanner(&self, property: &ast::ObjectProp<'_>) -> Result<Vec<String>, ConfigError> {
        if self.layer.origin == Origin::Project {
            let reason = "`scanner` stands in the user's or the machine's policy only".to_owned();
            return Err(self.file.invalid(property.range(), reason));
        }
        match &property.value {
            ast::Value::StringLit(literal) if !literal.value.is_empty() => {
                Ok(vec![literal.value.to_string()])
            }
            list @ ast::Value::Array(array) if !array.elements.is_empty() => {
                self.file.texts("scanner", list)
            }
            other => {
                let what = "a program, or a list of a program and its arguments";
                Err(self.file.expected("scanner", what, other))
            }
        }
    }

    /// A project's file may have others write only within the project.
    fn history_file(&self, value: &ast::Value<'_>) -> Result<PathBuf, ConfigError> {
        let text = self.file.string("historyFile", value)?;
        let is_inside = Path::new(&text)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if self.layer.origin == Origin::Project && !is_inside {
            let what = "a path inside the project's folder";
            return Err(self.file.expected("historyFile", what, value));
        }
        Ok(self.folder.join(text))
    }
}

fn placed<T>(value: T, at: At) -> Placed<T> {
    Placed { value, at }
}
