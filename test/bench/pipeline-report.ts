import { type Check, markdown, round } from './report.js';

/** One row of the result: one design at one rate, medians over the rounds. CPU in ms per 1,000 fixes. */
export type Row = {
  name: string;
  rate: number;
  cpuMs: number;
  cpuSpreadMs: number;
  cpuByProcessMs: Record<string, number>;
  /** latency from when a fix was due to the socket of its rider on the other node */
  p50Ms: number;
  p99Ms: number;
  p99SpreadMs: number;
  ackP99Ms: number;
  ackedShare: number;
  deliveredShare: number;
  bytesInPerFix: number;
  bytesOutPerFix: number;
};

/** Formats the rows as Markdown. */
export function table(rows: Row[]): string {
  const head = [
    'fixes/s',
    'design',
    'CPU ms per 1,000 fixes (spread)',
    'by process',
    'p50 ms',
    'p99 ms (spread)',
    'ack p99 ms',
    'acked',
    'delivered',
    'bytes to clients per fix',
  ];
  const lines = rows.map((row) => [
    row.rate,
    row.name,
    `${round(row.cpuMs)} (${round(row.cpuSpreadMs)})`,
    Object.entries(row.cpuByProcessMs)
      .map(([process, ms]) => `${process} ${round(ms)}`)
      .join(', '),
    // Without deliveries there is no latency.
    ...(Number.isFinite(row.p99Ms)
      ? [round(row.p50Ms), `${round(row.p99Ms)} (${round(row.p99SpreadMs)})`]
      : ['–', '–']),
    round(row.ackP99Ms),
    `${(row.ackedShare * 100).toFixed(1)} %`,
    `${(row.deliveredShare * 100).toFixed(1)} %`,
    round(row.bytesInPerFix),
  ]);
  return markdown(head, lines);
}

/** Returns the required bounds for the rates that were measured. */
export function checks(rows: Row[]): Check[] {
  const at = (name: string, rate: number) => rows.find((row) => row.name === name && row.rate === rate);
  const found: Check[] = [];
  const ours = at('hexfleet', 8_000);
  const theirs = at('tutorial', 8_000);
  if (ours && theirs) {
    found.push({
      what: 'CPU at 8,000/s, as a part of the tutorial design',
      found: ours.cpuMs / theirs.cpuMs,
      atMost: 0.35,
    });
    found.push({
      what: 'p99 at 8,000/s, as a part of the tutorial design',
      found: ours.p99Ms / theirs.p99Ms,
      atMost: 0.3,
    });
  }
  const slow = at('hexfleet', 1_000);
  if (slow) found.push({ what: 'p50 at 1,000/s, ms', found: slow.p50Ms, atMost: 6 });
  const fast = at('hexfleet', 12_000);
  if (fast) {
    found.push({ what: 'p99 at 12,000/s, ms', found: fast.p99Ms, atMost: 60 });
    found.push({
      what: 'not delivered at 12,000/s, as a part of all',
      found: 1 - fast.deliveredShare,
      atMost: 0.001,
    });
  }
  return found;
}
