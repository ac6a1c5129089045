import { createHmac } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import { clock } from '#store';
import type { Delivered, JobOf } from './job.js';
import { deliveredBy } from './web-push.js';

const TIMEOUT_MS = 10_000;

/**
 * Posts notifications to HEXFLEET_NOTIFY_URL, whose program hands them to FCM or APNs. A post may be repeated with the same `id`,
 * because losing one would be worse.
 */
@Injectable()
export class NotifyWebhook {
  readonly #logger = new Logger('notifications');

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Posts a notification of a user, or an alert to all dispatchers of its region, whose user and language are null. */
  async post({ user, language, notification }: JobOf<'post'>): Promise<Delivered> {
    const { id, kind, content, at, expiresAt } = notification;
    const { notifyUrl, notifySecret } = this.config;
    if (notifyUrl === undefined || notifySecret === undefined) return 'gone';
    const body = JSON.stringify({ id, kind, at, expiresAt, user, language, content });
    try {
      const response = await fetch(notifyUrl, {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': id,
          'hexfleet-signature': signatureOf(body, notifySecret, clock.now()),
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      const delivered = deliveredBy(response.status, Number(response.headers.get('retry-after')));
      if (delivered === 'refused' || delivered === 'gone')
        this.#logger.warn(`HEXFLEET_NOTIFY_URL answered ${response.status}; the notification is dropped`);
      return delivered === 'gone' ? 'refused' : delivered;
    } catch (error) {
      this.#logger.debug(error);
      return { retryInMs: null };
    }
  }
}

/**
 * Returns the value of `Hexfleet-Signature`: the time, epoch seconds, and the HMAC-SHA256 of the time, a full stop and the body,
 * hexadecimal. The time is signed, so that a receiver can refuse an old request that is sent again.
 */
export function signatureOf(body: string, secret: string, now: number): string {
  const t = Math.floor(now / 1_000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}
