//! Parsing: one parse serves both the facts and the emitted code.
//!
//! In: URL, media type, source text. Out: [`Parsed`]. Side effects: none.
//!
//! The tree is lowered in place, once, for the options that are asked for first; other options parse again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deno_ast::swc::ast::{Module, ModuleDecl, ModuleItem, Program};
use deno_ast::swc::common::DUMMY_SP;
use deno_ast::swc::parser::error::SyntaxError;
use deno_ast::{Globals, MultiThreadedComments, ParseDiagnostic, ParseParams};
use deno_media_type::MediaType;
use url::Url;

use crate::emit::{self, Emitted, ModuleFormat};
use crate::lower::{self, Lowered};
use crate::type_exports::Exported;
use crate::{CompilerOptions, SourceFacts, TypeScriptError};

/// A file whose syntax is known to be right.
pub struct Parsed {
    source: Source,
    work: Mutex<Work>,
}

/// What stays the same whatever the options.
pub(crate) struct Source {
    pub(crate) specifier: Url,
    pub(crate) media_type: MediaType,
    pub(crate) text: Arc<str>,
    /// The text has `import` or `export` declarations, if only of types.
    pub(crate) has_module_syntax: bool,
    pub(crate) exported: Exported,
    /// Exports that are types, although the text alone does not say so.
    pub(crate) type_exports: BTreeSet<String>,
}

/// A tree as the parser left it.
pub(crate) struct Tree {
    pub(crate) module: Module,
    pub(crate) globals: Globals,
    pub(crate) comments: MultiThreadedComments,
}

#[derive(Default)]
struct Work {
    fresh: Option<Tree>,
    lowered: Option<(CompilerOptions, Lowered)>,
    facts: Option<(CompilerOptions, Arc<SourceFacts>)>,
}

/// Parses a file. A byte order mark is skipped.
///
/// Only real syntax errors fail: what tsc would merely report (types, redeclarations, modifiers) does not.
///
/// # Errors
/// [`TypeScriptError::Syntax`] with line, column and excerpt.
pub fn parse(
    specifier: &Url,
    media_type: MediaType,
    source: Arc<str>,
) -> Result<Parsed, TypeScriptError> {
    let text = match source.strip_prefix('\u{feff}') {
        Some(rest) => rest.into(),
        None => source,
    };
    let tree = parse_tree(specifier, media_type, &text)?;
    Ok(Parsed {
        source: Source {
            specifier: specifier.clone(),
            media_type,
            has_module_syntax: tree.module.body.iter().any(is_module_syntax),
            exported: Exported::of(&tree.module),
            type_exports: BTreeSet::new(),
            text,
        },
        work: Mutex::new(Work {
            fresh: Some(tree),
            ..Work::default()
        }),
    })
}

impl Parsed {
    /// The same file, of whose exports `names` are types: they leave nothing in the code.
    #[must_use]
    pub fn with_type_exports(mut self, names: BTreeSet<String>) -> Parsed {
        self.source.type_exports = names;
        let work = self.work.get_mut().unwrap_or_else(PoisonError::into_inner);
        work.lowered = None;
        work.facts = None;
        self
    }

    /// The file's URL.
    pub fn specifier(&self) -> &Url {
        &self.source.specifier
    }

    /// The file's media type.
    pub fn media_type(&self) -> MediaType {
        self.source.media_type
    }

    /// The text without its byte order mark; the spans of [`SourceFacts`] are byte offsets into it.
    pub fn text(&self) -> &Arc<str> {
        &self.source.text
    }

    /// What the file imports, exports and uses, once types and unused imports are gone.
    ///
    /// # Errors
    /// [`TypeScriptError::Transform`] where a construct has no JavaScript form.
    pub fn facts(&self, options: &CompilerOptions) -> Result<Arc<SourceFacts>, TypeScriptError> {
        let mut work = self.lock();
        if let Some((known, facts)) = &work.facts
            && known == options
        {
            return Ok(facts.clone());
        }
        let lowered = self.lower(&mut work, options)?;
        let facts = Arc::new(SourceFacts::collect(&self.source, &lowered));
        work.lowered = Some((options.clone(), lowered));
        work.facts = Some((options.clone(), facts.clone()));
        Ok(facts)
    }

