/**
 * Assumptions about ioredis that go beyond its documentation, each named by its function.
 * `test/integration/ioredis-internals.test.ts` checks them against the installed version, which `package.json` pins.
 */
import calculateSlot from 'cluster-key-slot';
import type { Cluster } from 'ioredis';

type ChannelGroup = { addChannels(channels: string[]): number; removeChannels(channels: string[]): number };

/**
 * Keeps each channel once in the list from which ioredis resubscribes after a failover, to which a retried or redirected
 * `ssubscribe` would add it again.
 * Assumes that a cluster with `shardedSubscribers` keeps the list in the private group of that name, which is changed by
 * `addChannels` and `removeChannels` only.
 */
export function keepChannelsOnce(cluster: Cluster): void {
  const group = (cluster as unknown as { shardedSubscribers?: ChannelGroup }).shardedSubscribers;
  if (!group) return;
  const add = group.addChannels.bind(group);
  group.addChannels = (channels) => {
    group.removeChannels(channels);
    return add(channels);
  };
}

/**
 * Calls the listener whenever subscriptions may have been lost: ioredis then resubscribes at some later time.
 * Assumes that a cluster emits one of these events for each lost or new connection of a subscriber.
 */
export function onSubscriptionsUncertain(cluster: Cluster, listener: () => void): void {
  for (const event of ['close', '-subscriber', '+subscriber', 'subscribersReady', '-node', '+node'])
    cluster.on(event, listener);
}

/**
 * Returns the address, `host:port`, of the master that has the slot of a channel.
 * Assumes that `slots` has the addresses of the nodes of each slot, the master first.
 */
export const masterOf = (cluster: Cluster, channel: string): string | undefined =>
  cluster.slots[calculateSlot(channel)]?.[0];
