//! Where text is run: as code, or in a shell.
//!
//! In: calls and what they are given. Out: places. Side effects: none but the list of them.

use deno_ast::swc::ast::*;
use deno_ast::swc::atoms::Atom;
use deno_ast::swc::common::BytePos;

use super::names::{self, constant, inner, is_global_object, member_name, required};
use super::{DECODED, EVALUATORS, Flow, Marks, REMOTE, Sink, is_function};
use crate::scan::code::pipes_into_a_shell;

const EVALUATING_MEMBERS: [&str; 6] = [
    "runInThisContext",
    "runInNewContext",
    "runInContext",
    "compileFunction",
    "_compile",
    "Script",
];

impl Flow {
    /// Whether calling it runs text as code.
    pub(super) fn is_evaluator(&self, expression: &Expr) -> bool {
        match inner(expression) {
            Expr::Ident(it) => {
                let is_built_in = self.is_free(it) && EVALUATORS.contains(&it.sym.as_str());
                is_built_in || self.evaluators.contains(&it.to_id())
            }
            Expr::Seq(it) => it.exprs.last().is_some_and(|last| self.is_evaluator(last)),
            Expr::Member(it) => {
                let Some(name) = member_name(&it.prop) else {
                    return false;
                };
                match name.as_str() {
                    "constructor" => names::is_constructor_of_functions(&it.obj),
                    "call" | "apply" | "bind" => self.is_evaluator(&it.obj),
                    name if EVALUATORS.contains(&name) => {
                        is_global_object(&it.obj, self.unresolved)
                    }
                    name => EVALUATING_MEMBERS.contains(&name),
                }
            }
            _ => false,
        }
    }

    pub(super) fn is_shell(&self, expression: &Expr) -> bool {
        match inner(expression) {
            Expr::Ident(it) => self.shells.contains(&it.to_id()),
            Expr::Member(it) => {
                let is_command = member_name(&it.prop).is_some_and(|name| name == "Command");
                let is_deno =
                    |object: &Expr| matches!(inner(object), Expr::Ident(it) if &*it.sym == "Deno");
                self.is_shell(&it.obj) || (is_command && is_deno(&it.obj))
            }
            expression => module_of(expression).is_some_and(|name| name == "child_process"),
        }
    }

    pub(super) fn check_call(&mut self, at: BytePos, callee: &Expr, args: &[ExprOrSpread]) {
        let values: Vec<&Expr> = args.iter().map(|arg| &*arg.expr).collect();
        let marks = self.marks_of_arguments(args);
        if self.is_evaluator(callee) {
            self.report(at, marks);
        }
        let name = match inner(callee) {
            Expr::Ident(it) if self.is_free(it) => it.sym.clone(),
            _ => Atom::default(),
        };
        if let ("setTimeout" | "setInterval", Some(first)) = (name.as_str(), values.first())
            && matches!(
                inner(first),
                Expr::Tpl(_) | Expr::Bin(_) | Expr::Call(_) | Expr::Await(_)
            )
        {
            let marks = self.marks(first);
            self.report(at, marks);
        }
        if values.iter().any(|value| self.is_evaluator(value)) {
            // `text.then(eval)`, `Reflect.apply(eval, null, [text])`
            let marks = self.marks(callee) | marks;
            self.report(at, marks);
        }
        if self.is_shell(callee) {
            self.check_shell(at, &values);
        }
        self.hand_over(callee, &values);
    }

    pub(super) fn report(&mut self, at: BytePos, marks: Marks) {
        match marks {
            marks if marks & REMOTE != 0 => self.found.push((at, Sink::RemoteCode)),
            marks if marks & DECODED != 0 => self.found.push((at, Sink::DecodedCode)),
            _ => {}
        }
    }

    /// A command that holds something remote is as common as it is harmless; one that is remote is not.
    pub(super) fn check_shell(&mut self, at: BytePos, values: &[&Expr]) {
        let texts = values.iter().flat_map(|value| names::constants(value));
        let mut is_bad = texts.into_iter().any(|text| pipes_into_a_shell(&text));
        for (index, value) in values.iter().enumerate() {
            is_bad |= match inner(value) {
                Expr::Array(list) => self.is_script_argument(list),
                Expr::Object(object) => object.props.iter().any(|property| {
                    let property = property.as_prop().and_then(|property| property.as_key_value());
                    matches!(property.map(|it| inner(&it.value)), Some(Expr::Array(list)) if self.is_script_argument(list))
                }),
                Expr::Tpl(_) | Expr::Bin(_) => false,
                value => index == 0 && !is_function(value) && self.marks(value) & REMOTE != 0,
            };
        }
        if is_bad {
            self.found.push((at, Sink::RemoteShell));
        }
    }

    /// `['-c', text]`
    pub(super) fn is_script_argument(&mut self, list: &ArrayLit) -> bool {
        let items: Vec<&Expr> = list.elems.iter().flatten().map(|it| &*it.expr).collect();
        let flag = items.iter().position(|item| {
            constant(item)
                .is_some_and(|text| matches!(text.as_str(), "-c" | "-e" | "--eval" | "/c"))
        });
        let script = flag.and_then(|flag| items.get(flag + 1));
        script.is_some_and(|script| self.marks(script) & REMOTE != 0)
    }
}

/// The module that `require('node:vm')` or `await import('vm')` names, without `node:`.
pub(super) fn module_of(expression: &Expr) -> Option<String> {
    let name = match inner(expression) {
        Expr::Await(it) => return module_of(&it.arg),
        Expr::Call(it) => match &it.callee {
            Callee::Expr(callee) => required(callee, &it.args)?,
            Callee::Import(_) => constant(&it.args.first()?.expr)?,
            Callee::Super(_) => return None,
        },
        _ => return None,
    };
    Some(name.strip_prefix("node:").unwrap_or(&name).to_string())
}
