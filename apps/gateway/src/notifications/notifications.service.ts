import { Injectable, Logger } from '@nestjs/common';
import { orUnavailable, type PushUser } from '#store';
import { Deliveries } from './deliveries.js';
import type { AlertAudience, Notification } from './job.js';
import { NotificationJobs } from './notification-jobs.js';

/**
 * Notifies users who have no page or app open. A notification is in the queue when the call returns, so that it is delivered
 * whatever happens to this gateway.
 */
@Injectable()
export class NotificationsService {
  readonly #logger = new Logger('notifications');

  constructor(
    private readonly jobs: NotificationJobs,
    private readonly deliveries: Deliveries,
  ) {}

  /** Notifies a user once per id of the notification. @throws {ProtocolError} UNAVAILABLE */
  async notify(user: PushUser, notification: Notification): Promise<void> {
    // Most users have no subscription.
    if (!(await orUnavailable(this.deliveries.mayReach(user)))) return;
    const { id, expiresAt } = notification;
    await this.jobs.add(id, { do: 'find-devices', user, notification, expiresAt });
  }

  /** Notifies the dispatchers whom an alert concerns, once per id. Best effort: they also get the alert in the feed. */
  async alert(audience: AlertAudience, notification: Notification): Promise<void> {
    try {
      const { id, expiresAt } = notification;
      await this.jobs.add(id, { do: 'find-dispatchers', audience, notification, expiresAt });
    } catch (error) {
      this.#logger.debug(error);
    }
  }
}
