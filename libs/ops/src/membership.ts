import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessConfig } from '#config';
import type { NodeState } from '#protocol';
import { connect, NodeName, SettingsStore, sharedSettingsOf } from '#store';
import { repeatedly } from './repeatedly.js';

const CHECK_INTERVAL_MS = 1_000;
const RELEASE_MS = 500;

/** Returns a name that is unique also among containers, where process ids are the same. */
export const defaultNode = (role: NodeState['role']): string =>
  `${role}-${hostname()
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')}-${process.pid}`;

/** Membership of this process in its installation: its name is unique, and its settings are those of all others. */
export type Membership = { leave(): Promise<void> };

/**
 * Joins the installation, and checks once a second that this process still belongs to it.
 * @param refused called later with one line if this process must exit, because its settings or its name are taken
 * @throws {Error} with that line, if it may not start
 */
export async function joinInstallation(
  config: ProcessConfig,
  node: string,
  refused: (line: string) => void,
): Promise<Membership> {
  const redis = connect(config.redisUrl, 'waiting', () => {}, config.prefix);
  const settings = new SettingsStore(redis);
  const name = new NodeName(redis, node);
  const own = sharedSettingsOf(config);
  const taken = `HEXFLEET_NODE=${node}: a process with this name is already alive; every process needs a name of its own`;
  try {
    const line =
      (await settings.earlierVersion()) ?? (await settings.strandedBy(own)) ?? (await settings.agree(own));
    if (line !== null) throw new Error(line);
    if (!(await name.take())) throw new Error(taken);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  const timer = repeatedly(CHECK_INTERVAL_MS, async () => {
    const line = (await settings.agree(own)) ?? ((await name.keep()) ? null : taken);
    if (line !== null) refused(line);
  });
  return {
    leave: async () => {
      clearInterval(timer);
      // Not for long: while Redis is away, the name expires by itself.
      await Promise.race([name.release().catch(() => {}), sleep(RELEASE_MS)]);
      redis.disconnect();
    },
  };
}

/** Exits at once with one line on stderr: this process must not write any more. */
export function exitRefused(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
