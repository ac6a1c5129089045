import { expect, test } from 'vitest';
import { browserPath } from '../fixtures/browser.js';
import type { Row as GrowthRow } from './growth.js';
import type { Row as PipelineRow } from './pipeline-report.js';
import { quick } from './quick.js';
import type { Row as TransportRow } from './transports.js';

test('the pipeline benchmark measures both designs, and both kinds of clients', async () => {
  const { rows, stdout } = await quick<PipelineRow>('pipeline');
  expect(rows.map(({ name, rate }) => [name, rate])).toEqual([
    ['tutorial', 1_000],
    ['hexfleet', 1_000],
    ['hexfleet-sdk', 1_000],
  ]);
  for (const row of rows) {
    expect(row.cpuMs).toBeGreaterThan(0);
    expect(row.p50Ms).toBeGreaterThan(0);
    expect(row.ackedShare).toBeGreaterThan(0.9);
    expect(row.deliveredShare).toBeGreaterThan(0.9);
    expect(stdout).toContain(`| ${row.rate} | ${row.name} |`);
  }
}, 120_000);

test.skipIf(browserPath === '')(
  'the board benchmark measures the map with and without vehicles',
  async () => {
    const { rows, stdout } = await quick<{ what: string; framesPerS: number; scriptMs: number }>('board');
    expect(rows).toHaveLength(3);
    for (const { framesPerS } of rows.slice(0, 2)) expect(framesPerS).toBeGreaterThan(0);
    expect(rows[1]!.scriptMs).toBeGreaterThan(0);
    console.log(stdout);
  },
);

test('the transports benchmark gets every position over an event stream and checks the handshake', async () => {
  const { rows, stdout } = await quick<TransportRow>('transports', '--only', 'sse', '--seconds', '1');
  expect(rows).toMatchObject([{ transport: 'sse', path: 'direct', watchers: 10, requestsPerMessage: 0 }]);
  expect(rows[0]!.bytesPerMessage).toBeGreaterThan(100);
  expect(stdout).toMatch(/^reached {2}Sec-WebSocket-Accept follows from the key/m);
}, 60_000);

test('the growth benchmark measures each part, and replaces a master while a node is subscribed', async () => {
  const { rows } = await quick<GrowthRow>('growth');
  expect(new Set(rows.map(({ part }) => part))).toEqual(
    new Set([
      'drivers',
      'processors on one Redis',
      'processors on three masters',
      'riders',
      'cells',
      'gateways',
      'failover',
      'plan',
    ]),
  );
  const messages = rows.filter(({ part }) => part === 'cells').map(({ figures }) => figures.messages!);
  expect(messages[1]).toBeGreaterThan(messages[0]!);
  const failover = rows.find(({ part }) => part === 'failover')!;
  expect(failover.figures.moved).toBeGreaterThan(50);
}, 300_000);
