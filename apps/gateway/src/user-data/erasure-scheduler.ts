import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { repeatedly } from '#ops';
import { clock, Erasures } from '#store';
import { UserDataService } from './user-data.service.js';

const INTERVAL_MS = 10_000;

/** Repeats erasures: those that their gateway did not finish, and each one once more for what was in flight. */
@Injectable()
export class ErasureScheduler implements OnApplicationShutdown {
  readonly #logger = new Logger('user-data');
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly erasures: Erasures,
    private readonly userData: UserDataService,
  ) {
    this.#timer = repeatedly(INTERVAL_MS, () => this.#repeatDue());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async #repeatDue(): Promise<void> {
    // While Redis is unavailable, nothing is due.
    // Without the id, which logs must not keep for longer than the store.
    for (const userId of await this.erasures.takeDue(clock.now()).catch(() => []))
      await this.userData.repeat(userId).catch((error) => this.#logger.warn(`an erasure failed: ${error}`));
  }
}
