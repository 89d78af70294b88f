import type { SearchStatus } from '@turnwise/core';

/** Upper bounds of the duration histogram, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counts what the service does and writes it in the Prometheus text format, version 0.0.4. */
export class ServiceMetrics {
  readonly #requests = new Map<string, number>();
  readonly #outcomes: Record<SearchStatus, number> = { ok: 0, empty: 0, timeout: 0, error: 0 };
  readonly #buckets = bounds.map(() => 0);
  #durationSum = 0;
  #durationCount = 0;
  underWay = 0;

  request(route: string, status: number, seconds: number): void {
    const labels = `route="${route}",status="${status}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    this.#durationSum += seconds;
    this.#durationCount += 1;
    bounds.forEach((bound, place) => {
      if (seconds <= bound) this.#buckets[place] = (this.#buckets[place] ?? 0) + 1;
    });
  }

  query(status: SearchStatus): void {
    this.#outcomes[status] += 1;
  }

  text(): string {
    const lines = [
      ...header('turnwise_requests_total', 'counter', 'Requests answered, by route and HTTP status.'),
      ...[...this.#requests].map(([labels, count]) => `turnwise_requests_total{${labels}} ${count}`),
      ...header('turnwise_requests_under_way', 'gauge', 'Requests being worked on.'),
      `turnwise_requests_under_way ${this.underWay}`,
      ...header('turnwise_queries_total', 'counter', 'Queries searched, by outcome.'),
      ...Object.entries(this.#outcomes).map(
        ([status, count]) => `turnwise_queries_total{outcome="${status}"} ${count}`,
      ),
      ...header('turnwise_request_seconds', 'histogram', 'Time from a request to its reply.'),
      ...bounds.map((bound, place) => `turnwise_request_seconds_bucket{le="${bound}"} ${this.#buckets[place]}`),
      `turnwise_request_seconds_bucket{le="+Inf"} ${this.#durationCount}`,
      `turnwise_request_seconds_sum ${this.#durationSum}`,
      `turnwise_request_seconds_count ${this.#durationCount}`,
    ];
    return `${lines.join('\n')}\n`;
  }
}

function header(name: string, type: string, meaning: string): string[] {
  return [`# HELP ${name} ${meaning}`, `# TYPE ${name} ${type}`];
}
