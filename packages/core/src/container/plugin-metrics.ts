/** Gathers what plugins measure themselves, between two reads. */
export class PluginMetrics {
  private sums = new Map<string, { total: number; count: number }>();

  /** Numbers that are not finite cannot be written as JSON and are left out. */
  record(plugin: string, name: string, value: number): void {
    if (!Number.isFinite(value)) return;
    const key = `plugin/${plugin}/${name}`;
    const sum = this.sums.get(key) ?? { total: 0, count: 0 };
    this.sums.set(key, { total: sum.total + value, count: sum.count + 1 });
  }

  /** Means since the last call, by `plugin/<id>/<name>`, in alphabetical order. */
  drain(): Record<string, number> {
    const entries = [...this.sums].map(([key, { total, count }]): [string, number] => [key, total / count]);
    this.sums = new Map();
    return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
  }
}
