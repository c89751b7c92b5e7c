//! A `Path<T>` whose type cannot hold the parameters of its pattern is refused before the first request.

mod support;

use std::any::type_name;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use route_handlers::{FromHead, FromRequest, Head, Path, Request, Result, RouteError, RouteHandlers, get};
use serde::de::{DeserializeOwned, Error as _, IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use support::{get as get_request, inner, send, send_get, status_and_detail};

fn table() -> RouteHandlers {
    RouteHandlers::new()
}

fn try_get<A: FromRequest + Send + 'static>(pattern: &str) -> Result<RouteHandlers, RouteError> {
    table().try_route(pattern, get(async |_: A| ()))
}

/// The reason why a `Path<T>` is refused at registration.
#[track_caller]
fn refused<T: DeserializeOwned + Send + 'static>(pattern: &str) -> String {
    let error = try_get::<Path<T>>(pattern).expect_err(pattern);
    assert_eq!(error.pattern(), pattern);
    reason::<T>(pattern, &error.to_string())
}

#[track_caller]
fn reason<T>(pattern: &str, text: &str) -> String {
    let start = format!(
        "the handler of `GET {pattern}` takes `Path<{}>`, which cannot hold the parameters of the pattern: ",
        type_name::<T>()
    );
    text.strip_prefix(&start).unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// The message of the panic when a table becomes a service.
fn panic_of_over(api: RouteHandlers) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(api.over(inner())))).err()?;
    Some(*panic.downcast::<String>().expect("the message is text"))
}

/// The reason why a `Path<T>` is refused when the table becomes a service.
#[track_caller]
fn refused_alone<T: DeserializeOwned + Send + 'static>(pattern: &str) -> String {
    let text = panic_of_over(try_get::<Path<T>>(pattern).expect(pattern)).expect(pattern);
    reason::<T>(pattern, &text)
}

#[track_caller]
fn accepted<A: FromRequest + Send + 'static>(pattern: &str) {
    let api = try_get::<A>(pattern).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(panic_of_over(api), None);
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only its shape matters")]
struct Member {
    team_id: u32,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape matters")]
struct CamelMember {
    team_id: u32,
    name: String,
}

/// Types with a tag. At `/{kind}/{id}` some of their variants fit.
mod tagged {
    use super::Member;
    use serde::Deserialize;

    macro_rules! enums {
        ($(#[$meta:meta] $name:ident { $($variants:tt)* })*) => {$(
            #[derive(Deserialize)]
            #[$meta]
            #[expect(dead_code, reason = "only its shape matters")]
            pub(super) enum $name { $($variants)* }
        )*};
    }

