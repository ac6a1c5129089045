import { between, type Random } from '#city';
import { destination, type Point } from '#geo';
import { FASTEST, type Fix, type Sampling } from '#protocol';
import type { DriverRecord } from '#store';
import { Receiver } from '../../apps/simulator/src/receiver.js';
import { ReportFilter } from '../../libs/sdk/src/outbox/report-filter.js';
import { recordAt } from '../fixtures/records.js';

/** Share of drivers without a trip who wait at a kerb. */
const WAITING_SHARE = 0.5;
/** Share of stretches that end at a red light. */
const RED_SHARE = 0.4;
const RED_S = [5, 30] as const;
const STRETCH_S = [10, 40] as const;
const SPEED_MPS = [5, 14] as const;
const TURNS = [0, 0, 90, 270];

/** A driver app in a car that drives from corner to corner and stops at lights, or waits at a kerb. */
export class SyntheticCar {
  /** the last sampling received */
  sampling: Sampling = FASTEST;
  heading = 0;
  speedMps = 0;
  readonly #sampler = new ReportFilter();
  readonly #receiver: Receiver;
  readonly #waits: boolean;
  #leftS = 0;

  constructor(
    readonly id: string,
    readonly onTrip: boolean,
    public position: Point,
    private readonly random: Random,
  ) {
    this.#receiver = new Receiver(random);
    this.#waits = !onTrip && random() < WAITING_SHARE;
    this.heading = this.#turn();
  }

  /** Drives for a second. @returns the fixes sent at its end, `now` */
  step(now: number): Fix | null {
    if (!this.#waits) this.#drive();
    return this.#sampler.take(this.#receiver.read(this, now));
  }

  /** @returns the fixes sent immediately */
  become(sampling: Sampling): Fix | null {
    this.sampling = sampling;
    return this.#sampler.setSampling(sampling);
  }

  /** State as the processor stores it. */
  record({ t, lat, lng }: Fix): DriverRecord {
    const { heading, speedMps, onTrip } = this;
    const status = onTrip ? 'busy' : 'available';
    return recordAt(this.id, t, { lat, lng }, { heading, speedMps, status });
  }

  #drive(): void {
    this.position = destination(this.position, this.heading, this.speedMps);
    this.#leftS -= 1;
    if (this.#leftS > 0) return;
    const stops = this.speedMps > 0 && this.random() < RED_SHARE;
    this.speedMps = stops ? 0 : between(this.random, ...SPEED_MPS);
    const [least, most] = stops ? RED_S : STRETCH_S;
    this.#leftS = between(this.random, least, most);
    if (!stops) this.heading = this.#turn();
  }

  #turn(): number {
    const turn = TURNS[Math.floor(this.random() * TURNS.length)]!;
    return (this.heading + turn) % 360;
  }
}
