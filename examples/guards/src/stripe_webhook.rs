//! A webhook of Stripe: `Stripe-Signature: t=…,v1=…` has a time and the HMAC-SHA256 of the time, a dot and the raw body.
//!
//! ```text
//! body='{"type":"charge.succeeded"}'; t=$(date +%s)
//! v1=$(printf %s "$t.$body" | openssl dgst -sha256 -hmac whsec_test -r | cut -d' ' -f1)
//! curl -i localhost:3000/stripe/events -d "$body" -H "stripe-signature: t=$t,v1=$v1"    # 200 charge.succeeded
//! curl -i localhost:3000/stripe/events -d "$body" -H "stripe-signature: t=1,v1=$v1"     # 400
//! ```

use std::time::SystemTime;

use bytes::Bytes;
use hmac::{Hmac, Mac};
use http::{HeaderMap, StatusCode};
use route_handlers::{Error, Json, Result, RouteHandlers, State};
use serde::Deserialize;
use sha2::Sha256;

struct Secret(String);

#[derive(Deserialize)]
struct Event {
    r#type: String,
}

/// A recorded request is refused after this time, in seconds. It is the default of Stripe's libraries.
const TOLERANCE: u64 = 300;

/// Whether one `v1` in the header is the HMAC of its time and the body, and the time is near to `now`, in seconds since 1970.
/// Compares in constant time.
pub fn is_signed(secret: &str, header: &str, body: &[u8], now: u64) -> bool {
    let fields: Vec<_> = header.split(',').filter_map(|field| field.split_once('=')).collect();
    let Some((_, time)) = fields.iter().find(|(name, _)| *name == "t") else { return false };
    let is_near = time.parse().is_ok_and(|time: u64| time.abs_diff(now) <= TOLERANCE);
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key has any length");
    let mac = mac.chain_update(time).chain_update(".").chain_update(body);
    let mut signatures = fields.iter().filter(|(name, _)| *name == "v1").filter_map(|(_, hmac)| hex::decode(hmac).ok());
    is_near && signatures.any(|signature| mac.clone().verify_slice(&signature).is_ok())
}

/// Verifies the raw body, then parses it.
async fn receive(State(secret): State<Secret>, headers: HeaderMap, body: Bytes) -> Result<String> {
    let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    let now = SystemTime::UNIX_EPOCH.elapsed()?.as_secs();
    if !is_signed(&secret.0, header.unwrap_or_default(), &body, now) {
        return Err(Error::new(StatusCode::BAD_REQUEST).with_detail("the signature is not that of the body"));
    }
    let Json(event) = Json::<Event>::from_bytes(&body)?;
    Ok(event.r#type)
}

/// The route of a webhook with this secret.
pub fn api(secret: &str) -> RouteHandlers {
    RouteHandlers::new().with_state(Secret(secret.to_owned())).post("/events", receive)
}
