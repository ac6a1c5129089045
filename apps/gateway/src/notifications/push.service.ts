import { ECDH } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import {
  ProtocolError,
  type PushDevice as PushDeviceRequest,
  type PushSettings,
  type PushState,
} from '#protocol';
import type { Identity } from '#realtime';
import { clock, orUnavailable, PushDevices } from '#store';
import { isAllowedEndpoint } from './push-endpoint.js';
import { Vapid } from './vapid.js';

/** Subscriptions and settings of the caller. */
@Injectable()
export class PushService {
  constructor(
    private readonly devices: PushDevices,
    private readonly vapid: Vapid,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {ProtocolError} UNAVAILABLE */
  async state({ role, userId }: Identity): Promise<PushState> {
    const user = { role, userId };
    const [{ publicKey }, settings, devices] = await orUnavailable(
      Promise.all([this.vapid.keys(), this.devices.settings(user), this.devices.of(user, clock.now())]),
    );
    return {
      publicKey,
      settings,
      devices: devices.map(({ id, expiresAt, language }) => ({ id, expiresAt, language })),
    };
  }

  /** @throws {ProtocolError} BAD_PUSH_ENDPOINT, BAD_REQUEST for a key that is no point of the curve, UNAVAILABLE */
  async subscribe(caller: Identity, id: string, request: PushDeviceRequest): Promise<PushState> {
    const { endpoint, expirationTime = null, keys, language } = request;
    if (!isAllowedEndpoint(endpoint, this.config)) throw new ProtocolError('BAD_PUSH_ENDPOINT');
    if (!isPoint(keys.p256dh)) throw new ProtocolError('BAD_REQUEST', 'keys.p256dh');
    const { role, userId, fleet, regions } = caller;
    const device = { id, endpoint, keys, language, fleet, regions };
    await orUnavailable(this.devices.put({ role, userId }, device, expirationTime, clock.now()));
    return this.state(caller);
  }

  /** @throws {ProtocolError} UNAVAILABLE */
  async unsubscribe({ role, userId }: Identity, id: string): Promise<void> {
    await orUnavailable(this.devices.remove({ role, userId }, id));
  }

  /** @throws {ProtocolError} UNAVAILABLE */
  async setSettings({ role, userId }: Identity, settings: PushSettings): Promise<PushSettings> {
    await orUnavailable(this.devices.setSettings({ role, userId }, settings));
    return settings;
  }
}

/** Whether a public key is a point of P-256: without one, nothing can be encrypted for its device. */
function isPoint(p256dh: string): boolean {
  try {
    ECDH.convertKey(p256dh, 'prime256v1', 'base64url', 'hex', 'compressed');
    return true;
  } catch {
    return false;
  }
}
