import { Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { crossingsRoom, driverRoom, type Namespace, ProtocolError, regionRoom, tripsRoom } from '#protocol';
import { Hub, type IdentifiedSocket, type Identity, isLimited } from '#realtime';
import { FollowLog, orUnavailable } from '#store';
import { ScopeService } from '../auth/scope.service.js';
import { ScopedListener } from './scoped-listener.js';

const MAX_DRIVERS = 100;
const MAX_REGIONS = 50;

/** Rooms of a socket whose number is limited. */
type Watched = { drivers: Set<string>; regions: Set<string>; crossings: Set<string> };

/**
 * Moves sockets in and out of rooms. Each call resolves when the rooms' pushes reach this node, so that a snapshot read
 * afterwards leaves no gap. A dispatcher with a fleet or regions gets only what concerns these.
 */
@Injectable()
export class RoomSubscriptions {
  readonly #watched = new WeakMap<Socket, Watched>();
  readonly #scoped = new WeakMap<Socket, ScopedListener>();

  constructor(
    private readonly hub: Hub,
    private readonly followLog: FollowLog,
    private readonly scope: ScopeService,
  ) {}

  /** Subscribes a socket to every change of every trip. */
  trips(socket: Socket): Promise<void> {
    return this.join(socket, [tripsRoom]);
  }

  leaveTrips(socket: Socket): void {
    this.leave(socket, tripsRoom);
  }

  /** @throws {ProtocolError} TOO_MANY_WATCHES, UNAVAILABLE */
  region(socket: Socket, region: string): Promise<void> {
    return this.#feed(socket, this.#of(socket).regions, regionRoom(region));
  }

  leaveRegion(socket: Socket, region: string): void {
    this.#leaveFeed(socket, this.#of(socket).regions, regionRoom(region));
  }

  /** Subscribes to the crossings of zones in a region. @throws {ProtocolError} TOO_MANY_WATCHES, UNAVAILABLE */
  crossings(socket: Socket, region: string): Promise<void> {
    return this.#feed(socket, this.#of(socket).crossings, crossingsRoom(region));
  }

  leaveCrossings(socket: Socket, region: string): void {
    this.#leaveFeed(socket, this.#of(socket).crossings, crossingsRoom(region));
  }

  async #feed(socket: Socket, watched: Set<string>, room: string): Promise<void> {
    const isNew = !watched.has(room);
    if (isNew && watched.size >= MAX_REGIONS) throw new ProtocolError('TOO_MANY_WATCHES');
    // Reserve first: requests that run at the same time must not exceed the maximum together.
    watched.add(room);
    try {
      await this.join(socket, [room]);
    } catch (error) {
      if (isNew) watched.delete(room);
      throw error;
    }
  }

  #leaveFeed(socket: Socket, watched: Set<string>, room: string): void {
    watched.delete(room);
    this.leave(socket, room);
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
    this.leave(socket, room);
  }

  /** @throws {ProtocolError} UNAVAILABLE; the socket is then in none of the rooms that it was not in before */
  async join(socket: Socket, rooms: string[]): Promise<void> {
    if (rooms.length === 0) return;
    const scoped = this.#scopedOf(socket);
    if (scoped !== null) return scoped.join(rooms);
    return this.joinWhole(socket, rooms);
  }

  /** Joins rooms whose every message concerns the socket, whatever its fleet and regions. @throws as {@link join} */
  async joinWhole(socket: Socket, rooms: string[]): Promise<void> {
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

  leave(socket: Socket, room: string): void {
    const scoped = this.#scopedOf(socket);
    if (scoped === null) socket.leave(room);
    else scoped.leave(room);
  }

  /** Whether a socket receives what is sent to a room. */
  isIn(socket: Socket, room: string): boolean {
    return (this.#scoped.get(socket)?.rooms ?? socket.rooms).has(room);
  }

  /** Returns what joins rooms for a dispatcher with a fleet or regions; null for anybody else. */
  #scopedOf(socket: Socket): ScopedListener | null {
    if (socket.nsp.name !== '/dispatch' || !isLimited(socket.data as Identity)) return null;
    const known = this.#scoped.get(socket);
    if (known !== undefined) return known;
    const scoped = new ScopedListener(
      this.hub,
      socket as unknown as IdentifiedSocket<'/dispatch'>,
      this.scope,
    );
    this.#scoped.set(socket, scoped);
    return scoped;
  }

  #of(socket: Socket): Watched {
    const known = this.#watched.get(socket);
    if (known !== undefined) return known;
    const watched: Watched = { drivers: new Set(), regions: new Set(), crossings: new Set() };
    this.#watched.set(socket, watched);
    return watched;
  }
}
