//! Class fields in the two ways that V8 lacks: assigned in the constructor, and `accessor` fields.
//!
//! In: a tree that still has types. Out: the same tree; with `useDefineForClassFields: false` fields are
//! `this.x = value` after `super()`, parameter properties first, and fields without a value vanish.
//! Side effects: none.

use deno_ast::swc::ast::*;
use deno_ast::swc::atoms::Atom;
use deno_ast::swc::common::{DUMMY_SP, Span};
use deno_ast::swc::ecma_visit::{VisitMut, VisitMutWith, noop_visit_mut_type};
use deno_ast::swc::utils::constructor::inject_after_super;
use deno_ast::swc::utils::{ExprFactory, default_constructor_with_span};

/// Turns field definitions into assignments, as tsc does without `useDefineForClassFields`.
pub(crate) fn assign_fields(program: &mut Program) {
    program.visit_mut_with(&mut AssignFields);
}

/// Turns `accessor x = 1` into a private field with a getter and a setter.
pub(crate) fn lower_accessors(program: &mut Program) {
    program.visit_mut_with(&mut LowerAccessors);
}

struct AssignFields;

impl VisitMut for AssignFields {
    noop_visit_mut_type!();

    fn visit_mut_class(&mut self, class: &mut Class) {
        class.visit_mut_children_with(self);
        let mut assignments = Vec::new();
        for member in &mut class.body {
            if let ClassMember::Constructor(constructor) = member
                && constructor.body.is_some()
            {
                assignments.extend(parameter_properties(constructor));
            }
        }
        let members = std::mem::take(&mut class.body);
        class.body = members
            .into_iter()
            .filter_map(|member| self::member(member, &mut assignments))
            .collect();
        if !assignments.is_empty() {
            into_constructor(class, assignments);
        }
    }
}

/// `constructor(private a: A)` becomes a plain parameter and `this.a = a`.
fn parameter_properties(constructor: &mut Constructor) -> Vec<Expr> {
    let mut assignments = Vec::new();
    for parameter in &mut constructor.params {
        let ParamOrTsParamProp::TsParamProp(property) = parameter else {
            continue;
        };
        let pattern: Pat = match &property.param {
            TsParamPropParam::Ident(name) => name.clone().into(),
            TsParamPropParam::Assign(assign) => assign.clone().into(),
        };
        if let Some(name) = parameter_name(&property.param) {
            let target = MemberProp::Ident(name.clone().into());
            assignments.push(assign(property.span, target, Box::new(name.into())));
        }
        *parameter = ParamOrTsParamProp::Param(Param {
            span: property.span,
            decorators: std::mem::take(&mut property.decorators),
            pat: pattern,
        });
    }
    assignments
}

fn parameter_name(parameter: &TsParamPropParam) -> Option<Ident> {
    match parameter {
        TsParamPropParam::Ident(name) => Some(name.id.clone()),
        TsParamPropParam::Assign(assign) => assign.left.as_ident().map(|name| name.id.clone()),
    }
}

/// What is left of a member in the class body; values of instance fields move to `assignments`.
fn member(member: ClassMember, assignments: &mut Vec<Expr>) -> Option<ClassMember> {
    match member {
        ClassMember::ClassProp(field) => field_member(field, assignments),
        ClassMember::PrivateProp(mut field) if !field.is_static => {
            if let Some(value) = field.value.take() {
                let target = MemberProp::PrivateName(field.key.clone());
                assignments.push(assign(field.span, target, value));
            }
            Some(ClassMember::PrivateProp(field))
        }
        other => Some(other),
    }
}

fn field_member(mut field: ClassProp, assignments: &mut Vec<Expr>) -> Option<ClassMember> {
    if field.declare || field.is_abstract {
        return None;
    }
    let Some(target) = assignable_key(&field.key) else {
        return Some(ClassMember::ClassProp(field));
    };
    let value = field.value.take()?;
    let assignment = assign(field.span, target, value);
    if !field.is_static {
        assignments.push(assignment);
        return None;
    }
    Some(ClassMember::StaticBlock(StaticBlock {
        span: field.span,
        body: BlockStmt {
            stmts: vec![assignment.into_stmt()],
            ..BlockStmt::default()
        },
    }))
}

