//! Types with the attributes of serde. Each is the body and the response of one route.

use std::collections::{BTreeMap, HashMap};

use route_handlers::{Json, Route, documented, post};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A route that responds with the value that it has read.
pub struct Case {
    pub path: &'static str,
    /// Whether serde buffers a part of the type. There it reads arrays as structs, and no integer from `1.0`.
    pub is_buffered: bool,
    pub route: fn() -> Route,
}

fn echo<T: DeserializeOwned + Serialize + JsonSchema + Send + 'static>() -> Route {
    post(documented(async |Json(value): Json<T>| Json(value)))
}

macro_rules! cases {
    ($($path:literal $is_buffered:literal $type:ty,)*) => {
        pub const CASES: &[Case] = &[$(Case { path: $path, is_buffered: $is_buffered, route: echo::<$type> }),*];
    };
}

cases! {
    "/scalars" false Scalars,
    "/optional" false Optional,
    "/renamed" false Renamed,
    "/closed" false Closed,
    "/collections" false Collections,
    "/tuples" false Tuples,
    "/newtype" false Percent,
    "/tree" false Tree,
    "/external" false Shape,
    "/adjacent" true Event,
    "/internal" true Change,
    "/untagged" true Id,
    "/flat" true Flat,
    "/flat-map" true FlatMap,
    "/flat-enum" true FlatEnum,
    "/nested" true Envelope<Page<Change>>,
    "/page-of-users" false Page<User>,
    "/page-of-items" false Page<shop::User>,
    "/list" false Vec<Option<Percent>>,
    "/options" false Page<Option<u8>>,
    "/one-way" false OneWay,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Scalars {
    byte: u8,
    short: i16,
    word: u32,
    long: i64,
    unsigned: u64,
    half: f32,
    ratio: f64,
    yes: bool,
    text: String,
    letter: char,
    nothing: (),
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(default)]
struct Optional {
    byte: Option<u8>,
    text: Option<String>,
    user: Option<User>,
    list: Vec<i8>,
    limit: u8,
}

impl Default for Optional {
    fn default() -> Self {
        Self { byte: Some(1), text: None, user: None, list: vec![1], limit: 10 }
    }
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Renamed {
    first_name: String,
    #[serde(rename = "LAST")]
    last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    old_names: Vec<String>,
    kind_of: Kind,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
enum Kind {
    NewOne,
    OldOne,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Closed {
    user: User,
    #[serde(default)]
    limit: u8,
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct User {
    id: u32,
    name: Option<String>,
}

mod shop {
    use super::{Deserialize, JsonSchema, Serialize};

    /// A second type of this name.
    #[derive(Deserialize, Serialize, JsonSchema)]
    pub struct User {
        pub cart: Vec<u32>,
    }
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Collections {
    list: Vec<Vec<u8>>,
    by_name: BTreeMap<String, User>,
    by_kind: HashMap<String, Option<i64>>,
    three: [u8; 3],
    boxed: Box<Percent>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Tuples {
    pair: (u8, String),
    point: Point,
    users: Vec<(User, bool)>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Point(f64, i32);

#[derive(Deserialize, Serialize, JsonSchema)]
struct Percent(u8);

#[derive(Deserialize, Serialize, JsonSchema)]
struct Tree {
    value: i16,
    leaves: Vec<Tree>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
enum Shape {
    Circle { radius: f64 },
    Scale(u8),
    Line(Point, Point),
    User(User),
    Empty,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
enum Event {
    SignedUp(User),
    Moved { x: i32, y: i32 },
    Pair(u8, u8),
    Cleared,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Change {
    Added(User),
    Renamed { id: u32, name: String },
    Cleared,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
enum Id {
    Number(u32),
    Name(String),
    Pair { left: u8, right: u8 },
    List(Vec<u8>),
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Flat {
    #[serde(flatten)]
    user: User,
    #[serde(flatten)]
    renamed: Renamed,
    last: u8,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct FlatMap {
    id: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, Option<u8>>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct FlatEnum {
    number: u8,
    #[serde(flatten)]
    change: Change,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Page<T> {
    items: Vec<T>,
    next: Option<u32>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Envelope<T> {
    data: T,
    #[serde(default)]
    meta: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct OneWay {
    #[serde(skip_serializing)]
    #[allow(dead_code, reason = "only its shape is read")]
    secret: Option<Percent>,
    #[serde(skip_deserializing)]
    id: u32,
    #[serde(default)]
    user: Option<shop::User>,
}
