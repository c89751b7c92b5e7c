//! `FormData`: forms of both media types, read into a type with files.
#![cfg(all(feature = "multipart", feature = "testing"))]

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt::Debug;

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use route_handlers::extract::{Fault, Validate};
use route_handlers::multipart::{FormLimits, UploadedFile};
use route_handlers::testing::{Client, FormData as NewForm, TestResponse};
use route_handlers::{Body, Form, FormData, Head, Json, Path, Query, Request, RouteHandlers, Valid, delete, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const PNG: [u8; 5] = [0x89, b'P', b'N', b'G', 0xFF];

/// A type that shows what was read.
trait Show {
    fn show(&self) -> String;
}

impl<T: Debug> Show for T {
    fn show(&self) -> String {
        format!("{self:?}")
    }
}

fn client<T: DeserializeOwned + Debug + Send + 'static>() -> Client {
    Client::new(RouteHandlers::new().post("/", async |FormData(value): FormData<T>| value.show()))
}

async fn multipart<T: DeserializeOwned + Debug + Send + 'static>(form: &NewForm) -> TestResponse {
    client::<T>().post("/").multipart(form).await
}

/// Reads a form.
async fn read<T: DeserializeOwned + Debug + Send + 'static>(form: &NewForm) -> String {
    let response = multipart::<T>(form).await;
    assert_eq!(response.status(), 200, "{}", response.text());
    response.text()
}

/// The status and the detail of a refused form.
fn failure(response: &TestResponse) -> (u16, String) {
    let problem: Value = response.json();
    (response.status().as_u16(), problem["detail"].as_str().unwrap_or_default().to_owned())
}

async fn refused<T: DeserializeOwned + Debug + Send + 'static>(form: &NewForm) -> (u16, String) {
    failure(&multipart::<T>(form).await)
}

fn unprocessable(detail: &str) -> (u16, String) {
    (422, format!("the form: {detail}"))
}

fn form() -> NewForm {
    NewForm::new()
}

/// Adds a file input without a file, as a browser sends it.
fn unset(form: NewForm, name: &str) -> NewForm {
    form.file(name, "", "application/octet-stream", [])
}