    enums! {
        #[serde(tag = "kind")]
        UserOrBook { User { id: u32 }, Book { isbn: String } }
        #[serde(tag = "kind")]
        BookOrUser { Book { isbn: String }, User { id: u32 } }
        #[serde(tag = "kind", deny_unknown_fields)]
        Strict { Book { isbn: String }, User { id: u32 } }
        #[serde(tag = "kind")]
        Flags { Book { id: bool, isbn: String }, User { id: u32 } }
        #[serde(tag = "kind")]
        MemberOrUser { Book { id: Member }, User { id: u32 } }
        #[serde(tag = "kind", content = "id")]
        NumberOrMember { User(u8), Book(Member) }
        #[serde(tag = "kind", content = "id")]
        MemberOrNumber { Book(Member), User(u8) }
        #[serde(tag = "kind", content = "id")]
        NumberOrNothing { User(u8), Book }
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    pub(super) struct Flat<T> {
        id: u32,
        #[serde(flatten)]
        tagged: T,
    }
}

use tagged::{
    BookOrUser, Flags, Flat, MemberOrNumber, MemberOrUser, NumberOrMember, NumberOrNothing, Strict, UserOrBook,
};

#[test]
fn tuple_of_another_length_is_refused() {
    assert_eq!(
        refused::<(u32,)>("/{org}/{id}"),
        "it is a tuple of 1, and the number of parameters is 2: take one value for each"
    );
    let text = refused_alone::<(String, u32)>("/{id}");
    assert!(text.starts_with("it is a tuple of 2, and the number of parameters is 1: take one value"), "{text}");
    accepted::<Path<(String, u32)>>("/{org}/{id}");
    accepted::<Path<(String, Vec<String>)>>("/{org}/{*rest}");
}

#[test]
fn scalar_for_two_parameters_is_refused() {
    let reason = "it is one value, and the number of parameters is 2: take a tuple or a struct";
    assert_eq!(refused::<u32>("/{org}/{id}"), reason);
    assert_eq!(refused::<Option<String>>("/{org}/{id}"), reason);
    accepted::<Path<u32>>("/{id}");
    accepted::<Path<String>>("/files/{*path}");
}

#[test]
fn value_without_a_parameter_is_refused() {
    let text = refused_alone::<u32>("/users");
    assert!(text.starts_with("it is one value, and the number of parameters is 0: add one, such as `{id}`"), "{text}");
    let text = refused_alone::<Member>("/users");
    let start = "its field `team_id` is no parameter: add `{team_id}` to the pattern";
    assert!(text.starts_with(start), "{text}");
}

#[test]
fn field_spelled_unlike_its_parameter_is_refused_with_both_names() {
    let reason = "its field `team_id` is no parameter: \
                  rename one of them, or add `#[serde(rename = \"teamId\")]` to the field";
    assert_eq!(refused::<Member>("/{teamId}/{name}"), reason);
    assert!(refused::<Member>("/{team-id}/{name}").contains("`#[serde(rename = \"team-id\")]`"));
    assert!(refused::<CamelMember>("/{team_id}/{name}").contains("`#[serde(rename = \"team_id\")]`"));
    accepted::<Path<Member>>("/{team_id}/{name}");
    accepted::<Path<CamelMember>>("/{teamId}/{name}");
}

#[test]
fn later_field_is_found_behind_values_of_many_types() {
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Cat,
    }
    struct Uuid;
    impl<'de> Deserialize<'de> for Uuid {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_str(UuidVisitor)
        }
    }
    struct UuidVisitor;
    impl Visitor<'_> for UuidVisitor {
        type Value = Uuid;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a UUID")
        }
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Uuid, E> {
            let is_uuid = text.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
            if is_uuid { Ok(Uuid) } else { Err(E::custom("no UUID")) }
        }
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Everything {
        number: std::num::NonZeroU8,
        flag: bool,
        id: Uuid,
        address: IpAddr,
        kind: Kind,
        letter: char,
        list: Vec<u8>,
        user_name: String,
    }
    let pattern = |name| format!("/{{number}}/{{flag}}/{{id}}/{{address}}/{{kind}}/{{letter}}/{{{name}}}/{{*list}}");
    assert!(refused::<Everything>(&pattern("userName")).starts_with("its field `user_name` is no parameter"));
    accepted::<Path<Everything>>(&pattern("user_name"));
}

#[test]
fn unknown_parameter_is_refused_if_the_type_denies_it() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Strict {
        id: u32,
    }
    accepted::<Path<Strict>>("/{id}");
    let reason = "it has no field for the parameter `org`, and denies unknown fields: add the field";
    assert_eq!(refused::<Strict>("/{org}/{id}"), reason);
    assert!(refused::<Strict>("/{ID}").contains("`#[serde(rename = \"ID\")]`"));
}

#[test]
fn type_that_no_text_can_be_is_refused() {
    assert_eq!(refused::<Vec<Member>>("/{id}"), "a parameter is text, not the struct `Member`");
    assert_eq!(refused::<(Member,)>("/{id}"), "a parameter is text, not the struct `Member`");
    assert_eq!(
        refused::<HashMap<String, Vec<u8>>>("/{id}"),
        "`id` is one segment, not a list: take one value, or write `{*id}`"
    );
}

