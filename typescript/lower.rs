//! Lowering: TypeScript and JSX become plain JavaScript, still with `import` and `export`.
//!
//! In: a fresh tree and the options. Out: a tree without types, enums, namespaces, parameter properties, decorators
//! or JSX; unused imports are gone. `import x = require()` and `export =` stay, for the module format to settle.
//! Side effects: none.

use std::sync::{Arc, Mutex, PoisonError};

use deno_ast::swc::ast::{AutoAccessor, Decorator, Module, Pass, Program};
use deno_ast::swc::common::SyntaxContext;
use deno_ast::swc::common::comments::SingleThreadedComments;
use deno_ast::swc::common::errors::{DiagnosticBuilder, Emitter, HANDLER, Handler, Level};
use deno_ast::swc::ecma_visit::{Visit, VisitWith, noop_visit_type};
use deno_ast::swc::transforms::{helpers, proposal, react, resolver, typescript};
use deno_ast::{Globals, Marks, MultiThreadedComments, SourceMap};

use crate::class_fields;
use crate::names;
use crate::namespaces;
use crate::parse::{Source, Tree};
use crate::type_exports;
use crate::{CompilerOptions, Jsx, TypeScriptError};

/// A tree of plain JavaScript.
pub(crate) struct Lowered {
    pub(crate) module: Module,
    pub(crate) globals: Globals,
    pub(crate) comments: MultiThreadedComments,
}

/// Lowers a tree.
///
/// # Errors
/// [`TypeScriptError::Transform`] with what swc reports.
pub(crate) fn lower(
    source: &Source,
    tree: Tree,
    options: &CompilerOptions,
) -> Result<Lowered, TypeScriptError> {
    let Tree {
        mut module,
        globals,
        comments,
    } = tree;
    let comments = comments.into_single_threaded();
    names::strip_ambient(&mut module);
    type_exports::strip(&mut module, &source.type_exports);
    let reports = Reports::default();
    let handler = Handler::with_emitter(true, false, Box::new(reports.clone()));
    let program = globals.with(|marks| {
        let pipeline = Pipeline {
            source,
            options,
            marks,
            comments: &comments,
        };
        let helpers = helpers::Helpers::new(false);
        HANDLER.set(&handler, || {
            helpers::HELPERS.set(&helpers, || pipeline.run(Program::Module(module)))
        })
    });
    if let Some(message) = reports.first() {
        return Err(TypeScriptError::Transform {
            specifier: Box::new(source.specifier.clone()),
            message,
        });
    }
    Ok(Lowered {
        module: program.expect_module(),
        globals,
        comments: MultiThreadedComments::from_single_threaded(comments),
    })
}

struct Pipeline<'a> {
    source: &'a Source,
    options: &'a CompilerOptions,
    marks: &'a Marks,
    comments: &'a SingleThreadedComments,
}

