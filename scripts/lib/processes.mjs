// Child processes. Each leads its own process group: the terminal's Ctrl-C reaches only the launcher, which stops its
// children in order, and a command ends together with everything it started.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure, printError, report } from './console.mjs';
import { inRoot, root } from './root.mjs';

/** Time for cancelled commands to end, ms. */
const GRACE_MS = 1_500;

const live = new Set();
const commands = new Set();
let isCancelled = false;

/** Thrown by unfinished work when the launcher is stopped. Need not be printed. */
export class Cancelled extends Error {}

export const exitCodeOf = (signal) => 128 + constants.signals[signal];

export function spawnGroup(command, args, options = {}) {
  if (isCancelled) throw new Cancelled();
  const child = spawn(command, args, { ...options, detached: true });
  if (child.pid === undefined) return child;
  live.add(child);
  child.once('exit', () => {
    live.delete(child);
    signalGroup(child.pid, 'SIGKILL'); // anything the leader left behind
  });
  return child;
}

export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {} // it has ended, or runs as root through sudo and ends by itself
}

/**
 * Runs a command until it exits.
 * @param options as for spawn, and `inherit: true` to show its output; otherwise the last 64 kB come back as `output`
 * @returns {Promise<{ code: number, output: string }>} with code 127 when the command cannot be run
 */
export async function run(command, args, { inherit = false, ...options } = {}) {
  const stream = inherit ? 'inherit' : 'pipe';
  const child = spawnGroup(command, args, { cwd: root, stdio: ['ignore', stream, stream], ...options });
  commands.add(child);
  let output = '';
  for (const piped of [child.stdout, child.stderr])
    piped?.setEncoding('utf8').on('data', (chunk) => {
      output = (output + chunk).slice(-65_536);
    });
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (exit) => resolve(exit ?? 1));
    // A daemon that inherited the pipe would delay 'close' forever.
    child.once('exit', (exit) => setTimeout(resolve, 500, exit ?? 1).unref());
  });
  commands.delete(child);
  if (isCancelled) throw new Cancelled();
  return { code, output };
}

/** Returns the path of a program, or undefined. */
export const onPath = async (name) =>
  (await run('/bin/sh', ['-c', 'command -v "$0"', name])).output.trim() || undefined;

/** Runs a program of node_modules. */
export const tool = (path, args, options) =>
  run(process.execPath, [inRoot('node_modules', path), ...args], options);

/** Awaits a command. @throws {Failure} when it fails, after printing its output */
export async function must(what, running) {
  const { code, output } = await running;
  if (code === 0) return;
  // The first lines, because compilers and npm name the cause before the details.
  if (output) printError(output.trimEnd().split('\n').slice(0, 20).join('\n'));
  throw new Failure(`${what} failed (exit code ${code}).`);
}

async function cancelCommands() {
  isCancelled = true;
  const ended = [...commands].filter((child) => live.has(child)).map((child) => once(child, 'exit'));
  for (const child of commands) signalGroup(child.pid, 'SIGTERM');
  await Promise.race([Promise.all(ended), wait(GRACE_MS)]);
}

/**
 * Runs a script and prints its error, if any. On the first signal it cancels commands, then calls `stop(signal)`, and
 * exits with the code that this returns (or 128 + n). A second signal exits at once. Every exit kills the children that are
 * left. The exit of the parent npm counts as a SIGTERM.
 */
export async function runScript(work, stop = () => undefined) {
  let first;
  const onSignal = async (signal) => {
    // npm forwards the Ctrl-C that the terminal has already delivered: one key press, two signals.
    if (first && Date.now() - first < 400) return;
    if (first) process.exit(exitCodeOf(signal));
    first = Date.now();
    // Exits within five seconds even if something hangs.
    setTimeout(() => process.exit(exitCodeOf(signal)), 4_900).unref();
    const [, code] = await Promise.all([cancelCommands(), stop(signal)]);
    process.exit(code ?? exitCodeOf(signal));
  };
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, onSignal);
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event)
    setInterval(() => process.ppid !== parent && onSignal('SIGTERM'), 1_000).unref();
  process.on('exit', () => {
    for (const child of live) signalGroup(child.pid, 'SIGKILL');
  });
  try {
    await work();
  } catch (error) {
    if (isCancelled) return; // caused by the stop
    report(error);
    process.exit(1);
  }
}
