//! Types with `#[derive(garde::Validate)]`.

use std::any::{Any, TypeId, type_name};

use crate::extract::RouteCheck;
use crate::extract::valid::fault::{Fault, Validate};
use crate::request::Head;

impl<T: ::garde::Validate<Context: Send + Sync + 'static>> Validate for T {
    fn faults(&self, head: &Head<'_>) -> Vec<Fault> {
        let nothing: &dyn Any = &();
        let result = match nothing.downcast_ref() {
            Some(nothing) => self.validate_with(nothing),
            None => self.validate_with(&*head.state().unwrap_or_else(|| {
                let name = type_name::<T::Context>();
                panic!("the table has no state `{name}`, the context of the validation: call `with_state`")
            })),
        };
        result.err().map(|report| report.iter().map(fault).collect()).unwrap_or_default()
    }

    fn check(route: &mut RouteCheck<'_>) {
        if TypeId::of::<T::Context>() != TypeId::of::<()>() {
            route.needs_context::<T::Context>();
        }
    }
}

fn fault((path, error): &(::garde::Path, ::garde::Error)) -> Fault {
    Fault::new(pointer(path), error.message())
}

/// Converts a path to a JSON pointer. Its text is ambiguous: a key of a map may contain `.` and `[`.
fn pointer(path: &::garde::Path) -> String {
    let mut pointer = String::new();
    let components = serde_json::to_value(path).unwrap_or_default();
    for component in components.as_array().into_iter().flatten().filter(|component| component[0] != "none") {
        let name = component[1].as_str().unwrap_or_default();
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}
