import { between, gaussian, type Random } from '#city';
import { destination, type Point } from '#geo';
import type { Fix } from '#protocol';

/** Autocorrelation of the error from one second to the next: it drifts rather than jumps. */
const CARRY = 0.9;
const SPREAD_M = 3;

/** Simulated GNSS receiver of a phone, whose error is a few metres and drifts slowly. */
export class Receiver {
  #northM = 0;
  #eastM = 0;
  #seq = 0;

  constructor(private readonly random: Random) {}

  read(truth: { position: Point; heading: number; speedMps: number }, t: number): Fix {
    const innovation = SPREAD_M * Math.sqrt(1 - CARRY ** 2);
    this.#northM = CARRY * this.#northM + innovation * gaussian(this.random);
    this.#eastM = CARRY * this.#eastM + innovation * gaussian(this.random);
    const { lat, lng } = destination(destination(truth.position, 0, this.#northM), 90, this.#eastM);
    this.#seq += 1;
    const moving = truth.speedMps > 0.5;
    return {
      t,
      lat: round(lat),
      lng: round(lng),
      accuracyM: Math.round(between(this.random, 3, 9)),
      // A stationary phone does not know its heading.
      heading: moving ? (Math.round(truth.heading * 10) / 10) % 360 : null,
      speedMps: moving ? Math.round(truth.speedMps * 10) / 10 : 0,
      seq: this.#seq,
    };
  }
}

const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