#[test]
fn tuple_in_a_tuple_is_refused() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Point(u8, u8);
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Named<T> {
        a: u8,
        b: T,
    }
    let reason = "`b` is one segment, not a tuple: take one value, or write `{*b}`";
    assert_eq!(refused::<(u8, (u8, u8))>("/{a}/{b}"), reason);
    assert_eq!(refused::<(u8, (String, u8))>("/{a}/{b}"), reason);
    assert_eq!(refused::<(u8, (u8,))>("/{a}/{b}"), reason);
    assert_eq!(refused::<(u8, [u8; 2])>("/{a}/{b}"), reason);
    assert_eq!(refused::<(u8, Point)>("/{a}/{b}"), reason);
    assert_eq!(refused::<(u8, Option<Point>)>("/{a}/{b}"), reason);
    assert_eq!(refused::<[(String, String); 2]>("/{b}/{c}"), reason);
    assert_eq!(refused::<Named<(u8, u8)>>("/{a}/{b}"), reason);
    assert_eq!(refused::<Vec<(String, u8, u8)>>("/{b}"), reason);
    assert_eq!(refused::<Vec<(String,)>>("/{b}"), reason);
    let reason = "`b` is one segment, not a list: take one value, or write `{*b}`";
    assert_eq!(refused::<(u8, Vec<u8>)>("/{a}/{b}"), reason);
    assert_eq!(refused::<(u8, HashMap<String, u8>)>("/{a}/{b}"), "a parameter is text, not a map");
    assert_eq!(refused::<(u8, Member)>("/{a}/{b}"), "a parameter is text, not the struct `Member`");

    accepted::<Path<(u8, (u8, u8))>>("/{a}/{*b}");
    accepted::<Path<(u8, [u8; 2])>>("/{a}/{*b}");
    accepted::<Path<(u8, Vec<u8>)>>("/{a}/{*b}");
    accepted::<Path<Named<(u8, u8)>>>("/{a}/{*b}");
    accepted::<Path<(u8, Vec<(String, u8)>)>>("/{a}/{*b}");
    assert_eq!(refused::<(u8, Vec<(String, u8, u8)>)>("/{a}/{*b}"), "a segment of `b` is one value, not a tuple");
    assert_eq!(refused::<(u8, Vec<Vec<u8>>)>("/{a}/{*b}"), "a segment of `b` is one value, not a list");
}

#[test]
fn type_that_cannot_read_the_names_is_refused() {
    #[derive(Deserialize, PartialEq, Eq, Hash)]
    #[serde(rename_all = "lowercase")]
    enum Name {
        Org,
        Id,
    }
    let start = "it cannot read the name of the parameter `id`: `id` is not an integer from 0 to 255";
    assert!(refused::<HashMap<u8, String>>("/{id}").starts_with(start));
    assert!(refused::<Vec<(u8, String)>>("/{id}").starts_with(start));
    assert!(refused::<(u8, Vec<(u8, String)>)>("/{org}/{*id}").starts_with(start));
    let start = "it cannot read the name of the parameter `page`: unknown variant `page`";
    assert!(refused::<HashMap<Name, String>>("/{org}/{page}").starts_with(start));
    accepted::<Path<HashMap<Name, String>>>("/{org}/{id}");
    accepted::<Path<Vec<(Name, String)>>>("/{org}/{id}");
    accepted::<Path<HashMap<u8, String>>>("/users");
    accepted::<Path<HashMap<u8, String>>>("/{1}/{2}");
}

#[test]
fn enum_without_a_variant_that_is_a_name_is_refused() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    enum Contents {
        One(u8),
        Two { a: u8 },
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    enum Mixed {
        One(u8),
        Two,
    }
    let reason = "a parameter is text, and each variant of the enum has content";
    assert_eq!(refused::<Contents>("/{a}"), reason);
    assert_eq!(refused::<(u8, Contents)>("/{a}/{b}"), reason);
    assert_eq!(refused::<(Contents, u8)>("/{a}/{b}"), reason);
    assert_eq!(refused::<HashMap<String, Option<Contents>>>("/{a}"), reason);
    accepted::<Path<Mixed>>("/{a}");
    accepted::<Path<(Mixed, Mixed)>>("/{a}/{b}");
}

#[test]
fn variant_that_serde_does_not_support_is_refused() {
    #[derive(Deserialize)]
    #[serde(tag = "kind")]
    #[expect(dead_code, reason = "only its shape matters")]
    enum Number {
        Narrow { n: u32 },
        Wide { n: u128 },
    }
    assert_eq!(refused::<Number>("/{kind}/{n}"), "u128 is not supported behind `flatten`, `tag` and `untagged`");
}

