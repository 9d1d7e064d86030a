//! Facts about a file: what it imports, exports and uses.
//!
//! In: a lowered tree, so that types and unused imports are gone. Out: [`SourceFacts`]. Side effects: none.

use std::ops::Range;

use deno_ast::swc::ast::*;
use deno_ast::swc::common::{Span, SyntaxContext};
use deno_ast::swc::ecma_visit::{Visit, VisitWith};
use deno_ast::swc::utils::find_pat_ids;
use deno_ast::{SourceRangedForSpanned, StartSourcePos};
use serde::{Deserialize, Serialize};

use crate::lower::Lowered;
use crate::names::is_commonjs_name;
use crate::parse::Source;
use crate::re_exports;

/// What a loader needs to know of a file before it runs it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// `import` or `export` declarations stand in the text, if only of types. `import x = require()` and
    /// `export =` do not count.
    pub has_module_syntax: bool,
    /// `await` outside of every function.
    pub has_top_level_await: bool,
    /// `import.meta` is used.
    pub uses_import_meta: bool,
    /// `require`, `module`, `exports`, `__dirname` or `__filename` is used and not declared in the file;
    /// also `import x = require()` and `export =`.
    pub uses_commonjs: bool,
    /// In the order of the text; each specifier as often as it is written.
    pub imports: Vec<ImportFact>,
    /// Names of the exports that exist at run time, without those of `star_exports`.
    pub exports: Vec<String>,
    /// Specifiers of `export * from`.
    pub star_exports: Vec<String>,
    /// Those of `exports` that may be types of other files: only those files tell.
    pub re_exports: Vec<ReExport>,
    /// Names that are exported in the text and leave nothing at run time.
    pub type_exports: Vec<String>,
    /// Specifiers of `export type * from`.
    pub type_star_exports: Vec<String>,
    /// `export =` stands in the text.
    pub has_export_assignment: bool,
    /// String literals passed to `getProvider(…)` and `getService(…)`, also as methods; each once.
    pub identifiers: Vec<String>,
}

/// A name of another file that is exported again: `export { imported as exported } from "specifier"`, or an import
/// that is exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReExport {
    /// The name here.
    pub exported: String,
    /// The name there.
    pub imported: String,
    /// As written.
    pub specifier: String,
}

/// One specifier that the file asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFact {
    /// As written.
    pub specifier: String,
    /// By which syntax.
    pub kind: ImportKind,
    /// Where the specifier stands, in bytes of the text; empty for imports that JSX adds.
    pub span: Range<usize>,
}

/// The syntax of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ImportKind {
    /// `import … from "x"`, `import "x"`.
    Static,
    /// `import("x")` with a literal.
    Dynamic,
    /// `require("x")` and `require.resolve("x")` with a literal, `import x = require("x")`.
    Require,
    /// `export … from "x"`.
    ReExport,
}

impl SourceFacts {
    pub(crate) fn collect(source: &Source, lowered: &Lowered) -> SourceFacts {
        lowered.globals.with(|marks| {
            let mut collector = Collector {
                facts: SourceFacts {
                    has_module_syntax: source.has_module_syntax,
                    ..SourceFacts::default()
                },
                unresolved: SyntaxContext::empty().apply_mark(marks.unresolved),
                function_depth: 0,
            };
            lowered.module.visit_with(&mut collector);
            let mut facts = collector.facts;
            if source.is_typescript() {
                facts.re_exports = re_exports::of(&lowered.module);
                let names = source.exported.names.iter();
                facts.type_exports = names
                    .filter(|name| !facts.exports.contains(name))
                    .cloned()
                    .collect();
                facts.type_star_exports = source.exported.type_stars.clone();
            }
            facts
        })
    }
}

struct Collector {
    facts: SourceFacts,
    unresolved: SyntaxContext,
    function_depth: usize,
}

impl Collector {
    fn import(&mut self, specifier: &Str, kind: ImportKind) {
        self.facts.imports.push(ImportFact {
            specifier: text(specifier),
            kind,
            span: byte_range(specifier.span),
        });
    }

    fn export(&mut self, name: impl Into<String>) {
        let name = name.into();
        if !self.facts.exports.contains(&name) {
            self.facts.exports.push(name);
        }
    }

    fn in_function<T: VisitWith<Self>>(&mut self, node: &T) {
        self.function_depth += 1;
        node.visit_children_with(self);
        self.function_depth -= 1;
    }

    fn top_level_await(&mut self, is_await: bool) {
        self.facts.has_top_level_await |= is_await && self.function_depth == 0;
    }

    fn is_free(&self, ident: &Ident, name: &str) -> bool {
        ident.ctxt == self.unresolved && ident.sym == *name
    }

    fn is_require(&self, callee: &Expr) -> bool {
        match callee {
            Expr::Ident(ident) => self.is_free(ident, "require"),
            Expr::Member(member) => {
                member.prop.is_ident_with("resolve")
                    && matches!(&*member.obj, Expr::Ident(ident) if self.is_free(ident, "require"))
            }
            Expr::Paren(inner) => self.is_require(&inner.expr),
            _ => false,
        }
    }

    fn call(&mut self, callee: &Expr, arguments: &[ExprOrSpread]) {
        let Some(literal) = arguments.first().and_then(literal) else {
            return;
        };
        if self.is_require(callee) {
            self.import(&literal, ImportKind::Require);
        } else if is_lookup(callee) {
            let identifier = text(&literal);
            if !self.facts.identifiers.contains(&identifier) {
                self.facts.identifiers.push(identifier);
            }
        }
    }
}

impl Visit for Collector {
    fn visit_ident(&mut self, ident: &Ident) {
        if ident.ctxt == self.unresolved && is_commonjs_name(&ident.sym) {
            self.facts.uses_commonjs = true;
        }
    }

