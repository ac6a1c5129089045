import type { Api, RegionEvent, Trip } from '#sdk';
import type { Numbers } from '../../../shared/live/nodes.js';
import { Store } from '../../../shared/live/store.js';
import { type Alert, alertsOf, silentOn } from './alerts.js';

type Sources = {
  api: Api;
  trips: Store<ReadonlyMap<string, Trip>>;
  news: Store<readonly RegionEvent[]>;
  numbers: Store<Numbers>;
  nodesSeen: Store<ReadonlySet<string>>;
  /** epoch ms by the service's clock */
  now: () => number;
};

const LOOK_MS = 2_000;
/** Of more drivers that fell silent nobody asks whether they are back: then it is not about drivers. */
const MAX_ASKED = 20;

/** What wants somebody's attention now; what is dismissed is quiet until it went and came again. */
export class AlertStore {
  readonly alerts = new Store<readonly Alert[]>([]);
  readonly #sources: Sources;
  #dismissed: ReadonlySet<string> = new Set();
  #back: ReadonlySet<string> = new Set();

  constructor(sources: Sources) {
    this.#sources = sources;
    for (const store of [sources.trips, sources.news, sources.numbers]) store.subscribe(() => this.look());
    const goOn = async () => {
      if (!document.hidden) await this.#ask();
      this.look();
      setTimeout(goOn, LOOK_MS);
    };
    void goOn();
  }

  dismiss(id: string): void {
    this.#dismissed = new Set([...this.#dismissed, id]);
    this.look();
  }

  look(): void {
    const { trips, news, numbers, nodesSeen, now } = this.#sources;
    const { nodes } = numbers.get();
    const all = alertsOf({
      trips: trips.get().values(),
      news: news.get(),
      back: this.#back,
      // Before the first answer nothing is known of nodes.
      seen: nodes.length === 0 ? new Set() : nodesSeen.get(),
      nodes,
      now: now(),
    });
    const ids = new Set(all.map(({ id }) => id));
    this.#dismissed = new Set([...this.#dismissed].filter((id) => ids.has(id)));
    this.alerts.set(all.filter(({ id }) => !this.#dismissed.has(id)));
  }

  /** The news tell that a driver fell silent, once in ten minutes, and not that it came back. */
  async #ask(): Promise<void> {
    const { api, trips, news } = this.#sources;
    const asked = silentOn(trips.get().values(), news.get()).slice(0, MAX_ASKED);
    const back = await Promise.all(
      asked.map((driverId) =>
        api.driver(driverId).then(
          ({ status }) => status !== 'offline',
          // Without an answer it is as it was.
          () => this.#back.has(driverId),
        ),
      ),
    );
    this.#back = new Set(asked.filter((_, i) => back[i]));
  }
}
