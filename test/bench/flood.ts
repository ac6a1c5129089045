import { connectStock } from '../fixtures/clients.js';
import { startSystem } from '../fixtures/system.js';
import { type Bench, type Flags, numberOf } from './bench.js';
import { compare, measure } from './others.js';
import { markdown, round } from './report.js';

const OTHERS = 5;
const ROUNDS = 5;
const PHASE_MS = 8_000;
const MAX_RATIO = 2;

/** Measures the acks of some drivers while a client without a token sends 30,000 requests to connect in a POST, each second. */
export const flood = {
  options: { rounds: { type: 'string' } },
  usage: '[--rounds N]',
  async run(flags: Flags) {
    const rounds = numberOf(flags, 'rounds') ?? (flags.quick ? 2 : ROUNDS);
    const phaseMs = flags.quick ? PHASE_MS / 2 : PHASE_MS;
    const system = await startSystem({ gateways: 1 });
    try {
      const { url } = system.gateways[0]!;
      const others = await Promise.all(
        Array.from({ length: OTHERS }, async (_, i) =>
          connectStock(url, '/driver', await system.token('driver', `other-${i}`)),
        ),
      );
      await measure(others, phaseMs / 2);
      const { quiet, loaded, counts } = await compare(others, { kind: 'flood', url }, { rounds, phaseMs });
      for (const { socket } of others) socket.disconnect();
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
    } finally {
      await system.stop();
    }
  },
} satisfies Bench;
