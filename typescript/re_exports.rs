//! Names of other files that a file exports again.
//!
//! In: a lowered tree, where what is marked as a type is gone. Out: [`ReExport`]s. Side effects: none.

use std::collections::HashMap;

use deno_ast::swc::ast::*;

use crate::facts::{ReExport, export_name, text};

/// Name there, and where.
type Origin = (String, String);

pub(crate) fn of(module: &Module) -> Vec<ReExport> {
    let exports: Vec<&NamedExport> = declarations(module)
        .filter_map(ModuleDecl::as_export_named)
        .collect();
    if exports.is_empty() {
        return Vec::new();
    }
    let imports: HashMap<Id, Origin> = declarations(module)
        .filter_map(ModuleDecl::as_import)
        .flat_map(origins)
        .collect();
    exports
        .into_iter()
        .flat_map(|export| again(export, &imports))
        .collect()
}

fn declarations(module: &Module) -> impl Iterator<Item = &ModuleDecl> {
    module.body.iter().filter_map(ModuleItem::as_module_decl)
}

fn origins(import: &ImportDecl) -> impl Iterator<Item = (Id, Origin)> {
    let source = text(&import.src);
    import.specifiers.iter().filter_map(move |specifier| {
        let imported = match specifier {
            ImportSpecifier::Named(it) => match &it.imported {
                Some(name) => export_name(name),
                None => it.local.sym.to_string(),
            },
            ImportSpecifier::Default(_) => "default".to_owned(),
            // A namespace is an object, whatever is in it.
            ImportSpecifier::Namespace(_) => return None,
        };
        Some((specifier.local().to_id(), (imported, source.clone())))
    })
}

fn again(export: &NamedExport, imports: &HashMap<Id, Origin>) -> Vec<ReExport> {
    let source = export.src.as_deref().map(text);
    let named = export.specifiers.iter().filter_map(|it| it.as_named());
    named
        .filter_map(|it| {
            let (imported, specifier) = match (&source, &it.orig) {
                (Some(source), name) => (export_name(name), source.clone()),
                (None, ModuleExportName::Ident(local)) => imports.get(&local.to_id())?.clone(),
                (None, ModuleExportName::Str(_)) => return None,
            };
            Some(ReExport {
                exported: export_name(it.exported.as_ref().unwrap_or(&it.orig)),
                imported,
                specifier,
            })
        })
        .collect()
}
