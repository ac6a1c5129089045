import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import type { PushMessage, Role } from '#protocol';
import { Api, RiderClient } from '#sdk';
import { textOf } from '../../web/worker/text-of.js';
import { browserPath, CALM, signIn } from '../fixtures/browser.js';
import { runningGateways } from '../fixtures/gateways.js';
import { Apps, north, placesFrom } from '../fixtures/journey.js';
import { collectedNotifications, collectNotifications, deliverPush } from '../fixtures/push-messages.js';
import {
  type PushService,
  startPushService,
  subscriptionAt,
  type TestSubscription,
  vapidClaims,
} from '../fixtures/push-service.js';
import { type System, startSystem } from '../fixtures/system.js';
import { test } from '../fixtures/test.js';

const SECRET = 'signs the posts of these tests, 32 characters';
const nextPlace = placesFrom(-31, 70);

let pushService: PushService;
let webhook: PushService;
let system: System;
let apps: Apps;
beforeAll(async () => {
  [pushService, webhook] = await Promise.all([startPushService(), startPushService()]);
  webhook.answer(204);
  system = await startSystem({
    env: {
      HEXFLEET_OFFER_MS: '60000',
      HEXFLEET_PUSH_LOOPBACK: '1',
      HEXFLEET_NOTIFY_URL: `${webhook.url}/notify`,
      HEXFLEET_NOTIFY_SECRET: SECRET,
      HEXFLEET_VAPID_SUBJECT: 'mailto:ops@fleet.example',
    },
  });
  apps = new Apps(system);
});
afterEach(() => {
  apps.closeAll();
  pushService.answer(201);
  webhook.answer(204);
});
afterAll(async () => {
  await system.stop();
  await Promise.all([pushService.close(), webhook.close()]);
});

const apiOf = async (role: Role, userId: string, claims: object = {}) =>
  new Api({ url: system.url, token: await system.token(role, userId, '1h', claims) });

async function subscribe(api: Api, device: string, language?: string): Promise<TestSubscription> {
  const subscription = subscriptionAt(`${pushService.url}/${device}`);
  await api.subscribePush(device, { ...subscription.json, language });
  return subscription;
}
const pushesTo = (device: string, { decrypt }: TestSubscription): PushMessage[] =>
  pushService.received.filter(({ path }) => path === `/${device}`).map(({ body }) => decrypt(body));
const postsFor = (userId: string) =>
  webhook.received.map(({ body }) => JSON.parse(String(body))).filter(({ user }) => user?.userId === userId);

/** Creates a trip whose driver has accepted. */
async function tripOf(name: string) {
  const place = nextPlace();
  const driver = await apps.driverAt(`${name}-driver`, place);
  const service = await apiOf('service', 'notifier');
  const parties = { riderId: `${name}-rider`, driverId: `${name}-driver` };
  const trip = await service.createTrip({ ...parties, pickup: place, dropoff: north(place, 1_000) });
  return { trip, driver };
}

