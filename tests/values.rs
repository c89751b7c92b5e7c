//! Types that are read from text: the values of a query, a form or a path.

mod support;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::net::IpAddr;
use std::time::Duration;

use http::Method;
use proptest::prelude::*;
use route_handlers::{Form, FromRequest, Json, Path, Query, Request, RouteHandlers, post};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use support::{ReceivedResponse, get, post_json, problem, request, send, send_get, status_and_detail};

fn show<T: Debug>(value: T) -> String {
    format!("{value:?}")
}

async fn query<T: DeserializeOwned + Debug + Send + 'static>(query: &str) -> ReceivedResponse {
    let api = RouteHandlers::new().get("/", async |Query(value): Query<T>| show(value));
    send(api, get(&format!("/?{query}"))).await
}

async fn form<T: DeserializeOwned + Debug + Send + 'static>(form: &str) -> ReceivedResponse {
    let api = RouteHandlers::new().post("/", async |Form(value): Form<T>| show(value));
    let mut request = request(Method::POST, "/", form.to_owned());
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    send(api, request).await
}

async fn path<T: DeserializeOwned + Debug + Send + 'static>(pattern: &str, uri: &str) -> ReceivedResponse {
    send(RouteHandlers::new().get(pattern, async |Path(value): Path<T>| show(value)), get(uri)).await
}

/// Reads these fields as a query and as a form, and checks that both give the same value.
async fn read<T: DeserializeOwned + Debug + Send + 'static>(fields: &str) -> String {
    let (status, _, by_query) = query::<T>(fields).await;
    assert_eq!(status, 200, "{fields}: {by_query}");
    let (status, _, by_form) = form::<T>(fields).await;
    assert_eq!((status.as_u16(), &by_form), (200, &by_query), "{fields}");
    by_query
}

/// The reason why a query and a form with these fields are refused.
async fn refused<T: DeserializeOwned + Debug + Send + 'static>(fields: &str) -> String {
    let (status, detail) = status_and_detail(&query::<T>(fields).await);
    assert_eq!(status, 400, "{fields}: {detail}");
    let (status, by_form) = status_and_detail(&form::<T>(fields).await);
    assert_eq!(status, 422, "{fields}: {by_form}");
    let (_, detail) = detail.split_once(": ").expect("the detail begins with its subject");
    assert_eq!(by_form.split_once(": ").unwrap().1, detail);
    detail.to_owned()
}

// Plain values

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Plain<T> {
    a: T,
}

