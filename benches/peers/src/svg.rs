//! Draws lines over an axis with one step for each power of ten.

use std::fmt::Write as _;

/// A line with a value for each step.
pub struct Line<'a> {
    pub name: &'a str,
    pub colour: &'a str,
    pub values: Vec<f64>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 96.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 48.0;

pub fn plot(title: &str, below: &str, steps: &[String], lines: &[Line<'_>]) -> String {
    let highest = lines.iter().flat_map(|line| &line.values).fold(0.0_f64, |a, b| a.max(*b));
    let tick = nice(highest / 5.0);
    let top = (highest / tick).ceil() * tick;
    let x = |step: usize| LEFT + (WIDTH - LEFT - RIGHT) * step as f64 / (steps.len() - 1) as f64;
    let y = |value: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"15\" fill=\"#222\">{title}</text>\n"
    );
    let mut value = 0.0;
    while value <= top {
        let (at, right) = (y(value), WIDTH - RIGHT);
        writeln!(svg, "<path d=\"M{LEFT} {at:.1}H{right}\" stroke=\"#ddd\"/>").unwrap();
        text(&mut svg, LEFT - 8.0, at + 4.0, "end", "#555", &format!("{value:.0}"));
        value += tick;
    }
    for (step, label) in steps.iter().enumerate() {
        text(&mut svg, x(step), HEIGHT - BOTTOM + 18.0, "middle", "#555", label);
    }
    text(&mut svg, LEFT.midpoint(WIDTH - RIGHT), HEIGHT - 10.0, "middle", "#555", below);
    for Line { colour, values, .. } in lines {
        let points = values.iter().enumerate().map(|(step, value)| format!("{:.1},{:.1}", x(step), y(*value)));
        let points = points.collect::<Vec<_>>();
        for point in &points {
            let (x, y) = point.split_once(',').unwrap();
            writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{colour}\"/>").unwrap();
        }
        let points = points.join(" ");
        writeln!(svg, "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>").unwrap();
    }
    for (at, line) in labels(lines, y) {
        text(&mut svg, WIDTH - RIGHT + 10.0, at + 4.0, "start", line.colour, line.name);
    }
    svg + "</svg>\n"
}

/// Places the names beside the ends of the lines, without an overlap.
fn labels<'a, 'l>(lines: &'l [Line<'a>], y: impl Fn(f64) -> f64) -> Vec<(f64, &'l Line<'a>)> {
    let mut labels: Vec<_> = lines.iter().map(|line| (y(line.values[line.values.len() - 1]), line)).collect();
    labels.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    for index in 1..labels.len() {
        labels[index].0 = labels[index].0.max(labels[index - 1].0 + 15.0);
    }
    labels
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, colour: &str, text: &str) {
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>").unwrap();
}

/// Rounds up to 1, 2 or 5 times a power of ten.
fn nice(least: f64) -> f64 {
    let power = 10.0_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|it| *it >= least).unwrap()
}
