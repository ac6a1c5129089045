/** Share of a core or a machine that is planned for; the rest is for peaks and the loss of a node. */
const TARGET = 0.5;
/** Connections of one gateway: half of what a process with 1 GB holds at 12 KB each. */
const CONNECTIONS_PER_GATEWAY = 40_000;
/** Memory of one master that is planned for: a fork for a snapshot or a new replica can double it. */
const MASTER_BYTES = 16e9;
/** Messages of a second that one gateway takes from Redis, assumed. */
const MESSAGES_PER_GATEWAY = 20_000;
/** Interval between the updates of a rider who looks at cars, s: RIDER_INTERVAL_MS of the protocol. */
export const RIDER_INTERVAL_S = 5;
/** Interval between frames of moved vehicles, s: the default of HEXFLEET_TICK_MS. */
const TICK_S = 1;
/** Cells of resolution 8 around a rider who looks 1,500 m far, and available cars in each. */
const NEARBY = { cells: 17, cars: 10 };
/** Drivers in the view of a dispatcher, and its cells of resolution 6. */
const VIEW = { drivers: 1_000, cells: 4 };
/** Most partitions of the fix stream: the limit of HEXFLEET_PARTITIONS. */
const MAX_PARTITIONS = 256;
/** Nodes of a Redis Cluster: the most that its specification recommends. */
const CLUSTER_NODES = 1_000;
/** Each process reads the states of all processes so often a second, from one key; and half of the network of its master. */
const REGISTRY = { readsPerS: 3, bytes: 300, bytesPerS: 5e9 / 8 };
/** Round trips to Redis from a fix to its rider, km that light goes and returns in a ms, and ms that these trips may take. */
const DISTANCE = { trips: 3, kmPerMs: 100, ms: 250 };
const US = 1e-6;

/**
 * Computes what an installation needs.
 * @param {{ drivers: number, intervalS: number, riders: number, dispatchers: number, onTrip: number, looking: number,
 *   trackHours: number, largestRegion: number, spanKm: number }} load users that are connected; shares of the drivers on a trip
 *   and of the riders who look for a car; drivers in the largest region; distance between the farthest clients
 * @param constants costs, see constants.json
 */
export function planFor(load, constants) {
  const { drivers, intervalS, riders, dispatchers, onTrip, looking, trackHours, largestRegion } = load;
  const { fix, delivery, update, vehicle, connection, driver, trackFix, user } = constants;
  const fixesPerS = drivers / intervalS;
  const processorCores = US * fixesPerS * fix.processorUs;
  const processors = atLeast(2, processorCores / TARGET);
  const updatesPerS = (riders * looking) / RIDER_INTERVAL_S;
  const seenPerS = VIEW.drivers / intervalS;
  const framesOfView = VIEW.cells * occupied(processors, (seenPerS * TICK_S) / VIEW.cells) * (1 / TICK_S);
  const deliveriesPerS = fixesPerS * onTrip + updatesPerS * update.frames + dispatchers * framesOfView;
  const connections = drivers + riders + dispatchers;
  const fixCores = US * fixesPerS * fix.gatewayUs;
  const cores = {
    gateways: fixCores + US * (deliveriesPerS * delivery.us + connections * connection.idleUsPerS),
    processors: processorCores,
    redis: US * fixesPerS * fix.redisUs,
  };
  const bytesOf = (some) => some * driver.bytes + (some / intervalS) * 3_600 * trackHours * trackFix.bytes;
  const memory = bytesOf(drivers) + connections * user.bytes;
  const gateways = atLeast(2, cores.gateways / TARGET, connections / CONNECTIONS_PER_GATEWAY);
  const masters = atLeast(1, cores.redis / TARGET, memory / MASTER_BYTES);
  const cells = occupied(
    (drivers * (1 - onTrip)) / NEARBY.cars,
    ((riders * looking) / gateways) * NEARBY.cells,
  );
  const messagesPerS =
    (fixesPerS * onTrip) / gateways +
    (cells * occupied(processors, (NEARBY.cars / intervalS) * TICK_S)) / TICK_S +
    (dispatchers / gateways) * framesOfView;
  return {
    load,
    fixesPerS,
    deliveriesPerS,
    connections,
    cores,
    fixCores,
    gateways,
    processors,
    masters,
    vcpus: Math.ceil((cores.gateways + cores.processors + cores.redis) / TARGET),
    gatewayMemory: connections * connection.kb * 1_000,
    redisMemory: memory,
    indexMemory: drivers * driver.bytes,
    bytesInPerS: fixesPerS * fix.bytesIn,
    bytesOutPerS:
      fixesPerS * fix.bytesOut +
      fixesPerS * onTrip * delivery.bytes +
      updatesPerS * update.bytes +
      dispatchers * seenPerS * vehicle.bytes,
    limits: limitsOf({
      redisCores: cores.redis,
      memory,
      regionMemory: bytesOf(largestRegion),
      regionCores: US * (largestRegion / intervalS) * fix.redisUs,
      messagesPerS,
      processors,
      masters,
      processes: gateways + processors,
      spanKm: load.spanKm,
    }),
  };
}

const atLeast = (...values) => Math.ceil(Math.max(...values));

/** Expected number of places that are taken when `balls` fall on `places` at random. */
const occupied = (places, balls) => places * (1 - Math.exp(-balls / places));

const CLUSTER = 'a Redis Cluster: its masters divide regions, partitions and channels';
const INSTALLATIONS = 'an installation for each part of the world';

/**
 * Limits that more of the same does not remove, by how many times the load exceeds them. Gateways, processors and the masters of a
 * cluster are none: their numbers are a part of the plan.
 */
function limitsOf(needs) {
  const { redisCores, memory, regionMemory, regionCores, messagesPerS, processors, masters } = needs;
  return [
    { what: 'one Redis: its one thread', times: redisCores / TARGET, remedy: CLUSTER },
    { what: 'one Redis: its memory', times: memory / MASTER_BYTES, remedy: CLUSTER },
    {
      what: 'the largest region: the memory of the master that has its slot',
      times: regionMemory / MASTER_BYTES,
      remedy: 'fewer hours of tracks, or a larger master for that slot',
    },
    {
      what: 'the largest region: the thread of the master that has its slot',
      times: regionCores / TARGET,
      remedy: 'a master of its own for that slot, then smaller regions',
    },
    {
      what: 'messages from Redis: each gateway has clients in all cities',
      times: messagesPerS / MESSAGES_PER_GATEWAY,
      remedy: 'clients of one city on the same gateways',
    },
    { what: 'partitions of the fix stream', times: processors / MAX_PARTITIONS, remedy: INSTALLATIONS },
    { what: 'one cluster: its nodes', times: (2 * masters) / CLUSTER_NODES, remedy: INSTALLATIONS },
    {
      what: 'one cluster: each process reads the states of all',
      times: (needs.processes ** 2 * REGISTRY.readsPerS * REGISTRY.bytes) / REGISTRY.bytesPerS,
      remedy: INSTALLATIONS,
    },
    {
      what: 'one cluster: the distance to it',
      times: (DISTANCE.trips * needs.spanKm) / DISTANCE.kmPerMs / DISTANCE.ms,
      remedy: INSTALLATIONS,
    },
  ].sort((a, b) => b.times - a.times);
}

/** Returns the limits of a plan without those whose remedy a smaller one already needs, the first to break first. */
export function newLimits({ limits }, smaller) {
  const remedies = new Set(
    (smaller?.limits ?? []).filter(({ times }) => times >= 1).map(({ remedy }) => remedy),
  );
  return limits.filter(({ remedy }) => !remedies.has(remedy));
}
