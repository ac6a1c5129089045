import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure, print, seconds } from '#scripts/console';
import { signalGroup, spawnGroup } from '#scripts/processes';
import { inRoot, root } from '#scripts/root';
import { ServiceLog } from './service-log.js';

const READY_TIMEOUT_MS = 60_000;
const FIRST_DELAY_MS = 200;
const MINUTE_MS = 60_000;
const MAX_EXITS = 5;
/** Time for applications to exit by themselves, ms; Redis, which stops last, gets the rest of five seconds. */
const GRACE_MS = 3_500;
const LAST_GRACE_MS = 1_000;
/** Maximum time that one rank delays the next, ms. */
const RANK_DELAY_MS = 1_200;

/** A spawned process, whose `ready` does not settle when it exits first. */
export type Launched<T> = { child: ChildProcess; ready: Promise<T>; readyWithinMs?: number };

/** Addresses of a process; a simulator has no metrics. */
type Addresses = { url: string; metricsUrl?: string };

export type ReadyMessage = { type: 'ready'; nodes?: Array<{ node: string } & Addresses> } & Addresses;

/**
 * Spawns one of the applications. It sends { type: 'ready', ... } over IPC once it serves, and exits on SIGTERM or when
 * the IPC channel closes, so that it does not outlive a killed launcher.
 * @param file under dist
 */
export function launchApp(file: string, env: NodeJS.ProcessEnv): Launched<ReadyMessage> {
  const child = spawnGroup(process.execPath, [inRoot('dist', file)], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ready = new Promise<ReadyMessage>((resolve) => {
    child.on('message', (message: ReadyMessage) => message.type === 'ready' && resolve(message));
  });
  return { child, ready, readyWithinMs: READY_TIMEOUT_MS };
}

/** @property rank stop order, lowest first */
type Plan<T> = { name: string; rank: number; launch: () => Launched<T> };

class Service {
  child: ChildProcess | null = null;
  gone: Promise<void> = Promise.resolve();
  isUp = false;
  isAlive = false;
  lastExit = '';
  /** times of the exits within the last minute */
  exits: number[] = [];

  constructor(
    readonly plan: Plan<unknown>,
    readonly log: ServiceLog,
  ) {}
}

/** Starts services in order, restarts them when they die, and stops them in order. */
export class Supervisor {
  readonly #services: Service[] = [];
  #isStopping = false;

  /**
   * @param logDir directory for the output of each service
   * @param giveUp called once with a one-line reason when a service keeps exiting; the caller stops everything
   */
  constructor(
    private readonly logDir: string,
    private readonly giveUp: (reason: string) => void,
  ) {}

  /**
   * Starts a service and, once it is ready, keeps it running.
   * @returns its ready message
   * @throws {Failure} when it exits first
   */
  async start<T>(plan: Plan<T>): Promise<T> {
    const service = new Service(plan, new ServiceLog(this.logDir, plan.name));
    this.#services.push(service);
    try {
      const message = (await this.#begin(service)) as T;
      service.isUp = true;
      service.log.show();
      // It may have exited while its ready message was in transit.
      if (!service.isAlive) this.#restart(service);
      return message;
    } catch (error) {
      const lines = service.log.lastLines.map((line) => `  ${line}`);
      throw new Failure([`${plan.name} did not start: ${(error as Error).message}`, ...lines].join('\n'));
    }
  }

  /** Stops services rank by rank: SIGTERM, then SIGKILL to the remaining groups. Takes under five seconds. */
  async stopAll(): Promise<void> {
    this.#isStopping = true;
    const until = Date.now() + GRACE_MS;
    const ranks = [...new Set(this.#services.map(({ plan }) => plan.rank))].sort((a, b) => a - b);
    const last = ranks.pop();
    const of = (rank: number | undefined) => this.#services.filter(({ plan }) => plan.rank === rank);
    const others = this.#services.filter(({ plan }) => plan.rank !== last);
    for (const rank of ranks) await end(of(rank), 'SIGTERM', Math.min(RANK_DELAY_MS, until - Date.now()));
    await end(others, null, until - Date.now());
    await end(others, 'SIGKILL', 0);
    await end(of(last), 'SIGTERM', LAST_GRACE_MS);
    await end(this.#services, 'SIGKILL', 200);
  }

  /** Async, so that an error thrown while the launcher is stopping rejects the promise. */
  async #begin(service: Service): Promise<unknown> {
    const { child, ready, readyWithinMs } = service.plan.launch();
    service.log.attach(child);
    let slow: string | undefined;
    const timer = setTimeout(
      () => {
        slow = `not ready within ${seconds(readyWithinMs!)}`;
        signalGroup(child.pid!, 'SIGKILL');
      },
      readyWithinMs ?? 2 ** 31 - 1,
    );
    service.child = child;
    service.isAlive = true;
    service.gone = new Promise<string>((resolve) => {
      child.once('error', ({ message }) => resolve(message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    }).then((why) => {
      clearTimeout(timer);
      service.isAlive = false;
      service.lastExit = slow ?? why;
      if (service.isUp) this.#restart(service);
    });
    const failed = service.gone.then(async () => {
      await wait(50); // the last lines may still be in the pipe
      throw new Error(service.lastExit);
    });
    return Promise.race([ready.finally(() => clearTimeout(timer)), failed]);
  }

  #restart(service: Service): void {
    if (this.#isStopping) return;
    const { plan, lastExit } = service;
    service.exits = [...service.exits.filter((time) => Date.now() - time < MINUTE_MS), Date.now()];
    const { length } = service.exits;
    if (length >= MAX_EXITS) {
      this.giveUp(`${plan.name} exited ${MAX_EXITS} times within a minute, last with ${lastExit}.`);
      return;
    }
    const delay = FIRST_DELAY_MS * 2 ** (length - 1);
    print(`${plan.name} exited (${lastExit}); restarting in ${seconds(delay)}`);
    setTimeout(() => this.#isStopping || this.#begin(service).catch(() => {}), delay);
  }
}

/** Sends a signal to services, if given, and waits at most `ms` until they have exited. */
async function end(chosen: Service[], signal: 'SIGTERM' | 'SIGKILL' | null, ms: number): Promise<void> {
  const running = chosen.filter(({ isAlive }) => isAlive);
  for (const { child } of running)
    if (signal === 'SIGKILL') signalGroup(child!.pid!, signal);
    else if (signal !== null) child!.kill(signal); // a group leader stops its own children
  const gone = Promise.all(running.map((service) => service.gone));
  await Promise.race([gone, wait(Math.max(0, ms), undefined, { ref: false })]);
}
