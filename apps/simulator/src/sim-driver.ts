import { type City, nearestNode } from '#city';
import type { Trip } from '#protocol';
import { Api, DriverClient, type TokenSource } from '#sdk';
import { between, type Random } from './random.js';
import { Receiver } from './receiver.js';
import { Vehicle } from './vehicle.js';

const STEP_MS = 250;
/** How often the receiver gives a reading. */
const READING_MS = 1_000;
/** On average every driver loses the network once in this time, and for this long. */
const DEAD_ZONE_EVERY_S = 1_200;
const DEAD_ZONE_S = [8, 25] as const;
const BOARDING_S = [8, 20] as const;

type Leg = 'cruising' | 'to pick-up' | 'boarding' | 'to drop-off';

/** A driver with a phone and a car: drives around until it gets a trip, then does it step by step. */
export class SimDriver {
  readonly #client: DriverClient;
  readonly #api: Api;
  readonly #receiver: Receiver;
  readonly #vehicle: Vehicle;
  #trip: Trip | null = null;
  #leg: Leg = 'cruising';
  #sinceReadingMs: number;
  #leftS = 0;
  #deadForMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #steppedAt = Date.now();

  constructor(
    readonly driverId: string,
    private readonly city: City,
    node: number,
    private readonly random: Random,
    connection: { url: string; token: TokenSource },
  ) {
    this.#vehicle = new Vehicle(city, node, random);
    this.#receiver = new Receiver(random);
    this.#sinceReadingMs = random() * READING_MS;
    this.#api = new Api(connection);
    this.#client = new DriverClient(connection);
    this.#client.on('trip', (trip) => this.#given(trip));
  }

  async start(): Promise<void> {
    await this.#client.connect();
    await this.#client.setStatus('available');
    this.#steppedAt = Date.now();
    this.#timer = setInterval(() => this.#step(), STEP_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#client.close();
  }

  #step(): void {
    const now = Date.now();
    const elapsedMs = now - this.#steppedAt;
    this.#steppedAt = now;
    this.#vehicle.step(elapsedMs / 1_000);
    this.#proceed(elapsedMs / 1_000);
    this.#crossDeadZones(elapsedMs);
    this.#sinceReadingMs += elapsedMs;
    if (this.#sinceReadingMs < READING_MS) return;
    this.#sinceReadingMs %= READING_MS;
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

  #given(trip: Trip): void {
    if (trip.state === 'cancelled' || trip.state === 'completed') {
      if (trip.id === this.#trip?.id) this.#free();
      return;
    }
    if (this.#trip?.id === trip.id) return;
    this.#trip = trip;
    this.#leg = 'to pick-up';
    this.#vehicle.driveTo(nearestNode(this.city, trip.pickup));
    this.#change('arriving');
  }

  #free(): void {
    this.#trip = null;
    this.#leg = 'cruising';
  }

  #proceed(elapsedS: number): void {
    this.#leftS -= elapsedS;
    if (this.#trip === null) return;
    if (this.#leg === 'to pick-up' && this.#vehicle.arrived) {
      this.#leg = 'boarding';
      this.#leftS = between(this.random, ...BOARDING_S);
      this.#vehicle.stand(this.#leftS);
      this.#change('arrived');
    } else if (this.#leg === 'boarding' && this.#leftS <= 0) {
      this.#leg = 'to drop-off';
      this.#vehicle.driveTo(nearestNode(this.city, this.#trip.dropoff));
      this.#change('on_trip');
    } else if (this.#leg === 'to drop-off' && this.#vehicle.arrived) {
      this.#change('completed');
      this.#free();
    }
  }

  /** Steps are told in order; one that fails is tried again until the service says that it cannot be. */
  #changes: Promise<void> = Promise.resolve();
  #change(state: Trip['state']): void {
    const { id } = this.#trip!;
    this.#changes = this.#changes.then(async () => {
      for (let delayMs = 500; ; delayMs = Math.min(delayMs * 2, 10_000)) {
        try {
          await this.#api.changeTrip(id, state);
          return;
        } catch (error) {
          if ((error as { retry?: boolean }).retry !== true) return;
          await new Promise((resolve) => setTimeout(resolve, delayMs));
        }
      }
    });
  }
}
