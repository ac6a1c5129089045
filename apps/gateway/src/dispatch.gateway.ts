import { Inject, UseInterceptors } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { Namespace } from 'socket.io';
import { coverBbox } from '#geo/cells';
import { NODE } from '#ops';
import {
  type DispatchPushes,
  type DispatchRequests,
  type DriverPosition,
  DriverWatch,
  FleetWatch,
  Refusal,
  type Vehicle,
} from '#protocol';
import { AnswerInterceptor, guardNamespace, type IdentifiedSocket, parsed, Tokens } from '#realtime';
import { Sight } from './sight.js';
import { Watching } from './watching.js';

type DispatchSocket = IdentifiedSocket<DispatchRequests, DispatchPushes>;

/** What dispatch staff and services may follow: every vehicle of a viewport, and single drivers. */
@UseInterceptors(AnswerInterceptor)
@WebSocketGateway({ namespace: '/dispatch' })
export class DispatchGateway implements OnGatewayInit<Namespace> {
  constructor(
    private readonly sight: Sight,
    private readonly watching: Watching,
    private readonly tokens: Tokens,
    @Inject(NODE) private readonly node: string,
  ) {}

  afterInit(io: Namespace): void {
    guardNamespace(io, '/dispatch', this.tokens, this.node);
  }

  @SubscribeMessage('fleet:watch')
  async watchFleet(
    @ConnectedSocket() socket: DispatchSocket,
    @MessageBody(parsed(FleetWatch)) { bbox }: FleetWatch,
  ): Promise<{ vehicles: Vehicle[] }> {
    const cells = coverBbox(bbox);
    if (cells === null) throw new Refusal('AREA_TOO_LARGE');
    await this.watching.cells(socket, cells);
    return { vehicles: await this.sight.vehicles(cells) };
  }

  @SubscribeMessage('fleet:unwatch')
  async unwatchFleet(@ConnectedSocket() socket: DispatchSocket): Promise<void> {
    await this.watching.cells(socket, []);
  }

  @SubscribeMessage('driver:watch')
  async watchDriver(
    @ConnectedSocket() socket: DispatchSocket,
    @MessageBody(parsed(DriverWatch)) { driverId }: DriverWatch,
  ): Promise<{ position: DriverPosition | null }> {
    await this.watching.driver(socket, driverId);
    return { position: await this.sight.position(driverId) };
  }

  @SubscribeMessage('driver:unwatch')
  unwatchDriver(
    @ConnectedSocket() socket: DispatchSocket,
    @MessageBody(parsed(DriverWatch)) { driverId }: DriverWatch,
  ): void {
    this.watching.leaveDriver(socket, driverId);
  }
}
