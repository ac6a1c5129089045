import { Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { driverRoom, type Namespace, ProtocolError, regionRoom, tripsRoom } from '#protocol';
import { Hub } from '#realtime';
import { FollowLog, orUnavailable } from '#store';

const MAX_DRIVERS = 100;
const MAX_REGIONS = 50;

type Watched = { drivers: Set<string>; regions: Set<string> };

/**
 * Moves sockets in and out of rooms. Each call resolves when the rooms' pushes reach this node, so that a snapshot read
 * afterwards leaves no gap.
 */
@Injectable()
export class RoomSubscriptions {
  readonly #watched = new WeakMap<Socket, Watched>();

  constructor(
    private readonly hub: Hub,
    private readonly followLog: FollowLog,
  ) {}

  /** Subscribes a socket to every change of every trip. */
  trips(socket: Socket): Promise<void> {
    return this.join(socket, [tripsRoom]);
  }

  leaveTrips(socket: Socket): void {
    socket.leave(tripsRoom);
  }

  /** @throws {ProtocolError} TOO_MANY_WATCHES, UNAVAILABLE */
  async region(socket: Socket, region: string): Promise<void> {
    const { regions } = this.#of(socket);
    const isNew = !regions.has(region);
    if (isNew && regions.size >= MAX_REGIONS) throw new ProtocolError('TOO_MANY_WATCHES');
    // Reserve first: requests that run at the same time must not exceed the maximum together.
    regions.add(region);
    try {
      await this.join(socket, [regionRoom(region)]);
    } catch (error) {
      if (isNew) regions.delete(region);
      throw error;
    }
  }

  leaveRegion(socket: Socket, region: string): void {
    this.#of(socket).regions.delete(region);
    socket.leave(regionRoom(region));
  }

  /** @throws {ProtocolError} TOO_MANY_WATCHES, UNAVAILABLE */
  async driver(socket: Socket, driverId: string): Promise<void> {
    const { drivers } = this.#of(socket);
    const room = driverRoom(driverId);
    const isNew = !drivers.has(room);
    if (isNew && drivers.size >= MAX_DRIVERS) throw new ProtocolError('TOO_MANY_WATCHES');
    drivers.add(room);
    try {
      await this.join(socket, [room]);
      await orUnavailable(this.followLog.add(driverId));
    } catch (error) {
      // The request fails, so the socket must not receive anything.
      if (isNew) this.leaveDriver(socket, driverId);
      throw error;
    }
  }

  leaveDriver(socket: Socket, driverId: string): void {
    const room = driverRoom(driverId);
    this.#of(socket).drivers.delete(room);
    socket.leave(room);
  }

  /** @throws {ProtocolError} UNAVAILABLE; the socket is then in none of the rooms that it was not in before */
  async join(socket: Socket, rooms: string[]): Promise<void> {
    if (rooms.length === 0) return;
    const entered = rooms.filter((room) => !socket.rooms.has(room));
    socket.join(rooms);
    try {
      await this.hub.subscribed(socket.nsp.name as Namespace, rooms);
    } catch (error) {
      // The request fails, so the socket must not receive anything.
      for (const room of entered) socket.leave(room);
      throw error;
    }
  }

  #of(socket: Socket): Watched {
    const known = this.#watched.get(socket);
    if (known !== undefined) return known;
    const watched: Watched = { drivers: new Set(), regions: new Set() };
    this.#watched.set(socket, watched);
    return watched;
  }
}
