// Process supervisor: starts services in order, restarts them when they die, and stops them in order.
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
      if (!service.isAlive) restart(service);
      return message;
    } catch (error) {
      const lines = service.log.lastLines().map((line) => `  ${line}`);
      throw new Failure([`${name} did not start: ${error.message}`, ...lines].join('\n'));
    }
  }

  // async, so that an error thrown while the launcher is stopping rejects the promise.
  async function begin(service) {
    const { child, ready, readyWithinMs } = service.launch();
    service.log.attach(child);
    let slow;
    const timer = setTimeout(
      () => {
        slow = `not ready within ${seconds(readyWithinMs)}`;
        signalGroup(child.pid, 'SIGKILL');
      },
      readyWithinMs ?? 2 ** 31 - 1,
    );
    const gone = new Promise((resolve) => {
      child.once('error', ({ message }) => resolve(message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    }).then((why) => {
      clearTimeout(timer);
      Object.assign(service, { isAlive: false, lastExit: slow ?? why });
      if (service.isUp) restart(service);
    });
    Object.assign(service, { child, gone, isAlive: true });
    const failed = gone.then(async () => {
      await wait(50); // the last lines may still be in the pipe
      throw new Error(service.lastExit);
    });
    return Promise.race([ready.finally(() => clearTimeout(timer)), failed]);
  }

  function restart(service) {
    if (isStopping) return;
    const { name, lastExit } = service;
    service.exits = [...service.exits.filter((time) => Date.now() - time < MINUTE_MS), Date.now()];
    const { length } = service.exits;
    if (length >= MAX_EXITS)
      return giveUp(`${name} exited ${MAX_EXITS} times within a minute, last with ${lastExit}.`);
    const delay = FIRST_DELAY_MS * 2 ** (length - 1);
    print(`${name} exited (${lastExit}); restarting in ${seconds(delay)}`);
    setTimeout(() => isStopping || begin(service).catch(() => {}), delay);
  }

  /** Sends a signal to services, if given, and waits at most `ms` until they have exited. */
  async function end(chosen, signal, ms) {
    const running = chosen.filter(({ isAlive }) => isAlive);
    for (const { child } of running)
      if (signal === 'SIGKILL') signalGroup(child.pid, signal);
      else if (signal) child.kill(signal); // a group leader stops its own children
    const gone = Promise.all(running.map((service) => service.gone));
    await Promise.race([gone, wait(Math.max(0, ms), undefined, { ref: false })]);
  }

  /** Stops services rank by rank: SIGTERM, then SIGKILL to the remaining groups. Takes under five seconds. */
  async function stopAll() {
    isStopping = true;
    const until = Date.now() + GRACE_MS;
    const ranks = [...new Set(services.map(({ rank }) => rank))].sort((a, b) => a - b);
    const of = (rank) => services.filter((service) => service.rank === rank);
    const others = services.filter(({ rank }) => rank !== ranks.at(-1));
    for (const rank of ranks.slice(0, -1))
      await end(of(rank), 'SIGTERM', Math.min(RANK_DELAY_MS, until - Date.now()));
    await end(others, null, until - Date.now());
    await end(others, 'SIGKILL', 0);
    await end(of(ranks.at(-1)), 'SIGTERM', LAST_GRACE_MS);
    await end(services, 'SIGKILL', 200);
  }

  return { start, stopAll };
}
