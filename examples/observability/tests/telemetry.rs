//! What the program records for a 200, a 404 of the server behind, a 405, a 500, and a method that nobody knows.

use std::collections::BTreeMap;

use http::Method;
use observability::{api, app, prometheus};
use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{KeyValue, global};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use route_handlers::testing::Client;
use tokio::sync::OnceCell;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

struct Recorded {
    spans: Vec<SpanData>,
    /// For each set of attributes of `http.server.request.duration`, how many requests have it.
    counts: Vec<String>,
    page: String,
}

/// Sends requests, once, because the providers and the recorder are global.
async fn recorded() -> &'static Recorded {
    static RECORDED: OnceCell<Recorded> = OnceCell::const_new();
    RECORDED.get_or_init(record).await
}

async fn record() -> Recorded {
    let (spans, metrics) = (InMemorySpanExporter::default(), InMemoryMetricExporter::default());
    global::set_tracer_provider(SdkTracerProvider::builder().with_simple_exporter(spans.clone()).build());
    let meters = SdkMeterProvider::builder().with_periodic_exporter(metrics.clone()).build();
    global::set_meter_provider(meters.clone());
    global::set_text_map_propagator(TraceContextPropagator::new());

    let client = Client::new(app(api(prometheus().unwrap())));
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    client.get("/users/7").header("traceparent", parent).await.assert_status(200);
    client.get("/users/8").await.assert_status(200);
    client.get("/nothing/7").await.assert_status(404);
    client.delete("/users/7").await.assert_status(405);
    client.request(Method::from_bytes(b"BREW").unwrap(), "/users/7").await.assert_status(405);
    client.request(Method::from_bytes(b"STIR").unwrap(), "/users/7").await.assert_status(405);
    client.get("/reports").await.assert_status(500);
    let page = client.get("/metrics").await.assert_status(200).text();

    meters.force_flush().unwrap();
    let mut counts: Vec<_> = metrics.get_finished_metrics().unwrap().iter().flat_map(counts).collect();
    counts.sort();
    Recorded { spans: spans.get_finished_spans().unwrap(), counts, page }
}

fn counts(metrics: &ResourceMetrics) -> Vec<String> {
    let mut metrics = metrics.scope_metrics().flat_map(|scope| scope.metrics());
    let metric = metrics.find(|metric| metric.name() == "http.server.request.duration").expect("it is recorded");
    assert_eq!(metric.unit(), "s");
    let AggregatedMetrics::F64(MetricData::Histogram(histogram)) = metric.data() else { panic!("it is a histogram") };
    let points = histogram.data_points().map(|point| {
        let attributes = attributes(point.attributes()).into_iter();
        // The attributes without these prefixes are the same in all requests of this test.
        let varying = attributes.filter(|(key, _)| key.starts_with("http.") || key.starts_with("error."));
        let varying: Vec<_> = varying.map(|(key, value)| format!("{key}={value}")).collect();
        format!("{}: {}", varying.join(" "), point.count())
    });
    points.collect()
}

fn attributes<'a>(attributes: impl IntoIterator<Item = &'a KeyValue>) -> BTreeMap<String, String> {
    attributes.into_iter().map(|attribute| (attribute.key.to_string(), attribute.value.to_string())).collect()
}

#[tokio::test]
async fn each_request_has_a_span_with_the_route_and_the_status() {
    let recorded = recorded().await;
    for (name, method, route, status, count) in [
        ("GET /users/{id}", "GET", Some("/users/{id}"), "200", 2),
        ("GET", "GET", None, "404", 1),
        ("DELETE /users/{id}", "DELETE", Some("/users/{id}"), "405", 1),
        ("HTTP /users/{id}", "_OTHER", Some("/users/{id}"), "405", 2),
        ("GET /reports", "GET", Some("/reports"), "500", 1),
    ] {
        let spans: Vec<_> = recorded.spans.iter().filter(|span| span.name == name).collect();
        assert_eq!(spans.len(), count, "{name}: {:?}", recorded.spans);
        for span in spans {
            let attributes = attributes(&span.attributes);
            assert_eq!(span.span_kind, SpanKind::Server, "{name}");
            assert_eq!(attributes["http.request.method"], method, "{name}");
            assert_eq!(attributes.get("http.route").map(String::as_str), route, "{name}");
            assert_eq!(attributes["http.response.status_code"], status, "{name}");
            assert_eq!(matches!(span.status, Status::Error { .. }), status == "500", "{name}");
            assert_eq!(attributes.get("error.type").map(String::as_str), (status == "500").then_some("500"), "{name}");
            assert_eq!(attributes.contains_key("http.request.method_original"), method == "_OTHER", "{name}");
        }
    }
}

#[tokio::test]
async fn span_continues_the_trace_of_the_client() {
    let continued = recorded().await.spans.iter().filter(|span| span.span_context.trace_id().to_string() == TRACE);
    let paths: Vec<_> = continued.map(|span| attributes(&span.attributes)["url.path"].clone()).collect();
    assert_eq!(paths, ["/users/7"]);
}

#[tokio::test]
async fn duration_has_the_route_and_the_status_and_few_values() {
    let counts = [
        "error.type=500 http.request.method=GET http.response.status_code=500 http.route=/reports: 1",
        "http.request.method=DELETE http.response.status_code=405 http.route=/users/{id}: 1",
        "http.request.method=GET http.response.status_code=200 http.route=/metrics: 1",
        "http.request.method=GET http.response.status_code=200 http.route=/users/{id}: 2",
        "http.request.method=GET http.response.status_code=404: 1",
        "http.request.method=_OTHER http.response.status_code=405 http.route=/users/{id}: 2",
    ];
    assert_eq!(recorded().await.counts, counts);
}

#[tokio::test]
async fn page_has_the_durations_with_the_same_labels() {
    let page = &recorded().await.page;
    let name = "http_server_request_duration_seconds";
    let mut counts: Vec<_> = page.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix("_count")).collect();
    counts.sort_unstable();
    let expected = [
        r#"{http_request_method="DELETE",http_route="/users/{id}",http_response_status_code="405"} 1"#,
        r#"{http_request_method="GET",http_response_status_code="404"} 1"#,
        r#"{http_request_method="GET",http_route="/reports",http_response_status_code="500"} 1"#,
        r#"{http_request_method="GET",http_route="/users/{id}",http_response_status_code="200"} 2"#,
        r#"{http_request_method="_OTHER",http_route="/users/{id}",http_response_status_code="405"} 2"#,
    ];
    assert_eq!(counts, expected);
    let bucket = r#"_bucket{http_request_method="GET",http_response_status_code="404",le="0.005"}"#;
    assert!(page.contains(&format!("# TYPE {name} histogram")) && page.contains(&format!("{name}{bucket}")), "{page}");
}
