//! `import()` becomes `__prizmImport(import())`, so that an error of the loader comes with its causes and hints.
//!
//! In: a lowered tree. Out: the same, and whether it has any. Side effects: none.

use deno_ast::Marks;
use deno_ast::swc::ast::*;
use deno_ast::swc::common::util::take::Take;
use deno_ast::swc::common::{DUMMY_SP, SyntaxContext};
use deno_ast::swc::ecma_visit::{VisitMut, VisitMutWith, noop_visit_mut_type};
use deno_ast::swc::utils::ExprFactory;

use crate::helpers::Helper;

/// Wraps all of them; `true` if there is one, and the helper has to be added.
pub(crate) fn wrap(module: &mut Module, marks: &Marks) -> bool {
    let mut wrapper = Wrapper {
        unresolved: SyntaxContext::empty().apply_mark(marks.unresolved),
        has_some: false,
    };
    module.visit_mut_with(&mut wrapper);
    wrapper.has_some
}

struct Wrapper {
    unresolved: SyntaxContext,
    has_some: bool,
}

impl VisitMut for Wrapper {
    noop_visit_mut_type!();

    fn visit_mut_expr(&mut self, expr: &mut Expr) {
        expr.visit_mut_children_with(self);
        let is_import = matches!(expr, Expr::Call(call) if call.callee.is_import());
        if is_import {
            self.has_some = true;
            let helper = Ident::new(Helper::Import.name().into(), DUMMY_SP, self.unresolved);
            let import = expr.take();
            *expr = helper.as_call(DUMMY_SP, vec![import.as_arg()]);
        }
    }
}