#[test]
fn type_without_room_for_an_absent_catch_all_is_refused() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Page<T> {
        lang: String,
        page: T,
    }
    let reason = "`page` may capture nothing: take an `Option` or a `Vec`";
    assert_eq!(refused::<String>("/docs/{*page?}"), reason);
    assert_eq!(refused::<(String, String)>("/{lang}/{*page?}"), reason);
    assert_eq!(refused::<Page<String>>("/{lang}/{*page?}"), reason);
    accepted::<Path<Option<String>>>("/docs/{*page?}");
    accepted::<Path<Vec<String>>>("/docs/{*page?}");
    accepted::<Path<(String, Option<String>)>>("/{lang}/{*page?}");
    accepted::<Path<Page<Option<String>>>>("/{lang}/{*page?}");
    accepted::<Path<Page<Vec<u32>>>>("/{lang}/{*page?}");
    accepted::<Path<HashMap<String, String>>>("/{lang}/{*page?}");
    accepted::<Option<Path<String>>>("/docs/{*page?}");
}

#[test]
fn optional_argument_is_refused_only_if_it_never_fits() {
    accepted::<Option<Path<u32>>>("/users");
    accepted::<Result<Path<u32>>>("/users");
    accepted::<Option<Path<u32>>>("/users/{id}");
    for error in [try_get::<Option<Path<u32>>>("/{a}/{b}"), try_get::<Result<Path<u32>>>("/{a}/{b}")] {
        let text = error.unwrap_err().to_string();
        assert!(text.contains("it is one value, and the number of parameters is 2"), "{text}");
    }
}

#[test]
fn argument_of_the_program_can_ask_for_the_check() {
    struct Id;
    impl FromHead for Id {
        fn from_head(head: &Head<'_>) -> Result<Self> {
            Path::<u32>::from_head(head).map(|_| Self)
        }

        fn check(route: &mut route_handlers::extract::RouteCheck<'_>) {
            <Path<u32> as FromHead>::check(route);
        }
    }
    accepted::<Id>("/{id}");
    assert!(try_get::<Id>("/{a}/{b}").is_err());
}

#[test]
fn nest_checks_the_joined_pattern() {
    let one = table().get("/{id}", async |_: Path<u32>| ());
    let text = table().try_nest("/{org}", one.clone()).unwrap_err().to_string();
    assert_eq!(
        reason::<u32>("/{org}/{id}", &text),
        "it is one value, and the number of parameters is 2: take a tuple or a struct"
    );
    assert_eq!(panic_of_over(table().nest("/users", one)), None);

    let strict = table().nest("/a/{teamId}", table().get("/{name}", async |_: Option<Path<(String, String)>>| ()));
    assert_eq!(panic_of_over(strict.clone()), None);
    assert!(table().try_nest("/{org}", strict).is_err());
}

#[test]
fn prefix_adds_the_parameters_that_a_handler_takes() {
    let (members, line) = (table().route("/{name}", get(async |_: Path<Member>| ())), line!());
    let nested = |prefix: &str| table().nest("/api", table().nest(prefix, members.clone()));
    assert_eq!(panic_of_over(nested("/{team_id}")), None);
    assert_eq!(panic_of_over(table().merge(nested("/{team_id}"))), None);
    assert!(table().try_nest("/{teamId}", members.clone()).unwrap_err().to_string().contains("rename = \"teamId\""));

    for api in [members.clone(), table().merge(members.clone()), nested("/teams")] {
        let pattern = api.routes().next().unwrap().pattern().to_owned();
        let text = reason::<Member>(&pattern, &panic_of_over(api).unwrap());
        assert!(text.starts_with("its field `team_id` is no parameter: "));
        let end = format!("(it was registered at {}:{line}:", file!());
        assert!(text.contains(&end) && text.ends_with("and no prefix of `nest` adds parameters)"), "{text}");
    }
}

