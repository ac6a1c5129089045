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

test('rates that were not measured are not checked', () => {
  expect(checks([row('hexfleet', 2_000), row('tutorial', 2_000)])).toEqual([]);
  expect(checks([row('hexfleet', 8_000)])).toEqual([]);
});

test('each row is checked against its bound in the same run', () => {
  expect(results([row('hexfleet', 8_000), row('tutorial', 8_000)])).toEqual([false, false]);
  expect(results([row('hexfleet', 8_000), row('tutorial', 8_000, { cpuMs: 300, p99Ms: 70 })])).toEqual([
    true,
    true,
  ]);
  expect(results([row('hexfleet', 1_000, { p50Ms: 6.1 })])).toEqual([false]);
  expect(results([row('hexfleet', 12_000, { deliveredShare: 0.9 })])).toEqual([true, false]);
});

test('the table has a row per design and rate', () => {
  expect(table([row('tutorial', 1_000)])).toContain('| 1000 | tutorial | 100 (1.0) |');
});