    fn visit_meta_prop_expr(&mut self, meta: &MetaPropExpr) {
        self.facts.uses_import_meta |= meta.kind == MetaPropKind::ImportMeta;
    }

    fn visit_function(&mut self, node: &Function) {
        self.in_function(node);
    }

    fn visit_arrow_expr(&mut self, node: &ArrowExpr) {
        self.in_function(node);
    }

    fn visit_constructor(&mut self, node: &Constructor) {
        self.in_function(node);
    }

    fn visit_await_expr(&mut self, node: &AwaitExpr) {
        self.top_level_await(true);
        node.visit_children_with(self);
    }

    fn visit_for_of_stmt(&mut self, node: &ForOfStmt) {
        self.top_level_await(node.is_await);
        node.visit_children_with(self);
    }

    fn visit_using_decl(&mut self, node: &UsingDecl) {
        self.top_level_await(node.is_await);
        node.visit_children_with(self);
    }

    fn visit_call_expr(&mut self, node: &CallExpr) {
        match &node.callee {
            Callee::Expr(callee) => self.call(callee, &node.args),
            Callee::Import(_) => {
                if let Some(specifier) = node.args.first().and_then(literal) {
                    self.import(&specifier, ImportKind::Dynamic);
                }
            }
            Callee::Super(_) => {}
        }
        node.visit_children_with(self);
    }

    fn visit_opt_call(&mut self, node: &OptCall) {
        self.call(&node.callee, &node.args);
        node.visit_children_with(self);
    }

    fn visit_import_decl(&mut self, node: &ImportDecl) {
        self.import(&node.src, ImportKind::Static);
    }

    fn visit_export_all(&mut self, node: &ExportAll) {
        self.import(&node.src, ImportKind::ReExport);
        self.facts.star_exports.push(text(&node.src));
    }

    fn visit_named_export(&mut self, node: &NamedExport) {
        if let Some(specifier) = &node.src {
            self.import(specifier, ImportKind::ReExport);
        }
        for specifier in &node.specifiers {
            match specifier {
                ExportSpecifier::Namespace(it) => self.export(export_name(&it.name)),
                ExportSpecifier::Default(_) => self.export("default"),
                ExportSpecifier::Named(it) => {
                    self.export(export_name(it.exported.as_ref().unwrap_or(&it.orig)));
                }
            }
        }
    }

    fn visit_export_decl(&mut self, node: &ExportDecl) {
        for name in declared_names(&node.decl) {
            self.export(name.sym.as_str());
        }
        node.visit_children_with(self);
    }

    fn visit_export_default_decl(&mut self, node: &ExportDefaultDecl) {
        self.export("default");
        node.visit_children_with(self);
    }

    fn visit_export_default_expr(&mut self, node: &ExportDefaultExpr) {
        self.export("default");
        node.visit_children_with(self);
    }

    fn visit_ts_import_equals_decl(&mut self, node: &TsImportEqualsDecl) {
        if let TsModuleRef::TsExternalModuleRef(reference) = &node.module_ref {
            self.facts.uses_commonjs = true;
            self.import(&reference.expr, ImportKind::Require);
            if node.is_export {
                self.export(node.id.sym.as_str());
            }
        }
    }

    fn visit_ts_export_assignment(&mut self, node: &TsExportAssignment) {
        self.facts.uses_commonjs = true;
        self.facts.has_export_assignment = true;
        node.visit_children_with(self);
    }
}

/// The names that a lowered declaration binds.
pub(crate) fn declared_names(declaration: &Decl) -> Vec<Ident> {
    match declaration {
        Decl::Class(class) => vec![class.ident.clone()],
        Decl::Fn(function) => vec![function.ident.clone()],
        Decl::Var(variables) => find_pat_ids(&variables.decls),
        Decl::Using(variables) => find_pat_ids(&variables.decls),
        Decl::TsInterface(_) | Decl::TsTypeAlias(_) | Decl::TsEnum(_) | Decl::TsModule(_) => {
            Vec::new()
        }
    }
}

/// The name under which something is exported.
pub(crate) fn export_name(name: &ModuleExportName) -> String {
    match name {
        ModuleExportName::Ident(ident) => ident.sym.to_string(),
        ModuleExportName::Str(name) => text(name),
    }
}

/// The text of a string literal.
pub(crate) fn text(literal: &Str) -> String {
    literal.value.to_string_lossy().into_owned()
}

fn is_lookup(callee: &Expr) -> bool {
    let is_name = |name: &str| matches!(name, "getProvider" | "getService");
    match callee {
        Expr::Ident(ident) => is_name(&ident.sym),
        Expr::Member(member) => member.prop.as_ident().is_some_and(|it| is_name(&it.sym)),
        Expr::OptChain(chain) => match &*chain.base {
            OptChainBase::Member(member) => {
                member.prop.as_ident().is_some_and(|it| is_name(&it.sym))
            }
            OptChainBase::Call(_) => false,
        },
        Expr::Paren(inner) => is_lookup(&inner.expr),
        _ => false,
    }
}

/// A string literal, or a template without holes.
fn literal(argument: &ExprOrSpread) -> Option<Str> {
    if argument.spread.is_some() {
        return None;
    }
    match &*argument.expr {
        Expr::Lit(Lit::Str(literal)) => Some(literal.clone()),
        Expr::Tpl(template) if template.exprs.is_empty() => Some(Str {
            span: template.span,
            value: template.quasis.first()?.cooked.clone()?,
            raw: None,
        }),
        _ => None,
    }
}

fn byte_range(span: Span) -> Range<usize> {
    if span.is_dummy() {
        return 0..0;
    }
    let start = StartSourcePos::START_SOURCE_POS;
    let range = span.range();
    range.start - start..range.end - start
}
