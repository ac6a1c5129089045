import { Injectable } from '@nestjs/common';
import { type Vehicle, type Zone } from '#protocol';
import { ZoneIndexes, ZoneMembers } from '#store';
import { decodeMembership, type IndexedZone, pauses } from '#zones';
import type { AlertedStay } from './fleet-alerts.js';
import type { FleetRoster, RosterRow } from './fleet-roster.js';

/** Maximum number of stays that are looked up; with more drivers in such zones, single alerts help nobody. */
const MAX_STAYS = 500;

/** Finds the vehicles that are in zones for which dispatch is alerted, wherever on earth. */
@Injectable()
export class AlertedStays {
  constructor(
    private readonly indexes: ZoneIndexes,
    private readonly members: ZoneMembers,
  ) {}

  async find(roster: Pick<FleetRoster, 'rows'>): Promise<AlertedStay[]> {
    const index = this.indexes.at();
    if (!index.zones.some(({ zone }) => isAlerted(zone))) return [];
    const near: Array<{ driver: RosterRow; zone: IndexedZone }> = [];
    const pause = pauses();
    for (const driver of roster.rows) {
      await pause();
      if (!driver.entry.present) continue;
      for (const zone of index.at(driver.entry)) if (isAlerted(zone.zone)) near.push({ driver, zone });
      if (near.length >= MAX_STAYS) break;
    }
    const stays = await Promise.all(near.map(({ driver, zone }) => this.#stayIn(driver, zone)));
    return stays.filter((stay) => stay !== null);
  }

  /** The processors decide whether a vehicle is inside, since when, and whether it has stayed for long enough. */
  async #stayIn(
    { id: driverId, entry: { status } }: RosterRow,
    { region, zone }: IndexedZone,
  ): Promise<AlertedStay | null> {
    const text = await this.members.read(region, driverId);
    const stay =
      text === null ? undefined : decodeMembership(text).stays.find(({ zoneId }) => zoneId === zone.id);
    if (stay === undefined) return null;
    const isNoGo = zone.kind === 'no_go';
    if (zone.kind === 'alert') {
      const { on, statuses } = zone.rules;
      const isReason = on.includes('enter') || (on.includes('dwell') && stay.dwelled);
      if (!isReason || !statuses.includes(status as Vehicle['status'])) return null;
    }
    return { driverId, region, zoneId: zone.id, name: zone.name, isNoGo, since: stay.since };
  }
}

/** Whether a stay in the zone is an alert; an exit is only an event of the feed. */
const isAlerted = (zone: Zone): boolean =>
  zone.kind === 'no_go' || (zone.kind === 'alert' && zone.rules.on.some((event) => event !== 'exit'));
