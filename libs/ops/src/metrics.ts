import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Code, isOpen, TripState } from '#protocol';

const RECENT = 4_096;
/** Anybody may ask for metrics, and trips are read one by one. */
const TRIPS_EVERY_MS = 5_000;

/** What one process counts, for Prometheus and for its own state. */
export class Metrics {
  readonly registry = new Registry();

  readonly taken = this.#counter('hexfleet_fixes_taken_total', 'Fixes stored in the fix stream and acked');
  readonly refused = this.#counter('hexfleet_fixes_refused_total', 'Fixes refused by a gateway', ['code']);
  readonly decided = this.#counter('hexfleet_fixes_decided_total', 'Fixes decided by a processor', [
    'outcome',
  ]);
  readonly quarantined = this.#counter(
    'hexfleet_fixes_set_aside_total',
    'Fixes and changes of status that failed again and again, each with its driver in the log; an unreadable stream entry counts as one',
  );
  readonly swept = this.#counter('hexfleet_drivers_swept_total', 'Drivers removed because they fell silent');
  readonly conflicts = this.#counter(
    'hexfleet_write_conflicts_total',
    'Index writes that lost to another processor',
  );
  readonly storeErrors = this.#counter('hexfleet_store_errors_total', 'Errors of connections to Redis');
  readonly routerFailures = this.#counter(
    'hexfleet_router_failures_total',
    'Questions that the street router did not answer',
  );
  readonly received = this.#counter(
    'hexfleet_room_messages_received_total',
    'Messages between nodes that this one received, by kind of room; all: those that go to every node',
    ['room'],
  );
  readonly connections = new Gauge({
    name: 'hexfleet_connections',
    help: 'Open client connections',
    labelNames: ['namespace'],
    registers: [this.registry],
  });
  readonly users = new Gauge({
    name: 'hexfleet_users',
    help: 'Different users with a connection to this node',
    registers: [this.registry],
  });
  readonly backlog = new Gauge({
    name: 'hexfleet_stream_backlog_entries',
    help: 'Entries of the fix stream that no processor has finished',
    registers: [this.registry],
  });
  readonly #delay = new Histogram({
    name: 'hexfleet_fix_delay_seconds',
    help: "From the gateway's receipt of a fix to its broadcast",
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  #recentDelays: number[] = [];
  #fixes = 0;
  #rateSince = Date.now();

  constructor(node: string) {
    this.registry.setDefaultLabels({ node });
    collectDefaultMetrics({ register: this.registry });
  }

  /**
   * Counts open trips by state when Prometheus asks, every five seconds at most. They are the installation's: each
   * gateway says the same.
   * @param states of the open trips, a thousand at most; while they cannot be had, nothing is said
   */
  countTrips(states: () => Promise<TripState[]>): void {
    let askedAt = 0;
    new Gauge({
      name: 'hexfleet_open_trips',
      help: 'Open trips of the installation, by state, a thousand at most; the same at every gateway',
      labelNames: ['state'],
      registers: [this.registry],
      async collect() {
        const now = Date.now();
        if (now - askedAt < TRIPS_EVERY_MS) return;
        askedAt = now;
        const open = await states().catch(() => null);
        this.reset();
        if (open === null) return;
        for (const state of TripState.options.filter(isOpen)) this.set({ state }, 0);
        for (const state of open) this.inc({ state });
      },
    });
  }

  refuse(code: Code): void {
    this.refused.inc({ code });
  }

  /** A fix that this process handled, and how late it was when known, ms. */
  flowed(count: number, delaysMs: number[] = []): void {
    this.#fixes += count;
    for (const delay of delaysMs) {
      this.#delay.observe(delay / 1_000);
      if (this.#recentDelays.length < RECENT) this.#recentDelays.push(delay);
    }
  }

  /** What flowed since it was asked last. */
  recent(now: number): { fixesPerS: number; delayP50Ms: number | null; delayP99Ms: number | null } {
    const fixesPerS = (this.#fixes * 1_000) / Math.max(1, now - this.#rateSince);
    const sorted = this.#recentDelays.sort((a, b) => a - b);
    const at = (quantile: number) => sorted[Math.floor(quantile * (sorted.length - 1))] ?? null;
    const answer = { fixesPerS: Math.round(fixesPerS), delayP50Ms: at(0.5), delayP99Ms: at(0.99) };
    this.#recentDelays = [];
    this.#fixes = 0;
    this.#rateSince = now;
    return answer;
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
