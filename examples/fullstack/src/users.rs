//! Routes to list, add, show, change and remove users.

use std::sync::LazyLock;

use garde::Validate;
use http::header::LOCATION;
use regex_lite::Regex;
use route_handlers::{Created, Json, NoContent, Path, Query, RouteHandlers, State, Valid, documented, get};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::events::{Change, Events};
use crate::failure::{Missing, Refused};
use crate::session::Session;
use crate::store::Store;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct User {
    pub id: u32,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// The URL of the picture.
    pub avatar: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Admin,
    Member,
    Guest,
}

/// A line of text that is not blank.
const NAME: &str = r"^[^\x00-\x1F\x7F]*[A-Za-z0-9\xC0-\u024F][^\x00-\x1F\x7F]*$";
const EMAIL: &str = r"^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,3}$";

/// The fields of a new or changed user.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    #[garde(length(chars, max = 80), custom(has_a_letter))]
    #[schemars(regex(pattern = NAME))]
    pub name: String,
    #[garde(custom(is_address))]
    #[schemars(regex(pattern = EMAIL))]
    pub email: String,
    #[garde(skip)]
    #[serde(default = "member")]
    pub role: Role,
}

fn has_a_letter(name: &str, _: &()) -> garde::Result {
    static NAMES: LazyLock<Regex> = LazyLock::new(|| Regex::new(NAME).expect("the pattern is valid"));
    let reason = || garde::Error::new("A name must have at least one letter or digit, on one line.");
    NAMES.is_match(name).then_some(()).ok_or_else(reason)
}

fn is_address(email: &str, _: &()) -> garde::Result {
    static EMAILS: LazyLock<Regex> = LazyLock::new(|| Regex::new(EMAIL).expect("the pattern is valid"));
    let reason = || garde::Error::new("This is not an address: write it as name@example.com.");
    EMAILS.is_match(email).then_some(()).ok_or_else(reason)
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UserQuery {
    /// A text in the name or the address.
    pub search: Option<String>,
    /// The number of users to skip.
    #[serde(default)]
    pub offset: u32,
    /// The highest number of users in the response.
    #[serde(default = "many")]
    pub limit: u8,
}

/// A part of the list of users.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Page {
    pub users: Vec<User>,
    /// The number of users that match.
    pub total: u32,
}

fn member() -> Role {
    Role::Member
}

fn many() -> u8 {
    100
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Guest => "guest",
        }
    }

    /// Reads the role from the database.
    pub fn of(text: &str) -> Self {
        [Self::Admin, Self::Member].into_iter().find(|role| role.as_str() == text).unwrap_or(Self::Guest)
    }
}

pub fn register(api: RouteHandlers) -> RouteHandlers {
    let list = documented(list).summary("Lists users").tag("users").operation_id("listUsers");
    let add = documented(add).summary("Adds a user").tag("users").operation_id("addUser");
    let show = documented(show).summary("Shows a user").tag("users").operation_id("showUser");
    let replace = documented(replace).summary("Changes a user").tag("users").operation_id("changeUser");
    let remove = documented(remove).summary("Removes a user").tag("users").operation_id("removeUser");
    api.route("/users", get(list).post(add)).route("/users/{id}", get(show).put(replace).delete(remove))
}

async fn list(State(store): State<Store>, Query(query): Query<UserQuery>) -> Result<Json<Page>, route_handlers::Error> {
    Ok(Json(store.list(&query).await?))
}

async fn add(
    _: Session,
    State(store): State<Store>,
    State(events): State<Events>,
    Valid(Json(new)): Valid<Json<NewUser>>,
) -> Result<([(http::HeaderName, String); 1], Created<User>), Refused> {
    let user = store.add(&new).await?;
    events.send(Change::Added(user.clone()));
    Ok(([(LOCATION, format!("/api/users/{}", user.id))], Created(user)))
}

async fn show(State(store): State<Store>, Path(id): Path<u32>) -> Result<Json<User>, Missing> {
    store.get(id).await?.map(Json).ok_or(Missing::NoUser(id))
}

async fn replace(
    _: Session,
    State(store): State<Store>,
    State(events): State<Events>,
    Path(id): Path<u32>,
    Valid(Json(new)): Valid<Json<NewUser>>,
) -> Result<Json<User>, Refused> {
    let user = store.replace(id, &new).await?.ok_or(Refused::NoUser(id))?;
    events.send(Change::Changed(user.clone()));
    Ok(Json(user))
}

async fn remove(
    _: Session,
    State(store): State<Store>,
    State(events): State<Events>,
    Path(id): Path<u32>,
) -> Result<NoContent, Missing> {
    if !store.remove(id).await? {
        return Err(Missing::NoUser(id));
    }
    events.send(Change::Removed { id });
    Ok(NoContent)
}
