import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cpuMs } from '../cpu.js';
import type { CrowdPlan, Receipt } from './crowd-client.js';

/** Sockets per generator: a process has a limited number of files. */
const PER_PROCESS = 10_000;

/** One event, or one round of looking: for each mark of the plan, when the last socket had it and how many did. */
export type Round = Array<{ ms: number; received: number }>;

/** Processes that hold the sockets of a crowd, as few as possible. */
export class Generators {
  private constructor(private readonly children: ChildProcess[]) {}

  static async connect(plan: CrowdPlan): Promise<Generators> {
    const path = fileURLToPath(new URL('./crowd-client.js', import.meta.url));
    const parts = Array.from({ length: Math.ceil(plan.dialogues.length / PER_PROCESS) }, (_, i) =>
      plan.dialogues.slice(i * PER_PROCESS, (i + 1) * PER_PROCESS),
    );
    return new Generators(
      await Promise.all(
        parts.map(async (dialogues) => {
          const child = spawn(process.execPath, [path, 'crowd'], {
            stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
            serialization: 'advanced',
          });
          await messageOf(child, 'ready');
          child.send({ plan: { ...plan, dialogues } });
          await messageOf(child, 'connected');
          return child;
        }),
      ),
    );
  }

  /** Waits until all sockets have all marks, counted from the beginning of `cause`. */
  async round(cause: () => Promise<void>): Promise<Round> {
    const waiting = this.children.map((child) => messageOf(child, 'waiting'));
    const results = this.children.map((child) => messageOf<{ receipts: Receipt[] }>(child, 'received'));
    for (const child of this.children) child.send({ type: 'next' });
    await Promise.all(waiting);
    const from = performance.timeOrigin + performance.now();
    await cause();
    const all = await Promise.all(results);
    return all[0]!.receipts.map((_, mark) => ({
      ms: Math.max(...all.map(({ receipts }) => receipts[mark]!.lastAt)) - from,
      received: all.reduce((sum, { receipts }) => sum + receipts[mark]!.received, 0),
    }));
  }

  /** Lets each socket send a message, all at once. */
  async send(text: string): Promise<void> {
    for (const child of this.children) child.send({ type: 'send', text });
  }

  end(): void {
    for (const child of this.children) child.send({ type: 'end' });
  }
}

/** Resolves with the next message of a type. Rejects when the process ends first. */
function messageOf<T>(child: ChildProcess, type: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('A load generator ended'));
    const receive = (message: { type: string }) => {
      if (message.type !== type) return;
      child.off('message', receive).off('exit', ended);
      resolve(message as T);
    };
    child.on('message', receive).once('exit', ended);
  });
}

/** CPU that processes have used, ms. */
export const cpuOf = (pids: number[]): number => pids.reduce((sum, pid) => sum + cpuMs(pid), 0);

/** Resident memory of processes, KB. */
export function memoryKb(pids: number[]): number {
  const of = (pid: number) =>
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
  return pids.reduce((sum, pid) => sum + of(pid), 0);
}
