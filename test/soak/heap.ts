import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, type Verdict } from '../chaos/scenario.js';

/** Signal upon which Node writes a snapshot of the live heap into its diagnostic directory. */
const SIGNAL = 'SIGUSR2';
const WAIT_MS = 120_000;
const STEP_MS = 500;
/** Growth of the live heap between two snapshots that counts as a leak: this share, if it is more than a few requests hold. */
const MAX_GROWTH_PCT = 10;
const MIN_GROWTH_BYTES = 8 * 1_048_576;
const SHOWN = 8;

export const heapArguments = (dir: string): string[] => [
  `--heapsnapshot-signal=${SIGNAL}`,
  `--diagnostic-dir=${dir}`,
];

/** Bytes and number of the live objects of a process, by type and constructor. */
export type Heap = { bytes: number; kinds: Map<string, { bytes: number; count: number }> };

/** Takes a snapshot of a process, which stands still meanwhile. */
export async function takeHeap(dir: string, pid: number): Promise<Heap> {
  const before = new Set(await readdir(dir));
  process.kill(pid, SIGNAL);
  const until = Date.now() + WAIT_MS;
  for (let size = -1; Date.now() < until; await sleep(STEP_MS)) {
    const name = (await readdir(dir)).find((file) => !before.has(file) && file.endsWith('.heapsnapshot'));
    if (name === undefined) continue;
    const path = join(dir, name);
    const now = (await stat(path)).size;
    // It is written in one go; a size that stays is complete, or parsing fails and it is read again.
    if (now > 0 && now === size) {
      const heap = await readFile(path, 'utf8')
        .then(parse)
        .catch(() => null);
      if (heap !== null) {
        await rm(path);
        return heap;
      }
    }
    size = now;
  }
  throw new Error(`process ${pid} wrote no heap snapshot`);
}

type Snapshot = {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
  strings: string[];
};

function parse(text: string): Heap {
  const { snapshot, nodes, strings } = JSON.parse(text) as Snapshot;
  const fields = snapshot.meta.node_fields;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field)) as [
    number,
    number,
    number,
  ];
  const types = snapshot.meta.node_types[0];
  const heap: Heap = { bytes: 0, kinds: new Map() };
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = types[nodes[at + type]!]!;
    // Names of strings are their contents.
    const isNamed = kind === 'object' || kind === 'closure' || kind === 'native';
    const key = isNamed ? `${kind} ${strings[nodes[at + name]!]}` : kind;
    const bytes = nodes[at + size]!;
    const entry = heap.kinds.get(key) ?? { bytes: 0, count: 0 };
    entry.bytes += bytes;
    entry.count += 1;
    heap.kinds.set(key, entry);
    heap.bytes += bytes;
  }
  return heap;
}

const mb = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

/** Compares two snapshots of a process, and logs what grew most. */
export function compareHeaps(name: string, first: Heap, last: Heap, log: (line: string) => void): Verdict {
  const growth = [...last.kinds]
    .map(([kind, { bytes, count }]) => {
      const before = first.kinds.get(kind) ?? { bytes: 0, count: 0 };
      return { kind, bytes: bytes - before.bytes, count: count - before.count };
    })
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, SHOWN);
  log(`${name}: live heap ${mb(first.bytes)}, at the end ${mb(last.bytes)}; grew most:`);
  for (const { kind, bytes, count } of growth) log(`  ${mb(bytes)} in ${count} more of ${kind}`);
  const grown = last.bytes - first.bytes;
  const grownPct = grown < MIN_GROWTH_BYTES ? 0 : Math.round((grown / first.bytes) * 1_000) / 10;
  return atMost(
    `growth of the live heap of ${name} beyond ${mb(MIN_GROWTH_BYTES)}, percent`,
    grownPct,
    MAX_GROWTH_PCT,
  );
}
