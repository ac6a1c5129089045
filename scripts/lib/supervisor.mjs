// Process supervisor: starts services in order, restarts them when they die, and stops them in order.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure, print, seconds } from './console.mjs';
import { signalGroup, spawnGroup } from './processes.mjs';
import { inRoot, root } from './root.mjs';
import { openLog } from './service-log.mjs';

const READY_TIMEOUT_MS = 60_000;
const FIRST_DELAY_MS = 200;
const MINUTE_MS = 60_000;
const MAX_EXITS = 5;
/** Time for applications to exit by themselves, ms; Redis, which stops last, gets the rest of five seconds. */
const GRACE_MS = 3_500;
const LAST_GRACE_MS = 1_000;
/** Maximum time that one rank delays the next, ms. */
const RANK_DELAY_MS = 1_200;

/**
 * Spawns one of the applications. It sends { type: 'ready', ... } over IPC once it serves, and exits on SIGTERM or when
 * the IPC channel closes, so that it does not outlive a killed launcher.
 * @param file under dist
 */
export function launchApp(file, env) {
  const child = spawnGroup(process.execPath, [inRoot('dist', file)], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ready = new Promise((resolve) => {
    child.on('message', (message) => message?.type === 'ready' && resolve(message));
  });
  return { child, ready, readyWithinMs: READY_TIMEOUT_MS };
}

const isAlive = ({ child, gone }) => child?.pid !== undefined && gone === undefined;
const ended = (services) =>
  Promise.all(services.filter(isAlive).map(({ child }) => once(child, 'exit').catch(() => {})));
const within = (ms, work) => Promise.race([work, wait(Math.max(0, ms), undefined, { ref: false })]);

/**
 * @param logDir directory for the output of each service
 * @param giveUp called once with a one-line reason when a service keeps exiting; the caller stops everything
 */
export function createSupervisor({ logDir, giveUp }) {
  const services = [];
  let isStopping = false;

  /**
   * Starts a service and, once it is ready, keeps it running.
   * @param rank stop order, lowest first
   * @param launch returns { child, ready: Promise, readyWithinMs? }; called again for each restart
   * @returns the result of `ready`; rejects with a Failure when the service exits first
   */
  async function start({ name, rank, launch }) {
    const service = { name, rank, launch, log: openLog(logDir, name), exits: [], isUp: false };
    services.push(service);
    try {
      const message = await begin(service);
      service.isUp = true;
      service.log.show();
      // It may have exited while its ready message was in transit.
      if (service.gone) restart(service);
      return message;
    } catch (error) {
      const lines = service.log.lastLines().map((line) => `  ${line}`);
      throw new Failure([`${name} did not start: ${error.message}`, ...lines].join('\n'));
    }
  }

  // async, so that an error thrown while the launcher is stopping rejects the promise.
  async function begin(service) {
    const { child, ready, readyWithinMs } = service.launch();
    Object.assign(service, { child, gone: undefined });
    service.log.attach(child);
    let slow;
    const timer =
      readyWithinMs &&
      setTimeout(() => {
        slow = `not ready within ${seconds(readyWithinMs)}`;
        signalGroup(child.pid, 'SIGKILL');
      }, readyWithinMs);
    const gone = new Promise((resolve) => {
      child.once('error', ({ message }) => resolve(message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    }).then(async (why) => {
      clearTimeout(timer);
      service.gone = slow ?? why;
      if (service.isUp) restart(service);
      await wait(50); // the last lines may still be in the pipe
      throw new Error(service.gone);
    });
    return Promise.race([ready.finally(() => clearTimeout(timer)), gone]);
  }

  function restart(service) {
    if (isStopping) return;
    const { name, gone } = service;
    service.exits = [...service.exits.filter((time) => Date.now() - time < MINUTE_MS), Date.now()];
    const { length } = service.exits;
    if (length >= MAX_EXITS)
      return giveUp(`${name} exited ${MAX_EXITS} times within a minute, last with ${gone}.`);
    const delay = FIRST_DELAY_MS * 2 ** (length - 1);
    print(`${name} exited (${gone}); restarting in ${seconds(delay)}`);
    setTimeout(() => isStopping || begin(service).catch(() => {}), delay);
  }

  /** Stops services rank by rank: SIGTERM, then SIGKILL to the remaining groups. Takes under five seconds. */
  async function stopAll() {
    isStopping = true;
    const until = Date.now() + GRACE_MS;
    const ranks = [...new Set(services.map(({ rank }) => rank))].sort((a, b) => a - b);
    const last = services.filter(({ rank }) => rank === ranks.at(-1));
    const others = services.filter((service) => !last.includes(service));
    const terminate = (chosen) => {
      for (const { child } of chosen.filter(isAlive)) child.kill('SIGTERM'); // a group leader stops its own children
    };
    const kill = (chosen) => {
      for (const { child } of chosen.filter(isAlive)) signalGroup(child.pid, 'SIGKILL');
    };
    for (const next of ranks.slice(0, -1)) {
      const chosen = others.filter(({ rank }) => rank === next);
      terminate(chosen);
      await within(Math.min(RANK_DELAY_MS, until - Date.now()), ended(chosen));
    }
    await within(until - Date.now(), ended(others));
    kill(others);
    terminate(last);
    await within(LAST_GRACE_MS, ended(last));
    kill(services);
    await within(200, ended(services));
  }

  return { start, stopAll };
}
