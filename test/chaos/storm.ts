import { type ChildProcess, fork } from 'node:child_process';
import { mapConcurrently } from '../fixtures/map-concurrently.js';
import { builtPath, type System } from '../fixtures/system.js';
import type { StormReport, StormStart } from './storm-process.js';

/** Clients connected per second at the start, over all processes. */
const RAMP_PER_S = 400;

/** Thousands of clients in processes of their own, so that they do not slow down the observers. */
export class Storm {
  readonly #reports: StormReport[];

  private constructor(private readonly children: ChildProcess[]) {
    this.#reports = children.map(() => ({ nodes: {}, busy: 0 }));
    for (const [i, child] of children.entries())
      child.on('message', (report: StormReport) => {
        this.#reports[i] = report;
      });
  }

  /** @param urls see {@link StormClient} */
  static async start(
    system: System,
    { urls, clients, processes }: { urls: string[]; clients: number; processes: number },
  ): Promise<Storm> {
    // Without the options of the process that runs the tests, which choose the sources.
    const path = builtPath('test/chaos/storm-process.js');
    const children = Array.from({ length: processes }, () => fork(path, { execArgv: [] }));
    const storm = new Storm(children);
    const tokens = await mapConcurrently([...Array(clients).keys()], 50, (i) =>
      system.token('rider', `storm-${i}`),
    );
    const each = Math.ceil(clients / processes);
    for (const [i, child] of children.entries())
      child.send({
        urls,
        tokens: tokens.slice(i * each, (i + 1) * each),
        perSecond: RAMP_PER_S / processes,
      } satisfies StormStart);
    return storm;
  }

  /** Connected clients by node. */
  get nodes(): Map<string, number> {
    const nodes = new Map<string, number>();
    for (const report of this.#reports)
      for (const [node, count] of Object.entries(report.nodes))
        nodes.set(node, (nodes.get(node) ?? 0) + count);
    return nodes;
  }

  get online(): number {
    return [...this.nodes.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Refusals so far because a gateway was busy. */
  get busy(): number {
    return this.#reports.reduce((sum, { busy }) => sum + busy, 0);
  }

  stop(): void {
    for (const child of this.children) child.kill();
  }
}
