//! Types of arguments and responses, with attributes of serde, schemars and garde.

#![allow(dead_code, reason = "only the shapes of the types are read")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::{NonZeroI64, NonZeroU8, Wrapping};
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use garde::Validate;
use route_handlers::multipart::UploadedFile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person.
///
/// # Notes
///
/// * `name` is *not* unique: <b>two</b> people may have one name.
#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[schemars(example = User::ada(), title = "One person")]
pub struct User {
    /// The number of the person.
    #[schemars(example = 7)]
    pub id: u64,
    #[schemars(example = &"Ada", example = &"Grace")]
    pub name: Option<String>,
    #[serde(default)]
    pub role: Role,
    #[deprecated]
    #[serde(default)]
    pub nick: String,
}

impl User {
    #[allow(deprecated, reason = "a deprecated field is a part of the document")]
    pub fn ada() -> Self {
        Self { id: 7, name: Some("Ada".to_owned()), role: Role::Admin, nick: String::new() }
    }
}

#[derive(Clone, Copy, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// May do all.
    Admin,
    /// May read.
    #[default]
    Guest,
    #[serde(alias = "bot", other)]
    Machine,
}

#[derive(Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    ByName,
    ByAge,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(default)]
pub struct Numbers {
    byte: u8,
    word: i32,
    long: u64,
    wide: u128,
    signed: i128,
    most: Option<u128>,
    size: usize,
    half: f32,
    whole: f64,
    none_zero: Option<NonZeroU8>,
    negative: NonZeroI64,
    wrapping: Wrapping<i16>,
    letter: char,
    yes: bool,
    nothing: (),
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            byte: u8::MAX,
            word: i32::MIN,
            long: u64::MAX,
            wide: u128::from(u64::MAX),
            signed: -1,
            most: Some(u128::MAX),
            size: 7,
            half: 0.1,
            whole: f64::NAN,
            none_zero: None,
            negative: NonZeroI64::MIN,
            wrapping: Wrapping(-3),
            letter: 'é',
            yes: true,
            nothing: (),
        }
    }
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Standard {
    address: IpAddr,
    only_6: Option<Ipv6Addr>,
    socket: SocketAddr,
    wait: Duration,
    at: SystemTime,
    range: Range<u32>,
    closed: RangeInclusive<i8>,
    path: PathBuf,
    shared: Arc<str>,
    text: Cow<'static, str>,
    result: Result<u8, String>,
    twice: Option<Option<u8>>,
    unit: Unit,
    empty: Empty,
    any: serde_json::Value,
    members: serde_json::Map<String, serde_json::Value>,
    number: serde_json::Number,
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Unit;

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Empty {}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Lists {
    set: BTreeSet<String>,
    unordered: HashSet<u8>,
    queue: VecDeque<Option<User>>,
    linked: LinkedList<Role>,
    by_number: BTreeMap<u32, User>,
    by_role: HashMap<String, Vec<Role>>,
    by_flag: BTreeMap<bool, u8>,
    one: (u8,),
    three: (u8, String, Option<bool>),
    fixed: [Role; 3],
    none: [u8; 0],
    matrix: [[f64; 2]; 2],
    nested: Vec<(String, Vec<[i8; 2]>)>,
}

/// All names that JSON allows.
#[derive(Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Straße/Weg ~ 100%")]
pub struct Named {
    #[serde(rename = "")]
    empty: u8,
    #[serde(rename = "a/b~c%d \"e\" {f}")]
    punctuation: String,
    #[serde(rename = "größe")]
    size: Option<Part>,
    #[serde(rename = "$ref")]
    reference: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "properties", default)]
    properties: Vec<u8>,
    #[serde(rename = "default", default)]
    default: Option<Part>,
    r#enum: u8,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Part<of a whole>")]
pub struct Part {
    share: f64,
}

/// A page of another module than `cases::Page`, with the name of that.
#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Page<T> {
    /// The items of the page.
    items: Vec<T>,
    first: Option<T>,
    after: Option<Box<Page<T>>>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "{A}To{B}")]
pub struct Pair<A, B> {
    left: A,
    right: B,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Wrapped<T>(T);

pub mod other {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    /// Another type with the name of `Role`.
    #[derive(Deserialize, Serialize, JsonSchema)]
    pub struct Role {
        pub level: u8,
        pub parent: Option<Box<Role>>,
    }

