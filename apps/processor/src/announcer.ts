import { type DriverGone, type DriverPosition, driverRoom } from '#protocol';
import type { Hub } from '#realtime';
import type { DriverRecord } from '#store';
import type { Outcome } from './fold.js';

const FOLLOWED_IN = ['/rider', '/dispatch'] as const;

/** Tells those who follow a driver of each of its accepted fixes, at once; nothing goes to rooms without members. */
export class Announcer {
  constructor(private readonly hub: Hub) {}

  /** @param again tell the present position also when nothing moved: the processor before may have died untold */
  async moved(outcomes: Outcome[], again: boolean): Promise<void> {
    const news = outcomes.filter(({ accepted, after }) => accepted.length > 0 || (again && after !== null));
    await this.#toFollowers(news, (outcome, emit) => {
      const fixes = outcome.accepted.length > 0 ? outcome.accepted.map(({ fix }) => fix) : [outcome.after!];
      for (const { t, lat, lng, heading, speedMps } of fixes) {
        emit('position', {
          driverId: outcome.driverId,
          t,
          lat,
          lng,
          heading,
          speedMps,
        } satisfies DriverPosition);
      }
    });
  }

  async gone(records: DriverRecord[], reason: DriverGone['reason']): Promise<void> {
    await this.#toFollowers(records, ({ driverId, t }, emit) =>
      emit('gone', { driverId, t, reason } satisfies DriverGone),
    );
  }

  async #toFollowers<T extends { driverId: string }>(
    items: T[],
    tell: (item: T, emit: Emit) => void,
  ): Promise<void> {
    const rooms = [...new Set(items.map(({ driverId }) => driverRoom(driverId)))];
    await Promise.all(
      FOLLOWED_IN.map(async (namespace) => {
        const occupied = await this.hub.occupied(namespace, rooms);
        for (const item of items) {
          const room = driverRoom(item.driverId);
          if (occupied.has(room))
            tell(item, (event, payload) => this.hub.emit(namespace, room, event, payload));
        }
      }),
    );
  }
}

type Emit = (event: string, payload: object) => void;
