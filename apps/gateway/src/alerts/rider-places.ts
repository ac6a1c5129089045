import { Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import type { Point } from '#geo';

/** Where a rider is, as far as its app says: at the pin that it watches, or in the cars of its open trips. */
export type RiderPlace = { pin: Point | null; drivers: ReadonlySet<string> };

const NOWHERE: RiderPlace = { pin: null, drivers: new Set() };

/** Places of the riders at this gateway, in its memory only: nothing of them is stored. */
@Injectable()
export class RiderPlaces {
  readonly #places = new WeakMap<Socket, RiderPlace>();
  #onPlaced: (socket: Socket) => void = () => {};

  /** Calls the listener, of which there is one, for each rider that comes to another place. */
  onPlaced(listener: (socket: Socket) => void): void {
    this.#onPlaced = listener;
  }

  of(socket: Socket): RiderPlace {
    return this.#places.get(socket) ?? NOWHERE;
  }

  /** Sets the pin of a rider; null when it watches none. */
  pin(socket: Socket, pin: Point | null): void {
    const { drivers } = this.of(socket);
    this.#places.set(socket, { pin: pin === null ? null : { lat: pin.lat, lng: pin.lng }, drivers });
    if (pin !== null) this.#onPlaced(socket);
  }

  /** Sets the drivers of the trips that a rider follows. */
  follow(socket: Socket, drivers: Iterable<string>): void {
    const { pin } = this.of(socket);
    this.#places.set(socket, { pin, drivers: new Set(drivers) });
    this.#onPlaced(socket);
  }
}
