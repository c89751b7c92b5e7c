//! `Valid`: values are checked before the handler runs, and the response lists all faults.

use std::collections::BTreeMap;

use http::StatusCode;
use route_handlers::extract::{Fault, Validate};
use route_handlers::openapi::Info;
use route_handlers::testing::{Client, TestResponse};
use route_handlers::{Form, Head, Json, Path, Query, RouteHandlers, Valid, documented, get, post};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize, garde::Validate, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Order {
    #[garde(length(chars, min = 1, max = 10))]
    customer_name: String,
    #[garde(email)]
    #[serde(rename = "e-mail")]
    email: String,
    #[garde(length(min = 1, max = 200), dive)]
    items: Vec<Item>,
    #[garde(dive)]
    address: Address,
    #[garde(dive)]
    #[serde(default)]
    by_name: BTreeMap<String, Item>,
    #[garde(required)]
    accepted_terms: Option<bool>,
    #[garde(inner(range(max = 5)))]
    #[serde(default)]
    marks: Vec<u8>,
    #[garde(range(min = 1))]
    #[serde(default)]
    code: Option<u32>,
}

#[derive(Deserialize, garde::Validate, JsonSchema)]
struct Item {
    #[garde(range(min = 1, max = 99))]
    count: u8,
    #[garde(length(chars, min = 1))]
    article: String,
}

#[derive(Deserialize, garde::Validate, JsonSchema)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
struct Address {
    #[garde(pattern("^[0-9]{5}$"))]
    zip_code: String,
    #[garde(ascii)]
    country: String,
}

fn order() -> Value {
    json!({
        "customerName": "Ada", "e-mail": "ada@example.com", "items": [{ "count": 1, "article": "pen" }],
        "address": { "ZIP-CODE": "12345", "COUNTRY": "de" }, "acceptedTerms": true,
    })
}

fn orders() -> Client {
    Client::new(RouteHandlers::new().post("/", async |Valid(Json(order)): Valid<Json<Order>>| order.customer_name))
}

