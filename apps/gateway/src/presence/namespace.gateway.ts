import { Inject, UseInterceptors } from '@nestjs/common';
import type { OnGatewayConnection, OnGatewayInit } from '@nestjs/websockets';
import type { Namespace as IoNamespace } from 'socket.io';
import { NODE } from '#ops';
import type { Namespace } from '#protocol';
import {
  AckInterceptor,
  authenticateNamespace,
  type IdentifiedSocket,
  onDisconnection,
  Tokens,
} from '#realtime';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { ConnectionsService } from './connections.service.js';

/** Base of the gateways: authenticates the sockets of a namespace, counts them and answers their requests. */
@UseInterceptors(AckInterceptor)
export abstract class NamespaceGateway<N extends Namespace>
  implements OnGatewayInit<IoNamespace>, OnGatewayConnection<IdentifiedSocket<N>>
{
  @Inject(ConnectionsService) private readonly connections!: ConnectionsService;
  @Inject(Tokens) private readonly tokens!: Tokens;
  @Inject(NODE) private readonly node!: string;
  @Inject(GatewayMetrics) private readonly metrics!: GatewayMetrics;

  afterInit(io: IoNamespace): void {
    const { handshakes } = this.metrics;
    authenticateNamespace(io, io.name as N, this.tokens, this.node, (code) =>
      handshakes.inc({ namespace: io.name, code }),
    );
    onDisconnection(io, (socket, reason) =>
      this.connections.closed(socket as unknown as IdentifiedSocket, reason),
    );
  }

  handleConnection(socket: IdentifiedSocket<N>): void {
    this.connections.opened(socket as unknown as IdentifiedSocket);
  }
}
