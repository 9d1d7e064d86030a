//! Names that CommonJS gives to every file, and ambient declarations of them.
//!
//! In: a module as parsed. Out: the same module without `declare const require: any` and the like, which would
//! otherwise hide that the file uses the real thing. Side effects: none.

use deno_ast::swc::ast::{Decl, Module, ModuleItem, Pat, Stmt};

/// The names a CommonJS file finds around itself.
pub(crate) const COMMONJS_NAMES: [&str; 5] =
    ["require", "module", "exports", "__dirname", "__filename"];

/// Whether CommonJS gives this name to every file.
pub(crate) fn is_commonjs_name(name: &str) -> bool {
    COMMONJS_NAMES.contains(&name)
}

/// Drops top-level ambient declarations of the CommonJS names.
pub(crate) fn strip_ambient(module: &mut Module) {
    module.body.retain_mut(|item| match item {
        ModuleItem::Stmt(Stmt::Decl(declaration)) => keep(declaration),
        _ => true,
    });
}

fn keep(declaration: &mut Decl) -> bool {
    match declaration {
        Decl::Var(variables) if variables.declare => {
            variables.decls.retain(|declarator| match &declarator.name {
                Pat::Ident(name) => !is_commonjs_name(&name.sym),
                _ => true,
            });
            !variables.decls.is_empty()
        }
        Decl::Fn(function) if function.declare => !is_commonjs_name(&function.ident.sym),
        _ => true,
    }
}
