import type { City } from '#city';
import { between, CityCar, type Random } from '#city';
import type { Trip } from '#protocol';
import { DriverApi, DriverClient, devToken, RiderApi, type TokenSource } from '#sdk';
import { Answers } from './answers.js';
import { Receiver } from './receiver.js';
import { TripWork } from './trip-work.js';

const STEP_MS = 250;
/** Interval of the receiver. */
const FIX_INTERVAL_MS = 1_000;
/**
 * Fixes of the way here, which a driver sends when it starts: riders do not see the first 400 m of a shift, and a demo without cars
 * would have nothing to show in its first minute.
 */
const WAY_HERE = { fixes: 8, everyMs: 3_000, drivenS: 9 };
/** Mean time between two losses of the network, and the range of their duration. */
const DEAD_ZONE_EVERY_S = 1_200;
const DEAD_ZONE_S = [8, 25] as const;

/** Simulated driver: drives around until it accepts a trip, then completes it step by step. */
export class SimDriver {
  readonly #client: DriverClient;
  readonly #receiver: Receiver;
  readonly #vehicle: CityCar;
  readonly #answers: Answers;
  readonly #work: TripWork;
  #sinceFixMs: number;
  #deadForMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #steppedAt = Date.now();

  constructor(
    readonly driverId: string,
    city: City,
    node: number,
    private readonly random: Random,
    connection: { url: string; token: TokenSource },
  ) {
    this.#vehicle = new CityCar(city, node, random);
    this.#receiver = new Receiver(random);
    this.#sinceFixMs = random() * FIX_INTERVAL_MS;
    this.#client = new DriverClient(connection);
    this.#answers = new Answers(this.#client, random, () => this.#deadForMs <= 0);
    this.#work = new TripWork(
      this.#client,
      new DriverApi(connection),
      city,
      this.#vehicle,
      random,
      pinFrom(connection.url),
    );
  }

  /** @param isNew whether the service does not know its car yet */
  async start(isNew: boolean): Promise<void> {
    await this.#client.connect();
    await this.#client.setStatus('available');
    if (isNew) this.#comeHere(Date.now());
    this.#steppedAt = Date.now();
    this.#timer = setInterval(() => this.#step(), STEP_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#answers.stop();
    this.#work.stop();
    this.#client.close();
  }

  #comeHere(now: number): void {
    const { fixes, everyMs, drivenS } = WAY_HERE;
    for (let left = fixes; left > 0; left -= 1) {
      this.#client.push(this.#receiver.read(this.#vehicle, now - left * everyMs));
      for (let s = 0; s < drivenS; s += 1) this.#vehicle.step(1);
    }
  }

  #step(): void {
    const now = Date.now();
    const elapsedMs = now - this.#steppedAt;
    this.#steppedAt = now;
    this.#vehicle.step(elapsedMs / 1_000);
    this.#work.proceed(elapsedMs / 1_000);
    this.#crossDeadZones(elapsedMs);
    this.#sinceFixMs += elapsedMs;
    if (this.#sinceFixMs < FIX_INTERVAL_MS) return;
    this.#sinceFixMs %= FIX_INTERVAL_MS;
    this.#client.report(this.#receiver.read(this.#vehicle, now));
  }

  #crossDeadZones(elapsedMs: number): void {
    if (this.#deadForMs > 0) {
      this.#deadForMs -= elapsedMs;
      if (this.#deadForMs <= 0) void this.#client.connect().catch(() => {});
    } else if (this.random() < elapsedMs / 1_000 / DEAD_ZONE_EVERY_S) {
      this.#deadForMs = between(this.random, ...DEAD_ZONE_S) * 1_000;
      this.#client.close();
    }
  }
}

/** Asks the rider for the PIN, who is a visitor of the demo: nobody reads messages to a simulated driver. */
const pinFrom =
  (url: string) =>
  async ({ id, riderId }: Trip) =>
    (await new RiderApi({ url, token: () => devToken('rider', riderId, url) }).trip(id)).pin;
