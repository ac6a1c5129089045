/** A process with many clients that only stay connected. It gets one message, and reports several times a second. */
import { StormClient } from './storm-client.js';

const REPORT_MS = 200;

export type StormStart = { urls: string[]; tokens: string[]; perSecond: number };
/** Clients by the node that they are connected to, and the number of refusals because a gateway was busy. */
export type StormReport = { nodes: Record<string, number>; busy: number };

process.once('message', ({ urls, tokens, perSecond }: StormStart) => {
  const clients = tokens.map((token) => new StormClient(urls, token));
  for (const [i, client] of clients.entries()) setTimeout(() => client.connect(), (i / perSecond) * 1_000);
  setInterval(() => {
    const report: StormReport = { nodes: {}, busy: 0 };
    for (const { node, busy } of clients) {
      if (node !== '') report.nodes[node] = (report.nodes[node] ?? 0) + 1;
      report.busy += busy;
    }
    // The parent may be ending this process.
    process.send!(report, () => {});
  }, REPORT_MS);
});
process.once('disconnect', () => process.exit());
