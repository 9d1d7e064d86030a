//! ES module syntax becomes CommonJS, as tsc writes it with `esModuleInterop`.
//!
//! In: a lowered module. Out: the module as statements of a CommonJS file, and the lines that belong at its end.
//! Side effects: none.
//!
//! `require` stands where the import stood; exports are getters, defined before anything else runs, so that bindings
//! are live and cycles see them. Imported names become `_file.name`, for the same reason.

use deno_ast::Marks;
use deno_ast::swc::ast::*;
use deno_ast::swc::atoms::Atom;
use deno_ast::swc::common::DUMMY_SP;
use deno_ast::swc::ecma_visit::VisitMutWith;
use deno_ast::swc::utils::{ExprFactory, private_ident};

use crate::bindings::Bindings;
use crate::facts::{declared_names, export_name};
use crate::helpers::Helper;
use crate::nodes::{
    constant, directives, expression, getter, module_name, optional_member, variable,
};

/// Converts the module in place; returns the lines to append to its text.
///
/// `is_strict`: the text had module syntax, so it was written for strict mode.
pub(crate) fn convert(module: &mut Module, marks: &Marks, is_strict: bool) -> Vec<String> {
    let mut converter = Converter {
        bindings: Bindings::new(marks),
        exports: Vec::new(),
        helpers: Vec::new(),
    };
    let items = std::mem::take(&mut module.body);
    let mut body = Vec::with_capacity(items.len() + 2);
    for item in items {
        converter.item(item, &mut body);
    }
    let start = directives(&mut body, is_strict);
    if let Some(define) = converter.define_exports() {
        body.insert(start, define);
    }
    body.visit_mut_with(&mut converter.bindings);
    if converter.bindings.uses_import_meta {
        converter.helpers.push(Helper::ImportMeta);
    }
    module.body = body.into_iter().map(ModuleItem::Stmt).collect();
    let mut added = vec![converter.analysis_note()];
    added.extend(converter.helpers.iter().map(|it| it.text().to_string()));
    added.retain(|line| !line.is_empty());
    added
}

enum Export {
    Named { name: String, value: Box<Expr> },
    Star { specifier: Box<Str> },
}

struct Converter {
    bindings: Bindings,
    exports: Vec<Export>,
    helpers: Vec<Helper>,
}

impl Converter {
    fn item(&mut self, item: ModuleItem, body: &mut Vec<Stmt>) {
        match item {
            ModuleItem::Stmt(statement) => body.push(statement),
            ModuleItem::ModuleDecl(declaration) => self.declaration(declaration, body),
        }
    }

    fn declaration(&mut self, declaration: ModuleDecl, body: &mut Vec<Stmt>) {
        match declaration {
            ModuleDecl::Import(import) => self.import(import, body),
            ModuleDecl::ExportDecl(export) => {
                for name in declared_names(&export.decl) {
                    self.export(name.sym.to_string(), name.into());
                }
                body.push(export.decl.into());
            }
            ModuleDecl::ExportNamed(export) => self.export_named(export, body),
            ModuleDecl::ExportDefaultDecl(export) => self.export_default(export, body),
            ModuleDecl::ExportDefaultExpr(export) => {
                let name = private_ident!("_default");
                body.push(constant(export.span, name.clone(), *export.expr));
                self.export("default".into(), name.into());
            }
            ModuleDecl::ExportAll(export) => {
                let required = self.require(&export.src);
                let exports = self.bindings.free("exports").as_arg();
                let call = self.helper(Helper::ExportStar, vec![exports, required.as_arg()]);
                body.push(expression(export.span, call));
                self.exports.push(Export::Star {
                    specifier: export.src,
                });
            }
            ModuleDecl::TsImportEquals(import) => self.import_equals(*import, body),
            ModuleDecl::TsExportAssignment(export) => {
                let target = self.bindings.free("module").make_member("exports".into());
                let assignment = export.expr.make_assign_to(AssignOp::Assign, target.into());
                body.push(expression(export.span, assignment));
            }
            ModuleDecl::TsNamespaceExport(_) => {}
        }
    }