#[tokio::test]
async fn plain_values_of_each_kind_are_read() {
    assert_eq!(read::<Plain<u8>>("a=255").await, "Plain { a: 255 }");
    assert_eq!(read::<Plain<i64>>("a=-7").await, "Plain { a: -7 }");
    let most = u128::MAX;
    assert_eq!(read::<Plain<u128>>(&format!("a={most}")).await, format!("Plain {{ a: {most} }}"));
    let least = i128::MIN;
    assert_eq!(read::<Plain<i128>>(&format!("a={least}")).await, format!("Plain {{ a: {least} }}"));
    assert_eq!(read::<Plain<f32>>("a=1.5").await, "Plain { a: 1.5 }");
    assert_eq!(read::<Plain<bool>>("a=true").await, "Plain { a: true }");
    assert_eq!(read::<Plain<bool>>("a=on").await, "Plain { a: true }");
    assert_eq!(read::<Plain<char>>("a=%C3%BC").await, "Plain { a: 'ü' }");
    assert_eq!(read::<Plain<String>>("a=007").await, r#"Plain { a: "007" }"#);
    assert_eq!(read::<Plain<IpAddr>>("a=::1").await, "Plain { a: ::1 }");
    assert_eq!(read::<Plain<Vec<u8>>>("a=1&a=2").await, "Plain { a: [1, 2] }");
    assert_eq!(read::<Plain<Vec<u8>>>("a=1").await, "Plain { a: [1] }");
    assert_eq!(read::<Plain<Option<Vec<u8>>>>("a=1").await, "Plain { a: Some([1]) }");
    assert_eq!(read::<HashMap<u32, bool>>("7=true").await, "{7: true}");
    assert_eq!(read::<BTreeMap<String, Vec<u8>>>("b=1&a=2&b=3").await, r#"{"a": [2], "b": [1, 3]}"#);
    assert_eq!(read::<Vec<(String, u8)>>("b=1&a=2&b=3").await, r#"[("b", 1), ("a", 2), ("b", 3)]"#);
    assert_eq!(read::<Vec<NameAndValue>>("b=1").await, r#"[NameAndValue(("b", 1))]"#);
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Name,
    Age,
}

#[tokio::test]
async fn empty_value_is_none_for_any_option() {
    assert_eq!(read::<Plain<Option<u8>>>("a=").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Option<f64>>>("a=").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Option<bool>>>("a=").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Option<char>>>("a=").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Option<Sort>>>("a=").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Option<IpAddr>>>("a=").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Option<u128>>>("a").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Vec<Option<u8>>>>("a=1&a=&a=3").await, "Plain { a: [Some(1), None, Some(3)] }");
    assert_eq!(read::<Plain<Option<String>>>("a=").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Option<Vec<u8>>>>("a=").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Option<Id>>>("a=").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Vec<Option<String>>>>("a=x&a=").await, r#"Plain { a: [Some("x"), None] }"#);
    assert_eq!(read::<HashMap<String, Option<String>>>("a=").await, r#"{"a": None}"#);
    assert_eq!(read::<Plain<String>>("a=").await, r#"Plain { a: "" }"#);
    assert_eq!(read::<Plain<Option<Sort>>>("a=age").await, "Plain { a: Some(Age) }");
    assert_eq!(read::<Plain<Option<Sort>>>("b=").await, "Plain { a: None }");
    assert_eq!(read::<Plain<Option<Sort>>>("a=name").await, "Plain { a: Some(Name) }");
    refused::<Plain<u8>>("a=").await;
    refused::<Plain<Sort>>("a=").await;
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Tagged {
    q: String,
    tag: Vec<u8>,
    other: Vec<String>,
}

#[tokio::test]
async fn array_and_tuple_are_read_from_a_repeated_key() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Pair(u8, String);

    assert_eq!(read::<Plain<[u8; 3]>>("a=1&a=2&a=3").await, "Plain { a: [1, 2, 3] }");
    assert_eq!(read::<Plain<[u8; 1]>>("a=1").await, "Plain { a: [1] }");
    assert_eq!(read::<Plain<(u8, String)>>("a=1&b=x&a=2").await, r#"Plain { a: (1, "2") }"#);
    assert_eq!(read::<Plain<Pair>>("a=1&a=2").await, r#"Plain { a: Pair(1, "2") }"#);
    assert_eq!(read::<Plain<Option<(u8, u8)>>>("a=1&a=2").await, "Plain { a: Some((1, 2)) }");
    assert_eq!(read::<Plain<Option<(u8, u8)>>>("b=1").await, "Plain { a: None }");
    assert_eq!(read::<HashMap<String, [u8; 2]>>("a=1&a=2").await, r#"{"a": [1, 2]}"#);
    for (fields, expected) in [
        ("a=1", "`a`: expected 2 values, found 1"),
        ("a=1&a=2&a=3", "`a`: expected 2 values, found 3"),
        ("a=1&a=x", "`a`: `x` is not an integer from 0 to 255"),
        ("b=1", "missing field `a`"),
    ] {
        assert_eq!(refused::<Plain<(u8, u8)>>(fields).await, expected, "{fields}");
        assert_eq!(refused::<Plain<[u8; 2]>>(fields).await, expected, "{fields}");
    }
}

#[tokio::test]
async fn list_without_values_is_empty() {
    assert_eq!(read::<Plain<Vec<u8>>>("").await, "Plain { a: [] }");
    assert_eq!(read::<Tagged>("q=x").await, r#"Tagged { q: "x", tag: [], other: [] }"#);
    assert_eq!(read::<Tagged>("q=x&other=1").await, r#"Tagged { q: "x", tag: [], other: ["1"] }"#);
    assert_eq!(refused::<Tagged>("").await, "missing field `q`");
    assert_eq!(refused::<Tagged>("tag=1").await, "missing field `q`");
}

#[tokio::test]
async fn refusal_names_the_field_and_no_rust_type() {
    assert_eq!(refused::<Plain<u8>>("a=256").await.split(": ").next(), Some("`a`"));
    for (detail, expected) in [
        (refused::<Plain<u8>>("a=x").await, "`a`: `x` is not an integer from 0 to "),
        (refused::<Plain<i64>>("a=x").await, "`a`: `x` is not an integer from -9223372036854775808 to "),
        (refused::<Plain<f64>>("a=x").await, "`a`: `x` is not a number"),
        (refused::<Plain<f64>>("a=NaN").await, "`a`: `NaN` is not a number"),
        (refused::<Plain<f64>>("a=1e999").await, "`a`: `1e999` is not a number"),
        (refused::<Plain<f32>>("a=1e39").await, "`a`: `1e39` is not a number"),
        (refused::<Flat<f32>>("q=a&limit=1e39").await, "`limit`: `1e39` is not a number"),
        (refused::<Plain<bool>>("a=yes").await, "`a`: `yes` is not \"true\", \"on\" or \"false\""),
        (refused::<Plain<char>>("a=xy").await, "`a`: `xy` is not one character"),
        (refused::<Plain<Sort>>("a=size").await, "`a`: unknown variant `size`, expected one of `name`, `age`"),
        (refused::<Plain<IpAddr>>("a=x").await, "`a`: invalid IP address"),
        (refused::<Plain<String>>("a=x&a=y").await, "`a`: it is given more than once"),
        (refused::<Plain<Vec<u8>>>("a=1&a=x").await, "`a`: `x` is not an integer from 0 to "),
        (refused::<HashMap<String, u8>>("b=1&c=x").await, "`c`: `x` is not an integer from 0 to "),
        (refused::<HashMap<u8, u8>>("x=1").await, "`x`: `x` is not an integer from 0 to "),
        (refused::<Vec<(String, u8)>>("b=1&c=x").await, "`c`: `x` is not an integer from 0 to "),
    ] {
        assert!(detail.starts_with(expected), "{detail}");
    }
}

#[tokio::test]
async fn refusal_quotes_little_of_the_input() {
    let long = "x".repeat(10_000);
    for detail in [
        refused::<Plain<u8>>(&format!("a={long}")).await,
        refused::<Plain<Sort>>(&format!("a={long}")).await,
        refused::<HashMap<String, u8>>(&format!("{long}={long}")).await,
        refused::<Flat<u8>>(&format!("q=x&limit={long}")).await,
        refused::<Plain<Id>>(&format!("a={long}&a=2")).await,
    ] {
        assert!(detail.len() < 200, "{detail}");
    }
}

// Values that serde buffers: `flatten`, `tag`, `untagged`

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Limit<T> {
    limit: T,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Flat<T> {
    q: String,
    #[serde(flatten)]
    limit: Limit<T>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Page {
    limit: u32,
    all: bool,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct FlatOption {
    q: String,
    #[serde(flatten)]
    page: Option<Page>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Rest<T> {
    name: String,
    #[serde(flatten)]
    rest: BTreeMap<String, T>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Numbered {
    name: String,
    #[serde(flatten)]
    rest: BTreeMap<u8, bool>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[allow(dead_code, reason = "only its `Debug` text is read")]
enum Internal {
    Circle { radius: f64 },
    Named { name: String, count: Option<u8> },
    Empty,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "lowercase")]
#[allow(dead_code, reason = "only its `Debug` text is read")]
enum Adjacent {
    Number(i32),
    Text(String),
    List(Vec<u8>),
    Flag(bool),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
enum Id {
    Number(u32),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
enum By {
    Number { id: u32, exact: bool },
    Text { id: String, count: u8 },
}

#[tokio::test]
async fn values_behind_flatten_are_read() {
    assert_eq!(read::<Flat<u32>>("q=a&limit=5").await, r#"Flat { q: "a", limit: Limit { limit: 5 } }"#);
    assert_eq!(read::<Flat<i8>>("limit=-5&q=5").await, r#"Flat { q: "5", limit: Limit { limit: -5 } }"#);
    assert_eq!(read::<Flat<f64>>("q=a&limit=2.5").await, r#"Flat { q: "a", limit: Limit { limit: 2.5 } }"#);
    assert_eq!(read::<Flat<f32>>("q=a&limit=2").await, r#"Flat { q: "a", limit: Limit { limit: 2.0 } }"#);
    assert_eq!(read::<Flat<bool>>("q=a&limit=false").await, r#"Flat { q: "a", limit: Limit { limit: false } }"#);
    assert_eq!(read::<Flat<bool>>("q=a&limit=on").await, r#"Flat { q: "a", limit: Limit { limit: true } }"#);
    assert_eq!(read::<Flat<char>>("q=a&limit=5").await, r#"Flat { q: "a", limit: Limit { limit: '5' } }"#);
    assert_eq!(read::<Flat<String>>("q=a&limit=007").await, r#"Flat { q: "a", limit: Limit { limit: "007" } }"#);
    assert_eq!(read::<Flat<String>>("q=a&limit=true").await, r#"Flat { q: "a", limit: Limit { limit: "true" } }"#);
    assert_eq!(read::<Flat<String>>("q=a&limit=").await, r#"Flat { q: "a", limit: Limit { limit: "" } }"#);
    assert_eq!(read::<Flat<Sort>>("q=a&limit=age").await, r#"Flat { q: "a", limit: Limit { limit: Age } }"#);
    assert_eq!(read::<Flat<Option<u8>>>("q=a&limit=5").await, r#"Flat { q: "a", limit: Limit { limit: Some(5) } }"#);
    assert_eq!(read::<Flat<Option<u8>>>("q=a").await, r#"Flat { q: "a", limit: Limit { limit: None } }"#);
    assert_eq!(read::<Flat<Option<u8>>>("q=a&limit=").await, r#"Flat { q: "a", limit: Limit { limit: None } }"#);
    assert_eq!(read::<Flat<Option<Sort>>>("q=a&limit=").await, r#"Flat { q: "a", limit: Limit { limit: None } }"#);
    assert_eq!(read::<Flat<Vec<u8>>>("q=a&limit=5").await, r#"Flat { q: "a", limit: Limit { limit: [5] } }"#);
    assert_eq!(read::<Flat<Vec<u8>>>("q=a").await, r#"Flat { q: "a", limit: Limit { limit: [] } }"#);
    let many: Vec<_> = (0..200).collect();
    let fields: Vec<_> = many.iter().map(|n| format!("limit={n}")).collect();
    let expected = format!(r#"Flat {{ q: "a", limit: Limit {{ limit: {many:?} }} }}"#);
    assert_eq!(read::<Flat<Vec<u8>>>(&format!("q=a&{}", fields.join("&"))).await, expected);
    assert_eq!(read::<Flat<Vec<String>>>("q=a&limit=1").await, r#"Flat { q: "a", limit: Limit { limit: ["1"] } }"#);
    assert_eq!(
        read::<Flat<Vec<Option<bool>>>>("q=a&limit=true&limit=").await,
        r#"Flat { q: "a", limit: Limit { limit: [Some(true), None] } }"#,
    );
    assert_eq!(
        read::<Flat<Vec<Option<bool>>>>("q=a&limit=&limit=true").await,
        r#"Flat { q: "a", limit: Limit { limit: [None, Some(true)] } }"#,
    );
    assert_eq!(read::<Flat<Id>>("q=a&limit=5").await, r#"Flat { q: "a", limit: Limit { limit: Number(5) } }"#);
    assert_eq!(read::<Flat<Id>>("q=a&limit=x").await, r#"Flat { q: "a", limit: Limit { limit: Text("x") } }"#);
    assert_eq!(read::<Flat<Value>>("q=a&limit=5").await, r#"Flat { q: "a", limit: Limit { limit: String("5") } }"#);
}

/// A value of one type, or else the text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
enum OrText<T> {
    Of(T),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Both<T> {
    a: u8,
    b: OrText<T>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Behind<T> {
    #[serde(flatten)]
    rest: T,
}

#[tokio::test]
async fn text_that_only_another_variant_accepts_stays_a_text() {
    let text = |b: &str| format!("Behind {{ rest: Both {{ a: 1, b: Text({b:?}) }} }}");
    for b in ["300", "-300", "1.5", "-1.5", "x", "true"] {
        for fields in [format!("a=1&b={b}"), format!("b={b}&a=1")] {
            assert_eq!(read::<Behind<Both<u8>>>(&fields).await, text(b), "{fields}");
        }
    }
    for b in ["0", "-0"] {
        assert_eq!(read::<Behind<Both<std::num::NonZeroU8>>>(&format!("b={b}&a=1")).await, text(b));
    }
    assert_eq!(read::<Behind<Both<Vec<u8>>>>("a=1&b=x").await, text("x"));
}

#[tokio::test]
async fn value_is_read_as_the_variant_that_has_all_other_fields() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    enum Either<T> {
        Typed { a: T, b: u8 },
        Text { a: String, c: u8 },
    }
    assert_eq!(read::<Either<bool>>("a=true&b=3").await, "Typed { a: true, b: 3 }");
    assert_eq!(read::<Either<bool>>("a=true&c=3").await, r#"Text { a: "true", c: 3 }"#);
    assert_eq!(read::<Either<f64>>("a=1.50&b=3").await, "Typed { a: 1.5, b: 3 }");
    assert_eq!(read::<Either<f64>>("a=1.50&c=3").await, r#"Text { a: "1.50", c: 3 }"#);
    assert_eq!(read::<Either<Option<u8>>>("a=&b=3").await, "Typed { a: None, b: 3 }");
    assert_eq!(read::<Either<Option<u8>>>("a=&c=3").await, r#"Text { a: "", c: 3 }"#);
    assert_eq!(read::<Either<Vec<u8>>>("a=1&b=3").await, "Typed { a: [1], b: 3 }");
    assert_eq!(read::<Either<Vec<u8>>>("a=1&c=3").await, r#"Text { a: "1", c: 3 }"#);
}

#[tokio::test]
async fn list_of_values_of_several_kinds_is_accepted() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    enum Any {
        Number(u32),
        Flag(bool),
        Text(String),
    }
    for fields in ["q=a&limit=5&limit=true", "q=a&limit=true&limit=5"] {
        let (status, _, text) = query::<Flat<Vec<Any>>>(fields).await;
        assert_eq!(status, 200, "{fields}: {text}");
    }
}

#[tokio::test]
async fn refusal_beside_flatten_names_its_own_field() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Counted {
        count: u8,
        #[serde(flatten)]
        limit: Limit<u8>,
    }
    assert_eq!(read::<Counted>("limit=5&count=6").await, "Counted { count: 6, limit: Limit { limit: 5 } }");
    let expected = "`count`: `x` is not an integer from 0 to 255";
    assert_eq!(refused::<Counted>("limit=5&count=x").await, expected);
    assert_eq!(refused::<Counted>("count=x&limit=5").await, expected);
}

#[tokio::test]
async fn list_of_lists_behind_flatten_is_refused_by_its_name() {
    let detail = refused::<Flat<Vec<Vec<u8>>>>("q=a&limit=5").await;
    assert_eq!(detail, "`limit`: `5` is not an array");
}

/// A link with a query, which is read while the query that holds the link is read.
#[derive(Debug)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Link(Flat<u8>);

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let uri = String::deserialize(deserializer)?;
        let request = Request::from(get(&uri));
        request.query().map(Self).map_err(D::Error::custom)
    }
}

#[tokio::test]
async fn query_may_hold_a_link_with_a_query() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Linked {
        next: Link,
        #[serde(flatten)]
        limit: Limit<u8>,
    }
    let expected = r#"Linked { next: Link(Flat { q: "a", limit: Limit { limit: 5 } }), limit: Limit { limit: 7 } }"#;
    assert_eq!(read::<Linked>("next=/?q=a%26limit=5&limit=7").await, expected);
    assert_eq!(read::<Linked>("limit=7&next=/?q=a%26limit=5").await, expected);
}

#[tokio::test]
async fn empty_values_do_not_change_other_values() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Empty {
        a: Option<u8>,
        b: Option<String>,
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Filters {
        q: Option<String>,
        #[serde(flatten)]
        rest: BTreeMap<String, Option<u8>>,
    }
    assert_eq!(read::<Behind<Empty>>("a=&b=").await, "Behind { rest: Empty { a: None, b: None } }");
    let fields = (0..30).map(|n| format!("f{n}=&")).collect::<Vec<_>>().concat();
    let all = read::<Filters>(&format!("{fields}q=word&n=5")).await;
    assert!(all.starts_with(r#"Filters { q: Some("word"), "#) && all.contains(r#""n": Some(5)"#), "{all}");
    assert_eq!(all.matches(": None").count(), 30, "{all}");

    // Without `flatten`, no value is buffered.
    assert_eq!(read::<Empty>("a=&b=").await, "Empty { a: None, b: None }");
    let all = read::<BTreeMap<String, Option<u8>>>(&format!("{fields}n=5")).await;
    assert!(all.contains(r#""n": Some(5)"#), "{all}");
    assert_eq!(all.matches(": None").count(), 30, "{all}");
}

#[tokio::test]
async fn malformed_option_behind_flatten_is_refused() {
    let page = r#"FlatOption { q: "a", page: Some(Page { limit: 5, all: true }) }"#;
    assert_eq!(read::<FlatOption>("q=a&limit=5&all=true").await, page);
    assert_eq!(read::<FlatOption>("all=on&limit=5&q=a&other=1").await, page);
    let none = r#"FlatOption { q: "a", page: None }"#;
    assert_eq!(read::<FlatOption>("q=a").await, none);
    assert_eq!(read::<FlatOption>("q=a&other=1&another=x").await, none);
    for (fields, expected) in [
        ("q=a&limit=x&all=true", "`limit`: `x` is not an integer from 0 to 4294967295"),
        ("q=a&limit=5&all=x", "`all`: `x` is not true or false"),
        ("q=a&limit=-5&all=true", "`limit`: "),
        ("q=a&limit=5&limit=6&all=true", "`limit`: "),
        ("q=a&limit=5", "`limit`: it cannot be used: missing field `all`"),
        ("q=a&all=true", "`all`: it cannot be used: missing field `limit`"),
    ] {
        let detail = refused::<FlatOption>(fields).await;
        assert!(detail.starts_with(expected), "{fields}: {detail}");
    }
}

#[tokio::test]
async fn value_of_a_variant_is_kept_beside_a_variant_without_fields() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    enum Cursor {
        Page { page: u32, size: Option<u8> },
        Token { token: String },
        Start {},
    }
    assert_eq!(read::<Cursor>("page=1").await, "Page { page: 1, size: None }");
    assert_eq!(read::<Cursor>("token=5").await, r#"Token { token: "5" }"#);
    assert_eq!(read::<Cursor>("").await, "Start");
    assert_eq!(read::<Direct<Cursor>>("q=a&token=5").await, r#"Direct { q: "a", value: Token { token: "5" } }"#);
    let by = r#"Direct { q: "a", value: Some(Text { id: "5", count: 3 }) }"#;
    assert_eq!(read::<Direct<Option<By>>>("q=a&id=5&count=3").await, by);
    assert_eq!(read::<Direct<Option<By>>>("q=a").await, r#"Direct { q: "a", value: None }"#);
    assert_eq!(refused::<Cursor>("page=x").await, "`page`: `x` is not an integer from 0 to 4294967295");
    let detail = refused::<Cursor>("size=1").await;
    assert!(detail.starts_with("`size`: it cannot be used: "), "{detail}");
    let detail = refused::<Direct<Option<By>>>("q=a&id=5&count=x").await;
    assert!(detail.starts_with("`count`: `x` is not an integer"), "{detail}");
}

#[tokio::test]
async fn value_does_not_depend_on_the_values_after_it() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    enum Any {
        Integer(i64),
        Number(f64),
        Flag(bool),
        Text(String),
    }
    let all = r#"Behind { rest: {"a": Number(1.5), "b": Flag(true), "c": Text(""), "d": Integer(7)} }"#;
    for fields in ["a=1.5&b=true&c=&d=7", "d=7&c=&b=true&a=1.5", "c=&d=7&a=1.5&b=true", "b=true&a=1.5&d=7&c="] {
        assert_eq!(read::<Behind<BTreeMap<String, Any>>>(fields).await, all, "{fields}");
    }
}

#[tokio::test]
async fn unknown_field_behind_flatten_is_the_only_one_named() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Strict {
        q: String,
        #[serde(flatten)]
        limit: Limit<u8>,
    }
    assert_eq!(refused::<Strict>("q=a&limit=1&other=2").await, "unknown field `other`");
}

#[tokio::test]
async fn map_behind_flatten_has_any_size() {
    assert_eq!(read::<Rest<u32>>("name=7&a=1&b=2").await, r#"Rest { name: "7", rest: {"a": 1, "b": 2} }"#);
    assert_eq!(read::<Rest<String>>("name=x&a=1&b=02").await, r#"Rest { name: "x", rest: {"a": "1", "b": "02"} }"#);
    assert_eq!(
        read::<Rest<Vec<u8>>>("name=x&a=1&a=2&b=3").await,
        r#"Rest { name: "x", rest: {"a": [1, 2], "b": [3]} }"#
    );
    let many: BTreeMap<String, u32> = (0..5000).map(|n| (format!("k{n}"), n)).collect();
    let fields: Vec<_> = many.iter().map(|(name, n)| format!("&{name}={n}")).collect();
    let fields = fields.concat();
    let expected = format!(r#"Rest {{ name: "7", rest: {many:?} }}"#);
    assert_eq!(read::<Rest<u32>>(&format!("name=7{fields}")).await, expected);
    let detail = refused::<Rest<u32>>(&format!("name=7{fields}&last=x")).await;
    assert!(detail.starts_with("`last`: `x` is not an integer"), "{detail}");
    assert_eq!(read::<Numbered>("name=1&7=true").await, r#"Numbered { name: "1", rest: {7: true} }"#);
}

#[tokio::test]
async fn tagged_and_untagged_enums_are_read() {
    assert_eq!(read::<Internal>("kind=circle&radius=2.5").await, "Circle { radius: 2.5 }");
    assert_eq!(read::<Internal>("radius=2&kind=circle").await, "Circle { radius: 2.0 }");
    assert_eq!(read::<Internal>("kind=named&name=5&count=5").await, r#"Named { name: "5", count: Some(5) }"#);
    assert_eq!(read::<Internal>("count=&kind=named&name=5").await, r#"Named { name: "5", count: None }"#);
    assert_eq!(read::<Internal>("kind=empty").await, "Empty");
    assert_eq!(refused::<Internal>("kind=circle&radius=x").await, "`radius`: `x` is not a number");
    assert_eq!(refused::<Internal>("kind=circle").await, "missing field `radius`");
    assert_eq!(refused::<Internal>("radius=1").await, "missing field `kind`");
    assert!(refused::<Internal>("kind=x").await.starts_with("`kind`: unknown variant `x`"));
    for (fields, value) in [
        ("kind=number&value=-7", "Number(-7)"),
        ("value=-7&kind=number", "Number(-7)"),
        ("value=7&kind=text", r#"Text("7")"#),
        ("value=7&kind=list", "List([7])"),
        ("value=7&kind=list&value=8", "List([7, 8])"),
        ("kind=list&value=7", "List([7])"),
        ("value=true&kind=flag", "Flag(true)"),
    ] {
        assert_eq!(read::<Adjacent>(fields).await, value, "{fields}");
    }
    assert_eq!(read::<Plain<Id>>("a=5").await, "Plain { a: Number(5) }");
    assert_eq!(read::<Plain<Id>>("a=five").await, r#"Plain { a: Text("five") }"#);
    assert_eq!(read::<Plain<Id>>("a=").await, r#"Plain { a: Text("") }"#);
    assert_eq!(read::<Plain<Vec<Id>>>("a=5&a=x").await, r#"Plain { a: [Number(5), Text("x")] }"#);
    assert_eq!(read::<Plain<Vec<Id>>>("a=5&a=").await, r#"Plain { a: [Text("5"), Text("")] }"#);
    assert_eq!(read::<Plain<Option<Id>>>("b=5").await, "Plain { a: None }");
    assert_eq!(read::<By>("id=5&exact=true").await, "Number { id: 5, exact: true }");
    assert_eq!(read::<By>("id=5&count=3").await, r#"Text { id: "5", count: 3 }"#);
    assert_eq!(read::<By>("id=x&count=3").await, r#"Text { id: "x", count: 3 }"#);
    let detail = refused::<By>("name=x").await;
    assert!(!detail.contains("By") && !detail.contains("untagged"), "{detail}");
}

#[tokio::test]
async fn path_values_behind_a_buffer_are_read() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Tail {
        q: String,
        #[serde(flatten)]
        rest: BTreeMap<String, Vec<u8>>,
    }
    async fn of<T: DeserializeOwned + Debug + Send + 'static>(pattern: &str, uri: &str) -> String {
        let (status, _, text) = path::<T>(pattern, uri).await;
        assert_eq!(status, 200, "{uri}: {text}");
        text
    }
    assert_eq!(of::<Flat<u8>>("/{q}/{limit}", "/7/7").await, r#"Flat { q: "7", limit: Limit { limit: 7 } }"#);
    assert_eq!(of::<Flat<bool>>("/{q}/{limit}", "/7/true").await, r#"Flat { q: "7", limit: Limit { limit: true } }"#);
    let page = r#"FlatOption { q: "7", page: Some(Page { limit: 5, all: true }) }"#;
    assert_eq!(of::<FlatOption>("/{q}/{limit}/{all}", "/7/5/true").await, page);
    assert_eq!(of::<Internal>("/{kind}/{radius}", "/circle/1.5").await, "Circle { radius: 1.5 }");
    assert_eq!(of::<Plain<Id>>("/{a}", "/5").await, "Plain { a: Number(5) }");
    assert_eq!(of::<Tail>("/{q}/{*tail}", "/7/1/2").await, r#"Tail { q: "7", rest: {"tail": [1, 2]} }"#);
    assert_eq!(of::<Rest<String>>("/{name}/{*tail}", "/7/1/2").await, r#"Rest { name: "7", rest: {"tail": "1/2"} }"#);
    for (response, expected) in [
        (path::<Flat<u8>>("/{q}/{limit}", "/7/x").await, "the parameter `limit`: `x` is not an integer from 0 to 255"),
        (path::<Flat<u8>>("/{q}/{limit}", "/7/300").await, "the parameter `limit`: "),
        (path::<FlatOption>("/{q}/{limit}/{all}", "/7/5/x").await, "the parameter `all`: `x` is not true or false"),
        (path::<Plain<f32>>("/{a}", "/1e39").await, "the parameter `a`: `1e39` is not a number"),
    ] {
        let (status, detail) = status_and_detail(&response);
        assert_eq!(status, 400, "{detail}");
        assert!(detail.starts_with(expected), "{detail}");
    }
}

#[tokio::test]
async fn empty_values_of_different_types_are_told_apart() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Search {
        q: Option<String>,
        #[serde(flatten)]
        page: Paging,
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Paging {
        limit: Option<u32>,
        after: Option<String>,
    }
    for fields in ["limit=&q=&after=", "q=&after=&limit=", "limit&q&after", "after=&q=&limit=&=", "%6Cimit=&q=&after="]
    {
        let read = "Search { q: None, page: Paging { limit: None, after: None } }";
        let (status, _, text) = query::<Search>(fields).await;
        assert_eq!((status.as_u16(), text.as_str()), (200, read), "{fields}");
    }
}

#[tokio::test]
async fn empty_text_beside_an_empty_option_behind_flatten_is_kept() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Search {
        #[serde(flatten)]
        page: Paging,
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Paging {
        q: String,
        limit: Option<u32>,
        after: Option<String>,
        sort: Option<Vec<String>>,
    }
    let page = r#"Search { page: Paging { q: "", limit: None, after: None, sort: None } }"#;
    for fields in ["q=&limit=&after=&sort=", "sort=&after=&limit=&q=", "q=&after="] {
        assert_eq!(read::<Search>(fields).await, page, "{fields}");
    }
    let detail = refused::<Flat<u8>>("q=a&limit=").await;
    assert_eq!(detail, "`limit`: `` is not an integer from 0 to 255");
}

#[tokio::test]
async fn variant_is_not_read_from_its_index() {
    assert!(refused::<Internal>("kind=1&name=x").await.starts_with("`kind`: unknown variant `1`"));
    assert!(refused::<Adjacent>("kind=1&value=x").await.starts_with("`kind`: unknown variant `1`"));
    let (status, detail) = status_and_detail(&path::<Internal>("/{kind}/{name}", "/1/x").await);
    assert_eq!(status, 400, "{detail}");
    assert!(detail.starts_with("the parameter `kind`: unknown variant `1`"), "{detail}");
}

#[tokio::test]
async fn value_behind_many_unknown_names_is_not_lost() {
    let unknown = (0..40).map(|n| format!("u{n}=1&")).collect::<Vec<_>>().concat();
    for page in ["limit=x&all=true", "limit=5"] {
        let (status, _, text) = query::<FlatOption>(&format!("q=a&{unknown}{page}")).await;
        assert_eq!(status, 400, "{page}: {text}");
    }
}

#[tokio::test]
async fn many_fields_of_several_kinds_are_read_behind_a_buffer() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Many {
        #[serde(flatten)]
        numbers: Numbers,
        #[serde(flatten)]
        others: Others,
    }
    macro_rules! numbers {
        ($($name:ident)*) => {
            #[derive(Debug, Deserialize)]
            #[allow(dead_code, reason = "it is read")]
            struct Numbers { $($name: u32,)* }
            const NAMES: &[&str] = &[$(stringify!($name)),*];
        };
    }
    numbers!(a b c d e f g h i j k l m n o p q r s t);
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Others {
        flag: bool,
        list: Vec<u8>,
        name: String,
        note: Option<String>,
    }
    let fields = NAMES.iter().map(|name| format!("{name}=7&")).collect::<Vec<_>>().concat();
    let (status, _, text) = query::<Many>(&format!("{fields}flag=true&list=5&name=x&note=y")).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.ends_with(r#"Others { flag: true, list: [5], name: "x", note: Some("y") } }"#), "{text}");
}

#[tokio::test]
async fn many_blank_fields_are_none() {
    let fields = (0..200).map(|n| format!("k{n}=&")).collect::<Vec<_>>().concat();
    let (status, _, text) = form::<HashMap<String, Option<u32>>>(&fields).await;
    assert_eq!((status.as_u16(), text.matches("None").count()), (200, 200), "{text}");
}

#[tokio::test]
async fn empty_name_beside_many_blank_fields_is_a_text() {
    let fields = (0..200).map(|n| format!("k{n}=&")).collect::<Vec<_>>().concat();
    let text = read::<Vec<(Value, Option<u32>)>>(&format!("{fields}=7")).await;
    assert!(text.starts_with(r#"[(String("k0"), None), "#) && text.ends_with(r#", (String(""), Some(7))]"#), "{text}");
}

#[tokio::test]
async fn many_refused_values_are_compared_in_linear_time() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    enum FlagOrNumber {
        Flag(bool),
        Number(f64),
    }
    // Each value is refused as a flag. Comparing each value with each refusal would take minutes.
    let fields = (0..60_000).map(|n| format!("a{n}={}&", 100_000 + n)).collect::<Vec<_>>().concat();
    let (status, _, text) = form::<HashMap<String, FlagOrNumber>>(&format!("{fields}z=x")).await;
    assert_eq!(status, 422, "{text}");
}

#[tokio::test]
async fn list_of_the_wrong_length_is_400() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Color {
        rgb: [u8; 3],
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Painted {
        #[serde(flatten)]
        color: Color,
    }
    let (status, _, text) = query::<Painted>("rgb=1&rgb=2&rgb=3").await;
    assert_eq!((status.as_u16(), text.as_str()), (200, "Painted { color: Color { rgb: [1, 2, 3] } }"));
    for fields in ["rgb=1&rgb=2", "rgb=1&rgb=2&rgb=3&rgb=4", "rgb=1", "rgb="] {
        let (status, _, text) = query::<Painted>(fields).await;
        assert_eq!(status, 400, "{fields}: {text}");
    }
}

#[tokio::test]
async fn custom_visitor_message_is_400_and_not_500() {
    #[derive(Debug)]
    struct Unit;

    impl<'de> Deserialize<'de> for Unit {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            let expected = if text == "lb" { "struct or unit of measure" } else { "unit of measure" };
            let unexpected = serde::de::Unexpected::Str(&text);
            (text == "kg").then_some(Self).ok_or(D::Error::invalid_type(unexpected, &expected))
        }
    }

    assert_eq!(query::<Plain<Unit>>("a=kg").await.0, 200);
    assert_eq!(query::<Plain<Unit>>("a=x").await.0, 400);
    assert_eq!(query::<Plain<Unit>>("a=lb").await.0, 400);
}

#[tokio::test]
async fn type_is_deserialized_a_bounded_number_of_times() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static MADE: AtomicUsize = AtomicUsize::new(0);

    #[derive(Debug)]
    struct Counted;

    impl<'de> Deserialize<'de> for Counted {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            MADE.fetch_add(1, Ordering::Relaxed);
            u32::deserialize(deserializer).map(|_| Self)
        }
    }

    for count in [100, 1000, 10_000] {
        MADE.store(0, Ordering::Relaxed);
        let fields: Vec<_> = (0..count).map(|n| format!("&k{n}={n}")).collect();
        let (status, ..) = form::<Rest<Counted>>(&format!("name=x{}", fields.concat())).await;
        assert_eq!(status, 200);
        let made = MADE.load(Ordering::Relaxed);
        assert!(made < 3 * count + 1000, "{made} of {count}");
    }
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Some4<Limit> {
    limit: Limit,
    all: bool,
    tag: Vec<i8>,
    sort: Option<Sort>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Flat4<Limit> {
    #[serde(flatten)]
    some: Some4<Limit>,
}

/// Checks that these fields read as a type and as that type behind `flatten` give the same result.
async fn same<T: DeserializeOwned + Debug + Send + 'static>(fields: &str) {
    let (plain, _, plain_text) = query::<Some4<T>>(fields).await;
    let (flat, _, flat_text) = query::<Flat4<T>>(fields).await;
    assert_eq!(plain, flat, "{fields}: {plain_text} {flat_text}");
    let flat_text = flat_text.replace("Flat4 { some: ", "");
    assert!(plain != 200 || format!("{plain_text} }}") == flat_text, "{plain_text} {flat_text}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A type behind `flatten` accepts and refuses the same fields as without `flatten`. Only `-0` differs: behind a
    /// buffer, an unsigned type reads it as 0.
    #[test]
    fn flattened_type_reads_as_the_type_itself(
        fields in prop::collection::vec(
            (
                prop::sample::select(vec!["limit", "all", "tag", "sort", "x"]),
                prop_oneof![
                    prop::sample::select(vec!["", "5", "-5", "007", "1.5", "1e2", "true", "on", "name", "+1", "NaN"]),
                    prop::sample::select(vec!["true", "9", "128", "4294967296", "1e39", "18446744073709551616"]),
                ],
            ),
            0..7,
        ),
    ) {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", value.replace('+', "%2B"))).collect();
        let fields = fields.join("&");
        tokio_test::block_on(async {
            same::<u32>(&fields).await;
            same::<Option<i64>>(&fields).await;
            same::<f32>(&fields).await;
            same::<String>(&fields).await;
            same::<Option<char>>(&fields).await;
            same::<Vec<Option<f64>>>(&fields).await;
        });
    }
}

// Types that cannot be read from any request

/// The result of registering a handler with this argument.
fn registered<A: FromRequest + Send + 'static>() -> Result<(), String> {
    RouteHandlers::new().try_route("/", post(async |_: A| ())).map(drop).map_err(|error| error.to_string())
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "it is never made")]
struct Nested {
    inner: Plain<u8>,
}

#[derive(Deserialize)]
#[serde(tag = "kind")]
#[allow(dead_code, reason = "it is never made")]
enum Wide {
    Narrow { n: u8 },
    Wide { n: u128 },
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "it is never made")]
enum Contents {
    One(u8),
    Two { a: u8 },
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Direct<T> {
    q: String,
    #[serde(flatten)]
    value: T,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
enum Mixed {
    One(u8),
    Two,
}

#[test]
fn unreadable_type_is_refused_at_registration() {
    fn refused<T: DeserializeOwned + Send + 'static>(expected: &str) {
        for (result, by) in [
            (registered::<Query<T>>(), "Query"),
            (registered::<Form<T>>(), "Form"),
            (registered::<Option<Query<T>>>(), "Query"),
        ] {
            let reason = result.expect_err(expected);
            assert!(reason.contains(by) && reason.contains(expected), "{reason}");
        }
    }
    refused::<Nested>("the field `inner`: a parameter is text, not the struct `Plain`");
    refused::<Plain<Duration>>("the struct `Duration`");
    refused::<Plain<Option<Duration>>>("the struct `Duration`");
    refused::<Plain<Vec<Duration>>>("the struct `Duration`");
    refused::<Plain<(u8, Duration)>>("the struct `Duration`");
    refused::<Plain<[(u8, u8); 2]>>("a tuple of 2");
    refused::<Plain<()>>("nothing");
    refused::<Plain<HashMap<String, u8>>>("a map");
    refused::<Plain<Contents>>("each variant of the enum has content");
    refused::<Plain<Option<Contents>>>("each variant of the enum has content");
    refused::<HashMap<String, Nested>>("the struct `Nested`");
    refused::<Rest<Nested>>("struct Nested");
    refused::<Flat<u128>>("u128 is not supported behind `flatten`");
    refused::<Flat<i128>>("i128 is not supported behind `flatten`");
    refused::<Wide>("u128 is not supported behind");
    refused::<Direct<Wide>>("u128 is not supported behind");
    refused::<Direct<u32>>("can only flatten structs and maps");
    refused::<Option<Plain<u8>>>("`Option<Query<T>>`");
    refused::<(u8, u8)>("a tuple");
    refused::<u8>("an integer");
    refused::<String>("a string");
    refused::<Contents>("the enum `Contents`");
    refused::<Vec<u8>>("a pair of a name and a value, not an integer from 0 to 255");
    refused::<Vec<Option<(String, String)>>>("a pair of a name and a value, not");
    refused::<Vec<HashMap<String, String>>>("a pair of a name and a value, not");
    refused::<Vec<[String; 3]>>("a pair of a name and a value, not an array of 3 elements");
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct NameAndValue((String, u8));

/// Says that a field is missing, whether it is there or not.
struct AlwaysMissing;

impl<'de> Deserialize<'de> for AlwaysMissing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        HashMap::<String, Vec<String>>::deserialize(deserializer)?;
        Err(D::Error::missing_field("a"))
    }
}

#[test]
fn readable_type_is_accepted_at_registration() {
    fn accepted<T: DeserializeOwned + Send + 'static>() {
        assert_eq!(registered::<Query<T>>(), Ok(()));
        assert_eq!(registered::<Form<T>>(), Ok(()));
    }
    accepted::<Plain<u128>>();
    accepted::<Plain<(u8, String)>>();
    accepted::<Plain<Option<[f64; 2]>>>();
    accepted::<Plain<IpAddr>>();
    accepted::<Plain<Option<Vec<Sort>>>>();
    accepted::<Plain<Mixed>>();
    accepted::<Plain<Id>>();
    accepted::<Plain<Value>>();
    accepted::<Flat<u8>>();
    accepted::<FlatOption>();
    accepted::<Internal>();
    accepted::<Adjacent>();
    accepted::<By>();
    accepted::<Id>();
    accepted::<Rest<Vec<bool>>>();
    accepted::<HashMap<u32, char>>();
    accepted::<Vec<(String, f32)>>();
    accepted::<Vec<NameAndValue>>();
    accepted::<Vec<[String; 2]>>();
    accepted::<Value>();
    accepted::<AlwaysMissing>();
    accepted::<()>();
}

/// A number that is checked after it is read, as by `deserialize_with` and by the types of many crates.
#[derive(Debug, Deserialize)]
#[serde(try_from = "u8")]
struct Even(#[allow(dead_code, reason = "only its `Debug` text is read")] u8);

impl TryFrom<u8> for Even {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        if number % 2 == 0 { Ok(Self(number)) } else { Err(format!("{number} is odd")) }
    }
}

#[tokio::test]
async fn refusal_of_a_value_that_was_read_names_its_field() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Two {
        #[serde(flatten)]
        first: Plain<Even>,
        #[serde(flatten)]
        second: Limit<Option<Even>>,
    }
    assert_eq!(read::<Plain<Even>>("a=2").await, "Plain { a: Even(2) }");
    assert_eq!(refused::<Plain<Even>>("a=3").await, "`a`: 3 is odd");
    assert_eq!(refused::<Plain<Option<Even>>>("a=3").await, "`a`: 3 is odd");
    assert_eq!(refused::<Plain<Vec<Even>>>("a=2&a=3").await, "`a`: 3 is odd");
    assert_eq!(refused::<Plain<(Even, Even)>>("a=2&a=3").await, "`a`: 3 is odd");
    assert_eq!(refused::<HashMap<String, Even>>("b=2&c=3").await, "`c`: 3 is odd");
    assert_eq!(refused::<Vec<(String, Even)>>("b=2&c=3").await, "`c`: 3 is odd");
    for fields in ["a=3&limit=2", "limit=2&a=3", "x=5&limit=5&a=3"] {
        assert_eq!(refused::<Two>(fields).await, "`a`: 3 is odd", "{fields}");
    }
    for fields in ["a=2&limit=3", "limit=3&a=2", "limit=3&x=5&a=2"] {
        assert_eq!(refused::<Two>(fields).await, "`limit`: 3 is odd", "{fields}");
    }
    for (pattern, uri) in [("/{b}", "/3"), ("/{a}/{b}", "/2/3")] {
        let responses = if pattern == "/{b}" {
            vec![path::<Even>(pattern, uri).await, path::<(Even,)>(pattern, uri).await]
        } else {
            vec![path::<(Even, Even)>(pattern, uri).await, path::<BTreeMap<String, Even>>(pattern, uri).await]
        };
        for response in responses {
            assert_eq!(status_and_detail(&response), (400, "the parameter `b`: 3 is odd".into()), "{uri}");
        }
    }
}

#[tokio::test]
async fn repeated_value_behind_flatten_names_its_field() {
    for fields in ["q=a&limit=5&limit=6", "limit=5&x=1&limit=6&q=a"] {
        assert_eq!(
            refused::<Flat<u8>>(fields).await,
            "`limit`: it is given more than once, expected an integer from 0 to 255"
        );
    }
    assert_eq!(
        refused::<Rest<String>>("name=x&a=1&b=1&b=2").await,
        "`b`: it is given more than once, expected a string"
    );
    let detail = refused::<FlatOption>("q=a&all=true&limit=5&limit=6").await;
    assert!(detail.starts_with("`limit`: "), "{detail}");
}

#[tokio::test]
async fn variant_that_text_cannot_be_is_the_mistake_of_the_client() {
    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind", content = "value", rename_all = "lowercase")]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    enum Any {
        Number(u8),
        Struct(Plain<u8>),
        Fields { a: u8 },
        Map(BTreeMap<String, u8>),
        Pair(u8, u8),
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Named {
        id: u8,
        #[serde(flatten)]
        sort: Sort,
    }
    assert_eq!(read::<Any>("kind=number&value=5").await, "Number(5)");
    for kind in ["struct", "fields", "map"] {
        for fields in [format!("kind={kind}&value=5"), format!("value=5&kind={kind}")] {
            let detail = refused::<Any>(&fields).await;
            assert!(detail.starts_with("`value`: `5` is not "), "{fields}: {detail}");
        }
        let (status, detail) = status_and_detail(&path::<Any>("/{kind}/{value}", &format!("/{kind}/5")).await);
        assert_eq!(status, 400, "{detail}");
        assert!(detail.starts_with("the parameter `value`: `5` is not "), "{detail}");
    }
    let detail = status_and_detail(&path::<Any>("/{kind}/{value}", "/pair/5").await);
    assert_eq!(detail, (400, "the parameter `value`: it is one segment, not a tuple".into()));
    assert_eq!(read::<Named>("id=1&name").await, "Named { id: 1, sort: Name }");
    assert_eq!(refused::<Named>("id=1&name=5").await, "`name`: `5` is not null");
}

#[test]
fn field_of_a_path_is_no_pair() {
    let result = RouteHandlers::new().try_on(Method::GET, "/{a}", async |_: Path<Plain<(String, u8)>>| ());
    let reason = result.expect_err("a segment is no tuple").to_string();
    assert!(reason.contains("`a` is one segment, not a tuple: take one value, or write `{*a}`"), "{reason}");
}

#[tokio::test]
async fn name_of_a_variant_with_content_is_refused() {
    assert_eq!(read::<Plain<Mixed>>("a=Two").await, "Plain { a: Two }");
    assert!(refused::<Plain<Mixed>>("a=One").await.starts_with("`a`: a variant with content"));
}

// JSON

#[tokio::test]
async fn same_types_are_read_from_json() {
    async fn of<T: DeserializeOwned + Debug + Send + 'static>(body: Value) -> ReceivedResponse {
        let api = RouteHandlers::new().post("/", async |Json(value): Json<T>| show(value));
        send(api, post_json("/", body.to_string())).await
    }
    let page = r#"FlatOption { q: "a", page: Some(Page { limit: 5, all: true }) }"#;
    assert_eq!(of::<FlatOption>(json!({"q": "a", "limit": 5, "all": true})).await.2, page);
    assert_eq!(of::<Plain<Id>>(json!({"a": 5})).await.2, "Plain { a: Number(5) }");
    assert_eq!(of::<Internal>(json!({"kind": "circle", "radius": 2})).await.2, "Circle { radius: 2.0 }");
    assert_eq!(of::<Flat<u8>>(json!({"q": "a", "limit": "5"})).await.0, 422);
}

#[tokio::test]
async fn empty_optional_query_is_none() {
    let api = RouteHandlers::new().get("/", async |query: Option<Query<Plain<u8>>>| show(query));
    for uri in ["/", "/?"] {
        assert_eq!(send_get(api.clone(), uri).await, (200, "None".into()), "{uri}");
    }
    assert_eq!(send_get(api.clone(), "/?a=1").await, (200, "Some(Query(Plain { a: 1 }))".into()));
    assert_eq!(problem(&send(api, get("/?b=1")).await)["status"], 400);
}
