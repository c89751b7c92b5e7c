//! Forms with and without files.

use route_handlers::multipart::UploadedFile;
use route_handlers::testing::Client;
use route_handlers::{FormData, NoContent, RouteHandlers, documented};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{operation, statuses};

const MULTIPART: &str = "multipart/form-data";
const FORM: &str = "application/x-www-form-urlencoded";

/// The content of a request body, by media type.
fn content<T: DeserializeOwned + JsonSchema + Send + 'static>() -> Value {
    let (operation, _) = operation(documented(async |_: FormData<T>| NoContent));
    assert_eq!(statuses(&operation), ["204", "400", "413", "415", "422"]);
    assert_eq!(operation["requestBody"]["required"], true);
    operation["requestBody"]["content"].clone()
}

fn file() -> Value {
    json!({ "type": "string", "format": "binary", "contentMediaType": "application/octet-stream" })
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Texts {
    name: String,
    age: Option<u8>,
    tags: Vec<String>,
}

#[test]
fn form_without_files_has_both_media_types() {
    let content = content::<Texts>();
    assert_eq!(content.as_object().unwrap().len(), 2);
    assert_eq!(content[FORM], content[MULTIPART]);
    assert_eq!(content[FORM]["schema"]["required"], json!(["name"]));
    assert_eq!(content[FORM]["encoding"], Value::Null);
}

#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "only its shape is read")]
struct Files {
    name: String,
    any: UploadedFile,
    /// A picture.
    #[schemars(extend("contentMediaType" = "image/png, image/webp"))]
    picture: UploadedFile,
    maybe: Option<UploadedFile>,
    many: Vec<UploadedFile>,
    #[schemars(extend("contentMediaType" = "text/csv"))]
    tables: Vec<UploadedFile>,
}

#[test]
fn form_with_files_is_multipart_with_an_encoding() {
    let content = content::<Files>();
    assert_eq!(content.as_object().unwrap().keys().collect::<Vec<_>>(), [MULTIPART]);
    let schema = &content[MULTIPART]["schema"];
    assert_eq!(schema["required"], json!(["name", "any", "picture"]));
    let picture = json!({
        "type": "string", "format": "binary", "contentMediaType": "image/png, image/webp", "description": "A picture.",
    });
    assert_eq!(schema["properties"]["any"], file());
    assert_eq!(schema["properties"]["picture"], picture);
    assert_eq!(schema["properties"]["maybe"], file());
    assert_eq!(schema["properties"]["many"], json!({ "type": "array", "items": file() }));
    let octets = json!({ "contentType": "application/octet-stream" });
    assert_eq!(
        content[MULTIPART]["encoding"],
        json!({
            "any": octets,
            "picture": { "contentType": "image/png, image/webp" },
            "maybe": octets,
            "many": octets,
            "tables": { "contentType": "text/csv" },
        })
    );
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only its shape is read")]
struct Closed {
    name: String,
    file: Option<UploadedFile>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(dead_code, reason = "only its shape is read")]
enum ClosedKind {
    Named { name: String },
    Aged { age: u8 },
}

#[tokio::test]
async fn other_fields_are_refused_as_the_document_says() {
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only its shape is read")]
    struct Flat {
        #[serde(flatten)]
        closed: Closed,
    }
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only its shape is read")]
    struct Open {
        name: String,
    }
    async fn check<T: DeserializeOwned + JsonSchema + Send + 'static>(form: &str, is_refused: bool) {
        let schema = content::<T>()[MULTIPART]["schema"].clone();
        assert_eq!(schema.get("additionalProperties"), is_refused.then_some(&json!(false)), "{form}");
        let client = Client::new(RouteHandlers::new().post("/", async |_: FormData<T>| NoContent));
        let response = client.post("/").header("content-type", FORM).body(form.to_owned()).await;
        response.assert_status(if is_refused { 422 } else { 204 });
    }
    check::<Closed>("name=Ada&other=1", true).await;
    check::<ClosedKind>("kind=Named&name=Ada&other=1", true).await;
    check::<Flat>("name=Ada&other=1", false).await;
    check::<Open>("name=Ada&other=1", false).await;

    let of_map = content::<std::collections::HashMap<u8, u8>>()[MULTIPART]["schema"].clone();
    assert_eq!(of_map["additionalProperties"]["format"], "uint8");
}

/// A form that the schema accepts must not lack a field of its variant.
#[test]
fn each_variant_of_a_form_has_its_own_required_fields() {
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    #[allow(dead_code, reason = "only its shape is read")]
    enum Note {
        Text { text: String },
        Pictures { picture: UploadedFile, more: Vec<UploadedFile> },
        Empty,
    }
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only its shape is read")]
    struct Titled {
        title: String,
        #[serde(flatten)]
        note: Note,
    }
    let kind = |name: &str| json!({ "type": "string", "const": name });
    let variants = json!([
        {
            "type": "object",
            "required": ["kind", "text"],
            "properties": { "kind": kind("text"), "text": { "type": "string" } },
        },
        {
            "type": "object",
            "required": ["kind", "picture"],
            "properties": {
                "kind": kind("pictures"), "picture": file(), "more": { "type": "array", "items": file() },
            },
        },
        { "type": "object", "required": ["kind"], "properties": { "kind": kind("empty") } },
    ]);
    for (content, required) in [(content::<Note>(), json!(["kind"])), (content::<Titled>(), json!(["title", "kind"]))] {
        let schema = &content[MULTIPART]["schema"];
        assert_eq!((&schema["anyOf"], &schema["required"]), (&variants, &required));
        assert_eq!(schema["properties"]["more"], json!({ "type": "array", "items": file() }));
        assert_eq!(content[MULTIPART]["encoding"].as_object().unwrap().len(), 2);
    }
}

#[test]
fn one_optional_file_makes_a_form_multipart() {
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only its shape is read")]
    struct Flat {
        title: String,
        #[serde(flatten)]
        file: File,
    }
    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code, reason = "only its shape is read")]
    struct File {
        file: Option<UploadedFile>,
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "kind")]
    #[allow(dead_code, reason = "only its shape is read")]
    enum Source {
        Upload { file: UploadedFile },
        Link { url: String },
    }
    type Map = std::collections::HashMap<String, UploadedFile>;
    for content in [content::<File>(), content::<Flat>(), content::<Source>(), content::<Map>()] {
        assert_eq!(content.as_object().unwrap().keys().collect::<Vec<_>>(), [MULTIPART], "{content}");
    }
}
