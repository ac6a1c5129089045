import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RawPolling } from '../fixtures/polling.js';

const FLOOD_INTERVAL_MS = 1_000;
const FLOOD_PACKETS = 30_000;
const RETRY_MS = 20;

/** Load that a client in a process of its own puts on the service. */
export type Aggression =
  /** sends a POST with 30,000 requests to connect, once a second */
  | { kind: 'flood'; url: string }
  /** keeps some requests open, one after another */
  | { kind: 'read'; url: string; token: string; readers: number };

/** Numbers of requests that were answered in full, and refused or cut off. */
export type Counts = { complete: number; refused: number };

/** Starts the client. It has its own process, so that its work does not delay what the benchmark measures. */
export async function startAggressor(aggression: Aggression): Promise<{ stop(): Promise<Counts> }> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), [JSON.stringify(aggression)]);
  await once(child, 'message');
  return {
    async stop() {
      const counted = once(child, 'message');
      child.send('stop');
      const [counts] = (await counted) as [Counts];
      child.kill();
      return counts;
    },
  };
}

async function flood(url: string): Promise<boolean> {
  const polling = await RawPolling.open(url);
  const status = await polling.post(Array<string>(FLOOD_PACKETS).fill('40'));
  return status === 200;
}

async function read(url: string, token: string): Promise<boolean> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.ok;
}

/** Runs in the child process until it is stopped. */
function run(aggression: Aggression): void {
  const counts: Counts = { complete: 0, refused: 0 };
  const act = async () => {
    const work = aggression.kind === 'flood' ? flood(aggression.url) : read(aggression.url, aggression.token);
    const isComplete = await work.catch(() => false);
    counts[isComplete ? 'complete' : 'refused'] += 1;
    return isComplete;
  };
  if (aggression.kind === 'flood') setInterval(act, FLOOD_INTERVAL_MS);
  else
    for (let i = 0; i < aggression.readers; i += 1)
      void (async () => {
        for (;;) if (!(await act())) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      })();
  process.on('message', () => process.send!(counts));
  process.send!('started');
}

const [, file, text] = process.argv;
if (file === fileURLToPath(import.meta.url)) run(JSON.parse(text!) as Aggression);
