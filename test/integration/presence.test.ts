import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Namespace, NodeState } from '#protocol';
import {
  deadIn,
  Nodes,
  PRESENCE_PARTS,
  PresenceStore,
  presenceForPartner,
  runIdOf,
  type UserSocket,
} from '#store';
import { LocalConnections } from '../../apps/gateway/src/presence/local-connections.js';
import { type StoreTestBed, startCluster, startOne } from './store-test-bed.js';

const NAMES = ['a', 'b'] as const;
const USERS = ['u', 'v'];
const NAMESPACES: Namespace[] = ['/driver', '/rider'];
const PARTS = Array.from({ length: PRESENCE_PARTS }, (_, part) => part);

type TakeTurn = <T>(step: () => Promise<T>) => Promise<T>;

/** A store whose writes wait for the scheduler, and fail if the run was killed or a failure was injected. */
class ScheduledStore extends PresenceStore {
  killed = false;
  failing: 'before' | 'after' | null = null;

  constructor(
    testBed: StoreTestBed,
    private readonly takeTurn: TakeTurn,
  ) {
    super(testBed.client);
  }

  override async write(userId: string, runId: string, sockets: UserSocket[], at: number) {
    const before = await this.takeTurn(async () => {
      const [failing, killed] = [this.failing, this.killed];
      this.failing = null;
      if (killed || failing === 'before') return null;
      const reply = await super.write(userId, runId, sockets, at);
      return failing === 'after' ? null : reply;
    });
    if (before === null) throw new Error('no reply');
    return before;
  }
}

/** One run of a gateway, and the sockets that it holds: id → user and namespace. */
type Run = {
  state: NodeState;
  store: ScheduledStore;
  connections: LocalConnections;
  sockets: Map<string, [userId: string, Namespace]>;
};

const node = fc.constantFrom(0, 1);
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      open: node,
      userId: fc.constantFrom(...USERS),
      namespace: fc.constantFrom(...NAMESPACES),
    }),
  },
  { weight: 4, arbitrary: fc.record({ close: node, which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kill: node }) },
  {
    weight: 1,
    arbitrary: fc.record({ fail: node, when: fc.constantFrom('before' as const, 'after' as const) }),
  },
  { weight: 1, arbitrary: fc.constant({ sweep: true }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

describe.each([
  ['one Redis', startOne, 250],
  ['a Redis Cluster of three masters', startCluster, 10],
] as const)('on %s', (_, start, numRuns) => {
  let testBed: StoreTestBed;
  beforeAll(async () => {
    testBed = await start();
  });
  afterAll(() => testBed.stop());

  test('the stored connections of a user match the open sockets after any interleaving of connects, disconnects, failures, kills and sweeps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30 }), fc.scheduler(), async (actions, scheduler) => {
        const takeTurn = scheduler.scheduleFunction((step: () => Promise<unknown>) => step()) as TakeTurn;
        const world = await worldOn(testBed, takeTurn);
        const sweeps: Array<Promise<void>> = [];
        const act = async (it: Action) => {
          if ('open' in it) world.open(it.open, it.userId, it.namespace);
          else if ('close' in it) world.close(it.close, it.which);
          else if ('kill' in it) await world.kill(it.kill);
          else if ('fail' in it) world.fail(it.fail, it.when);
          else sweeps.push(world.sweep(takeTurn));
        };
        await scheduler.waitFor(
          (async () => {
            for (const it of actions) await takeTurn(() => act(it));
            await Promise.all(sweeps);
            await world.settled();
            await world.sweep(takeTurn);
          })(),
        );
        expect(await world.known()).toEqual(world.expected());
        await world.expectGone();
      }),
      { numRuns },
    );
  });

  test('a node restores its users after Redis loses them', async () => {
    const world = await worldOn(testBed, (step) => step());
    for (const userId of USERS) world.open(0, userId, '/rider');
    await world.settled();
    await Promise.all(testBed.masters.map((master) => master.flushall()));
    world.close(0, 1);
    await world.checked();
    expect(await world.known()).toEqual(world.expected());
  });

  test('a stalled node that resumes while it is being removed is still swept when it dies later', async () => {
    await Promise.all(testBed.masters.map((master) => master.flushall()));
    const store = new PresenceStore(testBed.client);
    const heartbeats = async () => (await new PresenceStore(testBed.client).around(Date.now())).heartbeats;
    await store.heartbeat('stalled@1', 1_000);
    await store.heartbeat('stalled@1', 2_000);
    await store.write('u', 'stalled@1', [['/rider', 'socket-1', 500]], 500);
    for (const part of PARTS) await store.sweep('stalled@1', part, 1_000);
    expect((await Promise.all(PARTS.map((part) => store.held('stalled@1', part)))).flat()).toEqual(['u']);
    await store.forget('stalled@1', 1_000);
    expect(await heartbeats()).toEqual({ 'stalled@1': 2_000 });
    for (const part of PARTS) await store.sweep('stalled@1', part, 2_000);
    await store.forget('stalled@1', 2_000);
    expect(await heartbeats()).toEqual({});
  });
});

