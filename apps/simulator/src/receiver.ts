import { between, gaussian, type Random } from '#city';
import { destination, type Point } from '#geo';
import type { Fix } from '#protocol';

/** Errors of a receiver wander: this much of one carries over to the next second. */
const CARRY = 0.9;
const SPREAD_M = 3;

/** A phone's receiver: its readings are off by a few metres, and by about as much a second later. */
export class Receiver {
  #northM = 0;
  #eastM = 0;
  #seq = 0;

  constructor(private readonly random: Random) {}

  read(truth: { position: Point; heading: number; speedMps: number }, t: number): Fix {
    const fresh = SPREAD_M * Math.sqrt(1 - CARRY ** 2);
    this.#northM = CARRY * this.#northM + fresh * gaussian(this.random);
    this.#eastM = CARRY * this.#eastM + fresh * gaussian(this.random);
    const { lat, lng } = destination(destination(truth.position, 0, this.#northM), 90, this.#eastM);
    this.#seq += 1;
    const moving = truth.speedMps > 0.5;
    return {
      t,
      lat: round(lat),
      lng: round(lng),
      accuracyM: Math.round(between(this.random, 3, 9)),
      // A standing phone does not know which way it faces.
      heading: moving ? (Math.round(truth.heading * 10) / 10) % 360 : null,
      speedMps: moving ? Math.round(truth.speedMps * 10) / 10 : 0,
      seq: this.#seq,
    };
  }
}

const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
