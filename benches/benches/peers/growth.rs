//! How the cost grows with each bound: counts, which are the same on every machine, and a plot.

use crate::{tools, trust};
use plotters::prelude::*;
use whoacts_checker::explore::{Ended, Options, explore};
use whoacts_checker::outcome::Bounds;

/// A bound, and how far it is taken.
struct Axis {
    name: &'static str,
    to: u32,
    set: fn(Bounds, u32) -> Bounds,
}

const AXES: &[Axis] = &[
    Axis { name: "hops", to: 6, set: |bounds, hops| Bounds { hops, ..bounds } },
    Axis { name: "replicas", to: 8, set: |bounds, replicas| Bounds { replicas, ..bounds } },
    Axis { name: "executions", to: 5, set: |bounds, executions| Bounds { executions, ..bounds } },
    Axis { name: "messages", to: 8, set: |bounds, deliveries| Bounds { deliveries, ..bounds } },
];

/// Measures every axis, names its growth and draws the curves.
pub(crate) fn plot(smoke: bool) {
    println!(
        "\narticle/required-role under continuity/K4: moves judged until the reduced search is exhausted\n"
    );
    let curves: Vec<(String, Vec<(u32, u64)>)> = AXES
        .iter()
        .map(|axis| {
            let to = if smoke { 3 } else { axis.to };
            let points: Vec<(u32, u64)> =
                (1..=to).map(|value| (value, cost(axis, value))).collect();
            let numbers: Vec<String> = points.iter().map(|(_, cost)| cost.to_string()).collect();
            let named = growth(&points);
            println!("{:11} 1 to {to}: {}  ({named})", axis.name, numbers.join(", "));
            (format!("{}: {named}", axis.name), points)
        })
        .collect();
    let file = tools::workshop("plots").join("growth.svg");
    draw(&file, &curves).expect("a plot");
    println!("\nplotted in {}", file.display());
}

fn cost(axis: &Axis, value: u32) -> u64 {
    let base = |b: Bounds| Bounds { replicas: 2, hops: 2, executions: 1, deliveries: 1, ..b };
    let world =
        trust::world("article/required-role", "continuity/K4", |b| (axis.set)(base(b), value));
    let reduced = Options { saturate: true, canonical: true, ..Options::default() };
    let run = explore(&world, &reduced);
    assert_eq!(run.ended, Ended::Exhausted);
    run.steps
}

/// The degree of the polynomial that the costs are values of, if they are; otherwise whether a power of the bound or an
/// exponential function of it fits them better, by least squares on logarithms.
fn growth(points: &[(u32, u64)]) -> String {
    let last = points[points.len() - 1].1;
    let still = points.iter().find(|(_, cost)| *cost == last).map_or(0, |(value, _)| *value);
    if still + 1 < points[points.len() - 1].0 {
        return format!("does not grow from {still} on");
    }
    if let Some(degree) = degree(points) {
        return format!("a polynomial of degree {degree}");
    }
    let costs: Vec<f64> = points.iter().map(|(_, cost)| (*cost as f64).ln()).collect();
    let by = |scale: fn(f64) -> f64| {
        fit(&points.iter().map(|(value, _)| scale(f64::from(*value))).collect::<Vec<_>>(), &costs)
    };
    let (power, exponential) = (by(f64::ln), by(|value| value));
    if power.1 <= exponential.1 {
        format!("polynomial, about n^{:.1}", power.0)
    } else {
        format!("exponential, about {:.1}^n", exponential.0.exp())
    }
}

/// How often differences of neighbours are taken until they are equal, if at least three are left then.
fn degree(points: &[(u32, u64)]) -> Option<u32> {
    let mut values: Vec<i64> = points.iter().map(|(_, cost)| *cost as i64).collect();
    for degree in 0.. {
        if values.len() < 3 {
            return None;
        }
        if values.iter().all(|value| *value == values[0]) {
            return Some(degree);
        }
        values = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    }
    None
}

/// Slope of the best line, and the sum of squares that it leaves.
fn fit(x: &[f64], y: &[f64]) -> (f64, f64) {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mx, my) = (mean(x), mean(y));
    let both: f64 = x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum();
    let slope = both / x.iter().map(|x| (x - mx).powi(2)).sum::<f64>();
    let left = x.iter().zip(y).map(|(x, y)| (y - my - slope * (x - mx)).powi(2)).sum();
    (slope, left)
}

type Failed = Box<dyn std::error::Error>;

fn draw(file: &std::path::Path, curves: &[(String, Vec<(u32, u64)>)]) -> Result<(), Failed> {
    let all = || curves.iter().flat_map(|(_, points)| points);
    let most = all().map(|(value, _)| *value).max().unwrap_or(2);
    let (low, high) = all().fold((u64::MAX, 1), |(low, high), (_, c)| (low.min(*c), high.max(*c)));
    let root = SVGBackend::new(file, (720, 480)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .margin(16)
        .x_label_area_size(36)
        .y_label_area_size(72)
        .build_cartesian_2d(1..most, ((low / 2).max(1)..high * 2).log_scale())?;
    chart.configure_mesh().x_desc("bound").y_desc("moves judged").draw()?;
    for (at, (name, points)) in curves.iter().enumerate() {
        let color = Palette99::pick(at).to_rgba();
        let line = LineSeries::new(points.iter().copied(), color.stroke_width(2));
        chart
            .draw_series(line)?
            .label(name.as_str())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
    }
    let labels = SeriesLabelPosition::UpperLeft;
    chart.configure_series_labels().position(labels).border_style(BLACK).draw()?;
    root.present()?;
    Ok(())
}
