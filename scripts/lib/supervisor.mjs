// Keeps a set of processes running: started in order, restarted when they die, stopped in order.

import { openLog } from './child-log.mjs';
import { Failure, say, seconds } from './console.mjs';
import { signalGroup } from './groups.mjs';

const READY_WITHIN = 60_000;
const FIRST_DELAY = 200;
const LONGEST_DELAY = 5_000;
const MINUTE = 60_000;
const MAX_DEATHS = 5;
/** Applications get this long to end by themselves; Redis, which goes last, gets what is left of five seconds. */
const PATIENCE = 3_500;
const LAST_PATIENCE = 1_000;
/** Maximum time that a rank delays the next one when it does not end at once, ms. */
const HEAD_START = 1_200;

/**
 * @param logDir where each service's output is written
 * @param giveUp called once with a one-line reason when a service keeps dying; the caller stops everything
 */
export function createSupervisor({ logDir, giveUp }) {
  const services = new Map();
  let stopping = false;

  /**
   * Starts a service and keeps it running from the moment that it is ready.
   * @param service `name`; `rank`, by which services are stopped, lowest first; `launch()`, giving
   *   { child, ready: Promise }, called again for each restart; `readyWithin` in ms
   * @returns what `ready` resolves to; rejects with a Failure when it ends before
   */
  async function start(service) {
    const running = { readyWithin: READY_WITHIN, ...service, log: openLog(logDir, service.name) };
    Object.assign(running, { deaths: [], streak: 0, isUp: false });
    services.set(service.name, running);
    try {
      const message = await launch(running);
      running.isUp = true;
      running.log.show();
      // It may have died while we were told that it is ready.
      if (running.gone) died(running, running.gone);
      return message;
    } catch (error) {
      const lines = running.log.lastLines().map((line) => `  ${line}`);
      throw new Failure([`${service.name} did not start: ${error.message}`, ...lines].join('\n'));
    }
  }

  // async: what it throws, when the launcher is stopping, has to end in the promise.
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
        // A moment, for the last lines to come through the pipe.
        setTimeout(() => reject(new Error(service.gone)), 50);
        if (service.isUp) died(service, service.gone);
      };
      child.once('error', (error) => onEnd(error.message));
      child.once('exit', (code, signal) => onEnd(signal ?? `exit code ${code}`));
      ready.then((message) => {
        clearTimeout(timer);
        resolve(message);
      }, reject);
    });
  }

  function died(service, why) {
    if (stopping) return;
    const now = Date.now();
    service.deaths = [...service.deaths.filter((time) => now - time < MINUTE), now];
    if (service.deaths.length >= MAX_DEATHS)
      return giveUp(`${service.name} ended ${MAX_DEATHS} times within a minute, last with ${why}.`);
    service.streak = now - service.launchedAt > MINUTE ? 0 : service.streak;
    const delay = Math.min(FIRST_DELAY * 2 ** service.streak++, LONGEST_DELAY);
    say(`${service.name} ended (${why}); starting it again in ${seconds(delay)}`);
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

  /** Stops rank by rank: SIGTERM, then SIGKILL to the groups of those that stay. Takes under five seconds. */
  async function stopAll() {
    stopping = true;
    const all = [...services.values()];
    for (const { timer } of all) clearTimeout(timer);
    const ranks = [...new Set(all.map(({ rank }) => rank))].sort((a, b) => a - b);
    const last = ranks.pop();
    const until = Date.now() + PATIENCE;
    const terminate = (rank) => {
      const chosen = all.filter((service) => service.rank === rank && isAlive(service));
      for (const { child } of chosen) child.kill('SIGTERM'); // a leader ends its own children
      return chosen.map(isEnded);
    };
    const kill = (chosen) => {
      for (const { child } of chosen.filter(isAlive)) signalGroup(child.pid, 'SIGKILL');
    };

    const ending = [];
    for (const rank of ranks) {
      const ended = terminate(rank);
      ending.push(...ended);
      await within(Math.min(HEAD_START, until - Date.now()), ...ended);
    }
    await within(until - Date.now(), ...ending);
    kill(all.filter(({ rank }) => rank !== last));
    await within(LAST_PATIENCE, ...terminate(last));
    kill(all);
    await within(200, ...all.map(isEnded));
  }

  return { start, stopAll };
}
