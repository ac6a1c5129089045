import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently } from '../../fixtures/map-concurrently.js';
import { RawSocket } from './raw-socket.js';

/** Input of a load generator, which runs in processes of its own. */
export type CrowdPlan = {
  urls: string[];
  path: string;
  /** messages of each client, one set per client; each waits for the text before it. Without any, none is sent */
  dialogues: Array<Array<{ after: string; send: string }>>;
  /** part of the text that shows that a client is ready; null if it is once connected */
  ready: string | null;
  /** part of the text of the event */
  event: string;
};

const CONNECT_AT_ONCE = 60;
const RETRY_MS = 200;

/** Sockets of a crowd. Counts each event, and reports when the last socket has it. */
export class Crowd {
  readonly #sockets: RawSocket[] = [];
  #received = 0;
  #lastAt = 0;
  #done: (result: { received: number; lastAt: number }) => void = () => {};

  constructor(private readonly plan: CrowdPlan) {}

  get size(): number {
    return this.#sockets.length;
  }

  async connect(): Promise<void> {
    await mapConcurrently(this.plan.dialogues, CONNECT_AT_ONCE, async (dialogue, i) => {
      for (let attempt = 0; ; attempt += 1) {
        try {
          this.#sockets.push(await this.#open(this.plan.urls[i % this.plan.urls.length]!, dialogue));
          return;
        } catch (error) {
          if (attempt === 20) throw error;
          await sleep(RETRY_MS * (1 + Math.random()));
        }
      }
    });
  }

  /** Resolves when every socket has received the next event, or after a while with those that have. */
  next(timeoutMs: number): Promise<{ received: number; lastAt: number }> {
    this.#received = 0;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ received: this.#received, lastAt: this.#lastAt }), timeoutMs);
      this.#done = (result) => {
        clearTimeout(timer);
        resolve(result);
      };
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #open(url: string, dialogue: CrowdPlan['dialogues'][number]): Promise<RawSocket> {
    const { path, ready, event } = this.plan;
    return new Promise((resolve, reject) => {
      let step = 0;
      const timer = setTimeout(() => reject(new Error('not ready in time')), 30_000);
      const isReady = (socket: RawSocket) => {
        clearTimeout(timer);
        resolve(socket);
      };
      const onText = (text: string, socket: RawSocket) => {
        if (text.includes(event)) return this.#count();
        if (step < dialogue.length && text.includes(dialogue[step]!.after))
          socket.send(dialogue[step++]!.send);
        else if (ready !== null && text.includes(ready)) isReady(socket);
        else if (text.startsWith('44')) reject(new Error(text));
      };
      RawSocket.open(url, path, onText).then((socket) => ready === null && isReady(socket), reject);
    });
  }

  #count(): void {
    this.#received += 1;
    this.#lastAt = performance.timeOrigin + performance.now();
    if (this.#received === this.#sockets.length)
      this.#done({ received: this.#received, lastAt: this.#lastAt });
  }
}

const EVENT_TIMEOUT_MS = 20_000;

if (process.send !== undefined && process.argv[2] === 'crowd') {
  let crowd: Crowd;
  process.on('message', async (message: { plan?: CrowdPlan; type?: 'next' | 'end' }) => {
    if (message.plan !== undefined) {
      crowd = new Crowd(message.plan);
      await crowd.connect().catch((error: unknown) => {
        process.stderr.write(`${(error as Error).stack}\n`);
        process.exit(1);
      });
      process.send!({ type: 'connected' });
    } else if (message.type === 'next') {
      const result = crowd.next(EVENT_TIMEOUT_MS);
      process.send!({ type: 'waiting' });
      process.send!({ type: 'received', ...(await result) });
    } else {
      crowd.close();
      process.exit(0);
    }
  });
  process.send({ type: 'ready' });
}