    /// Another type with the name of `Order`.
    #[derive(Deserialize, Serialize, JsonSchema)]
    pub enum Order {
        Up,
        Down,
    }
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub enum External {
    /// Nothing.
    Nothing,
    Number(u128),
    Pair(u8, Option<User>),
    Named {
        role: Role,
        #[serde(default)]
        next: Option<Box<External>>,
    },
    #[serde(skip)]
    Hidden,
    User(User),
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Internal {
    SignedUp(User),
    /// Moved away.
    MovedAway {
        new_place: String,
        old_place: Option<String>,
    },
    Cleared,
    #[serde(untagged)]
    Unknown {
        text: String,
    },
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(tag = "t", content = "c")]
pub enum Adjacent {
    Unit,
    Newtype(Internal),
    Tuple(u8, External),
    Struct { list: Vec<Adjacent> },
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Untagged {
    None,
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<Untagged>),
    User(User),
    Roles { role: Role, other: other::Role },
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Flattened {
    id: u16,
    #[serde(flatten)]
    user: Flat,
    #[serde(flatten)]
    change: Adjacent,
    #[serde(flatten)]
    maybe: Option<Part>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Flat {
    role: Role,
    #[serde(flatten)]
    rest: BTreeMap<String, Untagged>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct OneWay {
    #[serde(skip_serializing)]
    secret: String,
    #[serde(skip_deserializing)]
    id: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default = "seven")]
    limit: u8,
    nested: Option<Inner>,
    #[serde(rename(serialize = "out", deserialize = "in"))]
    both: u8,
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Inner {
    #[serde(default)]
    role: Role,
    #[serde(skip_deserializing)]
    id: u32,
}

fn seven() -> u8 {
    7
}

#[derive(Deserialize, Serialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct Booking {
    #[garde(length(chars, min = 1, max = 20))]
    #[serde(default)]
    name: String,
    #[garde(email)]
    mail: Option<String>,
    #[garde(range(min = 1, max = 9))]
    #[serde(default = "one")]
    seats: u8,
    #[garde(pattern("^[A-Z]{2}-[0-9]+$"))]
    code: String,
    #[garde(inner(length(chars, min = 2)))]
    #[serde(default)]
    tags: Vec<String>,
    #[garde(skip)]
    #[schemars(range(min = 0.5, max = 1.5), extend("multipleOf" = 0.25))]
    factor: f64,
}

fn one() -> u8 {
    1
}

#[derive(Deserialize, Serialize, JsonSchema, Validate)]
#[garde(allow_unvalidated)]
#[serde(rename_all = "kebab-case")]
pub struct Search {
    /// The words to find.
    #[garde(length(chars, max = 100))]
    #[schemars(example = &"ada lovelace")]
    search_for: Option<String>,
    #[serde(default)]
    order_by: Vec<Order>,
    #[garde(range(max = 100))]
    #[serde(default = "one")]
    limit: u8,
    after: Option<u128>,
    #[serde(default)]
    only_open: bool,
    ids: Vec<i128>,
    ratio: Option<f32>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Filters {
    #[serde(flatten)]
    filter: Filter,
    #[serde(flatten)]
    window: Window,
    #[serde(flatten)]
    rest: HashMap<String, String>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Filter {
    /// By a text.
    Name {
        text: String,
    },
    Age {
        from: u8,
        to: Option<u8>,
    },
    All,
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Window {
    #[serde(default)]
    offset: u32,
    sort: Option<other::Order>,
}

/// Values that a text can represent.
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
pub struct Scalars {
    wide: u128,
    signed: Option<i128>,
    size: usize,
    half: f32,
    letter: Option<char>,
    #[serde(rename = "größe & \"Länge\"")]
    length: u8,
    #[serde(rename = "a[]")]
    lists: Vec<NonZeroU8>,
    at: Option<IpAddr>,
    wrapped: Wrapped<Option<Role>>,
    untagged: Scalar,
}

impl Default for Scalars {
    fn default() -> Self {
        Self {
            wide: u128::MAX,
            signed: Some(i128::MIN),
            size: 7,
            half: 0.1,
            letter: None,
            length: 3,
            lists: vec![NonZeroU8::MIN],
            at: None,
            wrapped: Wrapped(None),
            untagged: Scalar::Number(1),
        }
    }
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    Number(u64),
    Text(String),
    User(User),
}

#[derive(Deserialize, JsonSchema)]
pub struct Secret {
    #[serde(skip_deserializing)]
    id: u32,
    #[serde(default = "seven")]
    limit: u8,
    #[serde(rename(serialize = "out", deserialize = "in"))]
    both: [u8; 2],
}

#[derive(Deserialize, JsonSchema)]
pub struct Names {
    pub id: u32,
    pub name: Order,
}

#[derive(Deserialize, JsonSchema)]
pub struct Upload {
    /// A title.
    title: String,
    tags: Vec<String>,
    pages: Option<u16>,
    #[schemars(extend("contentMediaType" = "image/png, image/webp"))]
    picture: UploadedFile,
    cover: Option<UploadedFile>,
    others: Vec<UploadedFile>,
}
