import { type Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './ports.js';
import { startRedis, type TestRedis } from './redis.js';

const SLOTS = 16_384;

/** A real Redis Cluster of three masters on free ports. */
export async function startRedisCluster(): Promise<{ url: string; clients: Redis[]; stop(): Promise<void> }> {
  // Redis's own choice, its port and 10,000, may be held by a connection that went out, even one that has ended.
  const buses = await Promise.all([freePort(), freePort(), freePort()]);
  const nodes: TestRedis[] = await Promise.all(
    buses.map((bus) => startRedis('no', ['--cluster-enabled', 'yes', '--cluster-port', String(bus)])),
  );
  const share = Math.ceil(SLOTS / nodes.length);
  for (const [i, node] of nodes.entries()) {
    const last = Math.min(SLOTS, (i + 1) * share) - 1;
    await node.client.call('CLUSTER', 'ADDSLOTSRANGE', i * share, last);
    await node.client.call('CLUSTER', 'MEET', '127.0.0.1', nodes[0]!.port, buses[0]!);
  }
  for (const { client } of nodes) {
    await eventually(async () => {
      const info = String(await client.call('CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
    });
  }
  return {
    url: nodes.map(({ url }) => url).join(','),
    clients: nodes.map(({ client }) => client),
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}
