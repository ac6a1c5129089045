import type { Cluster } from 'ioredis';
import { isCluster, type RedisClient } from '#store';

/** The list from which ioredis subscribes again after a failover. It is not in the types of ioredis. */
type ChannelGroup = { addChannels(channels: string[]): number; removeChannels(channels: string[]): number };

/**
 * Subscribes to each channel once: later callers of `ssubscribe` get the promise of the first. Reports failures, because
 * the adapter ignores the result of a subscription and an unhandled rejection would end the process.
 */
export function sharingSubscriptions(client: RedisClient, onError: (error: Error) => void): RedisClient {
  const ssubscribe = client.ssubscribe.bind(client) as (channel: string) => Promise<unknown>;
  const sunsubscribe = client.sunsubscribe.bind(client) as (channel: string) => Promise<unknown>;
  const subscriptions = new Map<string, Promise<unknown>>();

  const subscribe = (channel: string): Promise<unknown> => {
    const existing = subscriptions.get(channel);
    if (existing) return existing;
    const subscription = ssubscribe(channel);
    subscriptions.set(channel, subscription);
    subscription.catch((error: Error) => {
      // Only its own entry: the channel may have been left and joined again since.
      if (subscriptions.get(channel) === subscription) subscriptions.delete(channel);
      onError(error);
    });
    return subscription;
  };
  const unsubscribe = (channel: string): Promise<unknown> => {
    subscriptions.delete(channel);
    const reply = sunsubscribe(channel);
    reply.catch(onError);
    return reply;
  };

  // ioredis subscribes again some time after a lost connection. Until a new reply, no subscription is certain.
  if (isCluster(client)) {
    keepChannelsOnce(client);
    for (const event of ['-subscriber', '+subscriber', 'subscribersReady', '-node', '+node'])
      client.on(event, () => subscriptions.clear());
  }
  client.on('close', () => subscriptions.clear());
  return Object.assign(client, { ssubscribe: subscribe, sunsubscribe: unsubscribe });
}

/** Keeps each channel on the list of ioredis once: a retried or redirected `ssubscribe` would add it again. */
function keepChannelsOnce(cluster: Cluster): void {
  const group = (cluster as unknown as { shardedSubscribers?: ChannelGroup }).shardedSubscribers;
  if (!group) return;
  const add = group.addChannels.bind(group);
  group.addChannels = (channels) => {
    group.removeChannels(channels);
    return add(channels);
  };
}
