import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { repeatedly } from '#ops';
import { NAMESPACES, type Role, usersRoom } from '#protocol';
import { Hub, type RoomListener } from '#realtime';

/** Interval at which a gateway that could not begin to listen, because Redis was away, tries again. */
const LISTEN_INTERVAL_MS = 1_000;

type User = { role: Role; userId: string };

/**
 * Ends everything that a user has open, on all gateways: sockets, event streams and polls. A user is a role and an id: a rider
 * and a driver may have the same id.
 */
@Injectable()
export class UserDisconnects implements OnApplicationBootstrap, OnApplicationShutdown {
  #listener: RoomListener<'/rider'> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly hub: Hub) {}

  async onApplicationBootstrap(): Promise<void> {
    this.#timer = repeatedly(LISTEN_INTERVAL_MS, () => this.#listen());
    await this.#listen();
  }

  onApplicationShutdown(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Asks every gateway to end what the user has open there. */
  publish(user: User): void {
    this.hub.signal({ namespace: '/rider', room: usersRoom }, 'user:disconnect', user);
  }

  async #listen(): Promise<void> {
    if (this.#listener?.socket.rooms.has(usersRoom)) return;
    this.#listener ??= this.hub.listenForNode('/rider', {
      event: ({ event, payload }) => {
        if (event === 'user:disconnect') this.#disconnect(payload);
      },
      closed: () => {
        this.#listener = null;
      },
    });
    // The next attempt follows.
    await this.#listener.join([usersRoom]).catch(() => {});
  }

  #disconnect({ role, userId }: User): void {
    for (const namespace of NAMESPACES)
      for (const socket of [...this.hub.localSockets(namespace), ...this.hub.localListeners(namespace)])
        if (socket.data.role === role && socket.data.userId === userId) socket.disconnect(true);
  }
}
