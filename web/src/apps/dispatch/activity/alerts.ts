import type { FleetAlert, NodeState } from '#sdk';

/** A condition that needs a dispatcher's attention, as the service derives it, or a process that is down. */
export type Alert = Omit<FleetAlert, 'kind'> & {
  kind: FleetAlert['kind'] | 'node_gone';
  /** the process; only for `node_gone` */
  node?: string;
};

/** Alerts of one kind: one, or more of them than a dispatcher reads one by one. */
export type AlertGroup = { kind: Alert['kind']; alerts: readonly Alert[]; isMany: boolean };

/** From this number on, alerts of one kind are one line until they are opened. */
const MANY = 5;

/** Groups alerts by kind, in the order of their first alerts. */
export function groupsOf(alerts: readonly Alert[]): AlertGroup[] {
  const groups = new Map<Alert['kind'], Alert[]>();
  for (const alert of alerts) groups.set(alert.kind, [...(groups.get(alert.kind) ?? []), alert]);
  return [...groups].map(([kind, each]) => ({ kind, alerts: each, isMany: each.length >= MANY }));
}

/** Returns an alert for each process that was up since the page was opened and is not any more. @param now epoch ms */
export function nodeAlerts(seen: ReadonlySet<string>, up: readonly NodeState[], now: number): Alert[] {
  const names = new Set(up.map(({ node }) => node));
  return [...seen]
    .filter((node) => !names.has(node))
    .map((node) => ({
      id: `node_gone ${node}`,
      kind: 'node_gone',
      tripId: null,
      driverId: null,
      at: now,
      mark: null,
      node,
    }));
}
