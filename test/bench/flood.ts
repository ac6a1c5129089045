import type { Bench, Flags } from './bench.js';
import { withOthers } from './others.js';
import { markdown, round } from './report.js';

const OTHERS = 5;
const MAX_RATIO = 2;

/** Measures the acks of some drivers while a client without a token sends 30,000 requests to connect in a POST, each second. */
export const flood = {
  options: { rounds: { type: 'string' } },
  usage: '[--rounds N]',
  run: (flags: Flags) =>
    withOthers(OTHERS, flags, async ({ url, rounds, compare }) => {
      const { quiet, loaded, counts } = await compare({ kind: 'flood', url });
      const table = `${OTHERS} drivers, one gateway, medians of ${rounds} rounds; ${counts.complete + counts.refused} POSTs with 30,000 packets\n\n${markdown(
        ['', 'ack p50, ms', 'ack p95, ms'],
        [
          ['quiet', round(quiet.p50), round(quiet.p95)],
          ['attack', round(loaded.p50), round(loaded.p95)],
        ],
      )}`;
      const what = 'ack p95 of others, times slower under attack';
      const checks = [{ what, found: loaded.p95 / quiet.p95, atMost: MAX_RATIO }];
      return { rows: [{ quiet, loaded, counts }], table, checks };
    }),
} satisfies Bench;
