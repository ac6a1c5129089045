import { Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { cellRoom, driverRoom, type Namespace, ProtocolError, regionRoom, tripsRoom } from '#protocol';
import { Hub } from '#realtime';
import { FollowLog, orUnavailable } from '#store';

const MAX_DRIVERS = 100;
const MAX_REGIONS = 50;

type Watched = { cells: Set<string>; drivers: Set<string>; regions: Set<string> };

/**
 * Moves sockets in and out of rooms. Each call resolves when the rooms' pushes reach this node, so that a snapshot
 * read afterwards leaves no gap.
 */
@Injectable()
export class RoomSubscriptions {
  readonly #watched = new WeakMap<Socket, Watched>();

  constructor(
    private readonly hub: Hub,
    private readonly followLog: FollowLog,
  ) {}

  /** Every change of every trip. */
  trips(socket: Socket): Promise<void> {
    return this.#join(socket, [tripsRoom]);
  }

  leaveTrips(socket: Socket): void {
    socket.leave(tripsRoom);
  }

  /** @throws {ProtocolError} TOO_MANY_WATCHES */
  async region(socket: Socket, region: string): Promise<void> {
    const { regions } = this.#of(socket);
    if (!regions.has(region) && regions.size >= MAX_REGIONS) throw new ProtocolError('TOO_MANY_WATCHES');
    await this.#join(socket, [regionRoom(region)]);
    regions.add(region);
  }

  leaveRegion(socket: Socket, region: string): void {
    this.#of(socket).regions.delete(region);
    socket.leave(regionRoom(region));
  }

  /** Replaces the cells that a socket watches. @returns which of them are new, and which it watched before only */
  async cells(socket: Socket, cells: string[]): Promise<{ entered: string[]; removedCells: string[] }> {
    const watched = this.#of(socket);
    const before = watched.cells;
    const next = new Set(cells);
    const removedCells = [...before].filter((cell) => !next.has(cell));
    for (const cell of removedCells) socket.leave(cellRoom(cell));
    watched.cells = next;
    await this.#join(socket, cells.map(cellRoom));
    return { entered: cells.filter((cell) => !before.has(cell)), removedCells };
  }

  /** @throws {ProtocolError} TOO_MANY_WATCHES */
  async driver(socket: Socket, driverId: string): Promise<void> {
    const { drivers } = this.#of(socket);
    const room = driverRoom(driverId);
    const isNew = !drivers.has(room);
    if (isNew && drivers.size >= MAX_DRIVERS) throw new ProtocolError('TOO_MANY_WATCHES');
    drivers.add(room);
    try {
      await this.#join(socket, [room]);
      await orUnavailable(this.followLog.add(driverId));
    } catch (error) {
      // Who is told that it does not watch must not see anything.
      if (isNew) this.leaveDriver(socket, driverId);
      throw error;
    }
  }

  leaveDriver(socket: Socket, driverId: string): void {
    const room = driverRoom(driverId);
    this.#of(socket).drivers.delete(room);
    socket.leave(room);
  }

  async #join(socket: Socket, rooms: string[]): Promise<void> {
    if (rooms.length === 0) return;
    const entered = rooms.filter((room) => !socket.rooms.has(room));
    socket.join(rooms);
    try {
      await this.hub.subscribed(socket.nsp.name as Namespace, rooms);
    } catch (error) {
      // Who is told that it does not watch must not see anything.
      for (const room of entered) socket.leave(room);
      throw error;
    }
  }

  #of(socket: Socket): Watched {
    const known = this.#watched.get(socket);
    if (known !== undefined) return known;
    const watched: Watched = { cells: new Set(), drivers: new Set(), regions: new Set() };
    this.#watched.set(socket, watched);
    return watched;
  }
}
