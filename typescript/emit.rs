//! Printing: a lowered tree becomes JavaScript text and a source map.
//!
//! In: a lowered tree and the module format. Out: [`Emitted`]. Side effects: none.

use deno_ast::swc::ast::Program;
use deno_ast::swc::ecma_visit::VisitMutWith;
use deno_ast::swc::transforms::{fixer, hygiene};
use deno_ast::{EmitOptions, ProgramRef, SourceMap, SourceMapOption};
use deno_media_type::MediaType;

use crate::dynamic_imports;
use crate::helpers::{self, Helper};
use crate::lower::Lowered;
use crate::parse::Source;
use crate::{SourceFacts, TypeScriptError, commonjs, esm};

/// The module system that the JavaScript is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModuleFormat {
    /// `import` and `export`; free `require`, `module`, `__dirname`… are given meaning by a first line.
    Esm,
    /// `require` and `exports`, to be run inside Node's function wrapper; `import()` stays.
    CommonJs,
}

/// JavaScript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    /// The text. Lines and columns are those of the source only where there is no source map.
    pub code: String,
    /// Version 3, JSON, with the source's URL and text; `None` where the code is the source itself.
    pub source_map: Option<String>,
}

/// JavaScript that V8 runs as it is, or `None` where it must be printed.
pub(crate) fn verbatim(source: &Source, format: ModuleFormat) -> Option<Emitted> {
    use MediaType::{Cjs, JavaScript, Mjs};
    let text = &source.text;
    let needs_lowering = ["@", "accessor", " assert"];
    if !matches!(source.media_type, JavaScript | Mjs | Cjs)
        || needs_lowering.iter().any(|it| text.contains(it))
    {
        return None;
    }
    let is_wanted = match format {
        ModuleFormat::Esm => {
            let names = crate::names::COMMONJS_NAMES;
            !names.iter().any(|name| text.contains(name))
        }
        ModuleFormat::CommonJs => !source.has_module_syntax && !text.contains("import.meta"),
    };
    is_wanted.then(|| Emitted {
        code: match text.strip_prefix("#!") {
            Some(rest) => format!("//{rest}"),
            None => text.to_string(),
        },
        source_map: None,
    })
}

/// Prints a lowered tree.
///
/// # Errors
/// [`TypeScriptError::TopLevelAwait`], [`TypeScriptError::Print`].
pub(crate) fn emit(
    source: &Source,
    lowered: Lowered,
    format: ModuleFormat,
) -> Result<Emitted, TypeScriptError> {
    if format == ModuleFormat::CommonJs && has_top_level_await(source, &lowered) {
        return Err(TypeScriptError::TopLevelAwait {
            specifier: Box::new(source.specifier.clone()),
        });
    }
    let Lowered {
        mut module,
        globals,
        comments,
    } = lowered;
    module.shebang = None;
    let comments = comments.into_single_threaded();
    let mut first_line = String::new();
    let mut last_lines = Vec::new();
    let program = globals.with(|marks| {
        let has_imports = dynamic_imports::wrap(&mut module, marks);
        match format {
            ModuleFormat::Esm => {
                first_line = helpers::commonjs_names(&esm::finish(&mut module, marks));
            }
            ModuleFormat::CommonJs => {
                last_lines = commonjs::convert(&mut module, marks, source.has_module_syntax);
            }
        }
        if has_imports {
            last_lines.push(Helper::Import.text().to_owned());
        }
        let mut program = Program::Module(module);
        program.visit_mut_with(&mut hygiene::hygiene());
        program.visit_mut_with(&mut fixer::fixer(Some(&comments)));
        program
    });
    let source_map = SourceMap::single(source.specifier.clone(), source.text.to_string());
    let options = EmitOptions {
        source_map: SourceMapOption::Separate,
        source_map_base: None,
        source_map_file: None,
        inline_sources: true,
        remove_comments: true,
    };
    let printed = deno_ast::emit(ProgramRef::from(&program), &comments, &source_map, &options)
        .map_err(|error| TypeScriptError::Print {
            specifier: Box::new(source.specifier.clone()),
            source: error,
        })?;
    let mut emitted = Emitted {
        code: printed.text,
        source_map: printed.source_map,
    };
    append_lines(&mut emitted.code, &last_lines);
    if !first_line.is_empty() {
        prepend_line(&mut emitted, &first_line);
    }
    Ok(emitted)
}

fn has_top_level_await(source: &Source, lowered: &Lowered) -> bool {
    source.text.contains("await") && SourceFacts::collect(source, lowered).has_top_level_await
}

fn append_lines(code: &mut String, lines: &[String]) {
    for line in lines {
        if !code.is_empty() && !code.ends_with('\n') {
            code.push('\n');
        }
        code.push_str(line);
        code.push('\n');
    }
}

/// In a source map every `;` of the mappings stands for one line of the code.
fn prepend_line(emitted: &mut Emitted, line: &str) {
    emitted.code = format!("{line}\n{}", emitted.code);
    if let Some(map) = &mut emitted.source_map {
        // Inside of strings the quotes would be escaped, so this is the key.
        *map = map.replacen(r#""mappings":""#, r#""mappings":";"#, 1);
    }
}
