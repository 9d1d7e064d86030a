//! Follows text from where it comes into a file to where it is run.
//!
//! In: a syntax tree with resolved names. Out: the places where text from the network, or text that is decoded first,
//! is run as code or in a shell. Side effects: none.
//!
//! Each value carries marks. What is made of marked values is marked, whatever the order of statements, and the tree
//! is gone through until no mark is added. Files are looked at one by one: what one exports and another one runs is not
//! found.

use std::collections::{HashMap, HashSet};

use deno_ast::ParsedSource;
use deno_ast::swc::ast::*;
use deno_ast::swc::atoms::Atom;
use deno_ast::swc::common::{BytePos, SyntaxContext};
use deno_ast::swc::ecma_visit::{Visit, VisitWith, noop_visit_type};

use marks::NETWORK_MODULES;
use names::{inner, member_name, names_of};

mod bind;
mod marks;
mod names;
mod sinks;

/// What is known of a value.
type Marks = u8;
/// It came from the network.
const REMOTE: Marks = 1;
/// It was decoded.
const DECODED: Marks = 2;
/// Calling it gives what comes from the network.
const SOURCE: Marks = 4;
/// What marks text.
const TEXT: Marks = REMOTE | DECODED;

/// Real code settles within a few rounds.
const MOST_ROUNDS: usize = 12;

const NETWORK_GLOBALS: [&str; 4] = ["fetch", "XMLHttpRequest", "WebSocket", "EventSource"];
const EVALUATORS: [&str; 3] = ["eval", "Function", "execScript"];

/// How text is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sink {
    RemoteCode,
    RemoteShell,
    DecodedCode,
}

/// A function that has a name: where it begins, and the names that each of its parameters binds.
#[derive(Clone)]
struct Named {
    start: BytePos,
    parameters: Vec<Vec<Id>>,
}

pub(super) struct Flow {
    /// The context of names that the file does not declare.
    unresolved: SyntaxContext,
    values: HashMap<Id, Marks>,
    /// `this.x` (no name) and `object.x`.
    members: HashMap<(Option<Id>, Atom), Marks>,
    /// What functions return, by where they begin.
    returns: HashMap<BytePos, Marks>,
    named: HashMap<Id, Named>,
    /// The `resolve` of `new Promise((resolve) => …)` → where the function begins.
    resolvers: HashMap<Id, BytePos>,
    evaluators: HashSet<Id>,
    /// `child_process`, and what is taken out of it.
    shells: HashSet<Id>,
    /// The functions around the current place.
    around: Vec<BytePos>,
    /// Marks of expressions in this round, by address.
    known: HashMap<usize, Marks>,
    is_changed: bool,
    found: Vec<(BytePos, Sink)>,
}

impl Flow {
    /// The places where something is run, in order.
    pub(super) fn of(parsed: &ParsedSource) -> Vec<(BytePos, Sink)> {
        let mut flow = Flow {
            unresolved: parsed.unresolved_context(),
            values: HashMap::new(),
            members: HashMap::new(),
            returns: HashMap::new(),
            named: HashMap::new(),
            resolvers: HashMap::new(),
            evaluators: HashSet::new(),
            shells: HashSet::new(),
            around: Vec::new(),
            known: HashMap::new(),
            is_changed: true,
            found: Vec::new(),
        };
        for _ in 0..MOST_ROUNDS {
            if !std::mem::take(&mut flow.is_changed) {
                break;
            }
            flow.known.clear();
            flow.found.clear();
            parsed.program_ref().visit_with(&mut flow);
        }
        flow.found.sort();
        flow.found.dedup();
        flow.found
    }

    fn is_free(&self, ident: &Ident) -> bool {
        ident.ctxt == self.unresolved
    }

    fn inside(&mut self, start: BytePos, visit: impl FnOnce(&mut Self)) {
        self.around.push(start);
        visit(self);
        self.around.pop();
    }
}

impl Visit for Flow {
    noop_visit_type!();

    fn visit_import_decl(&mut self, it: &ImportDecl) {
        let module = it.src.value.to_string_lossy();
        let module = module.strip_prefix("node:").unwrap_or(&module).to_string();
        for specifier in &it.specifiers {
            let id = specifier.local().to_id();
            if NETWORK_MODULES.contains(&module.as_str()) {
                self.mark(id.clone(), SOURCE);
            }
            self.is_changed |= module == "child_process" && self.shells.insert(id.clone());
            let is_evaluator = module == "vm" && matches!(specifier, ImportSpecifier::Named(_));
            self.is_changed |= is_evaluator && self.evaluators.insert(id);
        }
    }

