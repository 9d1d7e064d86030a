//! Modules that come with the program.
//!
//! In: `prizm:…`. Out: their source. Side effects: none.

use deno_core::{ModuleSource, ModuleSourceCode, ModuleSpecifier, ModuleType};
use deno_error::JsErrorBox;

/// What files get when they import `node:module`: the same, with `require` taught our rules first.
pub(super) const NODE_MODULE_URL: &str = "prizm:node-module";
const NODE_MODULE: &str = "\
globalThis[Symbol.for('prizm.host')].install();
import Module from 'node:module';
export * from 'node:module';
export default Module;
";

const REFUSED: &str = "prizm:refused/";

/// What stands for a part of the program that somebody else imports. It cannot be loaded. An error at once would not
/// do: after one, the runtime takes a module that it has by that very name, whoever asks.
pub(super) fn refused(specifier: &str) -> ModuleSpecifier {
    let url = ModuleSpecifier::parse(&format!("{REFUSED}{specifier}"));
    url.unwrap_or_else(|_| ModuleSpecifier::parse(REFUSED).expect("a constant"))
}

pub(super) fn builtin(specifier: &ModuleSpecifier) -> Result<ModuleSource, JsErrorBox> {
    let code = match specifier.as_str() {
        prizm_ops::MODULE_URL => prizm_ops::module_source(),
        NODE_MODULE_URL => NODE_MODULE.to_string(),
        other if other.starts_with(REFUSED) => {
            let name = other.trim_start_matches(REFUSED);
            return Err(JsErrorBox::type_error(format!(
                "'{name}' is a part of the program, which cannot be imported"
            )));
        }
        other => {
            return Err(JsErrorBox::type_error(format!(
                "There is no module '{other}'"
            )));
        }
    };
    let code = ModuleSourceCode::String(code.into());
    Ok(ModuleSource::new(
        ModuleType::JavaScript,
        code,
        specifier,
        None,
    ))
}
