//! The metrics of one answer, put together by name.
use std::collections::BTreeMap;

use prometheus::TextEncoder;
use prometheus::proto::{
    Bucket, Counter, Gauge, Histogram as Wire, LabelPair, Metric, MetricFamily, MetricType,
};
use watcher::figures::Histogram;

use super::list::{Kind, Spec};

/// Families of metrics as they fill.
#[derive(Default)]
pub struct Page(BTreeMap<&'static str, MetricFamily>);

impl Page {
    /// One value of a counter or gauge; `labels` in the order of its list.
    pub fn value(&mut self, spec: &'static Spec, labels: &[&str], value: f64) {
        let mut metric = labelled(spec, labels);
        if spec.kind == Kind::Counter {
            let mut counter = Counter::default();
            counter.set_value(value);
            metric.set_counter(counter);
        } else {
            let mut gauge = Gauge::default();
            gauge.set_value(value);
            metric.set_gauge(gauge);
        }
        self.add(spec, metric);
    }

    /// A whole number; beyond 2^53 it is rounded.
    pub fn count(&mut self, spec: &'static Spec, labels: &[&str], count: u64) {
        self.value(spec, labels, count as f64);
    }

    /// 1 or 0.
    pub fn flag(&mut self, spec: &'static Spec, labels: &[&str], set: bool) {
        self.value(spec, labels, f64::from(u8::from(set)));
    }

    /// Times in buckets.
    pub fn times(&mut self, spec: &'static Spec, labels: &[&str], times: &Histogram) {
        let buckets = times.cumulative().map(|(bound, count)| {
            let mut bucket = Bucket::default();
            bucket.set_upper_bound(bound);
            bucket.set_cumulative_count(count);
            bucket
        });
        let mut wire = Wire::default();
        wire.set_bucket(buckets.collect());
        wire.set_sample_count(times.count());
        wire.set_sample_sum(times.sum());
        let mut metric = labelled(spec, labels);
        metric.set_histogram(wire);
        self.add(spec, metric);
    }

    /// The text.
    pub fn text(self) -> Result<String, String> {
        let families: Vec<MetricFamily> = self.0.into_values().collect();
        let text = TextEncoder::new().encode_to_string(&families);
        text.map_err(|error| format!("the metrics have no text form: {error}"))
    }

    fn add(&mut self, spec: &'static Spec, metric: Metric) {
        let family = self.0.entry(spec.name).or_insert_with(|| {
            let mut family = MetricFamily::default();
            family.set_name(spec.name.to_owned());
            family.set_help(spec.help.to_owned());
            family.set_field_type(match spec.kind {
                Kind::Counter => MetricType::COUNTER,
                Kind::Gauge => MetricType::GAUGE,
                Kind::Histogram => MetricType::HISTOGRAM,
            });
            family
        });
        family.mut_metric().push(metric);
    }
}

fn labelled(spec: &Spec, labels: &[&str]) -> Metric {
    debug_assert_eq!(spec.labels.len(), labels.len(), "{}", spec.name);
    let pairs = spec.labels.iter().zip(labels).map(|(name, value)| {
        let mut pair = LabelPair::default();
        pair.set_name((*name).to_owned());
        pair.set_value((*value).to_owned());
        pair
    });
    Metric::from_label(pairs.collect())
}
