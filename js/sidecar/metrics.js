/** Seconds. A step takes well below a millisecond; a gateway up to its time-out. */
const BUCKETS = [0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 25];

/** @typedef {{ name: string, help: string, labels: readonly string[] }} Family */

/**
 * Counts and times in the text format of Prometheus. A label's value comes from a list that is known at the start (operations,
 * codes, configured servers): nothing that anybody sends.
 */
export function createMetrics() {
  const requests = counter('kessai_requests_total', 'Requests by operation and outcome.', ['op', 'outcome']);
  const seconds = histogram('kessai_request_seconds', 'How long requests took.', ['op']);
  const gateway = counter('kessai_gateway_requests_total', 'Requests to gateways.', ['gateway', 'outcome']);
  const gatewaySeconds = histogram('kessai_gateway_request_seconds', 'How long gateways took.', ['gateway']);
  const refused = counter('kessai_refused_total', 'Requests refused before the core was asked.', ['code']);
  const traps = counter('kessai_traps_total', 'Instances of the core replaced after a trap.', []);
  traps.add([], 0);
  return {
    /** @param {{ op: string, outcome: string, ms: number }} request */
    request({ op, outcome, ms }) {
      requests.add([op, outcome]);
      seconds.observe([op], ms / 1000);
      if (outcome === 'host.trap') traps.add([]);
    },
    /** @param {{ gateway: string, outcome: string, ms: number }} exchange */
    exchange({ gateway: name, outcome, ms }) {
      gateway.add([name, outcome]);
      gatewaySeconds.observe([name], ms / 1000);
    },
    /** @param {string} code */
    refusal(code) {
      refused.add([code]);
    },
    /** @param {{ inFlight: number, version: string }} now */
    text({ inFlight, version }) {
      const gauges = [
        '# HELP kessai_in_flight Requests being worked on.',
        '# TYPE kessai_in_flight gauge',
        `kessai_in_flight ${inFlight}`,
        '# HELP kessai_info The version of kessai.',
        '# TYPE kessai_info gauge',
        `kessai_info${labelsOf(['version'], [version])} 1`,
      ];
      const families = [requests, seconds, gateway, gatewaySeconds, refused, traps];
      return `${[...families.flatMap((family) => family.lines()), ...gauges].join('\n')}\n`;
    },
  };
}

/** @typedef {ReturnType<typeof createMetrics>} Metrics */

/**
 * @param {string} name
 * @param {string} help
 * @param {readonly string[]} names of the labels
 */
function counter(name, help, names) {
  /** @type {Map<string, { labels: string[], count: number }>} */
  const series = new Map();
  return {
    /** @param {string[]} labels */
    add(labels, by = 1) {
      const key = labels.join('\n');
      const one = series.get(key);
      if (one) one.count += by;
      else series.set(key, { labels, count: by });
    },
    lines: () => [
      ...head(name, help, 'counter'),
      ...[...series.values()].map(({ labels, count }) => `${name}${labelsOf(names, labels)} ${count}`),
    ],
  };
}

/**
 * @param {string} name
 * @param {string} help
 * @param {readonly string[]} names of the labels
 */
function histogram(name, help, names) {
  /** @type {Map<string, { labels: string[], counts: number[], sum: number, count: number }>} */
  const series = new Map();
  return {
    /** @param {string[]} labels @param {number} value */
    observe(labels, value) {
      const key = labels.join('\n');
      const one = series.get(key) ?? { labels, counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
      series.set(key, one);
      BUCKETS.forEach((bound, at) => {
        if (value <= bound) one.counts[at] = (one.counts[at] ?? 0) + 1;
      });
      one.sum += value;
      one.count += 1;
    },
    lines: () => [
      ...head(name, help, 'histogram'),
      ...[...series.values()].flatMap(({ labels, counts, sum, count }) => [
        ...[...BUCKETS, '+Inf'].map((bound, at) => {
          const below = labelsOf([...names, 'le'], [...labels, String(bound)]);
          return `${name}_bucket${below} ${counts[at] ?? count}`;
        }),
        `${name}_sum${labelsOf(names, labels)} ${sum}`,
        `${name}_count${labelsOf(names, labels)} ${count}`,
      ]),
    ],
  };
}

/** @param {string} name @param {string} help @param {string} type */
const head = (name, help, type) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];

/** @param {readonly string[]} names @param {readonly string[]} values */
function labelsOf(names, values) {
  const pairs = names.map((name, at) => `${name}="${(values[at] ?? '').replace(/[\\"\n]/g, '_')}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}