    /// The file as JavaScript.
    ///
    /// # Errors
    /// [`TypeScriptError::Transform`] where a construct has no JavaScript form,
    /// [`TypeScriptError::TopLevelAwait`] where CommonJS is asked for, [`TypeScriptError::Print`].
    pub fn emit(
        &self,
        options: &CompilerOptions,
        format: ModuleFormat,
    ) -> Result<Emitted, TypeScriptError> {
        if let Some(verbatim) = emit::verbatim(&self.source, format) {
            return Ok(verbatim);
        }
        let lowered = self.lower(&mut self.lock(), options)?;
        emit::emit(&self.source, lowered, format)
    }

    /// Takes the lowered tree, making it where it is missing or was made for other options.
    fn lower(
        &self,
        work: &mut Work,
        options: &CompilerOptions,
    ) -> Result<Lowered, TypeScriptError> {
        if let Some((_, lowered)) = work.lowered.take_if(|(known, _)| known == options) {
            return Ok(lowered);
        }
        let tree = match work.fresh.take() {
            Some(tree) => tree,
            None => parse_tree(
                &self.source.specifier,
                self.source.media_type,
                &self.source.text,
            )?,
        };
        lower::lower(&self.source, tree, options)
    }

    fn lock(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    /// Only TypeScript drops unused imports and follows the class options of a tsconfig.
    pub(crate) fn is_typescript(&self) -> bool {
        use MediaType::*;
        matches!(
            self.media_type,
            TypeScript | Tsx | Mts | Cts | Dts | Dmts | Dcts
        )
    }
}

fn parse_tree(
    specifier: &Url,
    media_type: MediaType,
    text: &Arc<str>,
) -> Result<Tree, TypeScriptError> {
    let params = ParseParams {
        specifier: specifier.clone(),
        text: text.clone(),
        media_type,
        capture_tokens: false,
        scope_analysis: false,
        maybe_syntax: None,
    };
    // The tree is taken out here: later it could only be cloned.
    let mut module = Module {
        span: DUMMY_SP,
        body: Vec::new(),
        shebang: None,
    };
    let parsed = deno_ast::parse_program_with_post_process(params, |program, _| {
        module = into_module(program);
        Program::Module(Module {
            span: DUMMY_SP,
            body: Vec::new(),
            shebang: None,
        })
    })
    .map_err(|diagnostic| TypeScriptError::from_diagnostic(&diagnostic, text))?;
    if let Some(diagnostic) = parsed.diagnostics().iter().find(|it| is_fatal(it)) {
        return Err(TypeScriptError::from_diagnostic(diagnostic, text));
    }
    Ok(Tree {
        module,
        globals: parsed.globals().clone(),
        comments: parsed.comments().clone(),
    })
}

/// Scripts and modules are lowered alike; the format is chosen when the code is emitted.
fn into_module(program: Program) -> Module {
    match program {
        Program::Module(module) => module,
        Program::Script(script) => Module {
            span: script.span,
            body: script.body.into_iter().map(ModuleItem::Stmt).collect(),
            shebang: script.shebang,
        },
    }
}

fn is_module_syntax(item: &ModuleItem) -> bool {
    match item {
        ModuleItem::ModuleDecl(declaration) => !matches!(
            declaration,
            ModuleDecl::TsImportEquals(_)
                | ModuleDecl::TsExportAssignment(_)
                | ModuleDecl::TsNamespaceExport(_)
        ),
        ModuleItem::Stmt(_) => false,
    }
}

/// The recoverable diagnostics after which the tree does not mean what was written. The others are modifiers in odd
/// places and the like, or V8 finds them itself.
fn is_fatal(diagnostic: &ParseDiagnostic) -> bool {
    matches!(
        diagnostic.kind(),
        SyntaxError::TS1003
            | SyntaxError::TS1005
            | SyntaxError::TS1014
            | SyntaxError::TS1109
            | SyntaxError::TS1123
            | SyntaxError::TS1185
            | SyntaxError::TS2406
            | SyntaxError::AwaitInFunction
            | SyntaxError::CommaAfterRestElement
            | SyntaxError::Expected(..)
            | SyntaxError::ExpectedIdent
            | SyntaxError::InitRequiredForUsingDecl
            | SyntaxError::InvalidIdentChar
            | SyntaxError::InvalidPat
            | SyntaxError::NullishCoalescingWithLogicalOp
            | SyntaxError::UnterminatedStrLit
    )
}
