//! Compiler options that change the emitted JavaScript.
//!
//! In: nothing. Out: a hashable value and its text form for cache keys. Side effects: none.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// How JSX becomes function calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Jsx {
    /// `React.createElement(…)`, or the factories of the options.
    React,
    /// `jsx(…)` from `<import_source>/jsx-runtime`.
    ReactJsx {
        /// `jsxDEV(…)` from `<import_source>/jsx-dev-runtime`, with file and line.
        dev: bool,
        /// `react` where it is `None`.
        import_source: Option<String>,
    },
}

/// The tsconfig options that matter when types are only stripped.
///
/// The default is what tsx does without a `tsconfig.json`: standard decorators, defined class fields,
/// classic JSX, unused imports dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CompilerOptions {
    /// Decorators as TypeScript had them before the standard ones.
    pub experimental_decorators: bool,
    /// `design:type` and friends through `Reflect.metadata`; only with experimental decorators.
    pub emit_decorator_metadata: bool,
    /// Fields are defined on the object (the standard) rather than assigned in the constructor.
    pub use_define_for_class_fields: bool,
    /// How JSX becomes function calls.
    pub jsx: Jsx,
    /// `React.createElement` where it is `None`.
    pub jsx_factory: Option<String>,
    /// `React.Fragment` where it is `None`.
    pub jsx_fragment_factory: Option<String>,
    /// Only imports marked `type` are dropped.
    pub verbatim_module_syntax: bool,
}

impl Default for CompilerOptions {
    fn default() -> Self {
        Self {
            experimental_decorators: false,
            emit_decorator_metadata: false,
            use_define_for_class_fields: true,
            jsx: Jsx::React,
            jsx_factory: None,
            jsx_fragment_factory: None,
            verbatim_module_syntax: false,
        }
    }
}

impl CompilerOptions {
    /// A text that differs where the emitted code may differ, including by versions of this crate and of swc.
    ///
    /// Example: `ts1 0.1.0 deno_ast 0.53.3 -D+d-m-v react`.
    pub fn cache_key(&self) -> String {
        let sign = |is_set: bool| if is_set { '+' } else { '-' };
        let mut key = format!(
            "ts{} {} deno_ast {} {}D{}d{}m{}v",
            crate::EMIT_REVISION,
            env!("CARGO_PKG_VERSION"),
            deno_ast::VERSION,
            sign(self.experimental_decorators),
            sign(self.use_define_for_class_fields),
            sign(self.emit_decorator_metadata),
            sign(self.verbatim_module_syntax),
        );
        let jsx = match &self.jsx {
            Jsx::React => " react".to_string(),
            Jsx::ReactJsx { dev, import_source } => format!(" jsx{}{import_source:?}", sign(*dev)),
        };
        let factories = (&self.jsx_factory, &self.jsx_fragment_factory);
        write!(key, "{jsx} {factories:?}").expect("writing to a string does not fail");
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_key_tells_options_apart() {
        let plain = CompilerOptions::default();
        let assigned = CompilerOptions {
            use_define_for_class_fields: false,
            ..plain.clone()
        };
        let automatic = CompilerOptions {
            jsx: Jsx::ReactJsx {
                dev: false,
                import_source: Some("preact".into()),
            },
            ..plain.clone()
        };
        assert_ne!(plain.cache_key(), assigned.cache_key());
        assert_ne!(plain.cache_key(), automatic.cache_key());
        assert_eq!(plain.cache_key(), CompilerOptions::default().cache_key());
    }
}
