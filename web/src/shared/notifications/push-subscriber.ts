import type { PushDevice, PushState, UserApi } from '#sdk';
import { locale } from '../i18n/locale.js';

/** Whether this device gets notifications: `blocked` by the user in the browser, `unsupported` by the browser. */
export type PushStatus = 'on' | 'off' | 'blocked' | 'unsupported';

type Device = { api: UserApi; deviceId: string };

/** The subscription of this device to notifications. */
export class PushSubscriber {
  readonly #device: Device;
  readonly #registration: ServiceWorkerRegistration | undefined;

  /** @param registration of the service worker of the page; undefined if there is none */
  constructor(device: Device, registration: ServiceWorkerRegistration | undefined) {
    this.#device = device;
    this.#registration = registration;
  }

  /** Whether the service has the subscription that this browser has. */
  async status({ devices }: Pick<PushState, 'devices'>): Promise<PushStatus> {
    const manager = this.#manager;
    if (manager === null) return 'unsupported';
    if (Notification.permission === 'denied') return 'blocked';
    const isSubscribed = (await manager.getSubscription()) !== null;
    return isSubscribed && devices.some(({ id }) => id === this.#device.deviceId) ? 'on' : 'off';
  }

  /** Asks the user for permission and subscribes. Must be called by a press. @throws {Error} without a push service */
  async turnOn({ publicKey }: Pick<PushState, 'publicKey'>): Promise<PushState | null> {
    if (this.#manager === null || (await Notification.requestPermission()) !== 'granted') return null;
    return this.#subscribe(publicKey);
  }

  async turnOff(): Promise<void> {
    const { api, deviceId } = this.#device;
    await api.unsubscribePush(deviceId);
    await (await this.#manager?.getSubscription())?.unsubscribe();
  }

  /** Renews the subscription: the service may have another key by now, and the user another language. */
  async renew(): Promise<void> {
    const subscription = await this.#manager?.getSubscription();
    if (subscription === null || subscription === undefined || Notification.permission !== 'granted') return;
    await this.#subscribe((await this.#device.api.push()).publicKey);
  }

  get #manager(): PushManager | null {
    const isSupported = 'PushManager' in window && 'Notification' in window;
    return isSupported ? (this.#registration?.pushManager ?? null) : null;
  }

  async #subscribe(publicKey: string): Promise<PushState> {
    const manager = this.#manager!;
    const before = await manager.getSubscription();
    // A push service refuses messages that are signed with another key than the one that it was given.
    if (before !== null && keyOf(before) !== publicKey) await before.unsubscribe();
    const options = { userVisibleOnly: true, applicationServerKey: publicKey };
    const subscription = await manager.subscribe(options);
    const { api, deviceId } = this.#device;
    const { language } = locale;
    return api.subscribePush(deviceId, { ...(subscription.toJSON() as PushDevice), language });
  }
}

/** Returns the key of a subscription, base64url; null if the browser does not say. */
function keyOf({ options: { applicationServerKey: key } }: PushSubscription): string | null {
  if (key === null) return null;
  return btoa(String.fromCharCode(...new Uint8Array(key)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
