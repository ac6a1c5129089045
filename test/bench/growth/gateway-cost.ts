import { setTimeout as sleep } from 'node:timers/promises';
import { metricsOf } from '../../fixtures/prometheus.js';
import { rest } from '../../fixtures/rest.js';
import { startSystem } from '../../fixtures/system.js';
import { cpuMs } from '../cpu.js';
import { RawClient } from '../engine-io.js';

export type GatewayLoad = {
  gateways: number;
  /** drivers on a trip, each followed by its rider at another gateway */
  followed: number;
  /** riders who watch the cars around places of their own */
  watching: number;
  fixesPerS: number;
  measureMs: number;
};

export type GatewayCost = {
  /** messages that a gateway receives from Redis a second: mean and maximum over the gateways */
  messagesPerS: { mean: number; most: number };
  /** CPU of all gateways for a second, ms */
  cpuMsPerS: number;
  /** watched cells of the riders, at all gateways */
  cells: number;
};

const CITY = { south: 40.7, west: -74.02, size: 0.12 };
const place = (i: number) => ({
  lat: CITY.south + ((i * 0.618034) % 1) * CITY.size,
  lng: CITY.west + ((i * 0.414214) % 1) * CITY.size,
});

/** Measures what gateways receive from Redis, and use, for followed drivers and watched cells. */
export async function gatewayCost(load: GatewayLoad): Promise<GatewayCost> {
  const { gateways, followed, watching, fixesPerS, measureMs } = load;
  const system = await startSystem({ gateways, env: { HEXFLEET_TICK_MS: '1000' } });
  const clients: RawClient[] = [];
  const urlOf = (i: number) => system.gateways[i % gateways]!.url;
  const open = async (role: 'driver' | 'rider', id: string, i: number) => {
    const client = await RawClient.connect(urlOf(i), `/${role}`, await system.token(role, id), () => {});
    clients.push(client);
    return client;
  };
  const ask = (client: RawClient, event: string, payload: unknown) =>
    new Promise<string>((resolve) => client.request(event, JSON.stringify(payload), resolve));
  try {
    const service = await system.token('service', 'growth');
    const drivers: RawClient[] = [];
    for (let i = 0; i < followed; i += 1) {
      const driverId = `followed-${i}`;
      drivers.push(await open('driver', driverId, i));
      const trip = { riderId: `follower-${i}`, driverId, pickup: place(i), dropoff: place(i + 1) };
      const { body } = await rest(`${urlOf(0)}/api/trips`, 'POST', service, trip);
      await ask(await open('rider', `follower-${i}`, i + 1), 'trip:watch', { tripId: body.id });
    }
    for (let i = 0; i < watching; i += 1)
      await ask(await open('rider', `watching-${i}`, i), 'nearby:watch', { ...place(i), radiusM: 1_000 });
    const received = () => Promise.all(system.gateways.map(receivedBy));
    const cpu = () => system.gateways.reduce((sum, { pid }) => sum + cpuMs(pid), 0);
    let before = { messages: await received(), cpu: cpu() };
    const startedAt = performance.now();
    let from = startedAt;
    for (let n = 0, isMeasuring = false; performance.now() - from < measureMs; ) {
      const elapsedMs = performance.now() - startedAt;
      for (; n < (elapsedMs * fixesPerS) / 1_000; n += 1) {
        const i = n % followed;
        const { lat, lng } = place(i);
        const fix = { t: Date.now(), lat: lat + (Math.floor(n / followed) % 50) * 0.00005, lng };
        drivers[i]!.request('fixes', JSON.stringify([fix]), () => {});
      }
      await sleep(2);
      if (isMeasuring || elapsedMs < 2_000) continue;
      isMeasuring = true;
      before = { messages: await received(), cpu: cpu() };
      from = performance.now();
    }
    const seconds = (performance.now() - from) / 1_000;
    const usedMs = cpu() - before.cpu;
    const perS = (await received()).map(({ all }, i) => (all - before.messages[i]!.all) / seconds);
    return {
      messagesPerS: {
        mean: perS.reduce((sum, each) => sum + each, 0) / gateways,
        most: Math.max(...perS),
      },
      cpuMsPerS: usedMs / seconds,
      cells: watching,
    };
  } finally {
    for (const client of clients) client.close();
    await system.stop();
  }
}

const ROOM_MESSAGES = /^hexfleet_room_messages_received_total\{[^}]*\} (\d+)/gm;

/** Messages of all rooms that a gateway has received from Redis so far. */
async function receivedBy(gateway: { metricsUrl: string }): Promise<{ all: number }> {
  const text = await metricsOf(gateway);
  let all = 0;
  for (const [, count] of text.matchAll(ROOM_MESSAGES)) all += Number(count);
  return { all };
}