/// Returns the places and the details of the faults.
#[track_caller]
fn faults(response: &TestResponse) -> Vec<(String, String)> {
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{}", response.text());
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Value = response.json();
    let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("{problem}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    errors
        .iter()
        .map(|error| {
            assert_eq!(error.as_object().map(serde_json::Map::len), Some(2), "{error}");
            let place = error.get("pointer").or(error.get("parameter")).expect("a place");
            (text(place), text(&error["detail"]))
        })
        .collect()
}

#[track_caller]
fn places(response: &TestResponse) -> Vec<String> {
    faults(response).into_iter().map(|(place, _)| place).collect()
}

#[tokio::test]
async fn valid_value_reaches_the_handler() {
    let response = orders().post("/").json(&order()).await;
    assert_eq!((response.status(), response.text()), (StatusCode::OK, "Ada".into()));
}

#[tokio::test]
async fn all_faults_are_listed_in_the_order_of_the_fields() {
    let mut body = order();
    body["customerName"] = "".into();
    body["items"] =
        json!([{ "count": 1, "article": "a" }, { "article": "", "count": 0 }, { "count": 100, "article": "b" }]);
    body["address"] = json!({ "COUNTRY": "é", "ZIP-CODE": "1" });
    body["by_name"] = json!("no field has this name");
    body["byName"] = json!({ "a/b~c": { "count": 0, "article": "a" } });
    body["acceptedTerms"] = Value::Null;
    body["marks"] = json!([1, 6]);
    body["code"] = 0.into();
    let response = orders().post("/").json(&body).await;
    assert_eq!(
        places(&response),
        [
            "/customerName",
            "/items/1/count",
            "/items/1/article",
            "/items/2/count",
            "/address/ZIP-CODE",
            "/address/COUNTRY",
            "/byName/a~1b~0c/count",
            "/acceptedTerms",
            "/marks/1",
            "/code",
        ]
    );
    let faults = faults(&response);
    assert_eq!(faults[0].1, "length is lower than 1");
    assert_eq!(response.json::<Value>()["detail"], "10 values are invalid");
    assert!(!response.text().contains("Order") && !response.text().contains("::"), "{}", response.text());
}

#[tokio::test]
async fn absent_member_has_its_name_in_the_body() {
    let mut body = order();
    body.as_object_mut().unwrap().remove("acceptedTerms");
    let response = orders().post("/").json(&body).await;
    assert_eq!(places(&response), ["/acceptedTerms"]);
}

#[derive(Deserialize, garde::Validate)]
#[serde(rename_all = "camelCase")]
struct Booking {
    #[garde(required)]
    guest_name: Option<String>,
    #[garde(length(max = 9))]
    contact: BTreeMap<String, String>,
    #[garde(dive)]
    room: Option<Room>,
}

#[derive(Deserialize, garde::Validate)]
enum Room {
    Single {
        #[garde(required)]
        guest_name: Option<String>,
    },
    Named(#[garde(dive)] Names),
    Double(#[garde(dive)] Names, #[garde(dive)] Names),
    Wrapped(#[garde(dive)] Wrapped),
    Family {
        #[garde(dive)]
        flat: Flattened,
    },
}

#[derive(Deserialize, garde::Validate)]
struct Wrapped(#[garde(dive)] Names);

#[derive(Deserialize, garde::Validate)]
struct Flattened {
    #[garde(dive)]
    #[serde(flatten)]
    names: Names,
}

#[derive(Deserialize, garde::Validate)]
struct Names {
    #[garde(required)]
    first: Option<String>,
}

#[tokio::test]
async fn absent_member_is_not_that_of_another_object() {
    let api = Client::new(RouteHandlers::new().post("/", async |_: Valid<Json<Booking>>| ""));
    for (body, expected) in [
        (json!({ "contact": { "guestName": "Ada" } }), "/guestName"),
        (json!({ "contact": { "guest_name": "Ada" }, "room": null }), "/guestName"),
        (json!({ "guestName": "Ada", "contact": {}, "room": { "Single": {} } }), "/room/Single/guest_name"),
        (json!({ "guestName": "Ada", "contact": {}, "room": { "Named": {} } }), "/room/Named/first"),
        (
            json!({ "guestName": "Ada", "contact": {}, "room": { "Double": [{ "first": "a" }, {}] } }),
            "/room/Double/1/first",
        ),
        (
            json!({ "guestName": "Ada", "contact": {}, "room": { "Double": [{}, { "first": "a" }] } }),
            "/room/Double/0/first",
        ),
        (json!({ "guestName": "Ada", "contact": {}, "room": { "Wrapped": {} } }), "/room/Wrapped/first"),
        (json!({ "guestName": "Ada", "contact": {}, "room": { "Family": { "flat": {} } } }), "/room/Family/flat/first"),
    ] {
        assert_eq!(places(&api.post("/").json(&body).await), [expected], "{body}");
    }
}

#[tokio::test]
async fn names_that_differ_in_a_separator_are_told_apart() {
    #[derive(Deserialize, garde::Validate)]
    struct Address {
        #[garde(range(max = 9))]
        line1: u8,
        #[garde(range(max = 9))]
        line_1: u8,
    }
    let api = Client::new(
        RouteHandlers::new()
            .post("/", async |_: Valid<Json<Address>>| "")
            .get("/", async |_: Valid<Query<Address>>| ""),
    );
    for (line1, line_1, expected) in [(1, 10, "line_1"), (10, 1, "line1")] {
        let body = json!({ "line1": line1, "line_1": line_1 });
        assert_eq!(places(&api.post("/").json(&body).await), [format!("/{expected}")]);
        assert_eq!(places(&api.get("/").query(&body).await), [expected]);
    }
}

#[tokio::test]
async fn byte_order_mark_does_not_change_the_pointer() {
    let mut body = order();
    body["customerName"] = "".into();
    let text = format!("\u{feff}{body}");
    let response = orders().post("/").header("content-type", "application/json").body(text).await;
    assert_eq!(places(&response), ["/customerName"]);
}

#[tokio::test]
async fn value_of_another_shape_is_refused_before_it_is_validated() {
    let response = orders().post("/").json(&json!({ "customerName": 5 })).await;
    assert_eq!(response.status(), 422);
    let problem: Value = response.json();
    assert_eq!((&problem["path"], problem.get("errors")), (&json!("customerName"), None));
}

#[derive(Deserialize, garde::Validate)]
#[serde(rename_all = "camelCase")]
struct Shapes {
    #[garde(dive)]
    first_shape: Shape,
    #[garde(dive)]
    #[serde(flatten)]
    size_of: Size,
    #[garde(dive)]
    percent: Percent,
}

#[derive(Deserialize, garde::Validate)]
enum Shape {
    Circle {
        #[garde(range(min = 1))]
        radius: i32,
    },
    Line(#[garde(range(max = 9))] u8, #[garde(range(max = 9))] u8),
}

#[derive(Deserialize, garde::Validate)]
struct Size {
    #[garde(range(max = 9))]
    width: u8,
}

#[derive(Deserialize, garde::Validate)]
struct Percent(#[garde(range(max = 100))] u8);

#[tokio::test]
async fn pointer_leads_into_variants_flattened_fields_and_newtypes() {
    let api = Client::new(RouteHandlers::new().post("/", async |_: Valid<Json<Shapes>>| ""));
    let circle = json!({ "firstShape": { "Circle": { "radius": 0 } }, "width": 10, "percent": 101 });
    assert_eq!(places(&api.post("/").json(&circle).await).len(), 3);
    for (body, place) in [
        (json!({ "firstShape": { "Circle": { "radius": 0 } }, "width": 1, "percent": 1 }), "/firstShape/Circle/radius"),
        (json!({ "firstShape": { "Line": [1, 10] }, "width": 1, "percent": 1 }), "/firstShape/Line/1"),
        (json!({ "firstShape": { "Line": [1, 1] }, "width": 10, "percent": 1 }), "/width"),
        (json!({ "firstShape": { "Line": [1, 1] }, "width": 1, "percent": 101 }), "/percent"),
    ] {
        assert_eq!(places(&api.post("/").json(&body).await), [place], "{body}");
    }
}

#[derive(Deserialize, garde::Validate)]
#[serde(tag = "kind", content = "value")]
enum Amount {
    Cents(#[garde(range(min = 1))] u32),
    Text(#[garde(length(chars, min = 2))] String),
    Item(#[garde(dive)] Item),
    Fields {
        #[garde(range(min = 1))]
        count: u8,
    },
}

#[derive(Deserialize, garde::Validate)]
enum Plain {
    Cents(#[garde(range(min = 1))] u32),
    Item(#[garde(dive)] Item),
}

#[derive(Deserialize, garde::Validate)]
struct Amounts {
    #[garde(dive)]
    amounts: Vec<Amount>,
    #[garde(dive)]
    plain: Plain,
}

#[tokio::test]
async fn pointer_leads_to_the_content_of_a_variant_with_one_field() {
    let api = Client::new(
        RouteHandlers::new()
            .post("/amounts", async |_: Valid<Json<Amounts>>| "")
            .post("/amount", async |_: Valid<Json<Amount>>| ""),
    );
    let item = json!({ "count": 0, "article": "a" });
    let body = json!({
        "amounts": [
            { "kind": "Cents", "value": 1 }, { "kind": "Cents", "value": 0 }, { "value": "a", "kind": "Text" },
            { "kind": "Item", "value": item }, { "kind": "Fields", "value": { "count": 0 } },
        ],
        "plain": { "Cents": 0 },
    });
    assert_eq!(
        places(&api.post("/amounts").json(&body).await),
        ["/amounts/1/value", "/amounts/2/value", "/amounts/3/value/count", "/amounts/4/value/count", "/plain/Cents",]
    );
    let body = json!({ "amounts": [], "plain": { "Item": item } });
    assert_eq!(places(&api.post("/amounts").json(&body).await), ["/plain/Item/count"]);
    let response = api.post("/amount").json(&json!({ "kind": "Cents", "value": 0 })).await;
    assert_eq!(places(&response), ["/value"]);
}

#[derive(Deserialize, garde::Validate)]
enum Expression {
    Not(#[garde(dive)] Box<Expression>),
    Sum {
        #[garde(dive)]
        left: Box<Expression>,
    },
    Leaf(#[garde(dive)] Leaf),
    Number(#[garde(range(min = 1))] u8),
}

#[derive(Deserialize, garde::Validate)]
struct Leaf {
    #[garde(range(min = 1))]
    number: u8,
}

#[derive(Deserialize, garde::Validate)]
struct Labels(#[garde(length(min = 2))] std::collections::BTreeMap<String, u8>);

#[tokio::test]
async fn pointer_leads_through_nested_variants() {
    let api = RouteHandlers::new()
        .post("/", async |_: Valid<Json<Expression>>| "")
        .post("/labels", async |_: Valid<Json<Labels>>| "");
    let api = Client::new(api);
    for (body, place) in [
        (json!({ "Not": { "Number": 0 } }), "/Not/Number"),
        (json!({ "Not": { "Not": { "Leaf": { "number": 0 } } } }), "/Not/Not/Leaf/number"),
        (json!({ "Sum": { "left": { "Not": { "Leaf": { "number": 0 } } } } }), "/Sum/left/Not/Leaf/number"),
        (json!({ "Not": { "Sum": { "left": { "Number": 0 } } } }), "/Not/Sum/left/Number"),
    ] {
        assert_eq!(places(&api.post("/").json(&body).await), [place], "{body}");
    }
    assert_eq!(places(&api.post("/labels").json(&json!({ "a": 1 })).await), [""], "the whole map");
}

#[tokio::test]
async fn field_with_the_name_of_its_variant_is_in_the_variant() {
    #[derive(Deserialize, garde::Validate)]
    #[serde(rename_all = "lowercase")]
    enum Contact {
        Email {
            #[garde(email)]
            email: String,
        },
        Phone(#[garde(dive)] Phone),
    }
    #[derive(Deserialize, garde::Validate)]
    struct Phone {
        #[garde(length(min = 3))]
        phone: String,
    }
    #[derive(Deserialize, garde::Validate)]
    struct Person {
        #[garde(dive)]
        contacts: Vec<Contact>,
        #[garde(dive)]
        phone: Option<Phone>,
    }
    let api = RouteHandlers::new()
        .post("/", async |_: Valid<Json<Person>>| "")
        .post("/contact", async |_: Valid<Json<Contact>>| "");
    let api = Client::new(api);
    let body = json!({
        "contacts": [{ "email": { "email": "a" } }, { "phone": { "phone": "1" } }],
        "phone": { "phone": "1" },
    });
    let expected = ["/contacts/0/email/email", "/contacts/1/phone/phone", "/phone/phone"];
    assert_eq!(places(&api.post("/").json(&body).await), expected);
    let body = json!({ "email": { "email": "a" } });
    assert_eq!(places(&api.post("/contact").json(&body).await), ["/email/email"]);
}

/// With a search of all ways, a body of 1 kB would take longer than the universe is old.
#[tokio::test]
async fn work_is_linear_in_the_depth_of_variants() {
    let api = Client::new(RouteHandlers::new().post("/", async |_: Valid<Json<Expression>>| ""));
    for (open, close, depth) in [("{\"Not\":", "}", 100), ("{\"Sum\":{\"left\":", "}}", 50)] {
        let body = format!("{}{{\"Leaf\":{{\"number\":0}}}}{}", open.repeat(depth), close.repeat(depth));
        let response = api.post("/").header("content-type", "application/json").body(body).await;
        response.assert_status(422);
    }
}

#[tokio::test]
async fn raw_identifier_and_byte_order_mark_do_not_change_the_pointer() {
    #[derive(Deserialize, garde::Validate)]
    #[serde(rename_all = "camelCase")]
    struct Event {
        #[garde(range(min = 1))]
        r#type: u8,
        #[garde(inner(range(min = 1)))]
        all_days: Vec<u8>,
    }
    let api =
        RouteHandlers::new().post("/", async |_: Valid<Json<Event>>| "").get("/", async |_: Valid<Query<Event>>| "");
    let api = Client::new(api);
    for mark in ["", "\u{feff}"] {
        let body = format!(r#"{mark}{{"type":0,"allDays":[1,0]}}"#);
        let response = api.post("/").header("content-type", "application/json").body(body).await;
        assert_eq!(places(&response), ["/type", "/allDays/1"], "{mark:?}");
    }
    assert_eq!(places(&api.get("/?type=0&allDays=1").await), ["type"]);
}

#[derive(Deserialize, garde::Validate, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Search {
    #[garde(range(min = 1, max = 100))]
    #[serde(default = "ten")]
    page_size: u8,
    #[garde(length(chars, max = 5))]
    #[serde(default)]
    find: String,
    #[garde(length(max = 2), inner(length(chars, min = 1)))]
    #[serde(default)]
    a_tag: Vec<String>,
}

fn ten() -> u8 {
    10
}

#[tokio::test]
async fn fault_of_a_query_names_the_parameter() {
    let api = Client::new(
        RouteHandlers::new().get("/", async |Valid(Query(search)): Valid<Query<Search>>| search.page_size.to_string()),
    );
    assert_eq!(api.get("/?page-size=7").await.text(), "7");
    let response = api.get("/?a-tag=a&a-tag=&a-tag=b&find=abcdef&page-size=0").await;
    let problem: Value = response.json();
    assert_eq!(problem["errors"][0], json!({ "parameter": "page-size", "detail": "lower than 1" }));
    assert_eq!(places(&response), ["page-size", "find", "a-tag", "a-tag"]);
    assert_eq!(api.get("/?page-size=x").await.status(), 400, "it is no number");
}

#[derive(Deserialize, garde::Validate)]
struct Filter {
    #[garde(range(min = 1))]
    limit: u8,
    #[garde(dive)]
    #[serde(flatten)]
    more: Search,
}

#[tokio::test]
async fn faults_of_flattened_fields_are_in_the_order_of_the_query() {
    let api = Client::new(RouteHandlers::new().get("/", async |_: Valid<Query<Filter>>| ""));
    for order in [["limit=0", "page-size=0", "find=abcdef"], ["find=abcdef", "limit=0", "page-size=0"]] {
        let response = api.get(&format!("/?{}", order.join("&"))).await;
        let names = order.map(|field| field.split('=').next().unwrap());
        assert_eq!(places(&response), names);
    }
}

#[tokio::test]
async fn fault_of_a_form_points_into_the_body() {
    let api = Client::new(RouteHandlers::new().post("/", async |_: Valid<Form<Search>>| ""));
    let response = api.post("/").form(&[("find", "abcdef"), ("page-size", "0")]).await;
    assert_eq!(places(&response), ["/page-size", "/find"]);
}

#[derive(Deserialize, garde::Validate)]
struct Place {
    #[garde(length(chars, max = 3))]
    city: String,
    #[garde(range(max = 9))]
    house: u8,
}

#[derive(Deserialize, garde::Validate)]
#[garde(transparent)]
struct Id(#[garde(range(min = 1))] u32);

#[tokio::test]
async fn fault_of_a_path_names_the_parameter() {
    let api = Client::new(
        RouteHandlers::new()
            .get("/places/{house}/{city}", async |_: Valid<Path<Place>>| "")
            .get("/users/{id}", async |_: Valid<Path<Id>>| "")
            .get("/pairs/{left}/{right}", async |_: Valid<Path<(Id, Id)>>| ""),
    );
    assert_eq!(api.get("/places/9/abc").await.status(), 200);
    assert_eq!(places(&api.get("/places/10/abcd").await), ["city", "house"]);
    assert_eq!(places(&api.get("/users/0").await), ["id"]);
    assert_eq!(places(&api.get("/pairs/1/0").await), ["right"]);
}

struct Limits {
    most: u32,
}

#[derive(Deserialize, garde::Validate)]
#[garde(context(Limits as limits))]
struct Transfer {
    #[garde(range(max = limits.most))]
    cents: u32,
}

#[tokio::test]
async fn context_is_the_state_of_its_type() {
    let table = || RouteHandlers::new().with_state(Limits { most: 5 });
    let api = Client::new(table().post("/", async |_: Valid<Json<Transfer>>| ""));
    assert_eq!(api.post("/").json(&json!({ "cents": 5 })).await.status(), 200);
    assert_eq!(places(&api.post("/").json(&json!({ "cents": 6 })).await), ["/cents"]);
    for route in [post(async |_: Valid<Json<Transfer>>| ""), post(async |_: Option<Valid<Json<Transfer>>>| "")] {
        let error = RouteHandlers::new().try_route("/", route).unwrap_err().to_string();
        assert!(error.contains("the context `valid::Limits`, which the table lacks: call `with_state`"), "{error}");
    }
}

#[tokio::test]
async fn optional_argument_is_none_without_input_and_checked_with_it() {
    let api = Client::new(
        RouteHandlers::new()
            .post("/", async |item: Option<Valid<Json<Item>>>| item.is_some().to_string())
            .get("/", async |search: Option<Valid<Query<Search>>>| search.is_some().to_string())
            .put("/", async |item: Result<Valid<Json<Item>>, route_handlers::Error>| match item {
                Ok(_) => "valid".to_owned(),
                Err(error) => error.problem().extension("errors").unwrap()[0]["pointer"].to_string(),
            }),
    );
    assert_eq!(api.post("/").await.text(), "false");
    assert_eq!(api.post("/").json(&json!({ "count": 1, "article": "a" })).await.text(), "true");
    assert_eq!(places(&api.post("/").json(&json!({ "count": 0, "article": "a" })).await), ["/count"]);
    assert_eq!(api.get("/").await.text(), "false");
    assert_eq!(places(&api.get("/?page-size=0").await), ["page-size"]);
    assert_eq!(api.put("/").json(&json!({ "count": 0, "article": "a" })).await.text(), r#""/count""#);
}

/// Is checked by hand.
#[derive(Deserialize)]
struct Range {
    from: u8,
    to: u8,
}

impl Validate for Range {
    fn faults(&self, head: &Head<'_>) -> Vec<Fault> {
        let order = (self.from > self.to).then(|| Fault::new("", format!("{} is after {}", self.from, self.to)));
        let text = "x".repeat(head.header("length").map_or(0, |length| length.parse().unwrap()));
        let long = (!text.is_empty()).then(|| Fault::new("/to", text));
        order.into_iter().chain(long).collect()
    }
}

#[tokio::test]
async fn own_check_needs_one_method() {
    let api = Client::new(RouteHandlers::new().post("/", async |_: Valid<Json<Range>>| ""));
    let response = api.post("/").json(&json!({ "from": 2, "to": 1 })).await;
    assert_eq!(faults(&response), [(String::new(), "2 is after 1".to_owned())]);
}

#[tokio::test]
async fn response_is_bounded() {
    let api = Client::new(
        RouteHandlers::new()
            .post("/own", async |_: Valid<Json<Range>>| "")
            .post("/", async |_: Valid<Json<Vec<Item>>>| ""),
    );
    let response = api.post("/own").header("length", "5000").json(&json!({ "from": 1, "to": 2 })).await;
    assert!(response.text().len() < 500, "{}", response.text().len());
    let items = vec![json!({ "count": 0, "article": "" }); 1000];
    let response = api.post("/").json(&items).await;
    assert_eq!(places(&response).len(), 100);
    assert_eq!(response.json::<Value>()["detail"], "2000 values are invalid");
    let key = "k".repeat(10_000);
    let api = Client::new(RouteHandlers::new().post("/", async |_: Valid<Json<BTreeMap<String, Item>>>| ""));
    let response = api.post("/").json(&json!({ key: { "count": 0, "article": "a" } })).await;
    assert!(response.text().len() < 500, "{}", response.text().len());
}

#[derive(Deserialize, garde::Validate)]
struct Page {
    #[garde(dive)]
    #[serde(flatten)]
    list: List,
}

#[derive(Deserialize, garde::Validate)]
struct List {
    #[garde(dive)]
    items: Vec<Item>,
}

/// If each fault read all members of the body, this would take hours.
#[tokio::test]
async fn many_faults_and_members_are_read_in_linear_time() {
    const MANY: usize = 20_000;
    let api = RouteHandlers::new()
        .post("/map", async |_: Valid<Json<BTreeMap<String, Item>>>| "")
        .post("/page", async |_: Valid<Json<Page>>| "")
        .post("/form", async |_: Valid<Form<Pairs>>| "");
    let api = Client::new(api);
    let bad = json!({ "count": 0, "article": "a" });
    let map: BTreeMap<String, &Value> = (0..MANY).map(|number| (format!("k{number}"), &bad)).collect();
    let response = api.post("/map").json(&map).await;
    assert_eq!(faults(&response).len(), 100);
    assert_eq!(faults(&response)[0].0, "/k0/count");

    let mut page: BTreeMap<String, Value> = (0..MANY).map(|number| (format!("k{number}"), 0.into())).collect();
    page.insert("items".to_owned(), vec![bad; MANY].into());
    let response = api.post("/page").json(&page).await;
    assert_eq!(faults(&response).len(), 100);
    assert_eq!(faults(&response)[0].0, "/items/0/count");

    let form = vec![("a", "0"); MANY];
    assert_eq!(faults(&api.post("/form").form(&form).await).len(), 100);
}

#[derive(Deserialize)]
struct Pairs(Vec<(String, u8)>);

/// Each pair is a fault, and its name is that of no field.
impl Validate for Pairs {
    fn faults(&self, _: &Head<'_>) -> Vec<Fault> {
        (0..self.0.len()).map(|number| Fault::new(format!("/x{number}"), "is wrong")).collect()
    }
}

#[test]
fn document_has_the_constraints_and_the_faults() {
    let api = RouteHandlers::new()
        .route("/orders", post(documented(async |_: Valid<Json<Order>>| "")))
        .route("/", get(documented(async |_: Valid<Query<Search>>| "")));
    let document = api.openapi(Info::default()).into_value();
    let order = &document["components"]["schemas"]["Order"]["properties"];
    assert_eq!((&order["customerName"]["minLength"], &order["customerName"]["maxLength"]), (&json!(1), &json!(10)));
    assert_eq!(order["e-mail"]["format"], "email");
    assert_eq!((&order["items"]["minItems"], &order["items"]["maxItems"]), (&json!(1), &json!(200)));
    assert_eq!(order["marks"]["items"]["maximum"], 5);
    assert_eq!((&order["code"]["minimum"], &order["code"]["maximum"]), (&json!(1), &json!(u32::MAX)));
    assert_eq!(document["components"]["schemas"]["Address"]["properties"]["ZIP-CODE"]["pattern"], "^[0-9]{5}$");
    let required = document["components"]["schemas"]["Order"]["required"].as_array().unwrap();
    assert!(required.contains(&json!("acceptedTerms")), "{required:?}");
    let parameter = &document["paths"]["/"]["get"]["parameters"][0];
    assert_eq!((&parameter["name"], &parameter["schema"]["maximum"]), (&json!("page-size"), &json!(100)));
    for (path, method) in [("/orders", "post"), ("/", "get")] {
        let response = &document["paths"][path][method]["responses"]["422"]["content"]["application/problem+json"];
        assert_eq!(response["schema"], json!({ "$ref": "#/components/schemas/InvalidProblem" }));
    }
    let problem = &document["components"]["schemas"]["InvalidProblem"]["properties"];
    assert_eq!(problem["errors"]["items"]["required"], json!(["detail"]));
}
