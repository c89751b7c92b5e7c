//! Prints a span for each request, the metrics every 60 seconds and at the end, and the log.
//!
//! ```text
//! cargo run -p observability
//! curl -i localhost:3000/users/7             # 200, in the span `GET /users/{id}`
//! curl -i -X DELETE localhost:3000/users/7   # 405, in the span `DELETE /users/{id}`
//! curl -i -X BREW localhost:3000/users/7     # 405, in the span `HTTP /users/{id}`, with the method `_OTHER`
//! curl -i localhost:3000/reports             # 500, in the span `GET /reports`, with its cause in the log
//! curl -i localhost:3000/nothing             # 404, in the span `GET`, without a route
//! curl localhost:3000/metrics                # the page for Prometheus
//! ```

use std::error::Error;
use std::time::Duration;

use observability::{api, app, prometheus};
use opentelemetry::global;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use opentelemetry_stdout::{MetricExporter, SpanExporter};
use route_handlers::hosts::hyper::{serve, shutdown_signal};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::WARN).init();

    let program = Resource::builder().with_service_name("observability").build();
    let traces = SdkTracerProvider::builder().with_resource(program.clone());
    let traces = traces.with_simple_exporter(SpanExporter::default()).build();
    let metrics = SdkMeterProvider::builder().with_resource(program);
    let metrics = metrics.with_periodic_exporter(MetricExporter::default()).build();
    global::set_tracer_provider(traces.clone());
    global::set_meter_provider(metrics.clone());
    global::set_text_map_propagator(TraceContextPropagator::new()); // a span continues the trace in `traceparent`

    let page = prometheus()?;
    let recorded = page.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            recorded.run_upkeep();
        }
    });

    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, app(api(page))).with_graceful_shutdown(shutdown_signal()).await;

    traces.shutdown()?; // prints what is not printed yet
    metrics.shutdown()?;
    Ok(())
}
