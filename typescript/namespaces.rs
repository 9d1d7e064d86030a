//! Namespaces written in several blocks: a block sees what its siblings export.
//!
//! In: a resolved tree that still has types. Out: the same tree, where such a name is written in full (`N.name`),
//! because later passes look at one block at a time. Side effects: none.

use std::collections::{HashMap, HashSet};

use deno_ast::swc::ast::*;
use deno_ast::swc::atoms::Atom;
use deno_ast::swc::common::{DUMMY_SP, SyntaxContext};
use deno_ast::swc::ecma_visit::{VisitMut, VisitMutWith, noop_visit_mut_type};

use crate::facts::declared_names;

/// Qualifies the names; `outer`: the contexts of names that no inner scope declares.
pub(crate) fn qualify_siblings(program: &mut Program, outer: [SyntaxContext; 2]) {
    let Program::Module(module) = program else {
        return;
    };
    let mut blocks = Blocks::default();
    blocks.items(&module.body);
    blocks.found.retain(|_, block| block.count > 1);
    if blocks.found.is_empty() {
        return;
    }
    program.visit_mut_with(&mut Qualify {
        blocks: blocks.found,
        outer,
        open: Vec::new(),
    });
}

/// Names from the outermost namespace inwards.
type NamespacePath = Vec<Atom>;

#[derive(Default)]
struct Merged {
    count: usize,
    exported: HashSet<Atom>,
}

#[derive(Default)]
struct Blocks {
    path: NamespacePath,
    found: HashMap<NamespacePath, Merged>,
}

impl Blocks {
    fn items(&mut self, items: &[ModuleItem]) {
        for item in items {
            let declaration = match item {
                ModuleItem::Stmt(Stmt::Decl(declaration)) => declaration,
                ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => &export.decl,
                _ => continue,
            };
            if let Decl::TsModule(module) = declaration
                && let (TsModuleName::Ident(name), Some(body)) = (&module.id, &module.body)
            {
                self.block(name, body);
            }
        }
    }

    fn block(&mut self, name: &Ident, body: &TsNamespaceBody) {
        self.path.push(name.sym.clone());
        let exported = body_exports(body);
        let merged = self.found.entry(self.path.clone()).or_default();
        merged.count += 1;
        merged.exported.extend(exported);
        match body {
            TsNamespaceBody::TsModuleBlock(block) => self.items(&block.body),
            TsNamespaceBody::TsNamespaceDecl(inner) => self.block(&inner.id, &inner.body),
        }
        self.path.pop();
    }
}

fn body_exports(body: &TsNamespaceBody) -> Vec<Atom> {
    match body {
        TsNamespaceBody::TsNamespaceDecl(inner) => vec![inner.id.sym.clone()],
        TsNamespaceBody::TsModuleBlock(block) => block.body.iter().flat_map(item_exports).collect(),
    }
}

fn item_exports(item: &ModuleItem) -> Vec<Atom> {
    match item {
        ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => value_names(&export.decl),
        ModuleItem::ModuleDecl(ModuleDecl::TsImportEquals(import)) if import.is_export => {
            vec![import.id.sym.clone()]
        }
        _ => Vec::new(),
    }
}

fn value_names(declaration: &Decl) -> Vec<Atom> {
    match declaration {
        Decl::TsEnum(it) => vec![it.id.sym.clone()],
        Decl::TsModule(it) => it
            .id
            .as_ident()
            .map(|id| id.sym.clone())
            .into_iter()
            .collect(),
        other => declared_names(other).into_iter().map(|id| id.sym).collect(),
    }
}

/// A namespace whose block is being walked.
struct Open {
    name: Ident,
    siblings: HashSet<Atom>,
}

struct Qualify {
    blocks: HashMap<NamespacePath, Merged>,
    outer: [SyntaxContext; 2],
    open: Vec<Open>,
}

impl Qualify {
    fn enter(&mut self, name: &Ident, body: &mut TsNamespaceBody) {
        let mut path: NamespacePath = self.open.iter().map(|it| it.name.sym.clone()).collect();
        path.push(name.sym.clone());
        let merged = self.blocks.get(&path).map(|it| it.exported.clone());
        let own = body_exports(body);
        let siblings = merged.unwrap_or_default().into_iter();
        self.open.push(Open {
            name: name.clone(),
            siblings: siblings.filter(|it| !own.contains(it)).collect(),
        });
        match body {
            TsNamespaceBody::TsModuleBlock(block) => block.visit_mut_children_with(self),
            TsNamespaceBody::TsNamespaceDecl(inner) => {
                let name = inner.id.clone();
                self.enter(&name, &mut inner.body);
            }
        }
        self.open.pop();
    }

    fn qualified(&self, ident: &Ident) -> Option<MemberExpr> {
        if !self.outer.contains(&ident.ctxt) {
            return None;
        }
        let mut inner_first = self.open.iter().rev();
        let open = inner_first.find(|it| it.siblings.contains(&ident.sym))?;
        Some(MemberExpr {
            span: ident.span,
            obj: Box::new(Ident::new(open.name.sym.clone(), DUMMY_SP, open.name.ctxt).into()),
            prop: MemberProp::Ident(IdentName::new(ident.sym.clone(), DUMMY_SP)),
        })
    }
}

impl VisitMut for Qualify {
    noop_visit_mut_type!();

    fn visit_mut_ts_module_decl(&mut self, module: &mut TsModuleDecl) {
        if let (TsModuleName::Ident(name), Some(body)) = (&module.id, &mut module.body) {
            self.enter(&name.clone(), body);
        }
    }

    fn visit_mut_expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Ident(ident) => {
                if let Some(member) = self.qualified(ident) {
                    *expr = member.into();
                }
            }
            _ => expr.visit_mut_children_with(self),
        }
    }

    fn visit_mut_prop(&mut self, prop: &mut Prop) {
        if let Prop::Shorthand(ident) = prop
            && let Some(member) = self.qualified(ident)
        {
            *prop = Prop::KeyValue(KeyValueProp {
                key: PropName::Ident(ident.clone().into()),
                value: Box::new(member.into()),
            });
        }
        prop.visit_mut_children_with(self);
    }

    fn visit_mut_simple_assign_target(&mut self, target: &mut SimpleAssignTarget) {
        if let SimpleAssignTarget::Ident(ident) = target
            && let Some(member) = self.qualified(&ident.id)
        {
            *target = SimpleAssignTarget::Member(member);
        }
        target.visit_mut_children_with(self);
    }
}
