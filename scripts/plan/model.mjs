/** Share of a core or a machine that is planned for; the rest is for peaks and the loss of a node. */
const TARGET = 0.5;
/** Connections of one gateway: half of what a process with 1 GB holds at 12 KB each. */
const CONNECTIONS_PER_GATEWAY = 40_000;
/** Memory of one master that is planned for: a fork for a snapshot or a new replica can double it. */
const MASTER_BYTES = 16e9;
/** Messages of a second that one gateway takes from Redis. */
const MESSAGES_PER_GATEWAY = 20_000;
const US = 1e-6;

/**
 * Computes what an installation needs.
 * @param {{ drivers: number, intervalS: number, riders: number, onTrip: number, looking: number, trackHours: number,
 *   largestRegion: number }} load drivers and riders that are connected; shares of the drivers on a trip and of the riders who
 *   look for a car; drivers in the largest region
 * @param constants costs as measured, see constants.json
 */
export function planFor(load, constants) {
  const { drivers, intervalS, riders, onTrip, looking, trackHours, largestRegion } = load;
  const { fix, delivery, connection, driver, trackFix, user } = constants;
  const fixesPerS = drivers / intervalS;
  const deliveriesPerS = fixesPerS * onTrip + riders * looking;
  const connections = drivers + riders;
  const cores = {
    gateways:
      US * (fixesPerS * fix.gatewayUs + deliveriesPerS * delivery.us + connections * connection.idleUsPerS),
    processors: US * fixesPerS * fix.processorUs,
    redis: US * fixesPerS * fix.redisUs,
  };
  const bytes = {
    index: drivers * driver.bytes,
    tracks: fixesPerS * 3_600 * trackHours * trackFix.bytes,
    users: connections * user.bytes,
  };
  const memory = bytes.index + bytes.tracks + bytes.users;
  const gateways = atLeast(2, cores.gateways / TARGET, connections / CONNECTIONS_PER_GATEWAY);
  const processors = atLeast(2, cores.processors / TARGET);
  const masters = atLeast(1, cores.redis / TARGET, memory / MASTER_BYTES);
  const regionCores = US * (largestRegion / intervalS) * fix.redisUs;
  return {
    load,
    fixesPerS,
    deliveriesPerS,
    connections,
    cores,
    gateways,
    processors,
    masters,
    vcpus: Math.ceil((cores.gateways + cores.processors + cores.redis) / TARGET),
    gatewayMemory: connections * connection.kb * 1_000,
    redisMemory: memory,
    bytesInPerS: fixesPerS * fix.bytesIn,
    bytesOutPerS: fixesPerS * fix.bytesOut + deliveriesPerS * delivery.bytes,
    limits: limitsOf({ cores, memory, connections, regionCores, fromRedis: (fixesPerS * onTrip) / gateways }),
  };
}

const atLeast = (...values) => Math.ceil(Math.max(...values));

/** Parts that do not grow by themselves, by how many times the load exceeds one of them; the first breaks first. */
function limitsOf({ cores, memory, connections, regionCores, fromRedis }) {
  return [
    {
      what: 'one Redis: its one thread for commands',
      times: cores.redis / TARGET,
      remedy: 'a Redis Cluster; regions, partitions and channels spread over its masters',
    },
    {
      what: 'one Redis: its memory',
      times: memory / MASTER_BYTES,
      remedy: 'more masters, or fewer hours of tracks',
    },
    {
      what: 'one gateway: its connections',
      times: connections / CONNECTIONS_PER_GATEWAY,
      remedy: 'more gateways behind the balancer',
    },
    { what: 'one gateway: its one thread', times: cores.gateways / TARGET, remedy: 'more gateways' },
    {
      what: 'one processor: its one thread',
      times: cores.processors / TARGET,
      remedy: 'more partitions and processors',
    },
    {
      what: 'the largest region: all of its keys are in one slot of one master',
      times: regionCores / TARGET,
      remedy: 'a master of its own for that slot, then smaller regions',
    },
    {
      what: 'messages that each gateway takes from Redis',
      times: fromRedis / MESSAGES_PER_GATEWAY,
      remedy: 'clients of one city on the same gateways',
    },
  ].sort((a, b) => b.times - a.times);
}
