import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Ranges that are not on the public internet: IANA's special-purpose registries, and ranges that lead to IPv4 addresses. */
const RANGES: ReadonlyArray<[network: string, bits: number]> = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

/** One list for each family: in a common one, the range of mapped addresses would contain every IPv4 address. */
const NOT_PUBLIC = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, bits] of RANGES) {
  const family = network.includes(':') ? 'ipv6' : 'ipv4';
  NOT_PUBLIC[family].addSubnet(network, bits, family);
}

/** Whether an IP address is on the public internet. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  return !NOT_PUBLIC[family].check(address, family);
}

type Done = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * `lookup` of a request: resolves to public addresses only. The check is where the connection is made, because a name could
 * resolve to another address after an earlier check.
 */
export function lookupPublic(hostname: string, options: LookupOptions, done: Done): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = allowed;
    if (first === undefined) return done(new Error(`${hostname} has no public address`), []);
    if (options.all === true) done(null, allowed);
    else done(null, first.address, first.family);
  });
}
