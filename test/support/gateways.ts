import { readdir, readFile } from 'node:fs/promises';
import { Api } from '#sdk';
import { eventually } from './eventually.js';
import type { System } from './system.js';

/** A gateway as it runs now, which may not be the process that the system began with. */
export type RunningGateway = { node: string; url: string; pid: number };

/** Both gateways, once they run and say so. */
export async function runningGateways(system: System): Promise<RunningGateway[]> {
  const api = new Api({ url: system.url, token: await system.token('service', 'gateways') });
  const front = system.front.process.pid!;
  let running: RunningGateway[] = [];
  await eventually(async () => {
    const pids = await childrenOf(front);
    const nodes = (await api.nodes().catch(() => [])).filter(({ role }) => role === 'gateway');
    const answers = await Promise.all(
      nodes.map(async ({ url }) => (await fetch(url).catch(() => null)) !== null),
    );
    running = nodes.flatMap(({ node, url }, i) => {
      const pid = pids.get(node);
      return pid !== undefined && answers[i] ? [{ node, url: url.replace(/\/$/, ''), pid }] : [];
    });
    return running.length === system.gateways.length;
  }, 30_000);
  return running.sort((a, b) => a.node.localeCompare(b.node));
}

/** By the name of the node, from /proc. */
async function childrenOf(parent: number): Promise<Map<string, number>> {
  const children = new Map<string, number>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    // After the name in parentheses, which may hold anything: the state and the parent.
    const [, ppid] = (await read('stat')).split(') ').at(-1)!.split(' ');
    const node = /HEXFLEET_NODE=([^\0]+)/.exec(await read('environ'))?.[1];
    if (Number(ppid) === parent && node !== undefined) children.set(node, Number(pid));
  }
  return children;
}