/// A file that shows its name, type and size.
fn shown(file_name: &str, content_type: &str, size: usize) -> String {
    format!("UploadedFile {{ file_name: {file_name:?}, content_type: {content_type:?}, size: {size}, .. }}")
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Profile {
    name: String,
    age: Option<u8>,
    #[serde(default)]
    newsletter: bool,
    tags: Vec<String>,
    picture: Option<UploadedFile>,
    pages: Vec<UploadedFile>,
}

// Both media types

#[tokio::test]
async fn both_media_types_fill_the_same_type() {
    let texts = [("name", "Ada"), ("age", "36"), ("newsletter", "on"), ("tags", "a"), ("tags", "b&c")];
    let expected =
        "Profile { name: \"Ada\", age: Some(36), newsletter: true, tags: [\"a\", \"b&c\"], picture: None, pages: [] }";
    let with_files = texts.iter().fold(form(), |form, (name, value)| form.text(name, *value));
    assert_eq!(read::<Profile>(&with_files).await, expected);
    let response = client::<Profile>().post("/").form(&texts).await;
    assert_eq!((response.status(), response.text()), (StatusCode::OK, expected.to_owned()));
}

#[tokio::test]
async fn other_media_type_is_415_with_both_accepted_ones() {
    let client = Client::new(
        RouteHandlers::new().route("/", post(async |_: FormData<()>| ()).patch(async |_: FormData<()>| ())),
    );
    let accepted = "application/x-www-form-urlencoded, multipart/form-data";
    for content_type in ["application/json", "text/plain", "multipart/mixed; boundary=x"] {
        let response = client.post("/").header("content-type", content_type).body("{}").await;
        assert_eq!(response.header("accept"), Some(accepted));
        let detail = "the `content-type` must be `application/x-www-form-urlencoded, multipart/form-data`";
        assert_eq!(failure(&response), (415, detail.to_owned()));
    }
    assert_eq!(client.patch("/").body("x").await.header("accept-patch"), Some(accepted));
    assert_eq!(client.options("/").await.header("accept-patch"), Some(accepted));
}

#[tokio::test]
async fn malformed_multipart_form_is_400() {
    for (content_type, body) in [
        ("multipart/form-data", "--B--"),
        ("multipart/form-data; boundary=B", "--C--"),
        ("multipart/form-data; boundary=B", "--B\r\n\r\nx\r\n--B--"),
    ] {
        let response =
            client::<HashMap<String, String>>().post("/").header("content-type", content_type).body(body).await;
        assert_eq!(failure(&response).0, 400, "{body}");
    }
    let not_text =
        "--B\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n\u{80}\r\n--B--".replace('\u{80}', "\u{1}");
    let not_text: Vec<u8> = not_text.bytes().map(|byte| if byte == 1 { 0xFF } else { byte }).collect();
    let response = client::<HashMap<String, String>>()
        .post("/")
        .header("content-type", "multipart/form-data; boundary=B")
        .body(not_text)
        .await;
    assert_eq!(failure(&response), (400, "the form: `a` is not UTF-8 text".to_owned()));
}

#[tokio::test]
async fn optional_form_data_is_none_without_a_body() {
    let api = RouteHandlers::new()
        .post("/", async |form: Option<FormData<HashMap<String, String>>>| format!("{:?}", form.map(|form| form.0)));
    let client = Client::new(api);
    assert_eq!(client.post("/").await.text(), "None");
    assert_eq!(client.post("/").form(&[("a", "b")]).await.text(), "Some({\"a\": \"b\"})");
}

#[tokio::test]
async fn request_form_data_reads_both_media_types() {
    let api = RouteHandlers::new().post("/", async |mut request: Request| {
        let fields: BTreeMap<String, String> = request.form_data().await?;
        Ok::<_, route_handlers::Error>(fields.show())
    });
    let client = Client::new(api);
    let expected = "{\"a\": \"1\", \"b\": \"ü\"}";
    assert_eq!(client.post("/").form(&[("b", "ü"), ("a", "1")]).await.text(), expected);
    assert_eq!(client.post("/").multipart(&form().text("a", "1").text("b", "ü")).await.text(), expected);
}

// Files

#[tokio::test]
async fn content_of_a_file_is_what_the_client_sent() {
    let api = RouteHandlers::new().post("/", async |FormData(files): FormData<HashMap<String, UploadedFile>>| {
        files["a"].bytes().await.map_err(route_handlers::Error::from)
    });
    let client = Client::new(api);
    let long: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    for content in [&b""[..], &PNG, b"\r\n", b"\r\n--boundary", b"\0", &long] {
        let response = client.post("/").multipart(&form().file("a", "a.bin", "image/png", content)).await;
        assert_eq!(response.status(), 200);
        assert!(response.bytes() == content);
    }
}

#[tokio::test]
async fn file_has_its_name_type_and_size() {
    let sent = form().text("name", "Ada").file("picture", "ada.png", "image/png", PNG);
    assert!(read::<Profile>(&sent).await.contains(&format!("picture: Some({})", shown("ada.png", "image/png", 5))));
}

#[tokio::test]
async fn file_without_a_type_is_text_plain() {
    let body = "--B\r\ncontent-disposition: form-data; name=a; filename=b\r\n\r\nx\r\n--B--";
    let request =
        client::<HashMap<String, UploadedFile>>().post("/").header("content-type", "multipart/form-data; boundary=B");
    assert_eq!(request.body(body).await.text(), format!("{{\"a\": {}}}", shown("b", "text/plain", 1)));
}

#[tokio::test]
async fn file_name_is_the_last_component_without_control_characters() {
    let api = RouteHandlers::new().post("/", async |FormData(files): FormData<HashMap<String, UploadedFile>>| {
        format!("{:?} {:?}", files["a"].file_name(), files["a"].raw_file_name())
    });
    let client = Client::new(api);
    for (sent, name) in [
        ("a.png", Some("a.png")),
        ("Übersicht 1.pdf", Some("Übersicht 1.pdf")),
        ("../../etc/passwd", Some("passwd")),
        (r"C:\Users\ada\a.png", Some("a.png")),
        (r"a/b\c", Some("c")),
        ("a\r\nb\u{85}.png", Some("ab.png")),
        (".htaccess", Some(".htaccess")),
        ("..\u{85}", None),
        (".", None),
        ("..", None),
        ("a/", None),
        (r"a\..", None),
        ("", None),
    ] {
        let response = client.post("/").multipart(&form().file("a", sent, "image/png", "x")).await;
        assert_eq!(response.text(), format!("{name:?} {sent:?}"));
    }
}

#[tokio::test]
async fn repeated_files_fill_a_list_in_their_order() {
    let sent = form().text("name", "x").file("pages", "1", "a/b", "1").file("pages", "2", "a/b", "22");
    let pages = format!("pages: [{}, {}]", shown("1", "a/b", 1), shown("2", "a/b", 2));
    assert!(read::<Profile>(&sent).await.contains(&pages));
    let sent = form().text("name", "x").file("pages", "1", "a/b", "1");
    assert!(read::<Profile>(&sent).await.contains(&format!("pages: [{}]", shown("1", "a/b", 1))));
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct One<T> {
    a: T,
}

#[tokio::test]
async fn files_fill_arrays_tuples_and_newtypes() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Scan(UploadedFile);
    let two = form().file("a", "1", "a/b", "1").file("a", "2", "a/b", "2");
    let (first, second) = (shown("1", "a/b", 1), shown("2", "a/b", 1));
    assert_eq!(read::<One<[UploadedFile; 2]>>(&two).await, format!("One {{ a: [{first}, {second}] }}"));
    assert_eq!(read::<One<(UploadedFile, UploadedFile)>>(&two).await, format!("One {{ a: ({first}, {second}) }}"));
    assert_eq!(read::<One<Box<Vec<Scan>>>>(&two).await, format!("One {{ a: [Scan({first}), Scan({second})] }}"));
    assert_eq!(read::<One<Option<Vec<UploadedFile>>>>(&two).await, format!("One {{ a: Some([{first}, {second}]) }}"));
    let pairs = read::<Vec<(String, UploadedFile)>>(&two).await;
    assert_eq!(pairs, format!("[(\"a\", {first}), (\"a\", {second})]"));
    let map = read::<HashMap<String, Vec<UploadedFile>>>(&two).await;
    assert_eq!(map, format!("{{\"a\": [{first}, {second}]}}"));
}

/// HTML standard, §4.10.21.4: a file input without a file sends an empty file name and no content.
#[tokio::test]
async fn unset_file_input_is_no_file() {
    assert_eq!(read::<One<Option<UploadedFile>>>(&unset(form(), "a")).await, "One { a: None }");
    assert_eq!(read::<One<Vec<UploadedFile>>>(&unset(form(), "a")).await, "One { a: [] }");
    assert_eq!(refused::<One<UploadedFile>>(&unset(form(), "a")).await, unprocessable("missing field `a`"));
    assert_eq!(read::<One<Vec<UploadedFile>>>(&unset(form(), "b")).await, "One { a: [] }");
    let empty = form().file("a", "empty.txt", "text/plain", "");
    assert_eq!(
        read::<One<Option<UploadedFile>>>(&empty).await,
        format!("One {{ a: Some({}) }}", shown("empty.txt", "text/plain", 0))
    );
    let unnamed = form().file("a", "", "text/plain", "x");
    assert_eq!(
        read::<One<Option<UploadedFile>>>(&unnamed).await,
        format!("One {{ a: Some({}) }}", shown("", "text/plain", 1))
    );
    // With the other media type, the input sends an empty text.
    let response = client::<One<Option<UploadedFile>>>().post("/").form(&[("a", "")]).await;
    assert_eq!(response.text(), "One { a: None }");
}

#[tokio::test]
async fn required_file_that_is_missing_is_422() {
    assert_eq!(refused::<One<UploadedFile>>(&form()).await, unprocessable("missing field `a`"));
    assert_eq!(
        refused::<One<UploadedFile>>(&form().file("b", "b", "a/b", "")).await,
        unprocessable("missing field `a`")
    );
    let two = form().file("a", "1", "a/b", "1").file("a", "2", "a/b", "2");
    assert_eq!(refused::<One<UploadedFile>>(&two).await, unprocessable("`a`: it is given more than once"));
    assert_eq!(refused::<One<[UploadedFile; 3]>>(&two).await, unprocessable("`a`: expected 3 values, found 2"));
}

#[tokio::test]
async fn text_for_a_file_is_422_that_names_the_field() {
    let text = form().text("a", "cat.png");
    let refusal = unprocessable("`a`: `cat.png` is not a file");
    assert_eq!(refused::<One<UploadedFile>>(&text).await, refusal);
    assert_eq!(refused::<One<Option<UploadedFile>>>(&text).await, refusal);
    assert_eq!(refused::<One<Vec<UploadedFile>>>(&text).await, refusal);
    // A form without `enctype="multipart/form-data"` sends the name of the file.
    let response = client::<One<UploadedFile>>().post("/").form(&[("a", "cat.png")]).await;
    assert_eq!(failure(&response), refusal);
    let both = form().file("a", "1", "a/b", "1").text("a", "cat.png");
    assert_eq!(refused::<One<Vec<UploadedFile>>>(&both).await, refusal);
    assert_eq!(refused::<One<UploadedFile>>(&form().text("a", "")).await, unprocessable("`a`: `` is not a file"));
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    Blue,
}

#[tokio::test]
async fn file_for_another_type_is_422_that_names_the_field() {
    let file = form().file("a", "5", "text/plain", "5");
    let not = |expected: &str| unprocessable(&format!("`a`: it is a file, not {expected}"));
    assert_eq!(refused::<One<String>>(&file).await, not("a text"));
    assert_eq!(refused::<One<Option<String>>>(&file).await, not("a text"));
    assert_eq!(refused::<One<Vec<String>>>(&file).await, not("a text"));
    assert_eq!(refused::<One<u8>>(&file).await, not("an integer from 0 to 255"));
    assert_eq!(refused::<One<f64>>(&file).await, not("a number"));
    assert_eq!(refused::<One<bool>>(&file).await, not("\"true\", \"on\" or \"false\""));
    assert_eq!(refused::<One<char>>(&file).await, not("one character"));
    assert_eq!(refused::<One<Color>>(&file).await, not("a text"));
    assert_eq!(refused::<One<Value>>(&file).await, not("any valid JSON value"));
    assert_eq!(refused::<HashMap<String, String>>(&file).await, not("a text"));
    assert_eq!(refused::<Vec<(String, String)>>(&file).await, not("a text"));
    assert_eq!(refused::<One<std::net::IpAddr>>(&file).await, not("a text"));
}

#[tokio::test]
async fn file_without_a_field_is_ignored_or_unknown() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Strict {
        a: String,
    }
    let sent = form().text("a", "x").file("b", "b", "a/b", PNG);
    assert_eq!(read::<One<String>>(&sent).await, "One { a: \"x\" }");
    assert_eq!(refused::<Strict>(&sent).await, unprocessable("unknown field `b`"));
    assert_eq!(read::<()>(&sent).await, "()");
}

