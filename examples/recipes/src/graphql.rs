use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Object, Request, Response, Result, Schema, SimpleObject,
};
use route_handlers::extract::Bearer;
use route_handlers::{Json, RouteHandlers, State};

#[derive(Clone, SimpleObject)]
pub struct User {
    id: u32,
    name: &'static str,
}

/// The user with the token of the request.
struct Viewer(Option<User>);

pub struct Query;

#[Object]
impl Query {
    /// The user with this id.
    async fn user(&self, id: u32) -> Option<User> {
        (id == 1).then_some(User { id, name: "Ada" }) // SELECT id, name FROM users WHERE id = $1
    }

    /// The caller.
    async fn me(&self, context: &Context<'_>) -> Result<User> {
        let Viewer(user) = context.data()?;
        user.clone().ok_or_else(|| "log in first".into())
    }
}

type Api = Schema<Query, EmptyMutation, EmptySubscription>;

async fn execute(State(schema): State<Api>, bearer: Option<Bearer>, Json(request): Json<Request>) -> Json<Response> {
    let user = bearer.is_some_and(|bearer| bearer.is("7d1e")).then_some(User { id: 1, name: "Ada" });
    Json(schema.execute(request.data(Viewer(user))).await)
}

/// `POST /graphql`, beside other routes.
pub fn api() -> RouteHandlers {
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription).limit_depth(8).limit_complexity(200).finish();
    RouteHandlers::new().get("/api/hello", async || "hello").with_state::<Api>(schema).post("/graphql", execute)
}