describe('Web Push', () => {
  test('notifies a driver whose page is closed of an offer, encrypted and signed, without a position', async () => {
    const place = nextPlace();
    const api = await apiOf('driver', 'nt-offered');
    const subscription = await subscribe(api, 'nt-offered-phone');
    const driver = await apps.driverAt('nt-offered', place);
    driver.close();
    const rider = await apps.rider('nt-asking');
    const trip = await rider.requestTrip({ pickup: place, dropoff: north(place, 900) });
    await expect
      .poll(() => pushesTo('nt-offered-phone', subscription), { timeout: 10_000 })
      .toEqual([
        { id: expect.stringContaining(trip.id), kind: 'offer', at: expect.any(Number), tripId: trip.id },
      ]);
    const { headers } = pushService.received.find(({ path }) => path === '/nt-offered-phone')!;
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' });
    expect(Number(headers.ttl)).toBeGreaterThan(0);
    expect(Number(headers.ttl)).toBeLessThanOrEqual(60);
    const { publicKey } = await api.push();
    expect(vapidClaims(headers.authorization!, publicKey)).toMatchObject({
      aud: pushService.url,
      sub: 'mailto:ops@fleet.example',
    });
  });

  test('all gateways have the same key', async () => {
    const keys = await Promise.all(
      system.gateways.map(async ({ url }) => {
        const api = new Api({ url, token: await system.token('rider', 'nt-keys') });
        return (await api.push()).publicKey;
      }),
    );
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[\w-]{87}$/);
  });

  test('an open page gets no push, another device of the same user does', async () => {
    const { trip, driver } = await tripOf('nt-open');
    const api = await apiOf('rider', 'nt-open-rider');
    const open = await subscribe(api, 'nt-open-tab');
    const closed = await subscribe(api, 'nt-open-phone');
    const page = new RiderClient({
      url: system.url,
      token: await system.token('rider', 'nt-open-rider'),
      deviceId: 'nt-open-tab',
    });
    await page.connect();
    await driver.step(trip.id, 'arriving');
    await driver.step(trip.id, 'arrived');
    await expect
      .poll(() => pushesTo('nt-open-phone', closed), { timeout: 10_000 })
      .toMatchObject([{ kind: 'arrival', tripId: trip.id }]);
    expect(pushesTo('nt-open-tab', open)).toEqual([]);
    expect(postsFor('nt-open-rider')).toEqual([]);
    page.close();
    const connected = async () =>
      (await (await apiOf('service', 'notifier')).presence('nt-open-rider')).online;
    await expect.poll(connected).toBe(false);
    await driver.chat(trip.id).send('I am here');
    await expect
      .poll(() => pushesTo('nt-open-tab', open), { timeout: 10_000 })
      .toMatchObject([{ kind: 'message' }]);
  });

  test('the text of a message is in a push only if the user allows it, and a kind can be turned off', async () => {
    const { trip, driver } = await tripOf('nt-text');
    const api = await apiOf('rider', 'nt-text-rider');
    const phone = await subscribe(api, 'nt-text-phone');
    const chat = driver.chat(trip.id);
    await chat.send('the first');
    await expect.poll(() => pushesTo('nt-text-phone', phone).length, { timeout: 10_000 }).toBe(1);
    expect(pushesTo('nt-text-phone', phone)[0]).not.toHaveProperty('text');
    await api.setPushSettings({ off: [], previews: true });
    await chat.send('the second');
    await expect
      .poll(() => pushesTo('nt-text-phone', phone)[1]?.text, { timeout: 10_000 })
      .toBe('the second');
    await api.setPushSettings({ off: ['message'], previews: true });
    await chat.send('the third');
    await api.setPushSettings({ off: ['offer'], previews: true }).then(() => chat.send('the fourth'));
    await expect
      .poll(() => pushesTo('nt-text-phone', phone).at(-1)?.text, { timeout: 10_000 })
      .toBe('the fourth');
  });

  test('each device is notified in its language, which a renewal changes, and the webhook in that of the user', async () => {
    const { trip, driver } = await tripOf('nt-speech');
    const api = await apiOf('rider', 'nt-speech-rider');
    const phone = await subscribe(api, 'nt-speech-phone', 'es-MX');
    const tablet = await subscribe(api, 'nt-speech-tablet');
    const chat = driver.chat(trip.id);
    const titles = (device: string, subscription: TestSubscription) =>
      pushesTo(device, subscription).map((message) => textOf(message, '/rider').title);
    await chat.send('hola');
    await expect
      .poll(() => titles('nt-speech-phone', phone), { timeout: 10_000 })
      .toEqual(['Mensaje de tu conductor']);
    await expect
      .poll(() => titles('nt-speech-tablet', tablet), { timeout: 10_000 })
      .toEqual(['Message from your driver']);
    const languages = () => postsFor('nt-speech-rider').map(({ language }) => language);
    await expect.poll(languages, { timeout: 10_000 }).toEqual([null]);

    await api.subscribePush('nt-speech-tablet', { ...tablet.json, language: 'es' });
    expect((await api.push()).devices.map(({ language }) => language).toSorted()).toEqual(['es', 'es-MX']);
    await chat.send('hello');
    await expect
      .poll(() => titles('nt-speech-tablet', tablet), { timeout: 10_000 })
      .toEqual(['Message from your driver', 'Mensaje de tu conductor']);
    await expect.poll(languages, { timeout: 10_000 }).toEqual([null, 'es']);
    await api.setPushSettings({ off: [], previews: false, language: 'pt-BR' });
    await chat.send('olá');
    await expect.poll(languages, { timeout: 10_000 }).toEqual([null, 'es', 'pt-BR']);
  });

  test('a subscription that the push service does not know any more is removed', async () => {
    const { trip, driver } = await tripOf('nt-gone');
    const api = await apiOf('rider', 'nt-gone-rider');
    await subscribe(api, 'nt-gone-phone');
    pushService.answer(410);
    await driver.chat(trip.id).send('anybody there?');
    await expect.poll(async () => (await api.push()).devices, { timeout: 10_000 }).toEqual([]);
  });

  test('a push that an overloaded service refused is sent again, one without an answer is not', async () => {
    const { trip, driver } = await tripOf('nt-busy');
    const phone = await subscribe(await apiOf('rider', 'nt-busy-rider'), 'nt-busy-phone');
    pushService.answer(429, { 'retry-after': '1' });
    await driver.chat(trip.id).send('hello');
    await expect.poll(() => pushesTo('nt-busy-phone', phone).length, { timeout: 10_000 }).toBe(1);
    pushService.answer(201);
    await expect.poll(() => pushesTo('nt-busy-phone', phone).length, { timeout: 10_000 }).toBe(2);
    expect(new Set(pushesTo('nt-busy-phone', phone).map(({ id }) => id)).size).toBe(1);
  });

  test('notifies dispatchers of an incident in their regions only', async () => {
    const place = nextPlace();
    const all = await subscribe(await apiOf('dispatcher', 'nt-desk'), 'nt-desk-tab');
    const elsewhere = await subscribe(
      await apiOf('dispatcher', 'nt-other-desk', { regions: ['831f8dfffffffff'] }),
      'nt-other-tab',
    );
    const rider = await apiOf('rider', 'nt-reporter');
    await rider.reportIncident({ kind: 'accident', ...place });
    await expect
      .poll(() => pushesTo('nt-desk-tab', all), { timeout: 10_000 })
      .toMatchObject([{ kind: 'alert', alert: 'accident' }]);
    expect(pushesTo('nt-other-tab', elsewhere)).toEqual([]);
  });

  test('refuses endpoints inside the network, and keys that are none', async () => {
    const api = await apiOf('rider', 'nt-bad');
    const { json } = subscriptionAt('https://10.0.0.1/x');
    await expect(api.subscribePush('nt-bad', json)).rejects.toMatchObject({ code: 'BAD_PUSH_ENDPOINT' });
    const keys = { ...json.keys, p256dh: 'B'.repeat(87) };
    const other = { endpoint: `${pushService.url}/x`, keys };
    await expect(api.subscribePush('nt-bad', other)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const spoken = { ...subscriptionAt(`${pushService.url}/x`).json, language: 'not a language' };
    await expect(api.subscribePush('nt-bad', spoken)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe.skipIf(browserPath === '')('a page whose user switches to Spanish', () => {
  test('renews its subscription, and its worker then shows Spanish', async ({ browser }) => {
    const patient = { timeout: 60_000 };
    const { trip, driver } = await tripOf('nt-switch');
    const api = await apiOf('rider', 'nt-switch-rider');
    const subscription = subscriptionAt(`${pushService.url}/nt-switch`);
    const context = await browser.newContext({ ...CALM, serviceWorkers: 'allow' });
    // The browser of the tests has no push service.
    await context.addInitScript(`{
      const subscription = {
        options: { applicationServerKey: null },
        toJSON: () => (${JSON.stringify(subscription.json)}),
        unsubscribe: async () => true,
      };
      PushManager.prototype.getSubscription = async () => subscription;
      PushManager.prototype.subscribe = async () => subscription;
      Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
    }`);
    const page = await context.newPage();
    await signIn(page, 'rider', await system.token('rider', 'nt-switch-rider'));
    await page.goto(`${system.url}/rider`);
    await page.locator('.phone[data-step=approach]').waitFor(patient);
    const languages = async () => (await api.push()).devices.map(({ language }) => language);
    await expect.poll(languages, patient).toEqual(['en']);
    await page.getByRole('button', { name: 'Language and units' }).click();
    const dialog = page.getByRole('dialog', { name: 'Language and units' });
    await dialog.getByLabel('Language').selectOption('es');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.poll(languages, patient).toEqual(['es']);

    await page.evaluate<void>('navigator.serviceWorker.ready.then(() => undefined)');
    const [worker] = context.serviceWorkers();
    await collectNotifications(worker!);
    const other = await context.newPage();
    await other.goto(`${system.url}/healthz`);
    await page.close();
    const isOnline = async () =>
      (await (await apiOf('service', 'notifier')).presence('nt-switch-rider')).online;
    await expect.poll(isOnline, patient).toBe(false);
    await driver.chat(trip.id).send('ya llego');
    const received = () =>
      pushService.received
        .filter(({ path }) => path === '/nt-switch')
        .map(({ body }) => subscription.decrypt(body));
    await expect.poll(received, patient).toMatchObject([{ kind: 'message', language: 'es' }]);
    await deliverPush(context, other, received()[0]!);
    await expect
      .poll(() => collectedNotifications(worker!), patient)
      .toMatchObject([
        { title: 'Mensaje de tu conductor', body: 'Abre la aplicación para leerlo.', lang: 'es' },
      ]);
    await context.close();
  }, 120_000);
});

describe('the webhook', () => {
  test('gets signed notifications of users who are not connected', async () => {
    const { trip, driver } = await tripOf('nt-hook');
    await driver.chat(trip.id).send('on my way');
    await expect.poll(() => postsFor('nt-hook-rider'), { timeout: 10_000 }).toHaveLength(1);
    const [post] = postsFor('nt-hook-rider');
    expect(post).toMatchObject({
      kind: 'message',
      user: { role: 'rider', userId: 'nt-hook-rider' },
      content: { tripId: trip.id },
    });
    expect(post.content).not.toHaveProperty('text');
    const { headers, body } = webhook.received.find(({ body }) => String(body).includes(post.id))!;
    const [, t, signature] = /^t=(\d+),v1=(\w+)$/.exec(String(headers['hexfleet-signature']))!;
    expect(signature).toBe(createHmac('sha256', SECRET).update(`${t}.${body}`).digest('hex'));
    expect(headers['idempotency-key']).toBe(post.id);
  });

  test('loses nothing while it is down and a gateway is killed, and one that is up gets each once', async () => {
    const { trip, driver } = await tripOf('nt-kill');
    const chat = driver.chat(trip.id);
    webhook.answer(503);
    for (let i = 0; i < 10; i += 1) await chat.send(`message ${i}`);
    await expect.poll(() => postsFor('nt-kill-rider').length, { timeout: 10_000 }).toBeGreaterThan(0);
    const [dying] = await runningGateways(system);
    process.kill(dying!.pid, 'SIGKILL');
    webhook.answer(204);
    const before = webhook.received.length;
    const delivered = () =>
      new Set(
        webhook.received
          .slice(before)
          .map(({ body }) => JSON.parse(String(body)))
          .filter(({ user }) => user?.userId === 'nt-kill-rider')
          .map(({ id }) => id),
      );
    // A job that the killed gateway had taken is due again after fifteen seconds.
    await expect.poll(() => delivered().size, { timeout: 60_000 }).toBe(10);
    await runningGateways(system);
  }, 120_000);
});