    fn visit_var_declarator(&mut self, it: &VarDeclarator) {
        it.visit_children_with(self);
        if let Some(init) = &it.init {
            self.bind(&it.name, init);
        }
    }

    fn visit_assign_expr(&mut self, it: &AssignExpr) {
        it.visit_children_with(self);
        let marks = self.marks(&it.right);
        match &it.left {
            AssignTarget::Simple(SimpleAssignTarget::Ident(name)) => {
                self.bind(&Pat::Ident(name.clone()), &it.right);
            }
            AssignTarget::Simple(SimpleAssignTarget::Member(member)) => {
                // `socket.onmessage = (event) => …`
                let called = called(self.marks(&member.obj));
                if called != 0 {
                    self.mark_parameters(&it.right, called);
                }
                let key = member_name(&member.prop).and_then(|name| key_of(&member.obj, &name));
                if let (Some(key), true) = (key, marks != 0) {
                    self.mark_member(key, marks);
                }
            }
            AssignTarget::Pat(pattern) => {
                let pattern: Pat = pattern.clone().into();
                self.bind(&pattern, &it.right);
            }
            AssignTarget::Simple(_) => {}
        }
    }

    fn visit_for_of_stmt(&mut self, it: &ForOfStmt) {
        let marks = self.marks(&it.right);
        let names = match &it.left {
            ForHead::VarDecl(it) => it.decls.iter().flat_map(|it| names_of(&it.name)).collect(),
            ForHead::Pat(it) => names_of(it),
            ForHead::UsingDecl(_) => Vec::new(),
        };
        self.mark_all(&names, marks);
        it.visit_children_with(self);
    }

    fn visit_return_stmt(&mut self, it: &ReturnStmt) {
        it.visit_children_with(self);
        if let (Some(value), Some(start)) = (&it.arg, self.around.last().copied()) {
            let marks = self.marks(value);
            self.mark_return(start, marks);
        }
    }

    fn visit_arrow_expr(&mut self, it: &ArrowExpr) {
        self.inside(it.span.lo, |flow| it.visit_children_with(flow));
        if let BlockStmtOrExpr::Expr(value) = &*it.body {
            let marks = self.marks(value);
            self.mark_return(it.span.lo, marks);
        }
    }

    fn visit_function(&mut self, it: &Function) {
        self.inside(it.span.lo, |flow| it.visit_children_with(flow));
    }

    fn visit_fn_decl(&mut self, it: &FnDecl) {
        self.name_function(
            it.ident.to_id(),
            it.function.span.lo,
            parameters_of(&it.function),
        );
        it.visit_children_with(self);
    }

    fn visit_class_method(&mut self, it: &ClassMethod) {
        it.visit_children_with(self);
        let marks = self.returned(it.function.span.lo);
        if let (Some(name), true) = (names::property_name(&it.key), marks != 0) {
            self.mark_member((None, name), marks);
        }
    }

    fn visit_call_expr(&mut self, it: &CallExpr) {
        it.visit_children_with(self);
        match &it.callee {
            Callee::Expr(callee) => self.check_call(it.span.lo, callee, &it.args),
            Callee::Import(_) => {
                let marks = self.marks_of_arguments(&it.args);
                self.report(it.span.lo, marks);
            }
            Callee::Super(_) => {}
        }
    }

    fn visit_opt_call(&mut self, it: &OptCall) {
        it.visit_children_with(self);
        self.check_call(it.span.lo, &it.callee, &it.args);
    }

    fn visit_new_expr(&mut self, it: &NewExpr) {
        let args = it.args.as_deref().unwrap_or_default();
        if let (Expr::Ident(ident), Some(executor)) = (inner(&it.callee), args.first())
            && &*ident.sym == "Promise"
        {
            self.resolver(&executor.expr);
        }
        it.visit_children_with(self);
        self.check_call(it.span.lo, &it.callee, args);
    }
}

/// What calling a value with these marks gives.
fn called(marks: Marks) -> Marks {
    let remote = if marks & (SOURCE | REMOTE) != 0 {
        REMOTE
    } else {
        0
    };
    remote | (marks & DECODED)
}

fn is_function(expression: &Expr) -> bool {
    matches!(inner(expression), Expr::Arrow(_) | Expr::Fn(_))
}

/// Where marks of `object.name` are kept.
fn key_of(object: &Expr, name: &Atom) -> Option<(Option<Id>, Atom)> {
    match inner(object) {
        Expr::This(_) => Some((None, name.clone())),
        Expr::Ident(it) => Some((Some(it.to_id()), name.clone())),
        _ => None,
    }
}

fn parameters_of(function: &Function) -> Vec<Vec<Id>> {
    function.params.iter().map(|it| names_of(&it.pat)).collect()
}
