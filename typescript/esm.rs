//! What is left to settle for an ES module.
//!
//! In: a lowered module. Out: the same without `import x = require()` and `export =`, and the CommonJS names that it
//! uses, for which the printer adds a first line. Side effects: none.

use std::collections::HashSet;

use deno_ast::Marks;
use deno_ast::swc::ast::*;
use deno_ast::swc::common::{DUMMY_SP, SyntaxContext};
use deno_ast::swc::ecma_visit::{Visit, VisitWith, noop_visit_type};
use deno_ast::swc::utils::ExprFactory;

use crate::names::COMMONJS_NAMES;

/// Finishes the module in place; returns the CommonJS names that it uses without declaring them.
pub(crate) fn finish(module: &mut Module, marks: &Marks) -> Vec<&'static str> {
    let unresolved = SyntaxContext::empty().apply_mark(marks.unresolved);
    for item in &mut module.body {
        if let ModuleItem::ModuleDecl(declaration) = item
            && let Some(replaced) = replace(declaration, unresolved)
        {
            *item = replaced;
        }
    }
    let mut uses = Uses {
        unresolved,
        names: HashSet::new(),
    };
    module.visit_with(&mut uses);
    COMMONJS_NAMES
        .into_iter()
        .filter(|name| uses.names.contains(*name))
        .collect()
}

fn replace(declaration: &ModuleDecl, unresolved: SyntaxContext) -> Option<ModuleItem> {
    match declaration {
        ModuleDecl::TsImportEquals(import) => {
            let TsModuleRef::TsExternalModuleRef(reference) = &import.module_ref else {
                return None;
            };
            let literal = Lit::Str(reference.expr.clone()).as_arg();
            let require = Ident::new("require".into(), DUMMY_SP, unresolved);
            let mut constant = require
                .as_call(import.span, vec![literal])
                .into_var_decl(VarDeclKind::Const, import.id.clone().into());
            constant.span = import.span;
            Some(match import.is_export {
                true => ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(ExportDecl {
                    span: import.span,
                    decl: constant.into(),
                })),
                false => ModuleItem::Stmt(Stmt::Decl(constant.into())),
            })
        }
        ModuleDecl::TsExportAssignment(export) => Some(ModuleItem::ModuleDecl(
            ModuleDecl::ExportDefaultExpr(ExportDefaultExpr {
                span: export.span,
                expr: export.expr.clone(),
            }),
        )),
        _ => None,
    }
}

/// Finds free CommonJS names; `typeof module` alone is a question, not a use.
struct Uses {
    unresolved: SyntaxContext,
    names: HashSet<String>,
}

impl Visit for Uses {
    noop_visit_type!();

    fn visit_ident(&mut self, ident: &Ident) {
        if ident.ctxt == self.unresolved && COMMONJS_NAMES.contains(&ident.sym.as_str()) {
            self.names.insert(ident.sym.to_string());
        }
    }

    fn visit_unary_expr(&mut self, unary: &UnaryExpr) {
        if unary.op != UnaryOp::TypeOf || !unary.arg.is_ident() {
            unary.visit_children_with(self);
        }
    }
}
