//! The triggers of a function: each makes an event from a request, and a response from the result of the function, as AWS
//! documents it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{COOKIE, HeaderName, HeaderValue, SET_COOKIE};
use http::{HeaderMap, Request, Response};
use serde_json::{Map, Value, json};

/// The stage of the APIs, the first segment of their paths.
pub const STAGE: &str = "prod";

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trigger {
    /// REST API of API Gateway, proxy integration, format 1.0.
    Rest,
    /// HTTP API of API Gateway, format 2.0.
    Http,
    /// Application load balancer, with multi-value headers.
    Alb,
    /// Function URL.
    FunctionUrl,
}

impl Trigger {
    pub const ALL: [Self; 4] = [Self::Rest, Self::Http, Self::Alb, Self::FunctionUrl];

    pub fn event(self, request: &Request<Vec<u8>>) -> Value {
        let mut event = self.template();
        match self {
            Self::Rest | Self::Alb => self.fill_by_lists(&mut event, request),
            Self::Http | Self::FunctionUrl => self.fill_by_text(&mut event, request),
        }
        if !request.body().is_empty() {
            event["body"] = STANDARD.encode(request.body()).into();
            event["isBase64Encoded"] = true.into();
        }
        event
    }

    fn template(self) -> Value {
        let json = match self {
            Self::Rest => include_str!("events/rest.json"),
            Self::Http => include_str!("events/http.json"),
            Self::Alb => include_str!("events/alb.json"),
            Self::FunctionUrl => include_str!("events/function_url.json"),
        };
        serde_json::from_str(json).unwrap()
    }

    /// Format 1.0 and the format of a load balancer: headers and parameters are lists.
    fn fill_by_lists(self, event: &mut Value, request: &Request<Vec<u8>>) {
        event["httpMethod"] = request.method().as_str().into();
        event["path"] = request.uri().path().into();
        for name in request.headers().keys() {
            let values = request.headers().get_all(name).iter().map(text).collect::<Vec<_>>();
            if self == Self::Rest {
                event["headers"][name.as_str()] = values.last().unwrap().as_str().into();
            }
            event["multiValueHeaders"][name.as_str()] = values.into();
        }
        if let Some(query) = request.uri().query() {
            event["multiValueQueryStringParameters"] = self.parameters(query);
        }
    }

    /// A REST API decodes the parameters. A load balancer does not.
    fn parameters(self, query: &str) -> Value {
        let mut parameters = Map::new();
        let decode = |text: &str| percent_decode(&text.replace('+', " "));
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = match self {
                Self::Rest => (decode(name), decode(value)),
                _ => (name.to_owned(), value.to_owned()),
            };
            parameters.entry(name).or_insert_with(|| json!([])).as_array_mut().unwrap().push(value.into());
        }
        parameters.into()
    }

    /// Format 2.0: headers are joined by commas, and cookies are a list. An HTTP API decodes the path, although its name is
    /// `rawPath`; a function URL does not (<https://github.com/middleapi/standard-server/pull/93>).
    fn fill_by_text(self, event: &mut Value, request: &Request<Vec<u8>>) {
        let path = match self {
            Self::Http => format!("/{STAGE}{}", percent_decode(request.uri().path())),
            _ => request.uri().path().to_owned(),
        };
        event["requestContext"]["http"]["method"] = request.method().as_str().into();
        event["requestContext"]["http"]["path"] = path.as_str().into();
        event["rawPath"] = path.into();
        event["rawQueryString"] = request.uri().query().unwrap_or_default().into();
        for name in request.headers().keys() {
            let values = request.headers().get_all(name).iter().map(text).collect::<Vec<_>>();
            match *name {
                COOKIE => event["cookies"] = values.join("; ").split("; ").collect(),
                _ => event["headers"][name.as_str()] = values.join(",").into(),
            }
        }
    }

    /// Makes the response to the client.
    pub fn response(self, result: &Value) -> Response<Vec<u8>> {
        let body = result["body"].as_str().unwrap_or_default();
        let body = match result["isBase64Encoded"].as_bool() {
            Some(true) => STANDARD.decode(body).unwrap(),
            _ => body.as_bytes().to_vec(),
        };
        let mut response = Response::new(body);
        *response.status_mut() = u16::try_from(result["statusCode"].as_u64().unwrap()).unwrap().try_into().unwrap();
        *response.headers_mut() = match self {
            Self::Rest | Self::Alb => headers(&result["multiValueHeaders"]),
            Self::Http | Self::FunctionUrl => headers(&result["headers"]),
        };
        for cookie in result["cookies"].as_array().into_iter().flatten() {
            response.headers_mut().append(SET_COOKIE, cookie.as_str().unwrap().parse().unwrap());
        }
        response
    }
}

/// Reads headers with values that are texts, or lists of texts.
pub fn headers(json: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, values) in json.as_object().into_iter().flatten() {
        for value in values.as_array().unwrap_or(&vec![values.clone()]) {
            headers.append(name.parse::<HeaderName>().unwrap(), value.as_str().unwrap().parse().unwrap());
        }
    }
    headers
}

fn text(value: &HeaderValue) -> String {
    value.to_str().unwrap().to_owned()
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let hex = String::from_utf8(vec![*high, *low]).unwrap();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap());
                rest = tail;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
