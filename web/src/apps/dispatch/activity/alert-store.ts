import { atom, computed, type ReadableAtom } from 'nanostores';
import type { AlertMark, DispatchClient, FleetAlerts } from '#sdk';
import type { Numbers } from '../../../shared/live/nodes.js';
import { type Alert, nodeAlerts } from './alerts.js';

type Sources = {
  client: DispatchClient;
  $numbers: ReadableAtom<Numbers>;
  $nodesSeen: ReadableAtom<ReadonlySet<string>>;
  /** returns the service's time, epoch ms */
  now: () => number;
};

const NONE: FleetAlerts = { alerts: [], total: 0 };
/** The service accepts this many at once. */
const MARKED_AT_ONCE = 200;

/** Alerts of the whole fleet as the service derives them, and what dispatchers decided about them. */
export class AlertStore {
  /** alerts that nobody has dismissed */
  readonly $current: ReadableAtom<readonly Alert[]>;
  readonly $dismissed: ReadableAtom<readonly Alert[]>;
  /** number of alerts that are not listed because there are too many */
  readonly $more: ReadableAtom<number>;
  /** alerts that were just dismissed here, while that can be taken back with one press */
  readonly $undoable = atom<readonly Alert[]>([]);
  /** whether the last decision could not be stored */
  readonly $hasFailed = atom(false);
  readonly #client: DispatchClient;
  readonly #nodes = atom<readonly Alert[]>([]);
  /** alerts about processes that were dismissed here; the service does not know them */
  readonly #dismissedNodes = atom<ReadonlySet<string>>(new Set());

  constructor({ client, $numbers, $nodesSeen, now }: Sources) {
    this.#client = client;
    const $fleet = atom<FleetAlerts>(NONE);
    client.on('alerts', (alerts) => $fleet.set(alerts));
    $numbers.listen(({ nodes }) => {
      // Until the first response, no node counts as down.
      const gone = nodes.length === 0 ? [] : nodeAlerts($nodesSeen.get(), nodes, now());
      const known = new Map(this.#nodes.get().map((alert) => [alert.id, alert]));
      const dismissed = this.#dismissedNodes.get();
      if (gone.length !== known.size || gone.some(({ id }) => !known.has(id)))
        this.#nodes.set(gone.map((alert) => known.get(alert.id) ?? alert));
      if (dismissed.size > 0)
        this.#dismissedNodes.set(
          new Set([...dismissed].filter((id) => gone.some((alert) => alert.id === id))),
        );
    });
    this.$current = computed([$fleet, this.#nodes, this.#dismissedNodes], ({ alerts }, nodes, dismissed) => [
      ...nodes.filter(({ id }) => !dismissed.has(id)),
      ...alerts.filter(({ mark }) => mark?.as !== 'dismissed'),
    ]);
    this.$dismissed = computed($fleet, ({ alerts }) => alerts.filter(({ mark }) => mark?.as === 'dismissed'));
    this.$more = computed($fleet, ({ alerts, total }) => total - alerts.length);
  }

  /** Decides about alerts for all dispatchers; `open` takes a decision back. */
  async mark(alerts: readonly Alert[], as: AlertMark['as'] | 'open'): Promise<void> {
    const [nodes, others] = [true, false].map((isNode) =>
      alerts.filter(({ kind }) => (kind === 'node_gone') === isNode).map(({ id }) => id),
    ) as [string[], string[]];
    if (as === 'dismissed') this.#dismissedNodes.set(new Set([...this.#dismissedNodes.get(), ...nodes]));
    try {
      for (let from = 0; from < others.length; from += MARKED_AT_ONCE)
        await this.#client.markAlerts(others.slice(from, from + MARKED_AT_ONCE), as);
      this.$hasFailed.set(false);
      this.$undoable.set(as === 'dismissed' ? alerts.filter(({ kind }) => kind !== 'node_gone') : []);
    } catch {
      this.$hasFailed.set(true);
    }
  }
}