#[tokio::test]
async fn renamed_fields_and_aliases_are_read() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Upload {
        #[serde(rename = "the-file", alias = "file")]
        it: UploadedFile,
    }
    for name in ["the-file", "file"] {
        let read = read::<Upload>(&form().file(name, "x", "a/b", "1")).await;
        assert_eq!(read, format!("Upload {{ it: {} }}", shown("x", "a/b", 1)));
    }
}

// Types that serde buffers

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Files {
    one: UploadedFile,
    many: Vec<UploadedFile>,
    maybe: Option<UploadedFile>,
    count: u8,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "only its `Debug` text is read")]
struct Flat {
    title: String,
    own: UploadedFile,
    #[serde(flatten)]
    files: Files,
}

#[tokio::test]
async fn files_behind_flatten_are_read() {
    let file = |name: &str| shown(name, "a/b", 1);
    let some = form()
        .text("title", "5")
        .file("own", "o", "a/b", "x")
        .file("one", "1", "a/b", "x")
        .file("many", "2", "a/b", "x")
        .text("count", "7");
    let expected = |many: &str, maybe: &str| {
        let files = format!("Files {{ one: {}, many: [{many}], maybe: {maybe}, count: 7 }}", file("1"));
        format!("Flat {{ title: \"5\", own: {}, files: {files} }}", file("o"))
    };
    assert_eq!(read::<Flat>(&some).await, expected(&file("2"), "None"));
    let all = some.clone().file("many", "3", "a/b", "x").file("maybe", "4", "a/b", "x");
    let many = format!("{}, {}", file("2"), file("3"));
    assert_eq!(read::<Flat>(&all).await, expected(&many, &format!("Some({})", file("4"))));
    let unset_inputs = unset(some, "maybe");
    assert_eq!(read::<Flat>(&unset_inputs).await, expected(&file("2"), "None"));
}

