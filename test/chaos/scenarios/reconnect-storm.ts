import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../fixtures/eventually.js';
import { runningGateways } from '../../fixtures/gateways.js';
import type { Service, System } from '../../fixtures/system.js';
import { Probe } from '../probe.js';
import { quantileOf } from '../quantile.js';
import { inTown } from '../route.js';
import { atLeast, atMost, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { Storm } from '../storm.js';
import { type AtEnd, withSystem } from '../with-system.js';

const CLIENTS = 5_000;
const PROCESSES = 2;
/** Drivers at a gateway of their own, whose clients stay connected. */
const STAYING = 40;
const CONNECTED_MS = 120_000;
const BACK_MS = 30_000;
const EVEN_MS = 120_000;
/** Part of the clients that each of three gateways has at least, once they are even again. */
const EVEN = 0.2;
const ACK_MS = 250;
const QUIET_S = 8;

export const reconnectStorm: Scenario = {
  name: 'reconnect-storm',
  description: `the front is killed with ${CLIENTS.toLocaleString('en')} sockets connected; later one of its gateways`,
  run: (context) => withSystem({}, (system, atEnd) => run(system, atEnd, context)),
};

async function run(system: System, atEnd: AtEnd, { random, log }: Context): Promise<Verdict[]> {
  const urls = [system.url, system.url];
  const staying = await system.startGateway('gateway-9');
  const probes = await Promise.all(
    Array.from({ length: STAYING }, async (_, i) => {
      const id = `staying-${i}`;
      return Probe.start(staying.ready.url, id, await system.token('driver', id), inTown(random));
    }),
  );
  // Two of three addresses are those of the front, which has two gateways.
  urls.push(staying.ready.url);
  const storm = await Storm.start(system, { urls, clients: CLIENTS, processes: PROCESSES });
  atEnd(() => storm.stop());
  await eventually(() => storm.online === CLIENTS, CONNECTED_MS).catch(() => {});
  log(`${storm.online} clients are connected: ${textOf(storm.nodes)}.`);
  const quietAt = Date.now();
  await sleep(QUIET_S * 1_000);

  const killedAt = Date.now();
  system.front.process.kill('SIGKILL');
  const front = await startAgain(system);
  const restartMs = Date.now() - killedAt;
  await eventually(() => storm.online === CLIENTS, 2 * BACK_MS).catch(() => {});
  const backAt = Date.now();
  log(`The front was ready again after ${restartMs} ms, the last client after ${backAt - killedAt} ms.`);
  log(`${storm.busy} times a gateway was busy. Clients: ${textOf(storm.nodes)}.`);
  const evenMs = await evenAgain(storm);
  log(`Even after ${evenMs} ms more: ${textOf(storm.nodes)}.`);

  const gateways = await runningGateways({ ...system, front });
  process.kill(gateways[0]!.pid, 'SIGKILL');
  await sleep(1_000);
  const evenAfterKillMs = await evenAgain(storm);
  log(`${gateways[0]!.node} was killed; even after ${evenAfterKillMs} ms: ${textOf(storm.nodes)}.`);
  const online = storm.online;
  await Promise.all(probes.map((probe) => probe.stop()));

  const acks = (from: number, to: number) =>
    probes.flatMap(({ answers }) =>
      answers.filter(({ t }) => t >= from && t < to).map(({ t, at }) => at - t),
    );
  const quiet = acks(quietAt, killedAt);
  const stormy = acks(killedAt, backAt);
  log(`Acks of drivers who stayed: p99 ${quantileOf(quiet, 0.99)} ms before the kill.`);
  const unanswered = probes.flatMap(({ answers }) => answers.filter(({ answer }) => answer?.ok !== true));
  return [
    atMost('ms until the last client was connected again', backAt - killedAt, BACK_MS),
    atMost('ack p99 of clients that stayed, meanwhile, ms', quantileOf(stormy, 0.99), ACK_MS),
    none('fixes of clients that stayed without an ack', unanswered.length),
    atMost('ms until the gateways were even again', evenMs, EVEN_MS),
    atMost('ms until they were even after one of them restarted empty', evenAfterKillMs, EVEN_MS),
    atLeast('clients connected at the end', online, CLIENTS),
  ];
}

/** Starts the front on its port again, as a supervisor does: its gateways may still be ending. */
async function startAgain(system: System): Promise<Service> {
  const { port } = new URL(system.url);
  let front: Service | null = null;
  await eventually(async () => {
    front = await system.start('apps/gateway/src/front.js', { PORT: port }).catch(() => null);
    return front !== null;
  }, BACK_MS);
  return front!;
}

async function evenAgain(storm: Storm): Promise<number> {
  const since = Date.now();
  const isEven = () => {
    const { nodes } = storm;
    return nodes.size === 3 && Math.min(...nodes.values()) >= EVEN * CLIENTS;
  };
  await eventually(isEven, EVEN_MS + 1_000).catch(() => {});
  return Date.now() - since;
}

const textOf = (nodes: Map<string, number>): string =>
  [...nodes].map(([node, count]) => `${node} ${count}`).join(', ');
