//! The path of a request behind an HTTP API of API Gateway.

use http::Uri;
use http::uri::PathAndQuery;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// Every character except `pchar` (RFC 3986 §3.3) and the separator.
const NOT_IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');

/// Percent-encodes the path of an HTTP API's event. An HTTP API decodes it, although its name is `rawPath`; a REST API, a load
/// balancer and a function URL do not. `lambda_http` expects an encoded path: it would decode `%2541` twice, and read a `%3F`
/// as the begin of a query.
///
/// A decoded `%2F` cannot be distinguished from a `/`.
///
/// Recorded events: <https://github.com/middleapi/standard-server/pull/93>, <https://github.com/honojs/hono/issues/2156>.
pub(crate) fn encode(request: &mut Request) {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { return };
    if context.domain_name.as_deref().is_some_and(|domain| domain.contains(".lambda-url.")) {
        return;
    }
    let decoded = request.raw_http_path();
    // `lambda_http` adds the stage to a path without it, unless the environment disables that.
    let stage = context.stage.iter().map(|stage| format!("/{stage}"));
    let has_stage = |path: &str, stage: &str| path.strip_prefix(stage).is_some_and(|rest| rest.starts_with('/'));
    let stage: String = stage.filter(|it| has_stage(request.uri().path(), it) && !has_stage(decoded, it)).collect();
    let path = percent_encode(decoded.as_bytes(), NOT_IN_PATH);
    let query = query(request, decoded).map(|query| format!("?{query}")).unwrap_or_default();

    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(format!("{stage}{path}{query}")).ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

/// Returns the query. If `lambda_http` read a part of the path as the query, this builds the query from the parameters, without
/// their order.
fn query(request: &Request, decoded_path: &str) -> Option<String> {
    if !decoded_path.contains(['?', '#']) {
        return request.uri().query().map(str::to_owned);
    }
    let encode = |text: &str| percent_encode(text.as_bytes(), NON_ALPHANUMERIC).to_string();
    let parameters = request.query_string_parameters_ref()?;
    let pairs: Vec<_> = parameters.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    (!pairs.is_empty()).then(|| pairs.join("&"))
}
