//! Refused JSON: 400 for malformed JSON, 422 for JSON of another type, and the details that the client receives.

mod support;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use route_handlers::{Json, RouteHandlers};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use support::{ReceivedResponse, post_json, problem, send};

async fn post<T: DeserializeOwned + Debug + Send + 'static>(body: impl Into<Vec<u8>>) -> ReceivedResponse {
    let api = RouteHandlers::new().post("/", async |Json(value): Json<T>| format!("{value:?}"));
    send(api, post_json("/", body.into())).await
}

/// The status, the path and the detail of a refusal.
async fn refused<T: DeserializeOwned + Debug + Send + 'static>(body: impl Into<Vec<u8>>) -> (u16, String, String) {
    let response = post::<T>(body).await;
    let problem = problem(&response);
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    (response.0.as_u16(), text("path"), text("detail"))
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Settings {
    level: Level,
    #[serde(default)]
    shape: Option<Shape>,
    #[serde(default)]
    sizes: HashMap<u32, u8>,
    #[serde(default)]
    id: Option<Id>,
    #[serde(default)]
    pair: Option<(u8, u8)>,
    #[serde(default)]
    nothing: Option<Nothing>,
    #[serde(default)]
    float: f32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    High,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
enum Shape {
    Point(u8, u8),
    Circle { radius: f64 },
    Scale(u8),
    None,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
enum Id {
    Number(u32),
    Name(String),
}

#[derive(Debug, Deserialize)]
struct Nothing;

const NAMES: &[&str] = &[
    "Settings",
    "Level",
    "Shape",
    "Id",
    "Nothing",
    "struct",
    "enum",
    "tuple",
    "variant of",
    "untagged",
    "u8",
    "u32",
    "f64",
    "::",
];

#[tokio::test]
async fn unknown_value_and_wrong_key_are_said_in_the_words_of_json() {
    for (body, expected) in [
        (r#"{"level":5}"#, "it is not one of the known values"),
        (r#"{"level":"low","sizes":{"x":1}}"#, "a key is not a number"),
    ] {
        let (_, _, detail) = refused::<Settings>(body).await;
        assert_eq!(detail.split_once(": ").map(|(_, reason)| reason), Some(expected), "{body}");
    }
}

#[tokio::test]
async fn json_of_another_type_is_422_with_its_path() {
    for (body, path) in [
        (r#"{"level":5}"#, "level"),
        (r#"{"level":null}"#, "level"),
        (r#"{"level":[]}"#, "level"),
        (r#"{"level":"middle"}"#, "level"),
        (r#"{"level":{"low":1,"high":2}}"#, "level"),
        (r#"{"level":"low","shape":"Point"}"#, "shape"),
        (r#"{"level":"low","shape":{"Point":[1]}}"#, "shape.Point"),
        (r#"{"level":"low","shape":{"Point":5}}"#, "shape.Point"),
        (r#"{"level":"low","shape":{"Circle":5}}"#, "shape.Circle"),
        (r#"{"level":"low","shape":{"Circle":{"radius":"x"}}}"#, "shape.Circle.radius"),
        (r#"{"level":"low","shape":{"Scale":300}}"#, "shape.Scale"),
        (r#"{"level":"low","shape":{"None":1}}"#, "shape.None"),
        (r#"{"level":"low","shape":7}"#, "shape"),
        (r#"{"level":"low","sizes":{"x":1}}"#, "sizes"),
        (r#"{"level":"low","sizes":{"1.5":1}}"#, "sizes"),
        (r#"{"level":"low","sizes":{"-1":1}}"#, "sizes"),
        (r#"{"level":"low","sizes":{"1":300}}"#, "sizes.1"),
        (r#"{"level":"low","id":[]}"#, "id"),
        (r#"{"level":"low","pair":[1]}"#, "pair"),
        (r#"{"level":"low","pair":[1,2,3]}"#, "pair"),
        (r#"{"level":"low","pair":{}}"#, "pair"),
        (r#"{"level":"low","nothing":1}"#, "nothing"),
        (r#"{"level":"low","float":"x"}"#, "float"),
        (r#"{"level":"low","level":"low"}"#, ""),
        ("[]", ""),
        ("5", ""),
        ("null", ""),
        ("{}", ""),
    ] {
        let (status, seen, detail) = refused::<Settings>(body).await;
        assert_eq!(status, 422, "{body}: {detail}");
        assert!(seen.starts_with(path) && seen.is_empty() == path.is_empty(), "{body}: {seen}");
        let detail = detail.replace(&seen, "");
        for name in NAMES {
            assert!(!detail.contains(name), "{body}: {detail} names {name}");
        }
        assert!(!detail.contains(" line "), "{detail}");
    }
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Route {
    from: Place,
    #[serde(default)]
    stops: Vec<Place>,
    #[serde(default)]
    by_name: BTreeMap<String, Place>,
    #[serde(default)]
    back: Option<Box<Route>>,
    #[serde(default)]
    area: Option<Shape>,
    #[serde(default)]
    pair: Option<(Place, i16)>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Place {
    x: u8,
    y: i64,
}

#[tokio::test]
async fn array_for_a_struct_is_422_with_its_path() {
    const PLACE: &str = r#"{"x":1,"y":2}"#;
    for (body, path) in [
        ("[1,2]", ""),
        (r#"[{"x":1,"y":2},[]]"#, ""),
        (r#"{"from":[1,2]}"#, "from"),
        (r#"{"from":PLACE,"stops":[PLACE,[1,2]]}"#, "stops[1]"),
        (r#"{"from":PLACE,"by_name":{"a":[1,2]}}"#, "by_name.a"),
        (r#"{"from":PLACE,"back":{"from":[1,2]}}"#, "back.from"),
        (r#"{"from":PLACE,"back":[PLACE]}"#, "back"),
        (r#"{"from":PLACE,"area":{"Circle":[1.5]}}"#, "area.Circle"),
        (r#"{"from":PLACE,"pair":[[1,2],3]}"#, "pair[0]"),
    ] {
        let (status, seen, detail) = refused::<Route>(body.replace("PLACE", PLACE)).await;
        assert_eq!((status, &*seen), (422, path), "{body}: {detail}");
        assert!(detail.ends_with("invalid type: array, expected an object"), "{body}: {detail}");
    }
    let accepted = r#"{"from":PLACE,"stops":[PLACE],"by_name":{"a":PLACE},"area":{"Point":[1,2]},"pair":[PLACE,3]}"#;
    assert_eq!(post::<Route>(accepted.replace("PLACE", PLACE)).await.0, 200, "a list and a tuple are arrays");
}

#[tokio::test]
async fn number_without_a_fraction_is_an_integer() {
    for (body, x, y) in [
        (r#"{"x":168.0,"y":-3.0}"#, 168, -3),
        (r#"{"x":1.6e1,"y":1E3}"#, 16, 1000),
        (r#"{"x":-0.0,"y":4503599627370495.0}"#, 0, 4_503_599_627_370_495),
        (r#"{"x":5e-0,"y":-4503599627370495.0}"#, 5, -4_503_599_627_370_495),
    ] {
        let (status, _, seen) = post::<Place>(body).await;
        assert_eq!((status.as_u16(), seen), (200, format!("{:?}", Place { x, y })), "{body}");
    }
    for (body, path) in [
        (r#"{"x":1.5,"y":0}"#, "x"),
        (r#"{"x":256.0,"y":0}"#, "x"),
        (r#"{"x":-1.0,"y":0}"#, "x"),
        (r#"{"x":0,"y":9007199254740991.0}"#, "y"), // `serde_json` reads it as …0
        (r#"{"x":0,"y":-9007199254740993.0}"#, "y"), // an `f64` is -2⁵³
        (r#"{"x":0,"y":1e300}"#, "y"),
        (r#"{"x":0,"y":"1.0"}"#, "y"),
    ] {
        let (status, seen, detail) = refused::<Place>(body).await;
        assert_eq!((status, &*seen), (422, path), "{body}: {detail}");
    }
}

#[tokio::test]
async fn integer_with_a_fraction_of_zeros_is_exact_or_refused() {
    for bits in [1, 20, 40, 49, 50, 51, 52, 53, 54, 62] {
        for below in [0, 1, 3, 7, 12_345, 99_999] {
            let y = (1_i64 << bits) - below;
            for zeros in [1, 2, 3, 5, 8, 13] {
                let body = format!(r#"{{"x":0,"y":{y}.{}}}"#, "0".repeat(zeros));
                let (status, _, seen) = post::<Place>(body.clone()).await;
                assert!(status == 422 || seen == format!("{:?}", Place { x: 0, y }), "{body}: {seen}");
                assert!(status == 200 || y.to_string().len() + zeros > 15, "{body}");
            }
        }
    }
}

#[tokio::test]
async fn malformed_json_is_400_even_if_the_type_fails_first() {
    let deep = format!(r#"{{"level":5,"x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    for body in [
        br#"{"level":5"#.to_vec(),
        br#"{"level":5,"#.to_vec(),
        br#"{"level":5}}"#.to_vec(),
        br#"{"level":5} x"#.to_vec(),
        br#"{"level":5,"x":tru}"#.to_vec(),
        br#"{"level":5,"x":01}"#.to_vec(),
        br#"{"level":5,"x":1e999,}"#.to_vec(),
        br#"{"level":1e999}"#.to_vec(),
        br#"{"level":1e999,"x":[}"#.to_vec(),
        br#"{"level":5,"x":"\x"}"#.to_vec(),
        br#"{"level":5,"x":"\ud800"}"#.to_vec(),
        b"{\"level\":5,\"x\":\"\xff\"}".to_vec(),
        b"{\"level\":\"low\",\"x\":\"\xff\"}".to_vec(),
        b"{\"level\":\"low\",\"x\":\"\n\"}".to_vec(),
        b"{\"level\":\"middle\",}".to_vec(),
        deep.into_bytes(),
        b"[".repeat(100_000),
        b"[5,".to_vec(),
        b"\"".to_vec(),
        b"nul".to_vec(),
        b"".to_vec(),
    ] {
        let (status, path, detail) = refused::<Settings>(body.clone()).await;
        let body = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(status, 400, "{body}: {detail}");
        assert!(path.is_empty() && detail.starts_with("the body is not JSON: "), "{body}: {detail}");
    }
}

#[tokio::test]
async fn details_name_json_types_and_quote_little() {
    let long = "x".repeat(100_000);
    for (body, expected) in [
        (r#"{"level":"low","pair":7}"#.to_owned(), "expected an array of 2 elements"),
        (r#"{"level":"low","pair":[1,300]}"#.to_owned(), "expected an integer from 0 to 255"),
        (r#"{"level":"low","pair":[1,"2"]}"#.to_owned(), "string `2`, expected an integer from 0 to 255"),
        (r#"{"level":"low","nothing":1}"#.to_owned(), "expected null"),
        (r#"{"level":"low","sizes":[]}"#.to_owned(), "expected an object"),
        (r#"{"level":"low","shape":{"Circle":5}}"#.to_owned(), "expected an object"),
        ("[]".to_owned(), "an object"),
        (
            format!(r#"{{"level":"low","pair":[1,{}]}}"#, u64::MAX),
            "integer `18446744073709551615`, expected an integer from 0 to 255",
        ),
        (format!(r#"{{"level":"{long}"}}"#), "unknown variant `xxxxxxxxxxxxxxxxxxxx…`"),
        (format!(r#"{{"level":"low","float":"{long}"}}"#), "string `xxxxxxxxxxxxxxxxxxxx…`, expected a number"),
    ] {
        let (_, _, detail) = refused::<Settings>(body).await;
        assert!(detail.contains(expected) && detail.len() < 300, "{detail}");
    }
    let (_, path, detail) = refused::<BTreeMap<String, u8>>(format!(r#"{{"{long}":"x"}}"#)).await;
    assert!(path.starts_with("xxx") && path.len() < 300 && detail.len() < 400, "{detail}");
}

#[tokio::test]
async fn number_out_of_range_is_422() {
    for (body, path) in [("[1,1e39]", "[1]"), ("[3.5e38]", "[0]"), ("[-1e200]", "[0]")] {
        let (status, seen, detail) = refused::<Vec<f32>>(body).await;
        assert_eq!((status, seen.as_str()), (422, path), "{body}: {detail}");
    }
    assert_eq!(post::<Vec<f32>>("[3.4e38,1e-60,0.1]").await.2, "[3.4e38, 0.0, 0.1]");
    assert_eq!(post::<Vec<f64>>("[1e39]").await.2, "[1e39]");
    let largest = format!("[{:e},{:e}]", f32::MAX, f32::MIN);
    assert_eq!(post::<Vec<f32>>(largest.clone()).await.2, "[3.4028235e38, -3.4028235e38]", "{largest}");
    assert_eq!(post::<Vec<f32>>("[3.4028236e38]").await.0, 422);
    assert_eq!(post::<(f32, f64)>("[1.5,1e39]").await.2, "(1.5, 1e39)");
}

#[tokio::test]
async fn number_out_of_range_is_422_at_each_position() {
    let long = "9".repeat(39);
    for (before, after) in (0..=35).flat_map(|before| [0, 1, 20].map(|after| (before, after))) {
        for number in ["1e39", "9E38", &long] {
            let body = format!("[{}{number}{}]", " ".repeat(before), " ".repeat(after));
            assert_eq!(post::<Vec<f32>>(body.clone()).await.0, 422, "{body}");
        }
    }
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Flat<T> {
    #[serde(flatten)]
    rest: T,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Limit<T> {
    limit: T,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind")]
#[allow(dead_code, reason = "only its `Debug` text is read")]
enum Tagged<T> {
    A { limit: T },
}

#[tokio::test]
async fn number_out_of_range_behind_a_buffer_is_422() {
    for number in ["1e39", "-1e200", "3.5e38", "1000000000000000000000000000000000000000"] {
        let body = format!(r#"{{"x":"\\\"5e9","kind":"A","limit":{number}}}"#);
        let list = format!("[{body}]");
        for ((status, path, detail), at) in [
            (refused::<Flat<Limit<f32>>>(body.clone()).await, ""),
            (refused::<Flat<Limit<Option<f32>>>>(body.clone()).await, ""),
            (refused::<Tagged<f32>>(body.clone()).await, ""),
            (refused::<Tagged<Vec<f32>>>(body.replace(number, &format!("[{number}]"))).await, ""),
            (refused::<Vec<Tagged<f32>>>(list).await, "[0]"),
        ] {
            assert_eq!((status, path.as_str()), (422, at), "{number}: {detail}");
            assert!(detail.contains("expected a smaller number"), "{detail}");
        }
        assert_eq!(post::<Flat<Limit<f64>>>(body.clone()).await.0, 200, "{number}");
        assert_eq!(post::<Flat<Limit<Value>>>(body.clone()).await.0, 200, "{number}");
        assert_eq!(post::<Flat<Value>>(body.clone()).await.0, 200, "{number}");
        assert_eq!(post::<Tagged<f64>>(body).await.0, 200, "{number}");
    }
}

#[tokio::test]
async fn large_number_behind_a_buffer_does_not_refuse_a_small_one() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Sizes {
        small: f32,
        large: f64,
    }
    let (status, _, text) = post::<Flat<Sizes>>(r#"{"small":1.5,"large":1e39}"#).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, "Flat { rest: Sizes { small: 1.5, large: 1e39 } }"));
}

#[tokio::test]
async fn unreadable_type_is_500_without_a_detail() {
    let body = r#"{"kind":"A","limit":1}"#;
    for response in [
        post::<Flat<Limit<u128>>>(body).await,
        post::<Flat<Limit<i128>>>(body).await,
        post::<Tagged<u128>>(body).await,
        post::<Flat<u32>>(body).await,
    ] {
        assert_eq!(response.0, 500, "{}", response.2);
        assert_eq!(problem(&response), json!({"type": "about:blank", "title": "Internal Server Error", "status": 500}));
    }
    assert_eq!(post::<Flat<Limit<u128>>>("{").await.0, 400, "malformed JSON is 400 for every type");
    assert_eq!(post::<Limit<u128>>(body).await.0, 200);
}

#[tokio::test]
async fn unusual_json_is_read() {
    for body in ["1e-999", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "[[]]", "-0", "{\"a\":1,\"a\":2}", " null "] {
        assert_eq!(post::<Value>(body).await.0, 200, "{body}");
    }
}

#[test]
fn bytes_are_parsed_as_the_body_is() {
    let parse = |text: &[u8]| Json::<BTreeMap<String, u8>>::from_bytes(text);
    assert_eq!(parse(b"\xef\xbb\xbf{\"a\":1}").expect("JSON with a byte order mark").0["a"], 1);
    for (text, status) in [("", 400), ("{", 400), ("{\"a\":1} x", 400), ("{\"a\":300}", 422), ("[]", 422)] {
        assert_eq!(parse(text.as_bytes()).expect_err(text).status(), status, "{text}");
    }
    let error = parse(b"{\"a\":300}").unwrap_err();
    assert_eq!(error.problem().extension("path"), Some(&json!("a")));
}
