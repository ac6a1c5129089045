import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import type { NotificationContent, PushMessage } from '#protocol';
import {
  clock,
  DriverFleets,
  ExpiringKeys,
  PresenceStore,
  type PushDevice,
  PushDevices,
  type PushUser,
} from '#store';
import { coversRegion } from '../auth/scope.service.js';
import type { AlertAudience, Delivered, Job, JobOf, Notification } from './job.js';
import { NotifyWebhook } from './notify-webhook.js';
import { WebPush } from './web-push.js';

/** Maximum notifications to one user in {@link WINDOW_MS}; a user may have subscribed a server that is not theirs. */
const MAX_PER_WINDOW = 60;
const WINDOW_MS = 60_000;

/** Finds out to which devices a notification goes, and delivers it to one of them. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly devices: PushDevices,
    private readonly presence: PresenceStore,
    private readonly fleets: DriverFleets,
    private readonly expiringKeys: ExpiringKeys,
    private readonly webPush: WebPush,
    private readonly webhook: NotifyWebhook,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Whether a notification to a user may have a receiver. */
  async mayReach(user: PushUser): Promise<boolean> {
    return this.config.notifyUrl !== undefined || (await this.devices.has(user));
  }

  /** Returns the jobs that follow from one, with their ids; the same each time. */
  async plan(job: JobOf<'find-dispatchers' | 'find-devices'>): Promise<Array<[id: string, job: Job]>> {
    return job.do === 'find-devices' ? this.#toDevices(job) : this.#toDispatchers(job);
  }

  async deliver(job: JobOf<'push' | 'post'>): Promise<Delivered> {
    if (job.do === 'post') return this.webhook.post(job);
    const { user, deviceId, notification } = job;
    const device = (await this.devices.of(user, clock.now())).find(({ id }) => id === deviceId);
    if (device === undefined) return 'gone';
    const delivered = await this.webPush.send(device, messageOf(notification, device), notification);
    if (delivered === 'gone') await this.devices.remove(user, deviceId, device.endpoint);
    return delivered;
  }

  async #toDevices({ user, notification }: JobOf<'find-devices'>): Promise<Array<[string, Job]>> {
    const now = clock.now();
    const { off, previews, language } = await this.devices.settings(user);
    if (off.includes(notification.kind)) return [];
    const count = await this.expiringKeys.count(`notifications:${user.role}:${user.userId}`, WINDOW_MS);
    if (count.count > MAX_PER_WINDOW) return [];
    const namespace = user.role === 'dispatcher' ? '/dispatch' : `/${user.role}`;
    const { connections } = await this.presence.of(user.userId, now);
    const here = connections.filter((connection) => connection.namespace === namespace);
    const shown = previews ? notification : { ...notification, content: withoutText(notification.content) };
    const shared = { user, notification: shown, expiresAt: notification.expiresAt, attempt: 0 };
    const devices = await this.devices.of(user, now);
    const away = devices.filter(({ id }) => !here.some(({ deviceId }) => deviceId === id));
    const jobs = away.map(({ id }): [string, Job] => [
      `${notification.id} ${user.userId} push ${id}`,
      { do: 'push', deviceId: id, ...shared },
    ]);
    if (this.config.notifyUrl !== undefined && here.length === 0)
      jobs.push([
        `${notification.id} ${user.userId} post`,
        { do: 'post', language: language ?? newestLanguage(devices), ...shared },
      ]);
    return jobs;
  }

  async #toDispatchers({ audience, notification }: JobOf<'find-dispatchers'>): Promise<Array<[string, Job]>> {
    const { expiresAt } = notification;
    const now = clock.now();
    const fleet = await this.#fleetOf(audience);
    const jobs: Array<[string, Job]> = [];
    for (const userId of await this.devices.dispatchers(now)) {
      const user: PushUser = { role: 'dispatcher', userId };
      const concerned = (await this.devices.of(user, now)).some((device) =>
        concerns(audience, fleet, device),
      );
      if (concerned)
        jobs.push([`${notification.id} ${userId}`, { do: 'find-devices', user, notification, expiresAt }]);
    }
    if (this.config.notifyUrl !== undefined)
      jobs.push([
        `${notification.id} post`,
        { do: 'post', user: null, language: null, notification, expiresAt, attempt: 0 },
      ]);
    return jobs;
  }

  async #fleetOf({ fleet, driverId }: AlertAudience): Promise<string | null | undefined> {
    if (fleet !== undefined) return fleet;
    if (driverId === undefined || driverId === null) return driverId;
    return (await this.fleets.of([driverId])).get(driverId) ?? null;
  }
}

/** Whether an alert is within the limits of the token with which a dispatcher subscribed. */
function concerns(
  { region }: AlertAudience,
  fleet: string | null | undefined,
  { regions, fleet: ownFleet }: PushDevice,
): boolean {
  return (
    coversRegion({ regions }, region) && (ownFleet === null || fleet === undefined || fleet === ownFleet)
  );
}

const withoutText = ({ text: _, ...content }: NotificationContent): NotificationContent => content;

/** Returns the language of the device that subscribed last; null without one. */
const newestLanguage = (devices: PushDevice[]): string | null =>
  devices.toSorted((a, b) => b.renewedAt - a.renewedAt)[0]?.language ?? null;

const messageOf = (
  { id, kind, at, content }: Notification,
  { language }: Pick<PushDevice, 'language'>,
): PushMessage => ({ ...content, id, kind, at, language });
