//! Which marks a value carries, by the expression that makes it.
//!
//! In: an expression, the marks known so far. Out: its marks. Side effects: none but a memory of this round's answers.

use deno_ast::swc::ast::*;
use deno_ast::swc::common::BytePos;

use super::names::{
    constant, inner, is_decoder, is_free_name, is_global_object, member_name, required,
};
use super::{DECODED, Flow, Marks, NETWORK_GLOBALS, SOURCE, TEXT, called, is_function, key_of};

pub(super) const NETWORK_MODULES: [&str; 19] = [
    "http",
    "https",
    "http2",
    "net",
    "tls",
    "dgram",
    "undici",
    "axios",
    "got",
    "node-fetch",
    "cross-fetch",
    "request",
    "needle",
    "superagent",
    "ky",
    "phin",
    "bent",
    "ws",
    "make-fetch-happen",
];

const CUTS: [&str; 7] = [
    "slice",
    "substring",
    "substr",
    "subarray",
    "charAt",
    "charCodeAt",
    "at",
];

impl Flow {
    pub(super) fn marks(&mut self, expression: &Expr) -> Marks {
        let address = std::ptr::from_ref(expression) as usize;
        if let Some(marks) = self.known.get(&address) {
            return *marks;
        }
        let marks = self.find_marks(expression);
        self.known.insert(address, marks);
        marks
    }

    pub(super) fn find_marks(&mut self, expression: &Expr) -> Marks {
        match inner(expression) {
            Expr::Ident(ident) => self.marks_of_name(ident),
            Expr::Await(it) => self.marks(&it.arg),
            Expr::Yield(it) => it.arg.as_ref().map_or(0, |arg| self.marks(arg)),
            Expr::Member(it) => self.marks_of_member(it),
            Expr::OptChain(it) => match &*it.base {
                OptChainBase::Member(it) => self.marks_of_member(it),
                OptChainBase::Call(it) => self.marks_of_call(&it.callee, &it.args),
            },
            Expr::Call(it) => match &it.callee {
                Callee::Expr(callee) => self.marks_of_call(callee, &it.args),
                Callee::Import(_) => network_module(it.args.first()),
                Callee::Super(_) => 0,
            },
            Expr::New(it) => self.marks_of_new(it),
            Expr::Tpl(it) => self.any(it.exprs.iter().map(|it| &**it)) & TEXT,
            Expr::TaggedTpl(it) => self.any(it.tpl.exprs.iter().map(|it| &**it)) & TEXT,
            Expr::Bin(it) => self.marks_of_operation(it),
            Expr::Cond(it) => self.marks(&it.cons) | self.marks(&it.alt),
            Expr::Assign(it) => self.marks(&it.right),
            Expr::Seq(it) => it.exprs.last().map_or(0, |last| self.marks(last)),
            Expr::Array(it) => self.any(it.elems.iter().flatten().map(|it| &*it.expr)),
            Expr::Object(it) => self.marks_of_object(it),
            Expr::Arrow(it) => self.returned(it.span.lo),
            Expr::Fn(it) => self.returned(it.function.span.lo),
            _ => 0,
        }
    }

    pub(super) fn any<'a>(&mut self, expressions: impl Iterator<Item = &'a Expr>) -> Marks {
        expressions.fold(0, |marks, expression| marks | self.marks(expression))
    }

    pub(super) fn marks_of_name(&self, ident: &Ident) -> Marks {
        let marks = self.values.get(&ident.to_id()).copied().unwrap_or(0);
        let is_source = self.is_free(ident) && NETWORK_GLOBALS.contains(&ident.sym.as_str());
        marks | if is_source { SOURCE } else { 0 }
    }

    pub(super) fn marks_of_member(&mut self, member: &MemberExpr) -> Marks {
        let mut marks = self.marks(&member.obj);
        let Some(name) = member_name(&member.prop) else {
            return marks;
        };
        if let Some(key) = key_of(&member.obj, &name) {
            marks |= self.members.get(&key).copied().unwrap_or(0);
        }
        if is_global_object(&member.obj, self.unresolved)
            && NETWORK_GLOBALS.contains(&name.as_str())
        {
            marks |= SOURCE;
        }
        marks
    }

    pub(super) fn marks_of_call(&mut self, callee: &Expr, args: &[ExprOrSpread]) -> Marks {
        if required(callee, args).is_some() {
            return network_module(args.first());
        }
        match inner(callee) {
            Expr::Ident(ident) if self.named.contains_key(&ident.to_id()) => {
                let start = self.named[&ident.to_id()].start;
                return self.returned(start);
            }
            Expr::Arrow(it) => return self.returned(it.span.lo),
            Expr::Fn(it) => return self.returned(it.function.span.lo),
            Expr::Member(it) if is_free_name(&it.obj, "WebAssembly", self.unresolved) => return 0,
            // Where to cut says nothing of what is cut.
            Expr::Member(it)
                if member_name(&it.prop).is_some_and(|name| CUTS.contains(&&*name)) =>
            {
                return called(self.marks(callee));
            }
            _ => {}
        }
        let decoded = if is_decoder(callee, args, self.unresolved) {
            DECODED
        } else {
            0
        };
        called(self.marks(callee)) | decoded | self.marks_of_arguments(args)
    }

    pub(super) fn marks_of_new(&mut self, new: &NewExpr) -> Marks {
        let args = new.args.as_deref().unwrap_or_default();
        if let (Expr::Ident(ident), Some(executor)) = (inner(&new.callee), args.first())
            && &*ident.sym == "Promise"
        {
            return self.marks(&executor.expr);
        }
        if let Expr::Member(it) = inner(&new.callee)
            && is_free_name(&it.obj, "WebAssembly", self.unresolved)
        {
            return 0;
        }
        called(self.marks(&new.callee)) | self.marks_of_arguments(args)
    }

    pub(super) fn marks_of_arguments(&mut self, args: &[ExprOrSpread]) -> Marks {
        let values = args
            .iter()
            .map(|arg| &*arg.expr)
            .filter(|arg| !is_function(arg));
        self.any(values) & TEXT
    }

    pub(super) fn marks_of_operation(&mut self, operation: &BinExpr) -> Marks {
        match operation.op {
            BinaryOp::Add => (self.marks(&operation.left) | self.marks(&operation.right)) & TEXT,
            BinaryOp::LogicalOr | BinaryOp::LogicalAnd | BinaryOp::NullishCoalescing => {
                self.marks(&operation.left) | self.marks(&operation.right)
            }
            _ => 0,
        }
    }

    pub(super) fn marks_of_object(&mut self, object: &ObjectLit) -> Marks {
        let mut marks = 0;
        for property in &object.props {
            marks |= match property {
                PropOrSpread::Spread(it) => self.marks(&it.expr),
                PropOrSpread::Prop(property) => match &**property {
                    Prop::Shorthand(ident) => self.marks_of_name(ident),
                    Prop::KeyValue(it) if !is_function(&it.value) => self.marks(&it.value),
                    _ => 0,
                },
            };
        }
        marks & TEXT
    }

    pub(super) fn returned(&self, start: BytePos) -> Marks {
        self.returns.get(&start).copied().unwrap_or(0)
    }
}

fn network_module(arg: Option<&ExprOrSpread>) -> Marks {
    let name = arg.and_then(|arg| constant(&arg.expr)).unwrap_or_default();
    let name = name.strip_prefix("node:").unwrap_or(&name);
    if NETWORK_MODULES.contains(&name) {
        SOURCE
    } else {
        0
    }
}
