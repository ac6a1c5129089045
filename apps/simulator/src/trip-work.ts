import type { Vehicle } from '#city';
import { between, type City, nearestNode, type Random } from '#city';
import { isOpen, type Trip } from '#protocol';
import { type Api, type DriverClient, type DriverStep, HexfleetError } from '#sdk';

const BOARDING_S = [8, 20] as const;

type Leg = 'none' | 'to pick-up' | 'boarding' | 'to drop-off';

/** A driver's trip, from wherever it stands: to the pick-up, a wait, to the drop-off. Each step is told to the service. */
export class TripWork {
  #trip: Trip | null = null;
  #leg: Leg = 'none';
  #leftS = 0;
  #steps: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(
    private readonly client: DriverClient,
    private readonly api: Api,
    private readonly city: City,
    private readonly vehicle: Vehicle,
    private readonly random: Random,
  ) {
    client.on('trip', (trip) => this.#told(trip));
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** To be called now and then. */
  proceed(elapsedS: number): void {
    this.#leftS -= elapsedS;
    if (this.#leg === 'to pick-up' && this.vehicle.arrived) {
      this.#board();
      this.#tell('arrived');
    } else if (this.#leg === 'boarding' && this.#leftS <= 0) {
      this.#drive('to drop-off');
      this.#tell('on_trip');
    } else if (this.#leg === 'to drop-off' && this.vehicle.arrived) {
      this.#leg = 'none';
      this.#tell('completed');
    }
  }

  #told(trip: Trip): void {
    const isKnown = trip.id === this.#trip?.id;
    if (!isOpen(trip.state)) {
      if (isKnown) this.#free();
    } else if (!isKnown) this.#begin(trip);
  }

  #begin(trip: Trip): void {
    this.#trip = trip;
    if (trip.state === 'arrived') this.#board();
    else this.#drive(trip.state === 'on_trip' ? 'to drop-off' : 'to pick-up');
    if (trip.state === 'accepted') this.#tell('arriving');
  }

  #free(): void {
    this.#trip = null;
    this.#leg = 'none';
  }

  #drive(leg: 'to pick-up' | 'to drop-off'): void {
    const { pickup, dropoff } = this.#trip!;
    this.#leg = leg;
    this.vehicle.driveTo(nearestNode(this.city, leg === 'to pick-up' ? pickup : dropoff));
  }

  #board(): void {
    this.#leg = 'boarding';
    this.#leftS = between(this.random, ...BOARDING_S);
    this.vehicle.stand(this.#leftS);
  }

  /** In order; a step that nobody answers is told again for as long as the driver has the trip. */
  #tell(step: DriverStep): void {
    const { id } = this.#trip!;
    const { signal } = this.#stopping;
    const isWanted = () => this.#trip?.id === id && !signal.aborted;
    this.#steps = this.#steps.then(async () => {
      while (isWanted()) {
        try {
          await this.client.step(id, step, { signal });
          return;
        } catch (error) {
          if (error instanceof HexfleetError && !error.retry) return this.#lookUp(id);
        }
      }
    });
  }

  /** The service sees the trip in another state than this driver: its word counts. */
  async #lookUp(id: string): Promise<void> {
    const trip = await this.api.trip(id).catch(() => null);
    if (trip === null || this.#trip?.id !== id) return;
    this.#free();
    this.#told(trip);
  }
}
