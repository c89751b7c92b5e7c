//! `/api/sum`: settings of a route as constants.

use std::time::Duration;

use route_handlers::Json;
use route_handlers::app_dir::Runtime;

pub const RUNTIME: Runtime = Runtime::Edge;
pub const MAX_DURATION: Duration = Duration::from_secs(5);
pub const BODY_LIMIT: usize = 64 * 1024;
pub const DOCUMENTED: bool = true;

/// Adds numbers.
///
/// The sum of no number is 0.
pub async fn POST(Json(numbers): Json<Vec<f64>>) -> Json<f64> {
    Json(numbers.iter().sum())
}
