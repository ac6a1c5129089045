import { readFile } from 'node:fs/promises';
import { ask, connectStock, type StockClient } from '../fixtures/clients.js';
import { mapConcurrently } from '../fixtures/map-concurrently.js';
import type { System } from '../fixtures/system.js';

const BYSTANDERS = 40;
const FIX_INTERVAL_MS = 200;
/** Below this, a longer delay says more about the machine than about the service. */
export const NOTICEABLE_MS = 50;

export type Bystanders = {
  /** returns the delays of the acks since the last call, ms */
  takeDelays(): number[];
  /** number of fixes that were refused or not answered */
  failed(): number;
  stop(): void;
};

/** Starts drivers that must not notice anything. */
export async function startBystanders(system: System): Promise<Bystanders> {
  const all = await mapConcurrently([...Array(BYSTANDERS).keys()], 10, (i) => Bystander.start(system, i));
  return {
    takeDelays: () => all.flatMap((bystander) => bystander.take()),
    failed: () => all.reduce((sum, { failed }) => sum + failed, 0),
    stop: () => {
      for (const bystander of all) bystander.stop();
    },
  };
}

class Bystander {
  failed = 0;
  #delays: number[] = [];
  #isStopped = false;
  readonly #timer: NodeJS.Timeout;

  private constructor(
    private readonly client: StockClient,
    i: number,
  ) {
    const place = { lat: 41 + i * 0.001, lng: -74 };
    this.#timer = setInterval(async () => {
      const sentAt = performance.now();
      const answer = await ask(client, 'fixes', [{ t: Date.now(), ...place }]).catch(() => null);
      if (answer?.ok) this.#delays.push(performance.now() - sentAt);
      else if (!this.#isStopped) this.failed += 1;
    }, FIX_INTERVAL_MS);
  }

  static async start(system: System, i: number): Promise<Bystander> {
    const token = await system.token('driver', `other-${i}`);
    return new Bystander(await connectStock(system.url, '/driver', token), i);
  }

  take(): number[] {
    const taken = this.#delays;
    this.#delays = [];
    return taken;
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.client.socket.disconnect();
  }
}

/** Resident memory of all gateways, KB. */
export async function memoryOf({ gateways }: System): Promise<number> {
  const sizes = await Promise.all(
    gateways.map(
      async ({ pid }) => /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1],
    ),
  );
  return sizes.reduce((sum, size) => sum + Number(size), 0);
}