#[test]
fn prefix_adds_the_parameters_of_a_later_variant() {
    #[derive(Deserialize)]
    #[serde(tag = "kind", deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    enum Strict {
        Book { isbn: String },
        User { id: u32, org: String },
    }
    let users = table().get("/{kind}/{id}", async |_: Path<Strict>| ());
    assert_eq!(panic_of_over(table().nest("/{org}", users.clone())), None);
    let text = reason::<Strict>("/{kind}/{id}", &panic_of_over(users).unwrap());
    assert!(text.starts_with("its field `org` is no parameter: "), "{text}");
}

#[test]
fn type_that_may_fit_is_accepted() {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Wrapper<T>(T);
    #[derive(Deserialize)]
    struct Nothing;
    #[derive(Deserialize)]
    enum Color {
        Red,
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Lenient {
        #[serde(alias = "teamId")]
        team_id: u32,
        #[serde(default)]
        page: u32,
        other: Option<String>,
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct FlatMap {
        id: u32,
        #[serde(flatten)]
        rest: BTreeMap<String, String>,
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct FlatMember {
        #[serde(flatten)]
        member: Member,
        id: u8,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only its shape matters")]
    enum Untagged {
        ById { id: u32 },
        ByName { name: String },
    }
    accepted::<Path<Option<u32>>>("/{id}");
    accepted::<Path<Option<u32>>>("/users");
    accepted::<Path<Wrapper<u32>>>("/{id}");
    accepted::<Path<Wrapper<(u32, bool)>>>("/{a}/{b}");
    accepted::<Path<IpAddr>>("/{ip}");
    accepted::<Path<Color>>("/{color}");
    accepted::<Path<Lenient>>("/{teamId}");
    accepted::<Path<Lenient>>("/{team_id}/{page}");
    accepted::<Path<FlatMap>>("/{id}/{a}/{b}");
    accepted::<Path<FlatMember>>("/{id}/{team_id}/{name}");
    accepted::<Path<Untagged>>("/{name}");
    for pattern in ["/users", "/{id}", "/{a}/{b}", "/{a}/{*rest}", "/{a}/{*rest?}"] {
        accepted::<Path<()>>(pattern);
        accepted::<Path<Nothing>>(pattern);
        accepted::<Path<IgnoredAny>>(pattern);
        accepted::<Path<Vec<String>>>(pattern);
        accepted::<Path<HashMap<String, String>>>(pattern);
        accepted::<Path<BTreeMap<String, Value>>>(pattern);
        accepted::<Path<Vec<(String, String)>>>(pattern);
        accepted::<Path<Value>>(pattern);
    }
}

#[test]
fn type_is_accepted_if_any_variant_fits() {
    for pattern in ["/{kind}/{id}", "/{id}/{kind}"] {
        accepted::<Path<UserOrBook>>(pattern);
        accepted::<Path<BookOrUser>>(pattern);
        accepted::<Path<Strict>>(pattern);
        accepted::<Path<Flags>>(pattern);
        accepted::<Path<MemberOrUser>>(pattern);
        accepted::<Path<NumberOrMember>>(pattern);
        accepted::<Path<MemberOrNumber>>(pattern);
        accepted::<Path<NumberOrNothing>>(pattern);
        accepted::<Path<Flat<UserOrBook>>>("/{kind}/{id}/{isbn}");
    }
    accepted::<Path<NumberOrNothing>>("/{kind}");
    accepted::<Path<NumberOrNothing>>("/{kind}/{*id?}");
    for text in [refused_alone::<UserOrBook>("/{kind}"), refused_alone::<BookOrUser>("/{kind}/{name}")] {
        assert!(text.contains(" is no parameter: add "), "{text}");
    }
    let text = refused::<Strict>("/{kind}/{name}");
    assert!(text.starts_with("it has no field for the parameter `name`"), "{text}");
}

#[tokio::test]
async fn chosen_variant_that_does_not_fit_is_400() {
    async fn response<T: DeserializeOwned + Send + 'static>(pattern: &str, uri: &str) -> (u16, String) {
        let api = table().get(pattern, async |_: Path<T>| ());
        match send(api, get_request(uri)).await {
            response if response.0 == 200 => (200, String::new()),
            response => status_and_detail(&response),
        }
    }
    let fits = (200, String::new());
    let misfit = |detail: &str| (400, detail.to_owned());
    assert_eq!(response::<UserOrBook>("/{kind}/{id}", "/User/5").await, fits);
    assert_eq!(response::<BookOrUser>("/{kind}/{id}", "/User/5").await, fits);
    assert_eq!(response::<Strict>("/{kind}/{id}", "/User/5").await, fits);
    assert_eq!(response::<MemberOrNumber>("/{kind}/{id}", "/User/5").await, fits);
    assert_eq!(response::<NumberOrNothing>("/{kind}", "/Book").await, fits);
    assert_eq!(response::<Flat<UserOrBook>>("/{id}/{kind}/{isbn}", "/5/Book/x").await, fits);

    let missing = misfit("the path: missing field `isbn`");
    assert_eq!(response::<UserOrBook>("/{kind}/{id}", "/Book/5").await, missing);
    assert_eq!(response::<BookOrUser>("/{kind}/{id}", "/Book/5").await, missing);
    assert_eq!(response::<BookOrUser>("/{id}/{kind}", "/5/Book").await, missing);
    assert_eq!(response::<Flags>("/{kind}/{id}", "/Book/true").await, missing);
    let unknown = misfit("the path: unknown field `id`");
    assert_eq!(response::<Strict>("/{kind}/{id}", "/Book/5").await, unknown);
    let missing = misfit("the path: missing field `id`");
    assert_eq!(response::<Flat<UserOrBook>>("/{id}/{kind}/{isbn}", "/5/User/x").await, missing);
    assert_eq!(response::<Flat<NumberOrNothing>>("/{id}/{kind}", "/5/User").await, missing);
    let missing = misfit("the parameter `kind`: missing field `id`");
    assert_eq!(response::<NumberOrNothing>("/{kind}", "/User").await, missing);
    let (status, detail) = response::<NumberOrMember>("/{kind}/{id}", "/Book/5").await;
    assert_eq!((status, detail.starts_with("the parameter `id`: `5` is not ")), (400, true), "{detail}");
    let (status, detail) = response::<UserOrBook>("/{kind}/{id}", "/Car/5").await;
    assert_eq!((status, detail.starts_with("the parameter `kind`: unknown variant `Car`")), (400, true), "{detail}");
}

#[test]
fn type_that_refuses_every_sample_is_accepted() {
    #[derive(Deserialize)]
    #[serde(try_from = "String")]
    struct Ticket;
    impl TryFrom<String> for Ticket {
        type Error = &'static str;
        fn try_from(text: String) -> Result<Self, &'static str> {
            text.strip_prefix("T-").map(|_| Self).ok_or("a ticket begins with T-")
        }
    }
    #[derive(Deserialize)]
    #[serde(from = "String")]
    struct Panicking;
    impl From<String> for Panicking {
        fn from(text: String) -> Self {
            text.strip_prefix("T-").map(|_| Self).unwrap()
        }
    }
    /// Reports a field that depends on the value.
    struct Composite;
    impl<'de> Deserialize<'de> for Composite {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            match text.split_once('.') {
                Some(("x", _)) => Err(D::Error::unknown_field("x", &["y"])),
                Some(_) => Ok(Self),
                None => Err(D::Error::missing_field("part")),
            }
        }
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Composed {
        id: Composite,
    }
    struct Unknown;
    impl<'de> Deserialize<'de> for Unknown {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            String::deserialize(deserializer)?;
            Err(D::Error::unknown_field("x", &["y"]))
        }
    }

    accepted::<Path<Ticket>>("/{id}");
    accepted::<Path<Panicking>>("/{id}");
    accepted::<Path<Composite>>("/{id}");
    accepted::<Path<Composed>>("/{id}");
    accepted::<Path<Unknown>>("/{id}");
}

/// The statuses of the responses of a handler that the check does not see.
async fn statuses<T: DeserializeOwned + Send + 'static>(pattern: &str, uris: &[impl AsRef<str>]) -> Vec<u16> {
    let unchecked = table().get(pattern, async |request: Request| request.params::<T>().map(drop));
    let mut statuses = Vec::new();
    for uri in uris {
        statuses.push(send_get(unchecked.clone(), uri.as_ref()).await.0);
    }
    statuses
}

