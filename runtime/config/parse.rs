//! Checks the parts of a project file, and says where one is wrong.
//!
//! In: JSON with comments. Out: the types of `config.rs`, or an error with line, column and excerpt.
//! Side effects: none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jsonc_parser::ast;
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;
use url::Url;

use super::{
    Access, ConfigError, IsolatesConfig, LockConfig, NpmConfig, PermissionConfig, PermissionsConfig,
};

/// A text with the name to show when it is wrong.
pub(crate) struct File<'a> {
    path: &'a Path,
    text: &'a str,
}

impl<'a> File<'a> {
    /// `path` is for messages only. A byte order mark in front is skipped.
    pub(crate) fn new(path: &'a Path, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { path, text }
    }

    /// The object that the whole text is.
    pub(crate) fn root(&self) -> Result<ast::Object<'a>, ConfigError> {
        let options = ParseOptions {
            allow_loose_object_property_names: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            ..ParseOptions::default()
        };
        let parsed =
            parse_to_ast(self.text, &CollectOptions::default(), &options).map_err(|error| {
                let reason = format!("Not valid JSON: {}", lower(&error.kind().to_string()));
                self.invalid(error.range(), reason)
            })?;
        match parsed.value {
            Some(ast::Value::Object(object)) => Ok(object),
            Some(other) => Err(self.invalid(other.range(), "Expected an object".to_owned())),
            None => Err(self.invalid(
                Range { start: 0, end: 0 },
                "Expected an object, found an empty file".to_owned(),
            )),
        }
    }

    pub(super) fn imports(&self, key: &str, value: &ast::Value<'_>) -> Result<Value, ConfigError> {
        for property in &self.object(key, value)?.properties {
            if !matches!(
                property.value,
                ast::Value::StringLit(_) | ast::Value::NullKeyword(_)
            ) {
                return Err(self.expected(
                    &format!("{key}.{}", property.name.as_str()),
                    "a string",
                    &property.value,
                ));
            }
        }
        Ok(to_json(value))
    }

    pub(super) fn scopes(&self, value: &ast::Value<'_>) -> Result<Value, ConfigError> {
        for property in &self.object("scopes", value)?.properties {
            self.imports(
                &format!("scopes.{}", property.name.as_str()),
                &property.value,
            )?;
        }
        Ok(to_json(value))
    }

    pub(super) fn permissions(
        &self,
        value: &ast::Value<'_>,
        unknown: &mut Vec<String>,
    ) -> Result<PermissionsConfig, ConfigError> {
        let mut permissions = PermissionsConfig::default();
        for property in &self.object("permissions", value)?.properties {
            let name = property.name.as_str();
            let key = format!("permissions.{name}");
            let slot = match name {
                "all" => {
                    permissions.all = self.boolean(&key, &property.value)?;
                    continue;
                }
                "read" => &mut permissions.read,
                "write" => &mut permissions.write,
                "net" => &mut permissions.net,
                "env" => &mut permissions.env,
                "run" => &mut permissions.run,
                "sys" => &mut permissions.sys,
                "ffi" => &mut permissions.ffi,
                "import" => &mut permissions.import,
                _ => {
                    unknown.push(key);
                    continue;
                }
            };
            *slot = self.permission(&key, &property.value, unknown)?;
        }
        Ok(permissions)
    }

    fn permission(
        &self,
        key: &str,
        value: &ast::Value<'_>,
        unknown: &mut Vec<String>,
    ) -> Result<PermissionConfig, ConfigError> {
        let ast::Value::Object(object) = value else {
            return Ok(PermissionConfig {
                allow: Some(self.access(key, value)?),
                ..PermissionConfig::default()
            });
        };
        let mut permission = PermissionConfig::default();
        let can_ignore = matches!(key, "permissions.read" | "permissions.env");
        for property in &object.properties {
            let inner = format!("{key}.{}", property.name.as_str());
            match property.name.as_str() {
                "allow" => permission.allow = Some(self.access(&inner, &property.value)?),
                "deny" => permission.deny = self.access(&inner, &property.value)?,
                "ignore" if can_ignore => {
                    permission.ignore = self.access(&inner, &property.value)?;
                }
                _ => unknown.push(inner),
            }
        }
        Ok(permission)
    }

    fn access(&self, key: &str, value: &ast::Value<'_>) -> Result<Access, ConfigError> {
        match value {
            ast::Value::BooleanLit(literal) if literal.value => Ok(Access::Everything),
            ast::Value::BooleanLit(_) => Ok(Access::Nothing),
            ast::Value::Array(array) if array.elements.is_empty() => Ok(Access::Nothing),
            ast::Value::Array(_) => Ok(Access::Some(self.texts(key, value)?)),
            other => Err(self.expected(key, "true, false or a list of strings", other)),
        }
    }

    pub(super) fn npm(
        &self,
        value: &ast::Value<'_>,
        unknown: &mut Vec<String>,
    ) -> Result<NpmConfig, ConfigError> {
        let mut npm = NpmConfig::default();
        for property in &self.object("npm", value)?.properties {
            match property.name.as_str() {
                "registry" => {
                    let text = self.string("npm.registry", &property.value)?;
                    let url = Url::parse(&text).map_err(|error| {
                        self.invalid(
                            property.value.range(),
                            format!("`npm.registry` is not a URL: {error}"),
                        )
                    })?;
                    npm.registry = Some(url);
                }
                other => unknown.push(format!("npm.{other}")),
            }
        }
        Ok(npm)
    }

    pub(super) fn isolates(
        &self,
        value: &ast::Value<'_>,
        unknown: &mut Vec<String>,
    ) -> Result<IsolatesConfig, ConfigError> {
        let mut isolates = IsolatesConfig::default();
        for property in &self.object("isolates", value)?.properties {
            let key = format!("isolates.{}", property.name.as_str());
            let value = &property.value;
            match property.name.as_str() {
                "isolate" => isolates.isolate = self.boolean(&key, value)?,
                "noIsolate" => isolates.no_isolate = self.texts(&key, value)?,
                "providerMemory" => {
                    let memory =
                        self.number(&key, value, "MiB, from 16 to 65536", 16.0, 65536.0)?;
                    isolates.provider_memory = Some(memory as u32);
                }
                "providerCpu" => isolates.provider_cpu = Some(self.seconds(&key, value)?),
                "providerTimeout" => isolates.provider_timeout = Some(self.seconds(&key, value)?),
                "maxIdle" => isolates.max_idle = Some(self.seconds(&key, value)?),
                _ => unknown.push(key),
            }
        }
        Ok(isolates)
    }

    fn seconds(&self, key: &str, value: &ast::Value<'_>) -> Result<f64, ConfigError> {
        self.number(key, value, "seconds, more than 0", 0.001, 31_536_000.0)
    }

    fn number(
        &self,
        key: &str,
        value: &ast::Value<'_>,
        what: &str,
        least: f64,
        most: f64,
    ) -> Result<f64, ConfigError> {
        let number = match value {
            ast::Value::NumberLit(literal) => literal.value.parse().ok(),
            _ => None,
        };
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.expected(key, what, value))
    }

    pub(super) fn lock(&self, value: &ast::Value<'_>) -> Result<LockConfig, ConfigError> {
        match value {
            ast::Value::BooleanLit(literal) if literal.value => Ok(LockConfig::Beside),
            ast::Value::BooleanLit(_) => Ok(LockConfig::Off),
            ast::Value::StringLit(text) if !text.value.is_empty() => {
                Ok(LockConfig::At(PathBuf::from(text.value.as_ref())))
            }
            other => Err(self.expected("lock", "true, false or a path", other)),
        }
    }

    pub(super) fn texts_by_name(
        &self,
        key: &str,
        value: &ast::Value<'_>,
    ) -> Result<BTreeMap<String, String>, ConfigError> {
        let properties = &self.object(key, value)?.properties;
        properties
            .iter()
            .map(|property| {
                let name = property.name.as_str().to_owned();
                let text = self.string(&format!("{key}.{name}"), &property.value)?;
                Ok((name, text))
            })
            .collect()
    }

    pub(crate) fn texts(
        &self,
        key: &str,
        value: &ast::Value<'_>,
    ) -> Result<Vec<String>, ConfigError> {
        let ast::Value::Array(array) = value else {
            return Err(self.expected(key, "a list of strings", value));
        };
        let elements = array.elements.iter().enumerate();
        elements
            .map(|(index, element)| self.string(&format!("{key}[{index}]"), element))
            .collect()
    }

    pub(crate) fn object<'v>(
        &self,
        key: &str,
        value: &'v ast::Value<'a>,
    ) -> Result<&'v ast::Object<'a>, ConfigError> {
        value
            .as_object()
            .ok_or_else(|| self.expected(key, "an object", value))
    }

    pub(crate) fn string(&self, key: &str, value: &ast::Value<'_>) -> Result<String, ConfigError> {
        match value.as_string_lit() {
            Some(literal) if !literal.value.is_empty() => Ok(literal.value.to_string()),
            Some(_) => Err(self.invalid(value.range(), format!("`{key}` must not be empty"))),
            None => Err(self.expected(key, "a string", value)),
        }
    }

    pub(crate) fn boolean(&self, key: &str, value: &ast::Value<'_>) -> Result<bool, ConfigError> {
        value
            .as_boolean_lit()
            .map(|literal| literal.value)
            .ok_or_else(|| self.expected(key, "true or false", value))
    }

    pub(crate) fn expected(&self, key: &str, what: &str, found: &ast::Value<'_>) -> ConfigError {
        self.invalid(
            found.range(),
            format!("`{key}` must be {what}, found {}", kind_of(found)),
        )
    }

    /// The line, from 1, that holds the byte at `index`.
    pub(crate) fn line(&self, index: usize) -> usize {
        let before = &self.text[..floor_boundary(self.text, index)];
        before.matches('\n').count() + 1
    }

    pub(crate) fn invalid(&self, range: Range, reason: String) -> ConfigError {
        let start = floor_boundary(self.text, range.start);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |index| index + 1);
        let line_text = self.text[line_start..].lines().next().unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let lead = &self.text[line_start..start];
        let shown_end = floor_boundary(self.text, range.end).min(line_start + line_text.len());
        let width = self
            .text
            .get(start..shown_end)
            .map_or(1, |part| part.chars().count().max(1));
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let blank: String = lead
            .chars()
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        ConfigError::Invalid {
            path: self.path.to_owned(),
            line,
            column: lead.chars().count() + 1,
            reason,
            excerpt: format!(
                "  {number} | {line_text}\n  {margin} | {blank}{}",
                "^".repeat(width)
            ),
        }
    }
}

fn floor_boundary(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}

fn kind_of(value: &ast::Value<'_>) -> &'static str {
    match value {
        ast::Value::StringLit(_) => "a string",
        ast::Value::NumberLit(_) => "a number",
        ast::Value::BooleanLit(_) => "a boolean",
        ast::Value::Object(_) => "an object",
        ast::Value::Array(_) => "a list",
        ast::Value::NullKeyword(_) => "null",
    }
}

pub(crate) fn to_json(value: &ast::Value<'_>) -> Value {
    match value {
        ast::Value::StringLit(literal) => Value::String(literal.value.to_string()),
        ast::Value::NumberLit(literal) => {
            serde_json::from_str(literal.value).unwrap_or(Value::Null)
        }
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::Array(array) => array.elements.iter().map(to_json).collect(),
        ast::Value::Object(object) => {
            let properties = object.properties.iter();
            let entries = properties
                .map(|property| (property.name.as_str().to_owned(), to_json(&property.value)));
            Value::Object(entries.collect())
        }
        ast::Value::NullKeyword(_) => Value::Null,
    }
}
