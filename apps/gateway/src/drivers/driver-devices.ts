import { Injectable, Logger } from '@nestjs/common';
import { ProtocolError, standbyRoom } from '#protocol';
import { Hub, type IdentifiedSocket } from '#realtime';
import { clock, orUnavailable, PresenceStore } from '#store';

type DriverSocket = IdentifiedSocket<'/driver'>;

/**
 * Follows one device of each driver, because one login on two phones would make the car jump between them: the one that went
 * online last, with its first fix or with a status. The sockets of the others, at any node, are put into a room of their own.
 */
@Injectable()
export class DriverDevices {
  readonly #logger = new Logger('devices');
  /** resolves once the device is followed */
  readonly #online = new WeakMap<DriverSocket, Promise<void>>();

  constructor(
    private readonly hub: Hub,
    private readonly presence: PresenceStore,
  ) {}

  /** Whether another device of the driver has gone online since. */
  isReplaced(socket: DriverSocket): boolean {
    return socket.rooms.has(standbyRoom);
  }

  /** Admits fixes; the first ones make the device go online. @throws {ProtocolError} OTHER_DEVICE, UNAVAILABLE */
  async admit(socket: DriverSocket): Promise<void> {
    if (this.isReplaced(socket)) throw new ProtocolError('OTHER_DEVICE');
    await (this.#online.get(socket) ?? this.goOnline(socket));
  }

  /** Follows this device, and notifies the others that they are followed no more. @throws {ProtocolError} UNAVAILABLE */
  goOnline(socket: DriverSocket): Promise<void> {
    const online = this.isReplaced(socket) ? undefined : this.#online.get(socket);
    if (online !== undefined) return online;
    const going = this.#replaceOthers(socket);
    // All fixes wait for the first ones, so that they keep their order.
    this.#online.set(socket, going);
    going.catch(() => this.#online.delete(socket));
    return going;
  }

  async #replaceOthers(socket: DriverSocket): Promise<void> {
    const { userId, deviceId } = socket.data;
    const at = clock.now();
    const { connections } = await orUnavailable(this.presence.of(userId, at));
    socket.leave(standbyRoom);
    const isOther = (other: { deviceId?: string }) =>
      other.deviceId !== undefined && other.deviceId !== deviceId;
    // Nearly all drivers have one device.
    if (!connections.some(isOther)) return;
    for (const other of await this.hub.socketsOf('/driver', userId)) {
      if (other.rooms.has(standbyRoom) || !isOther(other.data)) continue;
      other.join(standbyRoom);
      other.emit('device:replaced', { deviceId: deviceId!, at });
      this.#logger.log({ message: 'device replaced', userId, deviceId: other.data.deviceId, by: deviceId });
    }
  }
}