/** Two gateways with their users, and a plain model of the same sockets. */
async function worldOn(testBed: StoreTestBed, takeTurn: TakeTurn) {
  await Promise.all(testBed.masters.map((master) => master.flushall()));
  const nodes = new Nodes(testBed.client);
  const store = new PresenceStore(testBed.client);
  const now = Date.now() + 60_000;
  const runs: Run[] = [];
  let count = 0;

  const begin = async (name: number) => {
    const state = { node: NAMES[name]!, startedAt: ++count, role: 'gateway', at: now } as NodeState;
    const scheduled = new ScheduledStore(testBed, takeTurn);
    const runId = runIdOf(state);
    runs[name] = {
      state,
      store: scheduled,
      connections: new LocalConnections(scheduled, runId, () => {}),
      sockets: new Map(),
    };
    await store.heartbeat(runId, Date.now());
    await nodes.report(state);
  };
  for (const name of NAMES.keys()) await begin(name);

  return {
    open(name: number, userId: string, namespace: Namespace) {
      const socketId = `socket-${++count}`;
      runs[name]!.sockets.set(socketId, [userId, namespace]);
      runs[name]!.connections.opened(userId, namespace, socketId);
    },
    close(name: number, which: number) {
      const { sockets, connections } = runs[name]!;
      const chosen = [...sockets][which % sockets.size];
      if (chosen === undefined) return;
      const [socketId, [userId]] = chosen;
      sockets.delete(socketId);
      connections.closed(userId, socketId);
    },
    async kill(name: number) {
      runs[name]!.store.killed = true;
      await begin(name);
    },
    fail(name: number, when: 'before' | 'after') {
      runs[name]!.store.failing = when;
    },
    async sweep(turn: TakeTurn) {
      for (const [runId, lastHeartbeat] of deadIn(await new PresenceStore(testBed.client).around(now), now)) {
        for (const part of PARTS) await turn(() => store.sweep(runId, part, lastHeartbeat));
        await store.forget(runId, lastHeartbeat);
      }
    },
    /** Completes all pending writes, and retries those that failed. */
    async settled() {
      for (const { connections, store } of runs) {
        await connections.written();
        store.failing = null;
        connections.retry();
        await connections.written();
      }
    },
    /** Reports all nodes as alive, and lets them compare their users with Redis. */
    async checked() {
      for (const { connections, state } of runs) {
        await nodes.report(state);
        for (const part of PARTS) await connections.check(part);
      }
    },
    async known() {
      const found = await Promise.all(
        USERS.map(async (userId) =>
          (await store.of(userId, now)).connections.map(
            (it) => `${userId} ${it.namespace} ${it.node} ${it.socketId}`,
          ),
        ),
      );
      return found.flat().sort();
    },
    expected: () =>
      runs
        .flatMap(({ sockets }, name) =>
          [...sockets].map(([id, [userId, namespace]]) => `${userId} ${namespace} ${NAMES[name]} ${id}`),
        )
        .sort(),
    /** Checks that every user that is offline is on the list of users whose partners are notified. */
    async expectGone() {
      const listed = (await Promise.all(PARTS.map((part) => store.gone(part, now)))).flat();
      for (const userId of USERS) {
        const presence = await store.of(userId, now);
        for (const namespace of presence.seenAt.keys())
          if (!presenceForPartner(presence, namespace, now).online)
            expect(listed).toContainEqual(expect.objectContaining({ userId, namespace }));
      }
    },
  };
}