    fn import(&mut self, import: ImportDecl, body: &mut Vec<Stmt>) {
        let required = self.require(&import.src);
        if import.specifiers.is_empty() {
            return body.push(expression(import.span, required));
        }
        let wants = Wants::of(&import.specifiers);
        // With one form only, the module needs no variable of its own.
        let (module, mut source) = match wants.forms() > 1 || wants.named {
            true => {
                let module = module_name(&import.src);
                body.push(constant(import.span, module.clone(), required));
                (Some(module.clone()), Some(Expr::from(module)))
            }
            false => (None, Some(required)),
        };
        let mut next = || match &module {
            Some(module) => module.clone().into(),
            None => source.take().expect("one form takes the module once"),
        };
        let mut default = None;
        for specifier in import.specifiers {
            let (local, module) = match &specifier {
                ImportSpecifier::Namespace(space) => {
                    let call = self.helper(Helper::Namespace, vec![next().as_arg()]);
                    body.push(constant(import.span, space.local.clone(), call));
                    continue;
                }
                _ if is_default(&specifier) => {
                    let holder = default.get_or_insert_with(|| {
                        let holder = module_name(&import.src);
                        let call = self.helper(Helper::Default, vec![next().as_arg()]);
                        body.push(constant(import.span, holder.clone(), call));
                        holder
                    });
                    (specifier.local(), holder.clone())
                }
                _ => (specifier.local(), next().expect_ident()),
            };
            let name = imported_name(&specifier);
            self.bindings.import(local, module, name);
        }
    }

    fn export_named(&mut self, export: NamedExport, body: &mut Vec<Stmt>) {
        let Some(source) = export.src else {
            for specifier in export.specifiers {
                if let ExportSpecifier::Named(named) = specifier
                    && let ModuleExportName::Ident(local) = &named.orig
                {
                    let name = export_name(named.exported.as_ref().unwrap_or(&named.orig));
                    self.export(name, local.clone().into());
                }
            }
            return;
        };
        let required = self.require(&source);
        if export.specifiers.is_empty() {
            return body.push(expression(export.span, required));
        }
        let module = module_name(&source);
        body.push(variable(export.span, module.clone(), required));
        for specifier in export.specifiers {
            self.reexport(specifier, &module);
        }
    }

    /// Until the other file is loaded, such an export is `undefined`: in a cycle it may be read too early.
    fn reexport(&mut self, specifier: ExportSpecifier, module: &Ident) {
        let (name, value) = match specifier {
            ExportSpecifier::Namespace(space) => {
                let call = self.helper(Helper::Namespace, vec![module.clone().as_arg()]);
                (export_name(&space.name), call)
            }
            ExportSpecifier::Default(default) => ("default".into(), Expr::from(default.exported)),
            ExportSpecifier::Named(named) => {
                let original = export_name(&named.orig);
                let exported = named.exported.as_ref().map(export_name);
                let name = exported.unwrap_or_else(|| original.clone());
                let holder = match original.as_str() {
                    "default" => self.helper(Helper::Default, vec![module.clone().as_arg()]),
                    _ => module.clone().into(),
                };
                (name, optional_member(holder, original.into()))
            }
        };
        self.export(name, value);
    }

    fn export_default(&mut self, export: ExportDefaultDecl, body: &mut Vec<Stmt>) {
        let (name, declaration) = match export.decl {
            DefaultDecl::Class(class) => {
                let ident = class.ident.unwrap_or_else(|| private_ident!("_default"));
                let declaration = ClassDecl {
                    ident: ident.clone(),
                    declare: false,
                    class: class.class,
                };
                (ident, declaration.into())
            }
            DefaultDecl::Fn(function) => {
                let ident = function.ident.unwrap_or_else(|| private_ident!("_default"));
                let declaration = FnDecl {
                    ident: ident.clone(),
                    declare: false,
                    function: function.function,
                };
                (ident, declaration.into())
            }
            DefaultDecl::TsInterfaceDecl(_) => return,
        };
        body.push(Stmt::Decl(declaration));
        self.export("default".into(), name.into());
    }

