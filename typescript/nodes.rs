//! Small pieces of syntax tree for emitted CommonJS.
//!
//! In: names and expressions. Out: nodes. Side effects: none.

use deno_ast::swc::ast::*;
use deno_ast::swc::atoms::Atom;
use deno_ast::swc::common::{DUMMY_SP, Span};
use deno_ast::swc::utils::{ExprFactory, is_valid_prop_ident, private_ident, quote_str};

/// `./lib/my-file.js` becomes `_my_file`; the printer tells equal names apart.
pub(crate) fn module_name(specifier: &Str) -> Ident {
    let text = crate::facts::text(specifier);
    let last = text.rsplit(['/', ':']).find(|part| !part.is_empty());
    let stem = last.and_then(|part| part.split('.').find(|stem| !stem.is_empty()));
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let name: String = std::iter::once('_')
        .chain(stem.unwrap_or("module").chars())
        .map(|c| if is_word(c) { c } else { '_' })
        .collect();
    private_ident!(name)
}

/// `object.name`
pub(crate) fn member(span: Span, object: impl Into<Box<Expr>>, name: Atom) -> Expr {
    let prop = match is_valid_prop_ident(&name) {
        true => MemberProp::Ident(IdentName::new(name, DUMMY_SP)),
        false => MemberProp::Computed(ComputedPropName {
            span: DUMMY_SP,
            expr: Lit::Str(quote_str!(name)).into(),
        }),
    };
    Expr::Member(MemberExpr {
        span,
        obj: object.into(),
        prop,
    })
}

/// `object?.name`
pub(crate) fn optional_member(object: Expr, name: Atom) -> Expr {
    let Expr::Member(member) = member(DUMMY_SP, object, name) else {
        unreachable!("`member` makes member expressions");
    };
    Expr::OptChain(OptChainExpr {
        span: DUMMY_SP,
        optional: true,
        base: Box::new(OptChainBase::Member(member)),
    })
}

/// `name: () => value`
pub(crate) fn getter(name: &str, value: Box<Expr>) -> PropOrSpread {
    let arrow = ArrowExpr {
        body: Box::new(BlockStmtOrExpr::Expr(value)),
        ..ArrowExpr::default()
    };
    PropOrSpread::Prop(Box::new(Prop::KeyValue(KeyValueProp {
        key: PropName::Str(quote_str!(name)),
        value: arrow.into(),
    })))
}

/// `const name = value;`
pub(crate) fn constant(span: Span, name: Ident, value: Expr) -> Stmt {
    declare(span, VarDeclKind::Const, name, value)
}

/// `var name = value;`
pub(crate) fn variable(span: Span, name: Ident, value: Expr) -> Stmt {
    declare(span, VarDeclKind::Var, name, value)
}

fn declare(span: Span, kind: VarDeclKind, name: Ident, value: Expr) -> Stmt {
    let mut declaration = value.into_var_decl(kind, name.into());
    declaration.span = span;
    Stmt::Decl(declaration.into())
}

/// `expr;`
pub(crate) fn expression(span: Span, expr: Expr) -> Stmt {
    Stmt::Expr(ExprStmt {
        span,
        expr: Box::new(expr),
    })
}

/// Makes sure of `"use strict"` where it is due; returns the place after the directives.
pub(crate) fn directives(body: &mut Vec<Stmt>, is_strict: bool) -> usize {
    let count = body
        .iter()
        .take_while(|statement| directive(statement).is_some())
        .count();
    let has_strict = body[..count]
        .iter()
        .any(|statement| directive(statement).is_some_and(|it| it == "use strict"));
    if is_strict && !has_strict {
        body.insert(
            0,
            expression(DUMMY_SP, Lit::Str(quote_str!("use strict")).into()),
        );
        return count + 1;
    }
    count
}

fn directive(statement: &Stmt) -> Option<String> {
    match statement {
        Stmt::Expr(statement) => match &*statement.expr {
            Expr::Lit(Lit::Str(literal)) => Some(crate::facts::text(literal)),
            _ => None,
        },
        _ => None,
    }
}
