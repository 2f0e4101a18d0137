/** Upper bounds in seconds; a call may take as long as a host waits. */
const BUCKETS = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

export type Metrics = {
  /** Counts an answered request. @param seconds from its arrival to the end of its answer. */
  answered(labels: { route: string; method: string; status: number }, seconds: number): void;
  /** In the text format of Prometheus, version 0.0.4. */
  text(): string;
};

/** @param gauges what is read at the moment it is asked for, by name, with its help. */
export function createMetrics(gauges: Record<string, { help: string; value: () => number }>): Metrics {
  const requests = new Map<string, number>();
  const durations = { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
  const name = (metric: string): string => `sent_contacts_${metric}`;
  const head = (metric: string, type: string, help: string): string[] => [
    `# HELP ${name(metric)} ${help}`,
    `# TYPE ${name(metric)} ${type}`,
  ];

  return {
    answered({ route, method, status }, seconds) {
      const labels = `{route="${route}",method="${method}",status="${status}"}`;
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
      if (route !== '/mcp') return;
      durations.sum += seconds;
      durations.count++;
      BUCKETS.forEach((bound, index) => {
        if (seconds <= bound) durations.counts[index] = (durations.counts[index] ?? 0) + 1;
      });
    },
    text() {
      const counted = [...requests].map(([labels, count]) => `${name('requests_total')}${labels} ${count}`);
      const bucket = name('request_duration_seconds_bucket');
      const buckets = BUCKETS.map((bound, index) => `${bucket}{le="${bound}"} ${durations.counts[index]}`);
      const measured = Object.entries(gauges).flatMap(([metric, { help, value }]) => [
        ...head(metric, 'gauge', help),
        `${name(metric)} ${value()}`,
      ]);
      return [
        ...head('requests_total', 'counter', 'Requests answered, by route, method and status.'),
        ...counted,
        ...head('request_duration_seconds', 'histogram', 'From a request at /mcp to the end of its answer.'),
        ...buckets,
        `${bucket}{le="+Inf"} ${durations.count}`,
        `${name('request_duration_seconds_sum')} ${durations.sum}`,
        `${name('request_duration_seconds_count')} ${durations.count}`,
        ...measured,
        '',
      ].join('\n');
    },
  };
}