#[tokio::test]
async fn wrong_values_behind_flatten_are_422() {
    let sent = |one: bool, count: bool| {
        let sent = form().text("title", "5").file("own", "o", "a/b", "x");
        let sent = if one { sent.file("one", "1", "a/b", "x") } else { sent.text("one", "cat.png") };
        if count { sent.text("count", "7") } else { sent.file("count", "1", "a/b", "x") }
    };
    assert!(read::<Flat>(&sent(true, true)).await.contains("many: []"));
    assert_eq!(refused::<Flat>(&sent(false, true)).await, unprocessable("`one`: `cat.png` is not a file"));
    let refusal = unprocessable("`count`: it is a file, not an integer from 0 to 255");
    assert_eq!(refused::<Flat>(&sent(true, false)).await, refusal);
    let missing = form().text("title", "5").file("own", "o", "a/b", "x").text("count", "7");
    assert_eq!(refused::<Flat>(&missing).await, unprocessable("missing field `one`"));
    let maybe_text = sent(true, true).text("maybe", "cat.png");
    assert_eq!(refused::<Flat>(&maybe_text).await, unprocessable("`maybe`: `cat.png` is not a file"));
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[allow(dead_code, reason = "only its `Debug` text is read")]
enum Source {
    Upload { file: UploadedFile, page: u8 },
    Link { url: String },
}

#[tokio::test]
async fn files_in_tagged_and_untagged_enums_are_read() {
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    enum FileOrText {
        File(UploadedFile),
        Text(String),
    }
    let upload = form().text("kind", "upload").file("file", "1", "a/b", "x").text("page", "3");
    assert_eq!(read::<Source>(&upload).await, format!("Upload {{ file: {}, page: 3 }}", shown("1", "a/b", 1)));
    let link = form().text("kind", "link").text("url", "5");
    assert_eq!(read::<Source>(&link).await, "Link { url: \"5\" }");
    let response = client::<Source>().post("/").form(&[("kind", "link"), ("url", "x")]).await;
    assert_eq!(response.text(), "Link { url: \"x\" }");
    let no_file = form().text("kind", "upload").text("page", "3");
    assert_eq!(refused::<Source>(&no_file).await, unprocessable("missing field `file`"));
    let no_kind = form().file("kind", "1", "a/b", "x");
    assert_eq!(refused::<Source>(&no_kind).await.0, 422);

    for text in ["x", "5", "true"] {
        assert_eq!(read::<One<FileOrText>>(&form().text("a", text)).await, format!("One {{ a: Text({text:?}) }}"));
    }
    let file = form().file("a", "1", "a/b", "x");
    assert_eq!(read::<One<FileOrText>>(&file).await, format!("One {{ a: File({}) }}", shown("1", "a/b", 1)));
    let both = form().file("a", "1", "a/b", "x").text("a", "y");
    let expected = format!("One {{ a: [File({}), Text(\"y\")] }}", shown("1", "a/b", 1));
    assert_eq!(read::<One<Vec<FileOrText>>>(&both).await, expected);
}

#[tokio::test]
async fn bytes_that_stand_for_a_file_are_never_read_as_a_value() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only its `Debug` text is read")]
    struct Rest<T> {
        #[serde(flatten)]
        rest: HashMap<String, T>,
    }
    let file = form().file("a", "1", "a/b", "x");
    assert_eq!(refused::<Rest<Value>>(&file).await.0, 422);
    assert_eq!(refused::<Rest<String>>(&file).await.0, 422);
    assert_eq!(refused::<Rest<u64>>(&file).await.0, 422);
    assert_eq!(refused::<Rest<Vec<u8>>>(&file).await.0, 422);
    assert_eq!(
        read::<Rest<UploadedFile>>(&file).await,
        format!("Rest {{ rest: {{\"a\": {}}} }}", shown("1", "a/b", 1))
    );
}

