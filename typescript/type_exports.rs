//! Exports that may be of types: what a file exports in the text, and how those that turned out to be types go.
//!
//! In: a fresh tree. Out: the names that it exports in any way; the tree without some of them. Side effects: none.
//!
//! `export { Foo } from './types'` alone does not say whether `Foo` is a type. tsc looks into the other file; here the
//! loader does, and says which names are to go.

use std::collections::BTreeSet;

use deno_ast::swc::ast::*;

use crate::facts::{export_name, text};

/// What the text exports, of types and of values.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exported {
    pub(crate) names: BTreeSet<String>,
    /// Specifiers of `export type * from`.
    pub(crate) type_stars: Vec<String>,
}

impl Exported {
    pub(crate) fn of(module: &Module) -> Exported {
        let mut exported = Exported::default();
        for item in &module.body {
            if let ModuleItem::ModuleDecl(declaration) = item {
                exported.note(declaration);
            }
        }
        exported
    }

    fn note(&mut self, declaration: &ModuleDecl) {
        match declaration {
            ModuleDecl::ExportDecl(export) => self.names.extend(type_name(&export.decl)),
            ModuleDecl::ExportNamed(export) => {
                let names = export.specifiers.iter().filter_map(exported_name);
                self.names.extend(names);
            }
            ModuleDecl::ExportDefaultDecl(export) if export.decl.is_ts_interface_decl() => {
                self.names.insert("default".to_owned());
            }
            ModuleDecl::ExportAll(export) if export.type_only => {
                self.type_stars.push(text(&export.src));
            }
            _ => {}
        }
    }
}

/// Declarations that leave nothing, or may: the names of what does are known later.
fn type_name(declaration: &Decl) -> Option<String> {
    match declaration {
        Decl::TsInterface(it) => Some(it.id.sym.to_string()),
        Decl::TsTypeAlias(it) => Some(it.id.sym.to_string()),
        Decl::TsModule(it) => match &it.id {
            TsModuleName::Ident(id) => Some(id.sym.to_string()),
            TsModuleName::Str(_) => None,
        },
        _ => None,
    }
}

fn exported_name(specifier: &ExportSpecifier) -> Option<String> {
    match specifier {
        ExportSpecifier::Named(it) => Some(export_name(it.exported.as_ref().unwrap_or(&it.orig))),
        _ => None,
    }
}

/// Takes the exports `names` out of `export { … }` lists; a list that has no other goes altogether, as with tsc.
pub(crate) fn strip(module: &mut Module, names: &BTreeSet<String>) {
    if names.is_empty() {
        return;
    }
    module.body.retain_mut(|item| {
        let ModuleItem::ModuleDecl(ModuleDecl::ExportNamed(export)) = item else {
            return true;
        };
        let had_some = !export.specifiers.is_empty();
        export
            .specifiers
            .retain(|specifier| exported_name(specifier).is_none_or(|name| !names.contains(&name)));
        !(had_some && export.specifiers.is_empty())
    });
}
