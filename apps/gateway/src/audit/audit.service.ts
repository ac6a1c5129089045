import { Injectable } from '@nestjs/common';
import { type AuditAction, type AuditEntry, type AuditQuery, DAY_MS } from '#protocol';
import { Audit, BoundedMap, clock, ExpiringKeys, orUnavailable } from '#store';
import { type Actor, SERVICE } from '#trips';

/** Interval at which a user who keeps looking at the same thing is recorded again. */
const VIEWED_MS = 300_000;
/** Views and refused tokens that this gateway remembers to have recorded. */
const MAX_REMEMBERED = 20_000;

/** Thing that an entry is about. */
export type AuditSubject = { tripId?: string; userId?: string; text?: string };

/** Audit log of privileged actions. */
@Injectable()
export class AuditService {
  /** time at which each view was recorded, ms of `performance.now` */
  readonly #viewed = new BoundedMap<string, number>(MAX_REMEMBERED);

  constructor(
    private readonly audit: Audit,
    private readonly expiringKeys: ExpiringKeys,
  ) {}

  /**
   * Records an action before it is done, so that no action lacks an entry.
   * @param key idempotency key of the request: its repetitions are recorded once
   * @throws {ProtocolError} UNAVAILABLE: then do not perform the action
   */
  async record(
    { userId, role }: Actor,
    action: AuditAction,
    about: AuditSubject,
    key?: string,
  ): Promise<void> {
    const add = () => orUnavailable(this.audit.add({ at: clock.now(), by: userId, role, action, ...about }));
    if (key === undefined) return add();
    const name = `audit:${role} ${userId} ${action} ${about.tripId ?? ''} ${key}`;
    await this.expiringKeys.once(name, DAY_MS, add);
  }

  /**
   * Records that a dispatcher or service looks at data of people, at most once per user, thing and {@link VIEWED_MS} at this
   * gateway. What riders and drivers see of their own trips is not recorded.
   * @throws {ProtocolError} UNAVAILABLE: then do not show it
   */
  async view(by: Actor, action: AuditAction, about: AuditSubject = {}): Promise<void> {
    if (by.role !== 'dispatcher' && by.role !== 'service') return;
    await this.#sampled(JSON.stringify([by.role, by.userId, action, about]), () =>
      this.record(by, action, about),
    );
  }

  /** Records that tokens are refused, at most once per code and {@link VIEWED_MS} at this gateway; the metric counts them all. */
  async tokenRefused(code: string): Promise<void> {
    await this.#sampled(`token ${code}`, () => this.record(SERVICE, 'token:refused', { text: code }));
  }

  async #sampled(name: string, record: () => Promise<void>): Promise<void> {
    const now = performance.now();
    const at = this.#viewed.get(name);
    if (at !== undefined && now - at < VIEWED_MS) return;
    await record();
    this.#viewed.set(name, now);
  }

  /** Returns entries, newest first. @throws {ProtocolError} UNAVAILABLE */
  read(query: AuditQuery): Promise<AuditEntry[]> {
    return orUnavailable(this.audit.read(query));
  }
}
