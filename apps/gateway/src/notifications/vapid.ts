import { Inject, Injectable } from '@nestjs/common';
import webPush from 'web-push';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import { clock, type VapidKeyPair, VapidKeys } from '#store';

/** Time for which a gateway keeps the keys: if Redis has lost them, another one may have stored new ones. */
const KEPT_MS = 60_000;

/** Keys by which push services recognise this installation: those of the settings, or else a pair that gateways share in Redis. */
@Injectable()
export class Vapid {
  #kept: { keys: VapidKeyPair; until: number } | null = null;

  constructor(
    private readonly store: VapidKeys,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Contact for push services. */
  get subject(): string {
    return this.config.vapidSubject;
  }

  async keys(): Promise<VapidKeyPair> {
    const { vapidPublicKey: publicKey, vapidPrivateKey: privateKey } = this.config;
    if (publicKey !== undefined && privateKey !== undefined) return { publicKey, privateKey };
    const now = clock.now();
    if (this.#kept === null || now >= this.#kept.until)
      this.#kept = { keys: await this.store.agree(webPush.generateVAPIDKeys), until: now + KEPT_MS };
    return this.#kept.keys;
  }
}
