import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Code } from '#protocol';

const RECENT = 4_096;

/** Metrics of one process, for Prometheus and for the node's own state. */
export class Metrics {
  readonly registry = new Registry();

  readonly taken = this.#counter('hexfleet_fixes_taken_total', 'Fixes stored in the fix stream and acked');
  readonly refused = this.#counter('hexfleet_fixes_refused_total', 'Fixes refused by a gateway', ['code']);
  readonly decided = this.#counter('hexfleet_fixes_decided_total', 'Fixes decided by a processor', [
    'outcome',
  ]);
  readonly quarantined = this.#counter(
    'hexfleet_events_quarantined_total',
    'Fixes and status changes skipped because they failed repeatedly; the log names their drivers. An unreadable stream entry counts as one',
  );
  readonly swept = this.#counter(
    'hexfleet_drivers_swept_total',
    'Drivers removed because they stopped reporting',
  );
  readonly conflicts = this.#counter(
    'hexfleet_write_conflicts_total',
    'Index writes that lost to another processor',
  );
  readonly zoneCrossings = this.#counter(
    'hexfleet_zone_crossings_total',
    'Vehicles that entered, left or stayed in a published zone, by event and kind of zone',
    ['event', 'kind'],
  );
  readonly tracksDropped = this.#counter(
    'hexfleet_tracks_dropped_total',
    'Hours of tracks, each of one driver, that were dropped because Redis was nearly full',
  );
  readonly storeErrors = this.#counter('hexfleet_store_errors_total', 'Errors of connections to Redis');
  readonly tokensRefused = this.#counter(
    'hexfleet_tokens_refused_total',
    'Tokens of connections and requests that were refused, by code',
    ['code'],
  );
  readonly storeFailures = this.#counter(
    'hexfleet_store_failures_total',
    'Requests refused because a command of Redis failed, by cause',
    ['cause'],
  );
  readonly routerFailures = this.#counter(
    'hexfleet_router_failures_total',
    'Requests that the street router did not answer',
  );
  readonly slowReaders = this.#counter(
    'hexfleet_slow_readers_total',
    'Clients that were disconnected because they read too slowly, by transport',
    ['transport'],
  );
  readonly leaving = this.#counter(
    'hexfleet_clients_asked_to_move_total',
    'Clients that were asked to connect to another gateway: because this one stops (drain), or has too many (share)',
    ['reason'],
  );
  readonly gaps = this.#counter(
    'hexfleet_message_gaps_total',
    'Times that messages of other nodes were missed, after which clients reloaded what they watch',
  );
  readonly received = this.#counter(
    'hexfleet_room_messages_received_total',
    'Messages received from other nodes, by kind of room; all: messages that go to every node',
    ['room'],
  );
  readonly connections = new Gauge({
    name: 'hexfleet_connections',
    help: 'Open client connections',
    labelNames: ['namespace'],
    registers: [this.registry],
  });
  readonly clockOffset = new Gauge({
    name: 'hexfleet_clock_offset_seconds',
    help: 'How far the clock of this machine is ahead of Redis, whose time is used',
    registers: [this.registry],
  });
  readonly deaf = new Gauge({
    name: 'hexfleet_deaf',
    help: '1 while messages of other nodes do not arrive at this gateway',
    registers: [this.registry],
  });
  readonly users = new Gauge({
    name: 'hexfleet_users',
    help: 'Distinct users connected to this node',
    registers: [this.registry],
  });
  readonly redisProbe = new Histogram({
    name: 'hexfleet_redis_probe_seconds',
    help: 'Time that Redis took to write a key, measured twice a second',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5],
    registers: [this.registry],
  });
  readonly degraded = new Gauge({
    name: 'hexfleet_degraded',
    help: '1 while positions do not arrive on time, and riders and dispatchers know it',
    registers: [this.registry],
  });
  readonly #delay = new Histogram({
    name: 'hexfleet_fix_delay_seconds',
    help: 'Time from the receipt of a fix at the gateway to its broadcast',
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

  /** Exports how many partitions this processor reads. */
  countPartitions(count: () => number): void {
    new Gauge({
      name: 'hexfleet_partitions_read',
      help: 'Partitions of the fix stream whose lease this processor holds',
      registers: [this.registry],
      collect() {
        this.set(count());
      },
    });
  }

  refuse(code: Code): void {
    this.refused.inc({ code });
  }

  /** Counts handled fixes. @param delaysMs from receipt to broadcast, where known */
  flowed(count: number, delaysMs: number[] = []): void {
    this.#fixes += count;
    for (const delay of delaysMs) {
      this.#delay.observe(delay / 1_000);
      if (this.#recentDelays.length < RECENT) this.#recentDelays.push(delay);
    }
  }

  /** Returns the throughput and the delays since the last call. */
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
