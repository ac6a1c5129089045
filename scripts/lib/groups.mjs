// Every child process leads its own process group. So the terminal's Ctrl-C reaches only the launcher, which stops its
// children in order, and a command ends together with everything it started.
import { spawn, spawnSync } from 'node:child_process';
import { Failure, printError } from './console.mjs';

const live = new Set();
const commands = new Set();
let cancelled = false;

/** Thrown by unfinished work when the launcher is stopped. Need not be printed. */
export class Cancelled extends Error {}

export function spawnGroup(command, args, options = {}) {
  if (cancelled) throw new Cancelled();
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
  } catch (error) {
    // EPERM: it runs as root through sudo, so sudo must send the signal.
    if (error.code === 'EPERM' && process.getuid?.() !== 0)
      spawnSync('sudo', ['-n', 'kill', `-${signal.slice(3)}`, '--', `-${pid}`], { stdio: 'ignore' });
  }
}

/**
 * Runs a command until it exits.
 * @param options as for spawn, and `inherit: true` to show its output; otherwise the last 64 kB come back as `output`
 * @returns {Promise<{ code: number, output: string }>} with code 127 when the command cannot be run
 */
export async function run(command, args, { inherit = false, ...options } = {}) {
  const child = spawnGroup(command, args, {
    stdio: ['ignore', inherit ? 'inherit' : 'pipe', inherit ? 'inherit' : 'pipe'],
    ...options,
  });
  commands.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk) => {
      output = (output + chunk).slice(-65_536);
    });
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(127);
    });
    child.once('close', (exit) => resolve(exit ?? 1));
    // A daemon that inherited the pipe would delay 'close' forever.
    child.once('exit', (exit) => setTimeout(resolve, 500, exit ?? 1).unref());
  });
  commands.delete(child);
  if (cancelled) throw new Cancelled();
  return { code, output };
}

/** Ends running commands with SIGTERM, and after `graceMs` with SIGKILL. Resolves when none is left. */
export async function cancelCommands(graceMs = 1500) {
  cancelled = true;
  const active = [...commands].filter((child) => live.has(child));
  const signalAll = (signal) => {
    for (const child of active) signalGroup(child.pid, signal);
  };
  signalAll('SIGTERM');
  const timer = setTimeout(signalAll, graceMs, 'SIGKILL');
  await Promise.all(
    active.map((child) => live.has(child) && new Promise((done) => child.once('exit', done))),
  );
  clearTimeout(timer);
}

export function killEverything() {
  for (const child of live) signalGroup(child.pid, 'SIGKILL');
}

const NUMBERS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
export const exitCodeOf = (signal) => NUMBERS[signal] ?? 1;

/**
 * On the first signal: cancels commands, then `stop(signal)`, then exits with the code that it returns (or 128 + n).
 * A second signal kills immediately. The exit of the parent npm counts as SIGTERM.
 */
export function stopOnSignals(stop) {
  let first;
  const onSignal = async (signal) => {
    // npm forwards the Ctrl-C that the terminal has already delivered: one key press, two signals.
    if (first && Date.now() - first < 400) return;
    if (first) process.exit(exitCodeOf(signal));
    first = Date.now();
    // Exits within five seconds even if something hangs.
    setTimeout(() => process.exit(exitCodeOf(signal)), 4900).unref();
    const [, code] = await Promise.all([cancelCommands(), stop(signal)]);
    process.exit(code ?? exitCodeOf(signal));
  };
  for (const signal of Object.keys(NUMBERS)) process.on(signal, onSignal);
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event)
    setInterval(() => process.ppid !== parent && onSignal('SIGTERM'), 1000).unref();
  process.on('exit', killEverything);
}

/** Runs a command. @throws {Failure} when it fails, after printing its output. */
export async function mustRun(what, command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code === 0) return output;
  // The first lines, because compilers and npm name the cause before the details.
  const lines = output.trimEnd().split('\n');
  if (output) printError([...lines.slice(0, 20), ...(lines.length > 20 ? ['...'] : [])].join('\n'));
  throw new Failure(`${what} failed (exit code ${code}).`);
}