    fn import_equals(&mut self, import: TsImportEqualsDecl, body: &mut Vec<Stmt>) {
        let TsModuleRef::TsExternalModuleRef(reference) = import.module_ref else {
            return;
        };
        let required = self.require(&reference.expr);
        if import.is_export {
            self.export(import.id.sym.to_string(), import.id.clone().into());
        }
        body.push(constant(import.span, import.id, required));
    }

    fn export(&mut self, name: String, value: Expr) {
        let is_known = self
            .exports
            .iter()
            .any(|it| matches!(it, Export::Named { name: known, .. } if *known == name));
        if !is_known {
            let value = Box::new(value);
            self.exports.push(Export::Named { name, value });
        }
    }

    /// `__prizmExport(exports, { name: () => value });`
    fn define_exports(&mut self) -> Option<Stmt> {
        let getters: Vec<_> = self
            .exports
            .iter()
            .filter_map(|export| match export {
                Export::Named { name, value } => Some(getter(name, value.clone())),
                Export::Star { .. } => None,
            })
            .collect();
        if self.exports.is_empty() {
            return None;
        }
        let getters = ObjectLit {
            span: DUMMY_SP,
            props: getters,
        };
        let exports = self.bindings.free("exports").as_arg();
        let call = self.helper(Helper::Export, vec![exports, getters.as_arg()]);
        Some(expression(DUMMY_SP, call))
    }

    /// `0 && (module.exports = { name, ...require("x") });`: never runs, but tells analysers of CommonJS the names.
    fn analysis_note(&self) -> String {
        let names = self.exports.iter().filter_map(|export| match export {
            Export::Named { name, .. } => Ident::verify_symbol(name).is_ok().then(|| name.clone()),
            Export::Star { specifier } => {
                let specifier = serde_json::Value::from(crate::facts::text(specifier));
                Some(format!("...require({specifier})"))
            }
        });
        let names: Vec<_> = names.collect();
        match names.is_empty() {
            true => String::new(),
            false => format!("0 && (module.exports = {{ {} }});", names.join(", ")),
        }
    }

    fn require(&self, specifier: &Str) -> Expr {
        self.bindings
            .free("require")
            .as_call(specifier.span, vec![Lit::Str(specifier.clone()).as_arg()])
    }

    fn helper(&mut self, helper: Helper, arguments: Vec<ExprOrSpread>) -> Expr {
        if !self.helpers.contains(&helper) {
            self.helpers.push(helper);
        }
        self.bindings
            .free(helper.name())
            .as_call(DUMMY_SP, arguments)
    }
}

/// Which forms of an import declaration are present.
#[derive(Default)]
struct Wants {
    default: bool,
    namespace: bool,
    named: bool,
}

impl Wants {
    fn of(specifiers: &[ImportSpecifier]) -> Wants {
        let mut wants = Wants::default();
        for specifier in specifiers {
            match specifier {
                ImportSpecifier::Namespace(_) => wants.namespace = true,
                _ if is_default(specifier) => wants.default = true,
                _ => wants.named = true,
            }
        }
        wants
    }

    fn forms(&self) -> usize {
        [self.default, self.namespace, self.named]
            .into_iter()
            .filter(|is_wanted| *is_wanted)
            .count()
    }
}

fn is_default(specifier: &ImportSpecifier) -> bool {
    !specifier.is_namespace() && imported_name(specifier) == *"default"
}

fn imported_name(specifier: &ImportSpecifier) -> Atom {
    match specifier {
        ImportSpecifier::Named(named) => match &named.imported {
            Some(name) => export_name(name).into(),
            None => named.local.sym.clone(),
        },
        ImportSpecifier::Default(_) | ImportSpecifier::Namespace(_) => "default".into(),
    }
}
