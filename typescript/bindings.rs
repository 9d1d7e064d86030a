//! Uses of names in a file that becomes CommonJS.
//!
//! In: statements, and which names are imported. Out: the same statements; imported names are members of the modules
//! they come from, and top-level names that Node's function wrapper already has are renamed. Side effects: none.

use std::collections::HashMap;

use deno_ast::Marks;
use deno_ast::swc::ast::*;
use deno_ast::swc::atoms::Atom;
use deno_ast::swc::common::{DUMMY_SP, Mark, SyntaxContext};
use deno_ast::swc::ecma_visit::{VisitMut, VisitMutWith, noop_visit_mut_type};
use deno_ast::swc::utils::ExprFactory;

use crate::helpers::Helper;
use crate::names::is_commonjs_name;
use crate::nodes::member;

/// What a use of an imported name becomes.
struct Imported {
    /// The variable that holds the module.
    module: Ident,
    /// The export's name.
    name: Atom,
}

/// Rewrites uses of names.
pub(crate) struct Bindings {
    top_level: SyntaxContext,
    unresolved: SyntaxContext,
    imported: HashMap<Id, Imported>,
    renamed: HashMap<Id, Ident>,
    /// Set once `import.meta` was replaced.
    pub(crate) uses_import_meta: bool,
}

impl Bindings {
    pub(crate) fn new(marks: &Marks) -> Self {
        Self {
            top_level: SyntaxContext::empty().apply_mark(marks.top_level),
            unresolved: SyntaxContext::empty().apply_mark(marks.unresolved),
            imported: HashMap::new(),
            renamed: HashMap::new(),
            uses_import_meta: false,
        }
    }

    /// From now on `local` means `module.name`.
    pub(crate) fn import(&mut self, local: &Ident, module: Ident, name: Atom) {
        self.imported
            .insert(local.to_id(), Imported { module, name });
    }

    /// A name that the file does not declare.
    pub(crate) fn free(&self, name: &str) -> Ident {
        Ident::new(name.into(), DUMMY_SP, self.unresolved)
    }

    fn access(&self, ident: &Ident) -> Option<Expr> {
        let imported = self.imported.get(&ident.to_id())?;
        Some(member(
            ident.span,
            imported.module.clone(),
            imported.name.clone(),
        ))
    }

    /// Called as a plain function: `(0, _file.name)(…)`.
    fn callee(&self, callee: &mut Box<Expr>) {
        if let Expr::Ident(ident) = &**callee
            && let Some(access) = self.access(ident)
        {
            **callee = Expr::Seq(SeqExpr {
                span: DUMMY_SP,
                exprs: vec![Lit::Num(0.into()).into(), Box::new(access)],
            });
        }
    }

    fn assigned_pattern(&self, key: &BindingIdent) -> Pat {
        match self.access(&key.id) {
            Some(access) => Pat::Expr(Box::new(access)),
            None => Pat::Ident(key.clone()),
        }
    }

    fn rename(&mut self, ident: &mut Ident) {
        if ident.ctxt != self.top_level || !is_commonjs_name(&ident.sym) {
            return;
        }
        let renamed = self.renamed.entry(ident.to_id()).or_insert_with(|| {
            let context = SyntaxContext::empty().apply_mark(Mark::fresh(Mark::root()));
            Ident::new(format!("_{}", ident.sym).into(), DUMMY_SP, context)
        });
        ident.sym = renamed.sym.clone();
        ident.ctxt = renamed.ctxt;
    }
}

impl VisitMut for Bindings {
    noop_visit_mut_type!();

    fn visit_mut_ident(&mut self, ident: &mut Ident) {
        self.rename(ident);
    }

    fn visit_mut_expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Ident(ident) => {
                if let Some(access) = self.access(ident) {
                    *expr = access;
                    return;
                }
            }
            Expr::MetaProp(meta) if meta.kind == MetaPropKind::ImportMeta => {
                self.uses_import_meta = true;
                *expr = self
                    .free(Helper::ImportMeta.name())
                    .as_call(DUMMY_SP, Vec::new());
                return;
            }
            Expr::TaggedTpl(template) => self.callee(&mut template.tag),
            _ => {}
        }
        expr.visit_mut_children_with(self);
    }

    fn visit_mut_callee(&mut self, callee: &mut Callee) {
        if let Callee::Expr(callee) = callee {
            self.callee(callee);
        }
        callee.visit_mut_children_with(self);
    }

    fn visit_mut_opt_call(&mut self, call: &mut OptCall) {
        self.callee(&mut call.callee);
        call.visit_mut_children_with(self);
    }

    fn visit_mut_prop(&mut self, prop: &mut Prop) {
        if let Prop::Shorthand(ident) = prop {
            let key = IdentName::new(ident.sym.clone(), ident.span);
            let mut value = Expr::Ident(ident.clone());
            value.visit_mut_with(self);
            if !matches!(&value, Expr::Ident(same) if same.sym == ident.sym) {
                *prop = Prop::KeyValue(KeyValueProp {
                    key: PropName::Ident(key),
                    value: Box::new(value),
                });
            }
            return;
        }
        prop.visit_mut_children_with(self);
    }

    fn visit_mut_object_pat_prop(&mut self, prop: &mut ObjectPatProp) {
        if let ObjectPatProp::Assign(short) = prop {
            let mut value = self.assigned_pattern(&short.key);
            if let Some(default) = short.value.take() {
                value = Pat::Assign(AssignPat {
                    span: short.span,
                    left: Box::new(value),
                    right: default,
                });
            }
            *prop = ObjectPatProp::KeyValue(KeyValuePatProp {
                key: PropName::Ident(IdentName::new(short.key.sym.clone(), short.key.span)),
                value: Box::new(value),
            });
        }
        prop.visit_mut_children_with(self);
    }

    fn visit_mut_simple_assign_target(&mut self, target: &mut SimpleAssignTarget) {
        if let SimpleAssignTarget::Ident(ident) = target
            && let Some(Expr::Member(access)) = self.access(&ident.id)
        {
            *target = SimpleAssignTarget::Member(access);
            return;
        }
        target.visit_mut_children_with(self);
    }
}