impl Pipeline<'_> {
    fn run(&self, program: Program) -> Program {
        let is_typescript = self.source.is_typescript();
        let mut program = program.apply(resolver(
            self.marks.unresolved,
            self.marks.top_level,
            is_typescript,
        ));
        let features = Features::of(&program, &self.source.text);
        if features.decorators {
            program = self.decorators(program, is_typescript);
        }
        if features.accessors {
            class_fields::lower_accessors(&mut program);
        }
        if is_typescript {
            let outer = [self.marks.unresolved, self.marks.top_level]
                .map(|mark| SyntaxContext::empty().apply_mark(mark));
            namespaces::qualify_siblings(&mut program, outer);
            if !self.options.use_define_for_class_fields {
                class_fields::assign_fields(&mut program);
            }
            program = self.strip_types(program);
        }
        if self.is_jsx() {
            program = program.apply(self.react());
        }
        program.apply(helpers::inject_helpers(self.marks.top_level))
    }

    /// Decorators go first, because their metadata keeps imports alive that are types otherwise.
    fn decorators(&self, program: Program, is_typescript: bool) -> Program {
        if !is_typescript || !self.options.experimental_decorators {
            return program.apply(proposal::decorator_2022_03::decorator_2022_03());
        }
        program.apply(proposal::decorators::decorators(
            proposal::decorators::Config {
                legacy: true,
                emit_metadata: self.options.emit_decorator_metadata,
                use_define_for_class_fields: self.options.use_define_for_class_fields,
            },
        ))
    }

    fn strip_types(&self, program: Program) -> Program {
        let (unresolved, top_level) = (self.marks.unresolved, self.marks.top_level);
        if !self.is_jsx() || self.ignores_pragmas() {
            return program.apply(typescript::typescript(self.config(), unresolved, top_level));
        }
        // Knows that JSX uses its factories, so that their imports stay.
        let factories = typescript::TsxConfig {
            pragma: self.options.jsx_factory.clone().map(Into::into),
            pragma_frag: self.options.jsx_fragment_factory.clone().map(Into::into),
        };
        program.apply(typescript::tsx(
            self.source_map().inner().clone(),
            self.config(),
            factories,
            self.comments,
            unresolved,
            top_level,
        ))
    }

    fn config(&self) -> typescript::Config {
        typescript::Config {
            verbatim_module_syntax: self.options.verbatim_module_syntax,
            native_class_properties: false,
            import_not_used_as_values: typescript::ImportsNotUsedAsValues::Remove,
            no_empty_export: true,
            import_export_assign_config: typescript::TsImportExportAssignConfig::Preserve,
            ts_enum_is_mutable: true,
        }
    }

    fn is_jsx(&self) -> bool {
        use deno_media_type::MediaType::{Jsx, Tsx};
        matches!(self.source.media_type, Jsx | Tsx)
    }

    fn ignores_pragmas(&self) -> bool {
        matches!(self.options.jsx, Jsx::ReactJsx { .. }) && !self.source.text.contains("@jsx")
    }

    fn react(&self) -> impl Pass {
        let options = match &self.options.jsx {
            Jsx::React => react::Options {
                runtime: Some(react::Runtime::Classic),
                pragma: self.options.jsx_factory.clone().map(Into::into),
                pragma_frag: self.options.jsx_fragment_factory.clone().map(Into::into),
                ..react::Options::default()
            },
            Jsx::ReactJsx { dev, import_source } => react::Options {
                runtime: Some(react::Runtime::Automatic),
                development: Some(*dev),
                import_source: import_source.clone().map(Into::into),
                ..react::Options::default()
            },
        };
        react::react(
            self.source_map().inner().clone(),
            Some(self.comments),
            react::Options {
                throw_if_namespace: Some(false),
                ..options
            },
            self.marks.top_level,
            self.marks.unresolved,
        )
    }

    fn source_map(&self) -> SourceMap {
        SourceMap::single(self.source.specifier.clone(), self.source.text.to_string())
    }
}

/// Features that few files have and that cost a pass each.
#[derive(Default)]
struct Features {
    decorators: bool,
    accessors: bool,
}

impl Features {
    fn of(program: &Program, text: &str) -> Features {
        let mut features = Features::default();
        if text.contains('@') || text.contains("accessor") {
            program.visit_with(&mut features);
        }
        features
    }
}

impl Visit for Features {
    noop_visit_type!();

    fn visit_decorator(&mut self, _: &Decorator) {
        self.decorators = true;
    }

    fn visit_auto_accessor(&mut self, accessor: &AutoAccessor) {
        self.accessors = true;
        accessor.visit_children_with(self);
    }
}

/// Collects what transforms report as errors.
#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<String>>>);

impl Reports {
    fn first(&self) -> Option<String> {
        let messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        messages.first().cloned()
    }
}

impl Emitter for Reports {
    fn emit(&mut self, report: &mut DiagnosticBuilder<'_>) {
        if matches!(report.level, Level::Error | Level::Fatal | Level::Bug) {
            let mut messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            messages.push(report.message());
        }
    }
}
