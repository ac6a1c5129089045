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

/** Bounds of CPU by rate and design, as a part of the tutorial's in the same run. */
const MAX_CPU: Array<[rate: number, name: string, clients: string, atMost: number]> = [
  [1_000, 'hexfleet', 'stock', 0.9],
  [1_000, 'hexfleet-sdk', 'sdk', 0.8],
  [8_000, 'hexfleet', 'stock', 0.58],
  [8_000, 'hexfleet-sdk', 'sdk', 0.48],
];
/** Bounds of latency by rate, ms, whatever the clients. */
const MAX_MS: Array<[rate: number, quantile: 'p50Ms' | 'p99Ms', atMost: number]> = [
  [1_000, 'p50Ms', 10],
  [8_000, 'p50Ms', 25],
  [8_000, 'p99Ms', 50],
  [12_000, 'p99Ms', 60],
];

/** Returns the required bounds for the rates and designs that were measured. */
export function checks(rows: Row[]): Check[] {
  const at = (name: string, rate: number) => rows.find((row) => row.name === name && row.rate === rate);
  const rateOf = (rate: number) => `${rate.toLocaleString('en')}/s`;
  const found: Check[] = [];
  for (const [rate, name, clients, atMost] of MAX_CPU) {
    const [ours, theirs] = [at(name, rate), at('tutorial', rate)];
    const what = `CPU at ${rateOf(rate)}, ${clients} clients, as a part of the tutorial design`;
    if (ours && theirs) found.push({ what, found: ours.cpuMs / theirs.cpuMs, atMost });
  }
  for (const row of rows.filter(({ name }) => name.startsWith('hexfleet'))) {
    const of = `at ${rateOf(row.rate)}, ${row.name}`;
    for (const [, quantile, atMost] of MAX_MS.filter(([rate]) => rate === row.rate))
      found.push({ what: `${quantile.slice(0, 3)} ${of}, ms`, found: row[quantile], atMost });
    if (row.rate === 12_000)
      found.push({
        what: `not delivered ${of}, as a part of all`,
        found: 1 - row.deliveredShare,
        atMost: 0.001,
      });
  }
  return found;
}
