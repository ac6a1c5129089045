import type { NodeState } from '#protocol';
import { keys } from './keys.js';
import type { RedisClient } from './redis.js';

/** A node that has not spoken for this long, two beats and a half, is taken for dead. */
export const ALIVE_MS = 2_500;
const FORGET_MS = 60_000;

/** One run of a process: its name may be that of one before. */
export const runIdOf = ({ node, startedAt }: Pick<NodeState, 'node' | 'startedAt'>): string =>
  `${node}@${startedAt}`;

/** The processes of the installation, each telling its state once a second. */
export class Nodes {
  constructor(private readonly redis: RedisClient) {}

  async report(state: NodeState): Promise<void> {
    await this.redis.hset(keys.nodes, state.node, JSON.stringify(state));
  }

  async leave(node: string): Promise<void> {
    await this.redis.hdel(keys.nodes, node);
  }

  /** Who is alive, by name. */
  async alive(now: number): Promise<NodeState[]> {
    const all = Object.values(await this.redis.hgetall(keys.nodes)).map(
      (text) => JSON.parse(text) as NodeState,
    );
    const forgotten = all.filter((state) => state.at < now - FORGET_MS).map((state) => state.node);
    if (forgotten.length > 0) await this.redis.hdel(keys.nodes, ...forgotten);
    // One that spoke in the future spoke before the clocks were set.
    return all
      .filter((state) => Math.abs(now - state.at) <= ALIVE_MS)
      .sort((a, b) => a.node.localeCompare(b.node));
  }
}
