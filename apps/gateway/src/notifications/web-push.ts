import { createHash } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Inject, Injectable, Logger } from '@nestjs/common';
import webPush from 'web-push';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import type { PushMessage } from '#protocol';
import { clock, type PushDevice } from '#store';
import type { Delivered, Notification } from './job.js';
import { lookupPublic } from './public-address.js';
import { isAllowedEndpoint } from './push-endpoint.js';
import { Vapid } from './vapid.js';

const TIMEOUT_MS = 10_000;
/** Longest `Retry-After` of a push service that is obeyed. */
const MAX_RETRY_MS = 300_000;
const MAX_SOCKETS = 50;

/** Errors before the request was sent, after which it is safe to send it again. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Encrypts messages for a device (RFC 8291) and hands them to its push service (RFC 8030, RFC 8292). */
@Injectable()
export class WebPush {
  readonly #logger = new Logger('notifications');
  readonly #agents = {
    https: new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
    http: new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
  };

  constructor(
    private readonly vapid: Vapid,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async send(device: PushDevice, message: PushMessage, { expiresAt }: Notification): Promise<Delivered> {
    // The settings may be stricter than they were when the device subscribed.
    if (!isAllowedEndpoint(device.endpoint, this.config)) return 'gone';
    const { publicKey, privateKey } = await this.vapid.keys();
    const vapidDetails = { subject: this.vapid.subject, publicKey, privateKey };
    try {
      const { headers, body } = webPush.generateRequestDetails(device, JSON.stringify(message), {
        vapidDetails,
        TTL: Math.max(0, Math.ceil((expiresAt - clock.now()) / 1_000)),
        urgency: 'high',
        topic: topicOf(message),
      });
      const { status, retryAfterS } = await this.#post(device.endpoint, headers, body);
      return deliveredBy(status, retryAfterS);
    } catch (error) {
      this.#logger.debug(error);
      if (NOT_SENT.has((error as NodeJS.ErrnoException).code ?? '')) return { retryInMs: null };
      return 'uncertain';
    }
  }

  #post(endpoint: string, headers: Record<string, string>, body: Buffer): Promise<Answer> {
    const isLoopback = this.config.pushLoopback;
    const isHttps = endpoint.startsWith('https:');
    const options = {
      method: 'POST',
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      agent: isHttps ? this.#agents.https : this.#agents.http,
      ...(!isLoopback && { lookup: lookupPublic }),
    };
    return new Promise((resolve, reject) => {
      const answered = (response: IncomingMessage) => {
        // Without a reader, the connection could not be used again.
        response.resume();
        resolve({ status: response.statusCode ?? 0, retryAfterS: Number(response.headers['retry-after']) });
      };
      const send = isHttps ? httpsRequest : httpRequest;
      send(endpoint, options, answered).once('error', reject).end(body);
    });
  }
}

type Answer = {
  status: number;
  /** NaN without one */
  retryAfterS: number;
};

/** Returns what the answer of a push service means, RFC 8030 section 5. */
export function deliveredBy(status: number, retryAfterS: number): Delivered {
  if (status >= 200 && status < 300) return 'sent';
  if (status === 404 || status === 410) return 'gone';
  if (status !== 429 && status < 500) return 'refused';
  return { retryInMs: retryAfterS > 0 ? Math.min(MAX_RETRY_MS, retryAfterS * 1_000) : null };
}

/** Messages with the same topic replace each other while the device is away: one about each trip and kind is enough. */
const topicOf = ({ kind, tripId, id }: PushMessage): string =>
  createHash('sha256')
    .update(`${kind} ${tripId ?? id}`)
    .digest('base64url')
    .slice(0, 32);
