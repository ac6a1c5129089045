import { Inject } from '@nestjs/common';
import { type FeedPart, type FeedResume, type Party } from '#protocol';
import { type IdentifiedSocket, OnRequest } from '#realtime';
import { NamespaceGateway } from '../presence/namespace.gateway.js';
import { FeedsService } from './feeds.service.js';

const PARTIES = ['/rider', '/driver'] as const;
type PartyNamespace = (typeof PARTIES)[number];

/** Base of the gateways of riders and drivers, who each have a feed of their own. */
export abstract class PartyGateway<N extends PartyNamespace> extends NamespaceGateway<N> {
  @Inject(FeedsService) private readonly feeds!: FeedsService;

  @OnRequest(PARTIES, 'feed:resume')
  resume(socket: IdentifiedSocket<PartyNamespace>, { after }: FeedResume): Promise<FeedPart> {
    const { role, userId } = socket.data;
    return this.feeds.resume(`${role as Party}:${userId}`, after ?? null);
  }
}
