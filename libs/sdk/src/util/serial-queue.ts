import type { Connection } from '../connection/connection.js';
import { type HexfleetError, isFinal } from '../connection/errors.js';
import { backoffMs } from '../connection/reconnect-policy.js';
import { waitOrReconnect } from '../connection/while-connected.js';

/** The part of a {@link Connection} that chats need. */
export type ChatConnection = Pick<Connection<'/rider' | '/driver'>, 'request' | 'state' | 'onState'>;

type Work = {
  isDue(): boolean;
  /** may throw the errors of `request`; retried with backoff where the service says so */
  step(): Promise<void>;
  /** the service refused this step for good; afterwards it must not be due any more */
  refused(error: HexfleetError): void;
};

/** Runs steps one after the other while any is due and the connection is online. */
export class SerialQueue {
  #running = false;

  constructor(
    private readonly connection: Pick<Connection, 'state' | 'onState'>,
    private readonly work: Work,
  ) {}

  /** Call it when a step may be due: after adding one, and when the connection is online again. */
  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    let failures = 0;
    try {
      while (this.work.isDue() && this.connection.state.state === 'online') {
        try {
          await this.work.step();
          failures = 0;
        } catch (error) {
          if (isFinal(error)) this.work.refused(error as HexfleetError);
          else await waitOrReconnect(this.connection, backoffMs(failures++, Math.random()));
        }
      }
    } finally {
      // In the same turn as the last check: a `run` after that must not find the queue running.
      this.#running = false;
    }
  }
}
