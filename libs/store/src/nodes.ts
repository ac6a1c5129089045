import type { NodeState } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

/** A node whose last report is older than this, two and a half heartbeats, counts as dead. */
export const ALIVE_MS = 2_500;
const FORGET_MS = 60_000;

/** Run id of a process: a restarted process keeps its name and gets a new run id. */
export const runIdOf = ({ node, startedAt }: Pick<NodeState, 'node' | 'startedAt'>): string =>
  `${node}@${startedAt}`;

/** Registry of the processes of an installation. Each reports its state once a second. */
export class Nodes {
  constructor(private readonly redis: RedisClient) {}

  /** Stores the state of a process, which keeps it alive. */
  async report(state: NodeState): Promise<void> {
    await this.redis.hset(keys.nodes, state.node, JSON.stringify(state));
  }

  /** Removes a process that shuts down. */
  async leave(node: string): Promise<void> {
    await this.redis.hdel(keys.nodes, node);
  }

  /** Processes that are alive, sorted by name. */
  async alive(now: number): Promise<NodeState[]> {
    const all = Object.values(await this.redis.hgetall(keys.nodes)).map(
      (text) => JSON.parse(text) as NodeState,
    );
    const forgotten = all.filter((state) => state.at < now - FORGET_MS).map((state) => state.node);
    if (forgotten.length > 0) await this.redis.hdel(keys.nodes, ...forgotten);
    // A report from the future was made before the clocks were adjusted.
    return all
      .filter((state) => Math.abs(now - state.at) <= ALIVE_MS)
      .sort((a, b) => a.node.localeCompare(b.node));
  }
}
