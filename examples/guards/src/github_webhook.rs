//! A webhook of GitHub: `X-Hub-Signature-256` has the HMAC-SHA256 of the raw body, keyed with the secret of the webhook.
//!
//! ```text
//! body='{"action":"opened"}'
//! hmac=$(printf %s "$body" | openssl dgst -sha256 -hmac "It's a Secret to Everybody" -r | cut -d' ' -f1)
//! curl -i localhost:3000/github/events -d "$body" -H "x-hub-signature-256: sha256=$hmac"    # 200 opened
//! curl -i localhost:3000/github/events -d "$body"                                           # 403
//! ```

use bytes::Bytes;
use hmac::{Hmac, Mac};
use http::HeaderMap;
use route_handlers::response::forbidden;
use route_handlers::{Json, Result, RouteHandlers, State};
use serde::Deserialize;
use sha2::Sha256;

struct Secret(String);

#[derive(Deserialize)]
struct Event {
    action: String,
}

/// Whether the value of `X-Hub-Signature-256` is `sha256=` and the HMAC of the body in hex. Compares in constant time.
pub fn is_signed(secret: &str, signature: &str, body: &[u8]) -> bool {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key has any length").chain_update(body);
    let signature = signature.strip_prefix("sha256=").and_then(|signature| hex::decode(signature).ok());
    signature.is_some_and(|signature| mac.verify_slice(&signature).is_ok())
}

/// Verifies the raw body, then parses it.
async fn receive(State(secret): State<Secret>, headers: HeaderMap, body: Bytes) -> Result<String> {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    if !is_signed(&secret.0, signature.unwrap_or_default(), &body) {
        return Err(forbidden().with_detail("the signature is not that of the body"));
    }
    let Json(event) = Json::<Event>::from_bytes(&body)?;
    Ok(event.action)
}

/// The route of a webhook with this secret.
pub fn api(secret: &str) -> RouteHandlers {
    RouteHandlers::new().with_state(Secret(secret.to_owned())).post("/events", receive)
}
