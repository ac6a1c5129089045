import { expect, test } from 'vitest';
import { checks, type Row, table } from './pipeline-report.js';
import { reached } from './report.js';

const row = (name: string, rate: number, more: Partial<Row> = {}): Row => ({
  name,
  rate,
  cpuMs: 100,
  cpuSpreadMs: 1,
  cpuByProcessMs: { redis: 100 },
  p50Ms: 5,
  p99Ms: 20,
  p99SpreadMs: 1,
  ackP99Ms: 10,
  ackedShare: 1,
  deliveredShare: 1,
  bytesInPerFix: 100,
  bytesOutPerFix: 100,
  ...more,
});
const results = (rows: Row[]) => checks(rows).map(reached);

test('rates and designs that were not measured are not checked', () => {
  expect(checks([row('hexfleet', 2_000), row('tutorial', 2_000)])).toEqual([]);
  const checked = checks([row('hexfleet', 8_000)]).map(({ what }) => what);
  expect(checked).toEqual(['p50 at 8,000/s, hexfleet, ms', 'p99 at 8,000/s, hexfleet, ms']);
});

test('each design is checked against its bound in the same run', () => {
  const tutorial = row('tutorial', 8_000);
  const ours = [row('hexfleet', 8_000, { cpuMs: 58 }), row('hexfleet-sdk', 8_000, { cpuMs: 48 })];
  expect(results([tutorial, ...ours])).toEqual([true, true, true, true, true, true]);
  const costly = ours.map((each) => ({ ...each, cpuMs: each.cpuMs + 1, p50Ms: 26, p99Ms: 51 }));
  expect(results([tutorial, ...costly])).toEqual([false, false, false, false, false, false]);
  expect(results([row('hexfleet-sdk', 1_000, { p50Ms: 10.1 })])).toEqual([false]);
  expect(results([row('hexfleet', 12_000, { deliveredShare: 0.9 })])).toEqual([true, false]);
});

test('the table has a row per design and rate', () => {
  expect(table([row('tutorial', 1_000)])).toContain('| 1000 | tutorial | 100 (1.0) |');
});
