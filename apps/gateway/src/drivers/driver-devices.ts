import { Injectable, Logger } from '@nestjs/common';
import { ProtocolError, type Status, standbyRoom } from '#protocol';
import { Hub, type IdentifiedSocket } from '#realtime';
import { clock, Devices, FleetIndex, orUnavailable, PresenceStore } from '#store';
import { RegionFeedService } from '../feeds/region-feed.service.js';

type DriverSocket = IdentifiedSocket<'/driver'>;

/** Device of a request without `Device-Id`. No client can name itself so. */
const UNNAMED = '-/rest';

/**
 * Follows one device of each driver, because one login on two phones would make the car jump between them: the one that went
 * online last, with its first fix or with a status, over a socket or HTTP. The sockets of the others, at any node, are put
 * into a room of their own, and dispatch is alerted when two devices are certainly in use.
 */
@Injectable()
export class DriverDevices {
  readonly #logger = new Logger('devices');
  /** resolves once the device is followed; null after that */
  readonly #online = new WeakMap<DriverSocket, Promise<void> | null>();
  /** replaced devices that have sent a fix since */
  readonly #reported = new WeakSet<DriverSocket>();

  constructor(
    private readonly hub: Hub,
    private readonly presence: PresenceStore,
    private readonly devices: Devices,
    private readonly index: FleetIndex,
    private readonly regionFeed: RegionFeedService,
  ) {}

  /** Whether another device of the driver has gone online since. */
  #isReplaced(socket: DriverSocket): boolean {
    return socket.rooms.has(standbyRoom);
  }

  /**
   * Admits fixes; the first ones make the device go online.
   * @returns resolves once they are admitted; null if they already are, which spares nearly all fixes a turn
   * @throws {ProtocolError} OTHER_DEVICE, UNAVAILABLE
   */
  admit(socket: DriverSocket): Promise<void> | null {
    if (this.#isReplaced(socket)) this.#refuse(socket);
    const online = this.#online.get(socket);
    return online === null ? null : this.#admitLater(socket, online ?? this.#goOnline(socket, 'fix'));
  }

  async #admitLater(socket: DriverSocket, online: Promise<void>): Promise<void> {
    await online;
    if (this.#isReplaced(socket)) this.#refuse(socket);
  }

  /** Admits fixes of a request; see {@link admit}. @param deviceId as the request names it */
  async admitRequest(driverId: string, deviceId: string = UNNAMED): Promise<void> {
    const { followed, before } = await this.devices.follow(driverId, deviceId, 'fix');
    if (followed !== deviceId) {
      this.#alert(driverId);
      throw new ProtocolError('OTHER_DEVICE');
    }
    if (before !== deviceId) await this.#replaceOthers(driverId, deviceId);
  }

  /**
   * Makes a device that declares a status go online, unless the status is `offline`.
   * @returns whether the status counts: the end of work on a device that is not followed is not the end of work of the driver
   * @throws {ProtocolError} UNAVAILABLE
   */
  async declares(socket: DriverSocket, status: Status): Promise<boolean> {
    if (status === 'offline') return !this.#isReplaced(socket);
    await this.#goOnline(socket);
    return true;
  }

  /** Does the same for a request. @param deviceId as the request names it */
  async requestDeclares(driverId: string, deviceId: string | undefined, status: Status): Promise<boolean> {
    if (status === 'offline') return !(await this.#isOther(driverId, deviceId));
    await this.#goOnlineBy(driverId, deviceId);
    return true;
  }

  /** Follows this device, and notifies the others that they are followed no more. @throws {ProtocolError} UNAVAILABLE */
  #goOnline(socket: DriverSocket, by: 'fix' | 'status' = 'status'): Promise<void> {
    const going: Promise<void> = this.#follow(socket, by, () => {
      const newest = this.#online.get(socket);
      if (newest === null) return Promise.resolve();
      return newest === going ? undefined : newest;
    });
    // All fixes wait for the first ones, so that they keep their order.
    this.#online.set(socket, going);
    const isNewest = () => this.#online.get(socket) === going;
    going.then(
      () => isNewest() && this.#online.set(socket, null),
      () => isNewest() && this.#online.delete(socket),
    );
    return going;
  }

  /** Follows the device of a request that declares a status; see {@link declares}. */
  async #goOnlineBy(driverId: string, deviceId: string = UNNAMED): Promise<void> {
    const { before } = await this.devices.follow(driverId, deviceId, 'status');
    if (before !== deviceId) await this.#replaceOthers(driverId, deviceId);
  }

  /** Whether a request comes from a device that another one has replaced; false for one that names no device. */
  async #isOther(driverId: string, deviceId: string | undefined): Promise<boolean> {
    if (deviceId === undefined) return false;
    return ![null, deviceId].includes(await this.devices.of(driverId));
  }

  /** @param newer returns what has made the device go online meanwhile */
  async #follow(
    socket: DriverSocket,
    by: 'fix' | 'status',
    newer: () => Promise<void> | undefined,
  ): Promise<void> {
    const { userId, deviceId } = socket.data as { userId: string; deviceId: string };
    const { followed } = await this.devices.follow(userId, deviceId, by);
    if (followed !== deviceId) {
      const declared = newer();
      // Fixes may overtake the status that was sent before them.
      if (declared !== undefined) return declared;
      // The device has reconnected after another one took over.
      socket.join(standbyRoom);
      socket.emit('device:replaced', { deviceId: followed, at: clock.now() });
      return;
    }
    socket.leave(standbyRoom);
    this.#reported.delete(socket);
    const { connections } = await orUnavailable(this.presence.of(userId, clock.now()));
    // Asking every node is expensive, and nearly all drivers have one device.
    const isOther = (other: { deviceId?: string }) =>
      other.deviceId !== undefined && other.deviceId !== deviceId;
    if (connections.some(isOther)) await this.#replaceOthers(userId, deviceId, deviceId !== socket.id);
  }

  /** @param isNamed whether the client has named the device */
  async #replaceOthers(userId: string, deviceId: string, isNamed = deviceId !== UNNAMED): Promise<void> {
    for (const other of await this.hub.socketsOf('/driver', userId)) {
      // Event streams and long polls are no devices: they belong to one that sends its fixes over REST.
      const isStream = other.data.deviceId === undefined;
      if (isStream || other.rooms.has(standbyRoom) || other.data.deviceId === deviceId) continue;
      other.join(standbyRoom);
      other.emit('device:replaced', { deviceId, at: clock.now() });
      this.#logger.log({ message: 'device replaced', userId, deviceId: other.data.deviceId, by: deviceId });
      // Without names, the other may be a dead connection of the same phone.
      if (isNamed && other.data.deviceId !== other.id) this.#alert(userId);
    }
  }

  /** @throws {ProtocolError} OTHER_DEVICE */
  #refuse(socket: DriverSocket): never {
    if (!this.#reported.has(socket)) this.#alert(socket.data.userId);
    this.#reported.add(socket);
    throw new ProtocolError('OTHER_DEVICE');
  }

  /** Alerts dispatch. It is information only: its failure must not fail the fixes. */
  #alert(driverId: string): void {
    const publish = async () => {
      const { record } = await this.index.load(driverId);
      if (record !== null) await this.regionFeed.alertDevice(driverId, record);
    };
    publish().catch((error: unknown) => this.#logger.warn(error));
  }
}
