import { bearing, normalizeHeading, type Point } from '#geo';
import { drive } from './drive.js';
import { between, type Random } from './random.js';
import type { City, Edge, StreetPlace } from './types.js';

const ACCELERATION_MPS2 = 1.8;
const BRAKING_MPS2 = 2.5;
/** It stops when it would come this close to its goal within a step. */
const STOPS_M = 0.5;
/** Speed around a corner. */
const CORNER_MPS = 4;
const CORNER_DEGREES = 35;
/** Share of the crossings with a red light, and its duration. */
const RED_PERCENT = 18;
const RED_S = [4, 22] as const;

/** One car on the streets: it keeps to its lane, brakes for corners and lights, and follows its route. */
export class CityCar {
  #from: number;
  #edge: Edge;
  #alongM: number;
  #speedMps = 0;
  #waitS = 0;
  #route: number[] = [];
  readonly #pace: number;

  constructor(
    private readonly city: City,
    node: number,
    private readonly random: Random,
  ) {
    this.#from = node;
    this.#edge = this.#choose(node, null);
    this.#alongM = random() * this.#edge.lengthM;
    this.#pace = between(random, 0.85, 1.1);
  }

  /** Creates a car at the place of another one. @returns null when the city has no such street */
  static at(city: City, { from, to, alongM }: StreetPlace, random: Random): CityCar | null {
    const edge = city.nodes[from]?.edges.find((edge) => edge.to === to);
    if (edge === undefined || !(alongM >= 0 && alongM < edge.lengthM)) return null;
    const vehicle = new CityCar(city, from, random);
    vehicle.#edge = edge;
    vehicle.#alongM = alongM;
    return vehicle;
  }

  get place(): StreetPlace {
    return { from: this.#from, to: this.#edge.to, alongM: this.#alongM };
  }

  get position(): Point {
    const from = this.city.nodes[this.#from]!;
    const to = this.city.nodes[this.#edge.to]!;
    const part = this.#alongM / this.#edge.lengthM;
    return { lat: from.lat + (to.lat - from.lat) * part, lng: from.lng + (to.lng - from.lng) * part };
  }

  get heading(): number {
    return this.#headingOf(this.#from, this.#edge);
  }

  get speedMps(): number {
    return this.#speedMps;
  }

  /** Whether it has reached the end of its route. */
  get arrived(): boolean {
    return this.#route.length === 0 && this.#destination === null;
  }

  #destination: StreetPlace | null = null;

  /** Sends it to a place on a street by the fastest route, where it stops; without a target it cruises. */
  driveTo(place: StreetPlace): void {
    const { nodes, goal } = drive(this.city, this.place, place);
    this.#destination = goal;
    // The route begins at the next crossing, and its last street is the one with the goal.
    this.#route = nodes.length === 0 ? [] : [...nodes.slice(1), goal.to];
  }

  /** Distance to the goal while it is on this street, metres; null before. */
  #goalM(): number | null {
    const goal = this.#destination;
    if (goal === null || this.#route.length > 0) return null;
    return goal.from === this.#from && goal.to === this.#edge.to ? goal.alongM - this.#alongM : null;
  }

  /** Stops at the kerb for some time. */
  stand(seconds: number): void {
    this.#waitS = Math.max(this.#waitS, seconds);
    this.#speedMps = 0;
  }

  step(seconds: number): void {
    const driving = seconds - this.#waitS;
    this.#waitS = Math.max(0, this.#waitS - seconds);
    if (driving <= 0) return;
    const limit = this.#edge.speedMps * this.#pace;
    // The speed from which the car can still brake to the limit of the next crossing: v² = u² + 2as.
    const goalM = this.#goalM();
    const remainingM = Math.max(0, goalM ?? this.#edge.lengthM - this.#alongM);
    const endMps = goalM === null ? this.#crossingMps() : 0;
    const allowed = Math.sqrt(endMps ** 2 + 2 * BRAKING_MPS2 * remainingM);
    const wanted = Math.min(limit, allowed);
    const change = Math.max(
      -BRAKING_MPS2 * driving,
      Math.min(ACCELERATION_MPS2 * driving, wanted - this.#speedMps),
    );
    this.#speedMps = Math.max(0.5, this.#speedMps + change);
    this.#alongM += this.#speedMps * driving;
    if (goalM !== null && this.#speedMps * driving >= remainingM - STOPS_M) this.#stop();
    else while (this.#alongM >= this.#edge.lengthM) if (!this.#cross()) return;
  }

  /** Stops at the goal. */
  #stop(): void {
    this.#alongM = Math.min(this.#destination!.alongM, this.#edge.lengthM * 0.999);
    this.#destination = null;
    this.#speedMps = 0;
  }

  /** @returns false when it waits at the crossing */
  #cross(): boolean {
    const node = this.#edge.to;
    const restM = this.#alongM - this.#edge.lengthM;
    const next = this.#next();
    this.#from = node;
    this.#edge = next;
    this.#alongM = Math.min(restM, next.lengthM * 0.99);
    const goalM = this.#goalM();
    if (goalM !== null && goalM <= 0) {
      this.#stop();
      return false;
    }
    const red = this.city.nodes[node]!.edges.length > 2 && this.random() * 100 < RED_PERCENT;
    if (red) this.stand(between(this.random, ...RED_S));
    return !red;
  }

  #next(): Edge {
    const node = this.#edge.to;
    const { edges } = this.city.nodes[node]!;
    if (this.#route.length === 0) return this.#choose(node, this.#edge);
    const to = this.#route.shift();
    return edges.find((edge) => edge.to === to) ?? this.#choose(node, this.#edge);
  }

  /** Chooses mostly straight on, and back only in a dead end. */
  #choose(node: number, came: Edge | null): Edge {
    const { edges } = this.city.nodes[node]!;
    const onward = came === null ? edges : edges.filter(({ to }) => to !== this.#from);
    const options = onward.length > 0 ? onward : edges;
    const straight = came === null ? undefined : options.find((edge) => edge.road === came.road);
    if (straight !== undefined && this.random() < 0.7) return straight;
    return options[Math.floor(this.random() * options.length)]!;
  }

  #crossingMps(): number {
    const { to } = this.#edge;
    const nextTo = this.#route[0];
    const next =
      nextTo === undefined ? undefined : this.city.nodes[to]!.edges.find((edge) => edge.to === nextTo);
    if (next === undefined) return this.#edge.speedMps * 0.8;
    const turn = Math.abs(normalizeHeading(this.#headingOf(to, next) - this.heading + 180) - 180);
    return turn > CORNER_DEGREES ? CORNER_MPS : this.#edge.speedMps;
  }

  #headingOf(from: number, edge: Edge): number {
    return bearing(this.city.nodes[from]!, this.city.nodes[edge.to]!);
  }
}
