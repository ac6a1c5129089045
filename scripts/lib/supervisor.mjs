// Process supervisor: starts services in order, restarts them when they die, and stops them in order.

import { openLog } from './child-log.mjs';
import { Failure, print, seconds } from './console.mjs';
import { signalGroup } from './groups.mjs';

const READY_TIMEOUT_MS = 60_000;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 5_000;
const MINUTE_MS = 60_000;
const MAX_EXITS = 5;
/** Time for applications to exit by themselves, ms; Redis, which stops last, gets the rest of five seconds. */
const GRACE_MS = 3_500;
const LAST_GRACE_MS = 1_000;
/** Maximum time that one rank delays the next, ms. */
const RANK_DELAY_MS = 1_200;

/**
 * @param logDir directory for the output of each service
 * @param giveUp called once with a one-line reason when a service keeps exiting; the caller stops everything
 */
export function createSupervisor({ logDir, giveUp }) {
  const services = new Map();
  let stopping = false;

  /**
   * Starts a service and, once it is ready, keeps it running.
   * @param service `name`; `rank`, the stop order, lowest first; `launch()`, which returns
   *   { child, ready: Promise } and is called again for each restart; `readyWithin` in ms
   * @returns the result of `ready`; rejects with a Failure when the service exits first
   */
  async function start(service) {
    const running = { readyWithin: READY_TIMEOUT_MS, ...service, log: openLog(logDir, service.name) };
    Object.assign(running, { exits: [], streak: 0, isUp: false });
    services.set(service.name, running);
    try {
      const message = await launch(running);
      running.isUp = true;
      running.log.show();
      // It may have exited while its ready message was in transit.
      if (running.gone) onExit(running, running.gone);
      return message;
    } catch (error) {
      const lines = running.log.lastLines().map((line) => `  ${line}`);
      throw new Failure([`${service.name} did not start: ${error.message}`, ...lines].join('\n'));
    }
  }

  // async, so that an error thrown while the launcher is stopping rejects the promise.
  async function launch(service) {
    const { child, ready } = service.launch();
    Object.assign(service, { child, gone: undefined, launchedAt: Date.now() });
    service.log.attach(child);
    return new Promise((resolve, reject) => {
      let tooLong;
      const slow = () => {
        tooLong = `not ready within ${seconds(service.readyWithin)}`;
        signalGroup(child.pid, 'SIGKILL');
      };
      const timer = Number.isFinite(service.readyWithin) && setTimeout(slow, service.readyWithin);
      let ended = false;
      const onEnd = (why) => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        service.gone = tooLong ?? why;
        // Waits briefly for the last lines to arrive through the pipe.
        setTimeout(() => reject(new Error(service.gone)), 50);
        if (service.isUp) onExit(service, service.gone);
      };
      child.once('error', (error) => onEnd(error.message));
      child.once('exit', (code, signal) => onEnd(signal ?? `exit code ${code}`));
      ready.then((message) => {
        clearTimeout(timer);
        resolve(message);
      }, reject);
    });
  }

  function onExit(service, why) {
    if (stopping) return;
    const now = Date.now();
    service.exits = [...service.exits.filter((time) => now - time < MINUTE_MS), now];
    if (service.exits.length >= MAX_EXITS)
      return giveUp(`${service.name} exited ${MAX_EXITS} times within a minute, last with ${why}.`);
    service.streak = now - service.launchedAt > MINUTE_MS ? 0 : service.streak;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** service.streak++, MAX_DELAY_MS);
    print(`${service.name} exited (${why}); restarting in ${seconds(delay)}`);
    service.timer = setTimeout(() => stopping || launch(service).catch(() => {}), delay);
  }

  const isAlive = ({ child, gone }) => child?.pid !== undefined && gone === undefined;
  const isEnded = (service) =>
    new Promise((resolve) => {
      if (!isAlive(service)) resolve();
      else service.child.once('exit', resolve);
    });
  const within = (ms, ...work) => {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, Math.max(0, ms));
    });
    return Promise.race([Promise.all(work), late]).finally(() => clearTimeout(timer));
  };

  /** Stops services rank by rank: SIGTERM, then SIGKILL to the remaining groups. Takes under five seconds. */
  async function stopAll() {
    stopping = true;
    const all = [...services.values()];
    for (const { timer } of all) clearTimeout(timer);
    const ranks = [...new Set(all.map(({ rank }) => rank))].sort((a, b) => a - b);
    const last = ranks.pop();
    const until = Date.now() + GRACE_MS;
    const terminate = (rank) => {
      const chosen = all.filter((service) => service.rank === rank && isAlive(service));
      for (const { child } of chosen) child.kill('SIGTERM'); // a group leader stops its own children
      return chosen.map(isEnded);
    };
    const kill = (chosen) => {
      for (const { child } of chosen.filter(isAlive)) signalGroup(child.pid, 'SIGKILL');
    };

    const ending = [];
    for (const rank of ranks) {
      const ended = terminate(rank);
      ending.push(...ended);
      await within(Math.min(RANK_DELAY_MS, until - Date.now()), ...ended);
    }
    await within(until - Date.now(), ...ending);
    kill(all.filter(({ rank }) => rank !== last));
    await within(LAST_GRACE_MS, ...terminate(last));
    kill(all);
    await within(200, ...all.map(isEnded));
  }

  return { start, stopAll };
}
