//! One Cedar policy, by the `cedar-policy` crate.

use super::Question;
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityId, EntityTypeName, EntityUid, Policy, PolicyId,
    PolicySet, Request,
};
use miette::Diagnostic;
use serde_json::{Map, Value, json};
use whoacts_model::guard::Guard;
use whoacts_scenarios::Error;
use whoacts_scenarios::cedar::ResourcePolicy;
use whoacts_scenarios::span::Spanned;

/// A policy that was read.
pub(super) struct Engine {
    set: PolicySet,
    entities: Entities,
    principal: EntityTypeName,
    action: EntityTypeName,
    resource: EntityTypeName,
}

impl Engine {
    pub(super) fn new(own: &ResourcePolicy) -> Result<Self, Vec<Error>> {
        let mut errors = Vec::new();
        let set = statements(own, &mut errors);
        let entities = entities(own, &mut errors);
        let principal = type_name(&own.principal, &own.principal.value, &mut errors);
        let resource = type_name(&own.kind, &own.kind.value, &mut errors);
        let action = type_name(&own.kind, &action(&own.kind), &mut errors);
        match (entities, principal, action, resource) {
            (Some(entities), Some(principal), Some(action), Some(resource))
                if errors.is_empty() =>
            {
                Ok(Self { set, entities, principal, action, resource })
            }
            _ => Err(errors),
        }
    }

    pub(super) fn permits(&self, question: &Question) -> bool {
        let Some(root) = &question.root else { return false };
        let uid = |kind: &EntityTypeName, id: &str| {
            EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
        };
        let Ok(context) = Context::from_json_value(context(question), None) else { return false };
        let request = Request::new(
            uid(&self.principal, root),
            uid(&self.action, &question.action),
            uid(&self.resource, &question.resource),
            context,
            None,
        );
        request.is_ok_and(|request| {
            let response = Authorizer::new().is_authorized(&request, &self.set, &self.entities);
            response.decision() == Decision::Allow
        })
    }
}

/// `Action`, in the namespace of the resource's type.
fn action(kind: &str) -> String {
    match kind.rsplit_once("::") {
        Some((namespace, _)) => format!("{namespace}::Action"),
        None => "Action".to_owned(),
    }
}

fn context(question: &Question) -> Value {
    let mut context = Map::new();
    let mut say = |key: &str, value: Value| context.insert(key.to_owned(), value);
    say("origin", question.origin.into());
    say("arguments", question.arguments.as_str().into());
    say("hops", json!(question.hops));
    say("roles", json!(question.roles));
    say("guards", json!(question.guards.iter().map(Guard::id).collect::<Vec<_>>()));
    for (key, fact) in [("environment", &question.environment), ("domain", &question.domain)] {
        if let Some(fact) = fact {
            say(key, fact.as_str().into());
        }
    }
    Value::Object(context)
}

fn statements(own: &ResourcePolicy, errors: &mut Vec<Error>) -> PolicySet {
    let mut set = PolicySet::new();
    for (number, statement) in own.text.statements.iter().enumerate() {
        match Policy::parse(Some(PolicyId::new(number.to_string())), &statement.value) {
            Ok(policy) => {
                if let Err(error) = set.add(policy) {
                    errors.push(wrong(statement, &error));
                }
            }
            Err(found) => {
                for error in found.iter() {
                    errors.push(located(own, statement, error));
                }
            }
        }
    }
    set
}

/// An error at the place in the file that Cedar names.
fn located(own: &ResourcePolicy, statement: &Spanned<String>, error: &impl Diagnostic) -> Error {
    let label = error.labels().and_then(|mut labels| labels.next());
    let span = label.map_or_else(
        || statement.span.clone(),
        |label| {
            let start = statement.span.start + label.offset();
            own.text.span(start..start + label.len().max(1))
        },
    );
    let help = error.help().map(|help| help.to_string());
    Error { help, ..Error::new(span, "bad-cedar", error.to_string()) }
}

fn wrong(statement: &Spanned<String>, error: &impl std::fmt::Display) -> Error {
    Error::new(statement.span.clone(), "bad-cedar", error.to_string())
}

fn entities(own: &ResourcePolicy, errors: &mut Vec<Error>) -> Option<Entities> {
    let Some(named) = &own.entities else { return Some(Entities::empty()) };
    match Entities::from_json_str(&own.entities_text, None) {
        Ok(entities) => Some(entities),
        Err(error) => {
            errors.push(Error::new(named.span.clone(), "bad-cedar", error.to_string()));
            None
        }
    }
}

fn type_name(
    said: &Spanned<String>,
    name: &str,
    errors: &mut Vec<Error>,
) -> Option<EntityTypeName> {
    let parsed = name.parse();
    if parsed.is_err() {
        let message = format!("`{name}` is no entity type of Cedar");
        errors.push(Error::new(said.span.clone(), "bad-cedar", message));
    }
    parsed.ok()
}