fn is_refused<T: DeserializeOwned + Send + 'static>(pattern: &str) -> bool {
    !try_get::<Path<T>>(pattern).is_ok_and(|api| panic_of_over(api).is_none())
}

#[tokio::test]
async fn check_agrees_with_a_request() {
    /// Compares the check with the responses to requests: a response is 500 if the type does not fit.
    async fn agrees<T: DeserializeOwned + Send + 'static>(pattern: &str, uris: &[&str]) {
        let has_500 = statuses::<T>(pattern, uris).await.contains(&500);
        assert_eq!(is_refused::<T>(pattern), has_500, "{pattern} {}", type_name::<T>());
    }
    let routes: [(&str, &[&str]); 10] = [
        ("/users", &["/users"]),
        ("/{a}", &["/1"]),
        ("/{name}/{team_id}", &["/x/1"]),
        ("/{name}/{teamId}", &["/x/1"]),
        ("/{a}/{b}/{c}", &["/1/2/3"]),
        ("/{*rest}", &["/1", "/1/2"]),
        ("/{*name}", &["/1", "/1/2"]),
        ("/{name}/{*team_id}", &["/x/1", "/x/1/2"]),
        ("/docs/{*name?}", &["/docs", "/docs/1", "/docs/1/2"]),
        ("/{a}/{*team_id?}", &["/1", "/1/2", "/1/2/3"]),
    ];
    for (pattern, uris) in routes {
        agrees::<u32>(pattern, uris).await;
        agrees::<String>(pattern, uris).await;
        agrees::<()>(pattern, uris).await;
        agrees::<(String,)>(pattern, uris).await;
        agrees::<(String, String)>(pattern, uris).await;
        agrees::<(String, Vec<String>)>(pattern, uris).await;
        agrees::<(String, Option<String>)>(pattern, uris).await;
        agrees::<Option<String>>(pattern, uris).await;
        agrees::<Vec<String>>(pattern, uris).await;
        agrees::<HashMap<String, String>>(pattern, uris).await;
        agrees::<HashMap<String, Vec<String>>>(pattern, uris).await;
        agrees::<HashMap<u8, String>>(pattern, uris).await;
        agrees::<(String, (String, String))>(pattern, uris).await;
        agrees::<Vec<(String, Value)>>(pattern, uris).await;
        agrees::<Member>(pattern, uris).await;
        agrees::<CamelMember>(pattern, uris).await;
        agrees::<Option<Member>>(pattern, uris).await;
    }
}