// Registration

#[test]
fn file_in_a_query_a_form_or_a_path_is_refused_at_registration() {
    let reason = "only `FormData` reads an `UploadedFile`";
    for error in [
        RouteHandlers::new().try_route("/", post(async |_: Query<One<UploadedFile>>| ())).unwrap_err(),
        RouteHandlers::new().try_route("/", post(async |_: Form<One<Option<UploadedFile>>>| ())).unwrap_err(),
        RouteHandlers::new().try_route("/", post(async |_: Form<One<Vec<UploadedFile>>>| ())).unwrap_err(),
        RouteHandlers::new().try_route("/", post(async |_: Form<HashMap<String, UploadedFile>>| ())).unwrap_err(),
        RouteHandlers::new().try_route("/{id}", delete(async |_: Path<UploadedFile>| ())).unwrap_err(),
    ] {
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn type_that_no_form_can_be_is_refused_at_registration() {
    let nested = RouteHandlers::new().try_route("/", post(async |_: FormData<One<One<UploadedFile>>>| ())).unwrap_err();
    assert!(nested.to_string().contains("`FormData<") && nested.to_string().contains("a file"), "{nested}");
    let list = RouteHandlers::new().try_route("/", post(async |_: FormData<Vec<UploadedFile>>| ())).unwrap_err();
    assert!(list.to_string().contains("a pair of a name and a value, not a file"), "{list}");
    let twice = RouteHandlers::new().try_route("/", post(async |_: FormData<()>, _: String| ())).unwrap_err();
    assert!(twice.to_string().contains("`FormData`"), "{twice}");
    assert!(RouteHandlers::new().try_route("/", post(async |_: FormData<Flat>| ())).is_ok());
    assert!(RouteHandlers::new().try_route("/", post(async |_: FormData<Source>| ())).is_ok());
    assert!(RouteHandlers::new().try_route("/", post(async |_: FormData<Profile>| ())).is_ok());
}

#[tokio::test]
async fn file_in_json_is_500() {
    let client = Client::new(RouteHandlers::new().post("/", async |_: Json<One<UploadedFile>>| ()));
    assert_eq!(client.post("/").json(&json!({ "a": "x" })).await.status(), 500);
}

#[test]
fn uploaded_file_and_limits_can_be_shared_between_threads() {
    fn is_shared<T: Send + Sync + Clone + 'static>() {}
    is_shared::<UploadedFile>();
    is_shared::<FormLimits>();
}

// Validation

#[tokio::test]
async fn valid_form_data_names_the_fields_of_all_faults() {
    #[derive(Deserialize)]
    struct Picture {
        title: String,
        #[serde(rename = "the-file")]
        the_file: UploadedFile,
    }
    impl Validate for Picture {
        fn faults(&self, _: &Head<'_>) -> Vec<Fault> {
            let file = (self.the_file.size() > 3).then(|| Fault::new("/the_file", "must have at most 3 bytes"));
            let title = self.title.is_empty().then(|| Fault::new("/title", "must not be empty"));
            file.into_iter().chain(title).collect()
        }
    }
    let api = RouteHandlers::new()
        .post("/", async |Valid(FormData(picture)): Valid<FormData<Picture>>| picture.the_file.size().to_string());
    let client = Client::new(api);
    let valid = form().text("title", "x").file("the-file", "a", "a/b", "123");
    assert_eq!(client.post("/").multipart(&valid).await.text(), "3");
    let response = client.post("/").multipart(&form().text("title", "").file("the-file", "a", "a/b", "1234")).await;
    assert_eq!(response.status(), 422);
    let problem: Value = response.json();
    let faults = json!([
        { "pointer": "/title", "detail": "must not be empty" },
        { "pointer": "/the-file", "detail": "must have at most 3 bytes" },
    ]);
    assert_eq!(problem["errors"], faults);
    let missing = client.post("/").form(&[("title", "")]).await;
    assert_eq!(failure(&missing), unprocessable("missing field `the-file`"));
}

// Limits

fn limited(limits: FormLimits) -> Client {
    let count = async |FormData(fields): FormData<One<Vec<UploadedFile>>>| fields.a.len().to_string();
    let texts = async |FormData(fields): FormData<Vec<(String, String)>>| fields.len().to_string();
    let api = RouteHandlers::new().with_state(limits).post("/files", count).post("/texts", texts);
    Client::new(api)
}

#[tokio::test]
async fn field_over_its_limit_is_413_that_names_it() {
    let client = limited(FormLimits::new().with_field_limit(4));
    let file = |content: &str| form().file("a", "a", "a/b", content);
    assert_eq!(client.post("/files").multipart(&file("1234")).await.text(), "1");
    let too_long = (413, "the form: `a` is longer than the 4 bytes allowed here".to_owned());
    assert_eq!(failure(&client.post("/files").multipart(&file("12345")).await), too_long);
    assert_eq!(client.post("/texts").multipart(&form().text("a", "1234")).await.text(), "1");
    assert_eq!(failure(&client.post("/texts").multipart(&form().text("a", "12345")).await), too_long);
}

#[tokio::test]
async fn field_with_a_limit_of_its_own_has_no_other() {
    let client = limited(FormLimits::new().with_field_limit(2).with_limit_of("a", 9).with_limit_of("a", 4));
    for (name, content, status) in [("a", "1234", 200), ("a", "12345", 413), ("b", "12", 200), ("b", "123", 413)] {
        let response = client.post("/texts").multipart(&form().text(name, content)).await;
        assert_eq!(response.status(), status, "{name}={content}");
    }
    let files = form().file("a", "1", "a/b", "1234").file("a", "2", "a/b", "1234");
    assert_eq!(client.post("/files").multipart(&files).await.text(), "2");
}

/// A file for which the type has no field is not stored, so it has no limit but that of the body.
#[tokio::test]
async fn skipped_file_has_no_limit_of_its_own() {
    let client = limited(FormLimits::new().with_field_limit(4));
    let sent = form().file("b", "b", "a/b", [0; 1000]).file("a", "a", "a/b", "1234");
    assert_eq!(client.post("/files").multipart(&sent).await.text(), "1");
}

#[test]
fn skipped_file_takes_no_memory() {
    const SIZE: usize = 16 * 1024 * 1024;
    let api = RouteHandlers::new().route("/", post(async |_: FormData<One<String>>| ()).body_limit(2 * SIZE));
    let heads = ["a\"", "b\"; filename=\"b\""]
        .map(|name| format!("--B\r\ncontent-disposition: form-data; name=\"{name}\r\n\r\n"));
    let client = Client::new(api);
    let measured = allocation_counter::measure(|| {
        let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
        let start = Bytes::from(format!("{}text\r\n{}", heads[0], heads[1]));
        let content = std::iter::repeat_n(chunk, SIZE / (64 * 1024));
        let chunks = std::iter::once(start).chain(content).chain(std::iter::once("\r\n--B--".into()));
        let body = Body::from_stream(stream::iter(chunks.map(Ok::<_, Infallible>)));
        let request = client.post("/").header("content-type", "multipart/form-data; boundary=B").body(body);
        let response = tokio_test::block_on(async { request.await });
        assert_eq!(response.status(), 200, "{}", response.text());
    });
    assert!(measured.bytes_max < 1024 * 1024, "{} bytes", measured.bytes_max);
}

#[tokio::test]
async fn many_files_are_read_behind_flatten() {
    #[derive(Debug, Deserialize)]
    struct Rest {
        #[serde(flatten)]
        rest: HashMap<String, Vec<UploadedFile>>,
    }
    let count = async |FormData(form): FormData<Rest>| form.rest.len().to_string();
    let api = RouteHandlers::new().with_state(FormLimits::new().with_max_fields(20_000)).post("/", count);
    let many = (0..10_000).fold(form(), |form, number| form.file(&number.to_string(), "a", "a/b", "x"));
    assert_eq!(Client::new(api).post("/").multipart(&many).await.text(), "10000");
}

#[tokio::test]
async fn more_fields_than_the_limit_are_413() {
    let client = limited(FormLimits::new().with_max_fields(2));
    assert_eq!(client.post("/texts").multipart(&form().text("a", "").text("b", "")).await.text(), "2");
    let three = form().text("a", "").text("b", "").text("c", "");
    let too_many = (413, "the form has more fields than allowed here".to_owned());
    assert_eq!(failure(&client.post("/texts").multipart(&three).await), too_many);
    let many = (0..1001).fold(form(), |form, _| form.text("a", ""));
    assert_eq!(failure(&limited(FormLimits::new()).post("/texts").multipart(&many).await), too_many);
}

#[tokio::test]
async fn texts_over_the_memory_limit_are_413_in_total() {
    let client = limited(FormLimits::new().with_memory_limit(8));
    assert_eq!(client.post("/texts").multipart(&form().text("a", "123").text("b", "123")).await.text(), "2");
    let more = form().text("a", "123").text("b", "1234");
    let too_long = (413, "the texts of the form are longer than the 8 bytes allowed here".to_owned());
    assert_eq!(failure(&client.post("/texts").multipart(&more).await), too_long);
    assert_eq!(failure(&client.post("/texts").multipart(&form().text("123456789", "")).await), too_long);
    let file = form().file("a", "a", "a/b", "123456789");
    assert_eq!(client.post("/files").multipart(&file).await.text(), "1");
}

/// A client must not get around a limit with the other media type.
#[tokio::test]
async fn limits_apply_to_both_media_types() {
    let limits = FormLimits::new().with_field_limit(4).with_limit_of("b", 6).with_max_fields(3).with_memory_limit(20);
    let client = limited(limits);
    for (fields, status) in [
        (&[("a", "1234"), ("b", "123456"), ("c", "")][..], 200),
        (&[("a", "12345")], 413),
        (&[("a", "ü12")], 200),
        (&[("a", "ü123")], 413),
        (&[("b", "1234567")], 413),
        (&[("a", ""), ("a", ""), ("a", ""), ("a", "")], 413),
        (&[("b", "12345"), ("b", "12345"), ("b", "12345")], 200),
        (&[("b", "123456"), ("b", "123456"), ("b", "123456")], 413),
        (&[("a long name of a field", "")], 413),
    ] {
        let multipart = fields.iter().fold(form(), |form, (name, value)| form.text(name, *value));
        let multipart = client.post("/texts").multipart(&multipart).await;
        let url_encoded = client.post("/texts").form(fields).await;
        assert_eq!(multipart.status(), status, "{fields:?}");
        assert_eq!(url_encoded.text(), multipart.text(), "{fields:?}");
    }
}

#[tokio::test]
async fn file_before_a_text_takes_no_memory_of_the_text() {
    #[derive(Deserialize)]
    struct Note {
        a: UploadedFile,
        text: String,
    }
    let api = RouteHandlers::new()
        .with_state(FormLimits::new().with_memory_limit(1000))
        .post("/", async |FormData(note): FormData<Note>| format!("{} {}", note.a.size(), note.text));
    let client = Client::new(api);
    for size in [0, 990, 1000, 1001, 2000] {
        let before = form().file("a", "a", "a/b", vec![0; size]).text("text", "hello");
        let after = form().text("text", "hello").file("a", "a", "a/b", vec![0; size]);
        for sent in [before, after] {
            assert_eq!(client.post("/").multipart(&sent).await.text(), format!("{size} hello"));
        }
    }
}

#[tokio::test]
async fn whole_form_is_limited_by_the_route() {
    let api = RouteHandlers::new().route("/", post(async |_: FormData<()>| ()).body_limit(200));
    let client = Client::new(api);
    assert_eq!(client.post("/").multipart(&form().file("a", "a", "a/b", "x")).await.status(), 200);
    // The file is skipped, but it counts.
    let response = client.post("/").multipart(&form().file("a", "a", "a/b", [b'x'; 200])).await;
    assert_eq!(failure(&response), (413, "the body is longer than the 200 bytes allowed here".to_owned()));
    assert_eq!(failure(&client.post("/").form(&[("a", "x".repeat(200))]).await).0, 413);
}

#[tokio::test]
async fn limits_are_those_of_the_state_before_the_route() {
    let count = async |FormData(fields): FormData<Vec<(String, String)>>| fields.len().to_string();
    let api = RouteHandlers::new()
        .post("/default", count)
        .with_state(FormLimits::new().with_max_fields(1))
        .post("/one", count)
        .with_state(FormLimits::new().with_max_fields(2))
        .post("/two", count);
    let client = Client::new(api);
    for (path, allowed) in [("/default", 3), ("/one", 1), ("/two", 2)] {
        for fields in 1..=3 {
            let form = (0..fields).fold(form(), |form, _| form.text("a", ""));
            let status = client.post(path).multipart(&form).await.status();
            assert_eq!(status == 200, fields <= allowed, "{fields} fields at {path}: {status}");
        }
    }
}

// Temporary files

#[cfg(feature = "temp-files")]
mod temp_files {
    use std::fs;
    use std::path::PathBuf;
    use std::sync::{Arc, Mutex};

    use route_handlers::State;

    use super::*;

    type Kept = Arc<Mutex<Vec<UploadedFile>>>;

    async fn keep(State(kept): State<Kept>, FormData(form): FormData<One<Vec<UploadedFile>>>) {
        *kept.lock().unwrap() = form.a;
    }

    /// Returns the files that a handler gets.
    async fn upload(limit: usize, contents: &[&[u8]]) -> Vec<UploadedFile> {
        let kept = Kept::default();
        let api = RouteHandlers::new()
            .with_state(Arc::clone(&kept))
            .with_state(FormLimits::new().with_memory_limit(limit))
            .route("/", post(keep).body_limit(16 * 1024 * 1024));
        let form = contents.iter().fold(form(), |form, content| form.file("a", "a.bin", "a/b", content));
        assert_eq!(Client::new(api).post("/").multipart(&form).await.status(), 200);
        let files = std::mem::take(&mut *kept.lock().unwrap());
        assert_eq!(files.len(), contents.len());
        files
    }

    fn path(file: &UploadedFile) -> Option<PathBuf> {
        file.path().map(PathBuf::from)
    }

    #[tokio::test]
    async fn file_that_does_not_fit_into_the_memory_is_on_disk_until_it_is_dropped() {
        let long: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
        let files = upload(15, &[b"12345678", &long, b"123456789", b"12", b""]).await;
        let is_on_disk: Vec<_> = files.iter().map(|file| file.path().is_some()).collect();
        assert_eq!(is_on_disk, [false, true, true, false, false]);
        for (file, content) in files.iter().zip([b"12345678", &long[..], b"123456789", b"12", b""]) {
            assert!(file.bytes().await.unwrap() == content);
            assert_eq!(file.size(), content.len() as u64);
        }
        let paths: Vec<_> = files.iter().filter_map(path).collect();
        assert!(paths.iter().all(|path| path.exists() && path.starts_with(std::env::temp_dir())));
        let clone = files[1].clone();
        drop(files);
        assert_eq!(paths.iter().map(|path| path.exists()).collect::<Vec<_>>(), [true, false]);
        drop(clone);
        assert!(!paths[0].exists());
    }

    #[tokio::test]
    async fn file_that_is_moved_to_the_disk_frees_its_memory() {
        let show = async |FormData(form): FormData<One<Vec<UploadedFile>>>| {
            let mut shown = Vec::new();
            for file in form.a {
                let content = file.bytes().await?;
                shown.push(format!("{} {}", content.escape_ascii(), file.path().is_some()));
            }
            Ok::<_, route_handlers::Error>(shown.join("\n"))
        };
        let api = RouteHandlers::new().with_state(FormLimits::new().with_memory_limit(8)).post("/", show);
        let disposition = "content-disposition: form-data; name=a; filename=b";
        let parts = ["123456789", "12345678", ""].map(|content| format!("--B\r\n{disposition}\r\n\r\n{content}\r\n"));
        let body = format!("{}--B--", parts.concat());
        for size in [1, 3, body.len()] {
            let chunks: Vec<_> = body.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
            let chunks = stream::iter(chunks.into_iter().map(Ok::<_, Infallible>));
            let request = Client::new(api.clone()).post("/").header("content-type", "multipart/form-data; boundary=B");
            let response = request.body(Body::from_stream(chunks)).await;
            assert_eq!(response.text(), "123456789 true\n12345678 false\n false", "in chunks of {size}");
        }
    }

    #[tokio::test]
    async fn persisted_file_is_moved_and_replaces_another() {
        let folder = tempfile::tempdir().unwrap();
        for (limit, content) in [(0, "on disk"), (1000, "in memory")] {
            let target = folder.path().join("target");
            let file = upload(limit, &[content.as_bytes()]).await.remove(0);
            let temporary = path(&file);
            assert_eq!(temporary.is_some(), limit == 0);
            file.persist(&target).await.unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), content);
            assert!(temporary.is_none_or(|path| !path.exists()));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[tokio::test]
    async fn persisted_clone_is_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let file = upload(0, &[b"shared"]).await.remove(0);
        file.clone().persist(folder.path().join("copy")).await.unwrap();
        assert_eq!(file.bytes().await.unwrap(), "shared");
        file.persist(folder.path().join("moved")).await.unwrap();
        for name in ["copy", "moved"] {
            assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "shared");
        }
    }

    #[tokio::test]
    async fn persist_into_a_missing_folder_is_an_error() {
        for limit in [0, 100] {
            let file = upload(limit, &[b"x"]).await.remove(0);
            let temporary = path(&file);
            let error = file.persist("/no/such/folder/x").await.unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
            assert!(temporary.is_none_or(|path| !path.exists()));
        }
    }

    #[tokio::test]
    async fn refused_form_leaves_no_temporary_file() {
        let api = RouteHandlers::new()
            .with_state(FormLimits::new().with_memory_limit(1).with_field_limit(1000))
            .post("/", async |FormData(form): FormData<One<UploadedFile>>| form.a.path().is_some().to_string());
        let client = Client::new(api);
        let one = form().file("a", "a", "a/b", "xx");
        assert_eq!(client.post("/").multipart(&one).await.text(), "true");
        assert_eq!(client.post("/").multipart(&one.clone().file("a", "a", "a/b", "xx")).await.status(), 422);
        assert_eq!(client.post("/").multipart(&one.file("a", "a", "a/b", [0; 2000])).await.status(), 413);
    }
}