/// The key as a member access, unless evaluating it later could give another result.
fn assignable_key(key: &PropName) -> Option<MemberProp> {
    let computed = |expr: Expr| {
        MemberProp::Computed(ComputedPropName {
            span: DUMMY_SP,
            expr: Box::new(expr),
        })
    };
    match key {
        PropName::Ident(name) => Some(MemberProp::Ident(name.clone())),
        PropName::Str(name) => Some(computed(Lit::Str(name.clone()).into())),
        PropName::Num(number) => Some(computed(Lit::Num(number.clone()).into())),
        PropName::BigInt(number) => Some(computed(Lit::BigInt(number.clone()).into())),
        PropName::Computed(name) if is_stable(&name.expr) => {
            Some(MemberProp::Computed(name.clone()))
        }
        PropName::Computed(_) => None,
    }
}

fn is_stable(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Ident(_) => true,
        Expr::Member(member) => {
            matches!(member.prop, MemberProp::Ident(_)) && is_stable(&member.obj)
        }
        _ => false,
    }
}

fn assign(span: Span, target: MemberProp, value: Box<Expr>) -> Expr {
    let member = MemberExpr {
        span,
        obj: ThisExpr { span: DUMMY_SP }.into(),
        prop: target,
    };
    let mut assignment = value.make_assign_to(AssignOp::Assign, member.into());
    if let Expr::Assign(assign) = &mut assignment {
        assign.span = span;
    }
    assignment
}

fn into_constructor(class: &mut Class, assignments: Vec<Expr>) {
    let assignments = assignments.into_iter().map(Box::new).collect();
    let existing = class.body.iter_mut().find_map(|member| match member {
        ClassMember::Constructor(constructor) if constructor.body.is_some() => Some(constructor),
        _ => None,
    });
    match existing {
        Some(constructor) => inject_after_super(constructor, assignments),
        None => {
            let mut constructor =
                default_constructor_with_span(class.super_class.is_some(), class.span);
            inject_after_super(&mut constructor, assignments);
            class.body.push(ClassMember::Constructor(constructor));
        }
    }
}

struct LowerAccessors;

impl VisitMut for LowerAccessors {
    noop_visit_mut_type!();

    fn visit_mut_class(&mut self, class: &mut Class) {
        class.visit_mut_children_with(self);
        if !class.body.iter().any(ClassMember::is_auto_accessor) {
            return;
        }
        let members = std::mem::take(&mut class.body);
        for (index, member) in members.into_iter().enumerate() {
            match member {
                ClassMember::AutoAccessor(accessor) if accessor.is_abstract => {}
                ClassMember::AutoAccessor(accessor) => {
                    class.body.extend(accessor_members(accessor, index));
                }
                other => class.body.push(other),
            }
        }
    }
}

fn accessor_members(accessor: AutoAccessor, index: usize) -> [ClassMember; 3] {
    let storage = PrivateName {
        span: DUMMY_SP,
        name: Atom::from(format!("__accessor_{index}")),
    };
    let access = || MemberExpr {
        span: accessor.span,
        obj: ThisExpr { span: DUMMY_SP }.into(),
        prop: MemberProp::PrivateName(storage.clone()),
    };
    let value = Ident::new_no_ctxt("value".into(), DUMMY_SP);
    let field = PrivateProp {
        span: accessor.span,
        key: storage.clone(),
        value: accessor.value.clone(),
        is_static: accessor.is_static,
        ..PrivateProp::default()
    };
    let getter = function(
        Vec::new(),
        Stmt::Return(ReturnStmt {
            span: DUMMY_SP,
            arg: Some(Box::new(access().into())),
        }),
    );
    let write = Expr::from(value.clone()).make_assign_to(AssignOp::Assign, access().into());
    let setter = function(vec![Pat::from(value).into()], write.into_stmt());
    [
        ClassMember::PrivateProp(field),
        method(&accessor, MethodKind::Getter, getter),
        method(&accessor, MethodKind::Setter, setter),
    ]
}

fn function(params: Vec<Param>, statement: Stmt) -> Box<Function> {
    Box::new(Function {
        params,
        body: Some(BlockStmt {
            stmts: vec![statement],
            ..BlockStmt::default()
        }),
        ..Function::default()
    })
}

fn method(accessor: &AutoAccessor, kind: MethodKind, function: Box<Function>) -> ClassMember {
    let (span, is_static) = (accessor.span, accessor.is_static);
    match &accessor.key {
        Key::Private(key) => ClassMember::PrivateMethod(PrivateMethod {
            span,
            key: key.clone(),
            function,
            kind,
            is_static,
            ..PrivateMethod::default()
        }),
        Key::Public(key) => ClassMember::Method(ClassMethod {
            span,
            key: key.clone(),
            function,
            kind,
            is_static,
            ..ClassMethod::default()
        }),
    }
}