#[tokio::test]
async fn check_agrees_with_a_request_for_each_variant() {
    /// Compares the check with the responses to requests: no response is 200 if no variant fits, or 500 if one fits.
    async fn agrees<T: DeserializeOwned + Send + 'static>(pattern: &str) {
        let uris = ["User", "Book", "Car"].map(|kind| {
            let uri = pattern.replace("{kind}", kind).replace("{id}", "1");
            uri.replace("{isbn}", "x").replace("{name}", "x")
        });
        let statuses = statuses::<T>(pattern, &uris).await;
        let case = format!("{pattern} {}: {statuses:?}", type_name::<T>());
        assert_eq!(is_refused::<T>(pattern), !statuses.contains(&200), "{case}");
        assert!(!statuses.contains(&500) || !statuses.contains(&200), "{case}");
        assert_eq!(statuses.contains(&500), !pattern.contains("{kind}"), "{case}");
    }
    for pattern in [
        "/{name}",
        "/{id}",
        "/{kind}",
        "/{kind}/{id}",
        "/{id}/{kind}",
        "/{isbn}/{kind}",
        "/{kind}/{name}",
        "/{kind}/{id}/{isbn}",
        "/{isbn}/{id}/{kind}",
        "/{name}/{kind}/{id}",
    ] {
        agrees::<UserOrBook>(pattern).await;
        agrees::<BookOrUser>(pattern).await;
        agrees::<Strict>(pattern).await;
        agrees::<MemberOrUser>(pattern).await;
        agrees::<NumberOrMember>(pattern).await;
        agrees::<MemberOrNumber>(pattern).await;
        agrees::<NumberOrNothing>(pattern).await;
    }
}
