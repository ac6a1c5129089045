import { Logger } from '@nestjs/common';
import { regionOf } from '#geo/cells';
import type { Frame } from '#protocol';
import type { Hub, IdentifiedSocket, RoomListener, RoomMessage } from '#realtime';
import { isInScope } from '#trips';
import { coversPlace, coversRegion, ownerOf, type ScopeService } from '../auth/scope.service.js';

type DispatchSocket = IdentifiedSocket<'/dispatch'>;
type Message = RoomMessage<'/dispatch'>;

/** Messages that may wait for the fleets of unknown drivers; with more, the client is asked to reload what it watches. */
const MAX_WAITING = 1_000;

/**
 * Rooms of a dispatcher whose token names a fleet or regions: it joins them instead of the socket, and passes on only what
 * concerns these. A message that it does not know is not passed on.
 */
export class ScopedListener {
  readonly #logger = new Logger('scope');
  readonly #listener: RoomListener<'/dispatch'>;
  /** keeps the order while the fleets of drivers are read */
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(
    hub: Hub,
    private readonly socket: DispatchSocket,
    private readonly scope: ScopeService,
  ) {
    this.#listener = hub.listenForNode('/dispatch', { event: (message) => this.#receive(message) });
    socket.once('disconnect', () => this.#listener.close());
  }

  /** Rooms that it is in. */
  get rooms(): ReadonlySet<string> {
    return this.#listener.socket.rooms;
  }

  /** @throws {ProtocolError} UNAVAILABLE */
  join(rooms: string[]): Promise<void> {
    return this.#listener.join(rooms);
  }

  leave(room: string): void {
    this.#listener.leave(room);
  }

  #receive(message: Message): void {
    if (this.#waiting >= MAX_WAITING) {
      this.socket.emit('resync', {});
      return;
    }
    this.#waiting += 1;
    this.#last = this.#last
      .then(() => this.#pass(message))
      .catch((error: unknown) => {
        // It may have been about a driver of this fleet, so what the client shows is not certain any more.
        this.#logger.debug(error);
        this.socket.emit('resync', {});
      })
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  async #pass(message: Message): Promise<void> {
    const passed = await this.#inScope(message);
    if (passed === null) return;
    const { event, payload, id } = passed;
    // The table relates each event to its own payload, which its members do not.
    const emit = this.socket.emit as (...args: unknown[]) => void;
    emit.call(this.socket, event, payload, ...(id === undefined ? [] : [id]));
  }

  /** Returns what remains of a message, or null if nothing does. */
  async #inScope(message: Message): Promise<Message | null> {
    const rights = this.socket.data;
    switch (message.event) {
      case 'fleet': {
        const frame = await this.#frame(message.payload);
        return frame === null ? null : { ...message, payload: frame };
      }
      case 'position': {
        const isInRegion = coversPlace(rights, message.payload);
        return isInRegion && (await this.#isOfFleet(message.payload.driverId)) ? message : null;
      }
      case 'gone':
        return (await this.#isOfFleet(message.payload.driverId)) ? message : null;
      case 'trip':
        return isInScope(message.payload, rights) ? message : null;
      case 'incident':
      case 'alert':
      case 'surge':
      case 'area:alert':
      case 'area:withdrawn':
      case 'area:reached':
      case 'zones:published':
      case 'zone:entered':
      case 'zone:left':
      case 'zone:dwelled': {
        if (!coversRegion(rights, message.payload.region)) return null;
        return (await this.scope.owned([message], rights, ownerOf))[0] ?? null;
      }
      default:
        return null;
    }
  }

  async #frame(frame: Frame): Promise<Frame | null> {
    const rights = this.socket.data;
    if (!coversRegion(rights, regionOf(frame.cell))) return null;
    const moved = await this.scope.ofFleet(frame.moved, rights, ({ id }) => id);
    const gone = await this.scope.ofFleet(frame.gone, rights, (id) => id);
    return moved.length + gone.length === 0 ? null : { ...frame, moved, gone };
  }

  async #isOfFleet(driverId: string): Promise<boolean> {
    return (await this.scope.ofFleet([driverId], this.socket.data, (id) => id)).length > 0;
  }
}
