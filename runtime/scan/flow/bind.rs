//! Passes marks on: to names, members, parameters and what functions return.
//!
//! In: declarations, assignments, calls. Out: more marks. Side effects: none but those.

use deno_ast::swc::ast::*;
use deno_ast::swc::atoms::Atom;
use deno_ast::swc::common::BytePos;

use super::names::{self, inner, is_global_object, names_of};
use super::sinks::module_of;
use super::{EVALUATORS, Flow, Marks, NETWORK_GLOBALS, Named, SOURCE, called, parameters_of};

impl Flow {
    pub(super) fn mark(&mut self, id: Id, marks: Marks) {
        let known = self.values.entry(id).or_default();
        self.is_changed |= *known | marks != *known;
        *known |= marks;
    }

    pub(super) fn mark_member(&mut self, key: (Option<Id>, Atom), marks: Marks) {
        let known = self.members.entry(key).or_default();
        self.is_changed |= *known | marks != *known;
        *known |= marks;
    }

    pub(super) fn mark_return(&mut self, start: BytePos, marks: Marks) {
        let known = self.returns.entry(start).or_default();
        self.is_changed |= *known | marks != *known;
        *known |= marks;
    }

    pub(super) fn mark_all(&mut self, names: &[Id], marks: Marks) {
        if marks != 0 {
            names.iter().for_each(|name| self.mark(name.clone(), marks));
        }
    }

    pub(super) fn name_function(&mut self, id: Id, start: BytePos, parameters: Vec<Vec<Id>>) {
        let named = Named { start, parameters };
        self.is_changed |= self.named.insert(id, named).is_none();
    }

    /// Marks the parameters of a function that is handed over, or called.
    pub(super) fn mark_parameters(&mut self, function: &Expr, marks: Marks) {
        let parameters = match inner(function) {
            Expr::Arrow(it) => it.params.iter().map(names_of).collect(),
            Expr::Fn(it) => parameters_of(&it.function),
            Expr::Ident(it) => self
                .named
                .get(&it.to_id())
                .map_or(Vec::new(), |it| it.parameters.clone()),
            _ => return,
        };
        parameters
            .iter()
            .for_each(|names| self.mark_all(names, marks));
    }

    /// What a pattern takes out of a value.
    pub(super) fn bind(&mut self, pattern: &Pat, value: &Expr) {
        let names = names_of(pattern);
        let marks = self.marks(value);
        match (pattern, inner(value)) {
            (Pat::Ident(name), Expr::Object(object)) => self.bind_object(name, object),
            (Pat::Ident(name), Expr::Arrow(it)) => {
                let parameters = it.params.iter().map(names_of).collect();
                return self.name_function(name.to_id(), it.span.lo, parameters);
            }
            (Pat::Ident(name), Expr::Fn(it)) => {
                return self.name_function(
                    name.to_id(),
                    it.function.span.lo,
                    parameters_of(&it.function),
                );
            }
            (Pat::Object(pattern), value) if is_global_object(value, self.unresolved) => {
                self.bind_globals(pattern);
            }
            _ => self.mark_all(&names, marks),
        }
        let is_shell = self.is_shell(value);
        let is_evaluator = match pattern {
            Pat::Ident(_) => self.is_evaluator(value),
            _ => module_of(value).is_some_and(|name| name == "vm"),
        };
        for name in names {
            self.is_changed |= is_shell && self.shells.insert(name.clone());
            self.is_changed |= is_evaluator && self.evaluators.insert(name);
        }
    }

    pub(super) fn bind_object(&mut self, name: &BindingIdent, object: &ObjectLit) {
        for property in &object.props {
            let Some(Prop::KeyValue(it)) = property.as_prop().map(|property| &**property) else {
                continue;
            };
            let marks = self.marks(&it.value);
            if let (Some(key), true) = (names::property_name(&it.key), marks != 0) {
                self.mark_member((Some(name.to_id()), key), marks);
            }
        }
    }

    pub(super) fn bind_globals(&mut self, pattern: &ObjectPat) {
        for property in &pattern.props {
            let (key, names) = match property {
                ObjectPatProp::KeyValue(it) => (names::property_name(&it.key), names_of(&it.value)),
                ObjectPatProp::Assign(it) => (Some(it.key.sym.clone()), vec![it.key.to_id()]),
                ObjectPatProp::Rest(_) => continue,
            };
            let key = key.unwrap_or_default();
            if NETWORK_GLOBALS.contains(&key.as_str()) {
                self.mark_all(&names, SOURCE);
            }
            if EVALUATORS.contains(&key.as_str()) {
                for name in names {
                    self.is_changed |= self.evaluators.insert(name);
                }
            }
        }
    }

    /// Marks what a call hands to functions.
    pub(super) fn hand_over(&mut self, callee: &Expr, values: &[&Expr]) {
        let called = called(self.marks(callee));
        for value in values {
            if called != 0 {
                self.mark_parameters(value, called);
            }
        }
        let Expr::Ident(ident) = inner(callee) else {
            return;
        };
        let id = ident.to_id();
        if let (Some(start), Some(first)) = (self.resolvers.get(&id).copied(), values.first()) {
            let marks = self.marks(first);
            self.mark_return(start, marks);
        }
        if let Some(named) = self.named.get(&id).cloned() {
            for (names, value) in named.parameters.iter().zip(values) {
                let marks = self.marks(value);
                self.mark_all(names, marks);
            }
        }
    }

    pub(super) fn resolver(&mut self, executor: &Expr) {
        let (start, first) = match inner(executor) {
            Expr::Arrow(it) => (it.span.lo, it.params.first().map(names_of)),
            Expr::Fn(it) => (
                it.function.span.lo,
                parameters_of(&it.function).into_iter().next(),
            ),
            _ => return,
        };
        for name in first.unwrap_or_default() {
            self.is_changed |= self.resolvers.insert(name, start).is_none();
        }
    }
}
