import type { Redis } from 'ioredis';
import { Counter, Gauge } from 'prom-client';
import { isCluster, type RedisClient } from '#store';
import type { Metrics } from './metrics.js';

type Measured = { counts: Map<string, number>; client: RedisClient };

/** Metrics of the connections to Redis of one process, by its registry. */
const measured = new WeakMap<Metrics, Map<string, Measured>>();

/**
 * Counts the commands that a client sends, by name, and exports whether it is connected. A count costs a lookup in a map; a
 * counter of Prometheus per command would cost as much as the command.
 * @param name of the connection, such as `commands`
 */
export function measureConnection(client: RedisClient, name: string, metrics: Metrics): void {
  const connections = measured.get(metrics) ?? register(metrics);
  const counts = new Map<string, number>();
  connections.set(name, { counts, client });
  if (isCluster(client)) client.on('+node', (node: Redis) => countCommands(node, counts));
  else countCommands(client, counts);
}

/** Assumes, like `writeTogether`, that ioredis sends each command with `sendCommand`. */
function countCommands(client: Redis, counts: Map<string, number>): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    counts.set(command.name, (counts.get(command.name) ?? 0) + 1);
    return send(command, stream);
  };
}

function register(metrics: Metrics): Map<string, Measured> {
  const connections = new Map<string, Measured>();
  measured.set(metrics, connections);
  const registers = [metrics.registry];
  new Counter({
    name: 'hexfleet_redis_commands_total',
    help: 'Commands sent to Redis, by connection and name; scripts are evalsha',
    labelNames: ['connection', 'command'],
    registers,
    collect() {
      this.reset();
      for (const [connection, { counts }] of connections)
        for (const [command, count] of counts) this.inc({ connection, command }, count);
    },
  });
  new Gauge({
    name: 'hexfleet_redis_connected',
    help: '1 while the connection to Redis is up, by connection',
    labelNames: ['connection'],
    registers,
    collect() {
      for (const [connection, { client }] of connections)
        this.set({ connection }, client.status === 'ready' ? 1 : 0);
    },
  });
  return connections;
}
