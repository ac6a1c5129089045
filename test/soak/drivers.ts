import { setTimeout as sleep } from 'node:timers/promises';
import { destination } from '#geo';
import { RawClient } from '../bench/engine-io.js';
import { mapConcurrently } from '../fixtures/map-concurrently.js';
import type { System } from '../fixtures/system.js';

export const BBOX = [-74.02, 40.7, -73.93, 40.88] as const;
const INTERVAL_MS = 1_000;
const TICK_MS = 10;
const CONNECT_AT_ONCE = 50;
const RECONNECT_MS = 250;
/** Largest number of fixes in one request. */
const MAX_BATCH = 50;
/** Time without an answer after which fixes are sent again on a new connection. */
const ANSWER_MS = 10_000;

type Fix = { t: number; json: string };

/** A client that connects again whenever its connection ends, until it is closed. */
class Reconnecting {
  client: RawClient | null = null;
  #isClosed = false;

  constructor(
    private readonly connect: () => Promise<RawClient>,
    private readonly onConnected: () => void = () => {},
  ) {}

  async start(): Promise<void> {
    while (!this.#isClosed) {
      const client = await this.connect().catch(() => null);
      if (client === null) {
        await sleep(RECONNECT_MS * (1 + Math.random()));
        continue;
      }
      if (this.#isClosed) return client.close();
      this.client = client;
      client.onClosed(() => {
        this.client = null;
        void this.start();
      });
      this.onConnected();
      return;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.client?.close();
  }
}

/** A driver that keeps each fix until it is acked, as the sdk does, at a fraction of its cost. */
export class SoakDriver {
  /** times of the acked fixes, epoch ms */
  readonly acked: number[] = [];
  readonly connection: Reconnecting;
  #waiting: Fix[] = [];
  #askedAt: number | null = null;
  #lastT = 0;
  #heading: number;

  constructor(
    readonly id: string,
    index: number,
    connect: () => Promise<RawClient>,
  ) {
    this.connection = new Reconnecting(connect, () => {
      this.#askedAt = null;
    });
    const [west, south, east, north] = BBOX;
    this.#place = {
      lat: south + ((index * 0.618034) % 1) * (north - south),
      lng: west + ((index * 0.414214) % 1) * (east - west),
    };
    this.#heading = (index * 137) % 360;
  }

  #place: { lat: number; lng: number };

  /** Number of fixes that are not acked yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Drives for a second and sends the fix at its end, together with those that wait. */
  step(): void {
    this.#heading = (this.#heading + 3) % 360;
    this.#place = destination(this.#place, this.#heading, 8);
    const t = Math.max(Date.now(), this.#lastT + 1);
    this.#lastT = t;
    const { lat, lng } = this.#place;
    this.#waiting.push({
      t,
      json: `{"t":${t},"lat":${lat.toFixed(6)},"lng":${lng.toFixed(6)},"heading":${Math.round(this.#heading) % 360},"speedMps":8}`,
    });
    this.send();
  }

  send(): void {
    const { client } = this.connection;
    if (client === null || this.#waiting.length === 0) return;
    if (this.#askedAt !== null) {
      if (performance.now() - this.#askedAt > ANSWER_MS) client.cut();
      return;
    }
    const asked = this.#waiting.slice(0, MAX_BATCH);
    this.#askedAt = performance.now();
    client.request('fixes', `[${asked.map(({ json }) => json).join(',')}]`, (answer) => {
      this.#askedAt = null;
      if (!answer.startsWith(`[{"ok":true,"accepted":${asked.length}`)) return;
      for (const { t } of asked) this.acked.push(t);
      this.#waiting = this.#waiting.slice(asked.length);
    });
  }
}

export type Load = {
  drivers: SoakDriver[];
  /** number of positions that riders received */
  received(): number;
  /** stops new fixes; those that wait are still sent */
  park(): void;
  close(): void;
};

/** Connects drivers that send a fix per second each, evenly over the second, riders, and a dispatcher who watches the city. */
export async function startLoad(
  system: System,
  { rate, riders }: { rate: number; riders: number },
): Promise<Load> {
  let received = 0;
  const others: Reconnecting[] = [];
  const drivers = await mapConcurrently([...Array(rate).keys()], CONNECT_AT_ONCE, async (i) => {
    const id = `soak-${i}`;
    const token = await system.token('driver', id, '1d');
    const driver = new SoakDriver(id, i, () => RawClient.connect(system.url, '/driver', token, () => {}));
    await driver.connection.start();
    return driver;
  });
  const service = await system.token('service', 'soak');
  const watch = async (namespace: string, token: string, event: string, payload: object) => {
    const client: Reconnecting = new Reconnecting(
      () =>
        RawClient.connect(system.url, namespace, token, (packet) => {
          if (packet.startsWith('["position"')) received += 1;
        }),
      () => client.client?.request(event, JSON.stringify(payload), () => {}),
    );
    others.push(client);
    await client.start();
  };
  await mapConcurrently(drivers.slice(0, riders), CONNECT_AT_ONCE, async ({ id }) => {
    const riderId = `rider-of-${id}`;
    const place = { lat: 40.75, lng: -73.98 };
    const response = await fetch(`${system.url}/api/trips`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${service}` },
      body: JSON.stringify({ riderId, driverId: id, pickup: place, dropoff: place }),
    });
    const { id: tripId } = (await response.json()) as { id: string };
    await watch('/rider', await system.token('rider', riderId, '1d'), 'trip:watch', { tripId });
  });
  await watch('/dispatch', await system.token('dispatcher', 'desk', '1d'), 'fleet:watch', {
    bbox: BBOX,
    zoom: 11,
  });

  const startedAt = performance.now();
  let sent = 0;
  let isParked = false;
  const timer = setInterval(() => {
    if (isParked) for (const driver of drivers) driver.send();
    else
      for (const due = ((performance.now() - startedAt) * rate) / INTERVAL_MS; sent < due; sent += 1)
        drivers[sent % rate]!.step();
  }, TICK_MS);
  return {
    drivers,
    received: () => received,
    park: () => {
      isParked = true;
    },
    close: () => {
      clearInterval(timer);
      for (const connection of [...drivers.map((driver) => driver.connection), ...others]) connection.close();
    },
  };
}
