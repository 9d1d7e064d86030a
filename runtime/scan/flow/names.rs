//! What expressions say by their form: names, constants, well-known objects.
//!
//! In: parts of a syntax tree. Out: names. Side effects: none.

use deno_ast::swc::ast::*;
use deno_ast::swc::atoms::Atom;
use deno_ast::swc::common::SyntaxContext;

const GLOBAL_OBJECTS: [&str; 4] = ["globalThis", "global", "window", "self"];
const DECODERS: [&str; 4] = ["atob", "unescape", "decodeURIComponent", "decodeURI"];
const DECODING_MEMBERS: [&str; 7] = [
    "fromCharCode",
    "fromCodePoint",
    "gunzipSync",
    "inflateSync",
    "inflateRawSync",
    "unzipSync",
    "brotliDecompressSync",
];
/// Constants longer than that are not put together.
const LONGEST_CONSTANT: usize = 4096;

/// The expression without brackets and types around it.
pub(super) fn inner(mut expression: &Expr) -> &Expr {
    loop {
        expression = match expression {
            Expr::Paren(it) => &it.expr,
            Expr::TsAs(it) => &it.expr,
            Expr::TsNonNull(it) => &it.expr,
            Expr::TsConstAssertion(it) => &it.expr,
            Expr::TsSatisfies(it) => &it.expr,
            Expr::TsTypeAssertion(it) => &it.expr,
            Expr::TsInstantiation(it) => &it.expr,
            other => return other,
        };
    }
}

/// The text that an expression always is: `'ev' + "al"`.
pub(super) fn constant(expression: &Expr) -> Option<String> {
    let text = match inner(expression) {
        Expr::Lit(Lit::Str(it)) => it.value.to_string_lossy().into_owned(),
        Expr::Tpl(it) if it.exprs.is_empty() => it.quasis.first()?.raw.to_string(),
        Expr::Bin(it) if it.op == BinaryOp::Add => {
            format!("{}{}", constant(&it.left)?, constant(&it.right)?)
        }
        _ => return None,
    };
    (text.len() <= LONGEST_CONSTANT).then_some(text)
}

/// The constant texts in an argument: itself, the items of a list, the parts of a template.
pub(super) fn constants(expression: &Expr) -> Vec<String> {
    match inner(expression) {
        Expr::Array(it) => it
            .elems
            .iter()
            .flatten()
            .filter_map(|it| constant(&it.expr))
            .collect(),
        Expr::Tpl(it) => {
            let parts: Vec<&str> = it.quasis.iter().map(|it| &*it.raw).collect();
            vec![parts.join(" ")]
        }
        expression => constant(expression).into_iter().collect(),
    }
}

/// `x.name`, `x['name']`, `x.#name`
pub(super) fn member_name(property: &MemberProp) -> Option<Atom> {
    match property {
        MemberProp::Ident(it) => Some(it.sym.clone()),
        MemberProp::PrivateName(it) => Some(format!("#{}", it.name).into()),
        MemberProp::Computed(it) => constant(&it.expr).map(Atom::from),
    }
}

pub(super) fn property_name(name: &PropName) -> Option<Atom> {
    match name {
        PropName::Ident(it) => Some(it.sym.clone()),
        PropName::Str(it) => Some(it.value.to_string_lossy().into_owned().into()),
        PropName::Computed(it) => constant(&it.expr).map(Atom::from),
        PropName::Num(_) | PropName::BigInt(_) => None,
    }
}

/// The names that a pattern binds.
pub(super) fn names_of(pattern: &Pat) -> Vec<Id> {
    match pattern {
        Pat::Ident(it) => vec![it.to_id()],
        Pat::Array(it) => it.elems.iter().flatten().flat_map(names_of).collect(),
        Pat::Rest(it) => names_of(&it.arg),
        Pat::Assign(it) => names_of(&it.left),
        Pat::Object(it) => {
            let names = it.props.iter().flat_map(|property| match property {
                ObjectPatProp::KeyValue(it) => names_of(&it.value),
                ObjectPatProp::Assign(it) => vec![it.key.to_id()],
                ObjectPatProp::Rest(it) => names_of(&it.arg),
            });
            names.collect()
        }
        Pat::Invalid(_) | Pat::Expr(_) => Vec::new(),
    }
}

pub(super) fn is_global_object(expression: &Expr, unresolved: SyntaxContext) -> bool {
    let is_name = |it: &Ident| it.ctxt == unresolved && GLOBAL_OBJECTS.contains(&it.sym.as_str());
    matches!(inner(expression), Expr::Ident(it) if is_name(it))
}

/// A name that the file does not declare.
pub(super) fn is_free_name(expression: &Expr, name: &str, unresolved: SyntaxContext) -> bool {
    matches!(inner(expression), Expr::Ident(it) if it.ctxt == unresolved && &*it.sym == name)
}

/// The module's name if this call is `require('…')`, of whatever `require`.
pub(super) fn required(callee: &Expr, args: &[ExprOrSpread]) -> Option<String> {
    let is_require = match inner(callee) {
        Expr::Ident(it) => &*it.sym == "require",
        Expr::Member(it) => member_name(&it.prop).is_some_and(|name| &*name == "require"),
        _ => false,
    };
    is_require.then(|| constant(&args.first()?.expr)).flatten()
}

/// `atob(x)`, `Buffer.from(x, 'base64')`, `x.split('').reverse()`
pub(super) fn is_decoder(callee: &Expr, args: &[ExprOrSpread], unresolved: SyntaxContext) -> bool {
    match inner(callee) {
        Expr::Ident(it) => it.ctxt == unresolved && DECODERS.contains(&it.sym.as_str()),
        Expr::Member(it) => {
            let name = member_name(&it.prop).unwrap_or_default();
            let encoding = args
                .get(1)
                .and_then(|arg| constant(&arg.expr))
                .unwrap_or_default();
            match name.as_str() {
                "from" => matches!(encoding.as_str(), "base64" | "base64url" | "hex"),
                "reverse" => is_call_of(&it.obj, "split"),
                name if DECODERS.contains(&name) => is_global_object(&it.obj, unresolved),
                name => DECODING_MEMBERS.contains(&name),
            }
        }
        _ => false,
    }
}

/// `(() => {}).constructor`, `x.constructor.constructor`, `Object.getPrototypeOf(async () => {}).constructor`
pub(super) fn is_constructor_of_functions(object: &Expr) -> bool {
    match inner(object) {
        Expr::Fn(_) | Expr::Arrow(_) => true,
        Expr::Member(it) => {
            let is_constructor = member_name(&it.prop).is_some_and(|name| &*name == "constructor");
            // A method of a literal is a function: `[].map.constructor`.
            is_constructor
                || matches!(
                    inner(&it.obj),
                    Expr::Array(_) | Expr::Lit(_) | Expr::Object(_)
                )
        }
        Expr::Call(it) => {
            let is_function =
                |arg: &ExprOrSpread| matches!(inner(&arg.expr), Expr::Fn(_) | Expr::Arrow(_));
            is_call_of(object, "getPrototypeOf") && it.args.first().is_some_and(is_function)
        }
        _ => false,
    }
}

fn is_call_of(expression: &Expr, name: &str) -> bool {
    let Expr::Call(call) = inner(expression) else {
        return false;
    };
    let callee = call.callee.as_expr().map(|callee| inner(callee));
    matches!(callee, Some(Expr::Member(it)) if member_name(&it.prop).is_some_and(|it| &*it == name))
}
