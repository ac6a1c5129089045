import { type Answered, ask, connectStock, type StockClient } from '../fixtures/clients.js';
import type { Observation } from './apps.js';
import { placeAt, type Route } from './route.js';

const INTERVAL_MS = 200;

/** A driver without an outbox that sends each fix once and records every response. */
export class Probe {
  readonly answers: Array<Observation & { answer: Answered<{ accepted: number }> | null }> = [];
  readonly #asking: Promise<void>[] = [];
  readonly #timer: NodeJS.Timeout;

  private constructor(
    readonly id: string,
    private readonly client: StockClient,
    private readonly route: Route,
  ) {
    this.#timer = setInterval(() => this.#asking.push(this.#send()), INTERVAL_MS);
  }

  /** @param url of the gateway to probe */
  static async start(url: string, id: string, token: string, route: Route): Promise<Probe> {
    return new Probe(id, await connectStock(url, '/driver', token), route);
  }

  get acked(): Observation[] {
    return this.answers.filter(({ answer }) => answer?.ok === true && answer.accepted === 1);
  }

  /** Waits for pending responses. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#asking);
    this.client.socket.disconnect();
  }

  async #send(): Promise<void> {
    const t = Date.now();
    const answer = await ask(this.client, 'fixes', [{ t, ...placeAt(this.route, t) }]).catch(() => null);
    this.answers.push({ t, at: Date.now(), answer });
  }
}
