import { backoffMs } from '../connection/backoff.js';
import type { Connection } from '../connection/connection.js';
import { type HexfleetError, isFinal } from '../connection/errors.js';
import { waitOrReconnect } from './wait-or-reconnect.js';

/** What is needed of a {@link Connection}. */
export type Line = Pick<Connection<'/rider' | '/driver'>, 'request' | 'state' | 'onState'>;

type Work = {
  isDue(): boolean;
  /** may throw what `request` throws; done again after a while where the service says so */
  step(): Promise<void>;
  /** the service will never take this step: it must not be due any more */
  refused(error: HexfleetError): void;
};

/** Work done one step after the other, for as long as some is due and the connection is online. */
export class SerialQueue {
  #running = false;

  constructor(
    private readonly line: Line,
    private readonly work: Work,
  ) {}

  /** Call it when something may be due: when it has come, or when the connection is online again. */
  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    let failures = 0;
    while (this.work.isDue() && this.line.state.state === 'online') {
      try {
        await this.work.step();
        failures = 0;
      } catch (error) {
        if (isFinal(error)) this.work.refused(error as HexfleetError);
        else await waitOrReconnect(this.line, backoffMs(failures++, Math.random()));
      }
    }
    this.#running = false;
  }
}
