import { Injectable } from '@nestjs/common';
import { ProtocolError, type Role } from '#protocol';
import type { Identity } from '#realtime';

/** Maximum number of expensive reads of one user at a time. Services and dispatchers act for many users. */
const AT_ONCE: Record<Role, number> = { driver: 1, rider: 1, dispatcher: 2, service: 2 };
/** Maximum of all users together: each read may hold some megabytes until its client has received them. */
const MAX_AT_ONCE = 16;

/** Limits the number of concurrent track reads at this gateway. */
@Injectable()
export class ExpensiveReads {
  readonly #running = new Map<string, number>();
  #total = 0;

  /** @throws {ProtocolError} RATE_LIMITED when this user, or all users together, have reached their maximum */
  async run<T>({ role, userId }: Identity, work: () => Promise<T>): Promise<T> {
    const user = `${role} ${userId}`;
    const running = this.#running.get(user) ?? 0;
    if (running >= AT_ONCE[role]) throw new ProtocolError('RATE_LIMITED', `${AT_ONCE[role]} at a time`);
    if (this.#total >= MAX_AT_ONCE) throw new ProtocolError('RATE_LIMITED', 'the gateway is busy');
    this.#running.set(user, running + 1);
    this.#total += 1;
    try {
      return await work();
    } finally {
      this.#total -= 1;
      const remaining = this.#running.get(user)! - 1;
      if (remaining === 0) this.#running.delete(user);
      else this.#running.set(user, remaining);
    }
  }
}
