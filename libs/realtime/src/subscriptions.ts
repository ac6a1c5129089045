import { isCluster, type RedisClient } from '#store';
import { keepChannelsOnce, onSubscriptionsUncertain } from './internals/ioredis.js';

/**
 * Makes a client report failed subscriptions, because the adapter ignores the result of a subscription and an unhandled
 * rejection would end the process. On a cluster it also subscribes to each channel once: later callers of `ssubscribe`
 * get the promise of the first.
 */
export function sharingSubscriptions(client: RedisClient, onError: (error: Error) => void): RedisClient {
  const ssubscribe = client.ssubscribe.bind(client) as (channel: string) => Promise<unknown>;
  const sunsubscribe = client.sunsubscribe.bind(client) as (channel: string) => Promise<unknown>;
  const reporting = (reply: Promise<unknown>): Promise<unknown> => {
    reply.catch(onError);
    return reply;
  };
  // One Redis needs no sharing: a repeated `ssubscribe` is harmless there. And ioredis resubscribes through this method
  // after a reconnection, before it sends an unsubscription of the time in between, which would leave a stale entry.
  if (!isCluster(client))
    return Object.assign(client, {
      ssubscribe: (channel: string) => reporting(ssubscribe(channel)),
      sunsubscribe: (channel: string) => reporting(sunsubscribe(channel)),
    });

  const subscriptions = new Map<string, Promise<unknown>>();
  const subscribe = (channel: string): Promise<unknown> => {
    const existing = subscriptions.get(channel);
    if (existing) return existing;
    const subscription = ssubscribe(channel);
    subscriptions.set(channel, subscription);
    subscription.catch((error: Error) => {
      // Delete only its own entry: the channel may have been left and joined again since.
      if (subscriptions.get(channel) === subscription) subscriptions.delete(channel);
      onError(error);
    });
    return subscription;
  };
  const unsubscribe = (channel: string): Promise<unknown> => {
    subscriptions.delete(channel);
    return reporting(sunsubscribe(channel));
  };
  keepChannelsOnce(client);
  onSubscriptionsUncertain(client, () => subscriptions.clear());
  return Object.assign(client, { ssubscribe: subscribe, sunsubscribe: unsubscribe });
}
