//! Groups of routes, each for users with at least one role.
//!
//! ```text
//! curl -i localhost:3000/roles/posts/drafts -H 'authorization: Bearer b0b5'               # 200 the drafts of bo
//! curl -i -X DELETE localhost:3000/roles/users/7 -H 'authorization: Bearer b0b5'          # 403: bo is an editor
//! curl -i -X DELETE localhost:3000/roles/users/7 -H 'authorization: Bearer a11y'          # 204
//! ```

use route_handlers::extract::{Bearer, RouteCheck};
use route_handlers::middleware::{Next, from_fn};
use route_handlers::response::forbidden;
use route_handlers::{Extension, FromHead, Head, NoContent, Request, Response, Result, RouteHandlers, State};

/// From the lowest role to the highest.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub enum Role {
    Editor,
    Admin,
}

#[derive(Clone)]
pub struct User {
    pub token: &'static str,
    pub name: &'static str,
    pub role: Role,
}

/// The user with the bearer token of the request.
impl FromHead for User {
    fn from_head(head: &Head<'_>) -> Result<Self> {
        let bearer = Bearer::from_head(head)?;
        let State(users) = State::<Vec<User>>::from_head(head)?;
        users.iter().find(|user| bearer.is(user.token)).cloned().ok_or_else(Bearer::invalid_token)
    }

    fn check(route: &mut RouteCheck<'_>) {
        route.needs_state::<Vec<User>>();
    }
}

/// Lets users with this role pass. The handlers can take the user as an `Extension`.
fn only(role: Role, group: RouteHandlers) -> RouteHandlers {
    group.route_layer(from_fn(move |user: User, mut request: Request, next: Next| async move {
        if user.role < role {
            return Err(forbidden());
        }
        request.extensions_mut().insert(user);
        Ok::<Response, _>(next.run(request).await)
    }))
}

/// The routes, with these users.
pub fn api(users: Vec<User>) -> RouteHandlers {
    let table = RouteHandlers::new().with_state(users);
    let drafts = async |Extension(user): Extension<User>| format!("the drafts of {}", user.name);
    let posts = only(Role::Editor, table.clone().get("/drafts", drafts));
    let users = only(Role::Admin, table.delete("/{id}", async || NoContent));
    RouteHandlers::new().nest("/posts", posts).nest("/users", users)
}
